"""The Home Office's tables of recorded crime: real ones by force, and made ones by partnership in the same layout."""

from collections import Counter

import duckdb
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from redway.aldermere.recorded_crime import HEADINGS, NOTES, OFFENCES, OLD_HEADINGS, Partnership, rows, write
from redway.errors import FileRefused, RedwayError
from redway.sources.dataset import Context, dataset
from redway.sources.recorded_crime_force.load import load as load_forces
from redway.sources.recorded_crime_partnership.load import load as load_partnerships
from redway.sources.returned.look_ups import look_up
from redway.store.profile import Profile
from redway.store.snapshot import Part, Snapshot
from tests.hostile_corpus import as_csv, table

PLACES = (
    Partnership("Thames Valley", "Milton Keynes", 2.9),
    Partnership("Thames Valley", "Unassigned - Thames Valley", 0.1),
    Partnership("Devon and Cornwall", "Northern Devon", 1.6),
    Partnership("London, City of", "London, City of", 0.1),
    Partnership("Kent", "Folkestone and Hythe", 1.1),
    Partnership("Elsewhere", "Nowhere that is known", 1.0),
)
CODES = {
    "Milton Keynes": "E22000307",
    "North Devon": "E22000363",
    "City of London": "E22000180",
    "Shepway": "E22000145",
}


@pytest.fixture
def context(partnership):
    """A partnership that has the look-up of partnerships."""
    path = partnership.accepted / "partnerships.parquet"
    values = ", ".join(f"('{name}', '{code}')" for name, code in CODES.items())
    duckdb.execute(f"COPY (SELECT * FROM (VALUES {values}) t(partnership_name, partnership_code)) TO '{path}'")
    part = Part("community-safety-partnerships", "ONS", "", "partnerships", len(CODES), path, 1)
    return Context(partnership, Profile.of(partnership).partnership, Snapshot(1, (part,)))


@pytest.fixture
def book(tmp_path):
    """Makes a workbook of some years, of either kind."""

    def make(years, kind="ods", **more):
        path = tmp_path / f"prc-csp-mar2024-mar2025-tables-241025.{kind}"
        return write(path, years, **more)

    return make


@pytest.fixture
def load(tmp_path, context):
    def loaded(path, how=load_partnerships):
        into = tmp_path / "into"
        into.mkdir(exist_ok=True)
        return how(path, file_name=path.name, into=into, context=context)

    return loaded


def two_years():
    return {"2023_24": rows(2023, PLACES, seed=1), "2024_25": rows(2024, PLACES, seed=1, quarters=(1, 2))}


@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_each_quarter_of_a_workbook_is_a_submission_with_every_row(book, load, kind):
    made = load(book(two_years(), kind))
    assert [one.period for one in made] == [*(f"2023/24-Q{q}" for q in (1, 2, 3, 4)), "2024/25-Q1", "2024/25-Q2"]
    assert {one.provider for one in made} == {"Home Office"}
    sent = Counter()
    for year in two_years().values():
        for label, quarter, _, place, *_, code, count in year:
            sent[f"{label}-Q{quarter}", place, code] += count
    kept = Counter()
    for one in made:
        for row in pq.read_table(one.parquet).to_pylist():
            assert row["period"] == one.period
            kept[row["period"], row["partnership"], row["offence_code"]] += row["offences"]
    assert kept == sent
    assert all(one.rows_read == one.rows_accepted == len(PLACES) * len(OFFENCES) for one in made)


def test_both_kinds_of_workbook_and_csv_give_the_same_content(book, load, tmp_path):
    def year():
        return rows(2024, PLACES, seed=1)

    text = tmp_path / "year.csv"
    lines = [",".join(f'"{cell}"' for cell in row) for row in [OLD_HEADINGS, *year()]]
    text.write_text("\n".join(lines) + "\n", "utf-8")
    contents = [
        [one.content for one in load(path)]
        for path in (book({"2024_25": year()}), book({"2024_25": year()}, "xlsx"), text)
    ]
    assert contents[0] == contents[1] == contents[2]


def test_older_headings_and_names_of_sheets_are_known(book, load):
    made = load(book({"2013-14": rows(2013, PLACES, seed=1)}, headings=OLD_HEADINGS))
    assert [one.period for one in made] == [f"2013/14-Q{q}" for q in (1, 2, 3, 4)]


def test_partnerships_get_their_codes_also_where_names_differ(book, load):
    (one, *_) = load(book({"2024_25": rows(2024, PLACES, seed=1)}))
    found = dict(duckdb.sql(f"SELECT DISTINCT partnership, partnership_code FROM '{one.parquet}'").fetchall())
    assert found == {
        "Milton Keynes": "E22000307",
        "Northern Devon": "E22000363",
        "London, City of": "E22000180",
        "Folkestone and Hythe": "E22000145",
        "Unassigned - Thames Valley": None,
        "Nowhere that is known": None,
    }
    assert one.notes["unassigned"] == one.notes["partnership not known"] == len(OFFENCES)


def test_a_partnership_without_the_look_up_still_knows_itself(book, tmp_path, context):
    own = {"place": "Milton Keynes", "community_safety_partnership": "E22000307"}
    alone = Context(context.home, context.partnership.model_copy(update=own), Snapshot(0, ()))
    (one, *_) = load_partnerships(
        book({"2024_25": rows(2024, PLACES, seed=1)}), file_name="a.ods", into=tmp_path, context=alone
    )
    known = duckdb.sql(f"SELECT DISTINCT partnership_code FROM '{one.parquet}' WHERE partnership_code IS NOT NULL")
    assert known.fetchall() == [("E22000307",)]


def test_counts_below_zero_are_kept_and_told(book, load):
    year = list(rows(2024, PLACES, seed=1, quarters=(1,)))
    year[0] = (*year[0][:-1], -7)
    (one,) = load(book({"2024_25": year}))
    assert -7 in pq.read_table(one.parquet)["offences"].to_pylist()
    assert one.notes["negative"] >= 1


@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_what_the_notes_say_is_kept_word_for_word_with_each_quarter(book, load, kind):
    made = load(book(two_years(), kind))
    assert {one.facts.said for one in made} == {NOTES}


class TestNotesOfAnyKind:
    """Sheets of notes are laid out as their writer likes; they refuse nothing, and are kept within bounds."""

    def with_notes(self, path, fill, name="Notes"):
        book = xlsxwriter.Workbook(path)
        fill(book.add_worksheet(name))
        year = book.add_worksheet("2024_25")
        for number, row in enumerate([HEADINGS, *rows(2024, PLACES, seed=1, quarters=(1,))]):
            year.write_row(number, 0, row)
        book.close()
        return path

    def test_merged_cells_are_told_and_the_figures_taken(self, tmp_path, load):
        def fill(sheet):
            sheet.merge_range("A1:D1", "Notes for users")
            sheet.write(2, 0, "Kent: counts from April 2024 are estimates.")

        (one,) = load(self.with_notes(tmp_path / "a.xlsx", fill))
        assert one.rows_accepted == len(PLACES) * len(OFFENCES)
        assert any("could not be read to its end" in line for line in one.facts.said)

    def test_cells_beside_each_other_are_one_line_and_blanks_are_evened_out(self, tmp_path, load):
        def fill(sheet):
            sheet.write_row(0, 0, ["Force", "What  to\nknow"])
            sheet.write_row(3, 0, ["Kent", "", "see the\tguide"])

        (one,) = load(self.with_notes(tmp_path / "a.xlsx", fill, "Force notes"))
        assert one.facts.said == ("Force | What to know", "Kent | see the guide")

    def test_notes_without_end_are_cut_and_it_is_said_that_they_were(self, tmp_path, load):
        def fill(sheet):
            for number in range(5_000):
                sheet.write(number, 0, f"{number} " + "x" * 2_000)

        (one,) = load(self.with_notes(tmp_path / "a.xlsx", fill))
        assert one.facts.said[-1].startswith("(More stands on the sheet “Notes”")
        assert sum(map(len, one.facts.said)) < 21_000

    def test_a_sheet_of_data_that_calls_itself_notes_is_data(self, tmp_path, load):
        def fill(sheet):
            for number, row in enumerate([HEADINGS, *rows(2023, PLACES, seed=1, quarters=(4,))]):
                sheet.write_row(number, 0, row)

        made = load(self.with_notes(tmp_path / "a.xlsx", fill, "Notes of a year"))
        assert [one.period for one in made] == ["2023/24-Q4", "2024/25-Q1"]


def test_a_partnership_replaces_the_names_by_a_file_of_its_own(book, load, partnership):
    own = partnership.profile / "codes" / "recorded-crime-partnership" / "names.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("- {code: Milton Keynes, label: Milton Keynes, was: [Nowhere that is known]}\n", "utf-8")
    (one, *_) = load(book({"2024_25": rows(2024, PLACES, seed=1)}))
    found = dict(duckdb.sql(f"SELECT DISTINCT partnership, partnership_code FROM '{one.parquet}'").fetchall())
    assert found["Nowhere that is known"] == "E22000307"
    assert found["Northern Devon"] is None  # replaced whole
    own.write_text("Northern Devon: North Devon\n", "utf-8")
    with pytest.raises(RedwayError, match="a list of codes"):
        load(book({"2024_25": rows(2024, PLACES, seed=1)}))


@pytest.mark.parametrize(
    ("years", "said"),
    [
        ({"2024_25": rows(2023, PLACES, seed=1)}, "2024/25, as its sheet is named"),
        ({"2024_25": rows(2024, PLACES, seed=1), "A copy": rows(2024, PLACES, seed=1)}, "“2024_25” and “A copy”"),
        ({"Summary": [("of", "another")]}, None),
        ({"2024_25": []}, "a heading and no rows"),
        ({"2024_25": [(*row[:7], "2025-06-08", row[8]) for row in rows(2024, PLACES, seed=1)]}, "Excel can turn"),
        ({"2024_25": [(row[0], 5, *row[2:]) for row in rows(2024, PLACES, seed=1)]}, "quarter from 1"),
        ({"2024_25": [("2024/26", *row[1:]) for row in rows(2024, PLACES, seed=1)]}, "expected"),
    ],
)
def test_workbooks_that_would_mislead_are_refused(book, load, years, said):
    headings = OLD_HEADINGS if said else ("Title",)
    with pytest.raises(FileRefused, match=said or "a sheet with the columns"):
        load(book(years, headings=headings))


def test_a_sheet_named_by_a_year_without_the_columns_is_refused(book, load):
    with pytest.raises(FileRefused, match="2024_25"):
        load(book({"2024_25": rows(2024, PLACES, seed=1)}, headings=("Title",) * 9))


# ------------------------------------------------------------------ The real table by force


@pytest.mark.real_data
def test_the_real_table_by_force_is_taken_whole(open_data, load):
    made = load(open_data / "recorded-crime" / "prc-pfa-201718_new.csv.gz", load_forces)
    assert [one.period for one in made] == [f"2017/18-Q{q}" for q in (1, 2, 3, 4)]
    assert [one.rows_accepted for one in made] == [5767] * 4
    paths = [str(one.parquet) for one in made]
    own, forces, codes = duckdb.execute(
        "SELECT count(*) FILTER (force = 'Thames Valley'), count(DISTINCT force), count(DISTINCT offence_code) "
        "FROM read_parquet($1)",
        [paths],
    ).fetchone()
    assert (own, forces, codes) == (524, 48, 132)


@pytest.mark.real_data
def test_every_name_that_the_publisher_spells_otherwise_is_in_the_real_look_up(open_data):
    path = open_data / "geography" / "lookup_ltla24_csp24_pfa24.csv.gz"
    names = {name for (name,) in duckdb.sql(f"SELECT csp24_name FROM read_csv('{path}')").fetchall()}
    assert set(look_up(dataset("recorded-crime-partnership"), "names").codes) <= names


def published():
    """A table in the publisher's layout."""
    heading, *rows_ = table("recorded-crime-force")
    return [heading, *([*row[:-1], "7"] for row in rows_)]


@pytest.mark.django_db
def test_the_same_figures_with_other_notes_are_a_version_of_their_own(book, partnership, tmp_path):
    """What the publisher takes back of its figures is often said in the notes alone."""
    from redway.store.home import Home
    from redway.work.returns.comparing import compare
    from redway.work.returns.models import DataVersion, Submission
    from redway.work.returns.receive import receive
    from redway.work.returns.versions import snapshot

    def taken(notes, kind="xlsx"):
        path = tmp_path / "prc-pfa.xlsx"
        with xlsxwriter.Workbook(path) as made:
            sheet = made.add_worksheet("2024_25")
            for at, line in enumerate(published()):
                sheet.write_row(at, 0, line)
            sheet = made.add_worksheet("Notes")
            sheet.write_column(0, 0, notes)
        return receive([path], dataset="recorded-crime-force", by="a test")

    first = taken(["Updated: May"])
    second = taken(["Updated: June", "Aldermere: homicide was counted twice."])
    assert {result.outcome for result in first.results} == {"accepted"}
    assert {result.outcome for result in second.results} == {"unchanged, with other notes"}
    assert {
        result.outcome for result in taken(["Updated: June", "Aldermere: homicide was counted twice."]).results
    } == {"unchanged"}
    assert [version.summary for version in DataVersion.objects.order_by("number")] == [
        "recorded-crime-force: 2 new",
        "recorded-crime-force: 2 renoted",
    ]
    assert [one.facts["said"][0] for one in Submission.objects.order_by("pk")] == ["Updated: May"] * 2 + [
        "Updated: June"
    ] * 2
    assert len(list((Home.current().accepted / "recorded-crime-force").iterdir())) == 2
    one, other = snapshot(1), snapshot(2)
    assert one.digest("recorded-crime-force") == other.digest("recorded-crime-force")
    found = compare(1, 2, Profile.of(partnership))
    assert {arrived.how for arrived in found.arrived} == {"renoted"}


@pytest.mark.django_db
def test_a_file_without_notes_takes_none_away(partnership, tmp_path):
    from redway.work.returns.models import DataVersion
    from redway.work.returns.receive import receive

    workbook, text = tmp_path / "prc-pfa.xlsx", tmp_path / "prc-pfa.csv"
    with xlsxwriter.Workbook(workbook) as made:
        sheet = made.add_worksheet("2024_25")
        for at, line in enumerate(published()):
            sheet.write_row(at, 0, line)
        made.add_worksheet("Notes").write(0, 0, "Updated: May")
    text.write_bytes(as_csv(published()))
    receive([workbook], dataset="recorded-crime-force", by="a test")
    again = receive([text], dataset="recorded-crime-force", by="a test")
    assert {result.outcome for result in again.results} == {"unchanged"}
    assert DataVersion.objects.count() == 1
