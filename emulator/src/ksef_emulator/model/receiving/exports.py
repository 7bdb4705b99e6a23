"""Exports of invoices: begun, looked at, and forgotten in time (OpenAPI, ``/invoices/exports``).

The packages are files beside the database, made by `export_work.ExportWork`; with a data directory they survive
restarts as everything does.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from ...clock import Clock
from ...folders import Folder
from ...intake.archives import Compression
from ...intake.cipher import IV_BYTES, KEY_BYTES
from ...store import Store, insert
from ..identity.contexts import OF_CONTEXT, Context
from ..numbers import reference
from ..time.moments import micros
from ..time.progress import AT_ONCE, DUE, POLLED, Progress, is_due
from .export_records import (
    DONE,
    EXPIRED,
    KEY_NOT_DECRYPTED,
    RUNNING,
    SCHEMA,
    Export,
    Package,
    export_of,
    packed_package,
    packed_query,
)
from .metadata import Query

FOLDER = "exports"
AT_ONCE_AT_MOST = 10
"""Exports of one subject in one context that may run at the same time."""
PACKAGE_LIFE = timedelta(days=3)
"""How long a package can be fetched; then the export stands at 210."""
RETENTION = timedelta(days=7)
"""How long the status is there at all (api-changelog.md, 2.4.0); then 410."""


class TooMany(Exception):
    """So many exports run already, which is the first argument."""


class Gone(Exception):
    """The export's status is kept no longer."""


class Exports:
    """All exports of the system."""

    def __init__(
        self, store: Store, clock: Clock, progress: Progress = AT_ONCE, *, folder: Path | None = None
    ) -> None:
        """``folder`` is the data directory; None keeps packages in a temporary one."""
        self.store = store
        self.clock = clock
        self.progress = progress
        self._folder = Folder(folder, FOLDER)
        store.register(SCHEMA)

    @property
    def folder(self) -> Path:
        """Where the packages lie; made when first asked for."""
        return self._folder.path

    def place(self, export: Export, ordinal: int) -> Path:
        """Where a part lies."""
        return self.folder / export.part_name(ordinal)

    def begin(
        self,
        query: Query,
        *,
        context: Context,
        author: str,
        only_metadata: bool,
        compression: Compression,
        key: bytes | None,
        iv: bytes,
    ) -> str:
        """A new export; without a usable key it ends at 415. Its reference number. Raises `TooMany`."""
        self.sweep()
        now = self.clock.now()
        stamp = micros(now)
        name = reference("EH", now)
        usable = key is not None and len(key) == KEY_BYTES and len(iv) == IV_BYTES
        with self.store.transaction() as db:
            running = db.execute(
                f"SELECT COUNT(*) FROM exports WHERE {OF_CONTEXT} AND author = ? AND (code = ? OR NOT {DUE})",
                (*context.key, author, RUNNING, stamp),
            ).fetchone()[0]
            if running >= AT_ONCE_AT_MOST:
                raise TooMany(AT_ONCE_AT_MOST)
            values = {
                "reference": name,
                **context.columns,
                "author": author,
                "query": packed_query(query),
                "only_metadata": only_metadata,
                "compression": compression,
                "key": key if usable else None,
                "iv": iv if usable else None,
                "code": RUNNING if usable else KEY_NOT_DECRYPTED,
                "created": stamp,
                **self.progress.columns(stamp),
                "completed": None if usable else stamp,
            }
            insert(db, "exports", values)
        return name

    def poll(self, name: str, context: Context) -> Export | None:
        """Look at an export, which counts; None if the context has none with this reference number. Raises `Gone`."""
        now = self.clock.now()
        with self.store.transaction() as db:
            row = db.execute(
                f"UPDATE exports SET {POLLED} WHERE reference = ? AND {OF_CONTEXT} RETURNING *",
                (name, *context.key),
            ).fetchone()
            parts = _parts(db, row["id"]) if row else []
        if row is None:
            return None
        export = export_of(row, parts, due=is_due(row, now))
        if now >= export.created + RETENTION:
            raise Gone
        if export.code == DONE and export.expires is not None and now >= export.expires:
            return replace(export, code=EXPIRED, package=None)
        return export

    def find(self, name: str) -> Export | None:
        """An export whose package can be fetched."""
        with self.store.transaction() as db:
            row = db.execute(
                "SELECT * FROM exports WHERE reference = ? AND code = ?", (name, DONE)
            ).fetchone()
            parts = _parts(db, row["id"]) if row else []
        export = export_of(row, parts, due=True) if row else None
        if export is None or export.expires is None or self.clock.now() >= export.expires:
            return None
        return export

    def running(self) -> list[Export]:
        """Those whose packages are not made yet, oldest first."""
        with self.store.transaction() as db:
            rows = db.execute("SELECT * FROM exports WHERE code = ? ORDER BY id", (RUNNING,)).fetchall()
        return [export_of(row, [], due=True) for row in rows]

    def with_reference(self, name: str) -> Export | None:
        """One whose package is not made yet."""
        with self.store.transaction() as db:
            row = db.execute(
                "SELECT * FROM exports WHERE reference = ? AND code = ?", (name, RUNNING)
            ).fetchone()
        return export_of(row, [], due=True) if row else None

    def finish(self, export: Export, code: int, package: Package | None = None) -> bool:
        """Write down how an export ended; False if it was forgotten meanwhile."""
        now = self.clock.now()
        with self.store.transaction() as db:
            changed = db.execute(
                "UPDATE exports SET code = ?, key = NULL, iv = NULL, completed = ?, expires = ?, package = ?"
                " WHERE id = ? AND reference = ? AND code = ?",
                (
                    code,
                    micros(now),
                    micros(now + PACKAGE_LIFE) if package is not None else None,
                    packed_package(package) if package is not None else None,
                    export.id,
                    export.reference,
                    RUNNING,
                ),
            ).rowcount
            if changed and package is not None:
                db.executemany(
                    "INSERT INTO export_parts VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        (
                            export.id,
                            part.ordinal,
                            part.size,
                            part.sha256,
                            part.sealed_size,
                            part.sealed_sha256,
                        )
                        for part in package.parts
                    ],
                )
        return bool(changed)

    def sweep(self) -> None:
        """Remove packages that nobody can fetch any more."""
        if not self._folder.is_there:
            return
        now = micros(self.clock.now())
        files = list(self.folder.iterdir())  # before the rows: whoever begins meanwhile keeps his files
        with self.store.transaction() as db:
            rows = db.execute("SELECT reference FROM exports WHERE code = ? OR expires > ?", (RUNNING, now))
            references = {row["reference"] for row in rows}
        for file in files:
            if file.name.split(".", 1)[0].rsplit("-", 1)[0] not in references:
                file.unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is kept any more, without a data directory."""
        self._folder.close()


def _parts(db: sqlite3.Connection, export_id: int) -> list[sqlite3.Row]:
    return db.execute(
        "SELECT * FROM export_parts WHERE export_id = ? ORDER BY ordinal", (export_id,)
    ).fetchall()
