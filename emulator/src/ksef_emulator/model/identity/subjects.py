"""Who permissions are given to, and what the test registers know about people and taxpayers (``/testdata``)."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ...clock import Clock
from ...store import Store
from ..time.moments import micros, moment

SCHEMA = """
CREATE TABLE IF NOT EXISTS persons (
    nip TEXT PRIMARY KEY,
    pesel TEXT NOT NULL,
    description TEXT NOT NULL,
    bailiff INTEGER NOT NULL,
    deceased INTEGER NOT NULL,
    created INTEGER NOT NULL         -- since when, in microseconds
);
CREATE INDEX IF NOT EXISTS persons_pesel ON persons (pesel);
CREATE TABLE IF NOT EXISTS taxpayers (
    nip TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    description TEXT NOT NULL,
    parent TEXT REFERENCES taxpayers (nip) ON DELETE CASCADE,
    created INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS taxpayers_parent ON taxpayers (parent);
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
    """A natural person in business: one NIP, one PESEL; ``created`` is since when, None is now."""

    nip: str
    pesel: str
    description: str
    bailiff: bool = False
    deceased: bool = False
    created: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Taxpayer:
    """A VAT group, a local government or an enforcement authority; ``parent`` is whose subunit it is; ``created`` is
    since when, None is now."""

    nip: str
    type: str
    description: str
    parent: str | None = None
    created: datetime | None = None


class AlreadyThere(Exception):
    """30001: the register has it."""


class Subjects:
    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        store.register(SCHEMA)

    def add_person(self, person: Person) -> None:
        """Raises AlreadyThere for a NIP that is in a register."""
        with self.store.transaction() as db:
            self._refuse_existing(db, [person.nip])
            db.execute(
                "INSERT INTO persons (nip, pesel, description, bailiff, deceased, created) VALUES (?,?,?,?,?,?)",
                (
                    person.nip,
                    person.pesel,
                    person.description,
                    person.bailiff,
                    person.deceased,
                    micros(person.created or self.clock.now()),
                ),
            )

    def remove_person(self, nip: str) -> Person | None:
        """The person that was there."""
        with self.store.transaction() as db:
            person = self.person(nip)
            db.execute("DELETE FROM persons WHERE nip = ?", (nip,))
            return person

    def person(self, nip: str) -> Person | None:
        """Who has this NIP."""
        with self.store.transaction() as db:
            return _person(db.execute("SELECT * FROM persons WHERE nip = ?", (nip,)).fetchone())

    def persons(self) -> list[Person]:
        """The register of persons, newest first."""
        with self.store.transaction() as db:
            rows = db.execute("SELECT * FROM persons ORDER BY created DESC, nip").fetchall()
        return [person for row in rows if (person := _person(row)) is not None]

    def add_taxpayer(self, taxpayer: Taxpayer, subunits: Sequence[Taxpayer] = ()) -> None:
        """With its subunits, all or nothing. Raises AlreadyThere."""
        with self.store.transaction() as db:
            everybody = [taxpayer, *subunits]
            self._refuse_existing(db, [person.nip for person in everybody])
            db.executemany(
                "INSERT INTO taxpayers (nip, type, description, parent, created) VALUES (?, ?, ?, ?, ?)",
                [
                    (
                        person.nip,
                        person.type,
                        person.description,
                        person.parent,
                        micros(person.created or self.clock.now()),
                    )
                    for person in everybody
                ],
            )

    def taxpayer(self, nip: str) -> Taxpayer | None:
        """What the register says of this NIP."""
        with self.store.transaction() as db:
            row = db.execute("SELECT * FROM taxpayers WHERE nip = ?", (nip,)).fetchone()
        return _taxpayer(row) if row is not None else None

    def subunits(self, nip: str) -> list[Taxpayer]:
        """The subunits of a VAT group or a local government."""
        with self.store.transaction() as db:
            rows = db.execute("SELECT * FROM taxpayers WHERE parent = ? ORDER BY created DESC, nip", (nip,))
            return [_taxpayer(row) for row in rows]

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
                f"SELECT * FROM persons WHERE {column} = ?",
                (subject.value,),
            ).fetchall()
        same = [subject]
        for row in rows:
            same += [
                Subject(type=SubjectType.NIP, value=row["nip"]),
                Subject(type=SubjectType.PESEL, value=row["pesel"]),
            ]
        return tuple(dict.fromkeys(same))

    def is_deceased(self, subject: Subject) -> bool:
        """Whether the register says that the person is dead."""
        nips = [other.value for other in self.same(subject) if other.type is SubjectType.NIP]
        return any((person := self.person(nip)) is not None and person.deceased for nip in nips)

    def _refuse_existing(self, db: sqlite3.Connection, nips: Sequence[str]) -> None:
        marks = ", ".join("?" * len(nips))
        query = f"SELECT nip FROM persons WHERE nip IN ({marks}) UNION SELECT nip FROM taxpayers WHERE nip IN ({marks})"
        existing = db.execute(query, (*nips, *nips)).fetchone()
        if existing is not None or len(set(nips)) < len(nips):
            raise AlreadyThere(existing["nip"] if existing is not None else nips[0])


def _person(row: sqlite3.Row | None) -> Person | None:
    if row is None:
        return None
    return Person(
        nip=row["nip"],
        pesel=row["pesel"],
        description=row["description"],
        bailiff=bool(row["bailiff"]),
        deceased=bool(row["deceased"]),
        created=moment(row["created"]),
    )


def _taxpayer(row: sqlite3.Row) -> Taxpayer:
    return Taxpayer(
        nip=row["nip"],
        type=row["type"],
        description=row["description"],
        parent=row["parent"],
        created=moment(row["created"]),
    )
