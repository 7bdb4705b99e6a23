"""Lines of an invoice or a correction (BG-25)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final, Literal

from liczydlo.fa3.model import Fa, FaWiersz
from liczydlo.pef.taxes import RATES, scheme
from liczydlo.pef.ubl import Element, cac, cbc

UNITS: Final[Mapping[str, str]] = {
    "szt": "C62",
    "sztuka": "C62",
    "sztuk": "C62",
    "usł": "E48",
    "usługa": "E48",
    "godz": "HUR",
    "h": "HUR",
    "dzień": "DAY",
    "doba": "DAY",
    "mies": "MON",
    "miesiąc": "MON",
    "rok": "ANN",
    "kg": "KGM",
    "g": "GRM",
    "t": "TNE",
    "m": "MTR",
    "mb": "MTR",
    "km": "KMT",
    "m2": "MTK",
    "m²": "MTK",
    "m3": "MTQ",
    "m³": "MTQ",
    "l": "LTR",
    "kwh": "KWH",
    "mwh": "MWH",
    "gj": "GV",
    "kpl": "SET",
    "para": "PR",
    "opak": "XPK",
    "op": "XPK",
}
"""Codes of UN/ECE Recommendation 20 and 21 by how the unit is written, in small letters without dots."""
ONE: Final = "C62"
"""Of any other unit; how it was written is then an attribute of the item."""
UNIT: Final = "Jednostka miary"
Name = Literal["Invoice", "CreditNote"]
QUANTITIES: Final[Mapping[Name, str]] = {"Invoice": "InvoicedQuantity", "CreditNote": "CreditedQuantity"}
_GTIN: Final = "0160"  # ICD


def elements(fa: Fa, name: Name) -> Iterator[Element | None]:
    """The lines of a document that ``fitting`` has looked at."""
    for place, row in enumerate(fa.fa_wiersz, 1):
        yield _line(row, place, fa.kod_waluty, name)


def _line(row: FaWiersz, place: int, currency: str, name: Name) -> Element | None:
    """A line: net, at a rate of ``RATES``. A negative price turns the quantity's sign (BR-27)."""
    net, quantity = row.p_11 or Decimal(0), row.p_8b if row.p_8b is not None else Decimal(1)
    price = row.p_9a if row.p_9a is not None else (net + (row.p_10 or 0)) / quantity
    if price < 0:
        price, quantity = -price, -quantity
    unit = UNITS.get((row.p_8a or "").lower().replace(".", "").strip())
    return cac(
        f"{name}Line",
        cbc("ID", place),
        cbc(QUANTITIES[name], quantity, unitCode=unit or ONE),
        cbc("LineExtensionAmount", net, currencyID=currency),
        _discount(row.p_10, currency),
        _item(row, None if unit else row.p_8a),
        cac("Price", cbc("PriceAmount", price, currencyID=currency)),
    )


def _discount(amount: Decimal | None, currency: str) -> Element | None:
    """BG-27."""
    if not amount:
        return None
    return cac(
        "AllowanceCharge",
        cbc("ChargeIndicator", "false"),
        cbc("AllowanceChargeReason", "Opust"),
        cbc("Amount", amount.quantize(Decimal("0.01")), currencyID=currency),
    )


def _item(row: FaWiersz, unit: str | None) -> Element | None:
    kind, percent, _field = RATES[row.p_12 or ""]
    properties = (("PKWiU", row.pkwiu), ("CN", row.cn), ("PKOB", row.pkob), (UNIT, unit))
    return cac(
        "Item",
        cbc("Name", row.p_7),
        cac("SellersItemIdentification", cbc("ID", row.indeks)),
        cac("StandardItemIdentification", cbc("ID", row.gtin, schemeID=_GTIN)),
        cac("ClassifiedTaxCategory", cbc("ID", kind), cbc("Percent", percent), scheme()),
        *(
            cac("AdditionalItemProperty", cbc("Name", name), cbc("Value", value)) if value else None
            for name, value in properties
        ),
    )
