"""Forms of pydantic models: what a JSON operation takes says also which fields a page has and what they may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, ValidationError
from pydantic.fields import FieldInfo

from .fields import Wrong, decimal, moment, whole
from .words import Both

M = TypeVar("M", bound=BaseModel)
_TEXTS: dict[str, Both] = {
    "missing": ("wypełnij to pole", "fill in this field"),
    "decimal_max_places": ("najwyżej dwa miejsca po przecinku", "at most two decimal places"),
}


@dataclass(frozen=True)
class Label:
    """How people call a member of a model; stands in its annotation."""

    polish: str
    english: str


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
    kind = field.annotation
    if get_origin(kind) in (Union, UnionType):
        kind = next(each for each in get_args(kind) if each is not type(None))
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    text = form.get(place, "")
    least, most = _bound(field, "ge"), _bound(field, "le")
    if kind is bool:
        return bool(text)
    if kind is AwareDatetime:
        return moment(form, place, label)
    if kind is int and least is not None:
        return whole(form, place, least, most, label)
    if kind in (float, Decimal):
        return decimal(form, place, str(least), str(most), label)
    if get_origin(kind) is list:
        return form.get(f"{place}_all", [text] if text else None)
    return text or None


def _bound(field: FieldInfo, name: str) -> Any:
    return next((getattr(each, name) for each in field.metadata if hasattr(each, name)), None)


def _label(name: str, field: FieldInfo) -> Both:
    found = next((each for each in field.metadata if isinstance(each, Label)), None)
    return (found.polish, found.english) if found else (f"Pole „{name}”", f"Field “{name}”")
