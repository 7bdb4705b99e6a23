"""Titles of transfers: at most 140 characters; of split payment as art. 108a ust. 3 names its parts.

From 1 January 2027 a transfer between VAT payers carries the KSeF number of the invoice, or a collective identifier of
several (art. 108g).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from liczydlo.prints.transfer_code import clean

LONGEST: Final = 140  # RmtInf/Ustrd; four lines of 35 in Elixir
NUMBERS_FROM: Final = dt.date(2027, 1, 1)
_GREATEST: Final = Decimal(10) ** 10
_INVOICE, _TEXT, _NIP = 35, 33, 14


class TitleError(ValueError):
    """A title that no bank takes; ``code`` is ``too-long``, ``vat``, ``invoice`` or ``nip``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def plain(numbers: Sequence[str], *, ksef: str = "") -> str:
    """The invoices' own numbers, behind the KSeF number or collective identifier where there is one.

    With the identifier, numbers that do not fit are left out; without it nothing else says what is paid, so that
    raises TitleError.
    """
    cleaned_numbers = [clean(number) for number in numbers]
    for count in range(len(cleaned_numbers), -1, -1):
        text = (
            f"Faktura {cleaned_numbers[0]}"
            if len(cleaned_numbers) == 1
            else "Faktury " + ", ".join(cleaned_numbers[:count])
        )
        if count < len(cleaned_numbers):
            text = f"{text} i inne" if count else ""
        title = " ".join(filter(None, (ksef, text)))
        if len(title) <= LONGEST:
            if count < len(cleaned_numbers) and not ksef:
                break
            return title
    raise TitleError("too-long")


def split(*, vat: Decimal, nip: str, invoice: str, text: str = "") -> str:
    """``/VAT/23,00/IDC/5265877635/INV/…/TXT/…``: ``vat`` is what of it is tax. Raises TitleError."""
    if not 0 <= vat < _GREATEST or vat != vat.quantize(Decimal("0.01")):
        raise TitleError("vat")
    if not nip or len(nip) > _NIP:
        raise TitleError("nip")
    number = clean(invoice)
    if not 0 < len(number) <= _INVOICE:
        raise TitleError("invoice")
    amount = f"{vat:.2f}".replace(".", ",")
    title_text = clean(text.replace("/", "-"))[:_TEXT].strip()
    return f"/VAT/{amount}/IDC/{nip}/INV/{number}" + (f"/TXT/{title_text}" if title_text else "")
