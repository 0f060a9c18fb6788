"""What was reported when: a list of events and the submissions that told of them say the same."""

import numpy as np
import pytest

from redway.methods.emerging.histories import WEEKDAYS, history, week_of
from redway.methods.emerging.reporting_delay import triangle
from redway.methods.inputs import Unfit

MONDAY = np.datetime64("2025-01-06")


def events(seed=1, weeks=12, each=40):
    rng = np.random.default_rng(seed)
    happened = rng.integers(0, 7 * weeks, each)
    reported = happened + rng.geometric(0.1, each) - 1
    known = reported < 7 * weeks
    return MONDAY + happened[known], MONDAY + reported[known]


def test_events_are_counted_by_week_and_delay_for_each_series():
    happened, reported = events()
    series = np.where(np.arange(happened.size) % 2, "b", "a")
    found = history(happened, reported, longest=3, series=series, begin=MONDAY)
    assert found.names.tolist() == ["a", "b"]
    for at, name in enumerate(found.names):
        own = series == name
        weeks = [(days[own] - found.begin).astype(int) // 7 for days in (happened, reported)]
        expected = triangle(*weeks, now=found.tables.shape[1] - 1, longest=3)
        assert np.array_equal(found.tables[at], expected, equal_nan=True)
    twice = history(happened, reported, longest=3, series=series, count=np.full(happened.size, 2), begin=MONDAY)
    assert np.array_equal(twice.tables, 2 * found.tables, equal_nan=True)


def test_submissions_say_the_same_as_the_events_they_told_of():
    happened, reported = events(2)
    weeks = [(days - MONDAY).astype(int) // 7 for days in (happened, reported)]
    rows = [(t, s, int(((weeks[0] == t) & (weeks[1] <= s)).sum())) for s in range(12) for t in range(s + 1)]
    week, sent, so_far = np.array(rows).T
    order = np.random.default_rng(3).permutation(week.size)
    found = history(
        (MONDAY + 7 * week)[order], (MONDAY + 7 * sent + 6)[order], so_far=so_far[order], longest=4, begin=MONDAY
    )
    by_event = history(happened, reported, longest=4, begin=MONDAY, until=MONDAY + 7 * 11)
    assert np.array_equal(found.tables, by_event.tables, equal_nan=True)


def test_a_count_that_went_down_is_no_new_event_and_older_weeks_are_left_out():
    week = MONDAY + 7 * np.array([0, -3, 0, 0, 0])
    sent = MONDAY + 7 * np.array([0, 0, 1, 2, 3])
    found = history(week, sent, so_far=[5, 9, 7, 6, 8], longest=3)
    assert found.begin == MONDAY
    assert found.tables[0, 0].tolist() == [5, 2, 0, 1]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"happened": [MONDAY], "reported": ["NaT"]}, "both dates in every row"),
        ({"happened": [], "reported": []}, "both dates in every row"),
        ({"happened": [MONDAY + 1], "reported": [MONDAY]}, "no earlier than the events"),
        ({"happened": ["0001-01-01"], "reported": [MONDAY]}, "wrong year"),
        ({"happened": [MONDAY] * 2, "reported": [MONDAY] * 2, "so_far": [1, 2]}, "week and submission"),
        ({"happened": [MONDAY], "reported": [MONDAY], "count": [-1]}, "count: numbers of at least 0"),
    ],
)
def test_what_cannot_be_is_refused(given, told):
    given = {name: np.array(days, "datetime64[D]") if name[-1] == "d" else days for name, days in given.items()}
    with pytest.raises(Unfit, match=told):
        history(**given, longest=3)


def test_weeks_begin_on_the_day_that_was_asked_for():
    days = np.datetime64("2025-01-01") + np.arange(9)  # a Wednesday, and eight more days
    assert str(week_of(days, "monday")) == "2024-12-30"
    assert str(week_of(days, "wednesday")) == "2025-01-01"
    assert str(week_of(days, "thursday")) == "2024-12-26"
    for weekday in WEEKDAYS:
        begin = week_of(days, weekday)
        assert begin <= days[0] < begin + 7
        found = history(days, days + 3, longest=2, begin=begin)
        assert found.begin == begin
        assert np.nansum(found.tables) == 9
        for day in days:  # one by one
            at = int((day - begin).astype(int)) // 7
            assert found.tables[0, at].any()
    with pytest.raises(Unfit, match="week_starts"):
        week_of(days, "Montag")
