"""Classes over periods: sfhotspot's with its window, and ours without."""

from collections import Counter

import numpy as np
import pytest

from redway.methods.hot_spots.classify import classify
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


def test_a_period_without_events_is_told_of(square):
    counts = np.zeros((4, 25))
    counts[0, 12] = 9
    found = classify(counts, neighbours(square(5, 5)))
    assert found.empty == 3
    assert "3 periods had nothing to tell" in found.sentence


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
