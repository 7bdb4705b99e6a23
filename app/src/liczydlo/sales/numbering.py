"""Numbers of the form's invoices, by the firm's patterns (``FV/2026/11/001``), counted per company, environment and
period of a pattern: see ``patterns``.

Invoices in a supplier's name are numbered among that supplier's: where a function takes ``seller``, a supplier's NIP,
it counts those that the company has issued in that name; without it, the company's own and its VAT RR.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final

from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest

from liczydlo.companies.models import Company
from liczydlo.documents.models import RR_KINDS, Direction, IndexEntry
from liczydlo.fa3.document import Document
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.rr.document import Document as RrDocument
from liczydlo.sales import number_patterns
from liczydlo.sales.number_patterns import Series
from liczydlo.sales.patterns import Pattern

SALES: Final = number_patterns.SALES
CORRECTIONS: Final = number_patterns.CORRECTIONS
_AS_PEF: Final = {"VAT": ("VAT_PEF", "VAT_PEF_SP"), "KOR": ("KOR_PEF",)}
PEF: Final = tuple(kind for kinds in _AS_PEF.values() for kind in kinds)
"""Kinds of PEF: what ``pef`` makes of an FA(3) comes back as one."""
ADVANCES: Final = number_patterns.ADVANCES
SETTLEMENTS: Final = number_patterns.SETTLEMENTS
FARM: Final = number_patterns.FARM
SELF_BILLED: Final = number_patterns.SELF_BILLED
_CHUNK: Final = 500
"""Values in one question: a database takes only so many."""


def propose(company: Company, date: dt.date, series: str = SALES, *, seller: str = "") -> str:
    """The next free number of the period in a series; it takes nothing. A person may write any other."""
    return next_of(company, date, number_patterns.of(company)[series], seller=seller)


def of_correction(original: IndexEntry) -> dict[str, str]:
    """``series`` and ``seller`` of the corrections of an invoice."""
    if original.is_self_billed:
        return {"series": SELF_BILLED, "seller": original.seller_nip}
    return {"series": CORRECTIONS, "seller": ""}


def of_draft(draft: InvoiceDraft) -> dict[str, str]:
    """``series`` and ``seller`` of a new invoice, an advance apart."""
    if draft.marks.self_billing and draft.seller is not None:
        return {"series": SELF_BILLED, "seller": draft.seller.nip or ""}
    return {"series": SALES, "seller": ""}


def seller_of(company: Company, checked: Document | RrDocument) -> str:
    """Among whose invoices a document is numbered: ``seller``."""
    return "" if isinstance(checked, RrDocument) or checked.seller_nip == company.nip else checked.seller_nip


def next_of(company: Company, date: dt.date, pattern: Pattern, *, seller: str = "") -> str:
    """As :func:`propose`, by any pattern. One that has not counted yet goes on from the invoices already here."""
    number = _last(company, date, pattern, seller) + 1
    while is_taken(company, text := pattern.fill(date, number), seller=seller):
        number += 1
    return text


def following(company: Company, date: dt.date, pattern: Pattern) -> Iterator[str]:
    """As :func:`next_of` and those that come after it, by one look at what is taken: for many invoices at once."""
    prefix, suffix = pattern.around(date)
    number = _last(company, date, pattern, "")
    rows = _issued(company).filter(number__startswith=prefix, number__endswith=suffix)
    used = set(rows.values_list("number", flat=True))
    while True:
        number += 1
        if (text := pattern.fill(date, number)) not in used:
            yield text


def _last(company: Company, date: dt.date, pattern: Pattern, seller: str) -> int:
    """The last number that a period has used."""
    row = Series.objects.of(company).filter(period=_key(company, date, pattern, seller)).first()
    return row.last if row is not None else _highest(company, date, pattern, seller)


def _highest(company: Company, date: dt.date, pattern: Pattern, seller: str) -> int:
    """The highest number of a period among issued invoices; 0 without any."""
    prefix, suffix = pattern.around(date)
    rows = _issued(company, seller).filter(
        document__isnull=False, number__startswith=prefix, number__endswith=suffix
    )
    numbers = (pattern.number(text, date) for text in rows.values_list("number", flat=True).iterator())
    return max((number for number in numbers if number is not None), default=0)


def is_taken(company: Company, number: str, *, but: int | None = None, seller: str = "") -> bool:
    """Whether an invoice of this number exists that is not refused; ``but`` is one that does not count."""
    return _issued(company, seller, but).filter(number=number).exists()


def used_numbers(company: Company, numbers: Iterable[str]) -> set[str]:
    """Those of many numbers that :func:`is_taken`."""
    used: set[str] = set()
    ordered = sorted(numbers)
    for at in range(0, len(ordered), _CHUNK):
        rows = _issued(company).filter(number__in=ordered[at : at + _CHUNK])
        used.update(rows.values_list("number", flat=True))
    return used


def used_as(company: Company, checked: Document | RrDocument, *, but: int | None = None) -> str | None:
    """The kind of another of our invoices that has the seller and number of a document, where that keeps it back.

    Of its own kind KSeF would refuse it: the key is KSeF's (weryfikacja-faktury.md) and that of the constraint
    ``one_invoice_per_number``. Beside a PEF of its number KSeF would take it, and the sale would be there twice.
    ``but`` is the draft that is about to become this document.
    """
    direction = Direction.of_issued(company, checked.seller_nip)
    kinds = (checked.kind, *(_AS_PEF.get(checked.kind, ()) if direction == Direction.SALE else ()))
    same = _numbered_entries(company, but).filter(
        direction=direction, seller_nip=checked.seller_nip, kind__in=kinds, number=checked.number
    )
    # in no order: one would be had by the primary key, through all invoices
    return next(iter(same.order_by().values_list("kind", flat=True)[:1]), None)


def _numbered_entries(company: Company, but: int | None = None) -> QuerySet[IndexEntry]:
    """What is not refused."""
    rows = IndexEntry.objects.of(company).filter(environment=company.environment, rejected=False)
    return rows.exclude(sale=but) if but else rows


def _issued(company: Company, seller: str = "", but: int | None = None) -> QuerySet[IndexEntry]:
    """What is numbered together."""
    rows = _numbered_entries(company, but)
    if seller:
        return rows.filter(direction=Direction.SELF_BILLED, seller_nip=seller)
    in_a_name = Q(direction=Direction.SELF_BILLED) & ~Q(kind__in=RR_KINDS)
    return rows.filter(direction__in=(Direction.SALE, Direction.SELF_BILLED)).exclude(in_a_name)


def note(company: Company, number: str, date: dt.date, *, seller: str = "") -> None:
    """Count an issued number, if it is one of ours; call it in the transaction that issues the invoice."""
    note_all(company, [(number, date)], seller=seller)


def note_all(company: Company, issued: Iterable[tuple[str, dt.date]], *, seller: str = "") -> None:
    """The same of many, with their dates: one statement for each period."""
    patterns = set(number_patterns.of(company).values())
    highest: dict[str, tuple[int, dt.date, Pattern]] = {}
    for text, date in issued:
        for pattern in patterns:
            if (number := pattern.number(text, date)) is not None:
                key = _key(company, date, pattern, seller)
                recorded = highest.get(key)
                if recorded is None or number > recorded[0]:
                    highest[key] = number, date, pattern
    for key, (last, date, pattern) in sorted(highest.items(), key=lambda item: item[0]):
        rows = Series.objects.of(company).filter(period=key)
        if not rows.exists():  # what is here already counts too
            begun = max(last, _highest(company, date, pattern, seller))
            Series.objects.get_or_create(company=company, period=key, defaults={"last": begun})
        rows.update(last=Greatest("last", last))


def _key(company: Company, date: dt.date, pattern: Pattern, seller: str) -> str:
    """Each environment of KSeF counts by itself, and each supplier in it."""
    return ":".join((company.environment, *([seller] if seller else ()), pattern.period(date)))
