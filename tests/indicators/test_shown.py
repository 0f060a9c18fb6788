"""A series of partners' counts as it may be shown: nothing hidden can be had back, from one version or from several."""

import json

import numpy as np
import pytest

from redway import periods
from redway.errors import RedwayError
from redway.indicators import windows
from redway.indicators.release import LOCAL
from redway.indicators.series import Area, Series, Status
from redway.indicators.shown import policy_of, shown

FIRST = periods.month("2023-01")


def made(counts, first=FIRST):
    """A series of one area; None is a month that has not come."""
    values = np.array([[np.nan if c is None else float(c) for c in counts]])
    status = np.full(values.shape, Status.KNOWN, object)
    status[np.isnan(values)] = Status.NOT_AVAILABLE
    area = Area("E06000042", "Aby", "partnership")
    return Series("x", (area,), range(first, first + len(counts)), values, status, np.array([np.nan]))


def counts(series):
    return [None if np.isnan(c) else c for c in series.counts[0]]


def test_small_counts_are_withheld_and_others_rounded(home):
    found = shown(made([0, 4, 5, 7, 8, 103]), LOCAL, "x", home)
    assert counts(found) == [None, None, 5, 5, 10, 105]
    assert list(found.status[0][:3]) == [Status.SUPPRESSED, Status.SUPPRESSED, Status.KNOWN]


def test_a_month_that_has_not_come_stays_that_and_is_not_called_withheld(home):
    found = shown(made([10, None, 10]), LOCAL, "x", home)
    assert list(found.status[0]) == [Status.KNOWN, Status.NOT_AVAILABLE, Status.KNOWN]


def test_a_year_can_be_told_of_which_months_cannot(home):
    found = shown(made([3, 8] * 12), LOCAL, "x", home)
    compared = windows.comparison(found)
    assert compared.kind == "rolling-12"
    assert windows.total(found, compared.after).tolist() == [65]
    assert windows.total(found, compared.before).tolist() == [65]
    assert windows.rolling_12(found).counts[0, -1] == 65


def test_quarters_and_years_are_added_up_of_exact_counts_and_rounded_once(home):
    found = shown(made([7] * 24), LOCAL, "x", home)  # each month is shown as 5
    assert set(windows.quarters(found).counts[0]) == {20}  # 21
    assert windows.rolling_12(found).counts[0, -1] == 85  # 84, and not twelve times 5


def test_no_rounded_months_are_added_up_where_no_total_was_made(home):
    found = shown(made([7] * 24), LOCAL, "x", home)
    assert np.isnan(windows.total(found, range(FIRST, FIRST + 2))).all()
    assert np.isnan(windows.total(found, [FIRST, FIRST + 12])).all()


def test_a_year_or_quarter_of_which_a_month_is_missing_has_no_total(home):
    found = shown(made([9] * 11 + [None] + [9] * 6), LOCAL, "x", home)
    assert sorted(found.totals) == [(FIRST + m, FIRST + m + 2) for m in (0, 3, 6, 12, 15)]


def test_a_year_that_lacks_a_month_is_not_available_and_not_called_withheld(home):
    found = shown(made([1] * 11 + [None] + [1] * 12), LOCAL, "x", home)
    years = windows.rolling_12(found)
    assert years.status[0, years.labels.index("YE-2024-01")] is Status.NOT_AVAILABLE
    assert windows.quarters(found).status[0, 0] is Status.SUPPRESSED


def test_a_quarter_that_is_not_over_has_not_come_yet(home):
    found = shown(made([1] * 4), LOCAL, "x", home)
    assert list(windows.quarters(found).status[0]) == [Status.SUPPRESSED, Status.NOT_YET]


def test_where_no_two_years_can_be_given_quarters_a_year_apart_are_compared(home):
    compared = windows.comparison(shown(made([9] * 20), LOCAL, "x", home))
    assert (compared.kind, compared.after_words, compared.before_words) == (
        "matched months",
        "April to June 2024",
        "April to June 2023",
    )


def test_the_years_compared_are_the_newest_that_can_be_given(home):
    """A hidden month in the newest quarter, which is not over: years end with the quarter before."""
    found = shown(made([9] * 24 + [9, 2]), LOCAL, "x", home)
    assert windows.comparison(found).after_words == "the year ending December 2024"


def test_where_nothing_can_be_set_side_by_side_it_is_said_so(home):
    found = shown(made([9] * 5), LOCAL, "x", home)
    assert windows.comparison(found).reason.startswith("No two years and no two quarters a year apart can be given")


def test_it_says_what_its_counts_were_rounded_to(home):
    found = shown(made([9] * 5), LOCAL, "x", home)
    assert (made([9]).rounded_to, found.rounded_to, windows.quarters(found).rounded_to) == (1, 5, 5)
    assert found.row("E06000042").rounded_to == 5


def test_where_everything_is_too_few_it_is_said_so(home):
    found = shown(made([1, 2, 1]), LOCAL, "x", home)
    assert windows.comparison(found).reason == "Every month is too few to show, to protect people."


def test_the_same_counts_are_shown_the_same_again_and_nothing_is_written(home):
    series = made([3, 8] * 12)
    first = shown(series, LOCAL, "x", home)
    kept = list(home.released.glob("*.json"))
    before = kept[0].stat().st_mtime_ns
    second = shown(series, LOCAL, "x", home)
    assert counts(first) == counts(second)
    assert first.totals == second.totals
    assert kept[0].stat().st_mtime_ns == before


def test_what_was_released_is_kept_out_of_what_may_be_deleted(home):
    shown(made([3, 8] * 12), LOCAL, "x", home)
    (kept,) = home.released.glob("*.json")
    assert home.derived not in kept.parents
    assert kept.stat().st_mode & 0o077 == 0


def test_what_was_released_cannot_be_read_once_harmed_and_that_is_said(home):
    shown(made([3, 8] * 12), LOCAL, "x", home)
    (kept,) = home.released.glob("*.json")
    given_ = json.loads(kept.read_text("utf-8"))
    given_["told"][0]["counts"][0] = 77
    kept.write_text(json.dumps(given_), "utf-8")
    with pytest.raises(RedwayError, match="shown before"):
        shown(made([3, 8] * 12 + [9]), LOCAL, "x", home)


def test_several_areas_are_never_shown_at_once(home):
    one = made([10])
    two = Series("x", one.areas * 2, one.months, np.tile(one.counts, (2, 1)), np.tile(one.status, (2, 1)), np.zeros(2))
    with pytest.raises(ValueError, match="one area"):
        shown(two, LOCAL, "x", home)


def test_open_data_are_shown_as_they_are_and_partners_are_not():
    assert policy_of("police-street") is None
    assert policy_of("hospital-istv") == LOCAL


def test_series_of_different_names_do_not_know_of_each_other(home):
    for name in ("a", "b"):
        shown(made([3, 8] * 12), LOCAL, name, home)
    assert len(list(home.released.glob("*.json"))) == 2
