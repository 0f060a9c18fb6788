"""Concentration: by hand, by every pair of places, and beside what chance gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaln

from redway.methods.concentration.concentration import chance_gini, chance_top, concentration
from redway.methods.inputs import Unfit


def measured(values, **settings):
    return concentration(values, np.random.default_rng(1), nsim=settings.pop("nsim", 9), **settings)


def twin(x):
    """Half the mean difference of every pair, over the mean."""
    x = np.asarray(x, dtype=float)
    return np.abs(x[:, None] - x).mean() / 2 / x.mean()


@given(st.lists(st.floats(0, 100, allow_subnormal=False), min_size=2, max_size=40).filter(lambda v: sum(v) > 1e-3))
def test_gini_is_half_the_mean_difference(values):
    assert measured(values).gini == pytest.approx(twin(values), abs=1e-9)


def test_the_worked_example():
    found = measured([0, 0, 0, 1, 9], share=0.2)
    assert found.gini == pytest.approx((2 * (4 * 1 + 5 * 9) - 6 * 10) / 50)
    assert found.top == pytest.approx(0.9)
    assert found.held.tolist() == [0, 0.9, 1, 1, 1, 1]
    assert measured([0, 0, 0, 1, 9], share=0.3).top == pytest.approx(0.95)


def test_few_events_are_not_called_concentrated():
    """Two events in two of ten places could not be spread more evenly."""
    found = measured([1, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    assert found.gini == pytest.approx(0.8)
    assert found.corrected == pytest.approx(0)
    assert measured([2, 0, 0, 0, 0, 0, 0, 0, 0, 0]).corrected == pytest.approx(0.5)


@pytest.mark.parametrize("mean", [0.05, 0.7, 6, 80])
@pytest.mark.parametrize("share", [0.02, 0.25, 0.8])
def test_what_chance_gives_is_what_chance_gives(mean, share):
    x = np.random.default_rng(2).poisson(mean, 400_000)
    found = measured(x, share=share)
    assert chance_gini(mean) == pytest.approx(found.gini, abs=0.004)
    assert chance_top(mean, share) == pytest.approx(found.top, abs=0.01)


def test_the_rates_beneath_are_found_where_counts_are_few():
    rng = np.random.default_rng(3)
    rates = rng.gamma(0.5, 1, 40_000)
    found = measured(rng.poisson(0.3 * rates))
    assert found.rate_gini == pytest.approx(twin(rates[:4000]), abs=0.02)
    assert found.gini > found.rate_gini + 0.1, "chance heaps on top of it"
    assert measured(np.full(50, 3)).rate_gini == 0


def test_intervals_cover():
    rng = np.random.default_rng(4)
    truth = np.exp(gammaln(1.3) - gammaln(1.8)) / np.sqrt(np.pi)
    covered = 0
    for _ in range(200):
        found = concentration(rng.gamma(0.8, 1, 300), rng, nsim=199)
        covered += found.low <= truth <= found.high
    assert 0.89 < covered / 200 < 0.985


def test_order_and_unit_change_nothing_and_harm_has_no_chance():
    x = np.random.default_rng(5).gamma(1, 1, 50)
    one, other = measured(x), measured(30 * x[::-1])
    assert (one.gini, one.top) == pytest.approx((other.gini, other.top))
    assert np.isnan(one.chance_gini)
    assert "chance" not in one.sentence


@pytest.mark.parametrize("values", [[], [3], [0, 0, 0]])
def test_nothing_to_share_gives_no_verdict(values):
    found = measured(values)
    assert found.sentence.startswith("Cannot tell")
    assert np.isnan([found.gini, found.corrected, found.top, found.low, found.top_high]).all()


@pytest.mark.parametrize("places", [3, 100, 1000])
def test_one_event_is_no_concentration_once_allowed_for_and_not_a_negative_one(places):
    found = measured([1] + [0] * (places - 1))
    assert (found.corrected, str(found.corrected)) == (0.0, "0.0")
    assert "or 0 allowing for few events" in found.sentence


def test_all_in_one_place_and_a_million_alike():
    assert measured([0] * 99 + [500]).gini == pytest.approx(0.99)
    assert measured(np.full(1_000_000, 2.0)).gini == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("values", [[1, -1], [1, np.nan], ["a", 1]])
def test_what_is_no_count_or_harm_is_refused(values):
    with pytest.raises(Unfit):
        measured(values)


@pytest.mark.parametrize(
    ("x", "theirs"),
    [
        ([10] * 9 + [100], 0.4263158),
        ([1, 3, 2, 1, 1, 1, 4], 0.3076923),
        ([541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261], 0.462091130268),
    ],
)
def test_published_coefficients(x, theirs):
    """ineq(rep(c(10, 100), times = c(9, 1))) as *Statistics Slam Dunk* (2024), section 12.5, prints it; the example in
    the manual of phylotools' `gini`, which is ineq's; and the data of ineq's manual, by Lorenz' polygon in R 4.2.2:
    L <- c(0, cumsum(sort(x)) / sum(x)); 1 - sum(L[-1] + L[-length(L)]) / length(x)."""
    assert concentration(x, np.random.default_rng(1), nsim=9).gini == pytest.approx(theirs, abs=5e-8)


def test_curve_and_top_share_are_the_slow_twin_s():
    x = np.random.default_rng(3).poisson(1.4, 30)
    found = concentration(x, np.random.default_rng(1), share=0.25, nsim=9)
    rising, area = sorted(x), 0.0
    for k in range(30):
        area += (sum(rising[:k]) + sum(rising[: k + 1])) / 2 / sum(rising) / 30
    assert found.gini == pytest.approx(1 - 2 * area)
    falling = rising[::-1]
    assert found.held == pytest.approx([sum(falling[:k]) / sum(x) for k in range(31)])
    assert found.top == pytest.approx((sum(falling[:7]) + 0.5 * falling[7]) / sum(x))
