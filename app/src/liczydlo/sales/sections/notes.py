"""Additional descriptions: a name and a value, of the invoice or of one line (DodatkowyOpis)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.fa3.model import DodatkowyOpis
from liczydlo.sales import exchange
from liczydlo.sales.sections.base import Section, Typed
from liczydlo.sales.sections.fields import Text


class NoteForm(forms.Form):
    """One description."""

    key = Text(_("Nazwa"), required=True)
    value = Text(_("Treść"), required=True)
    line = forms.IntegerField(
        label=_("Nr pozycji"), required=False, min_value=1, max_value=10_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num"}),
    )  # fmt: skip


class Notes(Section):
    """What the law or the buyer wants to read and no other field says."""

    name = "notes"
    title = _("Dodatkowe opisy")
    rows: ClassVar = {"notes": NoteForm}

    def initial(self, draft: InvoiceDraft) -> dict[str, Any]:
        """As Section; the table of the rate of exchange has its own field."""
        stated = exchange.of_draft(draft)
        others = [one for one in draft.remarks if stated is None or one != stated.remark]
        notes = [{"key": one.klucz, "value": one.wartosc, "line": one.nr_wiersza} for one in others]
        return {"notes": notes}

    def applied(self, draft: InvoiceDraft, typed: Typed) -> InvoiceDraft:
        notes = (
            DodatkowyOpis(nr_wiersza=one["line"], klucz=one["key"], wartosc=one["value"])
            for one in typed["notes"]
        )
        return replace(draft, remarks=(*draft.remarks, *notes))
