"""Benjamini and Hochberg's rule, against scipy's and against what it promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from redway.methods.false_discovery import benjamini_hochberg


def test_the_worked_example():
    # in order: 0.03 is over 10% x 1/5, but 0.035 is under 2/5 of it and 0.04 under 3/5, and they bring it with them
    found = benjamini_hochberg([0.30, 0.03, 0.04, 0.035, 0.90], 0.10)
    assert found.listed.tolist() == [False, True, True, True, False]
    assert found.expected_false == pytest.approx(0.3)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_adjusted_values_are_those_of_scipy(p):
    assert benjamini_hochberg(p, 0.1).adjusted == pytest.approx(false_discovery_control(p))


def test_nothing_examined_lists_nothing():
    assert benjamini_hochberg([], 0.1).expected_false == 0


@pytest.mark.parametrize("q", [0, 1, -0.1])
def test_a_rate_is_between_nought_and_one(q):
    with pytest.raises(ValueError, match="rate"):
        benjamini_hochberg([0.5], q)


@pytest.mark.parametrize("p", [[-0.1], [1.1], [float("nan")]])
def test_a_p_value_that_is_none_is_refused(p):
    with pytest.raises(ValueError, match="p-values"):
        benjamini_hochberg(p, 0.1)


def test_of_what_is_listed_the_stated_share_is_false():
    rng = np.random.default_rng(2)
    shares = []
    for _ in range(400):
        p = np.concatenate([rng.random(180), rng.beta(0.05, 1, 20)])
        listed = benjamini_hochberg(p, 0.10).listed
        shares.append(listed[:180].sum() / max(1, listed.sum()))
    # the promise is 10% x the 90% in which nothing happened
    assert 0.07 < np.mean(shares) < 0.11
