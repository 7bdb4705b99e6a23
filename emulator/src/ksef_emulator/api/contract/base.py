"""What all wire models are made of: the ground class, and the scalars that JSON knows only as text and numbers."""

from __future__ import annotations

import base64
import binascii
import functools
import re
import warnings
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic.warnings import UnsupportedFieldAttributeWarning
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

# FastAPI silences this where it makes its adapters; those of models that are built later would say it then.
warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)

_FINER = re.compile(r"[.,]\d{6}0*[1-9]")


class ContractModel(BaseModel):
    """A component schema of the OpenAPI. Unknown members are ignored, as the live system ignores them.

    Members are known by their names in any letters, ``ContextIdentifier`` like ``contextIdentifier``: the live system
    reads them so, and the Ministry's C# client writes them with a capital unless told otherwise.
    """

    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _members_in_any_letters(cls, body: Any) -> Any:
        """``body`` with the names of the OpenAPI; a name that is written exactly goes before the others."""
        exact, folded = _names(cls)
        if not isinstance(body, dict) or body.keys() <= exact:
            return body
        known: dict[str, Any] = {}
        for key, value in body.items():
            name = key if key in exact else folded.get(key.lower())
            if name is not None and (name == key or name not in body):
                known[name] = value
        return known


@functools.cache
def _names(model: type[BaseModel]) -> tuple[frozenset[str], dict[str, str]]:
    """The names of its members, and the same by small letters."""
    names = [field.alias or name for name, field in model.model_fields.items()]
    return frozenset(names), {name.lower(): name for name in names}


class ContractEnum(StrEnum):
    """An enumeration of the OpenAPI, whose words are known in any letters, ``active`` like ``Active``: so the live system
    reads them in bodies and in queries, and clients send them so."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        folded = value.lower()
        return next((member for member in cls if member.value.lower() == folded), None)


class _Omittable:
    """Marks a member that may be left out. ``null`` is taken for its absence, although the OpenAPI does not call it
    nullable: serializers that write every member are common, and the live system bears with them."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        json_schema = handler(schema)
        return dict(json_schema["anyOf"][0]) if "anyOf" in json_schema else dict(json_schema)


class _Format:
    """Writes ``format`` into the JSON schema."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "format": self.name}


def _only_text(value: Any) -> Any:
    if isinstance(value, str | date):
        return value
    raise PydanticCustomError("string_type", "Oczekiwano tekstu.")


def _ticks(value: Any, handler: ValidatorFunctionWrapHandler) -> datetime:
    """A moment finer than microseconds (.NET writes seven digits) becomes the next one, so that „three months and
    a tick" stays more than three months."""
    moment: datetime = handler(value)
    finer = isinstance(value, str) and _FINER.search(value) is not None
    return moment + timedelta.resolution if finer else moment


def _in_calendar(value: datetime) -> datetime:
    """Every zone's reading of it exists."""
    if not MINYEAR < value.year < MAXYEAR:
        raise PydanticCustomError("datetime_from_date_parsing", "Nieprawidłowa data i czas.")
    return value


def _base64(value: str) -> str:
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise PydanticCustomError("base64", "Wartość nie jest zakodowana w Base64.") from error
    return value


class _Whole(_Format):
    """A whole number of so many bits; a greater one is refused."""

    def __init__(self, bits: int) -> None:
        super().__init__(f"int{bits}")
        self.most = 2 ** (bits - 1)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def _check(self, value: int) -> int:
        if not -self.most <= value < self.most:
            raise PydanticCustomError("int_type", "Liczba jest poza zakresem.")
        return value


OMITTABLE = _Omittable()
Truth = Annotated[bool, Field(strict=True)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False), _Format("double")]
INT32 = _Whole(32)
INT64 = _Whole(64)
Uri = Annotated[str, _Format("uri")]
Moment = Annotated[datetime, BeforeValidator(_only_text), AfterValidator(_in_calendar), WrapValidator(_ticks)]
"""Text of RFC 3339; without a zone it is Polish local time, which whoever uses it decides."""
Day = Annotated[date, BeforeValidator(_only_text)]
Base64 = Annotated[str, AfterValidator(_base64), _Format("byte")]
"""Stays as it came: base64 text, known to decode."""
