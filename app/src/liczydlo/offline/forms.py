"""A total failure that the media announced."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liczydlo.web import times


class MomentField(forms.DateTimeField):
    """A moment that has been, by the browser's own clock and calendar; in Polish time."""

    def __init__(self, **kwargs: Any) -> None:
        """As Django's."""
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        """Raises ValidationError for a moment that is still to come."""
        moment = super().clean(value)
        if moment is not None and moment > times.now() + dt.timedelta(minutes=5):
            raise forms.ValidationError(gettext("Ta chwila jeszcze nie nadeszła."))
        return moment


class TotalFailureForm(forms.Form):
    """„Wpisz awarię całkowitą"."""

    started_at = MomentField(label=_("Kiedy ją ogłoszono"))
    ended_at = MomentField(
        label=_("Kiedy ogłoszono jej koniec"), required=False, help_text=_("Puste, gdy trwa.")
    )
    title = forms.CharField(
        label=_("Gdzie ją ogłoszono"),
        help_text=_("Na przykład: komunikat w TVP1 i na stronie MF."),
        max_length=500,
    )

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for an end before the start."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("ended_at") and data.get("started_at") and data["ended_at"] < data["started_at"]:
            self.add_error("ended_at", gettext("Koniec nie może być przed początkiem."))
        return data


class EndForm(forms.Form):
    """„Zapisz koniec", not before the start."""

    ended_at = MomentField(label=_("Kiedy ogłoszono jej koniec"))

    def __init__(self, *args: Any, started_at: dt.datetime, **kwargs: Any) -> None:
        """``started_at`` is the earliest end."""
        super().__init__(*args, **kwargs)
        self._started_at = started_at

    def clean_ended_at(self) -> dt.datetime:
        """Raises ValidationError for an end before the start."""
        moment: dt.datetime = self.cleaned_data["ended_at"]
        if moment < self._started_at:
            raise forms.ValidationError(gettext("Koniec nie może być przed początkiem."))
        return moment
