"""From rows that partners sent to shares, rates, ratios, medians and weighted answers, with size, doubt and status."""

import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from redway.errors import NotSetUp
from redway.indicators.definitions import Indicator
from redway.indicators.measures import ALL, measured
from redway.indicators.release import LOCAL
from redway.indicators.series import Status
from redway.indicators.tallies import tallies
from redway.store.snapshot import Part, Snapshot
from tests.indicators.conftest import HOME_FORCE

FIRST = dt.date(2024, 12, 1)


@pytest.fixture
def sent(home):
    """Makes a data version of rows that agencies sent: {(agency, period): rows}, with a permitted set where given."""

    def make(dataset, files, number=1, permitted=None, late=None):
        parts = []
        columns = sorted({c for rows in files.values() for row in rows for c in row} | {"month"})
        every = [dict.fromkeys(columns) | {"period": ""} | row for rows in files.values() for row in rows]
        schema = pa.Table.from_pylist(every).schema
        for at, ((agency, period), rows) in enumerate(sorted(files.items())):
            path = home.accepted / dataset / f"{agency}-{period}-{number}.parquet".replace("/", "_")
            path.parent.mkdir(exist_ok=True)
            filled = [dict.fromkeys(columns) | {"period": period} | row for row in rows]
            pq.write_table(pa.Table.from_pylist(filled, schema), path)
            content = f"{hash(repr(rows)) & 0xFFFFFFFFFFFF:012x}"
            parts.append(Part(dataset, agency, period, content, len(rows), path, at, permitted))
        return Snapshot(number, tuple(parts), late=late or {})

    return make


def an_indicator(**measure):
    given = {
        "id": "measured-test",
        "title": "A measure",
        "kind": "cohort",
        "better": "lower",
        "why_it_matters": "",
        "what_good_looks_like": "",
        "numerator": "",
        "denominator": "",
        "caveats": [],
        "provider": "",
        "cadence": "",
        "measure": {"unit": "of those", **measure},
    }
    return Indicator.model_validate(given)


def months(*labels):
    return {("police", label): [] for label in labels}


TESTS = "drug-tests-on-arrest"
POSITIVE = an_indicator(
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
    one = an_indicator(
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
    one = an_indicator(
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
    one = an_indicator(kind="count", dataset=TESTS, by="year", hits={})
    labels = [f"{y}-{m:02d}" for y in (2023, 2024, 2025) for m in range(1, 13)][5:29]
    files = {("police", label): [a_test("x", label)] * 2 for label in labels}
    found = measured(one, sent(TESTS, files), where, HOME_FORCE)
    assert [(v.period, v.value) for v in found.values] == [("YE-2024-05", 24), ("YE-2025-05", 24)]


def test_several_codes_in_a_cell_count_for_each_group_and_are_never_added_up(sent, where):
    strands = [{"label": "Race", "values": ["race"]}, {"label": "Religion", "values": ["religion"]}]
    one = an_indicator(
        kind="count", dataset="police-extract", by="quarter", group="hate_strands", groups=strands, overlap=True
    )
    rows = [{"hate_strands": s, "month": "2025-04"} for s in ["race", "race;religion", "religion", None, "racecourse"]]
    files = {("police", m): rows if m == "2025-04" else [] for m in ("2025-04", "2025-05", "2025-06")}
    found = measured(one, sent("police-extract", files), where, HOME_FORCE)
    assert {v.group: v.value for v in found.values} == {"Race": 2, "Religion": 2}


def test_parts_of_a_whole_are_not_shown_beside_it_where_small_counts_are_hidden(sent, where):
    groups = [{"label": "Trigger", "values": ["trigger"]}, {"label": "Other", "values": ["inspector"]}]
    one = an_indicator(kind="count", dataset=TESTS, by="quarter", group="why_tested", groups=groups)
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
    one = an_indicator(
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


SURVEY = "survey-responses"
SAFE = an_indicator(
    kind="survey",
    dataset=SURVEY,
    wave="wave",
    weight="weight",
    known=["safe_after_dark"],
    unknown=["no-answer"],
    hits={"where": {"safe_after_dark": ["very-safe", "fairly-safe"]}},
)


def answers(wave, safe, unsafe, weight=1.0, **more):
    return [
        {"wave": wave, "weight": weight, "safe_after_dark": said, "month": f"{wave}-09", **more}
        for said, n in (("very-safe", safe), ("very-unsafe", unsafe), ("no-answer", 5))
        for _ in range(n)
    ]


def survey(sent, *rows):
    return sent(
        SURVEY,
        {("council", f"YE-{wave}-12"): [r for r in rows if r["wave"] == wave] for wave in {r["wave"] for r in rows}},
    )


def test_a_survey_is_weighted_and_leaves_out_who_did_not_answer(sent, where):
    rows = answers("2025", 40, 0, 2.0) + answers("2025", 0, 60, 1.0)
    value = measured(SAFE, survey(sent, *rows), where, HOME_FORCE).of("2025")
    assert value.value == pytest.approx(100 * 80 / 140)
    assert value.base == 100
    assert value.high - value.value > 9.7  # wider than 100 plain answers would make it


@pytest.mark.parametrize(("said", "known"), [(29, False), (30, True)])
def test_a_survey_of_fewer_than_thirty_answers_tells_nothing(sent, where, said, known):
    value = measured(SAFE, survey(sent, *answers("2025", said - 10, 10)), where, HOME_FORCE).of("2025")
    assert (value.value is not None) is known
    assert (value.why == "few-answers") is not known


def test_two_waves_are_different_only_where_chance_alone_would_not_do_it(sent, where):
    small = measured(SAFE, survey(sent, *answers("2024", 30, 70), *answers("2025", 33, 67)), where, HOME_FORCE)
    large = measured(SAFE, survey(sent, *answers("2024", 600, 1400), *answers("2025", 800, 1200)), where, HOME_FORCE)
    assert [one.different for *_, one in small.changes] == [False]
    assert [one.different for *_, one in large.changes] == [True]
    assert large.changes[0][:3] == (ALL, "2024", "2025")


def test_a_gap_sets_each_group_against_the_reference(sent, where):
    one = an_indicator(
        kind="gap",
        dataset=SURVEY,
        wave="wave",
        weight="weight",
        known=["safe_after_dark"],
        hits={"where": {"safe_after_dark": ["very-safe"]}},
        group="ethnic_group",
        groups=[{"label": "White", "values": ["white"]}, {"label": "Not white", "values": ["black", "asian"]}],
        reference="White",
    )
    rows = answers("2025", 60, 40, ethnic_group="white") + answers("2025", 30, 60, ethnic_group="black")
    rows = [r for r in rows if r["safe_after_dark"] != "no-answer"]
    found = measured(one, survey(sent, *rows), where, HOME_FORCE)
    gap = found.of("2025", "Not white")
    assert gap.value == pytest.approx(100 / 3 - 60)
    assert gap.high < 0
    assert found.of("2025", "White").value == 0
    assert found.of("2025") is None


def test_each_concern_is_of_everyone_who_answered(sent, where):
    one = an_indicator(
        kind="survey",
        dataset=SURVEY,
        wave="wave",
        weight="weight",
        known=["concerns"],
        unknown=["no-answer"],
        group="concerns",
        groups=[{"label": "Speeding", "values": ["speeding"]}, {"label": "Litter", "values": ["litter"]}],
        of_all=True,
        overlap=True,
    )
    rows = [
        {"wave": "2025", "month": "2025-09", "weight": 1.0, "concerns": said}
        for said, n in (("speeding;litter", 10), ("speeding", 20), ("none", 20), ("no-answer", 9), (None, 9))
        for _ in range(n)
    ]
    found = measured(one, survey(sent, *rows), where, HOME_FORCE)
    assert {v.group: (v.value, v.base) for v in found.values} == {"Speeding": (60, 50), "Litter": (20, 50)}


COUNTS = "agency-counts"
MARAC = an_indicator(
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
    assert found.of("2025/26-Q1").status is Status.NOT_YET


def test_a_risk_ratio_sets_one_group_against_another(sent, where):
    one = an_indicator(
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


ETHNIC = an_indicator(
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


def test_a_return_that_holds_other_things_is_not_taken_for_none(sent, where):
    rows = [counted("2025/26-Q1", 1.0, 2.0, measure="another")]
    with pytest.raises(NotSetUp, match="holds other things"):
        measured(MARAC, sent(COUNTS, {("marac", "2025/26-Q1"): rows}), where, HOME_FORCE)


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
    one = an_indicator(kind="share", dataset=TESTS, by="quarter", hits={"where": {"referred_to": ["other"]}})
    found = measured(one, sent(TESTS, quarter(a_test("cocaine"))), where, HOME_FORCE)
    assert found.of("2025/26-Q1").hits == 0


def test_a_change_of_ids_of_groups_is_found_by_hand_too(sent, where):
    """A slow twin: the share by group, by a plain loop."""
    groups = [{"label": s, "values": [s]} for s in ("M", "F")]
    one = an_indicator(
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
