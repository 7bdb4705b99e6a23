"""Who permissions are given to, and what the test registers know about people and taxpayers (``/testdata``)."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS persons (
    nip TEXT PRIMARY KEY,
    pesel TEXT NOT NULL,
    description TEXT NOT NULL,
    bailiff INTEGER NOT NULL,
    deceased INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS persons_pesel ON persons (pesel);
CREATE TABLE IF NOT EXISTS taxpayers (
    nip TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    description TEXT NOT NULL,
    parent TEXT REFERENCES taxpayers (nip) ON DELETE CASCADE
);
"""


class SubjectType(StrEnum):
    """``CertificateSubjectIdentifierType``; the permissions know the same words."""

    NIP = "Nip"
    PESEL = "Pesel"
    FINGERPRINT = "Fingerprint"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Who logs in: an identifier that permissions are given to."""

    type: SubjectType
    value: str


@dataclass(frozen=True, kw_only=True)
class Person:
    """A natural person in business: one NIP, one PESEL."""

    nip: str
    pesel: str
    description: str
    bailiff: bool = False
    deceased: bool = False


@dataclass(frozen=True, kw_only=True)
class Taxpayer:
    """A VAT group, a local government or an enforcement authority; ``parent`` is whose subunit it is."""

    nip: str
    type: str
    description: str
    parent: str | None = None


class AlreadyThere(Exception):
    """30001: the register has it."""


class Subjects:
    """The test registers."""

    def __init__(self, store: Store) -> None:
        """Registers its tables."""
        self.store = store
        store.register(SCHEMA)

    def add_person(self, person: Person) -> None:
        """Raises AlreadyThere for a NIP that is in a register."""
        with self.store.transaction() as db:
            self._refuse_known(db, [person.nip])
            db.execute(
                "INSERT INTO persons (nip, pesel, description, bailiff, deceased) VALUES (?, ?, ?, ?, ?)",
                (person.nip, person.pesel, person.description, person.bailiff, person.deceased),
            )

    def remove_person(self, nip: str) -> Person | None:
        """The person that was there."""
        with self.store.transaction() as db:
            found = self.person(nip)
            db.execute("DELETE FROM persons WHERE nip = ?", (nip,))
            return found

    def person(self, nip: str) -> Person | None:
        """Who has this NIP."""
        with self.store.transaction() as db:
            return _person(db.execute("SELECT * FROM persons WHERE nip = ?", (nip,)).fetchone())

    def add_taxpayer(self, taxpayer: Taxpayer, subunits: Sequence[Taxpayer] = ()) -> None:
        """With its subunits, all or nothing. Raises AlreadyThere."""
        with self.store.transaction() as db:
            everybody = [taxpayer, *subunits]
            self._refuse_known(db, [each.nip for each in everybody])
            db.executemany(
                "INSERT INTO taxpayers (nip, type, description, parent) VALUES (?, ?, ?, ?)",
                [(each.nip, each.type, each.description, each.parent) for each in everybody],
            )

    def parent(self, nip: str) -> str | None:
        """Whose subunit a taxpayer is."""
        with self.store.transaction() as db:
            row = db.execute("SELECT parent FROM taxpayers WHERE nip = ?", (nip,)).fetchone()
            return row["parent"] if row is not None else None

    def remove_taxpayer(self, nip: str) -> None:
        """With its subunits; nothing happens when it is not there."""
        with self.store.transaction() as db:
            db.execute("DELETE FROM taxpayers WHERE nip = ?", (nip,))

    def same(self, subject: Subject) -> tuple[Subject, ...]:
        """Every identifier of the same person: the register links NIP and PESEL."""
        column = {SubjectType.NIP: "nip", SubjectType.PESEL: "pesel"}.get(subject.type)
        if column is None:
            return (subject,)
        with self.store.transaction() as db:
            rows = db.execute(
                f"SELECT * FROM persons WHERE {column} = ?",  # noqa: S608 - one of two words of ours
                (subject.value,),
            ).fetchall()
        found = [subject]
        for row in rows:
            found += [
                Subject(type=SubjectType.NIP, value=row["nip"]),
                Subject(type=SubjectType.PESEL, value=row["pesel"]),
            ]
        return tuple(dict.fromkeys(found))

    def is_deceased(self, subject: Subject) -> bool:
        """Whether the register says that the person is dead."""
        nips = [each.value for each in self.same(subject) if each.type is SubjectType.NIP]
        return any((person := self.person(nip)) is not None and person.deceased for nip in nips)

    def _refuse_known(self, db: sqlite3.Connection, nips: Sequence[str]) -> None:
        marks = ", ".join("?" * len(nips))
        query = f"SELECT nip FROM persons WHERE nip IN ({marks}) UNION SELECT nip FROM taxpayers WHERE nip IN ({marks})"  # noqa: S608
        known = db.execute(query, (*nips, *nips)).fetchone()
        if known is not None or len(set(nips)) < len(nips):
            raise AlreadyThere(known["nip"] if known is not None else nips[0])


def _person(row: sqlite3.Row | None) -> Person | None:
    if row is None:
        return None
    return Person(
        nip=row["nip"],
        pesel=row["pesel"],
        description=row["description"],
        bailiff=bool(row["bailiff"]),
        deceased=bool(row["deceased"]),
    )
