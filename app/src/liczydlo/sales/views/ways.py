"""The ways of issuing that the preview offers, and what people call them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.ksef.modes import Mode
from liczydlo.sales import modes
from liczydlo.sales.models import Invoice
from liczydlo.web import times

USUAL: Final = 2  # ways that stand as buttons; the rest is behind a click


@dataclass(frozen=True)
class Words:
    """A way of issuing in words: on its button, the question of its sheet, what happens then, the sheet's button."""

    button: Any
    question: Any
    then: Any
    confirm: Any
    icon: str


_CODES: Final = _("Wydruk z dwoma kodami QR dostajesz od razu. Do KSeF program wyśle fakturę sam.")
WORDS: Final = {
    Mode.ONLINE: Words(
        _("Wyślij do KSeF"),
        _("Wysłać {number} do KSeF?"),
        _("Przyjętą fakturę można zmienić już tylko korektą."),
        _("Wyślij do KSeF"),
        "send",
    ),
    Mode.OFFLINE24: Words(
        _("Wystaw w trybie offline"),
        _("Wystawić {number} w trybie offline24?"),
        _CODES,
        _("Wystaw offline"),
        "hourglass",
    ),
    Mode.OFFLINE: Words(
        _("Wystaw w trybie offline (niedostępność)"),
        _("Wystawić {number} w trybie offline, bo KSeF jest niedostępny?"),
        _CODES,
        _("Wystaw offline"),
        "wrench",
    ),
    Mode.EMERGENCY: Words(
        _("Wystaw w trybie awaryjnym"),
        _("Wystawić {number} w trybie awaryjnym?"),
        _CODES,
        _("Wystaw w trybie awaryjnym"),
        "octagon-alert",
    ),
    Mode.TOTAL_FAILURE: Words(
        _("Wystaw poza KSeF (awaria całkowita)"),
        _("Wystawić {number} poza KSeF?"),
        _("Faktura nigdy nie trafi do KSeF, a jej wydruk nie ma kodów QR. W JPK_V7 dostanie znacznik BFK."),
        _("Wystaw poza KSeF"),
        "unplug",
    ),
}


def ways(company: Company, invoice: Invoice) -> dict[str, object]:
    """The modes in which a draft may be issued: the proposed one, the usual other one, and the rare ones."""
    offered = modes.offers(company, invoice.entry.issue_date, now=times.now())
    if invoice.entry.has_attachment:  # goes in a package, once the firm has declared it (ksef-docs limity.md)
        offered = [offer for offer in offered if offer.mode == Mode.ONLINE]
    number = invoice.entry.number
    result = [
        (offer, WORDS[offer.mode], str(WORDS[offer.mode].question).format(number=number)) for offer in offered
    ]
    return {"ways": result, "usual": result[:USUAL], "rare": result[USUAL:], "proposed": offered[0]}
