"""Files between upload and storing, and the columns that a firm's people chose for files with one header."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from django.db.models import QuerySet

from liczydlo import spreadsheets
from liczydlo.companies.models import Company, User
from liczydlo.contacts.models import ColumnChoice, ImportKind, Upload
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.spreadsheets.columns import Columns, recognise
from liczydlo.spreadsheets.model import Table
from liczydlo.web import times
from liczydlo.web.files import printable

KEPT_FOR: Final = dt.timedelta(days=1)
SWEPT_EVERY: Final = dt.timedelta(hours=1)
_NAME: Final = 200


def keep(company: Company, kind: ImportKind, content: bytes, *, name: str, by: User) -> Upload:
    """Keep a file that can be read. Raises TableError."""
    spreadsheets.read(content)
    upload: Upload = Upload.objects.create(
        company=company, kind=kind, name=printable(name)[:_NAME], content=content, by=by, kept_at=times.now()
    )
    return upload


def of(company: Company) -> QuerySet[Upload]:
    """The company's files that are not too old."""
    rows: QuerySet[Upload] = Upload.objects.of(company).filter(kept_at__gt=times.now() - KEPT_FOR)
    return rows


def columns_of(upload: Upload, table: Table, names: Mapping[str, Sequence[str]]) -> tuple[Columns, bool]:
    """The header and the columns of a file, and whether they are remembered from an earlier file of its header."""
    known = recognise(table, names)
    chosen, remembered = upload.columns, False
    if chosen is None:
        rows = ColumnChoice.objects.of(upload.company).filter(kind=upload.kind, header=known.digest)
        row: ColumnChoice | None = rows.first()
        chosen, remembered = (row.columns, True) if row is not None else (None, False)
    if chosen is None:
        return known, False
    return Columns(
        header=known.header, places={one: at for one, at in chosen.items() if one in names}
    ), remembered


def choose(upload: Upload, header: str, places: Mapping[str, int]) -> None:
    """Keep the columns that a person chose, for this file and for those with the same header."""
    Upload.objects.of(upload.company).filter(pk=upload.pk).update(columns=dict(places))
    ColumnChoice.objects.update_or_create(
        company=upload.company, kind=upload.kind, header=header, defaults={"columns": dict(places)}
    )


@registry.job("contacts.uploads", standing=True)
def sweep(claim: Claim) -> dt.datetime:
    """Delete files that nobody stored: they hold people's data."""
    Upload.objects.filter(kept_at__lte=claim.clock() - KEPT_FOR).delete()
    return claim.clock() + SWEPT_EVERY
