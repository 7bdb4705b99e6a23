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
    seen: int


def choices(proposal: Proposal) -> list[Choice]:
    """What confirming a proposal means."""
    return [Choice(entry=one.invoice.pk, amount=one.amount, seen=one.seen) for one in proposal.parts]


def confirm(line: StatementLine, chosen: Sequence[Choice], *, reason: str, by: User) -> None:
    """The line pays these invoices. Raises ChangedMeanwhile and DoesNotFit."""
    company = line.company
    with transaction.atomic():
        here = _locked(line)
        # one order, or two people's matches of the same invoices would wait for each other
        chosen = sorted(chosen, key=lambda one: one.entry)
        list(IndexEntry.objects.of(company).filter(pk__in=[one.entry for one in chosen])
             .select_for_update(no_key=True).order_by("pk").values_list("pk"))  # fmt: skip
        awaited = execution.awaited(company, here, [one.entry for one in chosen])
        invoices = candidates.of_entries(company, [one.entry for one in chosen])
        done, moved = [], Decimal(0)
        for one in chosen:
            invoice = invoices.get(one.entry)
            if invoice is None or invoice.currency != here.account.currency:
                raise DoesNotFit
            settlement = _settle(company, here, invoice, one, reason=reason, by=by)
            item = awaited.get(one.entry)
            if item is not None and item.amount == one.amount:
                done.append((item, settlement))
            moved += one.amount * invoice.sign
        total = here.matched + moved
        if not moved or (total < 0) != (here.amount < 0) or abs(total) > abs(here.amount):
            raise DoesNotFit
        StatementLine.objects.filter(pk=here.pk).update(matched=total)
        execution.carried_out(done, here, by=by)
        sales = [one for one in chosen if invoices[one.entry].direction == Direction.SALE]
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
        here = Settlement.objects.of(settlement.company).select_for_update(no_key=True, of=("self",))
        mine = here.select_related("entry").filter(pk=settlement.pk).first()
        if mine is None:
            raise ChangedMeanwhile
        execution.taken_back(mine, by=by)
        if mine.applied:
            _pay(mine.entry, -mine.applied, on=None, by=by, seen=None)
        sign = 1 if mine.entry.direction == Direction.SALE else -1
        if line is not None:
            StatementLine.objects.filter(pk=line.pk).update(matched=line.matched - sign * mine.amount)
        here.filter(pk=mine.pk).delete()
        if mine.entry.direction == Direction.SALE:
            balances.settle(mine.company_id, {mine.entry_id: -mine.amount})
        step = Step.TAKEN_BACK if line is None else Step.UNDONE
        _note(mine.company_id, step, by, line=line, entry=mine.entry, amount=mine.amount)


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
    here: StatementLine | None = rows.select_for_update(no_key=True).first()
    if here is None or (here.is_aside and not aside_too):
        raise ChangedMeanwhile
    return here


def _settle(
    company: Company, line: StatementLine, invoice: Candidate, one: Choice, *, reason: str, by: User
) -> Settlement:
    if not within(one.amount, invoice.room):
        raise DoesNotFit
    if Settlement.objects.of(company).filter(line=line, entry=invoice.pk).exists():
        raise ChangedMeanwhile
    entry = IndexEntry.objects.of(company).get(pk=invoice.pk)
    applied = Decimal(0)
    if invoice.direction == Direction.PURCHASE:
        applied = min(one.amount, invoice.left) if invoice.whole > 0 else max(one.amount, invoice.left)
        _pay(entry, applied, on=line.booked_on, by=by, seen=one.seen)
    settlement: Settlement = Settlement.objects.create(
        company=company,
        environment=entry.environment,
        entry=entry,
        line=line,
        amount=one.amount,
        applied=applied,
        paid_on=line.booked_on,
        reason=reason,
        by=by,
    )
    _note(company.pk, Step.MATCHED, by, line=line, entry=entry, amount=one.amount, reason=reason)
    return settlement


def _pay(entry: IndexEntry, change: Decimal, *, on: dt.date | None, by: User, seen: int | None) -> None:
    """Add to what was paid of a purchase, or take away from it. ``seen`` None: whatever its last event is."""
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
        if seen is not None and last != seen:
            raise ChangedMeanwhile
        return
    lifecycle.pay(
        row,
        payment,
        amount=paid if payment == Payment.PART else None,
        on=None if payment == Payment.DUE else on or row.paid_on,
        by=by,
        last_seen_event=last if seen is None else seen,
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
    said = {name: str(value) for name, value in details.items()}
    if entry is not None:
        said["number"] = entry.number
    PaymentEvent.objects.create(company_id=company_id, line=line, entry=entry, step=step, by=by, details=said)
