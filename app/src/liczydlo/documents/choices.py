"""Choices of an invoice's fields that forms of several features offer."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liczydlo.prints.choices import CHOICES, choice
from liczydlo.web.reasons import language

BUYER_KINDS = [
    ("nip", _("Firma z Polski (NIP)")),
    ("eu", _("Firma z UE (VAT UE)")),
    ("abroad", _("Firma spoza UE")),
    ("person", _("Osoba prywatna")),
]
EU = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PT", "RO", "SE", "SI", "SK", "XI"),
)
"""Prefixes of EU VAT numbers; EL is Greece, XI Northern Ireland."""
RATES: list[tuple[str, str | Promise]] = [
    ("23", "23%"),
    ("8", "8%"),
    ("5", "5%"),
    ("0 KR", _("0% krajowa")),
    ("0 WDT", _("0% WDT")),
    ("0 EX", _("0% eksport")),
    ("zw", _("zwolniona")),
    ("oo", _("odwrotne obc.")),
    ("np I", _("np. I")),
    ("np II", _("np. II")),
]
CURRENCIES = [(code, code) for code in ("PLN", "EUR", "USD", "GBP", "CHF", "CZK", "SEK", "NOK", "DKK")]
PAYMENT_FORMS = (6, 1, 2, 7, 3, 4, 5)  # FormaPlatnosci
GTU = [("", "—"), *((code, code) for code in (f"GTU_{number:02}" for number in range(1, 14)))]
UNITS = ("szt.", "godz.", "usł.", "kg", "m", "m²", "km", "mies.", "kpl.")


def payments() -> list[tuple[int, str]]:
    """Forms of payment (FormaPlatnosci), the frequent ones first, called what they are on the print."""
    return [(code, choice("FormaPlatnosci", str(code), language())) for code in PAYMENT_FORMS]


def options(element: str) -> list[tuple[int, str]]:
    """All values of a choice of FA(3), by its element, called what they are on the print."""
    return [(int(value), choice(element, value, language())) for value in CHOICES[element]]
