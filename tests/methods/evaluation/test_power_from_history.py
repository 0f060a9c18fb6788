"""Power by an area's own past: the very methods' answers, power that is met, and no belief in what is not so."""

import numpy as np
import pytest

from redway.methods.evaluation.difference_in_differences import difference_in_differences
from redway.methods.evaluation.many_differences import many_differences
from redway.methods.evaluation.power_from_history import KINDS, power_from_history
from redway.methods.inputs import Unfit


def panel(units=16, periods=36, mean=30.0, seed=1, phi=1.0):
    """Areas of different size, months that go up and down together, counts that vary phi times as independent ones."""
    rng = np.random.default_rng(seed)
    expected = mean * np.exp(rng.normal(0, 0.4, units)) * np.exp(rng.normal(0, 0.15, (periods, 1)))
    if phi == 1:
        return rng.poisson(expected).astype(float)
    return rng.negative_binomial(expected / (phi - 1), 1 / phi).astype(float)


@pytest.mark.parametrize(("units", "treated"), [(14, 6), (9, 2)])
def test_many_panels_at_once_are_what_the_method_says_of_each(units, treated):
    panels = np.stack([panel(units, 10, seed=seed, phi=2.0) for seed in range(4)])
    side = np.arange(units) < treated
    found = many_differences(panels, side, 7)
    rows = {
        "area": np.tile(np.arange(units), 10),
        "time": np.repeat(np.arange(10), units),
        "treated": np.tile(side, 10),
        "after": np.repeat(np.arange(10) >= 7, units),
    }
    for at, one in enumerate(panels):
        alone = difference_in_differences(one.ravel(), **rows)
        own = 100 * np.expm1([found.value[at], found.low[at], found.high[at]])
        assert own == pytest.approx([alone.value, alone.low, alone.high], rel=1e-5, abs=1e-4)
        assert found.p[at] == pytest.approx(alone.p, rel=1e-6)


def test_an_area_without_an_event_says_nothing_and_a_side_without_one_cannot_be_told():
    one = panel(9, 10)
    one[:, 8] = 0
    side = np.arange(9) < 2
    both = many_differences(np.stack([one, one * (np.arange(10) < 7)[:, None]]), side, 7)
    assert both.p[0] == pytest.approx(many_differences(one[None, :, :8], side[:8], 7).p[0])
    assert np.isnan(both.p[1])


def test_the_power_told_is_the_power_met():
    """A past of 36 months tells; 300 pasts and futures of the same areas, without resampling, meet it."""
    rng = np.random.default_rng(3)
    side = np.arange(16) < 7
    level = 12 * np.exp(rng.normal(0, 0.3, 16))
    months = np.exp(rng.normal(0, 0.15, (300, 48, 1)))
    effect = np.ones((48, 16))
    effect[36:, side] = 0.85
    future = rng.negative_binomial(level * months * effect / 1.5, 1 / 2.5)
    met = (many_differences(future.astype(float), side, 36).p < 0.05).mean()
    told = [
        power_from_history(rng.negative_binomial(level * months[at, :36] / 1.5, 1 / 2.5), side, rng, effect=-15.0).power
        for at in range(8)
    ]
    assert np.mean(told) == pytest.approx(met, abs=0.1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_smallest_fall_is_seen_as_often_as_asked(kind):
    y = panel(21 if kind == KINDS[2] else 16, 48, mean=25)
    side = np.arange(y.shape[1]) < (7 if kind == KINDS[0] else 1)
    if kind == KINDS[1]:
        y, side = y[:, :1], side[:1]
    given = {"kind": kind, "after": 12, "nsim": 20 if kind == KINDS[2] else 120}
    found = power_from_history(y, side, np.random.default_rng(4), effect=0.0, **given)
    assert found.power < 0.16
    assert found.false_alarms < 0.16
    at_fall = power_from_history(y, side, np.random.default_rng(5), effect=found.fall, **given)
    assert at_fall.power == pytest.approx(0.8, abs=0.2)
    assert found.fall < 0 < found.rise
    assert f"By {kind}, 48 periods before and 12 after" in found.sentence


def test_more_variation_shows_less_and_one_area_of_few_shows_nothing():
    side = np.arange(16) < 7
    calm, wild = (power_from_history(panel(phi=phi), side, np.random.default_rng(6)) for phi in (1.0, 6.0))
    assert wild.fall < calm.fall
    few = power_from_history(panel(6), np.arange(6) < 1, np.random.default_rng(7), nsim=20)
    assert few.power == 0
    assert "no fall, however large" in few.sentence


def test_what_cannot_be_told_or_taken_is_said():
    rng, side = np.random.default_rng(8), np.arange(4) < 2
    assert "fewer than 12 periods" in power_from_history(np.ones((5, 4)), side, rng).sentence
    none = np.ones((20, 4))
    none[:, 1] = 0
    assert "no event in all its past" in power_from_history(none, side, rng).sentence
    y = panel(4, 20)
    for wrong in (
        {"kind": KINDS[1]},
        {"kind": KINDS[2]},
        {"kind": "magic"},
        {"effect": -101},
        {"after": 0},
        {"asked": 0.04},
        {"nsim": 1},
        {"block": -1},
    ):
        with pytest.raises(Unfit):
            power_from_history(y, side, rng, **wrong)
    with pytest.raises(Unfit, match="treated units and others"):
        power_from_history(y, np.ones(4, dtype=bool), rng)
    with pytest.raises(Unfit):
        power_from_history(y - 100, side, rng)
