"""The reading job: takes out of received documents what lists, search and ties need, a batch in one transaction.

It runs after storing, so that nothing of it slows or stops the receiving; rows of an older program are read the same
way. ``read_at`` says which are done: interrupted anywhere, the next run goes on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Model

from liczydlo.companies.models import Company
from liczydlo.documents import bulk, facts
from liczydlo.documents.facts import Facts
from liczydlo.documents.models import Document, IndexEntry
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.purchases import due, letters
from liczydlo.purchases.doubles import matching
from liczydlo.purchases.models import Event, LineWord, ReceivedInvoice, Reference
from liczydlo.purchases.states import Payment, Step
from liczydlo.purchases.warnings import judging, white_list
from liczydlo.web.search import fold
from liczydlo.webhooks import services

READ_JOB: Final = "purchases.read"
ROUND: Final = "purchases.read.round"
ROUND_EVERY: Final = dt.timedelta(minutes=1)
EVENT: Final = "purchase.received"
BATCH: Final = 500  # documents per transaction


def request(company: Company) -> None:
    """Have what the company has received read by a worker."""
    registry.enqueue(company.pk, READ_JOB)


@registry.job(READ_JOB)
def read(claim: Claim) -> dt.datetime | None:
    """Read what is not read yet. Raises ClaimLost."""
    company = claim.company
    claim.step("read.claimed")
    while rows := _unread(company, judged_at=None) or _unread(company, read_at=None):
        claim.step("read.store")
        _store(company, rows, now=claim.clock())
        claim.step("read.stored")
        claim.progressed()
        if claim.should_yield:
            return claim.clock()
    return None


@registry.job(ROUND, standing=True)
def look_round(claim: Claim) -> dt.datetime:
    """Begin with the companies that have received something since the last round. Raises ClaimLost."""
    claim.step("read.round")
    for undone in ({"read_at": None}, {"judged_at": None}):
        rows = ReceivedInvoice.objects.filter(**undone).order_by()
        for company in rows.values_list("company", flat=True).distinct():
            registry.enqueue(company, READ_JOB)
    return claim.clock() + ROUND_EVERY


def _unread(company: Company, **undone: None) -> list[ReceivedInvoice]:
    """In KSeF's order, by which warnings are made: rows of a transaction are stored in another."""
    rows = ReceivedInvoice.objects.of(company).filter(**undone)
    return list(rows.order_by("stored_at", "pk").select_related("entry")[:BATCH])


def _store(company: Company, rows: Sequence[ReceivedInvoice], *, now: dt.datetime) -> None:
    """Those that an earlier version of the program has read are only judged: people have changed them meanwhile."""
    xml = dict(
        Document.objects.of(company)
        .filter(pk__in=[row.entry.document_id for row in rows])
        .values_list("pk", "xml")
    )
    facts_of_rows = {row.pk: facts.of(bytes(xml[row.entry.document_id])) for row in rows}
    unread = [row for row in rows if row.read_at is None]
    references, words = [], []
    entries: list[IndexEntry] = []
    changed: list[ReceivedInvoice] = []
    for row in unread:
        entry, read = row.entry, facts_of_rows[row.pk]
        references += _references(company, entry, read)
        words += [(company.pk, entry.environment, word, entry.pk) for word in sorted(read.words)]
        if _fill(entry, payment_due=read.payment_due, seller_key=fold(entry.seller_name)[:512]):
            entries.append(entry)
        if _fill(row, **due.columns(entry, read)):
            changed.append(row)
    with transaction.atomic():
        new = judging.judge(company, [(row, facts_of_rows[row.pk]) for row in rows], now=now)
        white_list.ask(company, new)
        Reference.objects.bulk_create(references, ignore_conflicts=True)
        bulk.insert_missing(LineWord, ("company_id", "environment", "word", "entry_id"), words)
        bulk.update_all(entries, ["payment_due", "seller_key"])
        bulk.update_all(sorted(changed, key=lambda row: row.pk), ["payable", "currency", "payment_due"])
        for row in unread:
            _note_payment(row, facts_of_rows[row.pk])
        unread_rows = ReceivedInvoice.objects.of(company).filter(
            pk__in=[row.pk for row in unread], read_at=None
        )
        unread_rows.update(read_at=now)
        letters.request(company, now=now)
        matching.request(company)
        services.emit(company, EVENT, ((str(row.pk), _payload(row)) for row in unread))


def _fill(row: Model, **values: Any) -> bool:
    """Put the values into the row in memory; whether any of them is another than before."""
    differs = any(getattr(row, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    return differs


def _payload(row: ReceivedInvoice) -> dict[str, str | None]:
    """What webhooks say of a purchase (docs/webhooks.md); amounts are decimal strings."""
    entry = row.entry
    return {
        "ksef_number": entry.ksef_number,
        "environment": entry.environment,
        "number": entry.number,
        "kind": entry.kind,
        "issue_date": entry.issue_date.isoformat(),
        "seller_nip": entry.seller_nip,
        "seller_name": entry.seller_name,
        "buyer_nip": entry.buyer_nip,
        "currency": entry.currency,
        "net": None if entry.net is None else str(entry.net),
        "vat_pln": None if entry.vat is None else str(entry.vat),
        "gross": str(entry.gross),
        "payment_due": entry.payment_due.isoformat() if entry.payment_due else None,
    }


def _note_payment(row: ReceivedInvoice, document_facts: Facts) -> None:
    """What the invoice itself says was paid, unless a person has said something meanwhile."""
    if not (document_facts.is_paid or document_facts.paid_amount):
        return
    payment = Payment.PAID if document_facts.is_paid else Payment.PART
    amount = None if document_facts.is_paid else document_facts.paid_amount
    unpaid = ReceivedInvoice.objects.filter(pk=row.pk, payment=Payment.DUE, read_at=None)
    if unpaid.update(payment=payment, paid_amount=amount, paid_on=document_facts.paid_on):
        Event.objects.create(
            company_id=row.company_id,
            invoice=row,
            step=Step.READ_PAID,
            details={"was": {"payment": Payment.DUE}, "now": {"payment": payment}},
        )


def _references(company: Company, entry: IndexEntry, document_facts: Facts) -> list[Reference]:
    kinds = (
        (Reference.Kind.CORRECTION, document_facts.corrects),
        (Reference.Kind.SETTLEMENT, document_facts.settles),
    )
    return [
        Reference(company=company, environment=entry.environment, entry=entry, kind=kind, ksef_number=number)
        for kind, numbers in kinds
        for number in numbers
    ]
