"""How a class of the model is read and written, worked out once from its annotations."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from typing import Annotated, Any, Final, Literal

Kind = Literal["child", "attribute", "text"]
KEEPS_LINES: Final = "xsd:string"
"""The mark of free text whose inner white space counts; elsewhere it is that of ``xsd:token``."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One field: its attribute, its name in the schema, its type (a scalar or a class of the model)."""

    attribute: str
    name: str
    kind: Kind
    type: Any
    repeated: bool
    optional: bool
    nested: bool
    keeps_lines: bool


@functools.cache
def of(model: type[Any]) -> tuple[Item, ...]:
    """The fields of a model class, in the order of the schema."""
    hints = typing.get_type_hints(model, include_extras=True)
    return tuple(_item(field.name, hints[field.name]) for field in dataclasses.fields(model))


def _item(attribute: str, hint: Any) -> Item:
    assert typing.get_origin(hint) is Annotated
    inner, name, *marks = typing.get_args(hint)
    repeated = typing.get_origin(inner) is tuple
    if repeated:
        inner = typing.get_args(inner)[0]
    optional = isinstance(inner, types.UnionType)
    if optional:
        inner = next(part for part in typing.get_args(inner) if part is not type(None))
    kind: Kind = "text" if name == "." else "attribute" if name.startswith("@") else "child"
    return Item(
        attribute=attribute,
        name=name.removeprefix("@"),
        kind=kind,
        type=inner,
        repeated=repeated,
        optional=optional,
        nested=dataclasses.is_dataclass(inner),
        keeps_lines=KEEPS_LINES in marks,
    )
