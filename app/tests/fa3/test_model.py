"""The model is the whole of the official schema: every element, in its order, repeated where it may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from liczydlo.fa3 import plan, xsd
from liczydlo.fa3.model import Faktura
from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"


@pytest.fixture(scope="module")
def types() -> dict[str, Any]:
    """Named complex types and the root element of the installed schema: ``tns:`` its own, ``etd:`` of its base."""
    result = {}
    for number, content in enumerate(xsd.files().values()):
        for node in etree.fromstring(content):
            if node.tag in (f"{XS}complexType", f"{XS}element"):
                result[f"{'etd' if number else 'tns'}:{node.get('name')}"] = node
    return result


def children(node: Any, types: dict[str, Any], *, many: bool = False) -> Iterator[tuple[str, bool, Any]]:
    """Name, whether it may be repeated, declaration: of the elements of a complex type, in order."""
    for part in node:
        repeated = many or part.get("maxOccurs", "1") != "1"
        if part.tag == f"{XS}element":
            yield part.get("name"), repeated, part
        elif part.tag in (f"{XS}sequence", f"{XS}choice", f"{XS}complexContent"):
            yield from children(part, types, many=repeated)
        elif part.tag in (f"{XS}extension", f"{XS}restriction"):
            base = part.get("base", "")
            if base in types:
                yield from children(types[base], types)
            yield from children(part, types, many=many)


def complex_type(element: Any, types: dict[str, Any]) -> Any:
    """Of an element: its own, the one it names, or None."""
    inline = element.find(f"{XS}complexType")
    return inline if inline is not None else types.get(element.get("type") or "")


def compare(model: type[Any], element: Any, types: dict[str, Any], at: str) -> Iterator[str]:
    """Where model and schema differ."""
    declared: dict[str, tuple[bool, Any]] = {}
    for name, repeated, node in children(complex_type(element, types), types):
        seen = declared.get(name)
        declared[name] = (repeated or (seen is not None and seen[0]), node)
    items = [item for item in plan.of(model) if item.kind == "child"]
    if [item.name for item in items] != list(declared):
        yield f"{at}: {[item.name for item in items]} is not {list(declared)}"
        return
    for item in items:
        repeated, node = declared[item.name]
        if item.repeated != repeated:
            yield f"{at}/{item.name}: repeated {item.repeated}, in the schema {repeated}"
        if item.nested:
            yield from compare(item.type, node, types, f"{at}/{item.name}")


def test_the_model_is_the_whole_schema(types: dict[str, Any]) -> None:
    assert list(compare(Faktura, types["tns:Faktura"], types, "Faktura")) == []
