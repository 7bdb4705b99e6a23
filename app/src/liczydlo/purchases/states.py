"""The life of a purchase in the inbox: which step leads where, and what was paid of it."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """How far the people of the firm have got with it; the order is the list's."""

    NEW = "new", _("Nowa")
    CHECKED = "checked", _("Sprawdzona")
    BOOKED = "booked", _("Zaksięgowana")
    HIDDEN = "hidden", _("Ukryta")


class Payment(models.TextChoices):
    """What the firm knows of its payment; the order is the list's."""

    DUE = "due", _("Do zapłaty")
    PART = "part", _("Zapłacono część")
    PAID = "paid", _("Zapłacono")


class Step(models.TextChoices):
    """What happens to a purchase; the values are kept with its events, so they are never renamed."""

    CHECK = "check", _("Sprawdzono")
    BOOK = "book", _("Zaksięgowano")
    REOPEN = "reopen", _("Cofnięto do nowych")
    HIDE = "hide", _("Ukryto")
    SHOW = "show", _("Przywrócono z ukrytych")
    PAYMENT = "payment", _("Zmieniono zapłatę")
    DESCRIBE = "describe", _("Zmieniono opis")
    READ_PAID = "read-paid", _("Zapłatę odczytano z faktury")
    ADD = "add", _("Dodano koszt spoza KSeF")
    EDIT = "edit", _("Zmieniono dane kosztu")
    ATTACH = "attach", _("Dodano plik")
    DETACH = "detach", _("Usunięto plik")
    SETTLE = "settle", _("Sprawdzono ostrzeżenie")
    REPORT = "report", _("Zgłoszono nadużycie")
    UNREPORT = "unreport", _("Cofnięto oznaczenie nadużycia")
    JOIN = "join", _("Połączono z kosztem spoza KSeF")
    DIFFER = "differ", _("Uznano za inną fakturę niż")


# (from, step) → to. A step that is not here does not exist.
TRANSITIONS: Final[dict[tuple[State, Step], State]] = {
    (State.NEW, Step.CHECK): State.CHECKED,
    (State.NEW, Step.BOOK): State.BOOKED,
    (State.CHECKED, Step.BOOK): State.BOOKED,
    (State.CHECKED, Step.REOPEN): State.NEW,
    (State.BOOKED, Step.REOPEN): State.NEW,
    # what is in the books is not put out of sight
    (State.NEW, Step.HIDE): State.HIDDEN,
    (State.CHECKED, Step.HIDE): State.HIDDEN,
    (State.HIDDEN, Step.SHOW): State.NEW,
}
STEPS: Final = tuple(dict.fromkeys(step for _, step in TRANSITIONS))
"""Those that change the state, in the order of buttons."""

VERBS: Final = {
    Step.CHECK: _("Sprawdzona"),
    Step.BOOK: _("Zaksięgowana"),
    Step.REOPEN: _("Cofnij do nowych"),
    Step.HIDE: _("Ukryj"),
    Step.SHOW: _("Przywróć"),
}
"""What the button of a step says."""


def steps_from(state: str) -> list[Step]:
    """What can be done with a purchase in a state."""
    return [step for start, step in TRANSITIONS if start == state]
