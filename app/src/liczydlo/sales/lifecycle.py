"""How an invoice's row changes: through ``move`` alone, a conditional UPDATE, so of two processes one wins, and in the
same transaction its index entry and an event, so that the timeline tells what happened. ``states`` has the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from django.db import transaction
from django.db.models import QuerySet

from liczydlo.companies.models import User
from liczydlo.documents.models import IndexEntry
from liczydlo.jobs import registry
from liczydlo.sales import balances
from liczydlo.sales.models import Awaited, Event, Invoice
from liczydlo.sales.signals import moved as moved_signal
from liczydlo.sales.states import NotNow, State, Step, target
from liczydlo.web import times
from liczydlo.web.reasons import Reason

ORDER: Final = "sales.order"
"""The job of what waits for others' numbers: see ``awaiting``."""
SETTLED: Final = frozenset({State.ACCEPTED, State.REJECTED, State.OUTSIDE, State.CORRECTED})
CHUNK: Final = 500
"""Rows in one statement: a database takes only so many parameters."""


class StaleDraft(NotNow):
    """The draft is not what the caller saw: ``why`` tells what became of it.

    ``invoice`` is its row as it is now, or None when it was deleted.
    """

    def __init__(
        self, why: Literal["issued", "awaiting", "leaving", "deleted", "changed"], invoice: Invoice | None
    ) -> None:
        super().__init__(f"the draft was {why} meanwhile")
        self.why, self.invoice = why, invoice


@dataclass(frozen=True)
class Change:
    """What a step writes for one invoice: ``fields`` of its row and ``entry``, columns of its index entry."""

    invoice: Invoice
    fields: dict[str, Any] = field(default_factory=dict)
    entry: dict[str, Any] = field(default_factory=dict)


def move(
    invoice: Invoice,
    step: Step,
    *,
    by: User | None = None,
    reason: Reason | None = None,
    entry: dict[str, Any] | None = None,
    **fields: Any,
) -> None:
    """Take one step: the row, further ``fields`` of it, columns of its index entry and the event, all or nothing.

    ``reason`` is kept with the invoice and shown; a step without one clears it. Raises NotNow.
    """
    if not move_each([Change(invoice, fields, entry or {})], step, by=by, reason=reason):
        raise NotNow(f"{step}: another process was faster")


def move_each(
    changes: Sequence[Change], step: Step, *, by: User | None = None, reason: Reason | None = None
) -> list[Invoice]:
    """Take the same step for several invoices in one transaction, as :func:`move` does for one.

    Returns those that took it: where another process was faster, nothing is changed. Raises NotNow when the step is
    not one from a row's state.
    """
    reason_json = reason.as_json() if reason else None
    moves: list[tuple[Invoice, dict[str, Any]]] = []
    with transaction.atomic():
        for change in changes:
            invoice = change.invoice
            to = target(invoice.state, step)
            values = {"state": to, "reason_json": reason_json, "changed_at": times.now(), **change.fields}
            # its mode as it was read too, or it would be sent as one of the mode before
            unchanged = Invoice.objects.filter(
                pk=invoice.pk, company_id=invoice.company_id, state=invoice.state, mode=invoice.mode
            )
            if not unchanged.update(**values):
                continue
            columns = change.entry
            if State.REJECTED in (invoice.state, to):
                # one corrected technically was refused: its correction has the number
                columns = {**columns, "rejected": to in (State.REJECTED, State.CORRECTED)}
            if columns:
                _index(invoice, columns)
            moves.append((invoice, values))
        for invoice, values in moves:
            if balances.counts(invoice.state) != balances.counts(values["state"]):
                balances.refresh(invoice.company_id, [invoice.entry_id])
        settled_invoices = [invoice for invoice, values in moves if values["state"] in SETTLED]
        for company in (
            Awaited.objects.filter(original__in=settled_invoices).values_list("company", flat=True).distinct()
        ):
            registry.enqueue(company, ORDER)
        Event.objects.bulk_create(
            Event(
                company_id=invoice.company_id,
                invoice_id=invoice.pk,
                step=step,
                by=by,
                reason_json=reason_json,
            )
            for invoice, _ in moves
        )
        moved_signal.send(sender=Invoice, step=step, invoices=[invoice for invoice, _ in moves])
    for invoice, values in moves:
        for name, value in values.items():
            setattr(invoice, name, value)
    return [invoice for invoice, _ in moves]


def move_all(
    rows: QuerySet[Invoice],
    start: State,
    step: Step,
    *,
    by: User | None = None,
    reason: Reason | None = None,
    **fields: Any,
) -> int:
    """Take one step for all rows that are in ``start``, with the same ``fields``; how many they were.

    For steps that change nothing of the index entry.
    """
    values = {
        "state": target(start, step),
        "reason_json": reason.as_json() if reason else None,
        "changed_at": times.now(),
        **fields,
    }
    with transaction.atomic():
        locked = rows.filter(state=start).select_for_update(no_key=True, of=("self",)).order_by("pk")
        keys = list(locked.values_list("pk", "company_id"))
        for at in range(0, len(keys), CHUNK):
            chunk = keys[at : at + CHUNK]
            Invoice.objects.filter(pk__in=[pk for pk, _ in chunk]).update(**values)
            Event.objects.bulk_create(
                Event(company_id=company, invoice_id=pk, step=step, by=by, reason_json=values["reason_json"])
                for pk, company in chunk
            )
    return len(keys)


def _index(invoice: Invoice, columns: dict[str, Any]) -> None:
    IndexEntry.objects.filter(pk=invoice.entry_id, company_id=invoice.company_id).update(**columns)
    if Invoice.entry.is_cached(invoice):
        for name, value in columns.items():
            setattr(invoice.entry, name, value)


def why_stale(row: Invoice) -> Literal["issued", "awaiting", "leaving"]:
    """What became of a draft whose row is a draft no more."""
    if row.state == State.AWAITING:
        return "awaiting"
    return "leaving" if row.state == State.LEAVING else "issued"


def lock_draft(draft: Invoice) -> Invoice:
    """Lock a draft's row until the transaction ends, and return it as it is now.

    Everything that changes, issues or deletes a draft begins here, so that of two sessions the second one waits and
    then sees what the first has done. On SQLite the transaction itself is the lock (``BEGIN IMMEDIATE``). Raises
    StaleDraft when the row is gone or is a draft no more.
    """
    rows = Invoice.objects.filter(pk=draft.pk, company_id=draft.company_id).select_related("entry")
    row: Invoice | None = rows.select_for_update(no_key=True, of=("self",)).first()
    if row is None:
        raise StaleDraft("deleted", None)
    if row.state != State.DRAFT:
        raise StaleDraft(why_stale(row), row)
    return row


def change_draft(draft: Invoice, columns: dict[str, Any]) -> None:
    """Write columns of the index entry of a draft that :func:`lock_draft` holds; the environment is the row's too."""
    own = {"environment": columns["environment"], "reason_json": None, "changed_at": times.now()}
    Invoice.objects.filter(pk=draft.pk, state=State.DRAFT).update(**own)
    for name, value in own.items():
        setattr(draft, name, value)
    _index(draft, columns)
