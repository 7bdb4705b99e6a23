"""What several rules are made of."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from liczydlo.fa3.model import Faktura
from liczydlo.fa3.problems import Problem

ORDINARY: Final = ("VAT", "KOR")  # whose sums come from their own lines
CORRECTIONS: Final = ("KOR", "KOR_ZAL", "KOR_ROZ")
ADVANCES: Final = ("ZAL", "KOR_ZAL")  # about an order
GROSZ: Final = Decimal("0.01")


def warning(code: str, path: str, **params: str) -> Problem:
    """A problem that does not keep a document from being issued."""
    return Problem(code=code, path=path, params=params, severity="warning")


def off(code: str, path: str, stated: Decimal, expected: Decimal, **more: str) -> Problem:
    """An amount that is not what it should be."""
    return warning(code, path, **more, value=f"{stated:f}", expected=f"{expected:f}")


def rates(faktura: Faktura) -> set[str]:
    """The rates (P_12, P_12Z) of the lines, and of the order of an advance."""
    fa = faktura.fa
    used = {line.p_12 for line in fa.fa_wiersz}
    if fa.zamowienie is not None:
        used |= {line.p_12z for line in fa.zamowienie.zamowienie_wiersz}
    return {rate for rate in used if rate is not None}
