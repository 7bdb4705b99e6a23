"""The form of a new invoice: it checks what a person typed; ``composing`` makes the XML of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import formset_factory
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.fa3.identifiers import IdentifierError, parse_account, parse_nip, parse_vat_ue
from liczydlo.prints.choices import choice
from liczydlo.sales import numbering
from liczydlo.web import times
from liczydlo.web.reasons import language

BUYER_KINDS = [
    ("nip", _("Firma z Polski (NIP)")),
    ("eu", _("Firma z UE (VAT UE)")),
    ("abroad", _("Firma spoza UE")),
    ("person", _("Osoba prywatna")),
]
EU = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PT", "RO", "SE", "SI", "SK", "XI"),
)
RATES: list[tuple[str, str | Promise]] = [
    ("23", "23%"),
    ("8", "8%"),
    ("5", "5%"),
    ("0 KR", _("0% krajowa")),
    ("0 WDT", _("0% WDT")),
    ("0 EX", _("0% eksport")),
    ("zw", _("zwolniona")),
    ("oo", _("odwrotne obc.")),
    ("np I", _("np. I")),
    ("np II", _("np. II")),
]
RATE_NOTES = (
    (_("0% krajowa"), _("stawka 0% przy sprzedaży w Polsce")),
    (_("0% WDT"), _("towar wywieziony do firmy w innym państwie Unii")),
    (_("0% eksport"), _("towar wywieziony poza Unię")),
    (_("zwolniona"), _("sprzedaż zwolniona z VAT; podaj przepis w polu „Podstawa zwolnienia z VAT”")),
    (_("odwrotne obc."), _("odwrotne obciążenie: podatek rozlicza nabywca")),
    (_("np. I"), _("sprzedaż poza Polską, która nie podlega polskiemu VAT")),
    (_("np. II"), _("usługi dla firm z Unii (art. 100 ust. 1 pkt 4 ustawy o VAT)")),
)
CURRENCIES = [(code, code) for code in ("PLN", "EUR", "USD", "GBP", "CHF", "CZK", "SEK", "NOK", "DKK")]
UNITS = ("szt.", "godz.", "usł.", "kg", "m", "m²", "km", "mies.", "kpl.")
MOST_LINES = 1000


def payments() -> list[tuple[int, str]]:
    """Forms of payment (FormaPlatnosci) that the form offers, called what they are on the print."""
    return [(code, choice("FormaPlatnosci", str(code), language())) for code in (6, 1, 2, 7)]


def day_input() -> forms.DateInput:
    """The browser's own field for a day."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Amount(forms.DecimalField):
    """A number as Poles write it: ``1 234,50``."""

    def __init__(self, **options: Any) -> None:
        """As DecimalField, with a text field that shows digits."""
        options.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off"})
        )
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        """Spaces of all kinds fall away, a comma is a point."""
        if isinstance(value, str):
            value = "".join(value.split()).replace("\u202f", "").replace(",", ".")
        return super().to_python(value)


class InvoiceForm(forms.Form):
    """Everything but the lines."""

    number = forms.CharField(label=_("Numer faktury"), max_length=256)
    issue_date = forms.DateField(label=_("Data wystawienia"), widget=day_input())
    sale_date = forms.DateField(
        label=_("Data sprzedaży"),
        required=False,
        widget=day_input(),
        help_text=_("Gdy jest inna niż data wystawienia."),
    )
    currency = forms.ChoiceField(label=_("Waluta"), choices=CURRENCIES, initial="PLN")
    exchange_rate = Amount(
        label=_("Kurs waluty (PLN)"),
        required=False,
        max_digits=14,
        decimal_places=6,
        min_value=Decimal("0.000001"),
    )

    buyer_kind = forms.ChoiceField(
        label=_("Nabywca"), choices=BUYER_KINDS, initial="nip", widget=forms.RadioSelect
    )
    buyer_nip = forms.CharField(
        label=_("NIP nabywcy"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    buyer_eu_country = forms.ChoiceField(
        label=_("Kraj VAT UE"), required=False, choices=[("", "—"), *((code, code) for code in EU)]
    )
    buyer_country = forms.RegexField(
        label=_("Kod kraju"),
        required=False,
        regex=r"^[A-Za-z]{2}$",
        max_length=2,
        help_text=_("Dwie litery, np. US."),
    )
    buyer_tax_number = forms.CharField(label=_("Numer podatkowy"), required=False, max_length=50)
    buyer_name = forms.CharField(label=_("Nazwa albo imię i nazwisko"), max_length=512)
    buyer_line1 = forms.CharField(label=_("Ulica i numer"), required=False, max_length=512)
    buyer_line2 = forms.CharField(label=_("Kod pocztowy i miejscowość"), required=False, max_length=512)

    payment = forms.TypedChoiceField(label=_("Forma płatności"), choices=payments, coerce=int, initial=6)
    due_date = forms.DateField(label=_("Termin płatności"), required=False, widget=day_input())
    account = forms.CharField(label=_("Rachunek bankowy"), required=False, max_length=60)
    paid = forms.BooleanField(label=_("Zapłacono w dniu wystawienia"), required=False)
    split_payment = forms.BooleanField(label=_("Mechanizm podzielonej płatności"), required=False)
    exemption = forms.CharField(
        label=_("Podstawa zwolnienia z VAT"), required=False, max_length=256,
        help_text=_("Na przykład: art. 113 ust. 1 ustawy o VAT."),
    )  # fmt: skip
    remarks = forms.CharField(
        label=_("Uwagi"), required=False, max_length=3500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self,
        *args: Any,
        company: Company,
        draft_id: int | None = None,
        today: dt.date | None = None,
        **options: Any,
    ) -> None:
        """``draft_id`` is the draft being mended, whose own number does not count as taken."""
        super().__init__(*args, **options)
        self.company, self.draft_id, self.today = company, draft_id, today or times.today()

    def clean_number(self) -> str:
        """Not one that is on the list already."""
        number = str(self.cleaned_data["number"]).strip()
        if numbering.is_taken(self.company, number, but=self.draft_id):
            raise ValidationError(_("Faktura o tym numerze jest już na liście sprzedaży."))
        return number

    def clean_issue_date(self) -> dt.date:
        """Not a day to come: KSeF refuses it."""
        day: dt.date = self.cleaned_data["issue_date"]
        if day > self.today:
            raise ValidationError(_("Data wystawienia nie może być późniejsza niż dzisiejsza."))
        return day

    def clean_account(self) -> str:
        """Without spaces and dashes; FA(3) takes 10 to 34 characters."""
        try:
            return parse_account(self.cleaned_data["account"]) if self.cleaned_data["account"] else ""
        except IdentifierError as error:
            raise ValidationError(_("Numer rachunku ma od 10 do 34 cyfr i liter.")) from error

    def clean(self) -> dict[str, Any]:
        """What depends on the kind of buyer and on the currency."""
        values = super().clean() or self.cleaned_data
        match values.get("buyer_kind"):
            case "nip":
                self._clean_nip(values)
                self._require(values, "buyer_line1")
            case "eu":
                self._require(values, "buyer_eu_country", "buyer_tax_number", "buyer_line1")
                self._clean_vat_ue(values)
            case "abroad":
                self._require(values, "buyer_country", "buyer_tax_number", "buyer_line1")
                values["buyer_tax_number"] = "".join((values.get("buyer_tax_number") or "").split()).upper()
        if values.get("currency") != "PLN":
            self._require(values, "exchange_rate")
        return values

    def _require(self, values: dict[str, Any], *names: str) -> None:
        for name in names:
            if not values.get(name) and name not in self.errors:
                self.add_error(name, ValidationError(_("To pole jest wymagane."), code="required"))

    def _clean_nip(self, values: dict[str, Any]) -> None:
        if "buyer_nip" in self.errors:
            return
        try:
            values["buyer_nip"] = parse_nip(values.get("buyer_nip") or "")
        except IdentifierError:
            self.add_error("buyer_nip", _("To nie jest poprawny NIP: sprawdź cyfry."))

    def _clean_vat_ue(self, values: dict[str, Any]) -> None:
        if {"buyer_eu_country", "buyer_tax_number"} & set(self.errors):
            return
        try:
            values["buyer_tax_number"] = parse_vat_ue(values["buyer_tax_number"], values["buyer_eu_country"])
        except IdentifierError:
            self.add_error(
                "buyer_tax_number",
                _("To nie jest numer VAT UE: po literach kraju ma najwyżej 12 cyfr i liter."),
            )


class LineForm(forms.Form):
    """One line; an empty one does not count."""

    name = forms.CharField(label=_("Nazwa towaru lub usługi"), max_length=512)
    quantity = Amount(label=_("Ilość"), max_digits=16, decimal_places=6, initial="1")
    unit = forms.CharField(
        label=_("Jednostka"), required=False, max_length=256, initial="szt.",
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}),
    )  # fmt: skip
    price = Amount(label=_("Cena netto"), max_digits=18, decimal_places=8)
    rate = forms.ChoiceField(label=_("Stawka VAT"), choices=RATES, initial="23")

    def clean_quantity(self) -> Decimal:
        quantity: Decimal = self.cleaned_data["quantity"]
        if quantity <= 0:
            raise ValidationError(_("Ilość musi być większa od zera."))
        return quantity


class LinesFormSet(forms.BaseFormSet):  # type: ignore[type-arg]  # Django is not generic at run time
    """Lines of an invoice: at least one, at most ``MOST_LINES``."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Lines that were left as they came are no lines; the first one must be filled in."""
        return {
            **super().get_form_kwargs(index),
            "empty_permitted": index != 0,
            "use_required_attribute": False,
        }


Lines = formset_factory(
    LineForm, formset=LinesFormSet, extra=0, min_num=1, max_num=MOST_LINES, absolute_max=MOST_LINES
)
