"""`redway pseudonymise`, on a machine that has neither a home nor a database."""

import subprocess
import sys


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
