"""The lines of an invoice in a file, as the fields of the editor's form: all its prices net, or all gross."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from liczydlo.contacts.importing.cells import Fault
from liczydlo.contacts.importing.words import gtu, rate
from liczydlo.fa3 import money
from liczydlo.sales.importing.fields import LABELS
from liczydlo.sales.importing.groups import ReadRow, shared_out
from liczydlo.sales.importing.words import amount
from liczydlo.sales.line_choices import GROSS, NET

PERCENTS: Final = (23, 8, 5, 22, 7, 4, 3)
"""Rates of P_12 that are percents above zero."""
_SIDES: Final = {NET: ("net_price", "net_value"), GROSS: ("gross_price", "gross_value")}
_CENT: Final = Decimal("0.01")


@dataclass(kw_only=True)
class Typed:
    """What would be typed: ``rows`` are the fields of lines with the row of the file that each is of."""

    prices: str = NET
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def typed(rows: Sequence[ReadRow], head: Mapping[str, str], options: Mapping[str, str]) -> Typed:
    """The lines of an invoice, with its shipping as the last one and its discount shared out over the others."""
    lines = Typed()
    if not rows:
        lines.faults.append(_("Nie ma żadnej pozycji."))
        return lines
    sides = {side for side in _SIDES if all(_has(row, side) for row in rows)}
    if not sides:
        lines.faults.append(_mixed(rows))
        return lines
    lines.prices = NET if NET in sides else GROSS
    for row in rows:
        try:
            lines.rows.append((row.number, _line(row, lines.prices, options)))
        except Fault as fault:
            lines.faults.append(at(row.number, str(fault)))
    if not lines.faults:
        try:
            _reduce(lines, head)
            _ship(lines, head)
        except Fault as fault:
            lines.faults.append(str(fault))
    return lines


def at(row: int, fault: str) -> str:
    """A fault of one row."""
    return _("wiersz %(row)d: %(fault)s") % {"row": row, "fault": fault}


def _has(row: ReadRow, side: str) -> bool:
    return any(name in row.texts for name in _SIDES[side])


def _mixed(rows: Sequence[ReadRow]) -> str:
    without = [str(row.number) for row in rows if not _has(row, NET) and not _has(row, GROSS)]
    if without:
        return _("Nie ma ceny ani wartości pozycji (wiersze: %(rows)s).") % {"rows": ", ".join(without[:5])}
    net = [str(row.number) for row in rows if _has(row, NET)]
    gross = [str(row.number) for row in rows if not _has(row, NET)]
    return _(
        "Część pozycji ma tylko ceny netto (wiersze: %(net)s), a część tylko brutto (wiersze: %(gross)s). Na jednej"
        " fakturze wszystkie ceny są netto albo wszystkie brutto."
    ) % {"net": ", ".join(net[:5]), "gross": ", ".join(gross[:5])}


def _line(row: ReadRow, prices: str, options: Mapping[str, str]) -> dict[str, Any]:
    """Raises Fault."""
    texts = row.texts
    quantity = amount(texts.get("quantity", "1"), LABELS["quantity"])
    rate_text = texts.get("rate") or options.get("default_rate", "")
    if not rate_text:
        raise Fault(
            _("Stawka VAT: nie ma jej w pliku. Wskaż kolumnę albo wybierz stawkę w „Popraw kolumny”.")
        )
    price, code = _price(texts, prices, quantity), rate(rate_text, PERCENTS)
    _compare(texts, code)
    discount = texts.get("discount", "")
    return {
        "name": texts.get("name", ""),
        "index": texts.get("index", ""),
        "quantity": f"{quantity:f}",
        "unit": texts.get("unit") or "szt.",
        "price": f"{price:f}",
        "rate": code,
        "discount": discount
        if "%" in discount or not discount
        else f"{amount(discount, LABELS['discount']):f}",
        "gtu": gtu(texts["gtu"]) if "gtu" in texts else "",
        "pkwiu": texts.get("pkwiu", ""),
        "cn": texts.get("cn", ""),
    }


def _price(texts: Mapping[str, str], prices: str, quantity: Decimal) -> Decimal:
    """The unit's price, or what the value of the line makes of it. Raises Fault."""
    name, whole = _SIDES[prices]
    if name in texts:
        return amount(texts[name], LABELS[name])
    value = amount(texts[whole], LABELS[whole])
    price = money.unit_price(value, quantity)
    if price is None:
        raise Fault(
            _("%(field)s: %(value)s nie dzieli się na %(quantity)s szt. bez reszty. Podaj cenę jednostkową.")
            % {"field": LABELS[whole], "value": texts[whole], "quantity": texts.get("quantity", "1")}
        )
    return price


def _compare(texts: Mapping[str, str], code: str) -> None:
    """Refuse a net and a gross price that the rate does not make of each other. Raises Fault."""
    if "net_price" not in texts or "gross_price" not in texts:
        return
    net, gross = (amount(texts[name], LABELS[name]) for name in ("net_price", "gross_price"))
    percent = Decimal(code) if code.isdigit() else Decimal(0)
    if abs(money.difference(money.with_tax(net, percent), gross)) > _CENT:
        raise Fault(
            _("Cena netto %(net)s i brutto %(gross)s nie zgadzają się ze stawką %(rate)s.")
            % {"net": texts["net_price"], "gross": texts["gross_price"], "rate": code}
        )


def _reduce(lines: Typed, head: Mapping[str, str]) -> None:
    """Share the invoice's discount out. Raises Fault."""
    if "order_discount" not in head:
        return
    discount = amount(head["order_discount"], LABELS["order_discount"])
    if not discount:
        return
    values = [money.product(Decimal(one["quantity"]), Decimal(one["price"])) for _row, one in lines.rows]
    if discount < 0 or discount > money.total(values):
        raise Fault(
            _("%(field)s: %(text)s to więcej niż wartość pozycji albo mniej niż zero.")
            % {"field": LABELS["order_discount"], "text": head["order_discount"]}
        )
    if any(one["discount"] for _row, one in lines.rows):
        raise Fault(_("Rabat jest i w pozycjach, i od całego zamówienia: zostaw jeden z nich."))
    for part, (_row, one) in zip(shared_out(discount, values), lines.rows, strict=True):
        one["discount"] = f"{part:f}" if part else ""


def _ship(lines: Typed, head: Mapping[str, str]) -> None:
    """Add the line of shipping, in prices as the others are. Its rate is theirs. Raises Fault."""
    if "shipping" not in head:
        return
    cost = amount(head["shipping"], LABELS["shipping"])
    if not cost:
        return
    rates = {one["rate"] for _row, one in lines.rows}
    if len(rates) > 1:
        raise Fault(
            _(
                "Koszt dostawy: pozycje mają różne stawki (%(rates)s), więc nie wiadomo, która jest dla dostawy. Dodaj"
                " dostawę jako osobny wiersz."
            )
            % {"rates": ", ".join(sorted(rates))}
        )
    shipping_name = head.get("shipping_name", "")
    lines.rows.append(
        (
            lines.rows[-1][0],
            {
                "name": (_("Dostawa: %(name)s") % {"name": shipping_name} if shipping_name else _("Dostawa"))[
                    :512
                ],
                "quantity": "1",
                "unit": "usł.",
                "price": f"{cost:f}",
                "rate": rates.pop(),
            },
        )
    )
