"""Words that programs write into columns for what an invoice has a code for: forms of payment, languages, rates."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from django.utils.translation import gettext as _

from liczydlo.contacts.importing.cells import Fault
from liczydlo.documents.choices import RATES
from liczydlo.spreadsheets.columns import plain
from liczydlo.spreadsheets.numbers import parse_decimal

FORMS: Final = {
    **dict.fromkeys(("przelew", "przelew bankowy", "przelewem", "transfer", "bank transfer", "wire"), "6"),
    **dict.fromkeys(("gotowka", "gotowkowa", "gotowka przy odbiorze", "cash"), "1"),
    **dict.fromkeys(("karta", "karta platnicza", "karta kredytowa", "card"), "2"),
    **dict.fromkeys(("mobilna", "blik", "mobile"), "7"),
}
LANGUAGE_WORDS: Final = {
    **dict.fromkeys(("pl", "polski", "polish", "po polsku"), "pl"),
    **dict.fromkeys(("en", "gb", "angielski", "english", "po angielsku"), "en"),
}
_RATES: Final = {
    **{plain(code): code for code, _label in RATES},
    **dict.fromkeys(("zwolniona", "zwolniony", "zwol", "exempt"), "zw"),
    **dict.fromkeys(("np", "nie podlega", "n p"), "np I"),
    **dict.fromkeys(("odwrotne obciazenie", "odwrotne obc", "reverse charge"), "oo"),
    **dict.fromkeys(("0", "0 kr", "0 krajowa"), "0 KR"),
    **dict.fromkeys(("wdt",), "0 WDT"),
    **dict.fromkeys(("0 eksport", "eksport", "0 exp"), "0 EX"),
}
_GTU: Final = re.compile(r"(?:GTU)?[ _-]*0?([0-9]{1,2})", re.IGNORECASE)


def rate_of(text: str, percents: Collection[int] = (23, 8, 5)) -> str | None:
    """The value of P_12 that a cell means, None for none of the list; ``percents`` are those on the list. A percentage
    of a spreadsheet is a fraction."""
    if (word := _RATES.get(plain(text))) is not None:
        return word
    number = parse_decimal(text.replace("%", ""))
    if number is not None:
        percent = number * 100 if 0 < number < 1 and "%" not in text else number
        if percent == 0:
            return "0 KR"
        if percent in percents:
            return str(int(percent))
    return None


def rate(text: str, percents: Collection[int] = (23, 8, 5)) -> str:
    """As :func:`rate_of`. Raises Fault."""
    value = rate_of(text, percents)
    if value is None:
        raise Fault(_("Stawka VAT: „%(text)s” to nie jest stawka z listy.") % {"text": text[:40]})
    return value


def gtu(text: str) -> str:
    """A GTU code as FA(3) writes it; empty where the text says that there is none. Raises Fault."""
    match = _GTU.fullmatch(text)
    if match is None and plain(text) not in ("brak", "nie dotyczy", ""):
        raise Fault(_("GTU: „%(text)s” to nie jest kod GTU.") % {"text": text[:40]})
    return f"GTU_{int(match[1]):02}" if match else ""
