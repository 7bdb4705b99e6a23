"""What the audit log can be narrowed to."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from liczydlo.audit.actions import Action
from liczydlo.audit.models import Entry
from liczydlo.companies.models import Company


class Filters(forms.Form):
    """The filter row; everything is optional, and nonsense is told and ignored."""

    co = forms.ChoiceField(label=_("Zdarzenie"), required=False)
    kto = forms.ChoiceField(label=_("Kto"), required=False)
    od = forms.DateField(
        label=_("Od dnia"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    do = forms.DateField(
        label=_("do dnia"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, query: QueryDict, rows: QuerySet[Entry]) -> None:
        """Only what the company's audit log holds can be chosen."""
        super().__init__(query, label_suffix="")
        actions = rows.order_by().values_list("action", flat=True).distinct()
        people = rows.order_by("who").values_list("who", flat=True).distinct()
        co, kto = self.fields["co"], self.fields["kto"]
        assert isinstance(co, forms.ChoiceField) and isinstance(kto, forms.ChoiceField)
        named = [(one, str(Action(one).label) if one in Action.values else one) for one in actions]
        co.choices = [("", now("Wszystkie")), *sorted(named, key=lambda one: one[1])]
        kto.choices = [("", now("Wszyscy")), *((one or PROGRAM, one or now("Program")) for one in people)]


PROGRAM = "-"  # in an address: done by the program itself


def narrowed(company: Company, query: QueryDict) -> tuple[Filters, QuerySet[Entry]]:
    """The filter form, and the company's entries that it lets through."""
    rows: QuerySet[Entry] = Entry.objects.of(company)
    form = Filters(query, rows)
    form.is_valid()
    values: dict[str, Any] = form.cleaned_data
    if values.get("co"):
        rows = rows.filter(action=values["co"])
    if values.get("kto"):
        rows = rows.filter(who="" if values["kto"] == PROGRAM else values["kto"])
    if values.get("od"):
        rows = rows.filter(at__gte=_midnight(values["od"]))
    if values.get("do") and values["do"] < dt.date.max:
        rows = rows.filter(at__lt=_midnight(values["do"] + dt.timedelta(days=1)))
    return form, rows


def _midnight(day: dt.date) -> dt.datetime:
    """The day's beginning in Poland."""
    return dt.datetime.combine(day, dt.time(), timezone.get_default_timezone())
