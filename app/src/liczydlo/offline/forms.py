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
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        """Raises ValidationError for a moment that is still to come."""
        moment = super().clean(value)
        if moment is not None and moment > times.now() + dt.timedelta(minutes=5):
            raise forms.ValidationError(gettext("Ta chwila jeszcze nie nadeszła."))
        return moment


class TotalFailureForm(forms.Form):
    """„Wpisz awarię całkowitą", and its correction."""

    started_at = MomentField(label=_("Kiedy ją ogłoszono"))
    ended_at = MomentField(
        label=_("Kiedy ogłoszono jej koniec"), required=False, help_text=_("Puste, gdy trwa.")
    )
    title = forms.CharField(
        label=_("Gdzie ją ogłoszono"),
        help_text=_("Na przykład: komunikat w TVP1 i na stronie MF."),
        max_length=500,
    )
    everywhere = forms.BooleanField(
        label=_("Dotyczy wszystkich firm tej instalacji"),
        help_text=_("Możesz to zaznaczyć, bo jesteś operatorem programu."),
        required=False,
    )

    def __init__(self, *args: Any, for_all: bool, for_one: bool, **kwargs: Any) -> None:
        """``for_all``, ``for_one``: whether the person may enter it for all companies, and for this one."""
        super().__init__(*args, **kwargs)
        if not for_all:
            del self.fields["everywhere"]
        elif not for_one:
            self.fields["everywhere"].initial = True
            self.fields["everywhere"].disabled = True

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for an end before the start."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("ended_at") and data.get("started_at") and data["ended_at"] < data["started_at"]:
            self.add_error("ended_at", gettext("Koniec nie może być przed początkiem."))
        return data
