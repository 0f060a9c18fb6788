"""Change between two periods: against textbook formulas, and against what an interval promises."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from redway.methods.comparison.change import change, changes
from redway.methods.comparison.dispersion import dispersions


def by_formula(before, after, phi, df):
    """The interval and p-value of two counts above nought, by the textbook and scipy's own functions."""
    log_ratio, error = math.log(after / before), math.sqrt(phi * (1 / before + 1 / after))
    reach = stats.t.ppf(0.975, df) * error
    quasi = [100 * (math.exp(log_ratio + side * reach) - 1) for side in (-1, 1)]
    share = stats.binomtest(after, before + after).proportion_ci(method="exact")
    exact = [100 * (s / (1 - s) - 1) for s in share]
    p = 2 * stats.t.sf(abs(log_ratio) / error, df)
    p_exact = min(
        1, 2 * min(stats.binom.cdf(after, before + after, 0.5), stats.binom.sf(after - 1, before + after, 0.5))
    )
    return min(quasi[0], exact[0]), max(quasi[1], exact[1]), *exact, max(p, p_exact)


def test_the_worked_example():
    # 683 to 840 with phi 2.8 on 22 df: log ratio 0.2069, SE sqrt(2.8 x (1/683 + 1/840)) = 0.0862, t 2.074
    found = change(683, 840, phi=2.8, df=22)
    assert found.percent == pytest.approx(22.987, abs=0.001)
    assert found.low == pytest.approx(2.85, abs=0.01)
    assert found.high == pytest.approx(47.06, abs=0.01)
    assert found.poisson_low == pytest.approx(11.04, abs=0.01)
    assert found.poisson_high == pytest.approx(36.26, abs=0.01)
    assert found.different


@given(st.integers(1, 3000), st.integers(1, 3000), st.floats(1, 30), st.integers(1, 200))
def test_it_is_the_textbook_formula(before, after, phi, df):
    found = change(before, after, phi=phi, df=df)
    ours = (found.low, found.high, found.poisson_low, found.poisson_high, found.p)
    assert ours == pytest.approx(by_formula(before, after, phi, df), rel=1e-6, abs=1e-7)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(1, 8), st.integers(1, 60))
def test_the_interval_holds_the_change_and_agrees_with_p(before, after, phi, df):
    found = change(before, after, phi=phi, df=df)
    for low, high in ((found.low, found.high), (found.poisson_low, found.poisson_high)):
        if found.percent is not None:
            assert low <= found.percent + 1e-9
            assert high is None or found.percent <= high + 1e-9
    assert all(v is None or math.isfinite(v) for v in (found.percent, found.low, found.high, found.p))
    assert 0 <= found.p <= 1
    if abs(found.p - 0.05) > 1e-9:
        assert found.different == (found.p < 0.05)


@given(st.integers(0, 500), st.integers(0, 500), st.floats(1, 8))
def test_allowing_for_dispersion_never_narrows_the_interval(before, after, phi):
    found = change(before, after, phi=phi, df=30)
    if found.poisson_low is not None:
        assert found.low <= found.poisson_low + 1e-9
    if found.poisson_high is not None:
        assert found.high is None or found.high >= found.poisson_high - 1e-9


def test_a_rise_from_nought_has_no_percentage_and_no_upper_end():
    found = change(0, 12, phi=1, df=20)
    assert (found.percent, found.high, found.poisson_high) == (None, None, None)
    assert found.low == pytest.approx(100 * (0.025 ** (1 / 12) / (1 - 0.025 ** (1 / 12)) - 1))
    assert found.p == pytest.approx(2 * 0.5**12)


def test_a_fall_to_nought():
    found = change(12, 0, phi=1, df=20)
    assert (found.percent, found.low) == (-100, -100)
    assert -100 < found.high < 0
    assert change(12, 0, phi=4, df=20).high > found.high, "dispersion widens it"
    assert not change(12, 0, phi=4, df=20).different, "four times over-dispersed, twelve events are but three"


def test_nothing_in_either_period_says_nothing():
    found = change(0, 0, phi=1, df=20)
    assert (found.percent, found.low, found.high, found.p) == (None, None, None, 1)
    assert not found.different


def test_unequal_exposures_compare_rates():
    found = change(10, 20, phi=1.5, df=30, exposure_before=12, exposure_after=24)
    assert found.percent == pytest.approx(0)
    assert found.p == pytest.approx(1)
    assert found.low < 0 < found.high


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"before": -1, "after": 2, "phi": 1, "df": 5}, "nought or more"),
        ({"before": math.nan, "after": 2, "phi": 1, "df": 5}, "nought or more"),
        ({"before": 1, "after": 2, "phi": 0.9, "df": 5}, "at least 1"),
        ({"before": 1, "after": 2, "phi": 1, "df": 0}, "at least 1"),
        ({"before": 1, "after": 2, "phi": 1, "df": 5, "exposure_after": 0}, "exposures"),
    ],
)
def test_what_cannot_be_compared_is_refused(arguments, fault):
    with pytest.raises(ValueError, match=fault):
        change(**arguments)


@pytest.mark.parametrize(("monthly", "phi", "rise"), [(60, 4.0, 1.0), (60, 1.5, 1.4), (15, 2.5, 0.8)])
def test_intervals_hold_the_truth_19_times_in_20_when_dispersion_is_measured(monthly, phi, rise):
    """Five years of over-dispersed counts; the last year is `rise` times the one before."""
    rng = np.random.default_rng(6)
    mean = np.full(60, monthly * 1.0)
    mean[48:] *= rise
    x = rng.negative_binomial(mean / (phi - 1), 1 / phi, (4000, 60)).astype(float)
    spread = dispersions(x, range(60))
    found = changes(x[:, 36:48].sum(axis=1), x[:, 48:].sum(axis=1), phi=np.maximum(1, spread.measured), df=spread.df)
    truth = 100 * (rise - 1)
    covered = ((found.low <= truth) & (truth <= found.high)).mean()
    plain = ((found.poisson_low <= truth) & (truth <= found.poisson_high)).mean()
    assert 0.94 < covered < 0.965
    assert plain < 0.91, "the plain Poisson interval is too sure of itself"


def test_p_is_uniform_where_nothing_changed():
    rng = np.random.default_rng(7)
    phi = 3.0
    x = rng.negative_binomial(40 / (phi - 1), 1 / phi, (4000, 48)).astype(float)
    spread = dispersions(x, range(48))
    found = changes(x[:, 24:36].sum(axis=1), x[:, 36:].sum(axis=1), phi=np.maximum(1, spread.measured), df=spread.df)
    assert stats.kstest(found.p, "uniform").statistic < 0.03
    for level in (0.05, 0.01):
        assert (found.p < level).mean() == pytest.approx(level, rel=0.35)


def test_it_is_r_s_glm_and_binomial_test():
    """R 4.2.2: m <- summary(glm(c(683, 840) ~ c(0, 1), poisson))$coefficients[2, ], its error times sqrt(3.13), and
    qt and pt of 11 degrees; i <- binom.test(840, 1523)$conf.int; i / (1 - i)."""
    found = change(683, 840, phi=3.13, df=11)
    assert (found.low, found.high, found.p) == pytest.approx((0.6299857721, 50.3106502135, 0.0443167962331), rel=1e-9)
    assert (found.poisson_low, found.poisson_high) == pytest.approx((11.0408311832, 36.2551820006), rel=1e-9)
