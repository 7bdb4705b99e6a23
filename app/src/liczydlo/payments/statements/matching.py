"""What people decide of lines: which invoices they pay, that they pay none, and taking either back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from liczydlo.companies.models import Company, User
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.payments.models import PaymentEvent, Settlement, StatementLine
from liczydlo.payments.statements import candidates
from liczydlo.payments.statements.candidates import Candidate
from liczydlo.payments.statements.proposals import Proposal, Reason, within
from liczydlo.payments.transfers import execution
from liczydlo.purchases import lifecycle
from liczydlo.purchases.lifecycle import ChangedMeanwhile
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.states import Payment
from liczydlo.sales import balances

Step = PaymentEvent.Step


class DoesNotFit(Exception):
    """The amounts are not what the line or the invoice has left. Nothing is done."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An invoice that a person ties to a line: ``amount`` with the sign of its whole, ``seen`` as in ``lifecycle``."""

    entry: int
    amount: Decimal
    last_seen_event: int


def choices(proposal: Proposal) -> list[Choice]:
    """What confirming a proposal means."""
    return [
        Choice(entry=one.invoice.pk, amount=one.amount, last_seen_event=one.last_seen_event)
        for one in proposal.parts
    ]


def confirm(line: StatementLine, choices_made: Sequence[Choice], *, reason: str, by: User) -> None:
    """The line pays these invoices. Raises ChangedMeanwhile and DoesNotFit."""
    company = line.company
    with transaction.atomic():
        locked_line = _locked(line)
        # one order, or two people's matches of the same invoices would wait for each other
        choices_made = sorted(choices_made, key=lambda one: one.entry)
        list(IndexEntry.objects.of(company).filter(pk__in=[one.entry for one in choices_made])
             .select_for_update(no_key=True).order_by("pk").values_list("pk"))  # fmt: skip
        awaited = execution.awaited(company, locked_line, [one.entry for one in choices_made])
        invoices = candidates.of_entries(company, [one.entry for one in choices_made])
        done, moved_total = [], Decimal(0)
        for one in choices_made:
            invoice = invoices.get(one.entry)
            if invoice is None or invoice.currency != locked_line.account.currency:
                raise DoesNotFit
            settlement = _settle(company, locked_line, invoice, one, reason=reason, by=by)
            item = awaited.get(one.entry)
            if item is not None and item.amount == one.amount:
                done.append((item, settlement))
            moved_total += one.amount * invoice.sign
        total = locked_line.matched + moved_total
        if not moved_total or (total < 0) != (locked_line.amount < 0) or abs(total) > abs(locked_line.amount):
            raise DoesNotFit
        StatementLine.objects.filter(pk=locked_line.pk).update(matched=total)
        execution.carried_out(done, locked_line, by=by)
        sales = [one for one in choices_made if invoices[one.entry].direction == Direction.SALE]
        balances.settle(company.pk, {one.entry: one.amount for one in sales})


def confirm_all(proposals: Sequence[Proposal], *, by: User) -> tuple[int, int]:
    """Confirm one after another; how many were, and how many somebody has changed meanwhile."""
    done = 0
    for one in proposals:
        try:
            confirm(one.line, choices(one), reason=one.reason, by=by)
        except (ChangedMeanwhile, DoesNotFit):
            continue
        done += 1
    return done, len(proposals) - done


def undo(settlement: Settlement, *, by: User) -> None:
    """Take one match, or a payment that somebody typed, back; the purchase is again as if it had not been paid by it.

    Raises ChangedMeanwhile where it is gone already.
    """
    with transaction.atomic():
        line = None if settlement.line is None else _locked(settlement.line, aside_too=True)
        rows = Settlement.objects.of(settlement.company).select_for_update(no_key=True, of=("self",))
        current = rows.select_related("entry").filter(pk=settlement.pk).first()
        if current is None:
            raise ChangedMeanwhile
        execution.taken_back(current, by=by)
        if current.applied:
            _pay(current.entry, -current.applied, on=None, by=by, last_seen_event=None)
        sign = 1 if current.entry.direction == Direction.SALE else -1
        if line is not None:
            StatementLine.objects.filter(pk=line.pk).update(matched=line.matched - sign * current.amount)
        rows.filter(pk=current.pk).delete()
        if current.entry.direction == Direction.SALE:
            balances.settle(current.company_id, {current.entry_id: -current.amount})
        step = Step.TAKEN_BACK if line is None else Step.UNDONE
        _note(current.company_id, step, by, line=line, entry=current.entry, amount=current.amount)


def set_aside(line: StatementLine, reason: str, *, by: User) -> None:
    """The line pays no invoice, for a reason. Raises ChangedMeanwhile where it pays one by now."""
    rows = StatementLine.objects.filter(pk=line.pk, company_id=line.company_id, is_aside=False, matched=0)
    with transaction.atomic():
        if not rows.update(is_aside=True, aside=reason):
            raise ChangedMeanwhile
        _note(line.company_id, Step.ASIDE, by, line=line, reason=reason)


def resume(line: StatementLine, *, by: User) -> None:
    """The line waits for an invoice again. Raises ChangedMeanwhile."""
    rows = StatementLine.objects.filter(pk=line.pk, company_id=line.company_id, is_aside=True)
    with transaction.atomic():
        if not rows.update(is_aside=False, aside=""):
            raise ChangedMeanwhile
        _note(line.company_id, Step.RESUMED, by, line=line)


def say_paid(company: Company, entry: IndexEntry, amount: Decimal, *, on: dt.date, by: User) -> None:
    """Keep what somebody says was paid of a sale, by cash or from an account without statements. Raises DoesNotFit."""
    with transaction.atomic():
        IndexEntry.objects.of(company).select_for_update(no_key=True).get(pk=entry.pk)
        invoice = candidates.of_entries(company, [entry.pk]).get(entry.pk)
        if invoice is None or invoice.direction != Direction.SALE or not within(amount, invoice.room):
            raise DoesNotFit
        Settlement.objects.create(
            company=company,
            environment=entry.environment,
            entry=entry,
            amount=amount,
            paid_on=on,
            reason=Reason.MANUAL,
            by=by,
        )
        balances.settle(company.pk, {entry.pk: amount})
        _note(company.pk, Step.SAID, by, entry=entry, amount=amount)


def _locked(line: StatementLine, *, aside_too: bool = False) -> StatementLine:
    """The line as it is now, nobody else's until the end of the transaction. Raises ChangedMeanwhile."""
    rows = StatementLine.objects.filter(pk=line.pk, company_id=line.company_id)
    row: StatementLine | None = rows.select_for_update(no_key=True).first()
    if row is None or (row.is_aside and not aside_too):
        raise ChangedMeanwhile
    return row


def _settle(
    company: Company, line: StatementLine, invoice: Candidate, choice: Choice, *, reason: str, by: User
) -> Settlement:
    if not within(choice.amount, invoice.room):
        raise DoesNotFit
    if Settlement.objects.of(company).filter(line=line, entry=invoice.pk).exists():
        raise ChangedMeanwhile
    entry = IndexEntry.objects.of(company).get(pk=invoice.pk)
    applied = Decimal(0)
    if invoice.direction == Direction.PURCHASE:
        applied = (
            min(choice.amount, invoice.unpaid) if invoice.payable > 0 else max(choice.amount, invoice.unpaid)
        )
        _pay(entry, applied, on=line.booked_on, by=by, last_seen_event=choice.last_seen_event)
    settlement: Settlement = Settlement.objects.create(
        company=company,
        environment=entry.environment,
        entry=entry,
        line=line,
        amount=choice.amount,
        applied=applied,
        paid_on=line.booked_on,
        reason=reason,
        by=by,
    )
    _note(company.pk, Step.MATCHED, by, line=line, entry=entry, amount=choice.amount, reason=reason)
    return settlement


def _pay(
    entry: IndexEntry, change: Decimal, *, on: dt.date | None, by: User, last_seen_event: int | None
) -> None:
    """Add to what was paid of a purchase, or take away from it.

    ``last_seen_event`` None: whatever its last event is.
    """
    row = (
        ReceivedInvoice.objects.filter(entry=entry, company_id=entry.company_id)
        .select_for_update(no_key=True)
        .get()
    )
    paid = row.payable - row.left + change
    if (paid > 0) != (row.payable > 0):
        paid = Decimal(0)
    payment = Payment.PAID if abs(paid) >= abs(row.payable) else Payment.PART if paid else Payment.DUE
    last = lifecycle.last_event(row, lifecycle.PAYMENTS)
    if payment == Payment.PAID and row.payment == Payment.PAID:
        if last_seen_event is not None and last != last_seen_event:
            raise ChangedMeanwhile
        return
    lifecycle.pay(
        row,
        payment,
        amount=paid if payment == Payment.PART else None,
        on=None if payment == Payment.DUE else on or row.paid_on,
        by=by,
        last_seen_event=last if last_seen_event is None else last_seen_event,
    )


def _note(
    company_id: int,
    step: PaymentEvent.Step,
    by: User,
    *,
    line: StatementLine | None = None,
    entry: IndexEntry | None = None,
    **details: Any,
) -> None:
    texts = {name: str(value) for name, value in details.items()}
    if entry is not None:
        texts["number"] = entry.number
    PaymentEvent.objects.create(
        company_id=company_id, line=line, entry=entry, step=step, by=by, details=texts
    )
