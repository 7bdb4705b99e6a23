"""Lines of an invoice from the list of goods and services, and onto it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from liczydlo.companies.models import Company
from liczydlo.contacts import items
from liczydlo.contacts.forms import ItemForm
from liczydlo.contacts.models import Item
from liczydlo.fa3 import money
from liczydlo.fa3.totals import RATES
from liczydlo.sales.line_choices import GROSS
from liczydlo.web.fields import amount_text
from liczydlo.web.paging import ids

MOST: Final = 200
"""So many items are offered where there is no JavaScript."""
SAME: Final = ("name", "unit", "rate", "gtu", "pkwiu", "cn", "annex_15")


@dataclass(frozen=True, kw_only=True)
class Stock:
    """What the lines show of it: a message, the ``filled`` line, or ``items`` to choose from for line ``number``."""

    message: str = ""
    filled: int | None = None
    number: int = 0
    items: Sequence[Item] = ()


NOTHING: Final = Stock()


def fill(company: Company, rows: list[dict[str, Any]], post: Mapping[str, Any]) -> Stock:
    """Do with the typed ``rows`` what one of ``picking.BUTTONS`` asks for."""
    if "item" in post:
        number, named = ([*ids(str(post["item"]).split(".")), -1, -1])[:2]
        item = items.of(company).filter(pk=named).first()
        if item is None or not 0 <= number <= len(rows):
            return NOTHING
        if number == len(rows):
            rows.append({"quantity": "1"})
        rows[number] |= _line(item, str(post.get("currency", "PLN")), is_gross=post.get("prices") == GROSS)
        return Stock(filled=number)
    if "save_item" in post:
        number = next(iter(ids([str(post["save_item"])])), len(rows))
        return Stock(message=_save(company, rows[number], post)) if number < len(rows) else NOTHING
    if "show_items" in post:
        free = len(rows) - 1 if rows and not rows[-1].get("name") else len(rows)
        return Stock(number=free, items=list(items.of(company).filter(is_hidden=False)[:MOST]))
    return NOTHING


def _line(item: Item, currency: str, *, is_gross: bool) -> dict[str, Any]:
    """An item as a line; its price is of its currency alone, with tax in grosze where prices are gross."""
    values = {name: getattr(item, name) for name in SAME}
    if item.net_price is not None and item.currency == currency:
        price = money.with_tax(item.net_price, _percent(item.rate)) if is_gross else item.net_price
        values["price"] = items.price_text(price)
    return values


def _percent(rate: str) -> Decimal:
    return (RATES[rate].percent if rate in RATES else None) or money.ZERO


def _save(company: Company, row: Mapping[str, Any], post: Mapping[str, Any]) -> str:
    """Put a typed line onto the list; what came of it."""
    typed = {name: row.get(name, "") for name in SAME}
    price = row.get("price", "")
    if post.get("prices") == GROSS:
        price = _without_tax(str(price), typed["rate"])
    form = ItemForm({**typed, "net_price": price, "currency": post.get("currency", "PLN")})
    if not form.is_valid():
        return _("Tej pozycji nie zapamiętano: podaj jej nazwę, stawkę i poprawną cenę.")
    try:
        item = items.add(company, form.columns())
    except items.AlreadyThere:
        return _("Pozycja „%(name)s” jest już na liście.") % {"name": typed["name"]}
    return _("Zapamiętano na liście: %(name)s.") % {"name": item.name}


def _without_tax(typed: str, rate: str) -> str:
    """The net price of a gross one, of which the gross one comes again; what is no amount stays as it is."""
    try:
        price = ItemForm.base_fields["net_price"].to_python(typed)
    except ValidationError:
        return typed
    return "" if price is None else amount_text(money.without_tax(price, _percent(rate)))


def offer(company: Company, lines: Any) -> None:
    """Make the names of lines comboboxes that give hints."""
    address = reverse("contacts:item_hints", args=[company.pk])
    for number, one in enumerate(lines.forms):
        one.fields["name"].widget.attrs |= {
            "role": "combobox",
            "aria-autocomplete": "list",
            "aria-expanded": "false",
            "aria-controls": f"items-{number}",
            "autocomplete": "off",
            "hx-get": address,
            "hx-trigger": "input changed delay:200ms",
            "hx-target": f"#items-{number}",
            "hx-swap": "innerHTML",
            "hx-include": "unset",
        }
