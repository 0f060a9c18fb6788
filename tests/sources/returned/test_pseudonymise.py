"""Making a return of an extract: pseudonyms, bands, what is left out, and what stops it."""

import csv
import hmac
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redway.errors import FileRefused, RedwayError
from redway.sources.dataset import dataset
from redway.sources.returned import pseudonyms
from redway.sources.returned.pseudonymise import pseudonymise

KEY = bytes(range(32))
HEAD = ["Crime number", "Offence code", "Recorded date", "LSOA code", "Victim name", "Victim date of birth",
        "Victim postcode", "Suspect age", "Knife flag"]  # fmt: skip
ROW = ["43230012345", "8N", "05/11/2025", "E01016710", "Jane Example", "06/11/2007", "MK9 3XX", "24", "yes"]


def made(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def run(tmp_path, write_csv):
    def make(*rows, head=HEAD, name="out.csv", key=KEY):
        out = tmp_path / name
        return pseudonymise(
            write_csv("extract.csv", [head, *rows]), dataset=dataset("police-extract"), key=key, out=out
        ), out

    return make


def test_identifiers_are_hashed_ages_banded_and_the_rest_left_out(run):
    what, out = run(ROW)
    (row,) = made(out)
    assert row["Crime reference"] == hmac.digest(KEY, b"police-extract\x0043230012345", "sha256").hex()
    assert (row["Victim age band"], row["Suspect age band"]) == ("10-17", "18-24")
    assert what.left_out == ("Victim name", "Victim postcode")
    assert "Example" not in out.read_text() + str(row)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("born", "band"),
    [
        ("05/11/2007", "18-24"),
        ("06/11/2007", "10-17"),
        ("2015-11-06", "0-9"),
        ("", ""),
        ("01/01/1800", "NK"),
        ("x", "NK"),
    ],
)
def test_bands_at_the_recorded_date(run, born, band):
    _, out = run([*ROW[:5], born, *ROW[6:]])
    assert made(out)[0]["Victim age band"] == band


@given(st.text(min_size=1, max_size=30))
def test_case_and_blanks_do_not_matter(identifier):
    one = pseudonyms.pseudonym(identifier, key=KEY, dataset="a")
    assert one == pseudonyms.pseudonym(f"  {identifier} ", key=KEY, dataset="a")
    assert one == pseudonyms.pseudonym(identifier.casefold(), key=KEY, dataset="a")


def test_the_same_in_two_files_and_another_in_another_dataset_or_with_another_key():
    one = pseudonyms.pseudonym("AB 12", key=KEY, dataset="a")
    assert one == pseudonyms.pseudonym("ab12", key=KEY, dataset="a")
    assert one != pseudonyms.pseudonym("ab12", key=KEY, dataset="b")
    assert one != pseudonyms.pseudonym("ab12", key=KEY[::-1], dataset="a")
    assert pseudonyms.pseudonym("  ", key=KEY, dataset="a") == ""


def test_nothing_is_written_while_an_identifier_remains(run, tmp_path):
    bad = ["43230012346", "8N", "05/11/2025", "call 07700 900123", *ROW[4:]]
    with pytest.raises(FileRefused) as refused:
        run(ROW, bad)
    assert (refused.value.place.row, refused.value.place.column) == (2, "LSOA code")
    assert "07700" not in str(refused.value)
    assert not (tmp_path / "out.csv").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_file_that_was_pseudonymised_before(run):
    with pytest.raises(FileRefused, match="pseudonymised before"):
        run(["ab" * 32, *ROW[1:]])


def test_a_file_without_the_column_of_identifiers(run):
    with pytest.raises(FileRefused, match="“Crime reference”"):
        run(ROW, head=["Something", *HEAD[1:]])


def test_ragged_rows(run):
    with pytest.raises(FileRefused, match="9 cells in every row"):
        run(ROW[:-1])


def test_it_never_writes_over_a_file(run):
    run(ROW)
    with pytest.raises(RedwayError, match="a file that is there"):
        run(ROW)


class TestKeys:
    def test_a_key_is_made_for_its_owner_alone_and_read_again(self, tmp_path):
        key = pseudonyms.new_key(tmp_path / "key")
        assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
        assert pseudonyms.read_key(tmp_path / "key") == key
        with pytest.raises(RedwayError, match="a file that is there"):
            pseudonyms.new_key(tmp_path / "key")

    def test_a_key_that_others_can_read_is_refused(self, tmp_path):
        pseudonyms.new_key(tmp_path / "key")
        os.chmod(tmp_path / "key", 0o644)  # noqa: PTH101
        with pytest.raises(RedwayError, match="other people"):
            pseudonyms.read_key(tmp_path / "key")

    def test_what_is_no_key(self, tmp_path):
        with pytest.raises(RedwayError, match="no such file"):
            pseudonyms.read_key(tmp_path / "key")
        (tmp_path / "key").write_text("secret")
        (tmp_path / "key").chmod(0o600)
        with pytest.raises(RedwayError, match="something else"):
            pseudonyms.read_key(tmp_path / "key")
