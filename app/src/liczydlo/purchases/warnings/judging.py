"""Warnings are made while documents are read, in the transaction that stores what was read.

What they say was true when the invoice came. Two things change afterwards: an older invoice that comes later takes back
that its seller was new or its account was (a first synchronisation goes backwards), and people settle them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from liczydlo.companies.models import Company
from liczydlo.documents.facts import Facts
from liczydlo.documents.models import IndexEntry
from liczydlo.purchases.models import BUYER, Event, ReceivedInvoice
from liczydlo.purchases.states import State, Step
from liczydlo.purchases.warnings import history, rules
from liczydlo.purchases.warnings.models import InvoiceWarning
from liczydlo.purchases.warnings.rules import Code, Invoice, Warned

RECENT: Final = dt.timedelta(days=90)
"""What came to KSeF longer ago is history and nothing to warn of."""


def judge(
    company: Company, read: Sequence[tuple[ReceivedInvoice, Facts]], *, now: dt.datetime
) -> list[ReceivedInvoice]:
    """Warn of what is new among the documents just read, and let all of them become history; the new ones.

    In a transaction.
    """
    past = history.locked(company, [row.entry for row, _ in read])
    still = ReceivedInvoice.objects.of(company).filter(pk__in=[row.pk for row, _ in read], judged_at=None)
    states = dict(still.order_by("pk").select_for_update(no_key=True).values_list("pk", "state"))
    warnings: list[InvoiceWarning] = []
    new: list[ReceivedInvoice] = []
    for row, facts in sorted(read, key=lambda one: (_received(one[0]), one[0].pk)):  # as KSeF got them
        if row.pk not in states:
            continue
        warned = _judged(past, row, facts)
        if states[row.pk] != State.NEW or now - _received(row) > RECENT:
            continue
        new.append(row)
        warnings += [
            InvoiceWarning(company=company, invoice=row, code=one.code, params=one.params, made_at=now)
            for one in warned
        ]
    past.store()
    ReceivedInvoice.objects.filter(pk__in=states).update(judged_at=now)
    _hide(past, [row for row, _ in read if states.get(row.pk) == State.NEW])
    keep(warnings)
    _take_back(company, past)
    return new


def _received(row: ReceivedInvoice) -> dt.datetime:
    """KSeF's day of receipt; of what KSeF does not know, when it was typed."""
    return row.entry.acquired_at or row.received_at


def _judged(past: history.History, row: ReceivedInvoice, facts: Facts) -> list[Warned]:
    entry, received = row.entry, _received(row)
    invoice = _invoice(past.company, row, facts, received)
    seller = past.of(entry)
    warned = [*rules.hidden_characters(invoice), *rules.buyer_differs(invoice)]
    if seller is not None:
        warned = rules.warnings(invoice, past.past(entry, seller, received))
    doubted = {number for one in warned if one.code == Code.ACCOUNT for number in one.params["accounts"]}
    past.add(entry, invoice, received=received, doubted=doubted)
    return warned


def _invoice(company: Company, row: ReceivedInvoice, facts: Facts, received: dt.datetime) -> Invoice:
    entry = row.entry
    return Invoice(
        number=entry.number,
        seller=entry.seller_name,
        kind=entry.kind,
        currency=entry.currency,
        gross=entry.gross,
        issued=entry.issue_date,
        received=timezone.localdate(received),
        due=facts.payment_due,
        accounts=facts.accounts,
        hidden_in_account=facts.hidden,
        buyer_nip=entry.buyer_nip,
        is_ours=row.role != BUYER or not entry.ksef_number or entry.buyer_nip == company.nip,
    )


def keep(warnings: Sequence[InvoiceWarning]) -> None:
    """Store warnings; one that an invoice has already stays as it is. In a transaction."""
    InvoiceWarning.objects.bulk_create(warnings, ignore_conflicts=True)
    recount({one.invoice_id for one in warnings})


def recount(invoices: set[int]) -> None:
    """Let the column that lists filter by say how many warnings of the invoices are open. In a transaction."""
    if not invoices:
        return
    # locked in a statement of its own, so that the count sees what others have committed meanwhile
    rows = ReceivedInvoice.objects.filter(pk__in=invoices).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    open_ones = InvoiceWarning.objects.filter(invoice=OuterRef("pk"), settled_at=None).order_by()
    count = open_ones.values("invoice").annotate(number=Count("pk")).values("number")
    ReceivedInvoice.objects.filter(pk__in=invoices).update(
        open_warnings=Coalesce(Subquery(count, output_field=IntegerField()), Value(0))
    )


def _hide(past: history.History, rows: Sequence[ReceivedInvoice]) -> None:
    """Invoices of sellers that somebody hid go out of sight, with an event that says so."""
    hidden = [
        row for row in rows if (seller := past.of(row.entry)) is not None and seller.row.hidden_at is not None
    ]
    if not hidden:
        return
    ReceivedInvoice.objects.filter(pk__in=[row.pk for row in hidden]).update(state=State.HIDDEN)
    Event.objects.bulk_create(
        Event(
            company_id=row.company_id,
            invoice=row,
            step=Step.HIDE,
            details={
                "was": {"state": State.NEW},
                "now": {"state": State.HIDDEN},
                "seller": row.entry.seller_nip,
            },
        )
        for row in hidden
    )


def _take_back(company: Company, past: history.History) -> None:
    """Open warnings that an older invoice has answered go away."""
    invoices: set[int] = set()
    for (environment, nip), seller in past.sellers.items():
        if not (seller.came_earlier or seller.cleared):
            continue
        of_seller = _open(company, environment, nip)
        if seller.came_earlier:
            later = of_seller.filter(
                code__in=rules.OF_STRANGERS, invoice__entry__acquired_at__gt=seller.row.since
            )
            invoices |= _delete(later)
        if seller.cleared:
            good = {number for number, one in seller.accounts.items() if not one.doubted}
            changed = of_seller.filter(code=Code.ACCOUNT)
            answered = [one.pk for one in changed if set(one.params["accounts"]) <= good]
            invoices |= _delete(changed.filter(pk__in=answered))
    recount(invoices)


def _open(company: Company, environment: str, nip: str) -> QuerySet[InvoiceWarning]:
    entries = IndexEntry.objects.of(company).filter(environment=environment, seller_nip=nip)
    rows: QuerySet[InvoiceWarning] = InvoiceWarning.objects.of(company)
    return rows.filter(Q(settled_at=None), invoice__entry__in=entries)


def _delete(rows: QuerySet[InvoiceWarning]) -> set[int]:
    invoices = set(rows.values_list("invoice_id", flat=True))
    rows.delete()
    return invoices
