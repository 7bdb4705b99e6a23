"""The form that takes a certificate: two files in any order, or one, the key's password, and a firm's name for it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

ACCEPT = ".key,.crt,.cer,.cert,.pem,.der,.p12,.pfx"


class CertificateForm(forms.Form):
    """Files are judged by their contents in ``services``; here only what came is told apart."""

    key = forms.FileField(
        label=_("Klucz prywatny (plik .key) albo paczka .p12"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ACCEPT}),
    )
    certificate = forms.FileField(
        label=_("Certyfikat (plik .crt, .cer, .cert lub .pem)"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ACCEPT}),
    )
    password = forms.CharField(
        label=_("Hasło do klucza prywatnego"),
        help_text=_("To hasło z wniosku o certyfikat, nie hasło do Profilu Zaufanego ani do tego programu."),
        required=False,
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )

    name = forms.CharField(
        label=_("Nazwa certyfikatu"),
        help_text=_("Pod nią zapiszemy klucz i certyfikat, na przykład „Księgowość”. Możesz zostawić puste."),
        required=False,
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def contents(self) -> list[bytes]:
        """What is inside the chosen files, the key's field first. Call after ``is_valid``."""
        chosen: list[Any] = [self.cleaned_data.get(name) for name in ("key", "certificate")]
        return [file.read() for file in chosen if file is not None]
