"""The form of how invoices of a template recur."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from liczydlo.fa3.totals import PLN
from liczydlo.sales.repeating.days import LAST
from liczydlo.sales.repeating.tables import Recurrence
from liczydlo.web import times
from liczydlo.web.fields import day_input

MOST: Final = {"week": 52, "month": 60, "quarter": 20, "year": 10}
"""The longest rhythm of a unit."""
FARTHEST: Final = dt.timedelta(days=3660)
"""So far ahead a day may be."""
DAYS: Final = [*((day, str(day)) for day in range(1, LAST)), (LAST, _("31 albo ostatni dzień miesiąca"))]

AUTOMATIC: Final = "issue"
WAYS: Final = [
    ("draft", _("zrobi szkic do zatwierdzenia")),
    (AUTOMATIC, _("wystawi fakturę i wyśle ją")),
]
"""With approval, or without."""


class RecurrenceForm(forms.ModelForm):  # type: ignore[type-arg]  # Django is not generic at run time
    """What a person chooses; ``instance`` is the recurrence as it would be."""

    every = forms.IntegerField(label=_("Co ile"), min_value=1, max_value=max(MOST.values()))
    day = forms.TypedChoiceField(
        label=_("Dzień miesiąca"),
        choices=DAYS,
        coerce=int,
        help_text=_("Przy tygodniach liczy się dzień tygodnia pierwszego dnia."),
    )
    count = forms.IntegerField(
        label=_("Liczba faktur"), required=False, min_value=1, max_value=999, help_text=_("Puste: bez końca.")
    )

    automatic = forms.TypedChoiceField(
        label=_("Co zrobi program"), choices=WAYS, coerce=lambda value: value == AUTOMATIC
    )

    class Meta:
        model = Recurrence
        fields = (
            "every",
            "unit",
            "day",
            "shift",
            "first_day",
            "last_day",
            "count",
            "which",
            "delivery",
            "automatic",
        )
        labels: ClassVar[Mapping[str, Any]] = {
            "unit": _("Jednostka"),
            "shift": _("Gdy to dzień wolny"),
            "first_day": _("Zaczynając od"),
            "last_day": _("Najpóźniej do"),
            "which": _("Faktura dotyczy"),
            "delivery": _("Data dostawy lub usługi"),
        }
        help_texts: ClassVar[Mapping[str, Any]] = {"last_day": _("Puste: bez końca.")}
        widgets: ClassVar[Mapping[str, Any]] = {"first_day": day_input(), "last_day": day_input()}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["automatic"] = AUTOMATIC if self.instance.automatic else WAYS[0][0]
        if self.instance.template.currency != PLN:
            self.fields["automatic"].help_text = _(
                "Kurs NBP z właściwego dnia program wpisze sam; gdy go nie ma, faktura poczeka na człowieka."
            )

    def clean_first_day(self) -> dt.date:
        """Not a day that has passed, unless it was chosen before it passed."""
        day: dt.date = self.cleaned_data["first_day"]
        today = times.today()
        if day < today and day != self.initial.get("first_day"):
            raise ValidationError(_("Pierwszy dzień nie może być wcześniejszy niż dzisiejszy."))
        if day > today + FARTHEST:
            raise ValidationError(_("To za daleko: najwyżej 10 lat od dziś."))
        return day

    def clean(self) -> dict[str, Any]:
        """One end at the most, and days between the beginning and the end."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        first, last, every = values.get("first_day"), values.get("last_day"), values.get("every")
        if last and values.get("count"):
            self.add_error("count", _("Podaj koniec albo liczbę faktur, nie oba."))
        if first and last and last < first:
            self.add_error("last_day", _("Koniec nie może być wcześniejszy niż początek."))
        most = MOST.get(str(values.get("unit")))
        if every and most and every > most:
            self.add_error("every", _("Najwyżej %(most)d.") % {"most": most})
        return values

    @property
    def columns(self) -> dict[str, Any]:
        """What was chosen, of a form that is right."""
        return {name: self.cleaned_data[name] for name in self.fields}
