"""From a file to the model. What the schema allows is read; anything else is a DocumentError."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lxml import etree

from liczydlo.fa3 import plan, source, xsd
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.problems import DocumentError, Problem

_SPACES: Final = re.compile(r"[ \t\r\n]+")
_PREFIX: Final = f"{{{source.NAMESPACE}}}"


def read(xml: bytes) -> Faktura:
    """The invoice of a file. Raises DocumentError for what is not FA(3), and for the first thing that is not schema."""
    return of_tree(source.parse(xml))


def of_tree(tree: etree._ElementTree) -> Faktura:
    """As ``read``, for a tree that was parsed."""
    found = _reader(Faktura)(tree.getroot())
    assert isinstance(found, Faktura)
    return found


def _word(text: str) -> str:
    return _SPACES.sub(" ", text).strip(" ")  # xsd:token


def _decimal(text: str) -> Decimal:
    return Decimal(_word(text))


def _day(text: str) -> date:
    return date.fromisoformat(_word(text)[:10])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(_word(text))


_SCALARS: Final[dict[type[Any], Callable[[str], Any]]] = {
    str: _word,
    int: int,
    Decimal: _decimal,
    date: _day,
    datetime: _moment,
}


@functools.cache
def _reader(model: Any) -> Callable[[etree._Element], Any]:
    """A function that reads an element into ``model``."""
    items = plan.of(model)
    children: dict[str, tuple[str, bool, Callable[[etree._Element], Any]]] = {}
    texts: list[tuple[str, Callable[[str], Any]]] = []
    attributes: list[tuple[str, str, Callable[[str], Any]]] = []
    for item in items:
        if item.kind == "text":
            texts.append((item.attribute, _SCALARS[item.type]))
        elif item.kind == "attribute":
            attributes.append((item.attribute, item.name, _SCALARS[item.type]))
        else:
            make = _reader(item.type) if item.nested else functools.partial(_scalar, _SCALARS[item.type])
            children[_PREFIX + item.name] = (item.attribute, item.repeated, make)

    def build(element: etree._Element) -> Any:
        values: dict[str, Any] = {}
        for child in element:
            if not isinstance(child.tag, str):
                continue  # a comment
            found = children.get(child.tag)
            if found is None:
                raise _refused(child, "schema-unexpected")
            attribute, repeated, make = found
            if repeated:
                values.setdefault(attribute, []).append(make(child))
            elif attribute in values:
                raise _refused(child, "schema-unexpected")
            else:
                values[attribute] = make(child)
        for attribute, convert in texts:
            values[attribute] = convert(element.text or "")
        for attribute, name, convert in attributes:
            value = element.get(name)
            if value is None:
                raise _refused(element, "schema-attribute")
            values[attribute] = convert(value)
        try:
            return model(**{name: tuple(v) if isinstance(v, list) else v for name, v in values.items()})
        except TypeError as error:
            raise _refused(element, "schema-missing") from error

    return build


def _scalar(convert: Callable[[str], Any], element: etree._Element) -> Any:
    text = element.text or ""
    if len(element):
        text = "".join(map(str, element.itertext()))  # comments inside
    try:
        return convert(text)
    except (ValueError, InvalidOperation) as error:
        raise _refused(element, "schema-type") from error


def _refused(element: etree._Element, code: str) -> DocumentError:
    params = {
        "element": etree.QName(element).localname,
        "value": (element.text or "").strip()[:80],
        "expected": "",
        "expected_en": "",
    }
    return DocumentError(
        [Problem(code=code, line=source.line_of(element), path=xsd.path_of(element), params=params)]
    )
