"""From the model to a file: UTF-8, no byte order mark, the schema's order, nothing that is absent."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, cast

from liczydlo.fa3 import plan
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.source import NAMESPACE

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n<Faktura xmlns="{}">'
_Write = Callable[[Any, Callable[[str], None]], None]


def write(faktura: Faktura) -> bytes:
    """The document's bytes. Text that XML cannot carry is found by ``document.inspect``, not here."""
    return write_as(faktura, NAMESPACE)


def write_as(faktura: Any, namespace: str) -> bytes:
    """The bytes of a ``Faktura`` of another structure, whose model is made as that of FA(3).

    White space comes back from ``read`` as the schema's ``xsd:token`` sees it: ends cut, runs made one space,
    except the lines of a footer's text.
    """
    parts = [_HEAD.format(namespace)]
    model: Any = type(faktura)
    _writer(model)(faktura, parts.append)
    parts.append("</Faktura>")
    return "".join(parts).encode(errors="surrogatepass")


def element(name: str, value: Any) -> bytes:
    """An element of another structure, without attributes, whose model is made as that of FA(3)."""
    parts = [f"<{name}>"]
    model: Any = type(value)
    _writer(model)(value, parts.append)
    parts.append(f"</{name}>")
    return "".join(parts).encode(errors="surrogatepass")


def _text(value: str) -> str:
    if "&" in value:
        value = value.replace("&", "&amp;")
    if "<" in value:
        value = value.replace("<", "&lt;")
    return value.replace(">", "&gt;") if ">" in value else value


def _moment(value: datetime) -> str:
    """In UTC; a naive moment is taken for UTC, never for the machine's own time."""
    if value.tzinfo is not None:
        value = value.astimezone(UTC).replace(tzinfo=None)
    return value.isoformat() + "Z"


def _quoted(value: str) -> str:
    return _text(value).replace('"', "&quot;")


# how a scalar ``child`` stands in a replacement field of an f-string
_FORMATS: Final[dict[type[Any], str]] = {
    str: "text(child)",
    int: "child",
    Decimal: "child:f",
    date: "child",
    datetime: "moment(child)",
}


_ONE: Final = "    child = value.{0}\n    if child is not None:"


@functools.cache
def _writer(model: Any) -> _Write:
    """A function that adds the inside of an element made of ``model``, part by part.

    It is compiled once from the class's annotations, a statement for each field: calling a closure for each took twice
    as long.
    """
    names: dict[str, Any] = {"text": _text, "quoted": _quoted, "moment": _moment}
    code = ["def write(value, add):", "    pass"]
    for item in plan.of(model):
        if item.kind == "attribute":  # written with the element's own start tag
            continue
        code.append(
            f"    for child in value.{item.attribute}:" if item.repeated else _ONE.format(item.attribute)
        )
        code += [f"        {statement}" for statement in _statements(item, names)]
    exec("\n".join(code), names)  # noqa: S102 - made of names in the model alone
    return cast(_Write, names["write"])


def _statements(item: plan.Item, names: dict[str, Any]) -> list[str]:
    if not item.nested:
        text = f"{{{_FORMATS[item.type]}}}"
        return [f"add(f'{text}')" if item.kind == "text" else f"add(f'<{item.name}>{text}</{item.name}>')"]
    names[f"write_{item.attribute}"] = _writer(item.type)
    attributes = "".join(
        f' {attribute.name}="{{quoted(child.{attribute.attribute})}}"'
        for attribute in plan.of(item.type)
        if attribute.kind == "attribute"
    )
    return [
        f"add(f'<{item.name}{attributes}>')",
        f"write_{item.attribute}(child, add)",
        f"add('</{item.name}>')",
    ]
