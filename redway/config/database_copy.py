"""The database as one file, and back: SQLite by its own backup, PostgreSQL by pg_dump and psql."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection

from redway.errors import RedwayError

SQLITE, POSTGRESQL = "sqlite", "postgresql"
FILES = {SQLITE: "database.sqlite3", POSTGRESQL: "database.sql"}
TOOLS_FROM = "They come with PostgreSQL's client (Debian: apt-get install postgresql-client)."


def save(folder: Path) -> Path:
    """Copy the database into a folder as it stands at one moment, while others go on working with it."""
    made = folder / FILES[connection.vendor]
    if connection.vendor == SQLITE:
        _save_sqlite(str(connection.settings_dict["NAME"]), made)
    else:
        _tool("pg_dump", "--format=plain", "--no-owner", "--no-privileges", "--encoding=UTF8", f"--file={made}")
    return made


def _save_sqlite(name: str, made: Path) -> None:
    with closing(sqlite3.connect(name)) as live, closing(sqlite3.connect(made)) as copy:
        live.backup(copy)
        check_sqlite(copy)


def check_sqlite(copy: sqlite3.Connection) -> None:
    """Raises RedwayError for a database that is damaged."""
    try:
        said = [row[0] for row in copy.execute("PRAGMA quick_check(1)")]
    except sqlite3.DatabaseError as fault:
        said = [str(fault)]
    if said != ["ok"]:
        raise RedwayError(
            "a database that is whole",
            came=f"one that is damaged ({said[0]})",
            cause="a disk that failed, or a file changed by hand. Restore the newest backup made before.",
        )


def check_kind(kind: str) -> None:
    """Raises RedwayError where a backup's database cannot be put back into what this machine is set up for."""
    if kind == SQLITE and os.environ.get("REDWAY_DATABASE"):
        raise RedwayError(
            "REDWAY_DATABASE not to be set, since the backup holds an SQLite database",
            came="a PostgreSQL database in it",
            cause="the backup is of a home without PostgreSQL. Unset the variable and restore again.",
        )
    if kind == POSTGRESQL and connection.vendor != POSTGRESQL:
        raise RedwayError(
            "an empty PostgreSQL database named by REDWAY_DATABASE, as the backup holds one",
            came="no such setting",
            cause="the backup is of a home with PostgreSQL. Make an empty database and name it in REDWAY_DATABASE.",
        )
    if kind == POSTGRESQL and (tables := connection.introspection.table_names()):
        raise RedwayError(
            "an empty PostgreSQL database named by REDWAY_DATABASE",
            came=f"one with {len(tables)} tables",
            cause="another partnership's database, or a restore that was stopped at its end. Make a new empty one.",
        )


def load(dump: Path) -> None:
    """Put a dump into the empty database that REDWAY_DATABASE names: all of it or nothing."""
    _tool("psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={dump}")


def _tool(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own tools on the database of the settings. The password is on no command line."""
    if shutil.which(name) is None:
        raise RedwayError(
            "pg_dump and psql, PostgreSQL's own tools, on this machine",
            came=f"no {name}",
            cause=f"they are not installed, or not on the path. {TOOLS_FROM}",
        )
    given: dict[str, Any] = connection.settings_dict
    named = {"PGDATABASE": given["NAME"], "PGUSER": given["USER"], "PGPASSWORD": given["PASSWORD"]}
    named |= {"PGHOST": given["HOST"], "PGPORT": str(given["PORT"] or "")}
    done = subprocess.run(  # noqa: S603 - a name and file names of our own
        [name, *arguments],
        env={**os.environ, **{k: v for k, v in named.items() if v}},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RedwayError(
            f"{name} to end well",
            came=done.stderr.strip()[-500:] or f"status {done.returncode}",
            cause="its own words say more. A tool older than the server refuses it: install the server's version.",
        )
