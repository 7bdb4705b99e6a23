"""Forms that take keys, certificates, tokens and their passwords, and that of a revocation."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from liczydlo.connection.credentials.files import SHORTEST
from liczydlo.connection.errors import NotStored

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


class SignedForm(forms.Form):
    """The document signed outside."""

    signed = forms.FileField(
        label=_("Podpisany dokument (plik .xml)"),
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".xml,.xades,text/xml,application/xml"}),
    )


class SigningKeyForm(forms.Form):
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


def uploaded(form: forms.Form, name: str) -> bytes | None:
    """What a valid form's file holds; None when no file was chosen."""
    chosen: Any = form.cleaned_data.get(name) if form.is_valid() else None
    return None if chosen is None else bytes(chosen.read())


MAX_FILE = 10_000  # bytes; a token has about 120


class StoredTokenForm(forms.Form):
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
            raise NotStored("token-two")
        content: bytes = file.read(MAX_FILE + 1)
        try:
            text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        except UnicodeDecodeError:
            raise NotStored("token-file") from None
        if len(content) > MAX_FILE or "\0" in text:
            raise NotStored("token-file")
        return text


def secret(label: Any, *, help_text: Any = "", new: bool = False, **more: Any) -> forms.CharField:
    """A field that is never filled in again; ``new``: the browser may offer to make one."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=256,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password" if new else "off"}),
        **more,
    )


class TwiceForm(forms.Form):
    """A secret that is typed twice; ``pair`` names its first field, ``repeated`` is the second."""

    pair: ClassVar[str]

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        values = super().clean() or {}
        if self.pair in values and values.get("repeated") != values[self.pair]:
            self.add_error("repeated", _("Hasła się różnią. Wpisz to samo hasło dwa razy."))
        return values


class NewPassphraseForm(TwiceForm):
    """A new passphrase, twice."""

    passphrase = secret(
        _("Hasło do kluczy"),
        help_text=_("Co najmniej 12 znaków; najlepiej kilka słów. Inne niż hasło do programu."),
        new=True,
        min_length=SHORTEST,
    )
    repeated = secret(_("Powtórz hasło"), new=True)
    pair = "passphrase"


class PassphraseForm(forms.Form):
    """The passphrase, to open or to take off."""

    passphrase = secret(_("Hasło do kluczy"))


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


class CopyForm(TwiceForm):
    """The password of a copy."""

    password = secret(
        _("Hasło do kopii"),
        help_text=_("Co najmniej 12 znaków. Program go nie zapamięta; bez niego kopia jest bezużyteczna."),
        new=True,
        min_length=SHORTEST,
    )
    repeated = secret(_("Powtórz hasło"), new=True)
    pair = "password"
