"""Collective identifiers: one number for several invoices of one seller, to be paid together (OpenAPI,
``/collective-identifiers``).

Whoever is a subject of the invoices makes one. The context that made it sees it, the seller too, and each sees what
is said of a payment when it made the identifier or is a subject of that invoice.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from ...clock import Clock
from ...intake.identifiers import crc8
from ...intake.polish_time import polish_day
from ...store import Store
from ..identity.contexts import OF_CONTEXT, Context, ContextType
from ..sending.invoice_records import subject_key
from ..time.moments import micros, moment
from .storage import STORED

SCHEMA = """
CREATE TABLE IF NOT EXISTS collective (
    id INTEGER PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    seller_nip TEXT NOT NULL,
    context_type TEXT NOT NULL,
    context_value TEXT NOT NULL,
    created INTEGER NOT NULL,
    invoices INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS collective_of_context ON collective (context_type, context_value, created, number);
CREATE INDEX IF NOT EXISTS collective_of_seller ON collective (seller_nip, created, number);
CREATE TABLE IF NOT EXISTS collective_invoices (
    collective_id INTEGER NOT NULL REFERENCES collective (id),
    invoice_id INTEGER NOT NULL REFERENCES register (id),
    amount REAL,
    currency TEXT,
    description TEXT,
    PRIMARY KEY (collective_id, invoice_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS collective_of_invoice ON collective_invoices (invoice_id);
"""
MOST_OF_INVOICE = 132
"""Identifiers of one context that an invoice can be in (OpenAPI, ``CollectiveIdentifierInvoice``)."""
_SOME = 500
"""Values in one SQL statement."""


@dataclass(frozen=True, kw_only=True)
class Payment:
    """An invoice within an identifier, with what its maker says of it."""

    ksef_number: str
    amount: float | None = None
    currency: str | None = None
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """One identifier as a context sees it."""

    number: str
    created: datetime
    invoices: int
    own: bool


@dataclass(frozen=True, kw_only=True)
class Member:
    """An invoice of an identifier as a context sees it; ``hidden`` says that more is known of it than is told."""

    number: str
    payment: Payment
    hidden: bool


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which identifiers a context asks for; None means „not asked”."""

    start: datetime
    end: datetime
    number: str | None = None
    least: int | None = None
    most: int | None = None
    own: bool | None = None


class Repeated(Exception):
    """KSeF numbers that come more than once: the arguments."""


class Missing(Exception):
    """KSeF numbers that are none, or not of invoices that the context is a subject of: the arguments."""


class OtherSeller(Exception):
    """KSeF numbers of another seller than the first one's: the arguments."""


class InTooMany(Exception):
    """KSeF numbers of invoices that are in `MOST_OF_INVOICE` identifiers already: the arguments."""


class Collective:
    """All identifiers of the system."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """The tables of the register must be there."""
        self.store = store
        self.clock = clock
        store.register(SCHEMA)

    def make(self, context: Context, payments: Sequence[Payment]) -> str:
        """A new identifier; its number. Raises `Repeated`, `Missing`, `OtherSeller`, `InTooMany`."""
        numbers = [payment.ksef_number for payment in payments]
        if repeated := [number for number, count in Counter(numbers).items() if count > 1]:
            raise Repeated(*repeated)
        now = self.clock.now()
        with self.store.transaction() as db:
            rows = _invoices(db, context, numbers)
            if missing := [item for item in numbers if item not in rows]:
                raise Missing(*missing)
            seller = rows[numbers[0]]["seller_nip"]
            if others := [item for item in numbers if rows[item]["seller_nip"] != seller]:
                raise OtherSeller(*others)
            if full := [item for item in numbers if _count(db, context, rows[item]["id"]) >= MOST_OF_INVOICE]:
                raise InTooMany(*full)
            number = _number(seller, now)
            key = db.execute(
                "INSERT INTO collective (number, seller_nip, context_type, context_value, created, invoices)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (number, seller, *context.key, micros(now), len(payments)),
            ).lastrowid
            db.executemany(
                "INSERT INTO collective_invoices VALUES (?, ?, ?, ?, ?)",
                [
                    (
                        key,
                        rows[payment.ksef_number]["id"],
                        payment.amount,
                        payment.currency,
                        payment.description,
                    )
                    for payment in payments
                ],
            )
        return number

    def query(
        self, context: Context, question: Question, *, after: tuple[int, str] | None, size: int
    ) -> list[Identifier]:
        """At most ``size`` identifiers that the context made or, being a NIP, is the seller of; newest first."""
        clauses = ["created >= ?", "created <= ?"]
        values: list[object] = [micros(question.start), micros(question.end)]
        mine, who = OF_CONTEXT, context.key
        if context.type is not ContextType.NIP:
            sides = [mine] if question.own is not False else []
        else:
            sides = {True: [mine], False: [f"seller_nip = ? AND NOT {mine}"], None: ["seller_nip = ?", mine]}[
                question.own
            ]
        clauses.append(f"({' OR '.join(sides)})" if sides else "FALSE")
        for side in sides:
            values += [context.value] if side.startswith("seller_nip") else []
            values += who if mine in side else ()
        for condition, value in (
            ("number = ?", question.number),
            ("invoices >= ?", question.least),
            ("invoices <= ?", question.most),
        ):
            if value is not None:
                clauses.append(condition)
                values.append(value)
        return self._identifiers(
            f"FROM collective WHERE {' AND '.join(clauses)}", values, context, after, size
        )

    def of_invoice(
        self, context: Context, ksef_number: str, *, after: tuple[int, str] | None, size: int
    ) -> list[Identifier]:
        """At most ``size`` identifiers with this invoice, newest first: all when the context is a subject of it, else
        those it made itself."""
        with self.store.transaction() as db:
            party = bool(_invoices(db, context, [ksef_number]))
        condition = "" if party else f" AND {OF_CONTEXT}"
        return self._identifiers(
            "FROM collective WHERE id IN (SELECT collective_id FROM collective_invoices JOIN register"
            f" ON register.id = invoice_id WHERE ksef_number = ?){condition}",
            [ksef_number, *(() if party else context.key)],
            context,
            after,
            size,
        )

    def _identifiers(
        self, sql: str, values: Sequence[object], context: Context, after: tuple[int, str] | None, size: int
    ) -> list[Identifier]:
        later = " AND (created, number) < (?, ?)" if after else ""
        with self.store.transaction() as db:
            rows = db.execute(
                f"SELECT * {sql}{later} ORDER BY created DESC, number DESC LIMIT ?",
                (*values, *(after or ()), size),
            ).fetchall()
        return [
            Identifier(
                number=row["number"],
                created=moment(row["created"]),
                invoices=row["invoices"],
                own=Context.of_row(row) == context,
            )
            for row in rows
        ]

    def members(
        self, context: Context, numbers: Collection[str], *, after: tuple[str, str] | None, size: int
    ) -> list[Member]:
        """At most ``size`` invoices of these identifiers, greatest KSeF numbers first; of those only that the context
        made or is a subject of some invoice of."""
        who, bound = subject_key(context)
        seller = " AND collective.seller_nip = ?" if bound else ""
        party = f"EXISTS (SELECT 1 FROM parties WHERE parties.id = one.invoice_id AND who = ?{seller})"
        mine = OF_CONTEXT
        some = f"EXISTS (SELECT 1 FROM collective_invoices AS one WHERE one.collective_id = collective.id AND {party})"
        later = " AND (ksef_number, collective.number) < (?, ?)" if after else ""
        parameters = (*context.key, who, *([bound] if bound else []))
        with self.store.transaction() as db:
            rows = db.execute(
                "SELECT ksef_number, collective.number AS number, amount, one.currency AS currency, description,"
                f" {mine} OR {party} AS shown"
                " FROM collective JOIN collective_invoices AS one ON one.collective_id = collective.id"
                " JOIN register ON register.id = one.invoice_id"
                f" WHERE collective.number IN ({','.join('?' * len(numbers))}) AND ({mine} OR {some}){later}"
                " ORDER BY ksef_number DESC, collective.number DESC LIMIT ?",
                (*parameters, *numbers, *parameters, *(after or ()), size),
            ).fetchall()
        return [_member(row) for row in rows]


def _member(row: sqlite3.Row) -> Member:
    has_details = row["amount"] is not None or row["description"] is not None
    is_shown = bool(row["shown"])
    return Member(
        number=row["number"],
        payment=Payment(
            ksef_number=row["ksef_number"],
            amount=row["amount"] if is_shown else None,
            currency=row["currency"] if is_shown else None,
            description=row["description"] if is_shown else None,
        ),
        hidden=has_details and not is_shown,
    )


def _invoices(db: sqlite3.Connection, context: Context, numbers: Sequence[str]) -> dict[str, sqlite3.Row]:
    """Those invoices that are stored and that the context is a subject of, by KSeF number."""
    who, bound = subject_key(context)
    by_number: dict[str, sqlite3.Row] = {}
    for first in range(0, len(numbers), _SOME):
        some = numbers[first : first + _SOME]
        rows = db.execute(
            "SELECT id, ksef_number, seller_nip FROM register"
            f" WHERE ksef_number IN ({','.join('?' * len(some))}) AND {STORED}"
            " AND EXISTS (SELECT 1 FROM parties WHERE parties.id = register.id AND who = ?)",
            (*some, who),
        )
        by_number.update({row["ksef_number"]: row for row in rows if bound in (None, row["seller_nip"])})
    return by_number


def _count(db: sqlite3.Connection, context: Context, invoice_id: int) -> int:
    row = db.execute(
        "SELECT COUNT(*) FROM collective_invoices JOIN collective ON collective.id = collective_id"
        f" WHERE invoice_id = ? AND {OF_CONTEXT}",
        (invoice_id, *context.key),
    ).fetchone()
    return int(row[0])


def _number(seller: str, now: datetime) -> str:
    body = f"{seller}-IZ{polish_day(now):%Y%m}-{secrets.token_hex(6).upper()}"
    return f"{body}-{crc8(body)}"
