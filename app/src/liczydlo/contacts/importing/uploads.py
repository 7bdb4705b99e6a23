"""Files between upload and storing, and the columns that a firm's people chose for files with one header."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from liczydlo import spreadsheets
from liczydlo.companies.models import Company, User
from liczydlo.contacts.models import ColumnChoice, ImportKind, Upload
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.spreadsheets.model import MOST_ROWS, Table, TableError
from liczydlo.web import times
from liczydlo.web.files import printable

KEPT_FOR: Final = dt.timedelta(days=1)
SWEPT_EVERY: Final = dt.timedelta(hours=1)
_NAME: Final = 200


class UploadGone(Exception):
    """The file is not here any more: stored, given up, or a day old."""


def keep(
    company: Company, kind: ImportKind, content: bytes, *, name: str, by: User, most_rows: int = MOST_ROWS
) -> Upload:
    """Keep a file that can be read and has no more than ``most_rows`` lines: the same one that its sender keeps already
    is not kept twice. Raises TableError."""
    if len(_read(content).rows) > most_rows:
        raise TableError("too-many-rows", most=most_rows)
    fields = {"kind": kind, "name": printable(name)[:_NAME], "content": content, "by": by}
    with transaction.atomic():
        Company.objects.select_for_update(no_key=True).get(
            pk=company.pk
        )  # a form that was sent twice at once
        existing = of(company, kind).filter(**fields).first()
        upload: Upload = existing or Upload.objects.create(company=company, kept_at=times.now(), **fields)
    return upload


def table(upload: Upload) -> Table:
    """What the file says. A workbook takes a second or more, so the last one that was read stays in memory."""
    return _read(bytes(upload.content))


@functools.lru_cache(maxsize=1)
def _read(content: bytes) -> Table:
    return spreadsheets.read(content)


def lock(upload: Upload) -> bool:
    """Hold the file's row until the transaction ends: whoever stores it, gives it up, or adds to what was found in it
    does so one after another. False where it is gone."""
    rows = Upload.objects.of(upload.company).filter(pk=upload.pk)
    return bool(list(rows.select_for_update(no_key=True).values_list("pk", flat=True)))


def discard(upload: Upload) -> bool:
    """Forget the file, and all that was found in it; False where it was gone already."""
    with transaction.atomic():
        if not lock(upload):
            return False
        Upload.objects.of(upload.company).filter(pk=upload.pk).delete()
    return True


def of(company: Company, *kinds: ImportKind) -> QuerySet[Upload]:
    """The company's files of some kinds that are not too old."""
    rows = Upload.objects.of(company).filter(kind__in=kinds)
    fresh: QuerySet[Upload] = rows.filter(kept_at__gt=times.now() - KEPT_FOR)
    return fresh


@dataclass(frozen=True, kw_only=True)
class ColumnsOfUpload:
    """What a person chose for a file, or for an earlier one with its header; ``options`` are of the kind of file."""

    columns: Mapping[str, int]
    options: Mapping[str, str]
    is_remembered: bool


def columns_of(upload: Upload, header: str) -> ColumnsOfUpload | None:
    """What was chosen for a file with this header; None where nobody has chosen."""
    if upload.columns is not None:
        return ColumnsOfUpload(columns=upload.columns, options=upload.options, is_remembered=False)
    row: ColumnChoice | None = (
        ColumnChoice.objects.of(upload.company).filter(kind=upload.kind, header=header).first()
    )
    return (
        ColumnsOfUpload(columns=row.columns, options=row.options, is_remembered=True)
        if row is not None
        else None
    )


def choose(
    upload: Upload, header: str, places: Mapping[str, int], options: Mapping[str, str] | None = None
) -> None:
    """Keep what a person chose, for this file and for those with the same header."""
    fields = {"columns": dict(places), "options": dict(options or {})}
    Upload.objects.of(upload.company).filter(pk=upload.pk).update(**fields)
    ColumnChoice.objects.update_or_create(
        company=upload.company, kind=upload.kind, header=header, defaults=fields
    )


@registry.job("contacts.uploads", standing=True)
def sweep(claim: Claim) -> dt.datetime:
    """Delete files that nobody stored: they hold people's data."""
    old = Upload.objects.filter(kept_at__lte=claim.clock() - KEPT_FOR).defer("content")
    for upload in old.select_related("company"):
        discard(upload)
    return claim.clock() + SWEPT_EVERY
