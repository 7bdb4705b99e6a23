"""Every state of a sales invoice and every step between two of them; the documentation's diagram is made from here.

An invoice's row changes its state through ``move`` alone: a conditional UPDATE, so of two processes one wins, and an
event in the same transaction, so that the timeline tells what happened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from liczydlo.web.reasons import Reason

if TYPE_CHECKING:
    from liczydlo.companies.models import User
    from liczydlo.sales.models import Invoice


class State(models.TextChoices):
    """Where an invoice is."""

    DRAFT = "draft", _("Szkic")
    ISSUED = "issued", _("Wystawiona")
    WAITING = "waiting", _("Offline, do wysłania")
    QUEUED = "queued", _("W kolejce")
    SENDING = "sending", _("Wysyłanie")
    PROCESSING = "processing", _("Przetwarzanie w KSeF")
    ACCEPTED = "accepted", _("Przyjęta")
    REJECTED = "rejected", _("Odrzucona")
    OUTSIDE = "outside", _("Poza KSeF")
    CORRECTED = "corrected", _("Skorygowana technicznie")


class Step(models.TextChoices):
    """What happens to an invoice."""

    ISSUE = "issue", _("Wystawiono")
    HOLD = "hold", _("Wstrzymano")
    QUEUE = "queue", _("Dodano do kolejki wysyłki")
    WAIT = "wait", _("Wystawiono offline; czeka na wysłanie")
    SEND = "send", _("Rozpoczęto wysyłanie")
    ARRIVE = "arrive", _("KSeF przyjął plik do przetwarzania")
    RETURN = "return", _("Wraca do kolejki")
    ACCEPT = "accept", _("KSeF nadał numer")
    REJECT = "reject", _("KSeF odrzucił fakturę")
    LEAVE = "leave", _("Awaria całkowita: faktura zostaje poza KSeF")
    CORRECT = "correct", _("Wysłano korektę techniczną")


# (from, step) → to. A step that is not here does not exist.
TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.DRAFT, Step.ISSUE): State.ISSUED,
    (State.ISSUED, Step.HOLD): State.ISSUED,
    (State.ISSUED, Step.QUEUE): State.QUEUED,
    (State.ISSUED, Step.WAIT): State.WAITING,
    (State.WAITING, Step.QUEUE): State.QUEUED,
    (State.WAITING, Step.LEAVE): State.OUTSIDE,
    # Committed before the network call: a row found here after a crash is in doubt, and KSeF is asked first.
    (State.QUEUED, Step.SEND): State.SENDING,
    (State.QUEUED, Step.REJECT): State.REJECTED,
    (State.SENDING, Step.ARRIVE): State.PROCESSING,
    (State.SENDING, Step.RETURN): State.QUEUED,
    (State.SENDING, Step.REJECT): State.REJECTED,
    (State.PROCESSING, Step.ACCEPT): State.ACCEPTED,
    (State.PROCESSING, Step.REJECT): State.REJECTED,
    (State.PROCESSING, Step.RETURN): State.QUEUED,
    # The file was right and something else was not (a permission, say): the same file goes out again.
    (State.REJECTED, Step.QUEUE): State.QUEUED,
    (State.REJECTED, Step.CORRECT): State.CORRECTED,
}
FINAL = frozenset({State.ACCEPTED, State.REJECTED, State.OUTSIDE, State.CORRECTED})
MOVING = frozenset({State.QUEUED, State.SENDING, State.PROCESSING})  # changes by itself: lists refresh
UNSENT = frozenset({State.ISSUED, State.WAITING, State.QUEUED, State.SENDING})  # a deadline still counts


class NotNow(Exception):
    """The invoice is not in a state in which the step exists, or another process was faster."""


class StaleDraft(NotNow):
    """The draft is not what the caller saw: ``why`` tells what became of it.

    ``invoice`` is its row as it is now, or None when it was deleted.
    """

    def __init__(self, why: Literal["issued", "deleted", "changed"], invoice: Invoice | None) -> None:
        """See the class."""
        super().__init__(f"the draft was {why} meanwhile")
        self.why, self.invoice = why, invoice


def target(state: str, step: Step) -> State:
    """Where a step leads from a state. Raises NotNow."""
    try:
        return TRANSITIONS[State(state), step]
    except KeyError:
        raise NotNow(f"{step} from {state}") from None


def move(
    invoice: Invoice, step: Step, *, by: User | None = None, reason: Reason | None = None, **fields: Any
) -> None:
    """Take one step: the row, further ``fields`` of it and the event, all or nothing. Raises NotNow.

    ``reason`` is kept with the invoice and shown; a step without one clears it.
    """
    from liczydlo.sales.models import Event  # noqa: PLC0415 - models import the states
    from liczydlo.sales.models import Invoice as Row  # noqa: PLC0415

    to = target(invoice.state, step)
    values = {
        "state": to,
        "reason_json": reason.as_json() if reason else None,
        "changed_at": timezone.now(),
        **fields,
    }
    with transaction.atomic():
        here = Row.objects.filter(pk=invoice.pk, company_id=invoice.company_id, state=invoice.state)
        if not here.update(**values):
            raise NotNow(f"{step}: another process was faster")
        Event.objects.create(
            company_id=invoice.company_id,
            invoice_id=invoice.pk,
            step=step,
            by=by,
            reason_json=values["reason_json"],
        )
    for name, value in values.items():
        setattr(invoice, name, value)


def lock_draft(draft: Invoice) -> Invoice:
    """Lock a draft's row until the transaction ends, and return it as it is now.

    Everything that changes, issues or deletes a draft begins here, so that of two sessions the second one waits and
    then sees what the first has done. On SQLite the transaction itself is the lock (``BEGIN IMMEDIATE``). Raises
    StaleDraft when the row is gone or is a draft no more.
    """
    rows = type(draft).objects.filter(pk=draft.pk, company_id=draft.company_id)
    row: Invoice | None = rows.select_for_update(no_key=True).first()
    if row is None:
        raise StaleDraft("deleted", None)
    if row.state != State.DRAFT:
        raise StaleDraft("issued", row)
    return row


def change_draft(draft: Invoice, **columns: Any) -> None:
    """Write columns of a draft that :func:`lock_draft` holds."""
    columns["changed_at"] = timezone.now()
    type(draft).objects.filter(pk=draft.pk, state=State.DRAFT).update(**columns)
    for name, value in columns.items():
        setattr(draft, name, value)


def diagram() -> str:
    """The states as a Mermaid diagram for the documentation."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.DRAFT}"]
    lines += [f"    {start} --> {end}: {step}" for (start, step), end in TRANSITIONS.items()]
    lines += [f"    {state} --> [*]" for state in sorted(FINAL)]
    return "\n".join(lines) + "\n"
