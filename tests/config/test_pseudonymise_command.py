"""`redway pseudonymise`, on a machine that has neither a home nor a database."""

import subprocess
import sys

import pytest
from django.core.management import call_command

from redway.errors import RedwayError


def test_it_needs_no_home(tmp_path, monkeypatch):
    monkeypatch.setenv("REDWAY_HOME", str(tmp_path / "no-home"))
    extract = tmp_path / "extract.csv"
    extract.write_text("Crime number,Offence code,Recorded date,Surname\n43230012345,8N,05/11/2025,Example\n")
    command = [
        sys.executable,
        "-m",
        "redway",
        "pseudonymise",
        "police-extract",
        str(extract),
        "--key",
        str(tmp_path / "key"),
    ]
    command += ["--new-key", "--out", str(tmp_path / "out.csv")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "out.csv")
    assert "Left out, as the dataset does not know them: Surname" in done.stderr
    assert "Example" not in (tmp_path / "out.csv").read_text() + done.stderr
    assert not (tmp_path / "no-home").exists()


def test_a_new_key_goes_again_when_nothing_could_be_made_with_it(tmp_path):
    extract, key, out = tmp_path / "extract.csv", tmp_path / "key", tmp_path / "out.csv"
    given = ["police-extract", str(extract), "--key", str(key), "--new-key", "--out", str(out)]
    extract.write_text("Something,Else\n1,2\n")
    with pytest.raises(RedwayError, match="which become pseudonyms"):
        call_command("pseudonymise", *given)
    assert not key.exists()
    extract.write_text("Crime number,Offence code,Recorded date\n43230012345,8N,05/11/2025\n")
    call_command("pseudonymise", *given)
    kept = key.read_text()
    with pytest.raises(RedwayError, match="a file that is there"):
        call_command("pseudonymise", *given[:-1], str(tmp_path / "other.csv"))
    assert key.read_text() == kept


def test_a_return_without_pseudonyms_is_not_said_to_be_fit_to_send(tmp_path):
    """Nobody looked into the file: it may hold names."""
    with pytest.raises(RedwayError, match="Take columns and texts that name people out at their source"):
        call_command("pseudonymise", "hospital-istv", "any.csv", "--key", "key", "--out", str(tmp_path / "out.csv"))
