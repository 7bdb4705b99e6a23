"""Numbers of the form's invoices: ``FV/2026/11/001``, ``KOR/2026/11/001`` of corrections, ``ZAL/2026/11/001`` of
advances, counted per company, environment, series and month."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Final

from django.db.models import QuerySet
from django.db.models.functions import Greatest

from liczydlo.companies.models import Company
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.fa3.document import Document
from liczydlo.sales.models import Series

SALES: Final = "FV/{rrrr}/{mm}/{nnn}"
CORRECTIONS: Final = "KOR/{rrrr}/{mm}/{nnn}"
ADVANCES: Final = "ZAL/{rrrr}/{mm}/{nnn}"
SERIES: Final = (SALES, CORRECTIONS, ADVANCES)


def propose(company: Company, date: dt.date, pattern: str = SALES) -> str:
    """The next free number of the month in a series; it takes nothing. A person may write any other."""
    series = Series.objects.of(company).filter(period=_key(company, date, pattern)).first()
    number = series.last + 1 if series else 1
    while is_taken(company, text := _filled(date, number, pattern)):
        number += 1
    return text


def is_taken(company: Company, number: str, *, but: int | None = None) -> bool:
    """Whether an invoice of this number exists that is not refused; ``but`` is one that does not count."""
    return _sales(company, but).filter(number=number).exists()


def is_used(company: Company, checked: Document, *, but: int | None = None) -> bool:
    """Whether KSeF would refuse a document because another of our invoices has its seller, kind and number.

    The key is KSeF's (weryfikacja-faktury.md) and that of the constraint ``one_invoice_per_number``; ``but`` is the
    draft that is about to become this document.
    """
    same = _sales(company, but).filter(
        seller_nip=checked.seller_nip, kind=checked.kind, number=checked.number
    )
    return same.exists()


def _sales(company: Company, but: int | None) -> QuerySet[IndexEntry]:
    rows = IndexEntry.objects.of(company).filter(environment=company.environment, direction=Direction.SALE)
    return rows.filter(rejected=False).exclude(sale=but) if but else rows.filter(rejected=False)


def note(company: Company, number: str, date: dt.date) -> None:
    """Count an issued number, if it is one of ours; call it in the transaction that issues the invoice."""
    note_all(company, [(number, date)])


def note_all(company: Company, issued: Iterable[tuple[str, dt.date]]) -> None:
    """The same of many, with their dates: one statement for each series."""
    highest: dict[str, int] = {}
    for number, date in issued:
        for pattern in SERIES:
            shape = re.escape(_period(date, pattern)).replace(r"\{nnn\}", r"(\d{1,9})")
            if (found := re.fullmatch(shape, number)) is not None:
                key = _key(company, date, pattern)
                highest[key] = max(int(found[1]), highest.get(key, 0))
    for key, last in sorted(highest.items()):
        series, _ = Series.objects.get_or_create(company=company, period=key)
        Series.objects.of(company).filter(pk=series.pk).update(last=Greatest("last", last))


def _period(date: dt.date, pattern: str) -> str:
    return pattern.replace("{rrrr}", f"{date:%Y}").replace("{mm}", f"{date:%m}")


def _filled(date: dt.date, number: int, pattern: str) -> str:
    return _period(date, pattern).replace("{nnn}", f"{number:03d}")


def _key(company: Company, date: dt.date, pattern: str) -> str:
    return f"{company.environment}:{_period(date, pattern)}"  # each environment of KSeF counts by itself
