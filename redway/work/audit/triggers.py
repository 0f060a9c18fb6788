"""The database's own guard: rows of the audit can be added, and nothing else, whoever asks."""

from typing import Any

REFUSAL = "Rows of the audit are added, never changed or removed."

INSTALL: dict[str, tuple[str, ...]] = {
    "sqlite": (
        f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit_auditrow BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_auditrow BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    ),
    "postgresql": (
        f"CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_auditrow "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    ),
}
REMOVE: dict[str, tuple[str, ...]] = {
    "sqlite": ("DROP TRIGGER IF EXISTS audit_no_update", "DROP TRIGGER IF EXISTS audit_no_delete"),
    "postgresql": (
        "DROP TRIGGER IF EXISTS audit_no_change ON audit_auditrow",
        "DROP FUNCTION IF EXISTS audit_refuse()",
    ),
}


def install(connection: Any) -> None:
    """Put the guard on. `connection` is Django's, to SQLite or PostgreSQL."""
    _run(connection, INSTALL)


def remove(connection: Any) -> None:
    """Take the guard off: for tests that empty whole tables, and for lawful erasure by a database administrator."""
    _run(connection, REMOVE)


def _run(connection: Any, statements: dict[str, tuple[str, ...]]) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
