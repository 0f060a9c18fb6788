"""Classes over periods: sfhotspot's with its window, and ours without."""

from collections import Counter

import numpy as np
import pytest

from redway.methods.hot_spots.classify import classify
from redway.methods.hot_spots.gi import gi
from redway.methods.hot_spots.neighbours import neighbours
from redway.methods.inputs import Unfit


@pytest.fixture
def months(memphis, peer):
    grid, x, y = memphis
    month = np.array([int(date[5:7]) - 1 for date in peer("memphis_robberies_utm16n_input")["date"]])
    return np.array([grid.count(x[month == m], y[month == m]) for m in range(12)])


@pytest.mark.peers
def test_it_is_sfhotspots_with_its_window(memphis, months, peer):
    found = classify(months, neighbours(memphis[0]), like_sfhotspot=True)
    assert (found.category == peer("memphis_classify500_1month")["hotspot_category"]).all()


@pytest.mark.peers
def test_sfhotspots_differs_by_its_window_and_by_what_it_corrects_for(memphis, months):
    """Three months divided by two, and Holm's correction over twelve months where ours is over 3,307 cells."""
    around = neighbours(memphis[0])
    theirs, ours = (Counter(classify(months, around, like_sfhotspot=like).category) for like in (True, False))
    assert theirs["emerging hotspot"] == 57
    assert theirs["former hotspot"] == 380
    assert ours["emerging hotspot"] != 57


def laid(square, hot):
    """Counts where one cell is hot in the periods that are named."""
    rng = np.random.default_rng(1)
    counts = rng.poisson(0.5, (20, 100))
    for period in hot:
        counts[period, [44, 45, 54, 55]] = 30
    return classify(counts, neighbours(square(10, 10))).category[44]


@pytest.mark.parametrize(
    ("hot", "kind"),
    [
        (range(20), "persistent hotspot"),
        ([17, 18, 19], "emerging hotspot"),
        (range(8), "former hotspot"),
        ([1, 4, 9, 16, 18], "intermittent hotspot"),
        ([], "no pattern"),
    ],
)
def test_each_class_is_what_it_says(square, hot, kind):
    assert laid(square, hot) == kind


def test_periods_without_events_are_told_of_and_left_out(square):
    """Dates of data.police.uk are months: of periods of seven days four in five have no event at all."""
    counts = np.zeros((4, 25))
    counts[0, 12] = 9
    found = classify(counts, neighbours(square(5, 5)))
    assert found.empty == 3
    assert found.sentence == "Cannot tell which hot spots last: of 4 periods 1 had something to tell."
    months = np.random.default_rng(1).poisson(0.5, (12, 100))
    months[:, [44, 45, 54, 55]] = 30
    weeks = np.zeros((48, 100))
    weeks[::4] = months
    around = neighbours(square(10, 10))
    padded, plain = classify(weeks, around), classify(months, around)
    assert plain.category[44] == "persistent hotspot"
    assert (padded.category == plain.category).all()
    assert padded.sentence.endswith(" 36 periods had nothing to tell and are left out.")
    assert classify(weeks, around, like_sfhotspot=True).category[44] == "intermittent hotspot"


def test_one_period_gives_no_verdict(square):
    found = classify(np.ones((1, 4)), neighbours(square(2, 2)))
    assert found.sentence.startswith("Cannot tell")


@pytest.mark.parametrize("settings", [{"recent_prop": 2}, {"critical_p": 0}, {"hotspot_prop": -1}])
def test_shares_lie_between_nought_and_one(square, settings):
    with pytest.raises(Unfit):
        classify(np.ones((3, 4)), neighbours(square(2, 2)), **settings)


def test_counts_of_another_grid_are_refused(square):
    with pytest.raises(Unfit):
        classify(np.ones((3, 5)), neighbours(square(2, 2)))


def slow_class(stands, recent, like):
    """The words of the rule, for one cell."""
    periods = len(stands)
    share = sum(stands) / periods
    older = sum(stands[: periods - recent]) / (periods - recent)
    newest = sum(stands[periods - recent - (1 if like else 0) :]) / recent
    if share >= 0.8:
        return "persistent"
    if older < 0.1 and newest >= 0.2:
        return "emerging"
    if older >= 0.1 and newest < 0.1:
        return "former"
    return "intermittent" if share >= 0.1 else ""


@pytest.mark.parametrize("like", [False, True])
def test_it_says_what_the_slow_twin_says(square, like):
    """Gi* of each period and cell; ours held over all of them (Benjamini and Hochberg), theirs by cell (Holm)."""
    rng = np.random.default_rng(6)
    counts = rng.poisson(0.6, (12, 64))
    for first, last, cell in ((0, 12, 9), (0, 5, 28), (10, 12, 49), (4, 11, 54)):
        counts[first:last, [cell, cell + 1, cell + 8, cell + 9]] += 40
    around = neighbours(square(8, 8))
    p, z = (np.array([getattr(gi(row, around), name) for row in counts]) for name in ("p", "z"))
    stands = np.zeros((12, 64), dtype=bool)
    if not like:
        every = sorted((value, at) for at, value in np.ndenumerate(p))
        passed = max((rank for rank, (value, _) in enumerate(every, 1) if value <= 0.05 * rank / (12 * 64)), default=0)
        for _, at in every[:passed]:
            stands[at] = True
    for k, one in enumerate(p.T if like else ()):
        order, passed = np.argsort(one, kind="stable"), 0
        for rank, at in enumerate(order):
            if one[at] * (12 - rank) >= 0.05:
                break
            passed = rank + 1
        stands.T[k, order[:passed]] = True
    expected = []
    for cell in range(64):
        hot = slow_class(list(stands[:, cell] & (z[:, cell] > 0)), 2, like)
        cold = slow_class(list(stands[:, cell] & (z[:, cell] <= 0)), 2, like)
        both = "mixed hot/coldspot" if hot and cold else ""
        expected.append(both or (hot and f"{hot} hotspot") or (cold and f"{cold} coldspot") or "no pattern")
    assert classify(counts, around, like_sfhotspot=like).category.tolist() == expected
    assert len(set(expected)) > 3


def test_maps_of_chance_alone_have_hardly_any_hot_cell_however_many_periods(square):
    """Where each period were held by itself, twenty of them would list in most maps."""
    rng = np.random.default_rng(9)
    around = neighbours(square(12, 12))
    hot = [classify(rng.poisson(20, (20, 144)), around).hot.any() for _ in range(40)]
    assert np.mean(hot) < 0.25


def test_what_is_persistent_has_to_be_a_hot_spot(square):
    with pytest.raises(Unfit, match="no more than persistent_prop"):
        classify(np.ones((4, 100)), neighbours(square), hotspot_prop=0.9, persistent_prop=0.1)
