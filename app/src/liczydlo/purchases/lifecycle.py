"""How purchases change: under a lock, so of two people one wins, and with an event in the same transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, QuerySet

from liczydlo.companies.models import Company, User
from liczydlo.purchases.models import Event, ReceivedInvoice
from liczydlo.purchases.states import TRANSITIONS, Payment, Step

CHUNK: Final = 500
"""Rows in one statement: a database takes only so many parameters."""
MOST: Final = 20_000
"""Rows in one mass action; the rest is left for the next one."""
PAYMENTS: Final = (Step.PAYMENT, Step.READ_PAID, Step.JOIN)
DESCRIPTIONS: Final = (Step.DESCRIBE,)
"""Steps that change the same columns: a page shows what the last of them left."""


class ChangedMeanwhile(Exception):
    """Somebody else has changed what the caller saw. Nothing is done."""


def last_event(row: ReceivedInvoice, steps: Sequence[Step]) -> int:
    """The id of the last event of these steps, 0 before the first: what a page was made from."""
    pk: int | None = Event.objects.filter(invoice=row.pk, step__in=steps).aggregate(last=Max("pk"))["last"]
    return pk or 0


def move_all(rows: QuerySet[ReceivedInvoice], step: Step, *, by: User) -> int:
    """Take a step with all rows whose state allows it; how many they were."""
    starts = {start: to for (start, one), to in TRANSITIONS.items() if one == step}
    done = 0
    for start, to in starts.items():
        done += _change(rows.filter(state=start), step, by=by, values={"state": to}, was={"state": start})
    return done


def mark_paid(rows: QuerySet[ReceivedInvoice], *, on: dt.date, by: User) -> int:
    """The whole of each was paid on that day; how many were not paid before."""
    values = {"payment": Payment.PAID, "paid_amount": None, "paid_on": on}
    return sum(
        _change(rows.filter(payment=before), Step.PAYMENT, by=by, values=values, was={"payment": before})
        for before in (Payment.DUE, Payment.PART)
    )


def pay(
    row: ReceivedInvoice,
    payment: Payment,
    *,
    amount: Decimal | None,
    on: dt.date | None,
    by: User,
    last_seen_event: int,
) -> bool:
    """Keep what was paid of an invoice, ``amount`` of a part alone; whether anything changes.

    ``last_seen_event`` is the :func:`last_event` of PAYMENTS that the person saw. Raises ChangedMeanwhile.
    """
    values = {"payment": payment, "paid_amount": amount, "paid_on": on}
    return _change_one(row, PAYMENTS, values, by=by, last_seen_event=last_seen_event)


def describe(
    row: ReceivedInvoice, *, category: str, concerns: str, note: str, by: User, last_seen_event: int
) -> bool:
    """Keep what people say of an invoice; whether anything changes.

    ``last_seen_event`` as in :func:`pay`, of DESCRIPTIONS. Raises ChangedMeanwhile.
    """
    values = {"category": category, "concerns": concerns, "note": note}
    return _change_one(row, DESCRIPTIONS, values, by=by, last_seen_event=last_seen_event)


def _change_one(
    row: ReceivedInvoice, steps: Sequence[Step], values: dict[str, Any], *, by: User, last_seen_event: int
) -> bool:
    """Change what nobody has changed since ``last_seen_event``; the event is the first of ``steps``."""
    with transaction.atomic():
        rows = ReceivedInvoice.objects.filter(pk=row.pk, company_id=row.company_id)
        current = rows.select_for_update(no_key=True).first()
        if current is None or last_event(current, steps) != last_seen_event:
            raise ChangedMeanwhile
        was = {name: getattr(current, name) for name in values}
        if was == values:
            return False
        rows.update(**values)
        Event.objects.create(
            company_id=row.company_id,
            invoice=current,
            step=steps[0],
            by=by,
            details={"was": as_texts(was), "now": as_texts(values)},
        )
    return True


def as_texts(values: dict[str, Any]) -> dict[str, str]:
    """Values as an event keeps them."""
    return {name: str(value) for name, value in values.items() if value is not None}


def categories(company: Company) -> list[str]:
    """The firm's own list: every category that it has used."""
    used = ReceivedInvoice.objects.of(company).exclude(category="")
    return list(used.order_by("category").values_list("category", flat=True).distinct()[:200])


def suggested_category(row: ReceivedInvoice) -> str:
    """The category that the seller's latest described invoice has; empty when there is none."""
    nip, identifier = row.entry.seller_nip, row.entry.seller_id
    if not nip and len(identifier) <= len("PL"):  # nothing but a country, or not even that
        return ""
    same = ReceivedInvoice.objects.filter(
        company_id=row.company_id,
        environment=row.environment,
        entry__seller_nip=nip,
        entry__seller_id=identifier,
    )
    return same.exclude(category="").order_by("-pk").values_list("category", flat=True).first() or ""


def _change(
    rows: QuerySet[ReceivedInvoice], step: Step, *, by: User, values: dict[str, Any], was: dict[str, Any]
) -> int:
    """Change the rows that are still as they were."""
    done = 0
    ids = list(rows.order_by("pk").values_list("pk", "company_id")[:MOST])
    for at in range(0, len(ids), CHUNK):
        with transaction.atomic():
            chunk = dict(ids[at : at + CHUNK])
            locked = ReceivedInvoice.objects.filter(pk__in=chunk, **was).select_for_update(no_key=True)
            unchanged_ids = list(locked.order_by("pk").values_list("pk", flat=True))
            done += ReceivedInvoice.objects.filter(pk__in=unchanged_ids).update(**values)
            Event.objects.bulk_create(
                Event(
                    company_id=chunk[pk],
                    invoice_id=pk,
                    step=step,
                    by=by,
                    details={"was": as_texts(was), "now": as_texts(values)},
                )
                for pk in unchanged_ids
            )
    return done


def of_entries(company: Company, entries: Any) -> QuerySet[ReceivedInvoice]:
    """The company's purchases of index entries, in its present environment."""
    rows: QuerySet[ReceivedInvoice] = ReceivedInvoice.objects.of(company)
    return rows.filter(environment=company.environment, entry__in=entries)
