"""What a refusal says to somebody with a spreadsheet in front of them: their headings, whole lists, and no commands."""

import pytest

from redway.errors import FileRefused
from redway.sources.dataset import dataset
from redway.sources.returned import headings
from redway.store.kinds import COMPOUND

COLUMNS = [
    {"name": "arrived_at", "type": "date", "about": "When", "publisher_name": "Arrival date", "required": True},
    {"name": "how", "type": "text", "about": "How", "publisher_name": "Assault method", "optional": True},
]
RULE = {"wrong": "how IS NULL", "reason": "does not say how", "column": "how", "expected": "a method"}


def codes(sending, number):
    folder = sending.home.profile / "codes"
    folder.mkdir(exist_ok=True)
    (folder / "sites.yaml").write_text(
        "".join(f"- {{code: S{n:02d}, label: Site {n}}}\n" for n in range(1, number + 1))
    )


def test_a_column_that_the_file_lacks_is_named_as_in_the_template(load_text):
    sent = load_text("Arrival date\n2025-11-30\n", COLUMNS, rules=[RULE])
    assert sent.rules == [(1, "Assault method", "does not say how")]
    assert "column “Assault method”" in str(sent.fault)


def test_a_column_is_named_as_the_file_spells_it(load_text):
    assert load_text("ARRIVAL DATE\nx\n", COLUMNS).refused[0]["column"] == "ARRIVAL DATE"


def test_other_headings_name_the_template_and_no_command(load_text):
    told = str(load_text("something,else\n1,2\n", COLUMNS).fault)
    assert "the columns “Arrival date”" in told
    assert "Use the template of this return." in told
    assert "redway" not in told


def test_a_list_of_codes_is_whole_or_says_how_many_it_leaves_out(cells, sending):
    column = {"type": "code", "codes": "sites"}
    for number in (3, 12, 13, 18):
        codes(sending, number)
        expected = cells(column, "X").refused[0]["expected"]
        assert expected.endswith(f", S{number:02d}"), expected
        assert "more" not in expected
    codes(sending, 40)
    expected = cells(column, "X").refused[0]["expected"]
    assert expected.endswith("S12 and 28 others of the list in the template")


def test_a_refused_file_tells_which_periods_it_is_of(load_text):
    dated = {"period_from": "arrived_at", "rules": [RULE], "refuse_above": 0.0}
    sent = load_text("Arrival date,Assault method\n2025-11-30,\n2025-11-29,\nx,\n", COLUMNS, **dated)
    assert sent.fault.periods == ("2025-11",)
    mixed = "Arrival date,Assault method\n2025-11-30,\n2025-10-01,knife\n0012-10-01,knife\n"
    assert load_text(mixed, COLUMNS, **dated).fault.periods == ("2025-10",)
    assert load_text("Arrival date\nx\n", COLUMNS, **dated).fault.periods == ()
    assert load_text("something,else\n1,2\n", COLUMNS, **dated).fault.periods == ()


def test_the_nearest_code_is_named(cells):
    sent = cells({"type": "code", "codes": "hate-strand"}, "racce", "Religon", "something quite different")
    assert [row["mend"] for row in sent.refused] == [
        "Write “race” if that is what is meant, or another code of the template's list.",
        "Write “religion” if that is what is meant, or another code of the template's list.",
        "Write one of the codes of the template's list.",
    ]


def test_of_several_codes_the_nearest_of_the_one_that_is_none(cells):
    sent = cells({"type": "code", "codes": "hate-strand", "many": True}, "race; religon", "race;unheard of")
    assert "“religion”" in sent.refused[0]["mend"]
    assert "“" not in sent.refused[1]["mend"]


def test_a_file_of_countless_different_codes_is_refused_soon_without_naming_near_ones(cells):
    sent = cells({"type": "code", "codes": "sex"}, *(f"Mael {n}" for n in range(2_000)))
    assert sum("“" in row["mend"] for row in sent.refused) <= 200
    assert len(sent.refused) == 2_000


def test_what_is_not_kept_is_compared_with_nothing(cells):
    sent = cells({"type": "code", "codes": "hate-strand", "kept": False}, "racce")
    assert "race" not in sent.refused[0]["mend"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_text_is_said_to_be_that_and_how_to_save_it(load_text, encoding):
    fault = load_text("Arrival date\n2025-11-30\n".encode(encoding), COLUMNS).fault
    assert fault.came == "UTF-16 text"
    assert "choose “CSV UTF-8” when saving" in fault.cause


def test_an_old_workbook_under_the_name_of_csv_is_said_to_be_that(load_text):
    fault = load_text(COMPOUND + bytes(range(256)) * 8, COLUMNS).fault
    assert "from before 2007" in fault.came
    assert "save it as “Excel workbook (.xlsx)”" in fault.cause


@pytest.mark.parametrize(("sent", "to"), [("hospital-admissions", "hospital-istv"), ("fire", "probation")])
def test_the_file_of_another_return_is_said_to_be_that_and_left_to_name_to_who_may_send_it(sent, to):
    """Before its headings are looked through for direct identifiers: another return's own are as they should be."""
    given = [column.heading for column in dataset(sent).columns]
    with pytest.raises(FileRefused) as told:
        headings.read(dataset(to), given, None, "november.csv")
    assert "the columns of another return" in str(told.value)
    assert dataset(sent).title not in str(told.value)
    assert "redway" not in str(told.value)
    assert told.value.looks_like == sent
