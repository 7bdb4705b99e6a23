"""Lines of a PEF as an FA(3) has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from liczydlo.fa3.draft import Line
from liczydlo.pef import lines, taxes
from liczydlo.pef.reading import NotHeld, every, first, local, text, texts

_UNITS: Final[Mapping[str, str]] = {
    code: unit for unit, code in reversed([*lines.UNITS.items()]) if unit not in ("h", "op", "mb")
}
_WRITTEN: Final = {
    "szt": "szt.",
    "usł": "usł.",
    "godz": "godz.",
    "mies": "mies.",
    "kpl": "kpl.",
    "opak": "opak.",
}
_RATES: Final = {(kind, percent): rate for rate, (kind, percent, _field) in taxes.RATES.items()}
_PROPERTIES: Final = {"PKWiU": "pkwiu", "CN": "cn", "PKOB": "pkob", lines.UNIT: "unit"}
_PERMITTED: Final = frozenset(
    ("ID", "InvoicedQuantity", "CreditedQuantity", "LineExtensionAmount", "AllowanceCharge", "Item", "Price")
)


def elements(part: etree._Element, name: str) -> Iterator[Line]:
    for row in part.iterchildren(f"{{*}}{name}"):
        yield _line(row)


def _line(row: etree._Element) -> Line:
    """Raises NotHeld for a charge, a base quantity, a category of tax unknown here."""
    for child in row.iterchildren(etree.Element):
        if local(child) not in _PERMITTED:
            raise NotHeld(local(child))
    discounts = every(row, "AllowanceCharge")
    base = texts(row, "Price/BaseQuantity")
    if len(discounts) > 1 or any(text(one, "ChargeIndicator") != "false" for one in discounts):
        raise NotHeld("AllowanceCharge")
    if base and Decimal(base[0]) != 1:
        raise NotHeld("Price/BaseQuantity")
    item = first(row, "Item")
    quantity = next((one for one in row if local(one) in lines.QUANTITIES.values()), None)
    properties = {
        _PROPERTIES[text(one, "Name")]: text(one, "Value")
        for one in every(item, "AdditionalItemProperty")
        if text(one, "Name") in _PROPERTIES
    }
    unit = properties.pop("unit", None)
    if unit is None and quantity is not None:
        code = _UNITS.get(quantity.get("unitCode", ""), quantity.get("unitCode") or None)
        unit = _WRITTEN.get(code or "", code)
    codes: dict[str, Any] = properties
    return Line(
        name=text(item, "Name"),
        rate=rate_of(first(item, "ClassifiedTaxCategory")),
        quantity=Decimal(quantity.text or "") if quantity is not None else None,
        unit=unit,
        net_price=Decimal(text(row, "Price/PriceAmount")),
        discount=Decimal(text(discounts[0], "Amount")) if discounts else None,
        net=Decimal(text(row, "LineExtensionAmount")),
        index=text(item, "SellersItemIdentification/ID") or None,
        gtin=text(item, "StandardItemIdentification/ID") or None,
        **codes,
    )


def rate_of(category: etree._Element) -> str:
    """Raises NotHeld for one that a domestic sale does not have."""
    percent = Decimal(text(category, "Percent") or "0")
    rate = _RATES.get((text(category, "ID"), int(percent))) if percent == int(percent) else None
    if rate is None:
        raise NotHeld("TaxCategory")
    return rate
