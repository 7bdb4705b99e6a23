"""The forms of the taxpayer's data, and of the period of a file."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from liczydlo.books.models import ABROAD, IN_POLAND, POLAND, Taxpayer
from liczydlo.books.offices import VOIVODESHIPS, grouped
from liczydlo.jpk.writing import FIRST, LAST
from liczydlo.prints.countries import COUNTRIES
from liczydlo.web.changes import ChangesForm
from liczydlo.web.fields import day_input
from liczydlo.web.files import printable
from liczydlo.web.reasons import language

_POSTCODE: Final = re.compile(r"\d{2}-?\d{3}")


class TaxpayerForm(ChangesForm):
    """The tax office, and the registered address in parts."""

    class Meta:
        model = Taxpayer
        fields = (
            "office",
            "country",
            "voivodeship",
            "county",
            "municipality",
            "street",
            "house",
            "flat",
            "postcode",
            "town",
        )
        labels: ClassVar[dict[str, Any]] = {
            "country": _("Kraj"),
            "voivodeship": _("Województwo"),
            "county": _("Powiat"),
            "municipality": _("Gmina"),
            "street": _("Ulica, jeśli jest"),
            "house": _("Numer domu"),
            "flat": _("Numer lokalu"),
            "postcode": _("Kod pocztowy"),
            "town": _("Miejscowość"),
        }

    office = forms.ChoiceField(
        label=_("Urząd skarbowy"), help_text=_("Ten, który jest właściwy dla podatnika.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offices by voivodeship, countries in the reader's language."""
        super().__init__(*args, **kwargs)
        offices: Any = self.fields["office"]
        offices.choices = [("", "—"), *grouped()]
        voivodeships: Any = self.fields["voivodeship"]
        voivodeships.choices = [("", "—"), *((name, name) for name in VOIVODESHIPS.values())]
        own = int(language() == "en")
        named = sorted((names[own], code) for code, names in COUNTRIES.items())
        self.fields["country"] = forms.ChoiceField(
            label=_("Kraj"), choices=[(code, name) for name, code in named], initial=POLAND
        )

    def clean(self) -> dict[str, Any]:
        """Nothing of what the file needs is empty; text is one line without what cannot be seen."""
        values = super().clean() or {}
        for name, value in values.items():
            values[name] = printable(value)
        country = values.get("country")
        if country is None:
            return values
        for name in IN_POLAND if country == POLAND else ABROAD:
            if name not in self.errors and not values.get(name):
                self.add_error(name, _("To pole jest wymagane."))
        postcode = values.get("postcode", "")
        if country == POLAND and postcode and "postcode" not in self.errors:
            if not _POSTCODE.fullmatch(postcode):
                self.add_error("postcode", _("Kod pocztowy ma pięć cyfr, na przykład 00-950."))
            else:
                values["postcode"] = f"{postcode[:2]}-{postcode[-3:]}"
        return values


class PeriodForm(forms.Form):
    """Which invoices a file is about; days of issue."""

    first = forms.DateField(label=_("Od dnia"), widget=day_input())
    last = forms.DateField(label=_("Do dnia"), widget=day_input())
    outside = forms.BooleanField(label=_("Tylko faktury bez numeru KSeF"), required=False)

    def clean(self) -> dict[str, Any]:
        """A period that the schema takes."""
        values = super().clean() or {}
        first, last = values.get("first"), values.get("last")
        if first is None or last is None:
            return values
        if last < first:
            self.add_error("last", _("Okres kończy się przed swoim początkiem."))
        elif first < FIRST:
            self.add_error("first", _("JPK_FA obejmuje faktury od 1 lipca 2016."))
        elif last > LAST:
            self.add_error("last", _("JPK_FA(4) obejmuje okresy do 1 stycznia 2030."))
        return values


def month_before(day: dt.date) -> dict[str, dt.date]:
    """The last whole month, which is asked for most."""
    last = day.replace(day=1) - dt.timedelta(days=1)
    return {"first": last.replace(day=1), "last": last}
