"""What an export is: what was asked, its status, its package, and the rows that keep it.

Codes and texts are those of ``InvoiceExportStatusResponse`` in the OpenAPI 2.9.0.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from ...intake.archives import Compression
from ...packages.parts import Part
from ..identity.contexts import Context
from ..time.moments import moment
from ..time.progress import COLUMNS
from .metadata import Query

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS exports (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    context_type TEXT NOT NULL,
    context_value TEXT NOT NULL,
    author TEXT NOT NULL,
    query TEXT NOT NULL,
    only_metadata INTEGER NOT NULL,
    compression TEXT NOT NULL,
    key BLOB,                    -- until the package is made
    iv BLOB,
    code INTEGER NOT NULL,       -- 100 until it is made; told only when it is due
    created INTEGER NOT NULL,
    {COLUMNS},
    completed INTEGER,
    expires INTEGER,
    package TEXT                 -- JSON
);
CREATE INDEX IF NOT EXISTS exports_running ON exports (context_type, context_value, author);
CREATE INDEX IF NOT EXISTS exports_by_age ON exports (created);
CREATE TABLE IF NOT EXISTS export_parts (
    export_id INTEGER NOT NULL REFERENCES exports (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    size INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    sealed_size INTEGER NOT NULL,
    sealed_sha256 BLOB NOT NULL,
    PRIMARY KEY (export_id, ordinal)
) WITHOUT ROWID;
"""
RUNNING, DONE, EXPIRED, KEY_NOT_DECRYPTED, BEYOND_MARK, UNKNOWN_ERROR, CANCELLED = (
    100,
    200,
    210,
    415,
    420,
    500,
    550,
)
DESCRIPTIONS = {
    RUNNING: "Eksport faktur w toku",
    DONE: "Eksport faktur zakończony sukcesem",
    EXPIRED: "Eksport faktur wygasł i nie jest już dostępny do pobrania",
    KEY_NOT_DECRYPTED: "Błąd odszyfrowania dostarczonego klucza",
    BEYOND_MARK: "Zakres filtrowania wykracza poza dostępny zakres danych",
    UNKNOWN_ERROR: "Nieznany błąd (500)",
    CANCELLED: "Operacja została anulowana przez system",
}
DETAILS = {
    BEYOND_MARK: (
        "Parametr dateRange.from jest późniejszy niż PermanentStorageHwmDate przy włączonym"
        " restrictToPermanentStorageHwmDate."
    ),
    CANCELLED: "Przetwarzanie zostało przerwane z przyczyn wewnętrznych systemu. Spróbuj ponownie",
}
EXTENSIONS = {Compression.ZIP: "zip", Compression.TAR_GZ: "tar.gz"}


@dataclass(frozen=True, kw_only=True)
class Package:
    """What was exported. ``size`` is bytes of the whole archive; the last dates are of a truncated package only."""

    count: int
    size: int
    truncated: bool
    last_issue: date | None = None
    last_invoicing: datetime | None = None
    last_storage: datetime | None = None
    mark: datetime | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Export:
    """One export, as it is told of now."""

    id: int
    reference: str
    context: Context
    query: Query
    only_metadata: bool
    compression: Compression
    key: bytes | None = field(repr=False)
    iv: bytes | None = field(repr=False)
    code: int
    created: datetime
    completed: datetime | None
    expires: datetime | None
    package: Package | None

    @property
    def description(self) -> str:
        """The text that belongs to the code."""
        return DESCRIPTIONS[self.code]

    @property
    def details(self) -> str | None:
        """The detail that belongs to the code."""
        return DETAILS.get(self.code)

    def part_name(self, ordinal: int) -> str:
        """Name of the file of a part."""
        return f"{self.reference}-{ordinal:03}.{EXTENSIONS[self.compression]}.aes"


def packed_query(query: Query) -> str:
    """A question for a column."""
    return json.dumps(asdict(query), default=datetime.isoformat)


def _query(text: str) -> Query:
    query: dict[str, Any] = json.loads(text)
    for name in ("start", "end"):
        if query[name] is not None:
            query[name] = datetime.fromisoformat(query[name])
    for name in ("amount", "buyer", "currencies", "invoice_types"):
        if query[name] is not None:
            query[name] = tuple(query[name])
    return Query(**query)


def packed_package(package: Package) -> str:
    """A package but its parts for a column."""
    return json.dumps({**asdict(package), "parts": ()}, default=lambda one: one.isoformat())


def _package(text: str, parts: Iterable[sqlite3.Row]) -> Package:
    package: dict[str, Any] = json.loads(text)
    if package["last_issue"] is not None:
        package["last_issue"] = date.fromisoformat(package["last_issue"])
    for name in ("last_invoicing", "last_storage", "mark"):
        if package[name] is not None:
            package[name] = datetime.fromisoformat(package[name])
    package["parts"] = tuple(
        Part(
            ordinal=row["ordinal"],
            size=row["size"],
            sha256=row["sha256"],
            sealed_size=row["sealed_size"],
            sealed_sha256=row["sealed_sha256"],
        )
        for row in parts
    )
    return Package(**package)


def export_of(row: sqlite3.Row, parts: Iterable[sqlite3.Row], *, due: bool) -> Export:
    """A row of `exports`; one that is not due yet is told of as running."""
    is_shown = due and row["code"] != RUNNING
    return Export(
        id=row["id"],
        reference=row["reference"],
        context=Context.of_row(row),
        query=_query(row["query"]),
        only_metadata=bool(row["only_metadata"]),
        compression=Compression(row["compression"]),
        key=row["key"],
        iv=row["iv"],
        code=row["code"] if is_shown else RUNNING,
        created=moment(row["created"]),
        completed=moment(row["completed"]) if is_shown and row["completed"] is not None else None,
        expires=moment(row["expires"]) if is_shown and row["expires"] is not None else None,
        package=_package(row["package"], parts) if is_shown and row["package"] else None,
    )
