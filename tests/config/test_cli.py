"""The command itself: a fault that a person can mend is told in a sentence, never as a traceback."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import redway
from redway.config.cli import main


@pytest.fixture
def said(monkeypatch, tmp_path, capsys):
    """The command in this process, which has its modules loaded: its exit status, and what it printed."""

    def say(*arguments):
        monkeypatch.setenv("REDWAY_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("REDWAY_DATABASE", "")  # so that what the demo does to it is undone
        monkeypatch.setattr(sys, "argv", ["redway", *arguments])
        try:
            main()
        except SystemExit as ended:
            return ended.code, *capsys.readouterr()
        return 0, *capsys.readouterr()

    return say


def run(*args: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "redway", *args],
        env=os.environ | {"REDWAY_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("command", [["person", "list"], ["audit", "verify"]])
def test_without_a_home_it_says_that_nothing_is_set_up(command: list[str], tmp_path: Path) -> None:
    done = run(*command, home=tmp_path / "home")
    assert done.returncode == 1
    assert not done.stdout
    assert "Traceback" not in done.stderr
    assert str(tmp_path / "home") in done.stderr
    assert "redway setup" in done.stderr


def test_a_damaged_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "redway.sqlite3").write_bytes(b"garbage " * 512)
    done = run("audit", "verify", home=tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "not a database" in done.stderr


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    done = run("setup", "milton-keynes", home=tmp_path / "home")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert str(tmp_path / "home") in done.stderr


def test_the_version_is_that_of_redway(tmp_path: Path) -> None:
    assert run("--version", home=tmp_path).stdout.strip() == redway.__version__


def test_roles_are_offered_in_plain_words(said):
    code, _, err = said("person", "add", "j.smith", "--role", "king")
    assert code == 2
    assert "'analyst'" in err
    assert "Role." not in err


@pytest.mark.parametrize(
    ("fault", "came"),
    [
        (MemoryError(), "a machine that has no more to give"),
        (MemoryError("Unable to allocate 18.6 GiB for an array"), "Unable to allocate 18.6 GiB for an array"),
    ],
)
def test_too_little_memory_is_told_in_three_parts(said, monkeypatch, fault, came):
    def runs_out():
        raise fault

    monkeypatch.setattr("redway.config.management.commands.method._listed", runs_out)
    code, out, err = said("method")
    assert (code, out) == (1, "")
    assert err.startswith("redway: expected as much memory as this work takes. What came: " + came + ". Likely cause: ")
    assert "add them up" in err


@pytest.mark.parametrize("asked", [[], ["help"], ["--help"]])
def test_without_a_command_it_lists_its_own_and_none_of_djangos(said, asked):
    code, out, _ = said(*asked)
    assert code == 0
    listed = [line for line in out.splitlines() if line.startswith("  ")]
    assert any(re.match("  import  +Import files", line) for line in listed)
    assert all(re.match("  [a-z]+  +[A-Z]", line) for line in listed)
    assert "flush" not in out


COMMANDS = ["audit", "demo", "erase", "fetch", "gateways", "import", "person", "retention", "series", "serve", "setup"]
COMMANDS += ["deliveries", "states", "versions"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_what_is_ours_with_examples(said, command):
    code, out, _ = said(command, "--help")
    assert code == 0
    assert "--pythonpath" not in out
    assert f"redway {command}" in out
