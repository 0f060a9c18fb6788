"""Counts that agencies send, and ratios of one group against another or of the people who live here."""

import datetime as dt

import pytest

from redway.errors import NotSetUp
from redway.indicators.measures import measured
from redway.indicators.series import Status
from redway.store.snapshot import Snapshot
from tests.indicators.conftest import HOME_FORCE, a_measure

FIRST = dt.date(2024, 12, 1)

COUNTS = "agency-counts"
MARAC = a_measure(
    kind="ratio",
    dataset=COUNTS,
    by="own",
    rows={"where": {"measure": ["marac-repeat-cases"]}},
    amount="count",
    over="out_of",
    whole=["area", "category"],
)


def counted(period, count, out_of, measure="marac-repeat-cases", **more):
    return {
        "measure": measure,
        "period": period,
        "count": count,
        "out_of": out_of,
        "area": None,
        "category": None,
        **more,
    }


def test_counts_of_agencies_are_added_up_and_their_parts_left_out(sent, where):
    rows = [
        counted("2025/26-Q1", 10.0, 40.0),
        counted("2025/26-Q1", 6.0, 20.0, category="female"),
        counted("2025/26-Q1", 4.0, 20.0, category="male"),
        counted("2025/26-Q1", 2.0, 5.0, area="E01000001"),
        counted("2025/26-Q1", 99.0, 99.0, measure="another"),
    ]
    value = measured(MARAC, sent(COUNTS, {("marac", "2025/26-Q1"): rows}), where, HOME_FORCE).of("2025/26-Q1")
    assert (value.hits, value.base, value.value) == (10, 40, 25)


def test_a_number_that_nobody_stated_of_a_group_is_not_nought(sent, where):
    stated = a_measure(
        kind="sum",
        dataset=COUNTS,
        by="own",
        amount="count",
        group="measure",
        groups=[{"label": "Suspensions", "values": ["a"]}, {"label": "Absence", "values": ["b"]}],
        overlap=True,
        rows={"where": {"status": ["final"]}},
    )
    final = {"status": "final"}
    files = {
        ("council", "YE-2024-08"): [
            counted("YE-2024-08", n, None, measure=m, **final) for m, n in (("a", 7.0), ("b", 0.0))
        ],
        ("council", "YE-2025-08"): [counted("YE-2025-08", 6.0, None, measure="b", **final)],
        ("council", "YE-2025-12"): [counted("YE-2025-12", 5.0, None, measure="another", **final)],
    }
    found = measured(stated, sent(COUNTS, files), where, HOME_FORCE)
    assert found.periods == ("YE-2024-08", "YE-2025-08")
    told = [(v.period, v.group, v.value, v.status) for v in found.values]
    assert told == [
        ("YE-2024-08", "Suspensions", 7, Status.KNOWN),
        ("YE-2024-08", "Absence", 0, Status.KNOWN),
        ("YE-2025-08", "Suspensions", None, Status.NOT_AVAILABLE),
        ("YE-2025-08", "Absence", 6, Status.KNOWN),
    ]


def test_where_only_parts_came_they_are_the_whole(sent, where):
    rows = [counted("2025/26-Q1", 6.0, 20.0, category="female"), counted("2025/26-Q1", 4.0, 20.0, category="male")]
    value = measured(MARAC, sent(COUNTS, {("marac", "2025/26-Q1"): rows}), where, HOME_FORCE).of("2025/26-Q1")
    assert (value.hits, value.base) == (10, 40)


def test_an_agency_that_counts_something_else_is_not_missed(sent, where):
    files = {
        ("marac", "2025/26-Q1"): [counted("2025/26-Q1", 10.0, 40.0)],
        ("marac", "2025/26-Q2"): [counted("2025/26-Q2", 12.0, 40.0)],
        ("prevent", "2025/26-Q1"): [counted("2025/26-Q1", 10.0, 40.0, measure="prevent-training")],
    }
    found = measured(MARAC, sent(COUNTS, files), where, HOME_FORCE)
    assert [(v.period, v.status, v.value) for v in found.values] == [
        ("2025/26-Q1", Status.KNOWN, 25),
        ("2025/26-Q2", Status.KNOWN, 30),
    ]


def test_a_number_that_an_agency_could_not_give_is_no_zero(sent, where):
    rows = [counted("2025/26-Q1", None, None, status="not-available")]
    found = measured(MARAC, sent(COUNTS, {("marac", "2025/26-Q1"): rows}), where, HOME_FORCE)
    assert found.of("2025/26-Q1").value is None
    assert found.of("2025/26-Q1").status is Status.NOT_AVAILABLE


def test_a_risk_ratio_sets_one_group_against_another(sent, where):
    one = a_measure(
        kind="risk-ratio",
        dataset=COUNTS,
        by="own",
        per=1,
        rows={"where": {"measure": ["children-cautioned"]}},
        amount="count",
        over="out_of",
        whole=["area"],
        group="category",
        groups=[{"label": "None", "values": ["no-ehcp"]}, {"label": "Plan", "values": ["ehcp"]}],
        reference="None",
    )
    rows = [
        counted("YE-2025-03", 104.0, 11037.0, "children-cautioned", category="no-ehcp"),
        counted("YE-2025-03", 189.0, 11034.0, "children-cautioned", category="ehcp"),
    ]
    found = measured(one, sent(COUNTS, {("yjs", "YE-2025-03"): rows}), where, HOME_FORCE)
    plan = found.of("YE-2025-03", "Plan")
    assert (plan.value, plan.low, plan.high) == pytest.approx((1.82, 1.43, 2.31), abs=0.005)


def with_residents(sent, version, rows, dataset="residents-ethnicity"):
    people = sent(dataset, {("ons", "2021"): rows})
    return Snapshot(version.number, (*version.parts, *people.parts))


ETHNIC = a_measure(
    kind="rate-ratio",
    dataset="police-extract",
    by="quarter",
    per=1,
    known=["victim_ethnicity"],
    unknown=["NS"],
    group="victim_ethnicity",
    groups=[
        {"label": "White", "values": ["W1", "W2"], "base": ["white"]},
        {"label": "Black", "values": ["B1", "B2"], "base": ["black"]},
    ],
    reference="White",
    population={
        "dataset": "residents-ethnicity",
        "column": "ethnic_group",
        "amount": "residents",
        "area": "lsoa21_code",
    },
)


def test_a_rate_ratio_is_of_the_residents_of_each_group_who_live_here(sent, where):
    rows = [
        {"victim_ethnicity": e, "month": "2025-04"} for e, n in (("W1", 40), ("B1", 20), ("NS", 15)) for _ in range(n)
    ]
    files = {("police", m): rows if m == "2025-04" else [] for m in ("2025-04", "2025-05", "2025-06")}
    people = [
        {"lsoa21_code": code, "ethnic_group": group, "residents": n}
        for code in ("E01000001", "E01900002", "E01999999")
        for group, n in (("white", 400), ("black", 100))
    ]
    version = with_residents(sent, sent("police-extract", files), people)
    found = measured(ETHNIC, version, where, HOME_FORCE)
    black = found.of("2025/26-Q1", "Black")
    assert black.base == 200
    assert black.value == pytest.approx((20 / 200) / (40 / 800))
    assert black.low < black.value < black.high
    assert found.of("2025/26-Q1", "White").value == 1


def test_a_rate_without_residents_says_that_it_has_no_base(sent, where):
    files = {("police", m): [{"victim_ethnicity": "B1", "month": m}] for m in ("2025-04", "2025-05", "2025-06")}
    found = measured(ETHNIC, sent("police-extract", files), where, HOME_FORCE)
    assert found.of("2025/26-Q1", "Black").why == "no-base"


def test_a_return_that_holds_other_things_is_not_taken_for_none(sent, where):
    rows = [counted("2025/26-Q1", 1.0, 2.0, measure="another")]
    with pytest.raises(NotSetUp, match="holds other things"):
        measured(MARAC, sent(COUNTS, {("marac", "2025/26-Q1"): rows}), where, HOME_FORCE)
