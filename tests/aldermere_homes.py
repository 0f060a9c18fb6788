"""Homes with all of Aldermere, and the demo's: made once for all tests, and given to each as a copy of its own."""

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _content(*folders):
    """A name for the content of these folders of the package."""
    read = hashlib.sha256()
    for path in sorted(p for folder in folders for p in (ROOT / "redway" / folder).rglob("*")):
        if path.suffix in (".py", ".yaml", ".sql"):
            read.update(str(path).encode() + path.read_bytes())
    return read.hexdigest()[:16]


@pytest.fixture(scope="session")
def aldermere_template(pytestconfig):
    """A home that `redway setup aldermere` made, findings included, after `redway demo` was killed there in its
    import. Shared by all tests of all runs until what makes it changes: never write to it.
    """
    from redway.store.lock import only_one

    taken_in_by = ("aldermere", "sources", "store", "geography", "work/gateways", "work/returns", "profiles/aldermere")
    taken_in_by += ("config",)
    kept = pytestconfig.cache.mkdir("aldermere")
    imported = kept / f"imported-{_content(*taken_in_by)}"
    template = kept / f"found-{_content(*taken_in_by, 'indicators', 'methods', 'findings')}"
    made = kept / f"making-{os.getpid()}"

    def run(*command):
        environment = os.environ | {"REDWAY_HOME": str(made), "DJANGO_SETTINGS_MODULE": "redway.config.settings"}
        subprocess.run([sys.executable, *command], env=environment, check=True, cwd=ROOT)

    with only_one(kept / "lock"):
        if not template.is_dir():
            shutil.rmtree(made, ignore_errors=True)
            for older in kept.iterdir():
                if older.is_dir() and older != imported and time.time() - older.stat().st_mtime > 3600:
                    shutil.rmtree(older)
            if not imported.is_dir():
                demo_killed_in_its_import(made)
                run("-m", "redway", "setup", "aldermere")
                made.rename(imported)
            shutil.copytree(imported, made)
            run("-c", WARM)
            made.rename(template)
    return template


def demo_killed_in_its_import(home):
    """`redway demo` in a folder that is not there yet, killed while it takes files in."""
    command = [sys.executable, "-m", "redway", "demo", "--no-serve", "--home", str(home)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as first:
        while not list((home / "incoming").glob("import-*/*/*")) and first.poll() is None:
            time.sleep(0.01)
        first.kill()
        assert first.wait() == -signal.SIGKILL, first.stderr.read()


WARM = """
import django
django.setup()
from redway.findings.changes import what_changed
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.returns.versions import snapshot
what_changed(snapshot(), Profile.of(Home.current()))
"""


@pytest.fixture(scope="session")
def demo_made(tmp_path_factory, aldermere_template):
    """The home in which `redway demo --no-serve` made all that it has besides Aldermere, and what it said on standard
    output and error. Made once for all test processes together: never write to it.
    """
    from redway.store.lock import only_one

    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    home, said = shared / "demo", shared / "demo-said.json"
    with only_one(shared / "demo.lock"):
        if not said.exists():
            shutil.copytree(aldermere_template, home)
            environment = {k: v for k, v in os.environ.items() if k not in ("REDWAY_SECRET_KEY", "REDWAY_DATABASE")}
            command = [sys.executable, "-m", "redway", "demo", "--no-serve", "--home", str(home)]
            done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, cwd=ROOT)
            shutil.copytree(home, shared / "demo-for-browsers")
            said.write_text(json.dumps([done.stdout, done.stderr]), "utf-8")
    return home, *json.loads(said.read_text("utf-8"))


@pytest.fixture(scope="session")
def aldermere_rows(aldermere_template):
    """What the database of Aldermere's home knows of what was accepted: the columns and the rows of each table."""
    tables = ["gateways_gateway", "returns_delivery", "returns_submission", "returns_dataversion"]
    tables += ["returns_dataversion_submissions"]
    found = {}
    with closing(sqlite3.connect(f"file:{aldermere_template}/redway.sqlite3?immutable=1", uri=True)) as kept:
        for table in tables:
            told = kept.execute(f"SELECT * FROM {table} ORDER BY id")
            found[table] = [column for column, *_ in told.description], told.fetchall()
    return found


@pytest.fixture
def aldermere_home(aldermere_template, aldermere_rows, tmp_path, monkeypatch, db):
    """A home of the test's own that holds all of Aldermere, and a test database that knows what was accepted.

    Nobody can sign in yet, and no commitment has an owner: a test adds the people it needs.
    """
    from django.db import connection

    from redway.store.home import Home

    # Accepted files are never changed and derived ones replaced whole, so links are as good as copies.
    monkeypatch.setenv("REDWAY_HOME", str(tmp_path / "aldermere"))
    home = Home.current()
    shutil.copytree(aldermere_template, home.root, copy_function=os.link)
    home.database.unlink()  # the test database stands in for it
    with connection.cursor() as cursor:
        for table, (columns, rows) in aldermere_rows.items():
            names, values = ", ".join(f'"{column}"' for column in columns), ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", rows)
    return home
