"""Two documents side by side, field by field: whether they say the same (guide ``offline/korekta-techniczna.md``).

Compared is what the documents say, not their bytes: white space, encoding, prefixes and the scale of a number are no
difference. When and with what the file was made is none of the invoice's business, and may differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

from liczydlo.fa3 import plan

FREE: Final = frozenset({"Naglowek/DataWytworzeniaFa", "Naglowek/SystemInfo"})
"""What a technical correction may change."""
_T = TypeVar("_T")
_INDEX: Final = re.compile(r"\[\d+\]")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of both documents; ``before`` or ``after`` is None where one has none.

    ``path`` is ``Fa/FaWiersz[2]/P_7``.
    """

    path: str
    before: str | None
    after: str | None
    same: bool

    @property
    def is_free(self) -> bool:
        """Whether it may differ."""
        return self.path in FREE

    @property
    def name(self) -> str:
        """The schema's name of the element."""
        return _INDEX.sub("", self.path).rpartition("/")[2].removeprefix("@")


def compare(before: _T, after: _T) -> list[Field]:
    """Every field that either has, in the order of the schema, lines in theirs. Both are of one structure."""
    return list(_fields(type(before), before, after, ""))


def differences(fields: list[Field]) -> list[Field]:
    """What must not differ and does."""
    return [field for field in fields if not field.same and not field.is_free]


def _fields(model: Any, before: Any, after: Any, path: str) -> Iterator[Field]:
    for item in plan.of(model):
        name = {"text": path, "attribute": f"{path}/@{item.name}", "child": f"{path}/{item.name}"}[item.kind]
        olds, news = _values(before, item), _values(after, item)
        for at in range(max(len(olds), len(news))):
            here = f"{name}[{at + 1}]" if item.repeated else name
            old, new = _at(olds, at), _at(news, at)
            if item.nested:
                if (old is None) != (new is None):  # an element without content says something too
                    sides = [None if one is None else "" for one in (old, new)]
                    yield Field(path=here.lstrip("/"), before=sides[0], after=sides[1], same=False)
                yield from _fields(item.type, old, new, here)
            else:
                yield Field(path=here.lstrip("/"), before=_text(old), after=_text(new), same=old == new)


def _values(node: Any, item: plan.Item) -> tuple[Any, ...]:
    value = None if node is None else getattr(node, item.attribute)
    if item.repeated:
        return tuple(value or ())
    return () if value is None else (value,)


def _at(values: tuple[Any, ...], index: int) -> Any:
    return values[index] if index < len(values) else None


def _text(value: Any) -> str | None:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return None if value is None else str(value)
