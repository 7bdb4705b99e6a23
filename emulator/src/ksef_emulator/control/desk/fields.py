"""Fields of the panel's forms: numbers and moments as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ...intake.polish_time import from_polish_local
from ...portal.fields import Wrong
from ..dates import YEARS
from .words import Both


def decimal(form: Mapping[str, Any], name: str, least: str, most: str, label: Both) -> Decimal | None:
    """A number with a comma or a point, None when the field is empty. Raises Wrong."""
    text = str(form.get(name, "")).replace(",", ".")
    for blank in (" ", "\u00a0", "\u202f"):
        text = text.replace(blank, "")
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not Decimal(least) <= value <= Decimal(most):
        told = f"{least}–{most}"
        raise Wrong(
            f"{label[0]}: podaj liczbę z zakresu {told.replace('.', ',')}.",
            f"{label[1]}: give a number, {told}.",
            name,
        )
    return value


def whole(form: Mapping[str, Any], name: str, least: int, most: int, label: Both) -> int | None:
    """A whole number, None when the field is empty. Raises Wrong."""
    value = decimal(form, name, str(least), str(most), label)
    if value is None:
        return None
    if value != int(value):
        raise Wrong(
            f"{label[0]}: podaj liczbę całkowitą.",
            f"{label[1]}: give a whole number.",
            name,
        )
    return int(value)


def moment(form: Mapping[str, Any], name: str, label: Both) -> datetime | None:
    """A day and a time in Poland, or with a zone of its own; None when the field is empty. Raises Wrong."""
    text = str(form.get(name, ""))
    if not text:
        return None
    try:
        written = datetime.fromisoformat(text)
    except ValueError as error:
        raise Wrong(
            f"{label[0]}: podaj dzień i godzinę, np. 2026-02-01 08:00.",
            f"{label[1]}: give a day and a time, such as 2026-02-01 08:00.",
            name,
        ) from error
    if written.year not in YEARS:
        told = f"{YEARS.start}–{YEARS.stop - 1}"
        raise Wrong(
            f"{label[0]}: rok musi być z zakresu {told}.", f"{label[1]}: the year must be in {told}.", name
        )
    return from_polish_local(written).astimezone(UTC)


def required(value: Any, name: str, label: Both) -> Any:
    """What was read, unless it was empty. Raises Wrong."""
    if value is None:
        raise Wrong(f"{label[0]}: wypełnij to pole.", f"{label[1]}: fill in this field.", name)
    return value
