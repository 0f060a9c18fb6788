"""Places hit too often for what there is to be hit: exact against the binomial, and rarely listed by chance."""

import numpy as np
import pytest
from scipy.stats import binom

from redway.methods.inputs import Unfit
from redway.methods.repeats.repeat_places import exposures, repeat_places
from redway.methods.repeats.victims import expected_repeats, repeat_victims


def test_p_is_the_binomials_and_expectation_that_of_the_share():
    held = {"a": 1.0, "b": 2.0, "c": 7.0}
    found = repeat_places(["a", "a", "c", "b", "c", "a"], held)
    assert found.place.tolist() == ["a", "c", "b"]
    assert found.expected.tolist() == pytest.approx([0.6, 4.2, 1.2])
    shares = [0.1, 0.7, 0.2]
    assert found.pvalue == pytest.approx([binom(6, q).sf(n - 1) for q, n in zip(shares, (3, 2, 1), strict=True)])
    simulated = np.random.default_rng(1).multinomial(6, shares, 40_000)
    assert found.expected_repeats == pytest.approx(6 - (simulated > 0).sum(axis=1).mean(), abs=0.03)


def test_places_of_one_exposure_are_as_without():
    who = [*"aabcdd"]
    plain, same = repeat_places(who, at_risk=50), repeat_places(who, dict.fromkeys("abcd", 3.0), at_risk=150)
    assert plain.pvalue == pytest.approx(same.pvalue, rel=0.2)
    days = np.arange(6.0)
    one, other = repeat_victims(who, days, at_risk=50), repeat_victims(who, days, exposure=np.full(50, 2.0))
    assert one.expected == pytest.approx(other.expected) == pytest.approx(plain.expected_repeats)
    assert expected_repeats(5, np.ones(1)) == 4


def test_chance_lists_hardly_any_place():
    rng = np.random.default_rng(2)
    exposure = rng.lognormal(0, 1.5, 2000)
    names = np.array([f"p{i}" for i in range(2000)])
    held = dict(zip(names.tolist(), exposure.tolist(), strict=True))
    listed = [
        repeat_places(rng.choice(names, 1500, p=exposure / exposure.sum()), held).listed().any() for _ in range(60)
    ]
    assert np.mean(listed) <= 0.1


def test_what_cannot_be_told_or_used_is_said():
    assert repeat_places([], {"a": 1.0}).sentence.startswith("Cannot tell")
    assert repeat_places(["a", ""], {"a": 1.0}).unnamed == 1
    assert repeat_places(["a", "a"], {"a": 1.0}).listed().tolist() == [False]
    for wrong in ({"exposure": None}, {"exposure": {"b": 1.0}}, {"exposure": {"a": 5.0}, "at_risk": 3}):
        with pytest.raises(Unfit):
            repeat_places(["a", "a"], **wrong)
    with pytest.raises(Unfit, match="one exposure for a place"):
        exposures(["a", "a"], [1.0, 2.0])
    with pytest.raises(Unfit):
        exposures(["a"], [0.0])
