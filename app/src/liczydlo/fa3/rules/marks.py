"""The marks of art. 106e go with the rates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from liczydlo.fa3 import money, totals
from liczydlo.fa3.model import Fa, Faktura
from liczydlo.fa3.problems import Problem
from liczydlo.fa3.rules.common import CORRECTIONS, rates, warning

_BUYER_SETTLES: Final = {"oo", "np II"}
_TAXED: Final = {"23", "22", "8", "7", "5", "4", "3"}
SPLIT_FROM: Final = Decimal(15000)
"""PLN gross, above which an invoice with something of annex 15 needs split payment (art. 108a ust. 1a)."""


def _reverse_charge(faktura: Faktura) -> Iterator[Problem]:
    """„odwrotne obciążenie” where the buyer settles the tax, and only there (art. 106e ust. 1 pkt 18)."""
    used, marked = rates(faktura), faktura.fa.adnotacje.p_18 == 1
    settled = sorted(used & _BUYER_SETTLES)
    if settled and not marked:
        yield warning("reverse-charge-mark", "Fa/Adnotacje/P_18", rate=settled[0])
    if marked and used and used <= _TAXED:
        yield warning("reverse-charge-taxed", "Fa/Adnotacje/P_18")


def _exemption(faktura: Faktura) -> Iterator[Problem]:
    """The legal basis where something is exempt, and only there (art. 106e ust. 1 pkt 19)."""
    fa, used = faktura.fa, rates(faktura)
    marked = fa.adnotacje.zwolnienie.p_19 == 1
    if "zw" in used and not marked:
        yield warning("exemption-mark", "Fa/Adnotacje/Zwolnienie")
    if marked and used and "zw" not in used and fa.p_13_7 is None:
        yield warning("exemption-of-nothing", "Fa/Adnotacje/Zwolnienie")


def _margin(faktura: Faktura) -> Iterator[Problem]:
    """A margin procedure where there is a sum of one, and only there (art. 106e ust. 2 and 3)."""
    fa = faktura.fa
    marked = fa.adnotacje.pmarzy.p_pmarzy == 1
    if fa.p_13_11 and not marked:
        yield warning("margin-mark", "Fa/Adnotacje/PMarzy")
    if marked and fa.p_13_11 is None and fa.rodzaj_faktury not in CORRECTIONS:
        yield warning("margin-of-nothing", "Fa/Adnotacje/PMarzy")


def _split_payment(faktura: Faktura) -> Iterator[Problem]:
    """„mechanizm podzielonej płatności” above 15 000 zł or as much in another currency, to a taxpayer (art. 106e ust. 1
    pkt 18a)."""
    fa = faktura.fa
    lines = [line.p_12_zal_15 == 1 for line in fa.fa_wiersz]
    if fa.zamowienie is not None:
        lines += [line.p_12z_zal_15 == 1 for line in fa.zamowienie.zamowienie_wiersz]
    if not any(lines) or fa.adnotacje.p_18a == 1 or faktura.podmiot2.dane_identyfikacyjne.brak_id == 1:
        return
    rate = Decimal(1) if fa.kod_waluty == totals.PLN else _exchange_rate(fa)
    if rate is not None and money.converted(fa.p_15, rate) > SPLIT_FROM:
        yield warning("split-payment-mark", "Fa/Adnotacje/P_18A")


def _exchange_rate(fa: Fa) -> Decimal | None:
    """The highest of an invoice's rates; None without any."""
    rates = [line.kurs_waluty for line in fa.fa_wiersz if line.kurs_waluty is not None]
    if fa.kurs_waluty_z is not None:
        rates.append(fa.kurs_waluty_z)
    return max(rates, default=None)


RULES: Final[tuple[Callable[[Faktura], Iterator[Problem]], ...]] = (
    _reverse_charge,
    _exemption,
    _margin,
    _split_payment,
)
