"""The two ways to hand in a signature."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class SignedForm(forms.Form):
    """The document signed outside."""

    signed = forms.FileField(
        label=_("Podpisany dokument (plik .xml)"),
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".xml,.xades,text/xml,application/xml"}),
    )


class BundleForm(forms.Form):
    """A key that signs here and is not kept."""

    bundle = forms.FileField(
        label=_("Plik .p12 (.pfx)"),
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".p12,.pfx"}),
    )
    password = forms.CharField(
        label=_("Hasło do pliku"),
        required=False,
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )


def content(form: forms.Form, name: str) -> bytes | None:
    """What a valid form's file holds; None when no file was chosen."""
    chosen: Any = form.cleaned_data.get(name) if form.is_valid() else None
    return None if chosen is None else bytes(chosen.read())
