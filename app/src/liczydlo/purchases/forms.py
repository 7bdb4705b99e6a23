"""What people type about a purchase."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liczydlo.purchases.models import LetterChoice
from liczydlo.purchases.states import Payment
from liczydlo.web import search, times


class PaymentForm(forms.Form):
    """What was paid of one invoice; ``whole`` is to be paid of it."""

    payment = forms.ChoiceField(label=gettext_lazy("Płatność"), choices=Payment.choices)
    amount = forms.CharField(label=gettext_lazy("Zapłacona część"), required=False, max_length=30)
    paid_on = forms.DateField(
        label=gettext_lazy("Data zapłaty"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(
        self, data: QueryDict | None = None, *, whole: Decimal, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial, label_suffix="")
        self.whole = whole
        self.fields["amount"].widget.attrs |= {"inputmode": "decimal"}

    def clean_amount(self) -> Decimal | None:
        """An amount in any spelling."""
        text = self.cleaned_data["amount"].strip()
        if not text:
            return None
        value = search.amount(text)
        if value is None:
            raise forms.ValidationError(_("To nie jest kwota. Wpisz na przykład 1 234,50."))
        return value

    def clean_paid_on(self) -> Any:
        """Not a day to come."""
        day = self.cleaned_data["paid_on"]
        if day and day > times.today():
            raise forms.ValidationError(_("Data zapłaty nie może być z przyszłości."))
        return day

    def clean(self) -> dict[str, Any]:
        """A part has an amount smaller than the whole; what is still to pay has neither amount nor day."""
        data = super().clean() or {}
        payment, amount = data.get("payment"), data.get("amount")
        if payment == Payment.PART and "amount" in data:
            if amount is None:
                self.add_error("amount", _("Wpisz, jaka część została zapłacona."))
            elif not 0 < abs(amount) < abs(self.whole) or (amount < 0) != (self.whole < 0):
                self.add_error("amount", _("Część musi być mniejsza niż kwota faktury i większa od zera."))
        if payment != Payment.PART:
            data["amount"] = None
        if payment == Payment.DUE:
            data["paid_on"] = None
        elif not data.get("paid_on") and "paid_on" not in self.errors:
            data["paid_on"] = times.today()
        return data


def category_field() -> forms.CharField:
    """A new category joins the firm's list by being used."""
    return forms.CharField(
        label=gettext_lazy("Kategoria"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "kategorie", "autocomplete": "off"}),
    )


def concerns_field() -> forms.CharField:
    return forms.CharField(label=gettext_lazy("Kogo lub czego dotyczy"), required=False, max_length=100)


def note_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Notatka"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DescriptionForm(forms.Form):
    """What people say of one invoice."""

    category = category_field()
    concerns = concerns_field()
    note = note_field()


class LetterForm(forms.Form):
    """When a person wants letters about new purchases."""

    when = forms.ChoiceField(
        label=gettext_lazy("Listy o nowych fakturach zakupu"),
        choices=LetterChoice.When.choices,
        widget=forms.RadioSelect,
    )
