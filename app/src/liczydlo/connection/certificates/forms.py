"""The forms of the page of certificates."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liczydlo.connection.certificates.bundles import SHORTEST

REASONS = (
    ("Unspecified", _("Bez podania powodu")),
    ("Superseded", _("Zastąpiony nowym")),
    ("KeyCompromise", _("Ktoś obcy mógł poznać klucz")),
)
"""KSeF's own (OpenAPI, CertificateRevocationReason)."""


class RevokeForm(forms.Form):
    """Why a certificate is revoked."""

    reason = forms.ChoiceField(
        label=_("Powód"), choices=REASONS, widget=forms.RadioSelect, initial="Superseded"
    )


class BundleForm(forms.Form):
    """The password of a copy."""

    password = forms.CharField(
        label=_("Hasło do kopii"),
        help_text=_("Co najmniej 12 znaków. Program go nie zapamięta; bez niego kopia jest bezużyteczna."),
        min_length=SHORTEST,
        max_length=128,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=_("Powtórz hasło"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        values = super().clean() or {}
        if "password" in values and values.get("repeated") != values["password"]:
            self.add_error("repeated", _("Hasła się różnią. Wpisz to samo hasło dwa razy."))
        return values
