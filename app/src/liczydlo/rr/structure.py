"""What the schema of FA_RR(1) asks of a file beside its values: the order of elements, attributes, the figures.

:mod:`shape` looks at what was read. Here the file is compared with the same document written by this program, whose
elements stand in the order of the schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from liczydlo.fa3 import source, xsd
from liczydlo.fa3.problems import Problem

_DECIMAL: Final = re.compile(r"-?([1-9]\d*|0)(\.\d+)?")
_AMOUNTS: Final = re.compile(
    r"P_6B|P_7|P_8|P_10|P_11|P_11_[12]W?|P_12_1W?|KursWaluty|Kwota|Suma\w+|Do(Zaplaty|Rozliczenia)"
)
_INSTANCE: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_WITH_ATTRIBUTES: Final = {"KodFormularza": {"kodSystemowy", "wersjaSchemy"}}


def check(root: etree._Element, written: bytes) -> Iterator[Problem]:
    """What a file has against it; ``written`` is what it says, as this program writes it."""
    proper = etree.fromstring(written).iter()
    for element, other in zip(root.iter(), proper, strict=False):
        name = etree.QName(element).localname
        if element.tag != other.tag:
            yield _problem("schema-unexpected", element, name)
            return
        allowed = _WITH_ATTRIBUTES.get(name, set())
        for attribute in map(str, element.attrib):
            if attribute not in allowed and not attribute.startswith(_INSTANCE):
                yield _problem("schema-attribute-unknown", element, name, attribute=attribute)
        text = (element.text or "").strip()
        if len(element) and (text or any((child.tail or "").strip() for child in element)):
            yield _problem("schema-text", element, name)
        if not len(element) and _AMOUNTS.fullmatch(name) and not _DECIMAL.fullmatch(text):
            yield _problem("schema-type", element, name)


def _problem(code: str, element: etree._Element, name: str, **params: Any) -> Problem:
    values = {"element": name, "value": (element.text or "").strip()[:80], "expected": None, "hint": None}
    return Problem(code=code, line=source.line_of(element), path=xsd.path_of(element), params=values | params)
