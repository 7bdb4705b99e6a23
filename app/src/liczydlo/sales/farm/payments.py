"""What is still to be paid of invoices that the company issues for suppliers. One is booked and paid as the purchase as
which it comes back from KSeF: the two are one document, and have one KSeF number.

The flat-rate refund counts as input tax in the period of payment, once the whole of it was paid to the farmer's account
(ustawa o VAT art. 116 ust. 6).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.documents import sums
from liczydlo.documents.filters import of_environment
from liczydlo.documents.models import RR_KINDS, Direction, IndexEntry
from liczydlo.sales.models import Invoice

UNPAID: Final = "unpaid"
CHOICES: Final = [("", _("Wszystkie")), (UNPAID, _("Do zapłaty")), ("paid", _("Zapłacone"))]
"""What the list can be narrowed to."""


def purchases(company: Company, **which: Any) -> QuerySet[IndexEntry]:
    """The purchases that the company issued for suppliers itself, in its present environment; ``which`` narrows them by
    columns of ``IndexEntry``."""
    own = of_environment(company, Direction.SELF_BILLED).select_related(None).exclude(ksef_number="")
    own = own.filter(**which).order_by()
    return of_environment(company, Direction.PURCHASE).filter(ksef_number__in=own.values("ksef_number"))


def narrowed(company: Company, rows: QuerySet[IndexEntry], choice: str) -> QuerySet[IndexEntry]:
    """Invoices issued for suppliers of one of ``CHOICES``."""
    if not choice:
        return rows
    paid: dict[str, Any] = {"purchase__left": 0} if choice != UNPAID else {"purchase__left__gt": 0}
    few = purchases(company).filter(**paid).select_related(None).order_by()
    return rows.filter(ksef_number__in=few.values("ksef_number"))


def of(company: Company, entries: Iterable[IndexEntry]) -> dict[str, Any]:
    """Of invoices issued for suppliers the purchases as which they came back, by KSeF number."""
    numbers = [one.ksef_number for one in entries if one.ksef_number]
    rows = of_environment(company, Direction.PURCHASE).filter(ksef_number__in=numbers)
    return {row.ksef_number: row.purchase for row in rows}


def of_invoice(invoice: Invoice) -> Any:
    """The purchase as which an accepted invoice came back; None before that."""
    if not invoice.entry.is_self_billed or not invoice.entry.ksef_number:
        return None
    return of(invoice.company, [invoice.entry]).get(invoice.entry.ksef_number)


def unpaid_sums(company: Company) -> list[sums.UnpaidSum]:
    """What is still to be paid to farmers by currency; nothing of it is late by itself: invoices have no such day."""
    rows: Any = (
        purchases(company, kind__in=RR_KINDS).filter(purchase__left__gt=0).select_related(None).order_by()
    )
    grouped = rows.values("purchase__currency").annotate(**sums.split_sums("all", "purchase__left"))
    by_currency = [
        sums.UnpaidSum(
            currency=row["purchase__currency"], left=sums.joined_sum(row, "all"), overdue=Decimal(0)
        )
        for row in grouped
    ]
    return sorted(by_currency, key=lambda one: (one.currency != "PLN", one.currency))
