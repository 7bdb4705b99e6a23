"""Files between upload and storing, and the columns that a firm's people chose for files with one header."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from liczydlo import spreadsheets
from liczydlo.companies.models import Company, User
from liczydlo.contacts.models import ColumnChoice, ImportKind, Upload
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.spreadsheets.model import MOST_ROWS, TableError
from liczydlo.web import times
from liczydlo.web.files import printable

KEPT_FOR: Final = dt.timedelta(days=1)
SWEPT_EVERY: Final = dt.timedelta(hours=1)
_NAME: Final = 200


def keep(
    company: Company, kind: ImportKind, content: bytes, *, name: str, by: User, most_rows: int = MOST_ROWS
) -> Upload:
    """Keep a file that can be read and has no more than ``most_rows`` lines. Raises TableError."""
    if len(spreadsheets.read(content).rows) > most_rows:
        raise TableError("too-many-rows", most=most_rows)
    upload: Upload = Upload.objects.create(
        company=company, kind=kind, name=printable(name)[:_NAME], content=content, by=by, kept_at=times.now()
    )
    return upload


def of(company: Company, *kinds: ImportKind) -> QuerySet[Upload]:
    """The company's files of some kinds that are not too old."""
    rows = Upload.objects.of(company).filter(kind__in=kinds)
    fresh: QuerySet[Upload] = rows.filter(kept_at__gt=times.now() - KEPT_FOR)
    return fresh


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What a person chose for a file, or for an earlier one with its header; ``options`` are of the kind of file."""

    columns: Mapping[str, int]
    options: Mapping[str, str]
    is_remembered: bool


def chosen(upload: Upload, header: str) -> Chosen | None:
    """What was chosen for a file with this header; None where nobody has chosen."""
    if upload.columns is not None:
        return Chosen(columns=upload.columns, options=upload.options, is_remembered=False)
    row: ColumnChoice | None = (
        ColumnChoice.objects.of(upload.company).filter(kind=upload.kind, header=header).first()
    )
    return Chosen(columns=row.columns, options=row.options, is_remembered=True) if row is not None else None


def choose(
    upload: Upload, header: str, places: Mapping[str, int], options: Mapping[str, str] | None = None
) -> None:
    """Keep what a person chose, for this file and for those with the same header."""
    said = {"columns": dict(places), "options": dict(options or {})}
    Upload.objects.of(upload.company).filter(pk=upload.pk).update(**said)
    ColumnChoice.objects.update_or_create(
        company=upload.company, kind=upload.kind, header=header, defaults=said
    )


@registry.job("contacts.uploads", standing=True)
def sweep(claim: Claim) -> dt.datetime:
    """Delete files that nobody stored: they hold people's data."""
    Upload.objects.filter(kept_at__lte=claim.clock() - KEPT_FOR).delete()
    return claim.clock() + SWEPT_EVERY
