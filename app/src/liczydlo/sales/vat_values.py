"""The marks of an invoice, its period and its other statements on VAT: from the form to the draft and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from liczydlo.fa3.draft import Exemption, InvoiceDraft, Marks
from liczydlo.fa3.model import OkresFa
from liczydlo.sales.line_choices import MARGIN

EXEMPT: Final = "zw"
_MARKS: Final = ("split_payment", "cash_accounting", "triangular")
_STATEMENTS: Final = ("to_receipt", "linked", "excise_refund")
_ANSWERS: Final[Mapping[str, bool | None]] = {"": None, "yes": True, "no": False}
NAMES: Final = (
    *("prices", "exemption", "exemption_basis", "margin", "reverse_charge"),
    *_MARKS,
    *_STATEMENTS,
)
"""Fields that a settlement takes over from its order."""


def marks(typed: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Marks:
    """The marks of art. 106e. The basis of an exemption and the margin procedure count where a line needs them."""
    rates = {one["rate"] for one in lines}
    exemption = Exemption(text=typed["exemption"], basis=typed.get("exemption_basis") or "act")
    return Marks(
        exemption=exemption if EXEMPT in rates else None,
        margin=typed.get("margin") or None if MARGIN in rates else None,
        reverse_charge=_ANSWERS[typed.get("reverse_charge") or ""],
        split_payment=bool(typed.get("split_payment")),
        cash_accounting=bool(typed.get("cash_accounting")),
        triangular=bool(typed.get("triangular")),
    )


def statements(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of the draft besides its marks."""
    begins, ends = typed.get("period_begins"), typed.get("period_ends")
    period = OkresFa(p_6_od=begins, p_6_do=ends) if begins and ends else None
    return {"period": period, **{name: bool(typed.get(name)) for name in _STATEMENTS}}


def initial(draft: InvoiceDraft) -> dict[str, Any]:
    """What the form shows of a draft."""
    stated, period = draft.marks, draft.period
    exemption = stated.exemption
    return {
        "exemption": exemption.text if exemption is not None else "",
        "exemption_basis": exemption.basis if exemption is not None else "act",
        "margin": stated.margin or "",
        "reverse_charge": next(name for name, value in _ANSWERS.items() if value is stated.reverse_charge),
        "period_begins": period.p_6_od if period is not None else None,
        "period_ends": period.p_6_do if period is not None else None,
        **{name: getattr(stated, name) for name in _MARKS},
        **{name: getattr(draft, name) for name in _STATEMENTS},
    }
