"""Kill an erasure anywhere: the rows are in every version still, or in none; and once done again they are nowhere.

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
PROCESS = Path(__file__).with_name("process_to_erase.py")
PERSON, OTHER = "ab" * 16, "cd" * 16
BEFORE = {
    "1": {"2025-01": [PERSON, OTHER], "2025-02": [OTHER]},
    "2": {"2025-01": [PERSON], "2025-02": [OTHER], "2025-03": [PERSON, OTHER]},
}
AFTER = {"1": {"2025-01": [OTHER], "2025-02": [OTHER]}, "2": {"2025-01": [], "2025-02": [OTHER], "2025-03": [OTHER]}}
UNTOUCHED = ["nothing written", "written", "planned", "one file in place", "every file in place"]
UNTOUCHED += ["in the transaction", "at the end of the transaction", "before the commit"]
TAKEN_OUT = ["before the files", "one file gone", "every file gone", "caches gone", "while clearing up"]

MAKE = """
import sys, django
django.setup()
from datetime import timedelta
from pathlib import Path
import pyarrow as pa
from django.core.management import call_command
from django.utils import timezone
from redway.store import content, files
from redway.store.home import Home
from redway.work.gateways.models import Gateway
from redway.work.returns.models import DataVersion, Submission
call_command("migrate", verbosity=0)
home = Home.current()
home.make()
kept = {}
for number, months in enumerate(VERSIONS.values(), start=1):
    made = []
    for period, people in months.items():
        if (period, tuple(people)) not in kept:
            path, name = content.write(pa.table({"child": people}), home.incoming)
            files.put(path, home.accepted / "youth-justice" / f"{name}.parquet")
            kept[period, tuple(people)] = Submission.objects.create(
                dataset="youth-justice", provider="yjs", period=period, content=name, file_name="f", raw="",
                parquet=f"youth-justice/{name}.parquet", rows_read=len(people), rows_accepted=len(people),
                received_by="a test",
            )
        made.append(kept[period, tuple(people)])
    DataVersion.objects.create(number=number, made_by="a test", summary="s").submissions.add(*made)
today = timezone.localdate()
Gateway.objects.create(
    dataset="youth-justice", purpose="analysis", version=1, state="in-force", keep_months=1, begins=today,
    expires=today + timedelta(9), put_in_force_at=timezone.now(), drafted_by="a test",
)
(home.derived / "cubes").mkdir()
(home.derived / "cubes" / f"youth-justice-{'0' * 20}.parquet").write_text("kept")
"""


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """A home with two versions, to be copied; and the process that works in a copy of it."""
    root = tmp_path_factory.mktemp("erasures")
    template, home = root / "template", root / "home"
    (template / "profile").mkdir(parents=True)
    (template / "profile" / "profile.yaml").write_text("profile: ''\n")
    (template / "profile" / "partnership.yaml").write_text(
        "name: A\nshort_name: A\nplace: A\ndistrict: E06000042\npolice_force: Thames Valley Police\n"
    )
    settings = {"DJANGO_SETTINGS_MODULE": "redway.config.settings"}
    environment = {k: v for k, v in os.environ.items() if k != "REDWAY_DATABASE"} | settings
    subprocess.run(
        [sys.executable, "-c", MAKE.replace("VERSIONS", repr(BEFORE))],
        env=environment | {"REDWAY_HOME": str(template)},
        check=True,
    )
    process = subprocess.Popen(
        [sys.executable, str(PROCESS)],
        env=environment | {"REDWAY_HOME": str(home)},
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    yield template, home, process
    process.stdin.close()
    process.wait(30)
    process.stdout.close()


@pytest.fixture
def ask(homes):
    """Ask the process to do something in a fresh copy of the home."""
    template, home, process = homes
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(template, home)

    def say(**request):
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    return say


def check_gone(seen, records):
    """Nothing of the person is left, in no version, file or cache; and the record stands."""
    assert seen["people"] == AFTER
    assert (seen["strays"], seen["holding"], seen["caches"], seen["unfinished"]) == ([], [], [], 0)
    assert seen["records"] == records


@pytest.mark.parametrize("step", [*UNTOUCHED, *TAKEN_OUT])
def test_killed_at_a_step_and_run_again(ask, step):
    assert ask(do="erase", die_at=step) == {"killed": True}
    seen = ask(do="look")
    assert seen["people"] == (BEFORE if step in UNTOUCHED else AFTER)
    again = ask(do="erase")
    assert again == {"rows": 3 if step in UNTOUCHED else 0}
    check_gone(ask(do="look"), [3] if step in UNTOUCHED else [0, 3])


@pytest.mark.parametrize("step", TAKEN_OUT)
def test_what_was_taken_out_is_finished_by_whatever_comes_next(ask, step):
    assert ask(do="erase", die_at=step) == {"killed": True}
    assert ask(do="settle") == {}
    check_gone(ask(do="look"), [3])


@pytest.mark.parametrize("step", UNTOUCHED)
def test_what_was_not_taken_out_leaves_nothing_behind(ask, step):
    assert ask(do="erase", die_at=step) == {"killed": True}
    assert ask(do="settle") == {}
    seen = ask(do="look")
    assert (seen["people"], seen["strays"], seen["records"]) == (BEFORE, [], [])


def test_killed_at_random_moments(ask, homes):
    template, home, _ = homes
    begun = time.monotonic()
    assert ask(do="erase") == {"rows": 3}
    takes, killed = time.monotonic() - begun, 0
    for part in range(6):  # a moment of each sixth of the time that this machine takes
        shutil.rmtree(home)
        shutil.copytree(template, home)
        told = ask(do="erase", die_after=takes * (part + random.random()) / 6)
        assert told in ({"killed": True}, {"rows": 3})
        killed += "killed" in told
        assert ask(do="look")["people"] in (BEFORE, AFTER)
        assert "rows" in ask(do="erase")
        seen = ask(do="look")
        check_gone(seen, seen["records"])
    assert killed


@pytest.mark.parametrize("step", ["in the transaction", "before the files", "one file gone", "caches gone"])
def test_retention_killed_at_a_step_and_run_again(ask, step):
    assert ask(do="retention", die_at=step) == {"killed": True}
    assert ask(do="retention")["rows"] == (6 if step == "in the transaction" else 0)
    seen = ask(do="look")
    assert seen["people"] == {"1": {}, "2": {}}
    assert (seen["strays"], seen["holding"], seen["records"]) == ([], [], [6])


def test_an_erasure_and_an_import_at_once_take_turns(ask, tmp_path):
    sent = tmp_path / "lookup.csv"
    sent.write_text(
        "lsoa11_name,lsoa11_code,change_code,lsoa21_name,lsoa21_code,ltla22_name,ltla22_code\n"
        "Milton Keynes 001A,E01016710,U,Milton Keynes 001A,E01016710,Milton Keynes,E06000042\n"
    )
    told = ask(do="both", requests=[{"do": "erase"}, {"do": "import", "path": str(sent)}])
    assert told == [{"rows": 3}, {"version": 3}]
    seen = ask(do="look")
    assert seen["people"] == AFTER | {"3": AFTER["2"]}
    assert (seen["strays"], seen["holding"], seen["unfinished"]) == ([], [], 0)


def test_the_same_erasure_twice_at_once_takes_the_rows_once(ask):
    told = ask(do="both", requests=[{"do": "erase"}, {"do": "erase"}])
    assert sorted(one["rows"] for one in told) == [0, 3]
    seen = ask(do="look")
    check_gone(seen, seen["records"])
