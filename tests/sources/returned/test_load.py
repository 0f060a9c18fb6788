"""Loading a return by its definition: headings, periods, areas, keys, rules, facts, and what is left behind."""

import dataclasses
import json

import pyarrow.parquet as pq
import pytest

from redway.errors import RedwayError
from redway.sources.dataset import REFUSED
from redway.sources.returned.cells import PERIOD

PERSON = "ab" * 32
COLUMNS = [
    {"name": "case", "type": "pseudonym", "about": "Case", "required": True},
    {"name": "day", "type": "date", "about": "Day", "required": True},
    {"name": "area", "type": "area", "about": "Area"},
    {"name": "sex", "type": "code", "codes": "sex", "about": "Sex"},
    {"name": "loss", "type": "number", "about": "Loss", "optional": True},
    {"name": "told", "type": "text", "about": "What happened", "optional": True},
]
FIELDS = {"period_from": "day", "area_from": "area", "watched": ["area", "sex"], "totals": ["loss"]}
HEAD = "Case,Day,Area,Sex,Loss\n"


def case(number):
    return f"{number:064x}"


def rows(*lines):
    return HEAD + "".join(f"{case(n)},{line}\n" for n, line in enumerate(lines, 1))


class TestHeadings:
    def test_case_blanks_underscores_and_other_headings_do_not_matter(self, load_text):
        columns = [COLUMNS[0] | {"headings": ["Case number"]}, *COLUMNS[1:]]
        sent = load_text(
            f" CASE NUMBER ,dAy,AREA,s_e_x\n{PERSON},2025-11-01,,F\n".replace("s_e_x", "Sex"), columns, **FIELDS
        )
        assert sent.rows[0]["case"] == PERSON

    def test_direct_identifiers_in_headings_are_named_first(self, load_text):
        sent = load_text(f"Case,Day,Area,Sex,Victim surname,DOB\n{PERSON},2025-11-01,,F,x,y\n", COLUMNS, **FIELDS)
        assert "“Victim surname”, which looks like a name, “DOB”, which looks like a date of birth" in str(sent.fault)
        assert "pseudonymise" in sent.fault.cause

    def test_unknown_columns_are_refused(self, load_text):
        sent = load_text(f"Case,Day,Area,Sex,Notes\n{PERSON},2025-11-01,,F,x\n", COLUMNS, **FIELDS)
        assert "an unknown “Notes”" in str(sent.fault)

    def test_missing_and_renamed_columns_are_named(self, load_text):
        sent = load_text(f"Case,Days,Area,Sex\n{PERSON},2025-11-01,,F\n", COLUMNS, **FIELDS)
        assert "“Day” is now “Days”" in sent.fault.cause

    def test_a_column_there_twice(self, load_text):
        sent = load_text(f"Case,Day,Area,Sex,sex\n{PERSON},2025-11-01,,F,F\n", COLUMNS, **FIELDS)
        assert "more than one “sex”" in str(sent.fault)

    def test_semicolons_between_cells(self, load_text):
        sent = load_text(f"Case;Day;Area;Sex\n{PERSON};2025-11-01;;F\n", COLUMNS, **FIELDS)
        assert "semicolons" in sent.fault.cause

    def test_columns_that_no_gateway_lets_in(self, load_text):
        text = f"Case,Day,Area,Sex\n{PERSON},2025-11-01,,F\n"
        sent = load_text(text, COLUMNS, permitted=frozenset({"case", "day", "area"}), **FIELDS)
        assert "“Sex”, which none does" in str(sent.fault)
        assert not load_text(text, COLUMNS, permitted=frozenset({"case", "day", "area", "sex"}), **FIELDS).fault

    def test_empty_columns_at_the_end_are_a_sheet_s_habit(self, load_text):
        sent = load_text(f"Case,Day,Area,Sex,,\n{PERSON},2025-11-01,,F,,\n,,,,,\n", COLUMNS, **FIELDS)
        assert len(sent.rows) == 1
        assert sent.loaded[0].notes == {"empty rows": 1}

    def test_cells_without_a_heading_are_not_dropped_in_silence(self, load_text):
        sent = load_text(f"Case,Day,Area,Sex,\n{PERSON},2025-11-01,,F,stray\n", COLUMNS, **FIELDS)
        assert [each["rule"] for each in sent.refused] == ["cells without a heading"]


class TestPeriods:
    @pytest.mark.parametrize(
        ("cadence", "labels"),
        [
            ("monthly", ["2024-12", "2025-01", "2025-03", "2025-04", "2025-09"]),
            ("quarterly", ["2024/25-Q3", "2024/25-Q4", "2025/26-Q1", "2025/26-Q2"]),
            ("annual", ["YE-2025-03", "YE-2026-03"]),
            ("termly", ["2024-autumn", "2025-autumn", "2025-spring", "2025-summer"]),
            ("once", [""]),
        ],
    )
    def test_one_submission_a_period(self, load_text, cadence, labels):
        days = ["2024-12-31", "2025-01-01", "2025-03-31", "2025-04-01", "2025-09-01"]
        sent = load_text(rows(*(f"{day},,F," for day in days)), COLUMNS, cadence=cadence, **FIELDS)
        assert sorted(each.period for each in sent.loaded) == labels
        assert sorted(row["month"] for row in sent.rows) == ["2024-12", "2025-01", "2025-03", "2025-04", "2025-09"]
        for each in sent.loaded:
            assert {row["period"] for row in pq.read_table(each.parquet).to_pylist()} == {each.period}

    def test_rows_of_another_period_than_the_one_named_are_refused(self, load_text):
        sent = load_text(rows("2025-11-01,,F,", "2025-10-31,,F,"), COLUMNS, period="2025-11", **FIELDS)
        assert sent.rules == [(2, "Day", "is of another period")]
        assert [each.period for each in sent.loaded] == ["2025-11"]

    def test_periods_as_text(self, load_text):
        columns = [
            {"name": "when", "type": "text", "about": "Period", "required": True},
            {"name": "count", "type": "integer", "about": "n"},
        ]
        text = "When,Count\n2025-09,1\n2025/26-Q2,2\nYE-2025-03,3\n2025-autumn,4\n2025/27-Q2,5\nSep-25,6\n2099-01,7\n"
        sent = load_text(text, columns, cadence="quarterly", period_from="when")
        assert {each.period: each.rows_accepted for each in sent.loaded} == {
            "2025/26-Q2": 2, "YE-2025-03": 1, "2025-autumn": 1
        }  # fmt: skip
        assert [row["month"] for row in sent.rows if row["count"] in (1, 2)] == ["2025-09", None]
        assert [(each["row"], each["rule"]) for each in sent.refused] == [
            (5, f"is not {PERIOD}"), (6, "is a date, not a month"), (7, "lies in the future")
        ]  # fmt: skip

    def test_refused_rows_are_told_with_their_own_period(self, load_text):
        sent = load_text(rows("2025-10-01,,F,", "2025-10-02,,Q,", "2025-11-01,,F,", "x,,F,"), COLUMNS, **FIELDS)
        told = {each.period: [(r.reason, r.first.row) for r in each.refused] for each in sent.loaded}
        of_none = ("Day: is not a date such as 2025-11-30 or 30/11/2025", 4)
        assert told == {"2025-10": [("Sex: is none of the codes", 2), of_none], "2025-11": []}
        assert {each.period: each.rows_read for each in sent.loaded} == {"2025-10": 3, "2025-11": 1}


class TestAreas:
    def test_rows_elsewhere_are_dropped_and_counted(self, load_text):
        sent = load_text(
            rows("2025-11-01,E01016710,F,", "2025-11-02,E01017400,F,", "2025-11-03,,F,"), COLUMNS, **FIELDS
        )
        assert [row["lsoa_code"] for row in sent.rows] == ["E01016710", None]
        assert sent.loaded[0].facts.outside == sent.loaded[0].notes["outside"] == 1
        assert (sent.loaded[0].rows_read, sent.loaded[0].rows_accepted) == (3, 2)

    def test_unless_they_are_to_be_kept(self, load_text):
        sent = load_text(rows("2025-11-02,E01017400,F,"), COLUMNS, keep_outside=True, **FIELDS)
        assert [row["lsoa_code"] for row in sent.rows] == ["E01017400"]

    def test_the_return_of_another_district(self, load_text):
        sent = load_text(rows("2025-11-02,E01017400,F,"), COLUMNS, **FIELDS)
        assert "all of them elsewhere" in str(sent.fault)


class TestRows:
    def test_a_key_that_came_before(self, load_text):
        text = HEAD + "".join(f"{case(n)},2025-11-01,,F,\n" for n in (1, 2, 1, 3, 1))
        sent = load_text(text, COLUMNS, key=["case"], **FIELDS)
        assert sent.rules == [(3, "Case", "came before"), (5, "Case", "came before")]
        assert len(sent.rows) == 3

    def test_rows_alike_in_every_cell_are_counted(self, load_text):
        sent = load_text(HEAD + f"{PERSON},2025-11-01,,F,\n" * 3, COLUMNS, **FIELDS)
        assert (len(sent.rows), sent.loaded[0].facts.repeated) == (3, 2)

    def test_rules_over_several_columns(self, load_text):
        rule = {"wrong": "loss > 10 AND sex = 'F'", "reason": "is too much", "column": "loss", "expected": "10 or less"}
        sent = load_text(
            rows("2025-11-01,,F,11", "2025-11-01,,M,11", "2025-11-01,,,11"), COLUMNS, rules=[rule], **FIELDS
        )
        assert sent.rules == [(1, "Loss", "is too much")]
        assert sent.refused[0]["value"] == "11"

    def test_every_faulty_cell_is_told_and_rows_are_counted_once(self, load_text):
        sent = load_text(rows("soon,nowhere,Q,much", "2025-11-01,,F,1"), COLUMNS, **FIELDS)
        assert [each["column"] for each in sent.refused] == ["Day", "Area", "Sex", "Loss"]
        assert sum(refused.count for refused in sent.loaded[0].refused) == 1
        assert json.loads(sent.refused[0]["line"]) == {
            "Case": case(1), "Day": "soon", "Area": "nowhere", "Sex": "Q", "Loss": "much"
        }  # fmt: skip
        assert all(each["mend"].endswith(".") and each["expected"] for each in sent.refused)

    def test_too_many_refused_rows_refuse_the_file_and_stay_written_down(self, load_text):
        sent = load_text(rows("2025-11-01,,F,1", "soon,,F,1"), COLUMNS, refuse_above=0.4, **FIELDS)
        assert "at most 40% of rows may be refused, here 1 of 2 are" in str(sent.fault)
        assert sent.rules == [(2, "Day", "is not a date such as 2025-11-30 or 30/11/2025")]

    def test_identifiers_in_cells_refuse_the_file_without_repeating_them(self, load_text):
        columns = [*COLUMNS[:5], COLUMNS[5] | {"optional": False}]
        text = (
            f"Case,Day,Area,Sex,Loss,Told\n{case(1)},2025-11-01,,F,,all well\n{case(2)},2025-11-01,,F,,Jane Example\n"
        )
        sent = load_text(text, columns, **FIELDS)
        assert (sent.fault.place.row, sent.fault.place.column) == (2, "Told")
        assert sent.rules == [(2, "Told", "holds what looks like a name")]
        assert "Jane" not in str(sent.refused) + str(sent.fault)

    def test_a_name_in_a_column_of_codes(self, load_text):
        sent = load_text(rows("2025-11-01,,Jane Example,"), COLUMNS, **FIELDS)
        assert sent.rules == [(1, "Sex", "holds what looks like a name")]
        assert "Jane" not in str(sent.refused) + str(sent.fault)

    def test_facts(self, load_text):
        sent = load_text(rows("2025-11-03,E01016710,F,1.5", "2025-11-09,,NK,2", "2025-11-20,,,"), COLUMNS, **FIELDS)
        facts = sent.loaded[0].facts
        assert facts.unknown == {"area": 2, "sex": 2}
        assert facts.codes == {"sex": {"F": 1, "NK": 1}}
        assert facts.totals == {"loss": 3.5}
        assert (facts.first, facts.last) == ("2025-11-03", "2025-11-20")

    def test_times_at_midnight(self, load_text):
        columns = [{"name": "at", "type": "date-time", "about": "When"}]
        sent = load_text("At\n2025-11-03 00:00\n2025-11-04 00:00:00\n2025-11-05 00:01\n", columns, period_from="at")
        assert sent.loaded[0].facts.midnight == 2


class TestFiles:
    def test_the_same_rows_in_another_order_are_the_same_submission(self, load_text):
        lines = ["2025-11-01,,F,1", "2025-11-02,,M,"]
        one = load_text(rows(*lines), COLUMNS, **FIELDS)
        head, first, second = rows(*lines).splitlines(keepends=True)
        other = load_text("\ufeff" + (head + second + first).replace("\n", "\r\n"), COLUMNS, **FIELDS)
        assert one.loaded[0].content == other.loaded[0].content
        assert one.loaded[0].content != load_text(rows(lines[0]), COLUMNS, **FIELDS).loaded[0].content

    def test_a_heading_alone_is_a_true_zero_where_that_can_be(self, load_text):
        sent = load_text(HEAD, COLUMNS, nothing_to_report=True, period="2025-11", **FIELDS)
        assert [(each.period, each.rows_accepted) for each in sent.loaded] == [("2025-11", 0)]
        assert pq.read_table(sent.loaded[0].parquet).column_names[:2] == ["case", "day"]

    def test_and_not_elsewhere_nor_without_a_period(self, load_text):
        assert "a heading and no rows" in str(load_text(HEAD, COLUMNS, period="2025-11", **FIELDS).fault)
        assert "period" in str(load_text(HEAD, COLUMNS, nothing_to_report=True, **FIELDS).fault)

    def test_windows_1252_is_named_with_its_row(self, load_text):
        columns = [*COLUMNS[:4], COLUMNS[5] | {"optional": False}]
        text = f"Case,Day,Area,Sex,Told\n{case(1)},2025-11-01,,F,fine\n{case(2)},2025-11-01,,F,loss of £5 café\n"
        sent = load_text(text.encode("cp1252"), columns, **FIELDS)
        assert "Windows-1252" in str(sent.fault)
        assert sent.fault.place.row == 2
        assert not load_text(text, columns, **FIELDS).fault

    def test_a_letter_that_cannot_be_seen_is_named(self, load_text):
        sent = load_text(f"Case,Day,Area,Sex\n{case(1)},2025-11-01,,F\u00a0\n".encode("cp1252"), COLUMNS, **FIELDS)
        assert sent.fault.came == "a no-break space as Windows-1252 writes it"

    def test_columns_made_while_loading_and_columns_never_kept(self, load_text):
        columns = [*COLUMNS[:4], COLUMNS[5] | {"kept": False, "optional": False}]

        def change(db, view):
            db.execute(f"CREATE VIEW placed AS SELECT *, 'E01016710' AS lsoa_code, length(told) AS words FROM {view}")
            return "placed"

        text = f"Case,Day,Area,Sex,Told\n{case(1)},2025-11-01,,F,14 Example Street\n{case(2)},never,,F,by the lake\n"
        sent = load_text(text, columns, change=change, **FIELDS)
        assert sent.rows[0]["words"] == 17
        assert "told" not in sent.rows[0]
        assert "lake" not in str(sent.refused)

    def test_nothing_but_the_rows_and_the_refused_stays_in_the_work_folder(self, load_text):
        sent = load_text(rows("2025-11-01,,F,", "never,,F,"), COLUMNS, **FIELDS)
        assert {path.name for path in sent.into.iterdir()} == {REFUSED, sent.loaded[0].parquet.name}

    def test_without_a_sender(self, load_text):
        with pytest.raises(RedwayError, match="agency"):
            load_text(HEAD, COLUMNS, agency="", **FIELDS)

    def test_before_the_look_up_of_areas_came(self, load_text, sending):
        empty = dataclasses.replace(sending.snapshot, parts=())
        object.__setattr__(sending, "snapshot", empty)
        sent = load_text(rows("2025-11-02,E01017400,F,"), COLUMNS, **FIELDS)
        assert len(sent.rows) == 1


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        ("2025-11-30 23:59", "2025-11"),
        ("2025-11-30 24:00", "2025-12"),
        ("2025-12-31T24:00:00", "2026-01"),
        ("2025-11-30T12:24:00", "2025-11"),
        ("30/11/2025 12:24", "2025-11"),
        ("2025-12-01T00:30:00+01:00", "2025-11"),
    ],
)
def test_a_row_is_of_the_month_that_its_time_lies_in_however_it_is_written(cells, cell, period):
    sent = cells({"type": "date-time"}, cell, cadence="monthly", period_from="cell")
    [loaded] = sent.loaded
    [row] = sent.rows
    assert (loaded.period, row["month"], f"{row['cell']:%Y-%m}") == (period, period, period)
