"""What a session is: its kind, its status codes with their texts, and the row that keeps it.

Codes and descriptions are those of `SessionStatusResponse.status` in the OpenAPI 2.9.0.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ...intake.schemas import FORM_CODES, FormCode
from ...receipts.upo import Authentication
from ..identity.contexts import Context
from ..time.moments import moment

OPEN, PROCESSING, CLOSED, DONE = 100, 150, 170, 200
KEY_NOT_DECRYPTED, CANCELLED, NOTHING_VALID = 415, 440, 445
BROKEN_PARTS, TOO_MANY_INVOICES, BROKEN_ARCHIVE, PARTS_NOT_DECRYPTED, UNKNOWN_ERROR = 405, 420, 430, 435, 500


class Kind(StrEnum):
    """`sessionType` of the API."""

    ONLINE = "Online"
    BATCH = "Batch"


DESCRIPTIONS: dict[Kind, dict[int, str]] = {
    Kind.ONLINE: {
        100: "Sesja interaktywna otwarta",
        170: "Sesja interaktywna zamknięta",
        200: "Sesja interaktywna przetworzona pomyślnie",
        415: "Błąd odszyfrowania dostarczonego klucza",
        440: "Sesja anulowana",
        445: "Błąd weryfikacji, brak poprawnych faktur",
    },
    Kind.BATCH: {
        100: "Sesja wsadowa rozpoczęta",
        150: "Trwa przetwarzanie",
        200: "Sesja wsadowa przetworzona pomyślnie",
        405: "Błąd weryfikacji poprawności dostarczonych elementów paczki",
        415: "Błąd odszyfrowania dostarczonego klucza",
        420: "Przekroczony limit faktur w sesji",
        430: "Błąd dekompresji pierwotnego archiwum",
        435: "Błąd odszyfrowania zaszyfrowanych części archiwum",
        440: "Sesja anulowana",
        445: "Błąd weryfikacji, brak poprawnych faktur",
        500: "Nieznany błąd",
    },
}
COMMON: dict[str, tuple[int, ...]] = {
    "InProgress": (OPEN, PROCESSING, CLOSED),
    "Succeeded": (DONE,),
    "Failed": (405, KEY_NOT_DECRYPTED, 420, 430, 435, NOTHING_VALID, 500),
    "Cancelled": (CANCELLED,),
}
"""`CommonSessionStatus` of the API → codes."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """One session as it stands. `key` and `iv` never show in a repr."""

    id: int
    reference: str
    kind: Kind
    context: Context
    author: str
    authentication: Authentication
    form: FormCode
    key: bytes | None = field(repr=False)
    iv: bytes | None = field(repr=False)
    verify_identifiers: bool
    code: int
    details: tuple[str, ...]
    created: datetime
    updated: datetime
    closed: datetime | None
    valid_until: datetime
    invoices: int
    successful: int
    failed: int

    @property
    def description(self) -> str:
        """The text that belongs to the code."""
        return DESCRIPTIONS[self.kind][self.code]


@dataclass(frozen=True, kw_only=True)
class SessionFilter:
    """`GET /sessions`: everything but the context is optional; bounds are inclusive."""

    kind: Kind
    reference: str | None = None
    author: str | None = None
    created: tuple[datetime | None, datetime | None] = (None, None)
    closed: tuple[datetime | None, datetime | None] = (None, None)
    modified: tuple[datetime | None, datetime | None] = (None, None)
    statuses: tuple[str, ...] = ()


_FORMS = {code.system_code: code for code in FORM_CODES}


def session_of(row: sqlite3.Row) -> Session:
    """A row of `sessions` as a `Session`."""
    context = Context.of_row(row)
    token, document_hash = json.loads(row["authentication"])
    return Session(
        id=row["id"],
        reference=row["reference"],
        kind=Kind(row["kind"]),
        context=context,
        author=row["author"],
        authentication=Authentication(
            context=context,
            token_reference=token,
            document_hash=document_hash,
        ),
        form=_FORMS[row["form"]],
        key=row["key"],
        iv=row["iv"],
        verify_identifiers=bool(row["verify_identifiers"]),
        code=row["code"],
        details=tuple(json.loads(row["details"])),
        created=moment(row["created"]),
        updated=moment(row["updated"]),
        closed=moment(row["closed"]) if row["closed"] is not None else None,
        valid_until=moment(row["valid_until"]),
        invoices=row["invoices"],
        successful=row["successful"],
        failed=row["failed"],
    )
