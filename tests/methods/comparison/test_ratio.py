"""Rates and ratios, against published worked examples, exact twins and what they promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2
from scipy.stats.contingency import relative_risk

from redway.methods.comparison.ratio import rate, rate_ratio, risk_ratio


def test_the_published_ratio_of_risks():
    # Physicians' Health Study, placebo to aspirin: Agresti, Categorical Data Analysis, 2.2
    found = risk_ratio(189, 11034, 104, 11037)
    assert (found.value, found.low, found.high) == pytest.approx((1.82, 1.43, 2.31), abs=0.005)


def test_the_published_ratio_of_rates():
    # Breast cancer after fluoroscopy, per person-year: Boice and Monson 1977, as Rothman works it out
    found = rate_ratio(41, 28010, 15, 19017)
    assert (found.value, found.low, found.high) == pytest.approx((1.86, 1.03, 3.35), abs=0.006)
    assert found.different


@given(st.integers(1, 50), st.integers(0, 50), st.integers(1, 50), st.integers(0, 50))
def test_a_ratio_of_risks_is_that_of_scipy(a, more_a, b, more_b):
    found = risk_ratio(a, a + more_a, b, b + more_b)
    theirs = relative_risk(a, a + more_a, b, b + more_b)
    interval = theirs.confidence_interval(0.95)
    expected = (theirs.relative_risk, interval.low, interval.high)
    assert (found.value, found.low, found.high) == pytest.approx(expected)


@given(st.integers(10, 5000))
def test_a_rate_comes_close_to_the_exact_poisson_limits(events):
    found = rate(events, 1000, per=1000)
    exact = chi2.ppf(0.025, 2 * events) / 2, chi2.ppf(0.975, 2 * events + 2) / 2
    # for ten events and more; the approximation is known to be poorer below
    assert (found.low, found.high) == pytest.approx(exact, rel=0.002)


def test_no_event_has_an_upper_end_only():
    found = rate(0, 2000)
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(1000 * 3.69 / 2000, rel=0.02)


def test_of_no_event_there_is_no_ratio():
    assert rate_ratio(0, 10, 5, 10) is None
    assert risk_ratio(5, 10, 0, 10) is None


def test_intervals_hold_a_ratio_of_one_as_often_as_they_say():
    rng = np.random.default_rng(3)
    pairs = rng.poisson(20, (4000, 2))
    held = [found.low <= 1 <= found.high for a, b in pairs if (found := rate_ratio(a, 1, b, 1))]
    assert 0.94 < np.mean(held) < 0.97


@pytest.mark.parametrize("given_", [(-1, 10, 5, 10), (1, 0, 5, 10), (1, 10, 5, 0)])
def test_what_is_no_rate_is_refused(given_):
    with pytest.raises(ValueError, match="nought"):
        rate_ratio(*given_)


def test_more_hits_than_people_are_refused():
    with pytest.raises(ValueError, match="no more hits"):
        risk_ratio(11, 10, 1, 10)


@pytest.mark.parametrize(("events", "exposure"), [(-1, 1), (1, 0)])
def test_a_rate_of_nothing_is_refused(events, exposure):
    with pytest.raises(ValueError, match="exposure above nought"):
        rate(events, exposure)
