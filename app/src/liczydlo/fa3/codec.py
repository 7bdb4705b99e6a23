"""JSON of frozen dataclasses, both ways, from their annotations: amounts as strings, dates in ISO 8601,
bytes in hex.

What has its default is left out, so that old JSON is read by a class that has gained a field.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal, TypeVar

Json = Any  # what json.loads gives
_T = TypeVar("_T")
_Convert = Callable[[Any], Any]


def to_json(value: Any) -> Json:
    """The JSON of a dataclass or of what its fields hold."""
    kind = type(value)
    if dataclasses.is_dataclass(kind):
        fields = ((name, getattr(value, name), default) for name, default in _defaults(kind))
        return {name: to_json(held) for name, held, default in fields if not _same(held, default)}
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date) else value


@functools.cache
def _defaults(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    """The names of a dataclass's fields with their defaults."""
    return tuple((field.name, field.default) for field in dataclasses.fields(kind))


def _same(held: Any, default: Any) -> bool:
    """Amounts keep their scale: 1.00 is not the default 1."""
    if held is default:
        return True
    return held == default and (not isinstance(held, Decimal) or str(held) == str(default))


def from_json(model: type[_T], data: Json) -> _T:
    """An instance of ``model``. Raises ValueError, which names the place, for what ``to_json`` does not give."""
    hint: Any = model
    value: _T = _converter(hint)(data)
    return value


def _checked(kind: type[Any]) -> _Convert:
    def convert(data: Any) -> Any:
        if type(data) is not kind:
            raise ValueError(f"not {kind.__name__}: {data!r}")
        return data

    return convert


def _decimal(data: Any) -> Decimal:
    try:
        value = Decimal(_checked(str)(data))
    except InvalidOperation:
        raise ValueError(f"not a number: {data!r}") from None
    if not value.is_finite():
        raise ValueError(f"not a number: {data!r}")
    return value


_SCALARS: Final[Mapping[Any, _Convert]] = {
    str: _checked(str),
    int: _checked(int),
    bool: _checked(bool),
    Decimal: _decimal,
    date: lambda data: date.fromisoformat(_checked(str)(data)),
    bytes: lambda data: bytes.fromhex(_checked(str)(data)),
    datetime: lambda data: datetime.fromisoformat(_checked(str)(data)),
}


@functools.cache
def _converter(hint: Any) -> _Convert:
    if hint in _SCALARS:
        return _SCALARS[hint]
    if dataclasses.is_dataclass(hint):
        return _instance(hint)
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return _one_of(parts)
    if origin is tuple:
        return _many(_converter(parts[0]))
    assert origin in (types.UnionType, typing.Union) and types.NoneType in parts and len(parts) == 2, hint
    inner = _converter(next(part for part in parts if part is not types.NoneType))
    return lambda data: None if data is None else inner(data)


def _one_of(values: tuple[Any, ...]) -> _Convert:
    def convert(data: Any) -> Any:
        if data not in values:
            raise ValueError(f"not one of {values}: {data!r}")
        return data

    return convert


def _many(one: _Convert) -> _Convert:
    def convert(data: Any) -> tuple[Any, ...]:
        return tuple(_at(f"[{index}]", one, item) for index, item in enumerate(_checked(list)(data)))

    return convert


def _instance(model: Any) -> _Convert:
    hints = typing.get_type_hints(model)
    fields = {field.name: _converter(hints[field.name]) for field in dataclasses.fields(model)}

    def convert(data: Any) -> Any:
        if unknown := _checked(dict)(data).keys() - fields.keys():
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        values = {name: _at(f".{name}", fields[name], item) for name, item in data.items()}
        try:
            return model(**values)
        except TypeError as error:  # a field without a default is absent
            raise ValueError(str(error)) from error

    return convert


def _at(place: str, convert: _Convert, data: Any) -> Any:
    try:
        return convert(data)
    except ValueError as error:
        inner = str(error)
        raise ValueError(place + (inner if inner[:1] in ".[" else f": {inner}")) from error
