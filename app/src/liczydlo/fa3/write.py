"""From the model to a file: UTF-8, no byte order mark, the schema's order, nothing that is absent."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final

from liczydlo.fa3 import plan
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.source import NAMESPACE

_HEAD: Final = f'<?xml version="1.0" encoding="UTF-8"?>\n<Faktura xmlns="{NAMESPACE}">'
_NONE_OF_MANY: Final = ()
_Step = Callable[[Any, list[str]], None]


def write(faktura: Faktura) -> bytes:
    """The document's bytes. Text that XML cannot carry is found by ``document.inspect``, not here.

    White space comes back from ``read`` as the schema's ``xsd:token`` sees it: ends cut, runs made one space.
    """
    parts = [_HEAD]
    _writer(Faktura)(faktura, parts)
    parts.append("</Faktura>")
    return "".join(parts).encode(errors="surrogatepass")


def _text(value: str) -> str:
    if "&" in value:
        value = value.replace("&", "&amp;")
    if "<" in value:
        value = value.replace("<", "&lt;")
    return value.replace(">", "&gt;") if ">" in value else value


def _amount(value: Decimal) -> str:
    return format(value, "f")


def _moment(value: datetime) -> str:
    """In UTC; a naive moment is taken for UTC, never for the machine's own time."""
    if value.tzinfo is not None:
        value = value.astimezone(UTC).replace(tzinfo=None)
    return value.isoformat() + "Z"


_SCALARS: Final[dict[type[Any], Callable[[Any], str]]] = {
    str: _text,
    int: str,
    Decimal: _amount,
    date: date.isoformat,
    datetime: _moment,
}


@functools.cache
def _writer(model: Any) -> _Step:
    """A function that appends the inside of an element made of ``model``."""
    items = [item for item in plan.of(model) if item.kind != "attribute"]
    steps = [_step(item) for item in items]
    values = attrgetter(*(item.attribute for item in items))
    if len(steps) == 1:
        return _alone(steps[0], values)

    ways = [_way(item, step) for item, step in zip(items, steps, strict=True)]

    def inside(value: Any, parts: list[str]) -> None:
        for each, (step, opening, text, closing) in zip(values(value), ways, strict=True):
            if each is None or each is _NONE_OF_MANY:
                continue
            if text is None:
                step(each, parts)
            else:
                parts.append(opening + text(each) + closing)

    return inside


def _way(item: plan.Item, step: _Step) -> tuple[_Step, str, Callable[[Any], str] | None, str]:
    """The step, and what saves calling it for the most common kind, a single scalar."""
    plain = item.kind == "child" and not item.nested and not item.repeated
    return step, f"<{item.name}>", _SCALARS[item.type] if plain else None, f"</{item.name}>"


def _alone(step: _Step, get: Callable[[Any], Any]) -> _Step:
    """``attrgetter`` of one name gives the value itself, of several a tuple."""

    def inside(value: Any, parts: list[str]) -> None:
        if (each := get(value)) is not None:
            step(each, parts)

    return inside


def _step(item: plan.Item) -> _Step:
    one = _nested(item) if item.nested else _scalar(item)
    if not item.repeated:
        return one

    def many(values: Any, parts: list[str]) -> None:
        for value in values:
            one(value, parts)

    return many


def _nested(item: plan.Item) -> _Step:
    attributes = [each for each in plan.of(item.type) if each.kind == "attribute"]
    inside, opening, closing = _writer(item.type), f"<{item.name}>", f"</{item.name}>"

    def one(value: Any, parts: list[str]) -> None:
        if attributes:
            pairs = (f'{each.name}="{_quoted(getattr(value, each.attribute))}"' for each in attributes)
            parts.append(f"<{item.name} {' '.join(pairs)}>")
        else:
            parts.append(opening)
        inside(value, parts)
        parts.append(closing)

    return one


def _quoted(value: str) -> str:
    return _text(value).replace('"', "&quot;")


def _scalar(item: plan.Item) -> _Step:
    text = _SCALARS[item.type]
    opening, closing = ("", "") if item.kind == "text" else (f"<{item.name}>", f"</{item.name}>")

    def one(value: Any, parts: list[str]) -> None:
        parts.append(f"{opening}{text(value)}{closing}")

    return one
