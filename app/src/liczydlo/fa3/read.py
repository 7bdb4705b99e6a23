"""From a file to the model. What the schema allows is read; anything else is a DocumentError."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar, cast

from lxml import etree

from liczydlo.fa3 import plan, source, xsd
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.problems import DocumentError, Problem

_SPACES: Final = re.compile(r"[ \t\r\n]+")
_T = TypeVar("_T")


def read(xml: bytes) -> Faktura:
    """The invoice of a file. Raises DocumentError for what is not FA(3), and for the first thing that is not schema."""
    return of_tree(source.parse(xml))


def of_tree(tree: etree._ElementTree) -> Faktura:
    """As ``read``, for a tree that was parsed."""
    return root_as(Faktura, tree.getroot(), source.NAMESPACE)


def root_as(model: type[_T], root: etree._Element, namespace: str) -> _T:
    """The root element of another structure, whose model is made as that of FA(3). Raises DocumentError."""
    reader: Callable[[etree._Element], _T] = _reader(cast(Any, model), f"{{{namespace}}}")
    return reader(root)


def _word(text: str) -> str:
    """As xsd:token: ends cut, runs of white space made one space."""
    if text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " ":
        return text  # nearly always; the pattern is slower
    return _SPACES.sub(" ", text).strip(" ")


def _lines(text: str) -> str:
    """Text of several lines, its ends cut."""
    return text.strip(" \t\r\n")


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite():
        raise ValueError(text)
    return value


def _day(text: str) -> date:
    """Without a zone, which says nothing of a day on an invoice."""
    day = _word(text)[:10]
    if day[4:5] != "-" or day[7:8] != "-":
        raise ValueError(text)
    return date.fromisoformat(day)


def _moment(text: str) -> datetime:
    """A moment without a zone is taken for UTC."""
    moment = datetime.fromisoformat(_word(text))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_SCALARS: Final[dict[type[Any], Callable[[str], Any]]] = {
    str: _word,
    int: int,
    Decimal: _decimal,
    date: _day,
    datetime: _moment,
}


@functools.cache
def _reader(model: Any, prefix: str) -> Callable[[etree._Element], Any]:
    """A function that reads an element into ``model``; ``prefix`` is the namespace in braces."""
    items = plan.of(model)
    # of each child: its attribute, whether it repeats, whether it is nested, and what reads it or its text
    children: dict[str, tuple[str, bool, bool, Callable[[Any], Any]]] = {}
    own: list[tuple[str, str | None, Callable[[str], Any]]] = []  # the text (None) and attributes
    for item in items:
        if item.kind == "text":
            own.append((item.attribute, None, _SCALARS[item.type]))
        elif item.kind == "attribute":
            own.append((item.attribute, item.name, _SCALARS[item.type]))
        else:
            make = (
                _reader(item.type, prefix)
                if item.nested
                else _lines
                if item.keeps_lines
                else _SCALARS[item.type]
            )
            children[prefix + item.name] = (item.attribute, item.repeated, item.nested, make)
    repeated = [item.attribute for item in items if item.repeated]

    def build(element: etree._Element) -> Any:
        values: dict[str, Any] = {}
        child = element
        try:
            for child in element:
                attribute, many, nested, make = children[child.tag]
                if len(child) and not nested:
                    raise _refused(child[0], "schema-unexpected")
                value = make(child if nested else child.text or "")
                if many:
                    values.setdefault(attribute, []).append(value)
                elif attribute in values:
                    raise _refused(child, "schema-too-often")
                else:
                    values[attribute] = value
        except KeyError:
            raise _refused(child, "schema-unexpected") from None
        except (ValueError, InvalidOperation) as error:
            raise _refused(child, "schema-type") from error
        for attribute, name, convert in own:
            text = (element.text or "") if name is None else element.get(name)
            if text is None:
                raise _refused(element, "schema-attribute-missing", attribute=name)
            values[attribute] = convert(text)
        for attribute in repeated:
            if attribute in values:
                values[attribute] = tuple(values[attribute])
        try:
            return model(**values)
        except TypeError as error:
            raise _refused(element, "schema-missing") from error

    return build


def _refused(element: etree._Element, code: str, *, attribute: str | None = None) -> DocumentError:
    path = xsd.path_of(element)
    params = {
        "element": etree.QName(element).localname,
        "value": (element.text or "").strip()[:80],
        "expected": None,
        "hint": None,
    }
    if attribute is not None:
        params["attribute"], path = attribute, f"{path}/@{attribute}"
    return DocumentError([Problem(code=code, line=source.line_of(element), path=path, params=params)])
