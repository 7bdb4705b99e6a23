"""Reading KSeF's JSON without trusting its shape: any missing or odd field is the same failure."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""Moments beyond these are these: a day more would overflow, in another zone or with a wait added."""
GREATEST: Final = Decimal(10) ** 16
"""Amounts are smaller (TKwotowy has 18 digits, two of them decimal places)."""
GREATEST_INTEGER: Final = 2**63 - 1


class Malformed(ValueError):
    """An answer that is not what the OpenAPI promises; names the field, never its value."""


class Node:
    """One JSON object. Each reader raises :class:`Malformed` when the field is absent or of another type."""

    def __init__(self, fields: Mapping[str, Any], path: str = "") -> None:
        self._fields = fields
        self._path = path

    def text(self, name: str) -> str:
        """A string, which may be empty."""
        value = self._fields.get(name)
        if not isinstance(value, str) or not _is_storable(value):
            raise Malformed(self._at(name))
        return value

    def optional_text(self, name: str) -> str | None:
        """A string, or None when absent or null."""
        return None if self._fields.get(name) is None else self.text(name)

    def integer(self, name: str) -> int:
        """A JSON integer; ``true`` and ``1.0`` are none."""
        value = self._fields.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > GREATEST_INTEGER:
            raise Malformed(self._at(name))
        return value

    def optional_integer(self, name: str) -> int | None:
        """A whole number, or None when absent or null."""
        return None if self._fields.get(name) is None else self.integer(name)

    def scalar(self, name: str) -> str:
        """A string or a whole number, as a string."""
        value = self._fields.get(name)
        return str(self.integer(name)) if isinstance(value, int) else self.text(name)

    def decimal(self, name: str) -> Decimal:
        """An exact number: floats are never made (see :func:`parse`)."""
        value = self._fields.get(name)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise Malformed(self._at(name))
        amount = Decimal(value)
        if not amount.is_finite() or abs(amount) >= GREATEST:
            raise Malformed(self._at(name))
        return amount

    def flag(self, name: str, default: bool | None = None) -> bool:
        """True or false; absent or null means ``default``, if one is given."""
        value = self._fields.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, bool):
            raise Malformed(self._at(name))
        return value

    def moment(self, name: str) -> datetime:
        """An ISO 8601 date and time, made aware in UTC; KSeF writes up to seven decimals of a second."""
        try:
            moment = datetime.fromisoformat(self.text(name))
        except ValueError as error:
            raise Malformed(self._at(name)) from error
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return min(max(moment, EARLIEST), LATEST).astimezone(UTC)

    def optional_moment(self, name: str) -> datetime | None:
        """An ISO 8601 date and time, or None when absent or null."""
        return None if self._fields.get(name) is None else self.moment(name)

    def day(self, name: str) -> date:
        """An ISO 8601 date."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError as error:
            raise Malformed(self._at(name)) from error

    def octets(self, name: str) -> bytes:
        """Bytes written in strict base64."""
        try:
            return base64.b64decode(self.text(name), validate=True)
        except ValueError as error:  # binascii's, and that of text beyond ASCII
            raise Malformed(self._at(name)) from error

    def optional_octets(self, name: str) -> bytes | None:
        """Base64, or None when absent or null."""
        return None if self._fields.get(name) is None else self.octets(name)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings; absent or null means none."""
        values = self._fields.get(name) or []
        if not isinstance(values, list):
            raise Malformed(self._at(name))
        return tuple(self._storable(name, value) for value in values)

    def mapping(self, name: str) -> dict[str, str]:
        """An object of strings; absent or null means none. Null values are left out."""
        value = self._fields.get(name) or {}
        if not isinstance(value, dict):
            raise Malformed(self._at(name))
        return {
            self._storable(name, key): self._storable(name, item)
            for key, item in value.items()
            if item is not None
        }

    def node(self, name: str) -> Node:
        """An object inside; its own failures name the whole path."""
        value = self._fields.get(name)
        if not isinstance(value, dict):
            raise Malformed(self._at(name))
        return Node(value, self._at(name))

    def optional_node(self, name: str) -> Node | None:
        """An object, or None when absent or null."""
        return None if self._fields.get(name) is None else self.node(name)

    def nodes(self, name: str) -> Iterator[Node]:
        """A list of objects; absent or null means none."""
        values = self._fields.get(name) or []
        if not isinstance(values, list):
            raise Malformed(self._at(name))
        return iterate(values, self._at(name))

    def _storable(self, name: str, value: Any) -> str:
        text = str(value)
        if not _is_storable(text):
            raise Malformed(self._at(name))
        return text

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}".lstrip(".")


def _is_storable(text: str) -> bool:
    """Whether databases take it: neither NUL nor half of a surrogate pair, which JSON can escape."""
    if "\0" in text:
        return False
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def iterate(values: list[Any], path: str = "") -> Iterator[Node]:
    """The objects of a list."""
    for index, value in enumerate(values):
        if not isinstance(value, dict):
            raise Malformed(f"{path}[{index}]")
        yield Node(value, f"{path}[{index}]")


def parse(body: bytes) -> Any:
    """JSON with exact decimals. Raises :class:`Malformed`."""
    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError, ArithmeticError) as error:  # 1e99999999999999999999 is no Decimal
        raise Malformed("not JSON") from error


def parse_object(body: bytes) -> Node:
    """A JSON object. Raises :class:`Malformed`."""
    value = parse(body)
    if not isinstance(value, dict):
        raise Malformed("not a JSON object")
    return Node(value)


def parse_list(body: bytes) -> Iterator[Node]:
    """A JSON list of objects. Raises :class:`Malformed`."""
    value = parse(body)
    if not isinstance(value, list):
        raise Malformed("not a JSON list")
    return iterate(value)
