"""Days, amounts and answers as they stand in cells, in the spelling of the editor's forms. Raises Fault."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from liczydlo.contacts.importing.cells import Fault, pick
from liczydlo.contacts.importing.words import FORMS
from liczydlo.spreadsheets.columns import plain
from liczydlo.spreadsheets.numbers import parse_decimal

_ISO: Final = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_POLISH: Final = re.compile(r"(\d{1,2})[-.](\d{1,2})[-.](\d{4})")
_SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_TIME: Final = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?\Z")
_YES: Final = frozenset(("tak", "t", "yes", "y", "true", "prawda", "1", "x", "oplacone", "zaplacone", "paid"))
_NO: Final = frozenset(
    ("nie", "n", "no", "false", "falsz", "0", "", "nieoplacone", "niezaplacone", "unpaid", "pending")
)
CANCELLED: Final = frozenset(
    (
        *("anulowane", "anulowana", "anulowany", "cancelled", "canceled", "voided", "failed", "refunded"),
        *("zwrocone", "nieudane", "wc cancelled", "wc refunded", "wc failed", "trash"),
    )
)
"""States of an order for which there is no sale."""
_CURRENCY: Final = re.compile(r"[A-Za-z]{3}")
_ZLOTY: Final = ("zl", "pln", "zloty")


def day(text: str, label: object) -> str:
    """A day in ISO 8601. What has slashes is read where only one order of day and month is possible."""
    bare = _TIME.sub("", text.strip())
    try:
        if match := _ISO.fullmatch(bare):
            return dt.date(int(match[1]), int(match[2]), int(match[3])).isoformat()
        if match := _POLISH.fullmatch(bare):
            return dt.date(int(match[3]), int(match[2]), int(match[1])).isoformat()
        if match := _SLASHED.fullmatch(bare):
            first, second, year = int(match[1]), int(match[2]), int(match[3])
            if first != second and max(first, second) <= 12:
                raise Fault(
                    _(
                        "%(field)s: w „%(text)s” nie wiadomo, co jest dniem, a co miesiącem. Zapisz RRRR-MM-DD."
                    )
                    % {"field": label, "text": text[:40]}
                )
            return dt.date(year, min(first, second), max(first, second)).isoformat()
    except ValueError:
        pass
    raise Fault(
        _("%(field)s: „%(text)s” to nie jest data. Zapisz RRRR-MM-DD.") % {"field": label, "text": text[:40]}
    )


def amount(text: str, label: object) -> Decimal:
    """The number that a cell holds, exactly as written. Raises Fault."""
    number = parse_decimal(text)
    if number is None:
        raise Fault(_("%(field)s: „%(text)s” to nie jest liczba.") % {"field": label, "text": text[:40]})
    return number


def answer(text: str, label: object) -> bool:
    """What a cell says: yes or no. Raises Fault."""
    word = plain(text)
    if word in _YES or word in _NO:
        return word in _YES
    raise Fault(_("%(field)s: „%(text)s” to nie jest tak ani nie.") % {"field": label, "text": text[:40]})


def currency(text: str) -> str:
    """A code of a currency, in capitals; what is none is left to the form."""
    return "PLN" if plain(text) in _ZLOTY else text.upper()


def payment(text: str) -> tuple[str, str]:
    """The value of FormaPlatnosci, or else the description of another form: shops have names of their own."""
    form = pick(text, FORMS)
    return (form, "") if form is not None else ("", text[:256])


def is_cancelled(status: str) -> bool:
    """Whether an order's state says that nothing was sold."""
    return plain(status) in CANCELLED
