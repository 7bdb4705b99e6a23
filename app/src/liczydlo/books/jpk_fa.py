"""JPK_FA(4) of a firm's sales in a period: the file and a list of what it could not say as the invoices do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from liczydlo.books.models import Taxpayer
from liczydlo.books.wording import words
from liczydlo.companies.models import Company
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.problems import DocumentError
from liczydlo.fa3.read import read
from liczydlo.jpk.fitting import Remark
from liczydlo.jpk.invoices import Mapped, mapped
from liczydlo.jpk.writing import Heading, Sums, pieces
from liczydlo.web.files import file_name, printable

MOST: Final = 20_000
"""Invoices of one file; a longer period is filed in parts."""
CHUNK: Final = 100
"""Documents in memory; one may be of 3 MB."""
LONGEST_NAME: Final = 240  # PelnaNazwa


@dataclass(frozen=True, kw_only=True)
class Period:
    """Days of issue, both included; ``outside`` leaves out invoices with a KSeF number."""

    first: dt.date
    last: dt.date
    outside: bool = False


def entries(company: Company, period: Period) -> QuerySet[IndexEntry]:
    """The invoices of a period that the firm issued as the seller, without drafts and what KSeF rejected."""
    rows: QuerySet[IndexEntry] = IndexEntry.objects.of(company).filter(
        environment=company.environment,
        direction=Direction.SALE,
        document__isnull=False,
        rejected=False,
        seller_nip=company.nip,
        issue_date__range=(period.first, period.last),
    )
    if period.outside:
        rows = rows.filter(ksef_number="")
    return rows.order_by("issue_date", "id")


def files(
    company: Company, taxpayer: Taxpayer, period: Period, *, created: dt.datetime
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Names and contents of the files of an archive: the JPK, and a list of remarks where there are any.

    Which invoices they are is settled now. Without an invoice that the file can hold there is the list alone.
    """
    ids = list(entries(company, period).values_list("pk", flat=True)[:MOST])
    return _files(company, taxpayer, period, ids, created)


def _files(
    company: Company, taxpayer: Taxpayer, period: Period, ids: Sequence[int], created: dt.datetime
) -> Iterator[tuple[str, Iterable[bytes]]]:
    remarks: list[Remark] = []
    left_out: list[Remark] = []
    invoices = _invoices(company, ids, remarks, left_out)
    first = next(invoices, None)
    if first is not None:
        heading = Heading(
            nip=company.nip,
            name=printable(company.name)[:LONGEST_NAME],
            office=taxpayer.office,
            address=taxpayer.address(),
            first=period.first,
            last=period.last,
            created=created.replace(microsecond=0),
        )
        days = f"{period.first}-{period.last}"
        name = file_name("JPK_FA", company.nip, days, ending=".xml")
        yield name, pieces(heading, chain([first], invoices), Sums())
    if remarks or left_out:
        yield "UWAGI.txt", [_list(remarks, left_out)]


def _invoices(
    company: Company, ids: Sequence[int], remarks: list[Remark], left_out: list[Remark]
) -> Iterator[Mapped]:
    """Those that the file can hold, in order; remarks of the others are in ``left_out``."""
    for at in range(0, len(ids), CHUNK):
        some = ids[at : at + CHUNK]
        rows = IndexEntry.objects.of(company).filter(pk__in=some).select_related("document")
        documents = [(entry, _read(entry)) for entry in rows.order_by("issue_date", "id")]
        numbers = _numbers(company, [document for _entry, document in documents if document is not None])
        for entry, document in documents:
            if document is None:
                left_out.append(Remark(code="unreadable", number=entry.number))
                continue
            invoice = mapped(document, numbers)
            (left_out if invoice.faktura is None else remarks).extend(invoice.remarks)
            if invoice.faktura is not None:
                yield invoice


def _read(entry: IndexEntry) -> Faktura | None:
    try:
        return read(entry.xml)
    except DocumentError:
        return None


def _numbers(company: Company, documents: Iterable[Faktura]) -> dict[str, str]:
    """Own numbers of the advances that documents name by KSeF number alone."""
    named = {
        one.nr_ksef_fa_zaliczkowej
        for document in documents
        for one in document.fa.faktura_zaliczkowa
        if one.nr_ksef_fa_zaliczkowej
    }
    if not named:
        return {}
    rows = IndexEntry.objects.of(company).filter(direction=Direction.SALE, ksef_number__in=named)
    return dict(rows.values_list("ksef_number", "number"))


def _list(remarks: Sequence[Remark], left_out: Sequence[Remark]) -> bytes:
    lines: list[str] = []
    if left_out:
        lines += [_("Faktury, których w pliku nie ma:"), *map(words, left_out), ""]
    if remarks:
        lines += [_("Faktury, o których plik mówi inaczej niż one same:"), *map(words, remarks), ""]
    return "\r\n".join(lines).encode("utf-8-sig")
