"""What an invoice says of VAT besides its lines' rates: how prices are given, the marks of art. 106e, the period."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from liczydlo.sales.line_choices import NET, PRICES
from liczydlo.web.fields import InvoiceDay

BASES = [
    ("act", _("przepis ustawy albo aktu wydanego na jej podstawie")),
    ("directive", _("przepis dyrektywy 2006/112/WE")),
    ("other", _("inna podstawa prawna")),
]
MARGINS = [
    ("", "—"),
    ("travel", _("procedura marży dla biur podróży")),
    ("second-hand", _("procedura marży – towary używane")),
    ("art", _("procedura marży – dzieła sztuki")),
    ("antiques", _("procedura marży – przedmioty kolekcjonerskie i antyki")),
]
REVERSE_CHARGE = [
    ("", _("gdy wynika ze stawki (odwrotne obc., np. II)")),
    ("yes", _("tak")),
    ("no", _("nie")),
]


class VatForm(forms.Form):
    """Of any invoice; the rare fields stand behind „Więcej"."""

    prices = forms.ChoiceField(
        label=_("Ceny pozycji"), choices=PRICES, initial=NET, required=False, widget=forms.RadioSelect
    )
    exemption_basis = forms.ChoiceField(
        label=_("Rodzaj podstawy"), choices=BASES, initial="act", required=False
    )
    margin = forms.ChoiceField(label=_("Procedura marży"), choices=MARGINS, required=False)
    period_begins = InvoiceDay(label=_("Okres sprzedaży od"), required=False)
    period_ends = InvoiceDay(label=_("Okres sprzedaży do"), required=False)
    reverse_charge = forms.ChoiceField(label=_("Odwrotne obciążenie"), choices=REVERSE_CHARGE, required=False)
    cash_accounting = forms.BooleanField(label=_("Metoda kasowa"), required=False)
    triangular = forms.BooleanField(
        label=_("Procedura uproszczona w transakcji trójstronnej (drugi w kolejności podatnik)"),
        required=False,
    )
    to_receipt = forms.BooleanField(label=_("Faktura do paragonu (FP)"), required=False)
    linked = forms.BooleanField(label=_("Powiązania między nabywcą a sprzedawcą (TP)"), required=False)
    excise_refund = forms.BooleanField(
        label=_("Dla rolnika, który stara się o zwrot akcyzy od oleju napędowego"), required=False
    )

    RARE: Final = ("period_begins", "period_ends", "reverse_charge")
    RARE_MARKS: Final = ("cash_accounting", "triangular", "to_receipt", "linked", "excise_refund")

    @property
    def rare(self) -> list[forms.BoundField]:
        """Fields behind „Więcej"."""
        return [self[name] for name in self.RARE if name in self.fields]

    @property
    def rare_marks(self) -> list[forms.BoundField]:
        """Marks behind „Więcej"."""
        return [self[name] for name in self.RARE_MARKS if name in self.fields]

    @property
    def has_rare(self) -> bool:
        """Whether something behind „Więcej" is filled in, or wrong."""
        return any(bound.value() or bound.errors for bound in (*self.rare, *self.rare_marks))

    def clean(self) -> dict[str, Any]:
        """A period has both ends, in their order, and stands instead of a day of sale."""
        values = super().clean() or self.cleaned_data
        begins, ends = values.get("period_begins"), values.get("period_ends")
        if (begins is None) != (ends is None) and not {"period_begins", "period_ends"} & set(self.errors):
            self.add_error("period_begins" if begins is None else "period_ends", _("Podaj oba dni okresu."))
        elif begins and ends and ends < begins:
            self.add_error("period_ends", _("Koniec okresu jest przed jego początkiem."))
        elif begins and ends and values.get("sale_date"):
            self.add_error("sale_date", _("Podaj datę sprzedaży albo okres: faktura ma jedno z nich."))
        return values
