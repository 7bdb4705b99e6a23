"""What of a contractor's late payments a note may ask for, and making one: a number, and what was counted.

Counted are sales in PLN with a day of payment: what was paid late, and what is late still. What documents themselves
say was paid counts as paid in time; a correction that raises an invoice is not counted: its day of payment is another.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, QuerySet

from liczydlo.companies.models import Company, User
from liczydlo.contacts import trade
from liczydlo.contacts.models import Contractor
from liczydlo.documents import facts
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.fa3 import money
from liczydlo.lookups import rates as exchange
from liczydlo.payments.interest import counting
from liczydlo.payments.interest.counting import Part, Payment
from liczydlo.payments.interest.rates import PUBLISHED, Kind, Rate
from liczydlo.payments.models import InterestNote, InterestNoteItem, InterestRate, Settlement

NOTHING: Final = Decimal(0)
PLN: Final = "PLN"
_DAY: Final = dt.timedelta(days=1)


class ChangedMeanwhile(Exception):
    """What the note would say is no more what the page has shown; nothing is stored."""


@dataclass(frozen=True, kw_only=True)
class Compensation:
    """EUR of art. 10, and what it is in PLN; ``amount`` is None where the rate of exchange is not known."""

    eur: int
    amount: Decimal | None = None
    rate: Decimal | None = None
    table: str = ""


@dataclass(frozen=True, kw_only=True)
class Debt:
    """An invoice with the parts of its interest; ``compensation`` is None where the law gives none, or no more."""

    entry: IndexEntry
    due: dt.date
    parts: Sequence[Part]
    compensation: Compensation | None = None

    @property
    def interest(self) -> Decimal:
        """The sum of the parts."""
        return sum((part.interest for part in self.parts), NOTHING)


@dataclass(frozen=True, kw_only=True)
class Count:
    """``unknown`` is the day whose rate nobody knows: no interest is counted then. ``foreign`` is of invoices that are
    late in other currencies and not counted."""

    debts: Sequence[Debt] = ()
    unknown: dt.date | None = None
    foreign: int = 0


def of(company: Company, contractor: Contractor) -> QuerySet[InterestNote]:
    """The notes to a contractor (``privacy.STAYING``)."""
    rows: QuerySet[InterestNote] = InterestNote.objects.of(company)
    return rows.filter(contractor=contractor)


def rates(company: Company, kind: Kind) -> list[Rate]:
    """The published ones and the firm's own, the oldest first."""
    own = [
        Rate(since=one.since, until=one.until, percent=one.percent, source=one.source)
        for one in InterestRate.objects.of(company).filter(kind=kind)
    ]
    return sorted((*PUBLISHED[kind], *own), key=lambda rate: rate.since)


def count(company: Company, contractor: Contractor, kind: Kind, day: dt.date) -> Count:
    """What is late on a day and was not asked for yet."""
    entries = trade.invoices(company, contractor, Direction.SALE).filter(
        receivable__payment_due__lt=day, receivable__payable__gt=0
    )
    entries = entries.select_related("receivable", "document").order_by("receivable__payment_due", "pk")
    entries_in_pln = [entry for entry in entries if entry.currency == PLN]
    last_days: dict[int, dt.date] = dict(
        InterestNoteItem.objects.of(company)
        .filter(entry__in=entries_in_pln)
        .values_list("entry")
        .annotate(last=Max("until"))
    )
    compensated = set(
        InterestNoteItem.objects.of(company)
        .filter(entry__in=entries_in_pln, has_compensation=True)
        .values_list("entry", flat=True)
    )
    published_rates, debts = rates(company, kind), []
    try:
        for entry in entries_in_pln:
            last = last_days.get(entry.pk)
            since = last + _DAY if last is not None else None
            principal = _principal(entry)
            due = entry.receivable.payment_due
            if due is None:  # the query leaves these out
                continue
            parts = counting.count(principal, due, _payments(entry), day, published_rates, since=since)
            if any(part.interest for part in parts):
                is_due = kind != Kind.CIVIL and entry.pk not in compensated
                extra = _compensation(company, principal, due) if is_due else None
                debts.append(Debt(entry=entry, due=due, parts=parts, compensation=extra))
    except counting.UnknownRate as error:
        return Count(unknown=error.day)
    late = [one for one in entries if one.currency != PLN and one.receivable.is_overdue(day)]
    return Count(debts=debts, foreign=len(late))


def _principal(entry: IndexEntry) -> Decimal:
    """The amount of the invoice, or less where corrections have lowered it."""
    own = facts.payable(entry.gross, facts.of(bytes(entry.document.xml))) if entry.document else entry.gross
    return min(own, entry.receivable.payable)


def _payments(entry: IndexEntry) -> list[Payment]:
    """Settlements by their days; what the documents say beyond them was paid at the issue."""
    rows = Settlement.objects.filter(entry=entry, company_id=entry.company_id)
    payments = [Payment(on=row.paid_on, amount=row.amount) for row in rows]
    beyond = entry.receivable.paid - sum((one.amount for one in payments), NOTHING)
    return [*payments, Payment(on=entry.issue_date, amount=beyond)] if beyond > 0 else payments


def _compensation(company: Company, value: Decimal, due: dt.date) -> Compensation:
    """Art. 10 ust. 1a: NBP's rate of the last working day of the month before that in which the debt became due."""
    eur = counting.compensation(value)
    first = (counting.last_day(due) + _DAY).replace(day=1)
    quote = exchange.rate_before(company, "EUR", first)
    if quote.rate is None:
        return Compensation(eur=eur)
    amount = money.grosze(eur * quote.rate.mid)
    return Compensation(eur=eur, amount=amount, rate=quote.rate.mid, table=quote.rate.number)


def digest(debts: Sequence[Debt], kind: Kind, day: dt.date) -> str:
    """What a page shows of them, for :func:`make` to compare."""
    text = json.dumps([kind, day.isoformat(), [_columns_of(one, with_compensation=True) for one in debts]])
    return hashlib.sha256(text.encode()).hexdigest()


def make(
    company: Company,
    contractor: Contractor,
    kind: Kind,
    day: dt.date,
    *,
    chosen_debts: Collection[int],
    compensated: Collection[int],
    seen_digest: str,
    by: User,
) -> InterestNote:
    """A note of the chosen invoices (ids of index entries), with compensation of some of them.

    Raises ChangedMeanwhile, also where nothing was chosen.
    """
    with transaction.atomic():
        Company.objects.select_for_update(no_key=True).get(pk=company.pk)  # numbers and notes, one at a time
        counted = count(company, contractor, kind, day)
        if digest(counted.debts, kind, day) != seen_digest:
            raise ChangedMeanwhile
        debts = [one for one in counted.debts if one.entry.pk in chosen_debts]
        if not debts:
            raise ChangedMeanwhile
        extra = {
            one.entry.pk: one.compensation.amount
            for one in debts
            if one.entry.pk in compensated and one.compensation and one.compensation.amount is not None
        }
        notes_of_year = InterestNote.objects.of(company).filter(
            environment=company.environment, year=day.year
        )
        note = InterestNote.objects.create(
            company=company,
            environment=company.environment,
            contractor=contractor,
            year=day.year,
            place=(notes_of_year.aggregate(last=Max("place"))["last"] or 0) + 1,
            day=day,
            kind=kind,
            interest=sum((one.interest for one in debts), NOTHING),
            compensation=sum(extra.values(), NOTHING),
            content={
                "seller": [company.name, f"NIP {company.nip}", company.line1, company.line2],
                "buyer": _buyer(contractor),
                "debts": [_columns_of(one, with_compensation=one.entry.pk in extra) for one in debts],
            },
            by=by,
        )
        InterestNoteItem.objects.bulk_create(
            InterestNoteItem(
                company=company, note=note, entry=one.entry, until=day, has_compensation=one.entry.pk in extra
            )
            for one in debts
        )
    return note


def _buyer(contractor: Contractor) -> list[str]:
    address = contractor.addresses.filter(is_default=True).first()
    number = f"NIP {contractor.number}" if contractor.kind == "nip" else contractor.identifier
    return [contractor.name, number, *([address.line1, address.line2] if address is not None else [])]


def _columns_of(debt: Debt, *, with_compensation: bool) -> dict[str, Any]:
    """A debt as JSON: amounts as text, days as ISO dates."""
    extra = debt.compensation if with_compensation else None
    return {
        "number": debt.entry.number,
        "due": debt.due.isoformat(),
        "parts": [
            {
                "since": part.since.isoformat(),
                "until": part.until.isoformat(),
                "days": part.days,
                "amount": str(part.amount),
                "percent": f"{part.rate.percent.normalize():f}",
                "source": part.rate.source,
                "interest": str(part.interest),
            }
            for part in debt.parts
        ],
        "compensation": None
        if extra is None or extra.amount is None
        else {
            "eur": extra.eur,
            "amount": str(extra.amount),
            "rate": f"{(extra.rate or NOTHING).normalize():f}",
            "table": extra.table,
        },
    }
