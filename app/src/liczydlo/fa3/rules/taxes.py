"""Tax against the rates: of each line, and of sums that no rule can make from the lines (advances, settlements)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from liczydlo.fa3 import money, totals
from liczydlo.fa3.model import Fa, Faktura, FaWiersz, ZamowienieWiersz
from liczydlo.fa3.problems import Problem
from liczydlo.fa3.rules.amounts import lines_give_sums
from liczydlo.fa3.rules.common import CORRECTIONS, GROSZ, off, rates

_HALF: Final = Decimal("0.005")
_BY_GROUP: Final = {"1": ("23", "22"), "2": ("8", "7"), "3": ("5",), "4": ("4", "3")}
"""The rates that P_13_x and P_14_x gather."""


def _lines(faktura: Faktura) -> Iterator[Problem]:
    """P_11Vat and P_11A of a line follow from its net value and rate."""
    for index, line in enumerate(faktura.fa.fa_wiersz, 1):
        if line.p_11_vat is None and (line.p_11 is None or line.p_11a is None):
            continue
        percent = _percent(line.p_12, line.p_12_xii)
        if percent is not None:
            yield from _of_line(line, percent, f"Fa/FaWiersz[{index}]")


def _of_line(line: FaWiersz, percent: Decimal, path: str) -> Iterator[Problem]:
    room = GROSZ * 2
    if line.p_9b is not None and line.p_8b is not None:  # the gross price of a unit is rounded
        room += abs(line.p_8b) * _HALF
    taxes = []
    if line.p_11 is not None:
        taxes.append(money.tax_on_net(line.p_11, percent))
    if line.p_11a is not None:
        taxes.append(money.tax_in_gross(line.p_11a, percent))
    if line.p_11_vat is not None and taxes and min(abs(line.p_11_vat - tax) for tax in taxes) > room:
        yield off("line-tax", f"{path}/P_11Vat", line.p_11_vat, taxes[0])
    if line.p_11 is not None and line.p_11a is not None:
        gross = money.total((line.p_11, taxes[0]))
        if abs(line.p_11a - gross) > room:
            yield off("line-gross", f"{path}/P_11A", line.p_11a, gross)


def _order(faktura: Faktura) -> Iterator[Problem]:
    """So does P_11VatZ of a line of an order."""
    order = faktura.fa.zamowienie
    for index, line in enumerate(order.zamowienie_wiersz if order is not None else (), 1):
        percent = _percent(line.p_12z, line.p_12z_xii)
        if line.p_11_netto_z is None or line.p_11_vat_z is None or percent is None:
            continue
        tax = money.tax_on_net(line.p_11_netto_z, percent)
        if abs(line.p_11_vat_z - tax) > GROSZ * 2:
            path = f"Fa/Zamowienie/ZamowienieWiersz[{index}]/P_11VatZ"
            yield off("line-tax", path, line.p_11_vat_z, tax)


def _percent(p_12: str | None, oss: Decimal | None) -> Decimal | None:
    """Zero where a rate charges no tax; None where no rate is stated."""
    if oss is not None:
        return oss
    return None if p_12 is None else totals.RATES[p_12].percent or money.ZERO


def _sums(faktura: Faktura) -> Iterator[Problem]:
    """P_14_x follows from P_13_x at a rate of the lines or of the order, where the lines do not tell both.

    A correction may change the tax alone, or two rates of one field at once: neither can be judged.
    """
    if lines_give_sums(faktura):
        return
    fa, used = faktura.fa, rates(faktura)
    is_correction = fa.rodzaj_faktury in CORRECTIONS
    for group, group_rates in _BY_GROUP.items():
        net, tax = getattr(fa, f"p_13_{group}"), getattr(fa, f"p_14_{group}")
        of_group = [rate for rate in group_rates if rate in used]
        if net is None or tax is None or (is_correction and (not net or len(of_group) > 1)):
            continue
        taxes = [money.tax_on_net(net, Decimal(rate)) for rate in of_group or group_rates]
        nearest = min(max(tax, min(taxes)), max(taxes))
        if abs(tax - nearest) > _room(fa):
            yield off("tax", f"Fa/P_14_{group}", tax, nearest, place=f"P_14_{group}", net=f"P_13_{group}")


def _room(fa: Fa) -> Decimal:
    """A grosz for whatever may have been rounded by itself, and one more."""
    order = fa.zamowienie.zamowienie_wiersz if fa.zamowienie is not None else ()
    parts = (fa.fa_wiersz, order, fa.faktura_zaliczkowa, fa.zaliczka_czesciowa)
    return GROSZ * max(2, 1 + sum(map(len, parts)))


def _advance(faktura: Faktura) -> Iterator[Problem]:
    """An advance is a part of its order in every rate."""
    fa = faktura.fa
    if fa.rodzaj_faktury != "ZAL" or fa.zamowienie is None or not fa.zamowienie.zamowienie_wiersz:
        return
    whole: dict[str, Decimal] = {}
    for line in fa.zamowienie.zamowienie_wiersz:
        name = _net_of(line)
        if name is None or line.p_11_netto_z is None:
            return
        whole[name] = money.total((whole.get(name, money.ZERO), line.p_11_netto_z))
    for name, stated, most in _amounts_above(fa, whole):
        yield off("advance-above-order", f"Fa/{name}", stated, most, place=name)


def _settlement(faktura: Faktura) -> Iterator[Problem]:
    """What is left after the advances is no more than the lines in any rate."""
    fa = faktura.fa
    if fa.rodzaj_faktury != "ROZ" or not fa.fa_wiersz:
        return
    if any(
        (line.p_11 is None and line.p_11a is None) or (line.p_12 is None and line.p_12_xii is None)
        for line in fa.fa_wiersz
    ):
        return
    whole: dict[str, Decimal] = {}
    for share in totals.shares(fa.fa_wiersz):
        whole[share.rate.net] = money.total((whole.get(share.rate.net, money.ZERO), share.net))
    for name, stated, most in _amounts_above(fa, whole):
        yield off("settlement-above-lines", f"Fa/{name}", stated, most, place=name)


def _net_of(line: ZamowienieWiersz) -> str | None:
    if line.p_12z_xii is not None:
        return "p_13_5"
    return None if line.p_12z is None else totals.RATES[line.p_12z].net


def _amounts_above(fa: Fa, whole: dict[str, Decimal]) -> Iterator[tuple[str, Decimal, Decimal]]:
    """The P_13 that exceed what there is of their rate: name, stated, the most it may be."""
    room = _room(fa)
    for name in totals.NETS:
        stated, most = getattr(fa, name), whole.get(name, money.ZERO)
        if stated is not None and stated > most + room:
            yield name.upper(), stated, most


RULES: Final[tuple[Callable[[Faktura], Iterator[Problem]], ...]] = (
    _lines,
    _order,
    _sums,
    _advance,
    _settlement,
)
