"""What purchases are to one another, both ways: corrections and their originals, advances and their settlements.

A tie is looked up by KSeF number when somebody looks, so it is there as soon as both invoices are, whichever came
first.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.documents.filters import of_environment
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.purchases.models import Reference

AMOUNTS: Final = {"net": _("Netto"), "vat": _("VAT (PLN)"), "gross": _("Brutto")}


@dataclass(frozen=True, kw_only=True)
class ReferencedInvoice:
    """An invoice that this one names by its KSeF number; ``entry`` is None until it is here."""

    kind: str
    ksef_number: str
    entry: IndexEntry | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a correction makes of an amount; the amounts of earlier corrections are in ``before``."""

    label: str | Promise
    currency: str
    before: Decimal
    change: Decimal

    @property
    def after(self) -> Decimal:
        """What it comes to."""
        return self.before + self.change


@dataclass(frozen=True, kw_only=True)
class Ties:
    """``referenced`` by this invoice; ``corrections`` and ``settlements`` name it. ``changes`` are net, VAT (PLN) and
    gross, of a correction of one invoice that is here; empty otherwise."""

    referenced: list[ReferencedInvoice]
    corrections: list[IndexEntry]
    settlements: list[IndexEntry]
    changes: list[Change]


def of(company: Company, entry: IndexEntry) -> Ties:
    """The ties of a purchase."""
    references = list(Reference.objects.of(company).filter(entry=entry).order_by("id"))
    numbers = [one.ksef_number for one in references]
    entries = {row.ksef_number: row for row in _entries(company).filter(ksef_number__in=numbers)}
    referenced = [
        ReferencedInvoice(kind=one.kind, ksef_number=one.ksef_number, entry=entries.get(one.ksef_number))
        for one in references
    ]
    corrected = [one for one in referenced if one.kind == Reference.Kind.CORRECTION]
    original = corrected[0].entry if len(corrected) == 1 else None
    return Ties(
        referenced=referenced,
        corrections=_naming(company, entry, Reference.Kind.CORRECTION),
        settlements=_naming(company, entry, Reference.Kind.SETTLEMENT),
        changes=_changes(company, original, entry) if original is not None else [],
    )


def _entries(company: Company) -> QuerySet[IndexEntry]:
    return of_environment(company, Direction.PURCHASE)


def _naming(company: Company, entry: IndexEntry, kind: Reference.Kind) -> list[IndexEntry]:
    naming = Reference.objects.of(company).filter(
        environment=entry.environment, ksef_number=entry.ksef_number, kind=kind
    )
    rows = _entries(company).filter(pk__in=naming.values("entry"))
    return sorted(rows, key=lambda row: (row.issue_date, row.ksef_number[11:19], row.pk))


def _changes(company: Company, original: IndexEntry, correction: IndexEntry) -> list[Change]:
    """Amounts of a correction are differences (art. 106j); those of one currency are added."""
    if original.currency != correction.currency:
        return []
    earlier = [original]
    for row in _naming(company, original, Reference.Kind.CORRECTION):
        if row.pk == correction.pk:
            break
        earlier.append(row)
    changes = []
    for column, label in AMOUNTS.items():
        amounts = [getattr(row, column) for row in (*earlier, correction)]
        if None not in amounts:
            currency = "PLN" if column == "vat" else correction.currency
            before = sum(amounts[:-1], Decimal(0))
            changes.append(Change(label=label, currency=currency, before=before, change=amounts[-1]))
    return changes
