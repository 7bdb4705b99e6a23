"""What an invoice is to the system, document as sent and invoice as registered, and the rows that keep them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ...intake.facts import Party
from ...intake.refusals import DESCRIPTIONS, SUCCESS
from ..identity.contexts import Context, ContextType
from ..time.moments import moment

SELLER, BUYER, THIRD, AUTHORIZED = 1, 2, 3, 4
"""Roles in `parties`: Subject1, Subject2, Subject3, SubjectAuthorized."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """An invoice's status: code, text of the code, details and extensions."""

    code: int
    details: tuple[str, ...] = ()
    extensions: Mapping[str, str] | None = None

    @property
    def description(self) -> str:
        """The text that belongs to the code."""
        return DESCRIPTIONS[self.code]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One document of a session. What only an accepted one has is None otherwise."""

    id: int
    session_id: int
    ordinal: int
    reference: str
    sha256: bytes
    status: Status
    invoicing: datetime
    offline: bool
    corrected_sha256: bytes | None
    file_name: str | None
    number: str | None
    ksef_number: str | None
    acquisition: datetime | None
    storage: datetime | None
    mode: str | None


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """One accepted invoice. Amounts are grosze of `currency`, `vat` grosze of PLN."""

    id: int
    session_id: int
    ksef_number: str
    sha256: bytes
    corrected_sha256: bytes | None
    seller: Party
    buyer: Party
    third: tuple[Party, ...]
    authorized: Party | None
    kind: str
    number: str
    issue_date: date
    invoicing: datetime
    acquisition: datetime
    storage: datetime
    net: int
    vat: int
    gross: int
    currency: str
    mode: str
    invoice_type: str
    form: str
    self_invoicing: bool
    has_attachment: bool

    @property
    def seller_nip(self) -> str:
        """NIP of Podmiot1."""
        return self.seller.value or ""


def subject_key(context: Context) -> tuple[str, str | None]:
    """How a context is found among the parties: its key, and the seller it is bound to (NipVatUe only)."""
    if context.type is ContextType.NIP_VAT_UE:
        nip, _, vat_ue = context.value.partition("-")
        return f"VatUe:{vat_ue}", nip
    return str(context), None


def party_rows(
    seller: Party, buyer: Party, third: Iterable[Party], authorized: Party | None
) -> set[tuple[int, str]]:
    """(role, key) of every identified subject."""
    named = [(SELLER, seller), (BUYER, buyer), *((THIRD, party) for party in third)]
    if authorized:
        named.append((AUTHORIZED, authorized))
    return {(role, f"{party.kind}:{party.value}") for role, party in named if party.value}


def pack(parties: Iterable[Party]) -> str | None:
    """Subjects as JSON for a column; None when there are none."""
    rows = [[party.kind, party.value, party.name, party.role] for party in parties]
    return json.dumps(rows, ensure_ascii=False) if rows else None


def _unpack(text: str | None) -> tuple[Party, ...]:
    return tuple(
        Party(kind=kind, value=value, name=name, role=role)
        for kind, value, name, role in json.loads(text or "[]")
    )


def sent_of(row: sqlite3.Row) -> Sent:
    """A row of `sent`, joined with `register`, as a `Sent`."""
    return Sent(
        id=row["id"],
        session_id=row["session_id"],
        ordinal=row["ordinal"],
        reference=row["reference"],
        sha256=row["sha256"],
        status=Status(
            code=row["code"],
            details=tuple(json.loads(row["details"] or "[]")),
            extensions=json.loads(row["extensions"]) if row["extensions"] else None,
        ),
        invoicing=moment(row["invoicing"]),
        offline=bool(row["offline"]),
        corrected_sha256=row["corrected_sha256"],
        file_name=row["file_name"],
        number=row["number"],
        ksef_number=row["ksef_number"],
        acquisition=moment(row["acquisition"]) if row["acquisition"] is not None else None,
        storage=moment(row["storage"]) if row["storage"] is not None else None,
        mode=row["mode"] if row["code"] == SUCCESS else None,
    )


def invoice_of(row: sqlite3.Row) -> Invoice:
    """A row of `register` as an `Invoice`."""
    authorized = _unpack(row["authorized"])
    return Invoice(
        id=row["id"],
        session_id=row["session_id"],
        ksef_number=row["ksef_number"],
        sha256=row["sha256"],
        corrected_sha256=row["corrected_sha256"],
        seller=Party(kind="Nip", value=row["seller_nip"], name=row["seller_name"]),
        buyer=Party(kind=row["buyer_kind"], value=row["buyer_value"], name=row["buyer_name"]),
        third=_unpack(row["third"]),
        authorized=authorized[0] if authorized else None,
        kind=row["kind"],
        number=row["number"],
        issue_date=date.fromisoformat(row["issue"]),
        invoicing=moment(row["invoicing"]),
        acquisition=moment(row["acquisition"]),
        storage=moment(row["storage"]),
        net=row["net"],
        vat=row["vat"],
        gross=row["gross"],
        currency=row["currency"],
        mode=row["mode"],
        invoice_type=row["invoice_type"],
        form=row["form"],
        self_invoicing=bool(row["self_invoicing"]),
        has_attachment=bool(row["has_attachment"]),
    )
