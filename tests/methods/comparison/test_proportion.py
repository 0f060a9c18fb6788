"""Shares and their intervals, against published worked examples, slow twins and what they promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from redway.methods.comparison.proportion import Share, difference, share, weighted, wilson


@pytest.mark.parametrize(
    ("hits", "base", "low", "high"),
    # Newcombe 1998a, table I: method 3, the score method without continuity correction
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_published_intervals_of_one_share(hits, base, low, high):
    found = share(hits, base)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 400), st.data())
def test_one_share_is_that_of_scipy(base, data):
    hits = data.draw(st.integers(0, base))
    theirs = binomtest(hits, base).proportion_ci(method="wilson")
    found = share(hits, base)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert 0 <= found.low <= found.value <= found.high <= 1


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    # Newcombe 1998b, table II: method 10
    [
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((0, 20), (10, 10), 0.6791, 1.0),
    ],
)
def test_the_published_intervals_of_a_difference(first, second, low, high):
    found = difference(share(*first), share(*second))
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)


def test_the_pooled_test_against_a_chi_square():
    from scipy.stats import chi2_contingency

    table = [[48, 32], [56, 14]]
    expected = chi2_contingency(table, correction=False).pvalue
    assert difference(share(48, 80), share(56, 70)).p == pytest.approx(expected)


@pytest.mark.parametrize(("base", "margin"), [(500, 0.044), (1000, 0.031)])
def test_half_of_a_plain_survey_has_the_margin_everyone_quotes(base, margin):
    found = weighted(base / 2, base, base, base)
    assert found.high - found.value == pytest.approx(margin, abs=5e-4)
    assert found.effective == base


@given(
    st.lists(st.tuples(st.floats(0.1, 5), st.booleans()), min_size=2, max_size=60),
)
def test_a_weighted_share_is_that_of_the_slow_sum(answers):
    weights = np.array([w for w, _said in answers])
    said = np.array([said for _w, said in answers])
    found = weighted(weights[said].sum(), weights.sum(), (weights**2).sum(), len(weights))
    p = np.average(said, weights=weights)
    effect = 1 + np.var(weights) / np.mean(weights) ** 2  # Kish: one plus the squared coefficient of variation
    error = np.sqrt(p * (1 - p) * effect / len(weights))
    assert found.value == pytest.approx(p)
    assert found.effective == pytest.approx(len(weights) / effect)
    assert found.high == pytest.approx(min(1, p + 1.959964 * error), abs=1e-6)


def test_unequal_weights_widen_the_interval():
    even = weighted(50, 100, 100, 100)
    uneven = weighted(50, 100, 50 * 1.8**2 + 50 * 0.2**2, 100)
    assert uneven.high - uneven.low > even.high - even.low
    assert uneven.value == even.value


@pytest.mark.parametrize(("before", "after", "each"), [(0.30, 0.33, 1841), (0.07, 0.04, 442), (0.56, 0.48, 298)])
def test_waves_that_are_large_enough_differ_and_much_smaller_ones_do_not(before, after, each):
    def wave(p, n):
        return Share(p, *wilson(p, n), n, n)

    assert difference(wave(before, each * 1.05), wave(after, each * 1.05)).different
    assert not difference(wave(before, each / 2), wave(after, each / 2)).different


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(1)
    held = [low <= 0.1 <= high for x in rng.binomial(60, 0.1, 4000) for low, high in [wilson(x / 60, 60)]]
    assert 0.93 < np.mean(held) < 0.975


def test_two_waves_of_none_are_not_different():
    assert difference(share(0, 50), share(0, 40)).p == 1


@pytest.mark.parametrize(("hits", "base"), [(1, 0), (-1, 10), (11, 10), (0, -1)])
def test_what_is_no_share_is_refused(hits, base):
    with pytest.raises(ValueError, match="base above nought"):
        share(hits, base)


@pytest.mark.parametrize(("squares", "base"), [(1, 10), (1000, 10), (10, 0)])
def test_sums_that_no_weights_have_are_refused(squares, base):
    with pytest.raises(ValueError, match="weights"):
        weighted(5, 10, squares, base)
