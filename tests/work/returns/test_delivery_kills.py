"""Kill a worker anywhere: a delivery is accepted once, or waits to be; and two workers never do one twice.

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
PROCESS = Path(__file__).with_name("deliveries_to_kill.py")
HEADING = "Incident number,Date and time,LSOA code,Incident type,Cause,Property,Smoke alarm,Attack on crew,Casualties\n"
BEFORE = [
    "taken",
    "unsealed",
    "before loading",
    "reported",
    "after the plan",
    "one file in place",
    "in the transaction",
    "before its state is written",
    "at the end of the transaction",
]
AFTER = ["before what was sent is deleted", "after it"]
SET_UP = """
import django, datetime as dt, sys
django.setup()
from django.core.management import call_command
from redway.store import sealed
from redway.store.home import Home
from redway.sources.dataset import dataset
from redway.work.gateways.models import Gateway
call_command("migrate", skip_checks=True)
sealed.make_key(Home.current())
Gateway.objects.create(dataset="fire", purpose="analysis", version=1, state="in-force", controllers=["x"],
    power="cda-115", basis="public-task", agreement="x", dpia="x", roles=["analyst"], keep_months=1200,
    fields=[c.name for c in dataset("fire").columns], begins=dt.date(2020, 1, 1), expires=dt.date(2999, 1, 1),
    put_in_force_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
call_command("import", "lsoa-lookup", sys.argv[1])
"""


def fires(path, month, rows):
    row = "{}-{},{}-28 19:42,E01016710,secondary-fire,deliberate,refuse,N/A,none,0\n"
    path.write_text(HEADING + "".join(row.format(month, n, month) for n in range(rows)))
    return str(path)


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """A home that waits for fire returns, to be copied; and the process that works in a copy of it."""
    root = tmp_path_factory.mktemp("delivery-kills")
    template, home = root / "template", root / "home"
    (template / "profile").mkdir(parents=True)
    (template / "profile" / "profile.yaml").write_text("profile: ''\n")
    (template / "profile" / "agencies.yaml").write_text("- {id: brigade, name: Brigade, datasets: [fire]}\n")
    (template / "profile" / "partnership.yaml").write_text(
        "name: A\nshort_name: A\nplace: A\ndistrict: E06000042\npolice_force: Thames Valley Police\n"
    )
    lookup = root / "lookup.csv"
    lookup.write_text(
        "lsoa11_name,lsoa11_code,change_code,lsoa21_name,lsoa21_code,ltla22_name,ltla22_code\n"
        "Milton Keynes 001A,E01016710,U,Milton Keynes 001A,E01016710,Milton Keynes,E06000042\n"
    )

    def environment(where):
        return os.environ | {"REDWAY_HOME": str(where), "DJANGO_SETTINGS_MODULE": "redway.config.settings"}

    set_up = [sys.executable, "-c", SET_UP, str(lookup)]
    subprocess.run(set_up, env=environment(template), check=True, stdout=subprocess.DEVNULL)
    process = subprocess.Popen(
        [sys.executable, str(PROCESS)], env=environment(home), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    yield template, home, root, process
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
def november(homes):
    return fires(homes[2] / "november.csv", "2025-11", 3)


def settled(ask):
    """Nothing waits, nothing is left over, and every row is there once."""
    while ask(do="work")["state"]:
        pass
    seen = ask(do="look")
    assert (seen["quarantine"], seen["incoming"], seen["missing"]) == ([], [], [])
    return seen


@pytest.mark.parametrize("step", BEFORE + AFTER)
def test_a_worker_killed_at_a_chosen_step(ask, november, step):
    assert ask(do="deliver", path=november) == {"state": "received"}
    assert ask(do="work", die_at=step) == {"killed": True}
    seen = ask(do="look")
    assert (seen["states"], seen["version"]) == ((["accepted"], 2) if step in AFTER else (["checking"], 1))
    seen = settled(ask)
    assert (seen["states"], seen["version"], seen["rows"]) == (["accepted"], 2, [3])


def test_a_worker_killed_at_random_moments(ask, november, homes):
    template, home, _, _ = homes
    ask(do="deliver", path=november)
    begun = time.monotonic()
    assert ask(do="work") == {"state": "accepted"}
    takes, killed = time.monotonic() - begun, 0
    for part in range(5):  # a moment of each fifth of the time that this machine takes
        shutil.rmtree(home)
        shutil.copytree(template, home)
        ask(do="deliver", path=november)
        killed += "killed" in ask(do="work", die_after=takes * (part + random.random()) / 5)
        seen = settled(ask)
        assert (seen["states"], seen["version"], seen["rows"]) == (["accepted"], 2, [3])
    assert killed


def test_what_kills_every_worker_is_refused_in_the_end(ask, november):
    ask(do="deliver", path=november)
    for _ in range(3):
        assert ask(do="work", die_at="reported") == {"killed": True}
    assert ask(do="work") == {"state": None}
    seen = ask(do="look")
    assert (seen["states"], seen["version"], seen["quarantine"]) == (["refused"], 1, [])


@pytest.mark.parametrize("step", ["sealed", "sealed, without a row"])
def test_killed_while_handing_in(ask, november, step):
    assert ask(do="deliver", path=november, die_at=step) == {"killed": True}
    seen = ask(do="look")
    assert (seen["states"], seen["quarantine"]) == ([], [])
    ask(do="deliver", path=november)
    assert settled(ask)["states"] == ["accepted"]


def test_two_workers_do_each_delivery_once(ask, homes):
    for month in range(1, 5):
        ask(do="deliver", path=fires(homes[2] / f"{month}.csv", f"2025-0{month}", month))
    told = ask(do="both")
    worked = [id for one in told for id in one["worked_on"]]
    assert len(worked) == len(set(worked)) == 4
    seen = settled(ask)
    assert (seen["states"], seen["version"], seen["rows"]) == (["accepted"] * 4, 5, [1, 2, 3, 4])
