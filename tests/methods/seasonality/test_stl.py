"""STL: equal to R's, to a slow twin, and untouched by what it should not mind."""

import csv

import numpy as np
import pytest

from redway.methods.inputs import Unfit
from redway.methods.seasonality.loess import beyond, smoother
from redway.methods.seasonality.r_middle import twice_middle
from redway.methods.seasonality.stl import stl


def rows(folder, name):
    with (folder / name).open(newline="") as lines:
        return list(csv.DictReader(lines))


JUMPS_1 = {"s_jump": 1, "t_jump": 1, "l_jump": 1}
# In the others of the six robust references R's middle is the middle in every round.
WRONG_MIDDLE = {("nottem", "s7"): 0.03, ("nottem", "s7_jump1"): 2e-3, ("UKDriverDeaths", "s7_jump1"): 2e-3}


def ours_and_rs(folder, series, window, way, **options):
    y = np.array([float(r["y"]) for r in rows(folder, f"ts_input_{series}.csv")])
    theirs = rows(folder, f"stl_{series}_{window}_{way}.csv")
    if "jump1" in window:
        options |= JUMPS_1
    found = stl(y, 12, s_window="periodic" if window == "periodic" else 7, robust=way == "robust", **options)
    apart = [
        np.abs(getattr(found, name)[0] - [float(r[name]) for r in theirs]).max()
        for name in ("seasonal", "trend", "remainder")
    ]
    return np.array(apart) / y.std()


@pytest.mark.peers
@pytest.mark.parametrize("series", ["nottem", "UKDriverDeaths"])
@pytest.mark.parametrize("window", ["periodic", "s7", "s7_jump1"])
@pytest.mark.parametrize("way", ["plain", "robust"])
def test_equal_to_r(peer_outputs, series, window, way):
    assert ours_and_rs(peer_outputs, series, window, way, like_r=True).max() < 1e-11


@pytest.mark.peers
@pytest.mark.parametrize("series", ["nottem", "UKDriverDeaths"])
@pytest.mark.parametrize("window", ["periodic", "s7", "s7_jump1"])
def test_a_median_that_is_one_parts_from_r_by_little_and_only_where_rs_is_none(peer_outputs, series, window):
    apart = ours_and_rs(peer_outputs, series, window, "robust")[:2].max()
    within = WRONG_MIDDLE.get((series, window))
    if within is None:
        assert apart < 1e-11
    else:
        assert 1e-3 < apart < within


def test_rs_middle_is_mostly_the_middle():
    """Its partial sort is asked for the upper of two places first, and may leave the lower unsettled."""
    rng = np.random.default_rng(4)
    even, odd = rng.exponential(size=(400, 240)), rng.exponential(size=(100, 241))
    assert twice_middle(odd)[:, 0] == pytest.approx(2 * np.median(odd, axis=1))
    parts = twice_middle(even)[:, 0] - 2 * np.median(even, axis=1)
    wrong = np.abs(parts) > 1e-12
    assert 0.02 < wrong.mean() < 0.15
    assert np.abs(parts).max() < 1, "and even then a number near the middle"
    assert twice_middle(np.arange(24.0)[None, ::-1])[0, 0] == 23
    assert twice_middle(np.full((1, 60), 3.0))[0, 0] == 6


def test_where_no_weight_is_left_at_an_end_the_value_next_to_it_stands_in():
    """As in R: a year before the first and one after the last take what was smoothed at the first and the last."""
    x, weight = np.arange(10.0)[None], np.ones((1, 10))
    weight[0, :7] = 0
    smooth = beyond(10, 3, 0, 1)
    found = smooth(x, weight)[0]
    assert found[0] == found[1] == 0
    weight[0, 2] = 1
    assert beyond(10, 5, 0, 1)(x, weight)[0, :2].tolist() == [2, 2]


def local(x, w, at, left, right, length, degree):
    """One place smoothed, by loops."""
    n = len(x)
    h = max(at - left, right - at) + ((length - n) // 2 if length > n else 0)
    weight = np.zeros(n)
    for j in range(left, right + 1):
        r = abs(j - at)
        if r <= 0.999 * h:
            weight[j - 1] = (1 if r <= 0.001 * h else (1 - (r / h) ** 3) ** 3) * w[j - 1]
    weight /= weight.sum()
    j = np.arange(1, n + 1)
    mean = (weight * j).sum()
    square = (weight * (j - mean) ** 2).sum()
    if degree and np.sqrt(square) > 0.001 * (n - 1):
        weight = weight * (1 + (at - mean) / square * (j - mean))
    return (weight * x).sum()


@pytest.mark.parametrize(("n", "length"), [(20, 7), (20, 13), (9, 31), (20, 19)])
@pytest.mark.parametrize("degree", [0, 1])
def test_the_smoother_says_what_the_slow_twin_says(n, length, degree):
    rng = np.random.default_rng(1)
    x, w = rng.normal(size=(3, n)), rng.uniform(0.1, 1, (3, n))
    smooth = smoother(n, length, degree, 1)
    for weights in (None, w):
        found = smooth(x, weights)
        for row in range(3):
            for i in range(1, n + 1):
                left = 1 if length >= n else min(max(i - (length + 1) // 2 + 1, 1), n - length + 1)
                right = n if length >= n else left + length - 1
                of = np.ones(n) if weights is None else w[row]
                assert found[row, i - 1] == pytest.approx(local(x[row], of, i, left, right, length, degree))


@pytest.mark.parametrize("options", [{}, {"s_window": 7}, {"s_window": 7, "robust": True}])
def test_level_scale_and_company_change_nothing(options):
    y = np.random.default_rng(2).normal(size=(4, 100)) + np.sin(np.arange(100) / 12 * 2 * np.pi)
    whole = stl(y, 12, **options)
    moved = stl(3 * y[1:2] + 50, 12, **options)
    assert moved.seasonal[0] == pytest.approx(3 * whole.seasonal[1], abs=1e-9)
    assert moved.trend[0] == pytest.approx(3 * whole.trend[1] + 50, abs=1e-9)
    assert whole.trend + whole.seasonal + whole.remainder == pytest.approx(y)


def test_a_line_and_a_season_are_found_whole():
    t = np.arange(96)
    season = np.tile([3.0, -1, 0, 2, -4, 0, 1, 1, -2, 0, 0, 0], 8)
    found = stl(5 + 0.1 * t + season, 12)
    assert found.seasonal[0] == pytest.approx(season, abs=0.07)
    assert found.strength[0] > 0.999
    assert "100% of what is not trend" in found.sentence


def test_a_spike_is_put_in_the_remainder_when_robust():
    y = np.tile([10.0, 20, 15, 12], 15) + np.random.default_rng(3).normal(0, 0.5, 60)
    y[30] += 100
    found = stl(y, 4, s_window=7, robust=True)
    assert found.remainder[0, 30] > 95
    assert found.weights[0, 30] == 0


def test_odd_series_get_an_answer_without_a_warning():
    flat = stl(np.full((2, 40), 7.0), 12, robust=True)
    assert np.abs(flat.remainder).max() < 1e-9
    assert flat.strength.tolist() == pytest.approx([0, 0], abs=1)
    assert "more than 24" in stl(np.ones(24), 12).sentence
    assert stl([], 12).cannot_tell
    once = np.zeros(40)
    once[9] = 5
    assert np.isfinite(stl(once, 12, s_window=7, robust=True).trend).all()
    for wrong in (
        {"period": 1},
        {"period": 4, "s_window": 2},
        {"period": 4, "t_degree": 2},
        {"period": 4, "s_jump": 0},
    ):
        with pytest.raises(Unfit):
            stl(np.ones(40), **wrong)
    with pytest.raises(Unfit):
        stl([1, np.nan, 2], 2)


@pytest.mark.parametrize("series", [np.full(84, 20.0), np.zeros(84), np.full(84, 1e12)])
@pytest.mark.parametrize("robust", [False, True])
def test_a_series_that_never_moves_has_no_season(series, robust):
    found = stl(series, 12, robust=robust)
    assert found.strength.tolist() == [0]
    assert found.sentence == "Nothing moves but the trend, so there is no season to tell."
