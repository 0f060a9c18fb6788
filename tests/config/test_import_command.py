"""`redway import` and `redway versions`, as a person types them."""

import io
import sys
import zipfile

import pytest
from django.core.management import call_command

from redway.config.cli import main
from redway.errors import FileRefused
from redway.store.snapshot import Snapshot
from redway.work.accounts.models import User
from redway.work.returns.receive import receive
from redway.work.returns.versions import snapshot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ready(partnership, area_lookup):
    receive([area_lookup], dataset="lsoa-lookup", by="set-up")
    return partnership


def run(*arguments):
    said = io.StringIO()
    call_command(*[str(a) for a in arguments], stdout=said)
    return said.getvalue()


def test_prints_what_came_of_every_row(ready, street_file, capsys):
    nowhere = {"Location": "No location", "Longitude": "", "Latitude": "", "LSOA code": ""}
    odd = [nowhere, {"LSOA code": "E01017400"}, {"LSOA code": "E01017400"}, {"Crime type": "Fraud"}]
    said = run("import", "police-street", street_file([{"Crime ID": "a"}] * 2 + [{}] * 50 + odd))
    line = next(line for line in said.splitlines() if line.startswith("Thames Valley Police"))
    assert line.split() == ["Thames", "Valley", "Police", "2025-01", "56", "55", "1", "1", "2", "accepted"]
    assert (
        "  1 not one of the 14 crime types. First: 2025-01-thames-valley-street.csv, line 57, column “Crime type”. "
        "What came: “Fraud”. Expected: one of the publisher's 14 crime types."
    ) in said
    assert "1 with a crime ID that came before" in said
    assert said.endswith("Data version 2 was made.\n")
    assert "56 rows read" in capsys.readouterr().err


def test_many_files_are_a_table_with_totals(ready, street_file):
    paths = [street_file([{"Month": f"2025-0{n}"}] * n, f"2025-0{n}-thames-valley-street.csv") for n in (1, 2, 3)]
    said = run("import", "police-street", *paths)
    assert [line.split() for line in said.splitlines() if line.startswith("total")] == [
        ["total", "3", "files", "6", "6", "0", "0", "0"]
    ]


def test_the_same_again_says_that_nothing_changed(ready, street_file):
    path = street_file([{}])
    run("import", "police-street", path)
    assert "Nothing changed: these rows are accepted already. The newest data version is still 2." in run(
        "import", "police-street", path
    )


def test_reference_data_come_by_the_same_way(partnership, area_lookup):
    User.objects.create(username="ana", role="analyst")
    said = run("import", "lsoa-lookup", area_lookup, "--by", "ana")
    assert "Data version 1 was made." in said
    assert "by ana." in run("versions")


def test_a_file_that_cannot_be_taken_changes_nothing(ready, street_file):
    with pytest.raises(FileRefused, match="empty file"):
        run("import", "police-street", street_file([]))
    assert snapshot().number == 1


def test_versions_are_listed_newest_first(ready, street_file):
    run("import", "police-street", street_file([{}]))
    lines = run("versions").splitlines()
    assert [line.split(":")[0] for line in lines[::2]] == ["Version 2", "Version 1"]
    assert lines[0].endswith("It holds 2 files.")
    title = "Street-level crime and anti-social behaviour"
    assert lines[1] == f"  {title}: 1 file that was not there before."


def test_versions_before_the_first(partnership):
    assert "no data version yet" in run("versions")
    assert snapshot() == Snapshot(0, ())


def test_versions_warns_of_a_missing_file(ready, capsys):
    snapshot().parts[0].path.unlink()
    run("versions")
    assert "is missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["police-streets", "x.csv"], "police-street"),
        (["police-street", "nowhere.csv"], "a mistyped path"),
        (["police-street", ""], "an empty path"),
    ],
)
def test_a_mistake_is_one_sentence_and_a_failure(ready, arguments, words, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["redway", "import", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith("redway: ")
    assert words in said


def test_a_dropped_point_is_told_with_its_place_and_cause(ready, street_file):
    swapped = {"Longitude": "51.951514", "Latitude": "-0.666796"}
    said = run("import", "police-street", street_file([{}] * 40 + [swapped]))
    assert (
        "  1 with an area code and a bad point; the point was dropped. First: 2025-01-thames-valley-street.csv, "
        "line 42, column “Longitude”. What came: “longitude 51.951514, latitude -0.666796”. Likely cause: longitude "
        "and latitude are swapped."
    ) in said


def test_nothing_in_a_file_or_its_name_can_steer_the_terminal(ready, street_file, tmp_path, capsys):
    odd = {"Reported by": "Kent\x1b[2J Police", "Crime type": "Fraud\x00\x1b]0;"}
    csv = street_file([{"Reported by": odd["Reported by"]}] * 40 + [odd])
    sent = tmp_path / "sent.zip"
    with zipfile.ZipFile(sent, "w") as archive:
        archive.write(csv, "a\x1b[31m\n.csv")
        archive.writestr("b\x1b[31m.txt", "")
    said = run("import", "police-street", sent)
    assert "Kent\\x1b[2J Police" in said
    assert "Fraud\\x00\\x1b]0;" in said
    assert "a\\x1b[31m\\n.csv" in said
    assert "b\\x1b[31m.txt" in said
    assert (said + capsys.readouterr().err).replace("\n", "").isprintable()


def test_help_shows_examples(capsys):
    with pytest.raises(SystemExit):
        call_command("import", "--help")
    assert "redway import police-street downloads/*.zip" in capsys.readouterr().out
