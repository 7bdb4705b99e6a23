"""Numbers as programs and people write them into tables: ``1 234,50``, ``1.234,50``, ``1,234.50``, ``12,5 zł``."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_SIGNS: Final = str.maketrans({"−": "-", "–": "-", "’": "", "'": "", "\u066b": ",", "\u066c": ""})
_ZLOTY: Final = re.compile(r"(?:zł|zl|PLN)\Z", re.IGNORECASE)
_GROUPED: Final = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d{1,3}(?:(?P<mark>[.,])\d{3})+)(?P<rest>[.,]\d+)?")
_PLAIN: Final = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)")
_SHORTENED: Final = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
LONGEST: Final = 40
"""Characters of a number."""


def parse_decimal(text: str) -> Decimal | None:
    """The number, exactly; None for what is none. A single comma or point is the decimal mark, as ``1,234`` is in
    Poland; repeated ones part thousands. Minus zero is zero."""
    if len(text) > LONGEST:
        return None
    bare = _ZLOTY.sub("", "".join(text.translate(_SIGNS).split()).replace("\u202f", ""))
    if not bare.isascii():
        return None
    if (match := _GROUPED.fullmatch(bare)) and _has_groups(match):
        whole = match["whole"].replace(match["mark"], "")
        value = Decimal(f"{match['sign']}{whole}.{(match['rest'] or '.0')[1:]}")
    elif _PLAIN.fullmatch(bare):
        value = Decimal(bare.replace(",", ".").rstrip("."))
    else:
        return None
    return value or abs(value)


def _has_groups(match: re.Match[str]) -> bool:
    """Whether the mark parts thousands: there are two of it, or another one stands before the decimals."""
    mark, rest = match["mark"], match["rest"] or ""
    if rest.startswith(mark):
        return False
    return bool(rest) or match["whole"].count(mark) > 1


def is_shortened(text: str) -> bool:
    """Whether a spreadsheet wrote a long number as ``8,56735E+09``: its digits are lost."""
    return _SHORTENED.fullmatch("".join(text.split())) is not None
