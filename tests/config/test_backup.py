"""`redway backup` and `redway restore`: a home that is wiped comes back whole, or not at all."""

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing

import pyrage
import pytest
from django.core.management import call_command

from redway.config import backing_up, database_copy
from redway.config.passphrase import passphrase
from redway.errors import FileRefused, RedwayError
from redway.store import archive
from redway.store.archive import Entry, Opening, Sealing
from redway.store.home import Home

WORDS = "five unrelated words here"
IDENTITY, OTHER = (pyrage.x25519.Identity.generate() for _ in range(2))
SEALING, OPENING = Sealing((IDENTITY.to_public(),)), Opening(keys=(IDENTITY,))


def redway(*arguments, home, check=True, **more):
    """The command, as a person would give it."""
    left_out = ("REDWAY_SECRET_KEY", "REDWAY_QUARANTINE_KEY", "REDWAY_DATABASE", "REDWAY_BACKUP_PASSPHRASE")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    environment |= {"REDWAY_HOME": str(home), "REDWAY_BACKUP_PASSPHRASE": WORDS, **more}
    done = subprocess.run(
        [sys.executable, "-m", "redway", *map(str, arguments)], env=environment, capture_output=True, text=True
    )
    assert not check or done.returncode == 0, done.stderr
    return done


def files(home):
    """Every file of a home that nothing can make again, by path: its bytes and mode."""
    kept = (p for p in home.rglob("*") if p.is_file() and p.suffix not in (".lock", ".sqlite3") and p.name != "lock")
    relative = {p.relative_to(home).as_posix(): (p.read_bytes(), stat.S_IMODE(p.stat().st_mode)) for p in kept}
    return {n: f for n, f in relative.items() if not n.startswith(("derived/", "incoming/", "redway.sqlite3"))}


def rows(home):
    """Every row of every table, and every definition."""
    with closing(sqlite3.connect(home / "redway.sqlite3")) as base:
        tables = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: sorted(base.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in tables}
        found["definitions"] = sorted(base.execute("SELECT type, name, sql FROM sqlite_master").fetchall(), key=repr)
        return found


@pytest.fixture(scope="module")
def lived_in(aldermere_template, tmp_path_factory):
    """A home with all of Aldermere, somebody in it, a delivery that waits and a table that left; to be copied."""
    home = Home(tmp_path_factory.mktemp("backup") / "aldermere")
    shutil.copytree(aldermere_template, home.root)
    redway("person", "add", "ada", "--role", "analyst", home=home.root)
    (home.quarantine / "waiting.age").write_bytes(b"age-encryption.org/v1 sealed")
    (home.released / "table-5f2c.json").write_bytes(b"what left, with its counts")
    (home.released / "tables.lock").touch()
    return home.root


@pytest.fixture
def aldermere(lived_in, tmp_path):
    return shutil.copytree(lived_in, tmp_path / "aldermere")


@pytest.fixture
def small(home, db):
    """A home with a little in it, in this process."""
    (home.profile / "profile.yaml").write_text("profile: milton-keynes\n")
    (home.raw / "one").write_bytes(b"rows")
    return home


def test_a_wiped_home_comes_back_with_every_row_every_file_the_audit_and_the_series(aldermere, tmp_path):
    series = ["series", "recorded-burglary", "--format", "csv"]
    before = redway(*series, home=aldermere).stdout
    assert before.count("\n") > 10
    head = redway("audit", "verify", home=aldermere).stdout.split()[-1]
    kept, held = files(aldermere), rows(aldermere)

    said = redway("backup", tmp_path / "all.redway", home=aldermere).stdout
    assert "It holds everything, the keys included." in said
    shutil.rmtree(aldermere)
    assert "can be restored" in redway("backup", "--check", tmp_path / "all.redway", home=tmp_path / "none").stdout
    redway("restore", tmp_path / "all.redway", "--home", aldermere, home=tmp_path / "none")

    again = files(aldermere)
    assert {name: data for name, (data, _) in again.items()} == {name: data for name, (data, _) in kept.items()}
    assert {mode for _, mode in again.values()} == {0o600}
    assert rows(aldermere) == held
    assert redway("series", *series[1:], home=aldermere).stdout == before
    redway("audit", "verify", "--head", head, home=aldermere)
    assert stat.S_IMODE(aldermere.stat().st_mode) == 0o700


def test_it_is_for_its_owner_alone_and_shows_nothing_of_what_it_holds(aldermere, tmp_path):
    redway("backup", tmp_path / "all.redway", home=aldermere)
    assert stat.S_IMODE((tmp_path / "all.redway").stat().st_mode) == 0o600
    data = (tmp_path / "all.redway").read_bytes()
    for secret in ((aldermere / "secret-key").read_bytes(), b"SQLite format", b"PAR1", b"AGE-SECRET-KEY"):
        assert secret not in data
    assert b"redway restore FILE --home FOLDER" in data


def test_for_the_owner_of_a_key_it_asks_for_nothing(aldermere, tmp_path):
    key = tmp_path / "key.txt"
    key.write_text(f"# public key: {IDENTITY.to_public()}\n{IDENTITY}\n")
    file = tmp_path / "all.redway"
    redway("backup", file, "--to", str(IDENTITY.to_public()), home=aldermere, REDWAY_BACKUP_PASSPHRASE="")
    assert "--key" in redway("restore", file, "--home", tmp_path / "new", home=aldermere, check=False).stderr
    redway("restore", file, "--home", tmp_path / "new", "--key", key, home=aldermere)
    assert files(tmp_path / "new").keys() == files(aldermere).keys()


def test_what_stops_it_is_said_and_leaves_nothing(small, tmp_path):
    def refused(match, do, *arguments, **more):
        with pytest.raises(RedwayError, match=match):
            do(*arguments, **more)

    def back_up(into):
        backing_up.back_up(small, into, sealing=SEALING, by="a test")

    file = tmp_path / "all.redway"
    refused("outside the home", back_up, small.root / "all.redway")
    refused("a folder that is there", back_up, tmp_path / "no" / "all.redway")
    (small.raw / "link").symlink_to("/etc/passwd")
    refused("a link to somewhere else", back_up, file)
    (small.raw / "link").unlink()
    assert not file.exists()
    back_up(file)
    refused("the name of a new file", back_up, file)
    refused("in use", backing_up.restore, file, small.root, OPENING)
    refused("cannot be opened", backing_up.restore, file, tmp_path / "x", Opening(keys=(OTHER,)))
    file.write_bytes(file.read_bytes()[:-2000])
    refused("damaged, cut short", backing_up.check, file, OPENING)
    refused("damaged, cut short", backing_up.restore, file, tmp_path / "x", OPENING)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["all.redway", "home"]
    assert not list(small.incoming.iterdir())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["backup", "new"], "nobody at a terminal"),
        (["backup", "new", "--to", "age1mistyped"], "a public key of age"),
        (["restore", "none", "--home", "x"], "no file"),
        (["restore", "sealed", "--home", "x"], "--key"),
        (["restore", "sealed", "--home", "x", "--key", "public.txt"], "a secret key of age"),
    ],
)
def test_a_command_without_what_opens_or_seals_says_what_it_needs(tmp_path, monkeypatch, arguments, said):
    monkeypatch.delenv("REDWAY_BACKUP_PASSPHRASE", raising=False)
    monkeypatch.chdir(tmp_path)
    archive.write(tmp_path / "sealed", [], about={}, sealing=SEALING, readme="")
    (tmp_path / "public.txt").write_text(str(IDENTITY.to_public()))
    with pytest.raises(RedwayError, match=said):
        call_command(*arguments)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["public.txt", "sealed"]


def test_a_short_passphrase_is_refused(monkeypatch):
    monkeypatch.setenv("REDWAY_BACKUP_PASSPHRASE", "short")
    with pytest.raises(RedwayError, match="at least 12 characters"):
        passphrase(new=True)


def test_keys_that_are_kept_elsewhere_are_named(small, tmp_path, monkeypatch):
    monkeypatch.setenv("REDWAY_QUARANTINE_KEY", str(IDENTITY))
    made = backing_up.back_up(small, tmp_path / "a", sealing=SEALING, by="a test")
    assert any("REDWAY_QUARANTINE_KEY" in missing for missing in made.without)


# ------------------------------------------------------------------ Archives that are none of ours


@pytest.mark.parametrize(
    ("names", "about"),
    [
        (["home/a"], {"database": "sqlite"}),
        (["home/a", "database.sqlite3"], {"database": "oracle"}),
        (["home/a", "database.sqlite3"], {}),
        (["home/a", "elsewhere", "database.sqlite3"], {"database": "sqlite"}),
    ],
)
def test_an_archive_of_something_else_is_no_backup(tmp_path, names, about):
    (tmp_path / "x").write_bytes(b"x")
    file = tmp_path / "archive"
    entries = [Entry(name, tmp_path / "x") for name in names]
    archive.write(file, entries, about=about, sealing=SEALING, readme="")
    for way in (backing_up.check, lambda f, o: backing_up.restore(f, tmp_path / "new", o)):
        with pytest.raises(FileRefused, match="redway backup wrote it"):
            way(file, OPENING)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["archive", "x"]


def test_a_damaged_database_is_not_put_back(tmp_path):
    with closing(sqlite3.connect(tmp_path / "good")) as base:
        base.execute("CREATE TABLE a (b)")
        base.executemany("INSERT INTO a VALUES (?)", [("x" * 500,)] * 500)
        base.commit()
    data = bytearray((tmp_path / "good").read_bytes())
    data[4096 * 3 : 4096 * 5] = bytes(4096 * 2)
    (tmp_path / "bad").write_bytes(data)
    file = tmp_path / "archive"
    entries = [Entry("database.sqlite3", tmp_path / "bad")]
    archive.write(file, entries, about={"database": "sqlite"}, sealing=SEALING, readme="")
    with pytest.raises(RedwayError, match="a database that is whole"):
        backing_up.restore(file, tmp_path / "new", OPENING)
    assert not (tmp_path / "new").exists()


# ------------------------------------------------------------------ Killed, and while others work


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is not Windows's")
@pytest.mark.parametrize("command", ["backup", "restore"])
def test_killed_at_any_moment_there_is_nothing_or_all_and_it_works_again(aldermere, tmp_path, command):
    (aldermere / "raw" / "large").write_bytes(os.urandom(60_000_000))
    redway("backup", tmp_path / "good", "--to", str(IDENTITY.to_public()), home=aldermere)
    key = tmp_path / "key.txt"
    key.write_text(str(IDENTITY))
    new, home = tmp_path / "new", tmp_path / "home"
    arguments = {
        "backup": ["backup", new, "--to", IDENTITY.to_public()],
        "restore": ["restore", tmp_path / "good", "--home", home, "--key", key],
    }[command]
    killed = 0
    for step in range(4):
        process = subprocess.Popen(
            [sys.executable, "-m", "redway", *map(str, arguments)],
            env={**os.environ, "REDWAY_HOME": str(aldermere)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        assert process.stderr is not None
        process.stderr.readline()  # it has begun
        time.sleep(step * 0.1)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        process.stderr.close()
        if new.exists():
            backing_up.check(new, OPENING)
            new.unlink()
        if home.exists():
            assert files(home).keys() == files(aldermere).keys()
            shutil.rmtree(home)
    assert killed
    redway(*arguments, home=aldermere)
    assert not list((aldermere / "incoming").glob("backup-*"))
    assert new.exists() or files(home).keys() == files(aldermere).keys()


def test_an_import_at_work_is_waited_for_and_the_backup_holds_one_moment(aldermere, tmp_path):
    """Somebody writes to the database all the while; what the copy holds is one state of it."""
    base = sqlite3.connect(aldermere / "redway.sqlite3", isolation_level=None)
    base.execute("CREATE TABLE pair (a, b)")
    base.execute("INSERT INTO pair VALUES (0, 0)")
    process = subprocess.Popen(
        [sys.executable, "-m", "redway", "backup", str(tmp_path / "a"), "--to", str(IDENTITY.to_public())],
        env={**os.environ, "REDWAY_HOME": str(aldermere)},
    )
    number = 0
    while process.poll() is None:
        number += 1
        base.execute("BEGIN")
        base.execute("UPDATE pair SET a = ?", [number])
        base.execute("UPDATE pair SET b = ?", [number])
        base.execute("COMMIT")
        time.sleep(0.001)
    base.close()
    assert process.returncode == 0
    backing_up.restore(tmp_path / "a", tmp_path / "new", OPENING)
    ((a, b),) = rows(tmp_path / "new")["pair"]
    assert a == b
    assert 0 <= a <= number


def test_a_file_decided_on_between_the_looks_is_kept_or_was_never_in_the_database(home, tmp_path, monkeypatch):
    """One delivery comes and one goes while the database is copied: both files are held."""
    (home.profile / "profile.yaml").write_text("profile: milton-keynes\n")
    (home.quarantine / "goes.age").write_bytes(b"goes")

    def meanwhile(work):
        (home.quarantine / "goes.age").unlink()
        (home.quarantine / "comes.age").write_bytes(b"comes")
        (work / "database.sqlite3").write_bytes(b"")
        return work / "database.sqlite3"

    monkeypatch.setattr(database_copy, "save", meanwhile)
    monkeypatch.setattr(backing_up, "head", lambda: None)
    monkeypatch.setattr(backing_up, "settle_all", lambda home: None)
    work = tmp_path / "work"
    work.mkdir()
    backing_up._hold(home, work, lambda line: None)
    held = {p.name for p in (work / "home" / "quarantine").iterdir()}
    assert held == {"goes.age", "comes.age"}


# ------------------------------------------------------------------ PostgreSQL


def test_without_postgresqls_tools_it_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(RedwayError, match="postgresql-client"):
        database_copy._tool("pg_dump")
