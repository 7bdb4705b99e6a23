"""Warnings as other features and pages ask for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from liczydlo.companies.models import Company
from liczydlo.documents.models import IndexEntry
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.states import State
from liczydlo.purchases.warnings.models import AccountUse, InvoiceWarning, Seller, SellerAccount
from liczydlo.purchases.warnings.rules import Code
from liczydlo.purchases.warnings.wording import LOOKS, Words, words

MOST: Final = 1000
GRAVITY: Final = {code.value: at for at, code in enumerate(LOOKS)}


def warnings_of(entries: Iterable[IndexEntry]) -> dict[int, list[InvoiceWarning]]:
    """Open warnings of purchases by the id of their index entry, the gravest first; entries without any are left out.

    One query, whatever the number of entries.
    """
    by_entry: dict[int, list[InvoiceWarning]] = defaultdict(list)
    ids = [entry.pk for entry in entries]
    rows = InvoiceWarning.objects.filter(invoice__entry__in=ids, settled_at=None).select_related("invoice")
    for row in sorted(rows, key=lambda one: (GRAVITY.get(one.code, len(GRAVITY)), one.pk)):
        by_entry[row.invoice.entry_id].append(row)
    return dict(by_entry)


@dataclass(frozen=True, kw_only=True)
class WarningOnPage:
    """A warning on its page. ``other`` is the purchase that it speaks of, where it speaks of one."""

    row: InvoiceWarning
    words: Words
    other: ReceivedInvoice | None


def warnings_on_page(company: Company, invoice: ReceivedInvoice) -> list[WarningOnPage]:
    """Every warning of an invoice, the open ones first."""
    rows = list(InvoiceWarning.objects.of(company).filter(invoice=invoice).select_related("settled_by"))
    refs = [row.params["entry"] for row in rows if row.code in (Code.NUMBER, Code.DOUBLE)]
    others = ReceivedInvoice.objects.of(company).filter(entry__in=refs).select_related("entry")
    by_entry = {one.entry_id: one for one in others}
    rows.sort(key=lambda one: (one.settled_at is not None, GRAVITY.get(one.code, len(GRAVITY)), one.pk))
    return [
        WarningOnPage(row=row, words=words(row.code, row.params), other=by_entry.get(row.params.get("entry")))
        for row in rows
    ]


def seller_of(company: Company, invoice: ReceivedInvoice) -> Seller | None:
    """What is known of an invoice's seller, once the invoice was read."""
    rows = Seller.objects.of(company).filter(environment=invoice.environment, nip=invoice.entry.seller_nip)
    seller: Seller | None = rows.select_related("trusted_by", "hidden_by").first()
    return seller


def accounts_of(invoice: ReceivedInvoice) -> list[SellerAccount]:
    """The accounts that an invoice names."""
    uses = AccountUse.objects.filter(entry=invoice.entry_id).select_related("account").order_by("pk")
    return [one.account for one in uses]


def hidden(company: Company) -> QuerySet[ReceivedInvoice]:
    """Purchases that are hidden, to be counted up to ``MOST``."""
    rows: QuerySet[ReceivedInvoice] = ReceivedInvoice.objects.of(company)
    return rows.filter(environment=company.environment, state=State.HIDDEN).order_by()[:MOST]


def decided_sellers(company: Company) -> Sequence[Seller]:
    """Sellers whom somebody trusts or hid."""
    rows = Seller.objects.of(company).filter(environment=company.environment).order_by("name", "nip")
    rows = rows.exclude(trusted_at=None, hidden_at=None)
    return list(rows.select_related("trusted_by", "hidden_by")[:MOST])
