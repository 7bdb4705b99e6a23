"""Forms of pydantic models: what a JSON operation takes says also which fields a page has and what they may hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from ..api.contract.common import Nip
from ..api.contract.testdata import Pesel
from .fields import NIP, PESEL, Rule, Wrong, decimal, moment, required, required_text, whole
from .words import Both

M = TypeVar("M", bound=BaseModel)
A = TypeVar("A")
_TEXTS: dict[str, Both] = {
    "missing": ("wypełnij to pole", "fill in this field"),
    "literal_error": ("wybierz z listy", "choose from the list"),
    "enum": ("wybierz z listy", "choose from the list"),
    "decimal_max_places": ("najwyżej dwa miejsca po przecinku", "at most two decimal places"),
    "string_pattern_mismatch": ("to nie jest poprawna wartość", "this is no right value"),
    "too_short": ("zaznacz co najmniej jedno", "tick at least one"),
}
_IDENTIFIERS: dict[Any, Rule] = {Nip: NIP, Pesel: PESEL}
_SPACED = 14
"""Characters of an identifier with the blanks and dashes that people write in it."""
_KINDS: dict[Any, Any] = {
    **{int: "numeric", float: "decimal", Decimal: "decimal", Pesel: "numeric"},
    **{bool: "check", AwareDatetime: "moment", SecretStr: "password"},
}


@dataclass(frozen=True)
class Label:
    """How people call a member of a model; stands in its annotation. ``rule`` is what a form asks of a text beyond
    the model's own bounds."""

    polish: str
    english: str
    hint: Both | None = None
    rule: Rule | None = None


@dataclass(frozen=True)
class Choices:
    """What people call the values that a member may have; stands in its annotation. ``radio`` shows all of them,
    ``codes`` each value beside its name."""

    texts: Mapping[Any, Both]
    radio: bool = False
    codes: bool = False


@dataclass(frozen=True, kw_only=True)
class FormField:
    """How a member shows in a form. ``kind``: ``choice`` is one of ``options``, which the empty one joins where the
    member may be absent, ``radio`` the same at sight, ``choices`` any of them; ``lines`` are several values, each in a
    line of its own; ``check``, ``moment``, ``password``, ``numeric``, ``decimal``, ``text``. ``most`` counts
    characters."""

    name: str
    label: Both
    kind: str
    hint: Both | None = None
    options: tuple[tuple[str, Both], ...] = ()
    codes: bool = False
    required: bool = False
    identifier: bool = False
    most: int | None = None


def form_field(
    model: type[BaseModel],
    name: str,
    *,
    place: str = "",
    empty: Both | None = None,
    choices: Choices | None = None,
    required: bool = False,
) -> FormField:
    """Of one member, for the macro ``model_field``; ``place`` is the field's name where it is not the member's,
    ``empty`` what choosing nothing is called, ``choices`` those of this page alone; a page may be stricter than the
    model: ``required``."""
    field = model.model_fields[name]
    member = _kind(field)
    label = _annotation(field, Label)
    choices = choices or _annotation(field, Choices)
    texts = [(str(value), text) for value, text in choices.texts.items()] if choices else []
    several = _is_several(member)
    if empty is not None:
        texts.insert(0, ("", empty))
    kind = "lines" if several else _KINDS.get(member, "text")
    if choices:
        kind = "choices" if several else "radio" if choices.radio else "choice"
    identifier = member in _IDENTIFIERS
    return FormField(
        name=place or name,
        label=_label(name, field),
        hint=label.hint if label else None,
        kind=kind,
        options=tuple(texts),
        codes=choices is not None and choices.codes,
        required=required or (field.is_required() and not _may_be_null(field)),
        identifier=identifier,
        most=_SPACED if identifier else _bound(field, "max_length"),
    )


def labels(model: type[BaseModel]) -> dict[str, Both]:
    """Of every member, for the page's template."""
    return {name: _label(name, field) for name, field in model.model_fields.items()}


def from_form(
    model: type[M],
    form: Mapping[str, Any],
    names: Mapping[str, str] | None = None,
    needed: Collection[str] = (),
    **overrides: Any,
) -> M:
    """The object that the JSON operation takes, of the form's fields of the same names, or of those in ``names``;
    ``given`` are members that are ready. An empty field is left out, unless the model or the page (``needed``) requires
    it. Raises Wrong, which points to a field."""
    places = {name: name for name in model.model_fields} | dict(names or {})
    body = dict(overrides)
    for name, field in model.model_fields.items():
        if name not in overrides:
            must = field.is_required() or name in needed
            value = _read(form, places[name], field, _label(name, field), must=must)
            if value is not None or must:
                body[name] = value
    try:
        return model.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:  # about several fields
            message = str(first["msg"]).removeprefix("Value error, ")
            raise Wrong(message, message) from error
        name = str(first["loc"][0])
        field = model.model_fields[name]
        label = _label(name, field)
        polish, english = _text(first, field)
        raise Wrong(f"{label[0]}: {polish}.", f"{label[1]}: {english}.", places[name]) from error


def _read(form: Mapping[str, Any], place: str, field: FieldInfo, label: Both, *, must: bool) -> Any:
    kind = _kind(field)
    text = form.get(place, "")
    least, most = _bound(field, "ge"), _bound(field, "le")
    if kind in _IDENTIFIERS:
        return required(form, place, _IDENTIFIERS[kind]) if text or must else None
    written = _annotation(field, Label)
    if written and written.rule:
        return required_text(form, place, written.rule)
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


def _text(error: Any, field: FieldInfo) -> Both:
    """What a form says of a pydantic error."""
    kind = error["type"]
    if error["input"] is None:
        kind = "too_short" if _is_several(_kind(field)) else "missing"
    if kind in ("string_too_short", "string_too_long"):
        least, most = _bound(field, "min_length") or 0, _bound(field, "max_length")
        return f"podaj od {least} do {most} znaków", f"give {least} to {most} characters"
    message = str(error["msg"]).removeprefix("Value error, ")
    return _TEXTS.get(kind, (message, message))


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
    """A bound of a member, or of what it holds where it may be null."""
    inner = [item for part in get_args(field.annotation) for item in getattr(part, "__metadata__", ())]
    parts = [*field.metadata, *(item for one in inner for item in getattr(one, "metadata", ()))]
    return next((getattr(part, name) for part in parts if hasattr(part, name)), None)


def _label(name: str, field: FieldInfo) -> Both:
    label = _annotation(field, Label)
    return (label.polish, label.english) if label else (f"Pole „{name}”", f"Field “{name}”")
