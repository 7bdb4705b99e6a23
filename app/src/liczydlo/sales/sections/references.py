"""Place of issue, delivery notes, orders, contracts, batches and terms of delivery (P_1M, WZ, WarunkiTransakcji)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.fa3.model import Umowa, WarunkiTransakcji, ZamowienieOdniesienie
from liczydlo.sales.sections.base import Section, Typed
from liczydlo.sales.sections.fields import Pattern, Text, amount, day, mark
from liczydlo.web.fields import Amount, amount_text


class TermsForm(forms.Form):
    """What there is one of."""

    place = Text(_("Miejsce wystawienia"))
    delivery = Text(_("Warunki dostawy"), help_text=_("Na przykład: FCA Poznań (Incoterms 2020)."))
    rate: Amount = amount(_("Kurs umowny"), decimal_places=6, min_value=Decimal("0.000001"))
    currency = Pattern(_("Kod waluty umownej"), "[A-Z]{3}", _("Waluta to trzy wielkie litery, np. EUR."), 3)
    intermediary = mark(_("Dostawa w transakcji łańcuchowej przez podmiot pośredniczący"))

    def clean(self) -> dict[str, Any]:
        """A rate goes with its currency; it is never of złoty."""
        values = super().clean() or self.cleaned_data
        if not self.errors and (values.get("rate") is None) != (values.get("currency") is None):
            empty_field = "rate" if values.get("rate") is None else "currency"
            self.add_error(empty_field, _("Kurs umowny i waluta umowna występują razem."))
        if values.get("currency") == "PLN":
            self.add_error("currency", _("Waluta umowna jest inna niż złoty."))
        return values


class ReferenceForm(forms.Form):
    """An order or a contract."""

    number = Text(_("Numer"))
    day = day(_("Z dnia"))


class NumberForm(forms.Form):
    """A number by itself."""

    number = Text(_("Numer"), required=True)


class References(Section):
    """Which documents the sale follows from, where and how it is delivered."""

    name = "terms"
    title = _("Zamówienia, umowy, dostawa")
    form = TermsForm
    rows: ClassVar = {
        "orders": ReferenceForm,
        "contracts": ReferenceForm,
        "notes": NumberForm,
        "batches": NumberForm,
    }

    def initial(self, draft: InvoiceDraft) -> dict[str, Any]:
        terms = draft.terms or WarunkiTransakcji()
        return {
            "place": draft.place,
            "delivery": terms.warunki_dostawy,
            "rate": amount_text(terms.kurs_umowny),
            "currency": terms.waluta_umowna,
            "intermediary": terms.podmiot_posredniczacy == 1,
            "orders": [{"number": one.nr_zamowienia, "day": one.data_zamowienia} for one in terms.zamowienia],
            "contracts": [{"number": one.nr_umowy, "day": one.data_umowy} for one in terms.umowy],
            "notes": [{"number": one} for one in draft.delivery_notes],
            "batches": [{"number": one} for one in terms.nr_partii_towaru],
        }

    def applied(self, draft: InvoiceDraft, typed: Typed) -> InvoiceDraft:
        terms = replace(
            draft.terms or WarunkiTransakcji(),
            umowy=tuple(Umowa(data_umowy=one["day"], nr_umowy=one["number"]) for one in typed["contracts"]),
            zamowienia=tuple(
                ZamowienieOdniesienie(data_zamowienia=one["day"], nr_zamowienia=one["number"])
                for one in typed["orders"]
            ),
            nr_partii_towaru=tuple(one["number"] for one in typed["batches"]),
            warunki_dostawy=typed["delivery"],
            kurs_umowny=typed["rate"],
            waluta_umowna=typed["currency"],
            podmiot_posredniczacy=1 if typed["intermediary"] else None,
        )
        return replace(
            draft,
            place=typed["place"],
            delivery_notes=tuple(one["number"] for one in typed["notes"]),
            terms=terms if terms != WarunkiTransakcji() else None,
        )
