"""What FA(3) allows and JPK_FA(4) does not: values made to fit, each with a remark for the person who files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

Code = Literal["cut", "rounded", "day", "several-days", "several-vehicles", "currency", "unreadable"]
FIRST, LAST = date(2006, 1, 1), date(2030, 1, 1)
"""Days of issue and of sale that the schema takes (TDataT)."""
LONGEST: Final = 256  # characters of a text (TZnakowyJPK)
LONGEST_NUMBER: Final = 30  # of a tax number (TNrIdentyfikacjiPodatkowej)
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something of an invoice that the file says otherwise, or not at all; ``element`` is JPK_FA's name of it."""

    code: Code
    number: str  # the invoice's
    element: str = ""
    value: str = ""


@dataclass
class Remarks:
    """Remarks on one invoice; the same is noted once."""

    number: str
    noted: list[Remark] = field(default_factory=list)

    def note(self, code: Code, element: str, value: str = "") -> None:
        """Add a remark on an element, unless the same is there already; at most 80 characters of ``value`` are kept."""
        remark = Remark(code=code, number=self.number, element=element, value=value[:80])
        if remark not in self.noted:
            self.noted.append(remark)

    def text(self, element: str, value: str | None, longest: int = LONGEST) -> str | None:
        """A text of at most ``longest`` characters; None stays None, as nothing does."""
        if not value:
            return None
        if len(value) > longest:
            self.note("cut", element, value)
            return value[: longest - 1].rstrip() + "…"
        return value

    def price(self, element: str, value: Decimal | None) -> Decimal | None:
        """An amount to the grosz; FA(3) has unit prices and discounts of eight places."""
        if value is None:
            return None
        rounded = value.quantize(_CENT, ROUND_HALF_UP)
        if rounded != value:
            self.note("rounded", element, f"{value:f}")
        return rounded

    def day(self, element: str, value: date | None) -> date | None:
        """A day that the schema takes."""
        if value is not None and not FIRST <= value <= LAST:
            self.note("day", element, value.isoformat())
            return None
        return value
