"""Amounts of columns: FA(3) allows sixteen figures before the point, and a document may add up many of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, overload

MOST: Final = Decimal(4_999_999_999_999_990)
"""SQLite keeps fifteen significant figures; a greater amount would be rounded beyond ``max_digits`` and its row could
not be read any more. Twice as much still can: a difference of two."""


@overload
def within_column(amount: Decimal) -> Decimal: ...
@overload
def within_column(amount: Decimal | None) -> Decimal | None: ...
def within_column(amount: Decimal | None) -> Decimal | None:
    """The amount, or the greatest that a column holds; the document itself says the whole of it."""
    return None if amount is None else max(-MOST, min(MOST, amount))
