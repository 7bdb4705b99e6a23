"""Elements of UBL 2.1: ``cbc`` holds a value, ``cac`` other elements; what is None or empty is left out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from lxml import etree

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
INVOICE: Final = "Invoice"
CREDIT_NOTE: Final = "CreditNote"
CAC: Final = f"{_UBL}CommonAggregateComponents-2"
CBC: Final = f"{_UBL}CommonBasicComponents-2"
EXT: Final = f"{_UBL}CommonExtensionComponents-2"
POLISH: Final = {
    CAC: "urn:pl:extended:CommonAggregateComponents-2",
    CBC: "urn:pl:extended:CommonBasicComponents-2",
}
"""Namespaces in which the Polish extension of UBL repeats elements of both."""
Element = etree._Element
_NAMES: Final = {"cac": CAC, "cbc": CBC}
_EXTENDED: Final = {**_NAMES, "ext": EXT, "cac-pl": POLISH[CAC], "cbc-pl": POLISH[CBC]}


def cbc(name: str, value: str | int | Decimal | date | None, **attributes: str) -> Element | None:
    """A value; a decimal is written without an exponent."""
    if value is None or value == "":
        return None
    element = etree.Element(f"{{{CBC}}}{name}", attributes)
    element.text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return element


def cac(name: str, *children: Element | None) -> Element | None:
    """A group; None where nothing is in it."""
    return _group(f"{{{CAC}}}{name}", children)


def polish(name: str, *children: Element | None) -> Element:
    """A group of the Polish extension, whose elements are named as those of UBL that it is given."""
    group = _group(f"{{{CAC}}}{name}", children)
    assert group is not None
    for element in group.iter():
        space, _, local = element.tag[1:].partition("}")
        element.tag = f"{{{POLISH[space]}}}{local}"
    return group


def extensions(*named: tuple[str, Element | None]) -> Element | None:
    """UBLExtensions of contents with their names, which may be empty."""
    return _group(
        f"{{{EXT}}}UBLExtensions",
        [
            _group(
                f"{{{EXT}}}UBLExtension", (cbc("Name", name), _group(f"{{{EXT}}}ExtensionContent", [content]))
            )
            for name, content in named
        ],
    )


def _group(tag: str, children: Iterable[Element | None]) -> Element | None:
    element = etree.Element(tag)
    element.extend([child for child in children if child is not None])
    return element if len(element) else None


def document(name: str, children: Iterable[Element | None]) -> bytes:
    """The bytes of a document of these elements, in the order of its schema."""
    names: Any = {None: f"{_UBL}{name}-2", **(_NAMES if name == INVOICE else _EXTENDED)}
    root = etree.Element(f"{{{_UBL}{name}-2}}{name}", nsmap=names)
    root.extend([child for child in children if child is not None])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
