"""The 2D code of a transfer (Rekomendacja ZBP): nine fields between bars, read by the banks' applications."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

LONGEST: Final = 160
NAME, TITLE = 20, 32
GREATEST: Final = Decimal("9999.99")
"""Six digits of grosze hold no more; of a greater amount the code has none, and the payer types it."""


def clean(text: str) -> str:
    """Without what files of transfers give a meaning of their own (``|``, ``"``) and without control characters."""
    plain = "".join(sign if sign.isprintable() and sign not in '|"' else " " for sign in text)
    return " ".join(plain.split())


class CodeError(ValueError):
    """A transfer that the code cannot hold; ``code`` is ``currency``, ``account``, ``amount`` or ``split``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def text(
    *, nip: str, iban: str, amount: Decimal, currency: str, name: str, title: str, is_split: bool = False
) -> str:
    """``NIP|PL|NRB|grosze|name|title|||``. Raises CodeError."""
    if currency != "PLN":
        raise CodeError("currency")
    if not iban.startswith("PL"):
        raise CodeError("account")
    if is_split:  # 32 characters hold no title of split payment
        raise CodeError("split")
    if amount <= 0:
        raise CodeError("amount")
    grosze = f"{amount * 100:06.0f}" if amount <= GREATEST else "000000"
    who, what = clean(name)[:NAME].strip(), clean(title)[:TITLE].strip()
    return "|".join((nip, "PL", iban[2:], grosze, who, what, "", "", ""))
