"""Lines of a file as goods and services: matched by symbol or by name, checked by the item's own form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from django.utils.translation import gettext as _

from liczydlo.companies.models import Company
from liczydlo.contacts import items
from liczydlo.contacts.forms import ItemForm
from liczydlo.contacts.importing.cells import Fault, texts_of
from liczydlo.contacts.importing.fields import ITEM_LABELS
from liczydlo.contacts.importing.plan import Change, Line, Outcome, Plan, Target
from liczydlo.contacts.importing.words import gtu, rate
from liczydlo.contacts.models import Item
from liczydlo.documents.choices import RATES
from liczydlo.spreadsheets.columns import Columns
from liczydlo.spreadsheets.model import Row, Table
from liczydlo.spreadsheets.numbers import parse_decimal
from liczydlo.web import search

COLUMNS: Final = tuple(ITEM_LABELS)
_ZLOTY: Final = re.compile(r"z[łl]|PLN", re.IGNORECASE)


class _Listed:
    """The company's items by symbol and by name, each in its currency."""

    def __init__(self, company: Company) -> None:
        self.rows = list(items.of(company).order_by("pk"))
        self.by_symbol = {(row.symbol, row.currency): row for row in self.rows if row.symbol}
        self.by_name = {(row.name_key, row.currency): row for row in self.rows}

    def match(self, values: Mapping[str, str], currency: str) -> Item | None:
        """By symbol, else by name; one with another symbol is another item. Raises Fault."""
        symbol, name = values.get("symbol", ""), search.fold(values.get("name", ""))[:512]
        if symbol and (row := self.by_symbol.get((symbol, currency))) is not None:
            return row
        row = self.by_name.get((name, currency))
        if row is not None and symbol and row.symbol and row.symbol != symbol:
            raise Fault(
                _("Pozycja o tej nazwie jest już na liście z innym symbolem (%(symbol)s).")
                % {"symbol": row.symbol}
            )
        return row


def plan(company: Company, table: Table, columns: Columns) -> Plan:
    """What storing the lines would do to the company's goods and services."""
    listed, form, width = _Listed(company), ItemForm({}), len(columns.header.cells)
    rows_by_key: dict[tuple[str, ...], int] = {}
    return Plan(
        lines=[
            _once(_line(row, columns.places, width, listed, form), listed, rows_by_key)
            for row in columns.rows(table)
        ]
    )


def _line(row: Row, places: Mapping[str, int], width: int, listed: _Listed, form: ItemForm) -> Line:
    title = row.cell(places["name"]).strip() or "—"
    try:
        texts = texts_of(row, places, ITEM_LABELS, width=width)
        title = texts.get("name", "—")
        said = _values(texts)
        currency = said.get("currency", "PLN")
        listed_item = listed.match(said, currency)
    except Fault as fault:
        return _refused(row, title, str(fault))
    data = {**_typed(listed_item), "currency": currency, **said}
    if listed_item is None and "rate" not in said:
        return _refused(row, title, _("Stawka VAT: nowa pozycja musi ją mieć."))
    form.data = data
    form.full_clean()
    if form.errors:
        faults = (
            f"{form.fields[name].label}: {' '.join(map(str, said))}" for name, said in form.errors.items()
        )
        return _refused(row, title, *faults)
    values = form.columns()
    detail = values["symbol"]
    if listed_item is None:
        return Line(number=row.number, title=title, detail=detail, outcome=Outcome.NEW, values=values)
    changes = tuple(
        Change(
            label=str(ITEM_LABELS[name]),
            before=_value_text(name, getattr(listed_item, name)),
            after=_value_text(name, values[name]),
        )
        for name in COLUMNS
        if getattr(listed_item, name) != values[name]
    )
    return Line(
        number=row.number,
        title=listed_item.name,
        detail=detail,
        outcome=Outcome.CHANGED if changes else Outcome.SAME,
        changes=changes,
        target=Target(pk=listed_item.pk, version=listed_item.version),
        values=values,
    )


def _refused(row: Row, title: str, *faults: str) -> Line:
    return Line(number=row.number, title=title, outcome=Outcome.REFUSED, faults=faults)


def _typed(item: Item | None) -> dict[str, Any]:
    """An item in the fields of its form; no file says whether it is of annex 15, so that it stays."""
    if item is None:
        return {}
    price = "" if item.net_price is None else items.price_text(item.net_price)
    return {name: getattr(item, name) for name in COLUMNS} | {"net_price": price, "annex_15": item.annex_15}


def _values(texts: Mapping[str, str]) -> dict[str, str]:
    """What the file says, in the spelling of the form. Raises Fault."""
    values = dict(texts)
    if "name" not in values:
        raise Fault(_("Nie ma nazwy."))
    if "currency" in values:
        values["currency"] = values["currency"].upper()
    if "rate" in values:
        values["rate"] = rate(values["rate"])
    if "gtu" in values:
        values["gtu"] = gtu(values["gtu"])
    if "net_price" in values:
        values["net_price"] = _price(values["net_price"], values.get("currency", "PLN"))
    return {name: text for name, text in values.items() if text}


def _price(text: str, currency: str) -> str:
    """Raises Fault."""
    number = parse_decimal(text)
    if number is None or (currency != "PLN" and _ZLOTY.search(text)):
        raise Fault(_("Cena netto: „%(text)s” to nie jest liczba.") % {"text": text[:40]})
    return f"{number:f}"


def _value_text(name: str, value: Any) -> str:
    if value is None or value == "":
        return "—"
    if name == "net_price":
        return items.price_text(value)
    return str(dict(RATES).get(value, value)) if name == "rate" else str(value)


def facts(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The columns of a new one but for the name, with their labels, for people."""
    return [
        (str(label), _value_text(name, values[name]))
        for name, label in ITEM_LABELS.items()
        if name not in ("name", "symbol") and values[name] not in (None, "")
    ]


def _once(line: Line, listed: _Listed, rows_by_key: dict[tuple[str, ...], int]) -> Line:
    """Refuse a line that names the item of an earlier one, or would take the name or symbol of another."""
    if line.values is None:
        return line
    values, pk = line.values, line.target.pk if line.target else 0
    name, symbol = (
        (search.fold(values["name"])[:512], values["currency"]),
        (values["symbol"], values["currency"]),
    )
    keys = [
        ("name", *name),
        *([("symbol", *symbol)] if values["symbol"] else ()),
        *([("row", str(pk))] if pk else ()),
    ]
    earlier = next((rows_by_key[key] for key in keys if key in rows_by_key), None)
    holders = [listed.by_name.get(name), listed.by_symbol.get(symbol) if values["symbol"] else None]
    fault = ""
    if earlier is not None:
        fault = _("To ta sama pozycja co w wierszu %(line)d.") % {"line": earlier}
    elif any(row is not None and row.pk != pk for row in holders):
        fault = _("Ta nazwa albo symbol należy do innej pozycji z listy.")
    if fault:
        return replace(line, outcome=Outcome.REFUSED, faults=(fault,), changes=(), values=None, target=None)
    rows_by_key.update(dict.fromkeys(keys, line.number))
    return line
