"""The forms of the passphrase."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

SHORTEST: Final = 12
"""Characters."""


def _secret(label: Any, *, help_text: Any = "", new: bool = False, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=256,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password" if new else "off"}),
        **more,
    )


class SetForm(forms.Form):
    """A new passphrase, twice."""

    passphrase = _secret(
        _("Hasło do kluczy"),
        help_text=_("Co najmniej 12 znaków; najlepiej kilka słów. Inne niż hasło do programu."),
        new=True,
        min_length=SHORTEST,
    )
    repeated = _secret(_("Powtórz hasło"), new=True)

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        values = super().clean() or {}
        if "passphrase" in values and values.get("repeated") != values["passphrase"]:
            self.add_error("repeated", _("Hasła się różnią. Wpisz to samo hasło dwa razy."))
        return values


class GivenForm(forms.Form):
    """The passphrase, to open or to take off."""

    passphrase = _secret(_("Hasło do kluczy"))
