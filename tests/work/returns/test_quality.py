"""What looks wrong in a return beside those before it: each warning comes when it should, and no other time."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redway.sources.dataset import Dataset, Facts, Loaded
from redway.store.snapshot import Part, Snapshot
from redway.work.returns.deliveries import acknowledge
from redway.work.returns.loading import Staged
from redway.work.returns.models import Submission
from redway.work.returns.quality import usual as common
from redway.work.returns.quality import warnings
from redway.work.returns.report import DeliveryReport
from redway.work.returns.states import State

from .conftest import fires

pytestmark = pytest.mark.django_db
MONTHS = [f"2024-{m:02d}" for m in range(1, 13)]
COLUMNS = [
    {"name": "cause", "type": "code", "codes": "cause", "about": ""},
    {"name": "casualties", "type": "integer", "about": "", "publisher_name": "People hurt"},
]
A_RETURN = Dataset(
    name="a-return",
    title="A return",
    about="",
    provider="a partner",
    cadence="monthly",
    access="partners",
    files=(".csv",),
    where_from="",
    columns=COLUMNS,
)


def facts(unknown=2, deliberate=50, accident=48, casualties=40, repeated=0, last="", **more):
    return Facts(
        unknown={"cause": unknown},
        codes={"cause": {"deliberate": deliberate, "accidental": accident} | more},
        totals={"casualties": casualties},
        repeated=repeated,
        last=last,
    )


def staged(tmp_path, period, rows=100, found=None):
    loaded = Loaded("fire-service", period, tmp_path, "", rows, rows, facts=found or facts())
    return Staged(A_RETURN, "a.csv", loaded, tmp_path, "")


@pytest.fixture
def look(tmp_path):
    """Warnings of a return beside earlier ones, (rows, facts) each: (kind, text)."""

    def one(now, past, period="2025-01", periods=MONTHS):
        parts = []
        for label, (rows, found) in zip(periods, past, strict=False):
            kept = Submission.objects.create(
                dataset="a-return",
                provider="fire-service",
                period=label,
                rows_read=rows,
                rows_accepted=rows,
                facts=found.__dict__,
            )
            parts.append(Part("a-return", "fire-service", label, str(kept.pk), rows, tmp_path, kept.pk))
        given = [staged(tmp_path, period, *now)]
        return [(w.kind, w.text) for w in warnings(given, Snapshot(1, tuple(parts)))]

    return one


def usual(count=12):
    """Returns that differ as returns do."""
    return [(100 + n % 5, facts(unknown=n % 4, deliberate=50 + n % 3, casualties=38 + n % 5)) for n in range(count)]


def test_a_return_like_the_others_raises_nothing(look):
    assert look((101, facts()), usual()) == []
    assert look((101, facts()), []) == []


@pytest.mark.parametrize("rows", [300, 40])
def test_far_more_or_fewer_rows(look, rows):
    found = dict(look((rows, facts(0, rows // 2, rows // 2)), usual()))
    assert f"January 2025: {rows} rows, where the 12 returns before had from 100 to 104" in found["rows"]
    assert "Check that the export" in found["rows"]


def test_with_few_returns_before_the_last_is_the_measure(look):
    assert "where the return before had 101 (February 2024)" in dict(look((400, facts()), usual(2)))["rows"]
    assert "rows" not in dict(look((290, facts()), usual(2)))
    assert "rows" not in dict(look((12, facts(0, 6, 6, 5)), [(4, facts(0, 2, 2, 5))]))
    assert (
        "17 rows, where the return before had 5"
        in dict(look((17, facts(0, 9, 8, 5)), [(5, facts(0, 3, 2, 5))]))["rows"]
    )


def test_nothing_where_there_always_was_something(look):
    empty = (0, Facts())
    [(kind, text)] = look(empty, usual())
    assert (kind, "nothing happened" in text, "100 rows or more" in text) == ("rows", True, True)
    assert look(empty, [(0, Facts()), *usual(3)]) == []


def test_a_sum_far_off(look):
    found = dict(look((100, facts(casualties=400)), usual()))
    assert "“People hurt” adds up to 400" in found["totals"]
    assert "38 to 42" in found["totals"]


def test_less_complete_than_usual(look):
    found = dict(look((100, facts(unknown=40)), usual()))
    assert re.search(
        r"“Cause” is empty or not known in 40 of 100 rows \(40%\), where \d% is usual", found["completeness"]
    )
    assert look((100, facts(unknown=9)), usual()) == []


def test_less_complete_is_told_of_a_first_return_only_when_it_is_half(look):
    assert "completeness" in dict(look((100, facts(unknown=60)), []))
    assert "completeness" not in dict(look((100, facts(unknown=40)), []))


def test_a_new_code_that_is_frequent_or_several(look):
    assert "“arson” (20)" in dict(look((100, facts(deliberate=30, arson=20)), usual()))["codes"]
    assert "codes" in dict(look((100, facts(a=1, b=1, c=1)), usual()))
    assert look((100, facts(a=1)), usual()) == [], "a rare code turns up now and then"


def test_a_code_that_is_gone(look):
    found = dict(look((100, facts(deliberate=0, accident=100)), usual()))
    assert "“Cause” has no “deliberate” (usually 51)" in found["codes"]


def test_a_share_that_moved(look):
    found = dict(look((100, facts(deliberate=80, accident=18)), usual()))
    assert "“deliberate” in 82% of rows" in found["codes"]


def test_rows_pasted_twice(look):
    assert "30 of 100 rows equal an earlier row" in dict(look((100, facts(repeated=30)), usual()))["repeated"]
    assert look((100, facts(repeated=1)), usual()) == []
    always = [(100, facts(repeated=30))] * 6
    assert "repeated" not in dict(look((100, facts(repeated=30)), always))


def test_drawn_before_its_period_had_ended(look):
    assert "2025-01-12" in dict(look((100, facts(last="2025-01-12")), usual()))["dates"]
    assert look((100, facts(last="2025-01-30")), usual()) == []


def test_periods_of_another_length_that_cover_the_same_months(look):
    found = dict(look((100, facts()), [(100, facts())], period="2024/25-Q4", periods=["2025-02"]))
    assert "February 2025 was sent too" in found["overlap"]
    assert "counted twice" in found["overlap"]


def test_two_files_of_one_delivery_that_overlap(tmp_path):
    given = [staged(tmp_path, "2025-02"), staged(tmp_path, "2024/25-Q4")]
    assert [w.kind for w in warnings(given, Snapshot(1, ()))] == ["overlap"]


def test_open_data_is_not_looked_at(tmp_path):
    street = staged(tmp_path, "2025-01", 1, facts(unknown=1))
    opened = Staged(A_RETURN.model_copy(update={"access": "open"}), "a.csv", street.loaded, tmp_path, "")
    assert warnings([opened], Snapshot(1, ())) == ()


@pytest.mark.django_db(transaction=True)
def test_from_the_first_return_to_the_warned_one_by_the_real_path(ready, hand_in):
    for month in MONTHS[:6]:
        assert hand_in(fires(*[{}] * 30, month=month)).state == State.ACCEPTED
    warned = hand_in(fires(*[{"Cause": "not-known"}] * 30, month="2024-07"))
    report = DeliveryReport.of_json(warned.report)
    assert warned.state == State.TO_ACKNOWLEDGE
    assert {w.kind for w in report.warnings} == {"completeness", "codes"}
    assert acknowledge(delivery=warned, warnings=[w.key for w in report.warnings], by="x").state == State.ACCEPTING


class TestTimes:
    def test_all_at_midnight_were_lost(self, look):
        [text] = [text for kind, text in look((100, replace(facts(), midnight=100)), []) if kind == "times"]
        assert text.startswith("January 2025: the time is exactly 00:00 in all 100 rows.")

    @pytest.mark.parametrize(("rows", "midnight"), [(100, 99), (100, 0), (19, 19)])
    def test_some_of_them_or_a_few_rows_were_not(self, look, rows, midnight):
        assert "times" not in dict(look((rows, replace(facts(), midnight=midnight)), []))


class TestWhatWasAcknowledgedOnce:
    """An odd return stays odd: it does not become the measure of those after it."""

    def odd(self, rows=400, found=None):
        return (rows, found or facts(0, rows // 2, rows // 2))

    def test_a_great_number_of_rows_is_told_again(self, look):
        past = [*usual(9), self.odd(), *usual(2)]
        found = dict(look((380, facts(0, 190, 190)), past))
        assert "where 11 of the 12 returns before had from 100 to 104" in found["rows"]

    def test_so_is_a_small_one_of_an_agency_that_sends_few_rows(self, look):
        few = [(n, facts(0, n, 0, 0)) for n in (5, 6, 4, 5, 7, 5)]
        assert "17 rows" in dict(look((17, facts(0, 17, 0, 0)), few))["rows"]
        assert (
            "17 rows"
            in dict(look((17, facts(0, 17, 0, 0)), [*few, (18, facts(0, 18, 0, 0))], period="2025-02"))["rows"]
        )
        assert "rows" not in dict(look((9, facts(0, 9, 0, 0)), few, period="2025-03"))

    def test_a_level_that_has_lasted_is_the_usual_one(self, look):
        past = [*usual(8), *[self.odd(400 + n) for n in range(3)]]
        assert "rows" not in dict(look((405, facts(0, 200, 200)), past))
        assert "rows" in dict(look((1500, facts(0, 700, 700)), past, period="2025-02"))

    def test_a_sum_and_completeness_too(self, look):
        past = [*usual(9), (100, facts(unknown=80, casualties=900))]
        found = dict(look((100, facts(unknown=60, casualties=800)), past))
        assert "adds up to 800" in found["totals"]
        assert "60 of 100 rows" in found["completeness"]

    def test_nothing_at_all_is_told_again(self, look):
        found = dict(look((0, Facts()), [*usual(8), (0, Facts()), *usual(2)]))
        assert "10 of the 11 before it had 100 rows or more" in found["rows"]

    def test_a_code_that_one_return_lacked_or_alone_had(self, look):
        past = [*usual(8), (100, facts(deliberate=0, accident=100))]
        assert (
            "At least 8 of the 9 returns before had them"
            in dict(look((100, facts(deliberate=0, accident=98)), past))["codes"]
        )
        past = [*usual(8), (100, facts(deliberate=20, arson=30))]
        assert "“arson” (30)" in dict(look((100, facts(deliberate=20, arson=30)), past, period="2025-02"))["codes"]

    def test_rows_pasted_twice_are_told_again(self, look):
        assert "repeated" in dict(look((100, facts(repeated=30)), [*usual(8), (100, facts(repeated=50))]))

    @settings(deadline=None, max_examples=40)
    @given(st.lists(st.integers(90, 110), min_size=8, max_size=20), st.integers(300, 10_000))
    def test_one_odd_value_is_never_usual(self, ordinary, odd):
        for place in range(len(ordinary) + 1):
            assert odd not in common([*ordinary[:place], odd, *ordinary[place:]])
