"""STL: equal to R's, to a slow twin, and untouched by what it should not mind."""

import csv

import numpy as np
import pytest

from redway.methods.inputs import Unfit
from redway.methods.seasonality.loess import smoother
from redway.methods.seasonality.stl import stl


def rows(folder, name):
    with (folder / name).open(newline="") as lines:
        return list(csv.DictReader(lines))


# Robust rounds have not settled after R's fifteen: a hair's difference in an early one shows in the last.
UNSETTLED = {("nottem", "s7", "robust"): 0.04}


@pytest.mark.peers
@pytest.mark.parametrize("series", ["nottem", "UKDriverDeaths"])
@pytest.mark.parametrize("window", ["periodic", "s7", "s7_jump1"])
@pytest.mark.parametrize("way", ["plain", "robust"])
def test_equal_to_r(peer_outputs, series, window, way):
    y = np.array([float(r["y"]) for r in rows(peer_outputs, f"ts_input_{series}.csv")])
    theirs = rows(peer_outputs, f"stl_{series}_{window}_{way}.csv")
    jumps = {"s_jump": 1, "t_jump": 1, "l_jump": 1} if "jump1" in window else {}
    found = stl(y, 12, s_window="periodic" if window == "periodic" else 7, robust=way == "robust", **jumps)
    loose = 2.5e-3 if (window, way) == ("s7_jump1", "robust") else 1e-10
    within = UNSETTLED.get((series, window, way), loose) * y.std()
    for name in ("seasonal", "trend", "remainder"):
        assert getattr(found, name)[0] == pytest.approx([float(r[name]) for r in theirs], rel=0, abs=within), name


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
