"""What people type about the firm's accounts."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liczydlo.fa3.identifiers import IdentifierError, parse_iban
from liczydlo.payments.models import Encoding, FileFormat


class AccountForm(forms.Form):
    """An account of the firm."""

    iban = forms.CharField(
        label=gettext_lazy("Numer rachunku"),
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Nazwa"), help_text=gettext_lazy("Na przykład „główny, mBank”."), max_length=60
    )
    currency = forms.CharField(label=gettext_lazy("Waluta"), max_length=3, initial="PLN")
    file_format = forms.ChoiceField(
        label=gettext_lazy("Plik przelewów, który przyjmuje bank"), choices=FileFormat.choices
    )
    encoding = forms.ChoiceField(
        label=gettext_lazy("Strona kodowa pliku Elixir-0"),
        help_text=gettext_lazy("Jest w opisie importu przelewów w banku. Przy pain.001 bez znaczenia."),
        choices=Encoding.choices,
    )

    def __init__(self, data: QueryDict | None = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, label_suffix="")

    def clean_iban(self) -> str:
        """With its country, without spaces."""
        return clean_iban(self.cleaned_data["iban"])

    def clean_currency(self) -> str:
        """Three capital letters of ISO 4217."""
        code: str = self.cleaned_data["currency"].strip().upper()
        if not re.fullmatch(r"[A-Z]{3}", code):
            raise forms.ValidationError(_("Waluta to trzy litery, na przykład PLN albo EUR."))
        return code

    def clean(self) -> dict[str, Any]:
        """Elixir is a clearing of złote."""
        data = super().clean() or {}
        if data.get("file_format") == FileFormat.ELIXIR:
            if data.get("currency", "PLN") != "PLN":
                self.add_error("file_format", _("Elixir-0 przenosi tylko złote. Wybierz pain.001."))
            if not data.get("iban", "PL").startswith("PL"):
                self.add_error("file_format", _("Elixir-0 zna tylko polskie rachunki. Wybierz pain.001."))
        return data


def clean_iban(typed: str) -> str:
    """The IBAN that somebody typed. Raises ValidationError."""
    try:
        return parse_iban(typed)
    except IdentifierError as error:
        if error.code == "iban-checksum":
            raise forms.ValidationError(
                _("Cyfry kontrolne się nie zgadzają. Sprawdź, czy żadna cyfra nie jest przestawiona.")
            ) from error
        raise forms.ValidationError(
            _("Polski rachunek ma 26 cyfr. Zagraniczny zaczyna się od dwóch liter kraju.")
        ) from error
