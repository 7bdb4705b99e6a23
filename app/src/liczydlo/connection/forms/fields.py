"""Fields that the forms of permissions share: numbers that KSeF would refuse are refused here, with what to do."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from liczydlo.fa3.identifiers import bare, bare_nip, is_nip, is_pesel

DESCRIPTION: Final = (5, 256)
"""Characters of a grant's description (OpenAPI)."""


class NumberField(forms.CharField):
    """A number in any spelling: with spaces, dashes, dots, and PL before a NIP."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            max_length=40, widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}), **more
        )

    def to_python(self, value: Any) -> str:
        return bare_nip(super().to_python(value) or "")


class NipField(NumberField):
    """A NIP whose check digit is right."""

    def validate(self, value: str) -> None:
        """Raises ValidationError where the check digit is wrong."""
        super().validate(value)
        if value and not is_nip(value):
            raise forms.ValidationError(
                _("To nie jest NIP: ma 10 cyfr i cyfrę kontrolną. Sprawdź, czy nie ma literówki.")
            )


class PersonNumberField(NumberField):
    """A PESEL (11 digits) or a NIP (10 digits) whose check digit is right."""

    def validate(self, value: str) -> None:
        """Raises ValidationError where the check digit is wrong."""
        super().validate(value)
        if value and not (is_pesel(value) or is_nip(value)):
            raise forms.ValidationError(
                _(
                    "Podaj PESEL (11 cyfr) albo NIP (10 cyfr). Cyfra kontrolna się nie zgadza: sprawdź, czy nie ma"
                    " literówki."
                )
            )


class FingerprintField(forms.CharField):
    """SHA-256 of a certificate: 64 hexadecimal digits, with or without colons."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            max_length=128, widget=forms.TextInput({"class": "mono", "autocomplete": "off"}), **more
        )

    def to_python(self, value: Any) -> str:
        """Capital digits without separators."""
        return bare(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        """Raises ValidationError for anything but 64 hexadecimal digits."""
        super().validate(value)
        if value and not re.fullmatch(r"[0-9A-F]{64}", value):
            raise forms.ValidationError(
                _("Odcisk certyfikatu to 64 cyfry i litery od A do F (skrót SHA-256). Skopiuj go w całości.")
            )


def description(initial: Any, example: Any = "") -> forms.CharField:
    """What a grant is for, as lists will show it."""
    return forms.CharField(
        label=_("Opis"),
        help_text=example or _("Po nim poznasz uprawnienie na liście. Od 5 do 256 znaków."),
        min_length=DESCRIPTION[0],
        max_length=DESCRIPTION[1],
        initial=initial,
    )


def entity_name(label: Any) -> forms.CharField:
    """The full name of a firm, 5 to 90 characters (OpenAPI)."""
    return forms.CharField(label=label, min_length=5, max_length=90)


def first_name() -> forms.CharField:
    """2 to 30 characters (OpenAPI)."""
    return forms.CharField(label=_("Imię"), min_length=2, max_length=30)


def surname() -> forms.CharField:
    """2 to 81 characters (OpenAPI)."""
    return forms.CharField(label=_("Nazwisko"), min_length=2, max_length=81)
