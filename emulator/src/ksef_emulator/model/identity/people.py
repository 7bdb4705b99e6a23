"""People for training: whom the stand-in of login.gov.pl and the signing desk can pretend to be."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from ...store import Store
from .subjects import Person, Subjects

SCHEMA = """
CREATE TABLE IF NOT EXISTS people (
    id INTEGER PRIMARY KEY,
    given_name TEXT NOT NULL,
    surname TEXT NOT NULL,
    pesel TEXT NOT NULL UNIQUE,
    nip TEXT
);
"""


@dataclass(frozen=True, kw_only=True)
class TestPerson:
    """Somebody made up. ``nip`` is of the person's own firm: who has one is its owner by PESEL too."""

    __test__ = False  # pytest: no test, in spite of the name

    id: int
    given_name: str
    surname: str
    pesel: str
    nip: str | None = None

    @property
    def name(self) -> str:
        """Given name and surname."""
        return f"{self.given_name} {self.surname}"


KNOWN = (
    TestPerson(id=-1, given_name="Anna", surname="Nowak", pesel="85041212344", nip="7771234567"),
    TestPerson(id=-2, given_name="Jan", surname="Kowalski", pesel="77060100197"),
    TestPerson(id=-3, given_name="Maria", surname="Wiśniewska", pesel="90011500129"),
)
"""Those who are always there."""


class PersonExists(Exception):
    """Somebody has this PESEL."""


class People:
    """The register of test people."""

    def __init__(self, store: Store, subjects: Subjects) -> None:
        self.store = store
        self.subjects = subjects
        store.register(SCHEMA)

    def all(self) -> list[TestPerson]:
        """Everybody, those who are always there first."""
        with self.store.transaction() as db:
            rows = db.execute("SELECT * FROM people ORDER BY id").fetchall()
        return [*KNOWN, *map(_person, rows)]

    def add(self, *, given_name: str, surname: str, pesel: str, nip: str | None = None) -> TestPerson:
        """One more. Raises PersonExists."""
        if any(person.pesel == pesel for person in self.all()):
            raise PersonExists(pesel)
        with self.store.transaction() as db:
            row = db.execute(
                "INSERT INTO people (given_name, surname, pesel, nip) VALUES (?,?,?,?) RETURNING *",
                (given_name, surname, pesel, nip),
            ).fetchone()
        return _person(row)

    def put(self, *, given_name: str, surname: str, pesel: str, nip: str | None = None) -> TestPerson:
        """The person of this PESEL, whatever was known of it before. Raises PersonExists for one of ``KNOWN``."""
        if any(person.pesel == pesel for person in KNOWN):
            raise PersonExists(pesel)
        with self.store.transaction() as db:
            row = db.execute(
                "INSERT INTO people (given_name, surname, pesel, nip) VALUES (?,?,?,?) ON CONFLICT (pesel) DO UPDATE"
                " SET given_name = excluded.given_name, surname = excluded.surname, nip = excluded.nip RETURNING *",
                (given_name, surname, pesel, nip),
            ).fetchone()
        return _person(row)

    def appear(self, person_id: int) -> TestPerson | None:
        """The person, about to act: the link of PESEL and NIP is made known to KSeF's registers first, as if it had
        always been there. None when there is nobody."""
        person = next((item for item in self.all() if item.id == person_id), None)
        if person is not None and person.nip is not None and self.subjects.person(person.nip) is None:
            self.subjects.add_person(
                Person(
                    nip=person.nip,
                    pesel=person.pesel,
                    description=person.name,
                    bailiff=False,
                    deceased=False,
                )
            )
        return person


def _person(row: sqlite3.Row) -> TestPerson:
    return TestPerson(
        id=row["id"],
        given_name=row["given_name"],
        surname=row["surname"],
        pesel=row["pesel"],
        nip=row["nip"],
    )
