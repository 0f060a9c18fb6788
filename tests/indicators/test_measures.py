"""From rows that partners sent to shares, rates, ratios, medians and weighted answers, with size, doubt and status."""

import datetime as dt

import pytest

from redway.errors import NotSetUp
from redway.findings.measured import sentence
from redway.indicators.measures import ALL, measured
from redway.indicators.release import LOCAL
from redway.indicators.series import Status
from redway.indicators.tallies import tallies
from redway.store.snapshot import Snapshot
from tests.indicators.conftest import HOME_FORCE, a_measure

FIRST = dt.date(2024, 12, 1)


TESTS = "drug-tests-on-arrest"
POSITIVE = a_measure(
    kind="share",
    dataset=TESTS,
    by="quarter",
    rows={"without": {"result": ["refused"]}},
    hits={"where": {"result": ["cocaine", "opiates"]}},
)


def a_test(result, month="2025-04", **more):
    return {"result": result, "month": month, "arrest_date": dt.date(2025, 4, 3), **more}


def quarter(*rows):
    """A quarter of three months, all rows in the first."""
    return {
        ("police", m): list(rows) if m == "2025-04" else [a_test("refused", m)]
        for m in ("2025-04", "2025-05", "2025-06")
    }


def test_a_share_is_of_the_rows_that_are_looked_at(sent, where):
    rows = [a_test("cocaine")] * 30 + [a_test("negative")] * 10 + [a_test("refused")] * 50
    found = measured(POSITIVE, sent(TESTS, quarter(*rows)), where, HOME_FORCE)
    value = found.of("2025/26-Q1")
    assert (value.value, value.hits, value.base) == (75, 30, 40)
    assert (value.low, value.high) == pytest.approx((59.8, 85.8), abs=0.1)
    assert value.status is Status.KNOWN


def test_a_share_that_may_be_shown_is_worked_out_of_rounded_counts(sent, where):
    rows = [a_test("cocaine")] * 31 + [a_test("negative")] * 11
    value = measured(POSITIVE, sent(TESTS, quarter(*rows)), where, HOME_FORCE, LOCAL).of("2025/26-Q1")
    assert (value.hits, value.base, value.value) == (30, 40, 75)


def test_what_a_share_is_of_is_added_up_before_it_is_rounded(sent, where):
    rows = [a_test("cocaine")] * 17 + [a_test("negative")] * 17  # 15 and 15 once rounded, but 34 in all
    value = measured(POSITIVE, sent(TESTS, quarter(*rows)), where, HOME_FORCE, LOCAL).of("2025/26-Q1")
    assert (value.hits, value.base) == (15, 35)


@pytest.mark.parametrize(("hits", "misses"), [(3, 40), (40, 3), (0, 40), (4, 4)])
def test_a_share_of_which_either_side_is_small_is_withheld(sent, where, hits, misses):
    rows = [a_test("opiates")] * hits + [a_test("negative")] * misses
    value = measured(POSITIVE, sent(TESTS, quarter(*rows)), where, HOME_FORCE, LOCAL).of("2025/26-Q1")
    assert value.status is Status.SUPPRESSED
    assert (value.value, value.low, value.hits, value.base) == (None, None, None, None)


def test_a_quarter_of_which_a_month_has_not_come_is_not_known(sent, where):
    files = quarter(a_test("cocaine"))
    del files["police", "2025-05"]
    found = measured(POSITIVE, sent(TESTS, files), where, HOME_FORCE)
    assert found.of("2025/26-Q1").status is Status.NOT_AVAILABLE
    assert found.of("2025/26-Q1").value is None
    assert found.missing == (("2025/26-Q1", ("police",)),)


def test_a_month_that_was_due_and_has_not_come_is_late(sent, where):
    late = {(TESTS, "police"): ("2025-07",)}
    found = measured(POSITIVE, sent(TESTS, quarter(a_test("cocaine")), late=late), where, HOME_FORCE)
    assert [(v.period, v.status) for v in found.values] == [
        ("2025/26-Q1", Status.KNOWN),
        ("2025/26-Q2", Status.LATE),
    ]
    assert dict(found.missing)["2025/26-Q2"] == ("police",)


def test_what_one_of_two_senders_has_not_sent_is_not_known(sent, where):
    files = quarter(a_test("cocaine")) | {("other", "2025-04"): [a_test("negative")], ("other", "2025-05"): []}
    found = measured(POSITIVE, sent(TESTS, files), where, HOME_FORCE)
    assert found.of("2025/26-Q1").status is Status.NOT_YET
    assert found.missing == (("2025/26-Q1", ("other",)),)


def test_rows_that_cannot_be_judged_are_counted_beside(sent, where):
    one = a_measure(
        kind="share",
        dataset=TESTS,
        by="quarter",
        known=["sex"],
        unknown=["U"],
        hits={"where": {"sex": ["M"]}},
    )
    rows = [a_test("x", sex=s) for s in ["M"] * 6 + ["F"] * 2 + ["U"] * 3 + [None] * 4]
    files = {("police", m): rows if m == "2025-04" else [] for m in ("2025-04", "2025-05", "2025-06")}
    value = measured(one, sent(TESTS, files), where, HOME_FORCE).of("2025/26-Q1")
    assert (value.hits, value.base, value.unknown) == (6, 8, 7)


def test_people_are_counted_once_however_often_they_come(sent, where):
    one = a_measure(
        kind="share",
        dataset="youth-justice",
        by="quarter",
        distinct="child",
        hits={"before": [["first_disposal_date", "first_serious_violence_date"]]},
    )
    days = [dt.date(2024, 1, 1), dt.date(2025, 1, 1)]
    rows = [
        {"child": child, "month": "2025-04", "first_disposal_date": first, "first_serious_violence_date": then}
        for child, first, then in [
            ("a", days[0], days[1]),
            ("a", days[0], days[1]),
            ("b", days[1], days[0]),
            ("c", None, days[1]),
        ]
    ]
    value = measured(one, sent("youth-justice", {("yjs", "2025/26-Q1"): rows}), where, HOME_FORCE).of("2025/26-Q1")
    assert (value.hits, value.base) == (1, 3)


def test_years_end_in_the_newest_month_that_is_known(sent, where):
    one = a_measure(kind="count", dataset=TESTS, by="year", hits={})
    labels = [f"{y}-{m:02d}" for y in (2023, 2024, 2025) for m in range(1, 13)][5:29]
    files = {("police", label): [a_test("x", label)] * 2 for label in labels}
    found = measured(one, sent(TESTS, files), where, HOME_FORCE)
    assert [(v.period, v.value) for v in found.values] == [("YE-2024-05", 24), ("YE-2025-05", 24)]


def test_several_codes_in_a_cell_count_for_each_group_and_are_never_added_up(sent, where):
    strands = [{"label": "Race", "values": ["race"]}, {"label": "Religion", "values": ["religion"]}]
    one = a_measure(
        kind="count", dataset="police-extract", by="quarter", group="hate_strands", groups=strands, overlap=True
    )
    rows = [{"hate_strands": s, "month": "2025-04"} for s in ["race", "race;religion", "religion", None, "racecourse"]]
    files = {("police", m): rows if m == "2025-04" else [] for m in ("2025-04", "2025-05", "2025-06")}
    found = measured(one, sent("police-extract", files), where, HOME_FORCE)
    assert {v.group: v.value for v in found.values} == {"Race": 2, "Religion": 2}


def test_parts_of_a_whole_are_not_shown_beside_it_where_small_counts_are_hidden(sent, where):
    groups = [{"label": "Trigger", "values": ["trigger"]}, {"label": "Other", "values": ["inspector"]}]
    one = a_measure(kind="count", dataset=TESTS, by="quarter", group="why_tested", groups=groups)
    rows = [a_test("x", why_tested="trigger")] * 9 + [a_test("x", why_tested="inspector")] * 2
    files = {("police", m): rows if m == "2025-04" else [] for m in ("2025-04", "2025-05", "2025-06")}
    version = sent(TESTS, files)
    assert {v.group: v.value for v in measured(one, version, where, HOME_FORCE).values} == {
        ALL: 11,
        "Trigger": 9,
        "Other": 2,
    }
    assert {v.group: v.value for v in measured(one, version, where, HOME_FORCE, LOCAL).values} == {
        "Trigger": 10,
        "Other": None,
    }


def test_a_clock_tells_the_share_in_time_and_the_middle_one(sent, where):
    one = a_measure(
        kind="clock",
        dataset=TESTS,
        by="quarter",
        between=["arrest_date", "assessment_date"],
        within=14,
        known=["assessment_date"],
    )
    rows = [a_test("x", assessment_date=dt.date(2025, 4, 3) + dt.timedelta(days=n)) for n in (1, 2, 14, 15, 40)]
    rows.append(a_test("x", assessment_date=None))
    files = {("police", m): rows if m == "2025-04" else [] for m in ("2025-04", "2025-05", "2025-06")}
    value = measured(one, sent(TESTS, files), where, HOME_FORCE).of("2025/26-Q1")
    assert (value.hits, value.base, value.median, value.unknown) == (3, 5, 14, 1)


def test_a_column_that_the_gateway_leaves_out_is_never_read(sent, where):
    files = quarter(a_test("cocaine"))
    version = sent(TESTS, files, permitted=frozenset({"arrest_date"}))
    with pytest.raises(NotSetUp, match="result of drug-tests-on-arrest"):
        measured(POSITIVE, version, where, HOME_FORCE)


def test_a_dataset_that_is_closed_says_why(where):
    shut = Snapshot(1, (), closed={TESTS: "The gateway for drug-tests-on-arrest expired on 1 October 2025."})
    with pytest.raises(NotSetUp, match="expired on 1 October"):
        measured(POSITIVE, shut, where, HOME_FORCE)


def test_before_anything_came_the_error_says_what_to_do(where):
    with pytest.raises(NotSetUp, match=r"redway import drug-tests-on-arrest"):
        measured(POSITIVE, Snapshot(0, ()), where, HOME_FORCE)


def test_a_tally_is_counted_once_and_again_when_it_was_lost(sent, where, home):
    version = sent(TESTS, quarter(a_test("cocaine"), a_test("negative")))
    before = tallies(version, POSITIVE.measure, None, home)
    kept = list((home.derived / "tallies").iterdir())
    assert len(kept) == 1
    kept[0].write_text("cut sho")
    from redway.indicators import tallies as module

    module._IN_MEMORY.clear()
    assert tallies(version, POSITIVE.measure, None, home) == before


def test_an_optional_column_that_nobody_sent_is_empty(sent, where):
    one = a_measure(kind="share", dataset=TESTS, by="quarter", hits={"where": {"referred_to": ["other"]}})
    found = measured(one, sent(TESTS, quarter(a_test("cocaine"))), where, HOME_FORCE)
    assert found.of("2025/26-Q1").hits == 0


def test_a_change_of_ids_of_groups_is_found_by_hand_too(sent, where):
    """A slow twin: the share by group, by a plain loop."""
    groups = [{"label": s, "values": [s]} for s in ("M", "F")]
    one = a_measure(
        kind="share", dataset=TESTS, by="quarter", group="sex", groups=groups, hits={"where": {"result": ["cocaine"]}}
    )
    rows = [
        a_test(r, sex=s)
        for n, (r, s) in enumerate([("cocaine", "M"), ("negative", "F"), ("cocaine", "F")])
        for _ in range(n + 2)
    ]
    files = {("police", m): rows if m == "2025-04" else [] for m in ("2025-04", "2025-05", "2025-06")}
    found = measured(one, sent(TESTS, files), where, HOME_FORCE)
    for sex in ("M", "F"):
        mine = [r for r in rows if r["sex"] == sex]
        value = found.of("2025/26-Q1", sex)
        assert (value.hits, value.base) == (sum(r["result"] == "cocaine" for r in mine), len(mine))


HOURS = a_measure(
    kind="histogram",
    dataset="agency-counts",
    by="own",
    unit="met, by hours",
    rows={"where": {"measure": ["act-now-hours-to-mentor"]}},
    amount="count",
    whole=["area"],
    group="category",
    groups=[{"label": "Up to 24 hours", "values": ["0-24"]}, {"label": "Later", "values": ["24-48", "48-72"]}],
)


def an_interval(code, count):
    return {
        "measure": "act-now-hours-to-mentor",
        "period": "2025/26-Q1",
        "area": None,
        "category": code,
        "count": float(count),
    }


def test_the_intervals_of_a_histogram_are_counted_each_and_never_added_up(sent, where):
    files = {("service", "2025/26-Q1"): [an_interval("0-24", 17), an_interval("24-48", 2), an_interval("48-72", 1)]}
    found = measured(HOURS, sent("agency-counts", files), where, HOME_FORCE)
    assert [(v.group, v.value) for v in found.values] == [("Up to 24 hours", 17), ("Later", 3)]
    protected = measured(HOURS, sent("agency-counts", files), where, HOME_FORCE, LOCAL)
    assert [(v.group, v.value, v.status) for v in protected.values] == [
        ("Up to 24 hours", 15, Status.KNOWN),
        ("Later", None, Status.SUPPRESSED),
    ]
    assert sentence(HOURS.measure, protected) == (
        "In April to June 2025, met, by hours: up to 24 hours, about 15; the other intervals, withheld to protect "
        "people. Counts are rounded to the nearest 5."
    )
