"""A new endpoint."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class EndpointForm(forms.Form):
    """Its address; ``requests.check`` judges it."""

    url = forms.CharField(
        label=_("Adres, pod który program wyśle zdarzenia"),
        max_length=500,
        widget=forms.TextInput(attrs={"type": "url", "placeholder": "https://"}),
    )
