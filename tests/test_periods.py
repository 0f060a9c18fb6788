"""Months in words."""

import pytest

from redway import periods


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([("2024-01", "2024-03")], "January to March 2024"),
        ([("2025-01", "2025-06"), ("2025-08", "2025-11")], "January to June and August to November 2025"),
        ([("2014-11", "2018-05"), ("2018-07", "2018-09")], "November 2014 to May 2018 and July to September 2018"),
        ([("2018-07", "2018-07"), ("2018-12", "2019-02")], "July 2018 and December 2018 to February 2019"),
        ([], ""),
    ],
)
def test_a_stretch_over_a_new_year_names_both_years(runs, expected):
    months = [m for first, last in runs for m in range(periods.month(first), periods.month(last) + 1)]
    assert periods.phrase(months) == expected


@pytest.mark.parametrize(
    ("label", "kind", "after", "ends"),
    [
        ("2025-12", "monthly", "2026-01", "2025-12-31"),
        ("2024-02", "monthly", "2024-03", "2024-02-29"),
        ("2025/26-Q3", "quarterly", "2025/26-Q4", "2025-12-31"),
        ("2025/26-Q4", "quarterly", "2026/27-Q1", "2026-03-31"),
        ("2099/00-Q4", "quarterly", "2100/01-Q1", "2100-03-31"),
        ("YE-2026-03", "annual", "YE-2027-03", "2026-03-31"),
        ("2025-autumn", "termly", "2026-spring", "2025-12-31"),
        ("2026-spring", "termly", "2026-summer", "2026-03-31"),
        ("2026-summer", "termly", "2026-autumn", "2026-08-31"),
    ],
)
def test_periods_follow_each_other_and_end(label, kind, after, ends):
    assert periods.kind_of(label) == kind
    assert periods.following(label) == after
    assert periods.last_day(label).isoformat() == ends


def test_what_follows_never_overlaps_and_comes_at_last_to_any_year():
    for label in ("2025-11", "2025/26-Q3", "YE-2026-03", "2025-autumn"):
        for _ in range(50):
            after = periods.following(label)
            assert periods.months_of(after)[0] > periods.months_of(label)[-1]
            label = after


@pytest.mark.parametrize("label", ["2025-11", "2025/26-Q3", "2025/26-Q4", "YE-2026-03", "YE-2025-12", "2025-autumn"])
def test_a_period_is_read_back_from_its_own_words(label):
    assert periods.named(periods.in_words(label)) == periods.named(label.lower()) == label


@pytest.mark.parametrize(
    "words", ["", "last November", "2025", "13/2025", "2025/27 Q3", "Q5 2025/26", "Nov-25", "Q3 2025"]
)
def test_what_may_mean_several_periods_or_none_is_not_guessed_at(words):
    assert periods.named(words) == ""


def test_several_periods_are_named_by_their_first_and_last_month():
    assert periods.spanning(["2024/25-Q2", "2024/25-Q1"]) == "April 2024 to September 2024"
    assert periods.spanning(["2025-11", "2025-11"]) == "November 2025"
    assert periods.spanning(["YE-2025-03"]) == "the year ending March 2025"
