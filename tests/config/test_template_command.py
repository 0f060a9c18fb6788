"""`redway template`: the file that a partner fills in, from a terminal."""

import subprocess
import sys

import pytest

from redway.errors import RedwayError
from redway.store.sheets import as_csv

pytestmark = pytest.mark.django_db


def run(*given):
    from django.core.management import call_command

    call_command("template", *map(str, given))


def test_the_format_follows_the_name_of_the_file(partnership, tmp_path, capsys):
    run("asb-incidents", "--out", tmp_path / "a.csv")
    run("asb-incidents", "--out", tmp_path / "a.xlsx")
    heading = as_csv(
        tmp_path / "a.xlsx", name="a", work=tmp_path, wanted=lambda headings: len(headings) == 11
    ).read_text("utf-8")
    assert (tmp_path / "a.csv").read_text("utf-8-sig").strip() == heading.strip()
    assert capsys.readouterr().out == ""


def test_csv_goes_to_standard_output_and_remarks_do_not(partnership):
    done = subprocess.run(
        [sys.executable, "-m", "redway", "template", "asb-incidents", "--format", "csv", "--example"],
        capture_output=True,
        check=True,
    )
    lines = done.stdout.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Report number,")
    assert lines[1].startswith("EX-ASB-1001,")
    assert done.stderr == b""


def test_open_data_have_no_template(partnership):
    with pytest.raises(RedwayError, match=r"open data.*as its publisher files it"):
        run("police-street")


def test_an_unknown_dataset_is_answered_with_the_names_there_are(partnership):
    with pytest.raises(RedwayError, match="asb-incidents"):
        run("asb")
