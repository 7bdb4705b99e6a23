"""The form that takes a token: pasted, or in a text file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liczydlo.connection.token_way.refusals import refused

MAX_FILE = 10_000  # bytes; a token has about 120


class TokenForm(forms.Form):
    """The token is never shown again: the field is emptied by every answer."""

    token = forms.CharField(
        label=_("Token KSeF"),
        help_text=_("Cały ciąg z KSeF, razem z kreskami: numer|nip-…|sekret."),
        required=False,
        max_length=4000,
        widget=forms.PasswordInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("albo plik tekstowy z tokenem"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".txt,text/plain"}),
    )

    def text(self) -> str:
        """What was given. Call after ``is_valid``. Raises NotStored."""
        pasted: str = self.cleaned_data.get("token") or ""
        file: Any = self.cleaned_data.get("file")
        if file is None:
            return pasted
        if pasted.strip():
            raise refused("token-two")
        content: bytes = file.read(MAX_FILE + 1)
        try:
            text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        except UnicodeDecodeError:
            raise refused("token-file") from None
        if len(content) > MAX_FILE or "\0" in text:
            raise refused("token-file")
        return text
