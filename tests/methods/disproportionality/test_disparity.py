import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redway.methods.comparison.ratio import rate_ratio
from redway.methods.disproportionality.disparity import disparity
from redway.methods.inputs import Unfit


def test_the_physicians_health_study():
    found = disparity([189, 104], [11_034, 11_037], ["placebo", "aspirin"], "aspirin", measure="share")
    assert found.ratio[0] == pytest.approx(1.818, abs=0.001)
    assert (found.low[0], found.high[0]) == pytest.approx((1.433, 2.306), abs=0.001)


@given(st.integers(10, 500), st.integers(10, 500), st.integers(500, 9000), st.integers(500, 9000))
def test_rates_are_what_one_ratio_says(a, b, na, nb):
    found, twin = disparity([a, b], [na, nb], ["x", "y"], "y"), rate_ratio(a, na, b, nb)
    assert (found.ratio[0], found.low[0], found.high[0]) == pytest.approx((twin.value, twin.low, twin.high))


@pytest.mark.parametrize("measure", ["rate", "share"])
def test_bounds_hold_every_way_the_unknown_could_be(measure):
    x, n, u, ub = np.array([12.0, 20]), np.array([60.0, 150]), 6, 9
    found = disparity(x, n, ["x", "y"], "y", measure=measure, unknown=u, unknown_base=ub)
    ways = []
    for hits in range(u + 1):
        for misses in range(ub - u + 1):
            mine, theirs = (hits + misses, ub - hits - misses) if measure == "share" else (0, 0)
            ways.append((x[0] + hits) / (n[0] + mine) / ((x[1] + u - hits) / (n[1] + theirs)))
    assert found.least[0] == pytest.approx(min(ways))
    assert found.most[0] == pytest.approx(max(ways))


def test_the_interval_holds():
    rng = np.random.default_rng(1)
    x = rng.poisson([60, 120], (3000, 2))
    held = [(lambda f: f.low[0] <= 2 <= f.high[0])(disparity(row, [300, 1200], ["x", "y"], "y")) for row in x]
    assert 0.935 <= np.mean(held) <= 0.965


def test_the_sentence_says_whether_it_stands():
    found = disparity([60, 100], [1000, 5000], ["x", "y"], "y", unknown=10)
    assert found.stands[0]
    told = "The recorded rate of “x” is 3 times as high as that of “y” (95% interval 2.18 to 4.13"
    assert found.sentence.startswith(told)
    three = disparity([60, 100, 30], [1000, 5000, 1000], ["x", "y", "z"], "y", measure="share")
    assert three.sentence.startswith("Of 2 groups set beside “y”, “x” differs most: its recorded share is 3 times as")
    assert "it holds whatever the 10 events" in found.sentence
    assert "it does not hold" in disparity([60, 100], [1000, 5000], ["x", "y"], "y", unknown=400).sentence


def test_few_events_get_no_ratio():
    found = disparity([9, 50, 100], [100, 1000, 1000], ["x", "y", "z"], "z")
    assert np.isnan(found.ratio[[0, 2]]).all()
    assert "1 group with fewer than 10 events" in found.sentence
    assert "the reference has fewer than 10" in disparity([50, 2], [100, 100], ["x", "y"], "y").sentence
    assert disparity([50], [100], ["x"], "x").sentence == "No ratio can be told: there is no other group."


def test_faults_are_refused():
    for x, n, names, reference, measure in (
        ([5, 5], [10, 0], ["x", "y"], "y", "rate"),
        ([5, 5], [10, 10], ["x", "y"], "z", "rate"),
        ([15, 5], [10, 10], ["x", "y"], "y", "share"),
        ([5.5, 5], [10, 10], ["x", "y"], "y", "rate"),
        ([5, 5], [10, 10], ["y", "y"], "y", "rate"),
    ):
        with pytest.raises(Unfit):
            disparity(x, n, names, reference, measure=measure)


@pytest.mark.parametrize("settings", [{"unknown": np.inf}, {"unknown_base": np.inf}, {"phi": np.inf}])
def test_settings_without_end_are_refused_in_words(settings):
    with pytest.raises(Unfit, match=next(iter(settings))):
        disparity([20, 30], [100, 200], ["a", "b"], "a", **settings)


def test_a_base_next_to_nothing_is_refused():
    with pytest.raises(Unfit, match="base"):
        disparity([20, 30], [100, 1e-308], ["a", "b"], "a")
