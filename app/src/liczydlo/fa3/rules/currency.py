"""Invoices in another currency: the tax in PLN, and the rates of exchange (art. 31a, art. 106e ust. 11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from liczydlo.fa3 import money, totals
from liczydlo.fa3.model import Fa, Faktura
from liczydlo.fa3.problems import Problem
from liczydlo.fa3.rules.common import ADVANCES, GROSZ, ORDINARY, off, warning

_GROUPS: Final = "1234"  # whose tax is stated in PLN too


def _tax_in_pln(faktura: Faktura) -> Iterator[Problem]:
    """Tax in another currency is stated in PLN too, at the rates of exchange of the lines or of the advance."""
    fa = faktura.fa
    if fa.kod_waluty == totals.PLN:
        return
    for group in _GROUPS:
        if getattr(fa, f"p_14_{group}") and getattr(fa, f"p_14_{group}w") is None:
            yield warning("tax-in-pln", f"Fa/P_14_{group}", field=f"P_14_{group}W")
    if fa.rodzaj_faktury == "ZAL":
        expected, allowed = _of_advance(fa)
    else:
        expected, allowed = _of_lines(fa)
    for group in _GROUPS:
        name = f"p_14_{group}w"
        stated, right = getattr(fa, name), expected.get(name)
        if stated is not None and right is not None and abs(stated - right) > allowed:
            yield off("tax-in-pln-value", f"Fa/{name.upper()}", stated, right)


def _of_lines(fa: Fa) -> tuple[dict[str, Decimal], Decimal]:
    """P_14_xW by the lines, and by how much the stated ones may differ; nothing where not every line has its rate."""
    lines = fa.fa_wiersz
    exchange_rates = [line.kurs_waluty for line in lines if line.kurs_waluty is not None]
    if fa.rodzaj_faktury not in ORDINARY or not lines or len(exchange_rates) < len(lines):
        return {}, money.ZERO
    allowed = GROSZ * (len(lines) + 1) * max(Decimal(1), *exchange_rates)
    return totals.fa_totals(lines, currency=fa.kod_waluty), allowed


def _of_advance(fa: Fa) -> tuple[dict[str, Decimal], Decimal]:
    """As ``_of_lines``, of an advance that was paid at once."""
    rate = fa.kurs_waluty_z
    if rate is None or fa.zaliczka_czesciowa:
        return {}, money.ZERO
    taxes = ((group, getattr(fa, f"p_14_{group}")) for group in _GROUPS)
    expected = {f"p_14_{group}w": money.converted(tax, rate) for group, tax in taxes if tax is not None}
    return expected, GROSZ * 2 * max(Decimal(1), rate)


def _needless_rate(faktura: Faktura) -> Iterator[Problem]:
    """An invoice in PLN has nothing to convert; a price agreed in another currency stands in KursUmowny."""
    fa = faktura.fa
    if fa.kod_waluty != totals.PLN:
        return
    named = [("Fa/KursWalutyZ", fa.kurs_waluty_z), ("Fa/KursWalutyZK", fa.kurs_waluty_zk)]
    for index, part in enumerate(fa.zaliczka_czesciowa, 1):
        named.append((f"Fa/ZaliczkaCzesciowa[{index}]/KursWalutyZW", part.kurs_waluty_zw))
    for index, line in enumerate(fa.fa_wiersz, 1):
        if line.kurs_waluty is not None:
            named.append((f"Fa/FaWiersz[{index}]/KursWaluty", line.kurs_waluty))
    for path, rate in named:
        if rate is not None and rate != 1:  # one złoty for one złoty is idle, not wrong
            yield warning("exchange-rate-in-pln", path, value=f"{rate:f}")


def _missing_rate(faktura: Faktura) -> Iterator[Problem]:
    """Polish tax in another currency is converted at a rate, which the invoice names."""
    fa = faktura.fa
    if fa.kod_waluty == totals.PLN or fa.kurs_waluty_z is not None:
        return
    if not any(getattr(fa, f"p_14_{group}") for group in _GROUPS):
        return
    path = _place_of_rate(fa)
    if path is not None:
        yield warning("exchange-rate-missing", path, currency=fa.kod_waluty)


def _place_of_rate(fa: Fa) -> str | None:
    """Where a rate of exchange is wanting."""
    if fa.rodzaj_faktury in ADVANCES:
        parts = fa.zaliczka_czesciowa
        is_stated = bool(parts) and all(part.kurs_waluty_zw is not None for part in parts)
        return None if is_stated else "Fa/KursWalutyZ"
    for index, line in enumerate(fa.fa_wiersz, 1):
        rate = totals.RATES.get(line.p_12 or "")
        if rate is not None and rate.percent is not None and line.kurs_waluty is None:
            return f"Fa/FaWiersz[{index}]/KursWaluty"
    return None


RULES: Final[tuple[Callable[[Faktura], Iterator[Problem]], ...]] = (
    _tax_in_pln,
    _needless_rate,
    _missing_rate,
)
