"""A series of partners' counts as it may be shown: nothing hidden can be had back, from one version or from several."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redway import periods
from redway.errors import RedwayError
from redway.indicators import windows
from redway.indicators.release import LOCAL, NHS
from redway.indicators.series import Area, Series, Status
from redway.indicators.shown import policy_of, shown
from redway.store.home import Home

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


def test_a_year_of_which_a_month_is_missing_has_no_total(home):
    assert shown(made([9] * 11 + [None] + [9] * 6), LOCAL, "x", home).totals == {}


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
    given_["editions"][0]["counts"][0][0] = 77
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


def bounds(editions, policy):
    """By brute force of intervals: what a reader of every edition knows of each month, as lowest and highest.

    An edition is a released series with its totals. Months whose count differs between versions are not looked at
    here: every version of a test holds the same counts, and only more months come.
    """
    low, high = {}, {}
    sums = []
    for series in editions:
        for month, count in zip(series.months, series.counts[0], strict=True):
            if count == 0:  # a zero that is shown is one
                low[month] = high[month] = 0
            elif not np.isnan(count):
                least = max(count - 2, 5 if policy is LOCAL else 8, 0)
                low[month], high[month] = max(low.get(month, 0), least), min(high.get(month, np.inf), count + 2)
            else:
                low.setdefault(month, 0)
                high.setdefault(month, np.inf)
        for (first, last), total in series.totals.items():
            sums.append((range(first, last + 1), total - 2, total + 2))
    for _round in range(50):  # interval propagation to a fixed point
        before = dict(low), dict(high)
        for months, least, most in sums:
            for m in months:
                others = [o for o in months if o != m]
                low[m] = max(low[m], least - sum(high[o] for o in others))
                high[m] = min(high[m], most - sum(low[o] for o in others))
        if before == (low, high):
            break
    return low, high


@settings(max_examples=4, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=26, max_size=30), st.sampled_from([LOCAL, NHS]))
def test_nobody_can_work_out_a_hidden_month_by_subtracting_one_version_from_another(tmp_path_factory, truth, policy):
    home = Home(tmp_path_factory.mktemp("home"))
    home.make()
    editions = [shown(made(truth[:n]), policy, "x", home) for n in range(24, len(truth) + 1)]
    low, high = bounds(editions, policy)
    for month, count in enumerate(truth, start=FIRST):
        if policy.hides(count):
            assert low[month] <= policy.hide_from
            assert high[month] >= policy.hide_to


def test_a_month_hidden_to_protect_another_stays_hidden_later(home):
    """Whatever was hidden in one edition is in no later one with the same count."""
    rng = np.random.default_rng(4)
    truth = rng.poisson(6, 48).tolist()
    hidden = set()
    for n in range(24, 49):
        found = shown(made(truth[:n]), LOCAL, "x", home)
        now = set(found.months_with(Status.SUPPRESSED))
        assert hidden <= now
        hidden |= now


def test_series_of_different_names_do_not_know_of_each_other(home):
    for name in ("a", "b"):
        shown(made([3, 8] * 12), LOCAL, name, home)
    assert len(list(home.released.glob("*.json"))) == 2
