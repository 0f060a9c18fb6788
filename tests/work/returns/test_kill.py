"""Kill the process anywhere: the old version stands or the new one, and the next import works.

A real process is killed with SIGKILL, at chosen steps and at random moments, in a home on disk.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGKILL and fork are not Windows's")
PROCESS = Path(__file__).with_name("process_to_kill.py")
STEPS = [
    "copied",
    "loaded one file",
    "before the plan",
    "after the plan",
    "one file in place",
    "two files in place",
    "half way through a flush",
    "every file in place",
    "in the transaction",
    "at the end of the transaction",
    "before the commit",
    "after the commit",
    "while clearing up",
]
OLD = {"Thames Valley Police 2025-01": 2}
NEW = {"Thames Valley Police 2025-01": 3, "Thames Valley Police 2025-02": 4}
SET_UP = """
import django, sys
django.setup()
from django.core.management import call_command
call_command("migrate", skip_checks=True)
call_command("import", "lsoa-lookup", sys.argv[1])
call_command("import", "police-street", sys.argv[2])
"""


def run(home, *command):
    environment = os.environ | {"REDWAY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "redway.config.settings"}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """A home with an older January accepted, to be copied; and the process that works in a copy of it."""
    root = tmp_path_factory.mktemp("kills")
    template, home = root / "template", root / "home"
    (template / "profile").mkdir(parents=True)
    (template / "profile" / "profile.yaml").write_text("profile: ''\n")
    (template / "profile" / "partnership.yaml").write_text(
        "name: A\nshort_name: A\nplace: A\ndistrict: E06000042\npolice_force: Thames Valley Police\n"
    )
    sent = root / "sent"
    sent.mkdir()
    (sent / "lookup.csv").write_text(
        "lsoa11_name,lsoa11_code,change_code,lsoa21_name,lsoa21_code,ltla22_name,ltla22_code\n"
        "Milton Keynes 001A,E01016710,U,Milton Keynes 001A,E01016710,Milton Keynes,E06000042\n"
    )
    files = {"old": [("2025-01", 2)], "new": [("2025-01", 3), ("2025-02", 4)], "other": [("2025-03", 5)]}
    for name, months in files.items():
        for month, rows in months:
            (sent / name).mkdir(exist_ok=True)
            row = f",{month},Thames Valley Police,Thames Valley Police,-0.7,51.9,On,E01016710,A,Drugs,,\n"
            heading = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name"
            (sent / name / f"{month}-thames-valley-street.csv").write_text(
                f"{heading},Crime type,Last outcome category,Context\n{row * rows}"
            )
    run(template, sys.executable, "-c", SET_UP, str(sent / "lookup.csv"), str(sent / "old"))
    environment = os.environ | {"REDWAY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "redway.config.settings"}
    process = subprocess.Popen(
        [sys.executable, str(PROCESS)], env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    yield template, home, sent, process
    process.stdin.close()
    process.wait(30)
    process.stdout.close()


@pytest.fixture
def ask(homes):
    """Ask the process to do something in a fresh copy of the home."""
    template, home, _, process = homes
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(template, home)

    def say(**request):
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    return say


@pytest.fixture
def sent(homes):
    return homes[2]


def check_old_or_new(ask, sent):
    """Nothing is half there, and importing again gives the new version; whether the killed import had."""
    seen = ask(do="look")
    assert (seen["missing"], seen["strays"]) == ([], [])
    assert (seen["version"], seen["rows"]) in ((2, OLD), (3, NEW))
    again = ask(do="import", paths=[str(sent / "new")])
    assert again == {"version": 3 if seen["rows"] == OLD else None}
    seen_again = ask(do="look")
    assert (seen_again["version"], seen_again["rows"]) == (3, NEW)
    assert (seen_again["missing"], seen_again["strays"]) == ([], [])
    return seen["rows"] == NEW


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_chosen_step(ask, sent, step):
    assert ask(do="import", paths=[str(sent / "new")], die_at=step) == {"killed": True}
    committed = check_old_or_new(ask, sent)
    assert committed == (step in ("after the commit", "while clearing up"))


def test_killed_without_anyone_reconciling_the_next_import_does(ask, sent):
    assert ask(do="import", paths=[str(sent / "new")], die_at="every file in place") == {"killed": True}
    assert ask(do="import", paths=[str(sent / "other")]) == {"version": 3}
    seen = ask(do="look")
    assert seen["rows"] == OLD | {"Thames Valley Police 2025-03": 5}
    assert seen["strays"] == []


def test_killed_at_random_moments(ask, sent, homes):
    template, home, _, _ = homes
    begun = time.monotonic()
    assert ask(do="import", paths=[str(sent / "new")]) == {"version": 3}
    takes, killed = time.monotonic() - begun, 0
    for part in range(6):  # a moment of each sixth of the time that this machine takes
        shutil.rmtree(home)
        shutil.copytree(template, home)
        told = ask(do="import", paths=[str(sent / "new")], die_after=takes * (part + random.random()) / 6)
        assert told in ({"killed": True}, {"version": 3})
        killed += "killed" in told
        check_old_or_new(ask, sent)
    assert killed


def test_two_imports_at_once_take_turns(ask, sent):
    imports = [{"paths": [str(sent / name)]} for name in ("new", "other")]
    told = ask(do="both", imports=imports)
    assert sorted(one["version"] for one in told) == [3, 4]
    seen = ask(do="look")
    assert seen["rows"] == NEW | {"Thames Valley Police 2025-03": 5}
    assert (seen["version"], seen["strays"]) == (4, [])


def test_the_same_import_twice_at_once_changes_things_once(ask, sent):
    told = ask(do="both", imports=[{"paths": [str(sent / "new")]}] * 2)
    assert [one["version"] for one in told if one["version"]] == [3]
    assert ask(do="look")["rows"] == NEW


@pytest.mark.parametrize("limit", [10, 400, 1_000, 2_000, 4_000, 30_000])
def test_no_room_for_files_above_a_size(ask, sent, limit):
    """The system refuses to let any file grow beyond the limit, as a full disk would."""
    told = ask(do="import", paths=[str(sent / "new")], limit=limit)
    assert set(told) == {"refused"}, told
    assert "Nothing was changed" in told["refused"]
    assert check_old_or_new(ask, sent) is False
