"""The fields that say who a buyer is by number, shared by the form of an invoice and that of a contractor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from liczydlo.documents.choices import BUYER_KINDS, EU
from liczydlo.fa3.identifiers import IdentifierError, bare_nip, parse_internal, parse_nip, parse_vat_ue


class BuyerForm(forms.Form):
    """Kind and number of a buyer; a form on top of it has ``buyer_name`` and ``buyer_line1`` too."""

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

    def clean(self) -> dict[str, Any]:
        """Require the fields of the kind of buyer, check its number and put it in one spelling."""
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


def parse_recipient(typed: str) -> str:
    """A recipient's NIP or internal identifier; empty stays empty. Raises ValidationError."""
    if not typed.strip():
        return ""
    try:
        return parse_internal(typed) if len(bare_nip(typed)) > 10 else parse_nip(typed)
    except IdentifierError as error:
        raise ValidationError(
            _("To nie jest NIP ani identyfikator wewnętrzny (NIP, kreska i pięć cyfr): sprawdź cyfry.")
        ) from error


class RecipientForm(forms.Form):
    """Who stands behind the buyer: the recipient, and whether it is a unit of a local authority or of a VAT group."""

    buyer_local_authority = forms.BooleanField(
        label=_("Faktura dotyczy jednostki podrzędnej samorządu (JST)"), required=False
    )
    buyer_vat_group = forms.BooleanField(label=_("Faktura dotyczy członka grupy VAT (GV)"), required=False)
    buyer_recipient_name = forms.CharField(label=_("Nazwa odbiorcy"), required=False, max_length=512)
    buyer_recipient_number = forms.CharField(
        label=_("NIP albo identyfikator wewnętrzny odbiorcy"), required=False, max_length=40
    )
    buyer_recipient_line1 = forms.CharField(label=_("Ulica i numer odbiorcy"), required=False, max_length=512)
    buyer_recipient_line2 = forms.CharField(
        label=_("Kod pocztowy i miejscowość odbiorcy"), required=False, max_length=512
    )

    def clean_buyer_recipient_number(self) -> str:
        """In the spelling of FA(3)."""
        return parse_recipient(self.cleaned_data["buyer_recipient_number"])

    def clean(self) -> dict[str, Any]:
        """A recipient has a name."""
        values = super().clean() or self.cleaned_data
        others = ("buyer_recipient_number", "buyer_recipient_line1", "buyer_recipient_line2")
        if any(values.get(name) for name in others) and not values.get("buyer_recipient_name"):
            self.add_error("buyer_recipient_name", _("Podaj nazwę odbiorcy albo usuń jego pozostałe dane."))
        return values

    @property
    def has_recipient(self) -> bool:
        """Whether the part of the form about the recipient says something, so that it is shown open."""
        return any(self[name].value() or self[name].errors for name in RecipientForm.base_fields)
