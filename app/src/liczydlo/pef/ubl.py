"""Elements of UBL 2.1: ``cbc`` holds a value, ``cac`` other elements; what is None or empty is left out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from lxml import etree

INVOICE: Final = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CAC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
Element = etree._Element
_NAMES: Final[Any] = {None: INVOICE, "cac": CAC, "cbc": CBC}


def cbc(name: str, value: str | int | Decimal | date | None, **attributes: str) -> Element | None:
    """A value; a decimal is written without an exponent."""
    if value is None or value == "":
        return None
    element = etree.Element(f"{{{CBC}}}{name}", attributes)
    element.text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return element


def cac(name: str, *children: Element | None) -> Element | None:
    """A group; None where nothing is in it."""
    element = etree.Element(f"{{{CAC}}}{name}")
    element.extend([child for child in children if child is not None])
    return element if len(element) else None


def document(children: Iterable[Element | None]) -> bytes:
    """The bytes of an invoice of these elements, in the order of the schema."""
    root = etree.Element(f"{{{INVOICE}}}Invoice", nsmap=_NAMES)
    root.extend([child for child in children if child is not None])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
