"""The database's own guard: whoever writes SQL by hand meets an error too.

``install`` may be run again; a migration that rebuilds the table on SQLite must call it after that.
"""

from __future__ import annotations

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE: Final = "trail_entry"
NAMES: Final = ("trail_entry_no_update", "trail_entry_no_delete")

_SQLITE: Final = [
    f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
    "BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END"
    for verb in ("UPDATE", "DELETE")
]
_POSTGRESQL: Final = [
    f"CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'the trail is append-only'; END $$",
    *(
        f"CREATE OR REPLACE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
        f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()"
        for verb in ("UPDATE", "DELETE")
    ),
    f"CREATE OR REPLACE FUNCTION {TABLE}_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ "
    f"BEGIN IF EXISTS (TABLE {TABLE}) THEN RAISE EXCEPTION 'the trail is append-only'; END IF; "
    "RETURN NULL; END $$",
    f"CREATE OR REPLACE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse_truncate()",
]


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers there, on SQLite and PostgreSQL (14 or later); other databases have only the model's refusal."""
    statements = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}.get(connection.vendor, [])
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that ought to be there and are not."""
    queries = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled <> 'D'",
    }
    if connection.vendor not in queries:
        return list(NAMES)
    with connection.cursor() as cursor:
        cursor.execute(queries[connection.vendor], [TABLE])
        found = {row[0] for row in cursor.fetchall()}
    return [name for name in NAMES if name not in found]
