"""From the model to a file: UTF-8, no byte order mark, the schema's order, nothing that is absent."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from liczydlo.fa3 import plan
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.source import NAMESPACE

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


def write(faktura: Faktura) -> bytes:
    """The document's bytes. Text that XML cannot carry is found by ``document.inspect``, not here."""
    parts: list[str] = []
    _writer(Faktura)(faktura, parts)
    return f'{_HEAD}<Faktura xmlns="{NAMESPACE}">{"".join(parts)}</Faktura>'.encode()


def _amount(value: Decimal) -> str:
    return format(value, "f")


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


_SCALARS: Final[dict[type[Any], Callable[[Any], str]]] = {
    str: escape,
    int: str,
    Decimal: _amount,
    date: date.isoformat,
    datetime: _moment,
}


@functools.cache
def _writer(model: Any) -> Callable[[Any, list[str]], None]:
    """A function that appends the inside of an element made of ``model``."""
    steps = [_step(item) for item in plan.of(model) if item.kind != "attribute"]

    def inside(value: Any, parts: list[str]) -> None:
        for step in steps:
            step(value, parts)

    return inside


def _step(item: plan.Item) -> Callable[[Any, list[str]], None]:
    attribute, name = item.attribute, item.name
    if item.nested:
        attributes = [each for each in plan.of(item.type) if each.kind == "attribute"]
        inside, close = _writer(item.type), f"</{name}>"

        def one(value: Any, parts: list[str]) -> None:
            pairs = "".join(
                f" {each.name}={quoteattr(getattr(value, each.attribute))}" for each in attributes
            )
            parts.append(f"<{name}{pairs}>")
            inside(value, parts)
            parts.append(close)

    else:
        text = _SCALARS[item.type]
        opening, closing = ("", "") if item.kind == "text" else (f"<{name}>", f"</{name}>")

        def one(value: Any, parts: list[str]) -> None:
            parts.append(f"{opening}{text(value)}{closing}")

    if item.repeated:

        def step(owner: Any, parts: list[str]) -> None:
            for value in getattr(owner, attribute):
                one(value, parts)

    else:

        def step(owner: Any, parts: list[str]) -> None:
            value = getattr(owner, attribute)
            if value is not None:
                one(value, parts)

    return step
