"""The dates of a ZAW-FA, and whom it names."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liczydlo.web import times

BEGINNING: Final = dt.date(2022, 1, 1)
"""KSeF takes ZAW-FA since its voluntary beginning."""


class DayField(forms.DateField):
    """A day that has been: not before KSeF was, not in the future."""

    def __init__(self, **kwargs: Any) -> None:
        """As Django's, with the browser's own calendar."""
        super().__init__(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **kwargs)

    def clean(self, value: Any) -> Any:
        """Raises ValidationError for a day that cannot be."""
        day = super().clean(value)
        if day is not None and not BEGINNING <= day <= times.today():
            raise forms.ValidationError(
                gettext("Podaj dzień, który już był, nie wcześniejszy niż 1.01.2022.")
            )
        return day


class FiledForm(forms.Form):
    """„Zawiadomienie złożone": whom the notice names, and when it was filed."""

    person = forms.CharField(
        label=_("Kogo wskazano w zawiadomieniu"),
        help_text=_("Imię i nazwisko. Ta osoba podpisze dokument logowania."),
        max_length=160,
    )
    day = DayField(label=_("Kiedy je złożono"))


class AcceptedForm(forms.Form):
    """„Urząd je przyjął": the day, not before that of filing."""

    day = DayField(label=_("Kiedy urząd je przyjął"))

    def __init__(self, *args: Any, filed_on: dt.date | None, **kwargs: Any) -> None:
        """``filed_on`` is the first day that can be."""
        super().__init__(*args, **kwargs)
        self._filed_on = filed_on

    def clean_day(self) -> dt.date:
        """Raises ValidationError for a day before it was filed."""
        day: dt.date = self.cleaned_data["day"]
        if self._filed_on is not None and day < self._filed_on:
            raise forms.ValidationError(gettext("Urząd nie mógł go przyjąć, zanim zostało złożone."))
        return day
