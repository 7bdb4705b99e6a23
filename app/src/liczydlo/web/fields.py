"""Fields of forms that read what Poles type."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from liczydlo.web.widgets import Text


def day_input() -> forms.DateInput:
    """The browser's own field for a day."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Amount(forms.DecimalField):
    """A number as Poles write it: ``1 234,50``."""

    def __init__(self, **options: Any) -> None:
        """As DecimalField, with a text field that shows digits."""
        options.setdefault(
            "widget", Text(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off"})
        )
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        """Spaces of all kinds fall away, a comma is a point."""
        if isinstance(value, str):
            value = "".join(value.split()).replace("\u202f", "").replace(",", ".")
        return super().to_python(value)


def shown(amount: Decimal | None) -> str:
    """As a person types it: with a comma."""
    return "" if amount is None else f"{amount:f}".replace(".", ",")
