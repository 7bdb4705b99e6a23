"""Guards in the database: triggers that refuse what must never happen, whichever program or hand writes the SQL; and
sync triggers, which keep a column that two tables need the same.

An app declares its guards as data and hands them to :func:`protect` in ``AppConfig.ready``. They are put in place after
every ``migrate`` and taken away before one that has something to do: SQLite rebuilds no table of which another table's
trigger asks, and a migration may mend rows. SQLite and PostgreSQL (14
or later) have them; the refusal reaches Python as ``django.db.IntegrityError`` with the guard's message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.apps import AppConfig
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate, pre_migrate

Verb = Literal["UPDATE", "DELETE", "TRUNCATE"]
REGISTRY: Final[dict[str, Guard | SyncTrigger]] = {}


@dataclass(frozen=True, kw_only=True)
class Guard:
    """One trigger: ``verb`` on a row of ``table`` for which ``when`` is true is refused with ``message``.

    ``when`` is SQL over ``OLD`` and ``NEW`` that both databases understand; empty means every row. ``TRUNCATE`` exists
    on PostgreSQL alone and is refused while the table has rows.
    """

    name: str
    table: str
    verb: Verb
    message: str
    when: str = ""

    def sqlite(self) -> str:
        """The statement that makes it on SQLite; empty where there is nothing to make."""
        if self.verb == "TRUNCATE":
            return ""
        when = f" WHEN {self.when}" if self.when else ""
        return (
            f"CREATE TRIGGER {self.name} BEFORE {self.verb} ON {self.table}{when} "
            f"BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
        )

    def postgresql(self) -> tuple[str, str]:
        """The statements that make it, or bring it up to date, on PostgreSQL: a function, for a trigger's own WHEN may
        ask no other table, and the trigger. 23000 is integrity_constraint_violation: both databases raise one class."""
        truncate = self.verb == "TRUNCATE"
        when = f"EXISTS (TABLE {self.table})" if truncate else self.when or "TRUE"
        return (
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN "
            f"RAISE EXCEPTION USING ERRCODE = '23000', MESSAGE = '{self.message}'; END IF; "
            "RETURN COALESCE(NEW, OLD); END $$",
            f"CREATE OR REPLACE TRIGGER {self.name} BEFORE {self.verb} ON {self.table} "
            f"FOR EACH {'STATEMENT' if truncate else 'ROW'} EXECUTE FUNCTION {self.name}()",
        )


@dataclass(frozen=True, kw_only=True)
class SyncTrigger:
    """One trigger that keeps a column of another table in step: after ``verb`` on a row of ``table`` for which ``when``
    is true, ``statement`` runs. Both are SQL over ``NEW`` (and ``OLD``, of an update) that both databases understand.
    """

    name: str
    table: str
    verb: str  # „INSERT", „UPDATE OF state"
    when: str
    statement: str

    def sqlite(self) -> str:
        """The statement that makes it on SQLite."""
        return (
            f"CREATE TRIGGER {self.name} AFTER {self.verb} ON {self.table} WHEN {self.when} "
            f"BEGIN {self.statement}; END"
        )

    def postgresql(self) -> tuple[str, str]:
        """The statements that make it, or bring it up to date, on PostgreSQL."""
        return (
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"{self.statement}; RETURN NULL; END $$",
            f"CREATE OR REPLACE TRIGGER {self.name} AFTER {self.verb} ON {self.table} "
            f"FOR EACH ROW WHEN ({self.when}) EXECUTE FUNCTION {self.name}()",
        )


def written_once(table: str, message: str = "") -> tuple[Guard, ...]:
    """Guards of a table whose rows are inserted and then stay as they are."""
    message = message or f"{table} is written once"
    verbs: tuple[Verb, ...] = ("UPDATE", "DELETE", "TRUNCATE")
    return tuple(
        Guard(name=f"{table}_no_{verb.lower()}", table=table, verb=verb, message=message) for verb in verbs
    )


def protect(app: AppConfig, guards: Iterable[Guard | SyncTrigger]) -> None:
    """Register an app's guards and sync triggers, which each ``migrate`` puts in place.

    Raises ValueError for a name used twice.
    """
    for guard in guards:
        if REGISTRY.setdefault(guard.name, guard) != guard:
            raise ValueError(f"two guards are named {guard.name}")
    pre_migrate.connect(_before_migrate, sender=app, dispatch_uid=f"guards of {app.label}")
    post_migrate.connect(_after_migrate, sender=app, dispatch_uid=f"guards of {app.label}")


def _before_migrate(*, using: str, plan: Sequence[object] = (), **_: Any) -> None:
    if plan:
        remove(connections[using])


def _after_migrate(*, using: str, **_: Any) -> None:
    install(connections[using])


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in place whose table exists; safe to call again."""
    tables = set(connection.introspection.table_names())
    guards = [guard for guard in REGISTRY.values() if guard.table in tables]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for statement in (one for guard in guards for one in guard.postgresql()):
                cursor.execute(statement)
            return
        present = _sqlite_triggers(connection)
        for guard in guards:
            statement = guard.sqlite()
            if not statement or present.get(guard.name) == statement:
                continue
            cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}")
            cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper, table: str = "") -> list[str]:
    """Names of guards (of one table, or of all) that ought to be there and are not, or are switched off."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
            present = {row[0] for row in cursor.fetchall()}
        guards = list(REGISTRY.values())
    else:
        present = set(_sqlite_triggers(connection))
        guards = [guard for guard in REGISTRY.values() if guard.sqlite()]
    return [guard.name for guard in guards if guard.name not in present and table in ("", guard.table)]


def remove(connection: BaseDatabaseWrapper, table: str = "") -> None:
    """Take the guards (of one table, or all) away: before migrations, and for tests that empty a database."""
    tables = set(connection.introspection.table_names())
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for guard in REGISTRY.values():
            if guard.table in tables and table in ("", guard.table):
                on = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}{on}")


def _sqlite_triggers(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())
