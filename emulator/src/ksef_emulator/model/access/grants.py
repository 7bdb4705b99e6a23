"""The register of permissions: one row for each permission that somebody has been given."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ...clock import Clock
from ...store import Store
from ..identity.contexts import Context
from ..identity.subjects import Subject
from ..time.moments import micros, moment

SCHEMA = """
CREATE TABLE IF NOT EXISTS permission_grants (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    context_type TEXT NOT NULL,      -- where it holds; of an indirect one: who hands it on
    context_value TEXT NOT NULL,
    target_type TEXT,                -- of an indirect one: whose affairs it opens
    target_value TEXT,
    subject_type TEXT NOT NULL,
    subject_value TEXT NOT NULL,
    permission TEXT NOT NULL,
    can_delegate INTEGER NOT NULL,
    giver_type TEXT NOT NULL,        -- the context in which it was given
    giver_value TEXT NOT NULL,
    author_type TEXT NOT NULL,
    author_value TEXT,
    description TEXT NOT NULL,
    details TEXT NOT NULL,
    start INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS permission_grants_context
    ON permission_grants (context_type, context_value, subject_type, subject_value);
CREATE INDEX IF NOT EXISTS permission_grants_subject ON permission_grants (subject_type, subject_value);
CREATE INDEX IF NOT EXISTS permission_grants_giver ON permission_grants (giver_type, giver_value);
"""
ALL_PARTNERS = "AllPartners"


class Kind(StrEnum):
    """By which operation it was given."""

    PERSON = "person"
    ENTITY = "entity"
    AUTHORIZATION = "authorization"
    INDIRECT = "indirect"
    SUBUNIT = "subunit"
    EU_ADMINISTRATION = "eu-administration"
    EU = "eu"


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """A type and a value, as the API writes them; ``AllPartners`` and ``System`` have no value."""

    type: str
    value: str | None

    @classmethod
    def of(cls, other: Typed) -> Identifier:
        """Of a context or a subject."""
        return cls(type=other.type, value=other.value)


Typed = Context | Subject | Identifier


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One permission of one subject. ``details`` are what was said of the subject, in the API's words."""

    kind: Kind
    context: Identifier
    subject: Identifier
    permission: str
    giver: Identifier
    author: Identifier
    description: str
    target: Identifier | None = None
    can_delegate: bool = False
    details: Mapping[str, Any] = field(default_factory=dict)
    uid: str = field(default_factory=lambda: str(uuid.uuid4()))
    start: datetime | None = None


class Grants:
    """All of them. What the rules say about giving is in ``granting``, about holding in ``permissions``."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        store.register(SCHEMA)

    def add(self, grants: Iterable[Grant]) -> None:
        """Put them in, all or nothing. The same permission once more replaces the one before."""
        now = micros(self.clock.now())
        with self.store.transaction() as db:
            for grant in grants:
                row = _row(grant) | {"start": now}
                db.execute(
                    "DELETE FROM permission_grants WHERE kind = :kind AND context_type = :context_type"
                    " AND context_value = :context_value AND target_type IS :target_type"
                    " AND target_value IS :target_value AND subject_type = :subject_type"
                    " AND subject_value = :subject_value AND permission = :permission"
                    " AND giver_value = :giver_value AND author_type = :author_type",
                    row,
                )
                columns, marks = ", ".join(row), ", ".join(f":{column}" for column in row)
                db.execute(f"INSERT INTO permission_grants ({columns}) VALUES ({marks})", row)

    def find(self, **criteria: str | Typed | None) -> list[Grant]:
        """Those whose columns have these values, newest first, then by ``uid``; ``context``, ``subject``, ``giver`` and
        ``target`` are two columns each."""
        columns = _columns(criteria)
        clauses = " AND ".join(f"{column} IS :{column}" for column in columns) or "1"
        query = f"SELECT * FROM permission_grants WHERE {clauses} ORDER BY start DESC, uid"
        with self.store.transaction() as db:
            return [_grant(row) for row in db.execute(query, columns)]

    def remove(self, **criteria: str | Typed | None) -> int:
        """Take out those that `find` finds; gives how many there were."""
        columns = _columns(criteria)
        clauses = " AND ".join(f"{column} IS :{column}" for column in columns)
        with self.store.transaction() as db:
            return db.execute(f"DELETE FROM permission_grants WHERE {clauses}", columns).rowcount


def _columns(criteria: Mapping[str, str | Typed | None]) -> dict[str, str | None]:
    columns: dict[str, str | None] = {}
    for name, value in criteria.items():
        if value is None or isinstance(value, str):
            columns[name] = value
        else:
            columns |= {f"{name}_type": value.type, f"{name}_value": value.value}
    return columns


def _row(grant: Grant) -> dict[str, Any]:
    return {
        "uid": grant.uid,
        "kind": grant.kind,
        "context_type": grant.context.type,
        "context_value": grant.context.value,
        "target_type": grant.target.type if grant.target else None,
        "target_value": grant.target.value if grant.target else None,
        "subject_type": grant.subject.type,
        "subject_value": grant.subject.value,
        "permission": grant.permission,
        "can_delegate": grant.can_delegate,
        "giver_type": grant.giver.type,
        "giver_value": grant.giver.value,
        "author_type": grant.author.type,
        "author_value": grant.author.value,
        "description": grant.description,
        "details": json.dumps(grant.details, ensure_ascii=False),
    }


def _grant(row: sqlite3.Row) -> Grant:
    target = row["target_type"]
    return Grant(
        uid=row["uid"],
        kind=Kind(row["kind"]),
        context=Identifier(type=row["context_type"], value=row["context_value"]),
        target=Identifier(type=target, value=row["target_value"]) if target else None,
        subject=Identifier(type=row["subject_type"], value=row["subject_value"]),
        permission=row["permission"],
        can_delegate=bool(row["can_delegate"]),
        giver=Identifier(type=row["giver_type"], value=row["giver_value"]),
        author=Identifier(type=row["author_type"], value=row["author_value"]),
        description=row["description"],
        details=json.loads(row["details"]),
        start=moment(row["start"]),
    )
