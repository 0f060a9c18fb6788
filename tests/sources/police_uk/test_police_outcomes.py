"""Outcomes of data.police.uk. What they share with street files is told in test_police_street.py and its refusals."""

import pytest
from django.core.management import call_command

from redway.errors import NotSetUp
from redway.sources.dataset import Context, dataset
from redway.sources.loaders import loader
from redway.sources.police_outcomes.load import OUTCOMES, load, skips
from redway.store.snapshot import Snapshot
from redway.work.returns.receive import receive
from redway.work.returns.versions import snapshot
from tests.sources.police_uk.conftest import GOOD, NOWHERE, only, rows_of

DATASET = "police-outcomes"
NAME = "2022-02-northumbria-outcomes.csv"
ORDINARY = {
    "Crime ID": "ab12",
    "Month": "2022-02",
    "Reported by": "Northumbria Police",
    "Falls within": "Northumbria Police",
    "Longitude": "-0.666796",
    "Latitude": "51.951514",
    "Location": "On or near Drift Road",
    "LSOA code": "E01016710",
    "LSOA name": "Milton Keynes 001A",
    "Outcome type": "Suspect charged",
}


@pytest.fixture
def outcomes(sent):
    def write(rows, name=NAME, **layout):
        unlike = [{"Crime ID": f"{n:064x}"} | row for n, row in enumerate(rows)]
        return sent(ORDINARY, unlike, name, **layout)

    return write


class TestAnOrdinaryFile:
    def test_gives_one_submission_of_its_force_and_month(self, take, outcomes):
        one = only(take(outcomes([{}, {}])))
        assert (one.provider, one.period) == ("Northumbria Police", "2022-02")
        assert (one.rows_read, one.rows_accepted, one.refused, one.notes) == (2, 2, (), {})

    def test_is_typed_and_renamed(self, take, outcomes):
        row = rows_of(only(take(outcomes([{"Crime ID": "cd34"}]))))[0]
        assert row == {
            "crime_id": "cd34",
            "month": "2022-02",
            "reported_by": "Northumbria Police",
            "falls_within": "Northumbria Police",
            "longitude": -0.666796,
            "latitude": 51.951514,
            "location": "On or near Drift Road",
            "lsoa_code": "E01016710",
            "lsoa_name": "Milton Keynes 001A",
            "outcome_type": "Suspect charged",
        }
        assert list(row) == [column.name for column in dataset("police-outcomes").columns]

    def test_is_found_by_its_dataset(self):
        assert loader("police-outcomes").load is load

    def test_may_hold_each_of_the_outcomes(self, take, outcomes):
        assert len(set(OUTCOMES)) == 28
        assert "28" in dataset("police-outcomes").columns[-1].about
        assert only(take(outcomes([{"Outcome type": each} for each in OUTCOMES]))).rows_accepted == 28


class TestTrapsOfRealFiles:
    def test_a_crime_keeps_all_its_outcomes(self, take, outcomes):
        ends = ["Suspect charged", "Offender fined", "Offender fined"]
        one = only(take(outcomes([{"Crime ID": "a", "Outcome type": each} for each in ends] + [{"Crime ID": "b"}])))
        assert [(r["crime_id"], r["outcome_type"]) for r in rows_of(one)] == [
            *(("a", each) for each in ends),
            ("b", "Suspect charged"),
        ]
        assert one.notes == {"another outcome of a crime": 2, "alike in every cell": 1}

    def test_an_outcome_of_no_crime_is_kept_and_told(self, take, outcomes):
        one = only(take(outcomes([{"Crime ID": ""}, {"Crime ID": "", "Outcome type": "Offender fined"}, {}])))
        assert (one.rows_accepted, one.notes) == (3, {"no crime ID": 2})

    def test_rows_without_a_location_and_of_other_districts_are_kept_and_told(self, take, outcomes):
        one = only(take(outcomes([NOWHERE, {"LSOA code": "E01017400"}, {}])))
        assert (one.rows_accepted, one.notes) == (3, {"unlocated": 1, "outside": 1})

    def test_line_ends_and_the_order_of_columns_and_rows_make_no_difference(self, take, outcomes):
        rows = [{"Crime ID": "a"}, {"Crime ID": "a"}, {"Crime ID": "b", "Outcome type": "Offender fined"}]
        plain = only(take(outcomes(rows)))
        assert plain.content == only(take(outcomes(rows[::-1], end="\r\n", columns=list(ORDINARY)[::-1]))).content
        assert plain.content != only(take(outcomes(rows[1:]))).content

    def test_a_joined_file_is_parted_by_force_and_month_into_the_same_submissions(self, take, outcomes):
        rows = [{"Crime ID": "a"}, {"Crime ID": "b"}]
        other = [row | {"Month": "2022-03", "Reported by": "Bedfordshire Police"} for row in [*rows, {"Crime ID": "c"}]]
        apart = [only(take(outcomes(other, "2022-03-bedfordshire-outcomes.csv"))), only(take(outcomes(rows)))]
        joined = take(outcomes(rows + other, "joined.csv"))
        assert [one.content for one in joined] == [one.content for one in apart]
        assert [(one.provider, one.period) for one in joined] == [
            ("Bedfordshire Police", "2022-03"),
            ("Northumbria Police", "2022-02"),
        ]


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "reason", "column", "came"),
        [
            ({"Outcome type": "Forgiven"}, "not one of the publisher's outcomes", "Outcome type", "Forgiven"),
            ({"Outcome type": "Suspect charged "}, "a cell padded with spaces", "Outcome type", "Suspect charged "),
            ({"Outcome type": ""}, "not one of the publisher's outcomes", "Outcome type", "an empty cell"),
            ({"Month": "2022-03"}, "another month than the file's name says", "Month", "2022-03"),
            ({"Month": "Feb-22"}, "not a month", "Month", "Feb-22"),
            ({"Reported by": ""}, "no force", "Reported by", "an empty cell"),
            ({"LSOA code": "E01099999"}, "an area of neither 2011 nor 2021", "LSOA code", "E01099999"),
        ],
    )
    def test_a_row_says_which_why_and_what_came(self, take, outcomes, change, reason, column, came):
        one = only(take(outcomes([{}] * GOOD + [change])))
        assert (one.rows_read, one.rows_accepted) == (GOOD + 1, GOOD)
        refused = only(one.refused)
        assert (refused.reason, refused.count, refused.came) == (reason, 1, came)
        assert (refused.first.row, refused.first.column) == (GOOD + 1, column)

    def test_too_many_rows_refuse_the_file(self, refusal, outcomes):
        fault = refusal(outcomes([{}] * 10 + [{"Outcome type": "Forgiven"}] * 2))
        assert (fault.place.row, fault.place.column, fault.count) == (11, "Outcome type", 2)
        assert "one of the publisher's 28 outcomes" in str(fault)

    def test_street_crime_under_this_name(self, refusal, street_file):
        fault = refusal(street_file([{}], NAME))
        assert (fault.expected, fault.came) == ("a file of outcomes", "one of street crime")
        assert "-outcomes.csv" in fault.cause

    def test_its_own_force_without_an_outcome_in_the_partnership(self, refusal, outcomes):
        own = {"Reported by": "Thames Valley Police", "LSOA code": "E01017400"}
        fault = refusal(outcomes([own] * 100, "2022-02-thames-valley-outcomes.csv"))
        assert fault.came == "100 rows of 2022-02, none of them with an area code of Milton Keynes"
        assert "outcomes data" in fault.cause

    def test_points_without_area_codes(self, refusal, outcomes):
        assert "false zero" in refusal(outcomes([{}] * 50 + [{"LSOA code": ""}] * 50)).cause

    def test_a_file_named_after_another_force(self, refusal, outcomes):
        assert "“kent”" in refusal(outcomes([{}], "2022-02-kent-outcomes.csv")).expected

    def test_a_renamed_column(self, refusal, outcomes):
        path = outcomes([{}])
        path.write_bytes(path.read_bytes().replace(b"Outcome type", b"Outcome"))
        assert "“Outcome type” is now “Outcome”" in refusal(path).cause

    def test_a_heading_and_no_rows(self, refusal, outcomes):
        assert "rows of outcomes" in str(refusal(outcomes([])))

    def test_the_look_up_of_areas_is_not_there_yet(self, context, outcomes, tmp_path):
        empty = Context(context.home, context.partnership, Snapshot(0, ()))
        with pytest.raises(NotSetUp, match="redway setup"):
            load(outcomes([{}]), file_name=NAME, into=tmp_path, context=empty)


def test_files_of_other_kinds_are_left_aside_by_name():
    assert skips("2022-02/2022-02-northumbria-street.csv") == "street crime, not outcomes"
    assert skips("2022-02-northumbria-stop-and-search.csv") == "stop and search, not outcomes"
    assert skips(NAME) == ""


@pytest.mark.real_data
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("archive", "files", "rows", "notes"),
    [
        ("northumbria-all-2022", 5, 39_221, {"another outcome of a crime": 2_300, "alike in every cell": 1_963}),
        (
            "city-of-london-all-2016",
            12,
            6_147,
            {"another outcome of a crime": 401, "alike in every cell": 144, "unlocated": 325},
        ),
        (
            "northumbria-sunderland-rows-2020-2022",
            30,
            45_766,
            {"another outcome of a crime": 2_624, "alike in every cell": 2_208},
        ),
    ],
)
def test_every_row_of_real_files_is_taken(partnership, open_data, archive, files, rows, notes):
    receive([open_data / "geography" / "lookup_lsoa11_lsoa21_ltla22.csv.gz"], dataset="lsoa-lookup", by="set-up")
    done = receive([open_data / "police-uk" / f"{archive}.zip"], dataset="police-outcomes", by="a test")
    assert (done.rows_read, done.rows_accepted, done.refused) == (rows, rows, ())
    outside = {"outside": rows - notes.get("unlocated", 0)}  # the partnership of these tests is Milton Keynes
    assert done.notes == notes | outside
    parts = snapshot().of("police-outcomes")
    assert (len(parts), sum(part.rows for part in parts)) == (files, rows)


@pytest.mark.real_data
@pytest.mark.django_db(transaction=True)
def test_the_command_takes_real_files_once_and_tells_what_is_odd(partnership, open_data, capsys):
    receive([open_data / "geography" / "lookup_lsoa11_lsoa21_ltla22.csv.gz"], dataset="lsoa-lookup", by="set-up")
    path = open_data / "police-uk" / "city-of-london-all-2016.zip"
    call_command("import", "police-outcomes", str(path))
    told = capsys.readouterr().out
    assert "Refused rows" not in told
    assert "401 with the ID of a crime that an earlier row names" in told
    again = receive([path], dataset="police-outcomes", by="again")
    assert (again.version, again.rows_read, again.rows_accepted) == (None, 6_147, 6_147)
