"""Fields of forms that read what Poles type."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from liczydlo.spreadsheets.numbers import parse_decimal
from liczydlo.web.widgets import Text


def day_input() -> forms.DateInput:
    """The browser's own field for a day."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class InvoiceDay(forms.DateField):
    """A day that a document of KSeF can hold (TDataT of FA(3), and the same of FA_RR(1))."""

    FIRST: Final = dt.date(2006, 1, 1)
    LAST: Final = dt.date(2050, 1, 1)

    def __init__(self, **options: Any) -> None:
        """As DateField, with the browser's own field for a day."""
        options.setdefault("widget", day_input())
        super().__init__(**options)

    def validate(self, value: Any) -> None:
        """Raises ValidationError."""
        super().validate(value)
        if value and not self.FIRST <= value <= self.LAST:
            raise ValidationError(_("Wpisz dzień od 1.01.2006 do 1.01.2050."), code="out-of-range")


class Amount(forms.DecimalField):
    """A number as Poles write it: ``1 234,50``."""

    def __init__(self, **options: Any) -> None:
        """As DecimalField, with a text field that shows digits."""
        options.setdefault(
            "widget", Text(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off"})
        )
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        """As files are read: with spaces of all kinds, a comma, the minus that lists show. Raises ValidationError."""
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        amount = parse_decimal(value)
        if amount is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return amount


def amount_text(amount: Decimal | None) -> str:
    """As a person types it: with a comma."""
    return "" if amount is None else f"{amount:f}".replace(".", ",")
