"""What the models say and what the migrations make are the same."""

import os
import sqlite3
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_no_migration_is_missing():
    out = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=out)
    assert "No changes" in out.getvalue()


def test_migrations_put_the_audits_guard_on_a_new_database(tmp_path):
    """The test database is without it (tests empty whole tables), so a fresh one is made here."""
    environment = {**os.environ, "REDWAY_HOME": str(tmp_path)}
    environment.pop("REDWAY_DATABASE", None)
    subprocess.run([sys.executable, "-m", "redway", "migrate", "-v", "0"], env=environment, check=True)

    base = sqlite3.connect(tmp_path / "redway.sqlite3")
    base.execute(
        "INSERT INTO audit_auditrow (number, at, actor, action, subject, detail_text, previous, hash)"
        " VALUES (1, '2026-01-01', 'a', 'b', 'c', '{}', 'd', 'e')"
    )
    for statement in ("UPDATE audit_auditrow SET actor = 'eve'", "DELETE FROM audit_auditrow"):
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            base.execute(statement)
    base.close()
