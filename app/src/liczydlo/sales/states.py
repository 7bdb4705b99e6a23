"""Every state of a sales invoice and every step between two of them; the documentation's diagram is made from here."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where an invoice is."""

    DRAFT = "draft", _("Szkic")
    AWAITING = "awaiting", _("Czeka na numer faktury pierwotnej")
    LEAVING = "leaving", _("Zaraz się wyśle")
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
    AWAIT = "await", _("Wystawiono; czeka na numer KSeF faktury, do której się odnosi")
    FILL = "fill", _("Wpisano numer KSeF faktury, do której się odnosi")
    TAKE_BACK = "take-back", _("Wróciła do szkiców")
    PAUSE = "pause", _("Wysłano; jeszcze można cofnąć")
    GO = "go", _("Czas na cofnięcie minął")
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
    CHANGE_MODE = "offline", _("Wystawiono jednak offline")
    ADOPT = "adopt", _("Do KSeF przesłał ją inny program; numer pobrano z KSeF")
    IMPORT = "import", _("Wystawiona poza programem; pobrano ją z KSeF")


# (from, step) → to. A step that is not here does not exist.
TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.DRAFT, Step.ISSUE): State.ISSUED,
    # Not frozen before what it refers to has a KSeF number; filled in and issued are one transaction.
    (State.DRAFT, Step.AWAIT): State.AWAITING,
    (State.AWAITING, Step.FILL): State.DRAFT,
    (State.AWAITING, Step.TAKE_BACK): State.DRAFT,
    # Nothing is frozen while it can be taken back; the end of that time and the issue are one transaction too.
    (State.DRAFT, Step.PAUSE): State.LEAVING,
    (State.LEAVING, Step.GO): State.DRAFT,
    (State.LEAVING, Step.TAKE_BACK): State.DRAFT,
    (State.ISSUED, Step.HOLD): State.ISSUED,
    (State.ISSUED, Step.QUEUE): State.QUEUED,
    (State.ISSUED, Step.WAIT): State.WAITING,
    (State.ISSUED, Step.LEAVE): State.OUTSIDE,
    (State.WAITING, Step.QUEUE): State.QUEUED,
    (State.WAITING, Step.LEAVE): State.OUTSIDE,
    # Committed before the network call: a row found here after a crash is in doubt, and KSeF is asked first.
    (State.QUEUED, Step.SEND): State.SENDING,
    (State.QUEUED, Step.REJECT): State.REJECTED,
    # Queued is known not to be in KSeF: before a row is queued again, KSeF is asked.
    (State.QUEUED, Step.CHANGE_MODE): State.QUEUED,
    (State.SENDING, Step.ARRIVE): State.PROCESSING,
    (State.SENDING, Step.RETURN): State.QUEUED,
    (State.SENDING, Step.REJECT): State.REJECTED,
    (State.PROCESSING, Step.ACCEPT): State.ACCEPTED,
    (State.PROCESSING, Step.REJECT): State.REJECTED,
    (State.PROCESSING, Step.RETURN): State.QUEUED,
    # The file was right and something else was not (a permission, say): the same file goes out again.
    (State.REJECTED, Step.QUEUE): State.QUEUED,
    (State.REJECTED, Step.CORRECT): State.CORRECTED,
    # Another program has sent the very file; what is on its way here learns it from KSeF's answer.
    (State.ISSUED, Step.ADOPT): State.ACCEPTED,
    (State.REJECTED, Step.ADOPT): State.ACCEPTED,
    (State.OUTSIDE, Step.ADOPT): State.ACCEPTED,
    # A technical correction may be refused as well; the next one mends the same original.
    (State.CORRECTED, Step.CORRECT): State.CORRECTED,
}
OPEN = frozenset({State.DRAFT, State.AWAITING, State.LEAVING})  # nothing is frozen yet
FINAL = frozenset({State.ACCEPTED, State.REJECTED, State.OUTSIDE, State.CORRECTED})
MOVING = frozenset(
    {State.AWAITING, State.LEAVING, State.QUEUED, State.SENDING, State.PROCESSING}
)  # changes by itself: lists refresh
REFUSED = frozenset({State.REJECTED, State.CORRECTED})  # KSeF does not want this very file
UNSENT = frozenset({State.ISSUED, State.WAITING, State.QUEUED, State.SENDING})  # a deadline still counts


class NotNow(Exception):
    """The invoice is not in a state in which the step exists, or another process was faster."""


def target(state: str, step: Step) -> State:
    """Where a step leads from a state. Raises NotNow."""
    try:
        return TRANSITIONS[State(state), step]
    except KeyError:
        raise NotNow(f"{step} from {state}") from None


def diagram() -> str:
    """The states as a Mermaid diagram for the documentation."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.DRAFT}"]
    lines += [f"    {start} --> {end}: {step}" for (start, step), end in TRANSITIONS.items()]
    lines += [f"    {state} --> [*]" for state in sorted(FINAL)]
    return "\n".join(lines) + "\n"
