"""What a person types into „Szukaj", against invoices: words without diacritics, amounts, NIPs and KSeF numbers."""

from __future__ import annotations

import functools
import re
import unicodedata
from decimal import Decimal
from typing import Final

from liczydlo.fa3.identifiers import bare, bare_nip

# Letters that Unicode does not take apart into a letter and a mark.
_WHOLE: Final = str.maketrans(
    {"ł": "l", "đ": "d", "ð": "d", "ø": "o", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"}
)
_KSEF_NUMBER: Final = re.compile(r"([0-9A-Z]{10})([0-9]{8})([0-9A-F]{12})([0-9A-F]{2})")
# Thousands with a dot or a comma between them, or none; then the other mark and one or two decimal places.
_AMOUNT: Final = re.compile(
    r"(?:[A-Z]{3})?(?P<sign>[-−]?)(?P<whole>\d{1,3}(?:(?P<mark>[.,])\d{3})(?:(?P=mark)\d{3})*|\d+)"
    r"(?:(?!(?P=mark))[.,](?P<rest>\d{1,2}))?(?:zł|zl|[A-Z]{3})?",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"[^0-9A-Za-z]+")
GREATEST: Final = Decimal(10) ** 16
"""Amounts are smaller: of a column with 18 digits, two of them decimal places."""


def fold(text: str) -> str:
    """Letters and digits alone, small and without diacritics, with one space between words: „Gaźnik–Łódź" is
    ``gaznik lodz``. Stored search words and what is typed are both folded, so that they meet."""
    if text.isascii():
        return " ".join(_BETWEEN.sub(" ", text.lower()).split())
    # the compatible form of a sign may have capitals again: „™" is TM
    plain = unicodedata.normalize("NFKD", text.casefold()).casefold().translate(_WHOLE)
    bare = plain if plain.isascii() else "".join(sign for sign in plain if not unicodedata.combining(sign))
    if bare.isascii():  # nearly all text, ten times as quickly
        return _BETWEEN.sub(" ", bare).strip()
    return " ".join("".join(sign if sign.isalnum() else " " for sign in bare).split())


@functools.lru_cache(maxsize=4096)
def number_key(number: str) -> str:
    """Letters and digits alone, whatever their case and marks: „FV 1/2026" and „fv-1-2026" are one number."""
    return fold(number).replace(" ", "")


def ksef_number(text: str) -> str | None:
    """A KSeF number as KSeF writes it, whatever the case, dashes and spaces; None for anything else."""
    match = _KSEF_NUMBER.fullmatch(bare(text))
    return "-".join(match.groups()) if match else None


def nip(text: str) -> str | None:
    """Ten digits, written with or without PL, dashes, dots and spaces; None for anything else."""
    digits = bare_nip(text)
    return digits if re.fullmatch(r"[0-9]{10}", digits) else None


def amount(text: str) -> Decimal | None:
    """An amount in any spelling („1 234,50 zł", ``1234.5``, ``1.234,50``); None for anything else."""
    match = _AMOUNT.fullmatch("".join(text.split()))
    if match is None:
        return None
    value = Decimal(f"{re.sub(r'[.,]', '', match['whole'])}.{match['rest'] or 0}")
    if value >= GREATEST:
        return None
    return -value if match["sign"] else value
