"""Arithmetic: lines, sums of rates, the amount due, settlements beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from liczydlo.fa3 import money, totals
from liczydlo.fa3.model import Fa, Faktura, FaWiersz
from liczydlo.fa3.problems import Problem
from liczydlo.fa3.rules.common import ADVANCES, GROSZ, ORDINARY, off, warning

_SUMS: Final = tuple(name for name in Fa.__dataclass_fields__ if name.startswith(("p_13_", "p_14_")))


def _lines(faktura: Faktura) -> Iterator[Problem]:
    """Quantity × price less discount is the value, as far as a rounded price can tell."""
    for index, line in enumerate(faktura.fa.fa_wiersz, 1):
        is_net = line.p_11 is not None
        price, worth = (line.p_9a, line.p_11) if is_net else (line.p_9b, line.p_11a)
        if price is None or worth is None or line.p_8b is None:
            continue
        allowed = _worths(line.p_8b, price, line.p_10)
        if worth not in allowed and min(abs(worth - amount) for amount in allowed) > _tolerance(
            line.p_8b, price
        ):
            path = f"Fa/FaWiersz[{index}]/{'P_11' if is_net else 'P_11A'}"
            yield off("line-value", path, worth, allowed[0])


def _worths(quantity: Decimal, price: Decimal, discount: Decimal | None) -> list[Decimal]:
    """What P_11 may be: the discount is of the line or of a unit, or the price is already less by it."""
    whole = money.value(quantity, price)
    if discount is None:
        return [whole]
    of_unit = money.value(quantity, money.difference(price, discount))
    return [money.value(quantity, price, discount), of_unit, whole]


def _tolerance(quantity: Decimal, price: Decimal) -> Decimal:
    """A grosz, and half of the price's last place on each piece: the price may be the rounded one of the two."""
    exponent = price.as_tuple().exponent
    assert isinstance(exponent, int)
    return GROSZ + money.value(abs(quantity), Decimal(5).scaleb(min(exponent, -2) - 1))


def _rated(faktura: Faktura) -> Iterator[Problem]:
    """A line says its rate, unless it is under a margin procedure (art. 106e ust. 1 pkt 12)."""
    fa = faktura.fa
    if fa.rodzaj_faktury != "VAT" or fa.adnotacje.pmarzy.p_pmarzy == 1:
        return
    for index, line in enumerate(fa.fa_wiersz, 1):
        if _is_valued(line) and not _is_rated(line):
            yield warning("line-rate", f"Fa/FaWiersz[{index}]")


def _sums(faktura: Faktura) -> Iterator[Problem]:
    """The sums of rates come from the lines; tax may also be the sum of the lines' taxes."""
    if not lines_give_sums(faktura):
        return
    fa = faktura.fa
    lines = fa.fa_wiersz
    expected: dict[str, Decimal] = {}
    for share in totals.shares(lines):
        expected[share.rate.net] = expected.get(share.rate.net, money.ZERO) + share.net
        if share.rate.tax:
            expected[share.rate.tax] = expected.get(share.rate.tax, money.ZERO) + share.tax
    for field in _SUMS:
        if field.endswith("w"):
            continue
        amount, stated = expected.get(field, money.ZERO), getattr(fa, field) or money.ZERO
        if abs(stated - amount) > GROSZ * (len(lines) + 1):
            path = f"Fa/{field.upper()}"
            yield off("sum", path, stated, amount, place=path)


def lines_give_sums(faktura: Faktura) -> bool:
    """Whether the lines say what the sums of rates must be."""
    fa = faktura.fa
    if fa.rodzaj_faktury not in ORDINARY or not fa.fa_wiersz:
        return False
    is_margin = fa.adnotacje.pmarzy.p_pmarzy == 1
    return all(_is_valued(line) and (is_margin or _is_rated(line)) for line in fa.fa_wiersz)


def _is_valued(line: FaWiersz) -> bool:
    return line.p_11 is not None or line.p_11a is not None


def _is_rated(line: FaWiersz) -> bool:
    return line.p_12 is not None or line.p_12_xii is not None


def _total(faktura: Faktura) -> Iterator[Problem]:
    """P_15 is all nets and taxes; of an advance what was paid, of a settlement what is left."""
    fa = faktura.fa
    sums = {name: amount for name in _SUMS if (amount := getattr(fa, name)) is not None}
    expected = totals.gross(sums)
    if sums and abs(fa.p_15 - expected) > GROSZ * 2:
        yield off("total", "Fa/P_15", fa.p_15, expected)


def _order(faktura: Faktura) -> Iterator[Problem]:
    """An order is worth what its lines are, tax included; a corrected one, what its lines are after the correction.

    Lines that are differences say nothing of the whole.
    """
    order, kind = faktura.fa.zamowienie, faktura.fa.rodzaj_faktury
    if order is None or kind not in ADVANCES or not order.zamowienie_wiersz:
        return
    rows = [line for line in order.zamowienie_wiersz if line.stan_przed_z != 1]
    if kind == "KOR_ZAL" and len(rows) == len(order.zamowienie_wiersz):
        return
    nets = [line.p_11_netto_z for line in rows if line.p_11_netto_z is not None]
    expected = money.total((*nets, *(line.p_11_vat_z or money.ZERO for line in rows)))
    room = GROSZ * (len(rows) + 1)
    if len(nets) == len(rows) and abs(order.wartosc_zamowienia - expected) > room:
        yield off("order-value", "Fa/Zamowienie/WartoscZamowienia", order.wartosc_zamowienia, expected)


def _settlement(faktura: Faktura) -> Iterator[Problem]:
    """Charges and deductions add up, and so does what is to be paid."""
    fa, beside = faktura.fa, faktura.fa.rozliczenie
    if beside is None:
        return
    charges = money.total(row.kwota for row in beside.obciazenia)
    deductions = money.total(row.kwota for row in beside.odliczenia)
    due = money.total((fa.p_15, charges, -deductions))
    for name, stated, expected in (
        ("SumaObciazen", beside.suma_obciazen, charges),
        ("SumaOdliczen", beside.suma_odliczen, deductions),
        ("DoZaplaty", beside.do_zaplaty, due),
    ):
        if stated is not None and abs(stated - expected) > GROSZ:
            yield off("beside", f"Fa/Rozliczenie/{name}", stated, expected)


RULES: Final[tuple[Callable[[Faktura], Iterator[Problem]], ...]] = (
    _lines,
    _rated,
    _sums,
    _total,
    _order,
    _settlement,
)
