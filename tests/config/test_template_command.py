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


def test_open_data_have_the_headings_of_their_publisher(partnership, tmp_path, capsys):
    run("police-street", "--out", tmp_path / "a.csv")
    run("police-stop-search", "--out", tmp_path / "a.xlsx")
    assert (tmp_path / "a.csv").read_text("utf-8-sig").startswith("Crime ID,Month,Reported by,Falls within,Longitude,")
    assert "save the sheet Data as CSV (UTF-8), and name the file as the publisher does" in capsys.readouterr().err


def test_boundaries_say_what_a_right_file_looks_like_and_where_it_is(partnership):
    with pytest.raises(RedwayError, match=r"GeoJSON FeatureCollection.*LSOA21CD.*longitude.*geoportal"):
        run("lsoa-boundaries")


def test_an_unknown_dataset_is_answered_with_the_nearest_and_all_there_are(partnership):
    with pytest.raises(RedwayError, match=r"ambulance, asb-incidents.*Did you mean “asb-incidents”\?"):
        run("asb-incident")


@pytest.mark.parametrize("name", ["a.ods", "a.pdf", "a"])
def test_no_file_is_written_under_a_false_name(partnership, tmp_path, name):
    with pytest.raises(RedwayError, match=r"ends in \.xlsx or \.csv.*no other format"):
        run("asb-incidents", "--out", tmp_path / name)
    with pytest.raises(RedwayError, match=r"ends in \.csv.*disagree"):
        run("asb-incidents", "--out", tmp_path / "a.xlsx", "--format", "csv")
    assert not any(path.name.startswith("a") for path in tmp_path.iterdir() if path.is_file())


def test_into_a_folder_it_is_written_under_its_own_name(partnership, tmp_path):
    (tmp_path / "out").mkdir()
    run("asb-incidents", "--out", tmp_path / "out")
    run("fire", "--out", tmp_path / "out", "--format", "csv")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["asb-incidents.xlsx", "fire.csv"]


def test_a_file_that_may_have_been_filled_in_is_overwritten_only_by_force(partnership, tmp_path):
    filled = tmp_path / "a.csv"
    filled.write_text("filled in")
    with pytest.raises(RedwayError, match="--force"):
        run("asb-incidents", "--out", filled)
    assert filled.read_text() == "filled in"
    run("asb-incidents", "--out", filled, "--force")
    assert "Report number" in filled.read_text("utf-8-sig")


def test_a_folder_that_is_named_by_its_slash_is_made(partnership, tmp_path):
    run("asb-incidents", "--out", f"{tmp_path}/templates/of 2026/")
    assert (tmp_path / "templates" / "of 2026" / "asb-incidents.xlsx").is_file()
