import numpy as np
import pytest

from redway.methods.disproportionality.stages import stages
from redway.methods.inputs import Unfit

NAMES = ["residents", "stopped", "arrested", "charged"]
GROUP, REFERENCE = [1000, 200, 50, 20], [10_000, 500, 100, 60]


def test_by_hand_and_the_product_is_the_whole():
    found = stages(GROUP, REFERENCE, NAMES)
    assert found.ratio == pytest.approx([4, 1.25, 0.4 / 0.6])
    assert found.total == pytest.approx((20 / 1000) / (60 / 10_000))
    assert found.share.sum() == pytest.approx(1)
    assert found.share == pytest.approx(np.log([4, 1.25, 2 / 3]) / np.log(10 / 3))
    assert "largest difference arises at “stopped”, 4 times" in found.sentence


def test_intervals_hold_at_every_stage_and_for_the_whole():
    rng, held = np.random.default_rng(1), []
    for _ in range(1500):
        counts = []
        for people, rate, share in ((5000, 0.08, 0.3), (20_000, 0.02, 0.2)):
            stopped = rng.poisson(people * rate)
            counts.append([people, stopped, rng.binomial(stopped, share)])
        found = stages(*counts, NAMES[:3])
        truth = np.array([4, 1.5])
        held.append([*((found.low <= truth) & (truth <= found.high)), found.total_low <= 6 <= found.total_high])
    assert (np.abs(np.mean(held, axis=0) - 0.95) < 0.02).all()


def test_few_at_a_stage_and_everybody_going_on():
    found = stages([1000, 200, 5], [10_000, 500, 100], NAMES[:3])
    assert np.isnan(found.ratio[1])
    assert np.isnan(found.total)
    assert "fewer than 10 at “arrested”" in found.sentence
    whole = stages([100, 50, 50], [100, 50, 50], NAMES[:3])
    assert whole.low[1] == whole.high[1] == 1
    assert stages([100, 0], [100, 0], NAMES[:2]).sentence.startswith("No stage can be told")


def test_more_than_before_is_refused_but_for_the_first():
    stages([10, 50, 20], [10, 50, 20], NAMES[:3])
    with pytest.raises(Unfit, match="arrested"):
        stages([1000, 20, 50], REFERENCE[:3], NAMES[:3])
    with pytest.raises(Unfit):
        stages([0, 20], [1000, 20], NAMES[:2])
    with pytest.raises(Unfit):
        stages([100], [100], NAMES[:1])


def test_equal_to_r_glm():
    """R 4.2.2: glm(cbind(on, not on) ~ group, binomial(log)) for each stage after the first; for the first,
    glm(stopped ~ group + offset(log(residents)), poisson)."""
    found = stages(GROUP, REFERENCE, NAMES)
    logs, errors = (1.38629436112, 0.223143551314, -0.405465108108), (0.0836659986, 0.151657508876, 0.191485421542)
    assert np.log(found.ratio) == pytest.approx(logs, rel=1e-9)
    reach = 1.959963984540054 * np.array(errors)
    assert np.log(found.high) == pytest.approx(logs + reach, rel=1e-6)
    assert np.log(found.total_low) == pytest.approx(sum(logs) - np.sqrt(reach @ reach), rel=1e-6)


def test_it_says_what_the_slow_twin_says():
    """Stage by stage: shares of those who went on, and one over each count."""
    rng = np.random.default_rng(7)
    for _ in range(20):
        sides = []
        for start in (3000, 20_000):
            counts = [start]
            for share in rng.uniform(0.2, 0.7, 4):
                counts.append(rng.binomial(counts[-1], share))
            sides.append(counts)
        found = stages(*sides, ["people", *"abcd"])
        whole, doubt = 1.0, 0.0
        for k in range(4):
            (n, x), (m, y) = ((side[k], side[k + 1]) for side in sides)
            ratio, own = (x / n) / (y / m), 1 / x + 1 / y - (0 if k == 0 else 1 / n + 1 / m)
            reach = np.exp(1.959963984540054 * own**0.5)
            assert (found.ratio[k], found.low[k], found.high[k]) == pytest.approx((ratio, ratio / reach, ratio * reach))
            whole, doubt = whole * ratio, doubt + own
        assert (found.total, found.total_high) == pytest.approx((whole, whole * np.exp(1.959963984540054 * doubt**0.5)))
