"""The worth of a map: worked by hand, one for chance, and intervals that cover."""

import numpy as np
import pytest

from redway.methods.hot_spots.accuracy import accuracy, compared
from redway.methods.inputs import Unfit


def test_the_worked_example():
    # one cell of four (25%) holds 6 of 10: PAI 2.4; the most one cell could hold is 4 + 3 = 7, week by week
    found = accuracy([9, 1, 0, 2], [[4, 0, 1, 0], [2, 3, 0, 0]], area_share=0.25)
    assert (found.hit_rate, found.pai, found.pei) == pytest.approx((0.6, 2.4, 6 / 7))
    assert found.low < 0.6 < found.high


def test_cells_that_tie_share_what_is_left():
    assert accuracy([1, 1, 1, 1], [[8, 0, 0, 0]], area_share=0.25).hit_rate == pytest.approx(0.25)
    assert accuracy([2, 1, 1, 0], [[4, 4, 0, 8]], area_share=0.5).hit_rate == pytest.approx((4 + 2) / 16)


def test_a_map_of_chance_has_an_index_of_one():
    rng = np.random.default_rng(1)
    found = accuracy(rng.random(5000), rng.poisson(0.5, (20, 5000)), area_share=0.1)
    assert found.pai == pytest.approx(1, abs=0.05)


def test_areas_weigh_as_they_are():
    found = accuracy([3, 2, 1], [[5, 4, 1]], area_share=0.5, area=[5, 1, 4])
    assert found.hit_rate == pytest.approx(0.5)


def test_the_order_of_cells_changes_nothing():
    rng = np.random.default_rng(2)
    score, later = rng.integers(0, 5, 200), rng.poisson(1, (6, 200))
    order = rng.permutation(200)
    one, other = accuracy(score, later, area_share=0.13), accuracy(score[order], later[:, order], area_share=0.13)
    assert (one.hit_rate, one.pei) == pytest.approx((other.hit_rate, other.pei))


def test_intervals_cover_where_weeks_vary():
    rng, covered = np.random.default_rng(3), 0
    rate = np.array([5.0] + [0.5] * 30)
    for _ in range(400):
        later = rng.poisson(rate[None, :] * rng.gamma(3, 1 / 3, (20, 1)))
        found = accuracy(rate, later, area_share=1 / 31)
        covered += found.low <= 5 / 20 <= found.high
    assert 0.91 < covered / 400 < 0.98


def test_two_maps_are_compared_week_by_week():
    rng = np.random.default_rng(4)
    rate = rng.gamma(0.3, 1, 400)
    later = rng.poisson(rate, (12, 400))
    good, poor = accuracy(rate, later, area_share=0.05), accuracy(rng.random(400), later, area_share=0.05)
    assert compared(good, poor).low > 0
    assert "not statistically different" in compared(good, good).sentence
    with pytest.raises(Unfit):
        compared(good, accuracy(rate, later, area_share=0.06))


def test_weeks_without_events_make_nobody_surer():
    """Dates of data.police.uk are months: four weeks in five would else count as weeks that agree."""
    rng = np.random.default_rng(11)
    score, rival, later = rng.random(50), rng.random(50), rng.poisson(2.0, (6, 50))
    between = np.zeros((26, 50))
    between[::5] = later
    plain, padded = accuracy(score, later, area_share=0.1), accuracy(score, between, area_share=0.1)
    assert (padded.low, padded.high) == pytest.approx((plain.low, plain.high))
    assert padded.sentence == plain.sentence
    assert "over 6 weeks" in padded.sentence
    others = [accuracy(rival, weeks, area_share=0.1) for weeks in (later, between)]
    assert compared(padded, others[1]).sentence == compared(plain, others[0]).sentence


def test_nothing_to_catch_gives_no_verdict():
    assert accuracy([1, 2], [[0, 0]]).sentence.startswith("Cannot tell")
    assert accuracy([1, 2], [[1, 0]], area_share=0).cannot_tell
    assert "one week says nothing" in accuracy([1, 2], [[1, 0]], area_share=0.5).sentence


@pytest.mark.parametrize(
    "given", [([1, np.nan], [[1, 0]]), ([1, 2], [[1, -1]]), ([1, 2, 3], [[1, 0]]), ([1, 2], [1, 0])]
)
def test_what_is_no_score_or_count_is_refused(given):
    with pytest.raises(Unfit):
        accuracy(*given)


def test_the_interval_over_weeks_is_r_s_ratio():
    """R 4.2.2, survey 4.1.1: r <- svyratio(~hits, ~total, svydesign(ids = ~1, weights = ~rep(1, 6)));
    coef(r) + c(-1, 1) * qt(.975, 5) * SE(r)."""
    hits, total = np.array([4, 7, 2, 5, 9, 3]), np.array([10, 22, 11, 13, 20, 15])
    found = accuracy([1, 0], np.column_stack([hits, total - hits]), area_share=0.5)
    assert (found.hit_rate, found.low, found.high) == pytest.approx((0.32967032967, 0.216866860323, 0.442473799018))


def test_it_says_what_the_slow_twin_says():
    """A cell at a time, and of cells that tie each the same part of what is left; the best week by week so, too."""

    def caught(score, later, area, share):
        left, sum_ = share * sum(area), 0.0
        for level in sorted(set(score), reverse=True):
            tied = [i for i in range(len(score)) if score[i] == level]
            size = sum(area[i] for i in tied)
            part = max(0.0, min(1.0, left / size))
            sum_ += part * sum(later[i] for i in tied)
            left -= part * size
        return sum_

    rng = np.random.default_rng(9)
    for _ in range(10):
        score, area = rng.integers(0, 6, 25), rng.choice([1.0, 2.0, 3.0], 25)
        later = rng.poisson(0.7, (5, 25))
        found = accuracy(score, later, area_share=0.17, area=area)
        hits = [caught(score, week, area, 0.17) for week in later]
        best = [caught(week / area, week, area, 0.17) for week in later]
        rate = sum(hits) / later.sum()
        assert found.hits == pytest.approx(hits)
        assert (found.hit_rate, found.pai, found.pei) == pytest.approx((rate, rate / 0.17, sum(hits) / sum(best)))
        square = sum((h - rate * week.sum()) ** 2 for h, week in zip(hits, later, strict=True))
        reach = 2.7764451051977987 * (5 / 4 * square) ** 0.5 / later.sum()
        assert found.high - found.hit_rate == pytest.approx(min(1 - found.hit_rate, reach))


def test_the_most_that_could_be_caught_is_told_of_a_new_map_each_week_and_of_one():
    """Twelve weeks whose busiest cell moves about: no one map can follow it."""
    later = np.eye(4)[[0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 0, 3]] * 5 + 1
    found = accuracy([9, 1, 0, 2], later, area_share=0.25)
    assert found.best.tolist() == [6] * 12
    assert found.pei == pytest.approx((5 * 5 + 12) / (6 * 12))
    assert found.pei_one == pytest.approx(1.0), "the first cell is the best of any one map"
    assert "with a new map every week, 100% of the most with one." in found.sentence
    assert accuracy([0, 1, 0, 2], later, area_share=0.25).pei_one == pytest.approx((5 + 12) / (5 * 5 + 12))
