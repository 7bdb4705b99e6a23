"""What a person decides of a possible double: to join the two, or that they are two."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from liczydlo.companies.models import Company, User
from liczydlo.documents.models import IndexEntry
from liczydlo.purchases import lifecycle
from liczydlo.purchases.doubles import matching
from liczydlo.purchases.doubles.models import PossibleDouble
from liczydlo.purchases.doubles.signals import joining
from liczydlo.purchases.models import Attachment, Event, ReceivedInvoice
from liczydlo.purchases.outside import services
from liczydlo.purchases.states import Payment, State, Step
from liczydlo.web import times

PROGRESS: Final = (State.NEW, State.CHECKED, State.BOOKED)
COPIED_IF_EMPTY: Final = ("category", "concerns")
"""What people said of the cost goes to the invoice where nobody said anything of that."""
MOST_NOTE: Final = 4000  # characters of two notes


class Decided(Exception):
    """Somebody else has joined the pair, deleted the cost or said that they are two. Nothing is done."""


def dismiss(pair: PossibleDouble, *, by: User) -> None:
    """They are two: nobody is asked again. Raises Decided."""
    with transaction.atomic():
        matching.lock(pair.company_id)  # events lock both purchases, which a join locks before the pair
        undecided = PossibleDouble.objects.filter(pk=pair.pk, company_id=pair.company_id, dismissed_at=None)
        if not undecided.update(dismissed_at=times.now(), dismissed_by=by):
            raise Decided
        sides = ((pair.invoice_id, pair.outside), (pair.outside_id, pair.invoice))
        Event.objects.bulk_create(
            Event(
                company_id=pair.company_id,
                invoice_id=pk,
                step=Step.DIFFER,
                by=by,
                details={"name": other.entry.number},
            )
            for pk, other in sides
        )


def join(pair: PossibleDouble, *, by: User) -> ReceivedInvoice:
    """Make one purchase of the two: the invoice from KSeF gets the cost's files, note, category, progress, payment with
    all that pays it, and the cost goes. The event keeps what the cost was. Raises Decided, NotChanged."""
    with transaction.atomic():
        matching.lock(pair.company_id)
        # matches lock the entries, then orders, then purchases
        entries = IndexEntry.objects.filter(
            company_id=pair.company_id, purchase__in=(pair.outside_id, pair.invoice_id)
        )
        list(entries.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
        if not PossibleDouble.objects.filter(
            pk=pair.pk, company_id=pair.company_id, dismissed_at=None
        ).exists():
            raise Decided
        answers = joining.send(PossibleDouble, cost=pair.outside, invoice=pair.invoice)
        settled_amount = sum((Decimal(amount or 0) for _receiver, amount in answers), Decimal(0))
        rows = ReceivedInvoice.objects.filter(
            company_id=pair.company_id, pk__in=(pair.outside_id, pair.invoice_id)
        ).select_related("entry", "company")
        locked: dict[int, ReceivedInvoice] = {
            row.pk: row for row in rows.order_by("pk").select_for_update(of=("self",))
        }
        cost, invoice = locked.get(pair.outside_id), locked.get(pair.invoice_id)
        undecided = PossibleDouble.objects.filter(pk=pair.pk, company_id=pair.company_id, dismissed_at=None)
        if cost is None or invoice is None or not cost.is_outside or not undecided.exists():
            raise Decided
        values = _changes_of_invoice(cost, invoice, settled_amount)
        details = {
            "name": cost.entry.number,
            "was": lifecycle.as_texts({name: getattr(invoice, name) for name in values}),
            "now": lifecycle.as_texts(values),
            "cost": lifecycle.as_texts(
                {name: getattr(cost.entry, name) for name in services.COPIED}
                | {"account": cost.account, "state": cost.state, "payment": cost.payment, "note": cost.note}
            ),
        }
        if values:
            ReceivedInvoice.objects.filter(pk=invoice.pk).update(**values)
        _move_files(cost, invoice)
        Event.objects.create(
            company_id=pair.company_id, invoice=invoice, step=Step.JOIN, by=by, details=details
        )
        services.remove(cost)
    return invoice


def _changes_of_invoice(
    cost: ReceivedInvoice, invoice: ReceivedInvoice, settled_amount: Decimal
) -> dict[str, Any]:
    """What of the invoice changes; ``settled_amount`` of it is paid by lines of statements, whoever knows of it."""
    values: dict[str, Any] = {
        name: getattr(cost, name)
        for name in COPIED_IF_EMPTY
        if getattr(cost, name) and not getattr(invoice, name)
    }
    if cost.note and cost.note not in invoice.note:
        values["note"] = "\n".join(filter(None, (invoice.note, cost.note)))[:MOST_NOTE]
    if invoice.payment == Payment.DUE and cost.payment != Payment.DUE:
        values |= _payment(cost, invoice)
    payment = values.get("payment", invoice.payment)
    paid = values.get("paid_amount", invoice.paid_amount) or Decimal(0)
    if payment != Payment.PAID and abs(settled_amount) > abs(paid):
        is_whole = abs(settled_amount) >= abs(invoice.payable)
        values |= {
            "payment": Payment.PAID if is_whole else Payment.PART,
            "paid_amount": None if is_whole else settled_amount,
            "paid_on": cost.paid_on or invoice.paid_on,
        }
    if _progress(cost) > _progress(invoice):
        values["state"] = cost.state
    return values


def _progress(row: ReceivedInvoice) -> int:
    """How far people have got with it; what is hidden stands before the rest."""
    state = State(row.state)
    return PROGRESS.index(state) if state in PROGRESS else -1


def _payment(cost: ReceivedInvoice, invoice: ReceivedInvoice) -> dict[str, Any]:
    amount, payable = cost.paid_amount, invoice.payable
    if cost.payment == Payment.PART and amount is not None:
        if cost.entry.currency != invoice.entry.currency:
            return {}
        if abs(amount) < abs(payable):
            return {"payment": Payment.PART, "paid_amount": amount, "paid_on": cost.paid_on}
    return {"payment": Payment.PAID, "paid_amount": None, "paid_on": cost.paid_on}


def _move_files(cost: ReceivedInvoice, invoice: ReceivedInvoice) -> None:
    attached = set(invoice.attachments.values_list("file_id", flat=True))
    Attachment.objects.filter(invoice=cost.pk).exclude(file__in=attached).update(invoice=invoice)


def of(company: Company, row: ReceivedInvoice) -> list[tuple[PossibleDouble, ReceivedInvoice]]:
    """Undecided pairs of a purchase, each with the other side."""
    pairs = PossibleDouble.objects.of(company).filter(dismissed_at=None)
    if row.is_outside:
        return [(one, one.invoice) for one in pairs.filter(outside=row).select_related("invoice__entry")]
    return [(one, one.outside) for one in pairs.filter(invoice=row).select_related("outside__entry")]
