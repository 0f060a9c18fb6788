import numpy as np
import pytest
from scipy import stats

from redway.methods.inputs import Unfit
from redway.methods.surveys.design import design
from redway.methods.surveys.proportions import METHODS, proportion


@pytest.mark.parametrize("method", METHODS)
def test_intervals_hold_for_clustered_answers(method):
    rng, held = np.random.default_rng(1), 0
    ids = np.repeat(np.arange(40), 10)
    for _ in range(400):
        said = rng.random(400) < rng.beta(3, 7, 40)[ids]
        found = proportion(design(np.ones(400), ids=ids), said, method=method)
        held += found.low <= 0.3 <= found.high
    assert 0.92 <= held / 400 <= 0.98


def test_without_clusters_or_weights_it_is_a_plain_share():
    said = np.arange(200) < 60
    found = proportion(design(np.ones(200)), said, method="mean")
    assert found.value == 0.3
    assert found.se == pytest.approx(np.sqrt(0.3 * 0.7 / 199))
    assert proportion(design(np.ones(200)), ~said).low == pytest.approx(1 - proportion(design(np.ones(200)), said).high)


def test_nobody_and_everybody():
    nobody = proportion(design(np.ones(50)), np.zeros(50))
    assert (nobody.value, nobody.low) == (0, 0)
    assert nobody.high == pytest.approx(1 - 0.025 ** (1 / 50))
    assert "taken as independent" in nobody.sentence
    assert proportion(design(np.ones(50)), np.ones(50)).high == 1


def test_small_and_bad():
    assert "fewer than 30 answers" in proportion(design(np.ones(20)), np.ones(20)).sentence
    with pytest.raises(Unfit, match="0 or 1"):
        proportion(design(np.ones(40)), np.full(40, 2))
    with pytest.raises(Unfit):
        proportion(design(np.ones(40)), np.ones(40), method="wald")


def test_intervals_are_what_the_slow_twin_says():
    """The share and its error cluster by cluster, then the words of each interval."""
    rng = np.random.default_rng(4)
    w, said, cluster = rng.uniform(1, 3, 120), rng.random(120) < 0.3, np.repeat(np.arange(20), 6)
    p = sum(w[said]) / sum(w)
    scores = np.array([sum(w[i] * (said[i] - p) for i in range(120) if cluster[i] == c) / sum(w) for c in range(20)])
    s, t = np.sqrt(20 / 19 * ((scores - scores.mean()) ** 2).sum()), stats.t.ppf(0.975, 19)
    worth = p * (1 - p) / s**2 * (stats.t.ppf(0.975, 119) / t) ** 2
    odds, reach = p / (1 - p), np.exp(t * s / (p * (1 - p)))
    expected = {
        "mean": (p - t * s, p + t * s),
        "logit": (odds / reach / (1 + odds / reach), odds * reach / (1 + odds * reach)),
        "beta": (
            stats.beta.ppf(0.025, worth * p, worth * (1 - p) + 1),
            stats.beta.ppf(0.975, worth * p + 1, worth * (1 - p)),
        ),
    }
    for method, ends in expected.items():
        found = proportion(design(w, ids=cluster), said, method=method)
        assert (found.value, found.se, found.low, found.high) == pytest.approx((p, s, *ends)), method
