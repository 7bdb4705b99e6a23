"""Adnotacje: every mark is said, yes or no (art. 106e)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from liczydlo.fa3.draft import Exemption, Margin, Marks
from liczydlo.fa3.model import Adnotacje, NoweSrodkiTransportu, PMarzy, Zwolnienie

BUYER_SETTLES: Final = ("oo", "np II")  # rates of what the buyer settles the tax of
MARGINS: Final[dict[Margin, PMarzy]] = {
    "travel": PMarzy(p_pmarzy=1, p_pmarzy_2=1),
    "second-hand": PMarzy(p_pmarzy=1, p_pmarzy_3_1=1),
    "art": PMarzy(p_pmarzy=1, p_pmarzy_3_2=1),
    "antiques": PMarzy(p_pmarzy=1, p_pmarzy_3_3=1),
}
_NO_MARGIN: Final = PMarzy(p_pmarzy_n=1)
_NO_TRANSPORT: Final = NoweSrodkiTransportu(p_22n=1)
_NOT_EXEMPT: Final = Zwolnienie(p_19n=1)


def adnotacje(marks: Marks, rates: Collection[str | None]) -> Adnotacje:
    """The marks of an invoice whose lines have these rates."""
    settled = marks.reverse_charge
    if settled is None:
        settled = any(rate in rates for rate in BUYER_SETTLES)
    return Adnotacje(
        p_16=_choice(marks.cash_accounting),
        p_17=_choice(marks.self_billing),
        p_18=_choice(settled),
        p_18a=_choice(marks.split_payment),
        zwolnienie=_exemption(marks.exemption) if marks.exemption is not None else _NOT_EXEMPT,
        nowe_srodki_transportu=_transport(marks) if marks.new_transport else _NO_TRANSPORT,
        p_23=_choice(marks.triangular),
        pmarzy=MARGINS[marks.margin] if marks.margin is not None else _NO_MARGIN,
    )


def _choice(yes: bool) -> int:
    return 1 if yes else 2  # TWybor1_2: a mark that does not apply is said, too


def _exemption(exemption: Exemption) -> Zwolnienie:
    match exemption.basis:
        case "act":
            return Zwolnienie(p_19=1, p_19a=exemption.text)
        case "directive":
            return Zwolnienie(p_19=1, p_19b=exemption.text)
        case _:
            return Zwolnienie(p_19=1, p_19c=exemption.text)


def _transport(marks: Marks) -> NoweSrodkiTransportu:
    return NoweSrodkiTransportu(
        p_22=1, p_42_5=_choice(marks.art_42_5), nowy_srodek_transportu=marks.new_transport
    )
