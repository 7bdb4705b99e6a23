"""Forms of pydantic models: what a JSON operation takes says also which fields a page has and what they may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, ValidationError
from pydantic.fields import FieldInfo

from ..api.contract.common import Nip
from .fields import NIP, Wrong, decimal, moment, required, whole
from .words import Both

M = TypeVar("M", bound=BaseModel)
A = TypeVar("A")
_TEXTS: dict[str, Both] = {
    "missing": ("wypełnij to pole", "fill in this field"),
    "literal_error": ("wybierz z listy", "choose from the list"),
    "enum": ("wybierz z listy", "choose from the list"),
    "decimal_max_places": ("najwyżej dwa miejsca po przecinku", "at most two decimal places"),
}


@dataclass(frozen=True)
class Label:
    """How people call a member of a model; stands in its annotation."""

    polish: str
    english: str
    hint: Both | None = None


@dataclass(frozen=True)
class Choices:
    """What people call the values that a member may have; stands in its annotation. ``radio`` shows all of them."""

    texts: Mapping[Any, Both]
    radio: bool = False


@dataclass(frozen=True, kw_only=True)
class FormField:
    """How a member shows in a form. ``kind`` ``choice`` is one of ``options``, ``choices`` any of them; an empty choice
    is one of them where the member may be absent."""

    name: str
    label: Both
    hint: Both | None
    kind: Literal["choice", "choices", "radio", "numeric", "decimal", "text"]
    options: tuple[tuple[str, Both], ...]
    required: bool


def form_field(
    model: type[BaseModel], name: str, *, place: str = "", empty: Both | None = None, required: bool = False
) -> FormField:
    """Of one member, for the macro ``model_field``; ``place`` is the field's name where it is not the member's,
    ``empty`` what choosing nothing is called; a page may be stricter than the model: ``required``."""
    field = model.model_fields[name]
    label = _annotation(field, Label)
    choices = _annotation(field, Choices)
    texts = [(str(value), text) for value, text in choices.texts.items()] if choices else []
    several = _is_several(_kind(field))
    if empty is not None:
        texts.insert(0, ("", empty))
    kinds = {int: "numeric", float: "decimal", Decimal: "decimal"}
    kind: Any = kinds.get(_kind(field), "text")
    if choices:
        kind = "choices" if several else "radio" if choices.radio else "choice"
    return FormField(
        name=place or name,
        label=_label(name, field),
        hint=label.hint if label else None,
        kind=kind,
        options=tuple(texts),
        required=required or (field.is_required() and not _may_be_null(field)),
    )


def labels(model: type[BaseModel]) -> dict[str, Both]:
    """Of every member, for the page's template."""
    return {name: _label(name, field) for name, field in model.model_fields.items()}


def from_form(
    model: type[M], form: Mapping[str, Any], names: Mapping[str, str] | None = None, **given: Any
) -> M:
    """The object that the JSON operation takes, of the form's fields of the same names, or of those in ``names``;
    ``given`` are members that are ready. An empty field is left out. Raises Wrong, which points to a field."""
    places = {name: name for name in model.model_fields} | dict(names or {})
    body = dict(given)
    for name, field in model.model_fields.items():
        if name not in given:
            value = _read(form, places[name], field, _label(name, field))
            if value is not None or field.is_required():
                body[name] = value
    try:
        return model.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        kind = "missing" if first["input"] is None else first["type"]
        said = str(first["msg"]).removeprefix("Value error, ")
        polish, english = _TEXTS.get(kind, (said, said))
        if not first["loc"]:  # about several fields
            raise Wrong(polish, english) from error
        name = str(first["loc"][0])
        label = _label(name, model.model_fields[name])
        raise Wrong(f"{label[0]}: {polish}.", f"{label[1]}: {english}.", places[name]) from error


def _read(form: Mapping[str, Any], place: str, field: FieldInfo, label: Both) -> Any:
    kind = _kind(field)
    text = form.get(place, "")
    least, most = _bound(field, "ge"), _bound(field, "le")
    if kind is Nip:
        return required(form, place, NIP) if text else None
    if kind is bool:
        return bool(text)
    if kind is AwareDatetime:
        return moment(form, place, label)
    if kind is int and least is not None:
        return whole(form, place, least, most, label)
    if kind in (float, Decimal):
        return decimal(form, place, str(least), str(most), label)
    if _is_several(kind):
        return form.get(f"{place}_all", [text] if text else None)
    return text or None


def _kind(field: FieldInfo) -> Any:
    """The type of a member that is there."""
    kind: Any = field.annotation
    if get_origin(kind) in (Union, UnionType):
        kind = next(part for part in get_args(kind) if part is not type(None))
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _may_be_null(field: FieldInfo) -> bool:
    return type(None) in get_args(field.annotation)


def _is_several(kind: Any) -> bool:
    return get_origin(kind) in (list, frozenset)


def _annotation(field: FieldInfo, kind: type[A]) -> A | None:
    return next((part for part in field.metadata if isinstance(part, kind)), None)


def _bound(field: FieldInfo, name: str) -> Any:
    return next((getattr(part, name) for part in field.metadata if hasattr(part, name)), None)


def _label(name: str, field: FieldInfo) -> Both:
    label = _annotation(field, Label)
    return (label.polish, label.english) if label else (f"Pole „{name}”", f"Field “{name}”")
