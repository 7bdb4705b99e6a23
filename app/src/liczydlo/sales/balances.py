"""Writes what is left to be paid of sales (``receivables``): of an invoice with its corrections and its payments.

What the documents themselves say was paid counts until settlements come to more: a line of a statement that shows the
same payment does not add to it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from liczydlo.documents import bulk, facts
from liczydlo.documents.facts import Facts
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.sales.corrections import KINDS
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.links import CorrectionLink
from liczydlo.sales.models.receivables import Receivable
from liczydlo.sales.states import OPEN, REFUSED

CHUNK: Final = 300
"""Invoices whose documents are in memory at once."""
NOTHING: Final = Decimal(0)


def counts(state: str) -> bool:
    """Whether an invoice in this state is one that somebody owes: it is issued, and KSeF has not refused it."""
    return state not in OPEN and state not in REFUSED


def refresh(company_id: int, entries: Iterable[int]) -> None:
    """Write anew what is left of these invoices (ids of index entries) and of those that they correct."""
    ids = sorted(set(entries))
    for at in range(0, len(ids), CHUNK):
        with transaction.atomic():
            _refresh(company_id, ids[at : at + CHUNK], {})


def settle(company_id: int, changes: Mapping[int, Decimal]) -> None:
    """Add to what was settled of sales, by ids of index entries; within the caller's transaction."""
    if changes:
        _refresh(company_id, sorted(changes), changes)


def root_of(invoice: Invoice) -> Invoice:
    """The invoice with which a correction is paid; any other invoice, and a collective correction, is its own."""
    root = _roots(invoice.company_id, [invoice.entry_id]).get(invoice.entry_id)
    if root is None:
        return invoice
    rows = Invoice.objects.of(invoice.company).select_related("entry__document")
    first: Invoice = rows.get(entry=root)
    return first


def _refresh(company_id: int, entries: Sequence[int], changes: Mapping[int, Decimal]) -> None:
    roots = _roots(company_id, entries)
    units = {roots.get(pk, pk) for pk in entries}
    _make_missing(company_id, {*units, *entries})
    receivables = Receivable.objects.filter(company_id=company_id)
    locked = receivables.filter(entry__in={*units, *entries}).order_by("pk").select_for_update(no_key=True)
    receivable_of_entry = {row.entry_id: row for row in locked}
    for pk in receivable_of_entry.keys() & changes.keys():
        receivable_of_entry[pk].settled += changes[pk]
    # read behind the locks: what another session has just issued, refused or settled of the same invoices counts
    members = _members(company_id, units)
    others = {pk for some in members.values() for pk in some} - receivable_of_entry.keys()
    settled_amounts = dict(receivables.filter(entry__in=others).values_list("entry", "settled"))
    settled_amounts |= {pk: row.settled for pk, row in receivable_of_entry.items()}
    sales = _documents(company_id, {*receivable_of_entry, *others})
    for pk, row in receivable_of_entry.items():
        unit = [sales[one] for one in (pk, *members.get(pk, ())) if one in sales] if pk in units else []
        counted = [one for one in unit if one.counts]
        row.payment_due = sales[pk].facts.payment_due
        row.payable = sum((one.payable for one in counted), NOTHING)
        total = sum((settled_amounts.get(one.pk, NOTHING) for one in counted), NOTHING)
        row.paid = max(total, sum((one.stated for one in counted), NOTHING), key=abs)
        if sales[pk].listed_due != row.payment_due:  # lists sort by it
            IndexEntry.objects.filter(pk=pk, company_id=company_id).update(payment_due=row.payment_due)
    rows = sorted(receivable_of_entry.values(), key=lambda row: row.pk)
    bulk.update_all(rows, ["payment_due", "payable", "settled", "paid"])


@dataclass(frozen=True, kw_only=True)
class _Sale:
    """What the document of a sale says of its payment."""

    pk: int
    counts: bool
    payable: Decimal
    stated: Decimal  # what the document itself says was paid
    facts: Facts
    listed_due: dt.date | None  # of its index entry


def _documents(company_id: int, entries: Collection[int]) -> dict[int, _Sale]:
    issued = _issued(company_id, entries)
    sales = {}
    for pk, due, kind, gross, state, xml in issued.values_list(
        "pk", "payment_due", "kind", "gross", "sale__state", "document__xml"
    ):
        stated = facts.of(bytes(xml))
        payable = facts.payable(gross, stated)
        sales[pk] = _Sale(
            pk=pk,
            counts=counts(state),
            payable=payable,
            stated=facts.stated(kind, payable, stated),
            facts=stated,
            listed_due=due,
        )
    return sales


def _issued(company_id: int, entries: Collection[int]) -> QuerySet[IndexEntry]:
    rows = IndexEntry.objects.filter(company_id=company_id, pk__in=entries, sale__isnull=False)
    return rows.filter(direction=Direction.SALE).exclude(document=None).order_by("pk")


def _make_missing(company_id: int, entries: Collection[int]) -> None:
    without_receivable = _issued(company_id, entries).filter(receivable=None)
    columns = ("company_id", "environment", "entry_id", "currency", "payable", "settled", "paid")
    values = without_receivable.values_list("environment", "pk", "currency")
    bulk.insert_missing(Receivable, columns, [(company_id, *some, 0, 0, 0) for some in values])


def _roots(company_id: int, entries: Collection[int]) -> dict[int, int]:
    """By the entries of corrections, issued or not: the entry of the invoice with which each counts."""
    links = CorrectionLink.objects.filter(
        company_id=company_id, correction__entry__in=entries, collective=False
    )
    links = links.exclude(original__entry__kind__in=KINDS).order_by("-original_id")
    return dict(links.values_list("correction__entry_id", "original__entry_id"))


def _members(company_id: int, units: Collection[int]) -> dict[int, list[int]]:
    """By invoices: the corrections that count with them, refused ones too."""
    links = CorrectionLink.objects.filter(company_id=company_id, original__entry__in=units, collective=False)
    corrected = set(links.values_list("correction__entry_id", flat=True)) - {None}
    members: dict[int, list[int]] = defaultdict(list)
    for correction, root in _roots(company_id, corrected).items():
        members[root].append(correction)
    return members
