"""What every list of invoices can be narrowed to: typed words, a state, days of issue."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from liczydlo.web import search


class Filters(forms.Form):
    """The filter row above the list; everything is optional, and nonsense is told and ignored.

    A list names its states in ``states`` and in ``typed`` what can be searched for.
    """

    states: Any = ()
    typed: Any = ""

    q = forms.CharField(label=_("Szukaj"), required=False, max_length=100)
    stan = forms.ChoiceField(label=_("Stan"), required=False)
    od = forms.DateField(
        label=_("Wystawione od"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    do = forms.DateField(label=_("do"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query, label_suffix="")
        self.fields["q"].widget.attrs |= {"type": "search", "placeholder": self.typed}
        self.fields["stan"].choices = self.states  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def state(self) -> str:
        """The chosen one of ``states``; empty when there is none."""
        return self.cleaned_data.get("stan") or ""

    def narrow(self, rows: QuerySet[Any], *, nip_field: str) -> QuerySet[Any]:
        """Invoices of the typed words and days; ``nip_field`` is the other party's NIP."""
        if text := (self.cleaned_data.get("q") or "").strip():
            rows = rows.filter(search.matching(text, nip_field=nip_field))
        if start := self.cleaned_data.get("od"):
            rows = rows.filter(issue_date__gte=start)
        if end := self.cleaned_data.get("do"):
            rows = rows.filter(issue_date__lte=end)
        return rows
