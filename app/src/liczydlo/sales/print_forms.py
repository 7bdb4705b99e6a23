"""The form of a firm's print settings."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from liczydlo.documents import kinds
from liczydlo.prints.typesetting import PrintError, require_drawable
from liczydlo.sales.print_settings import (
    COLOUR,
    LARGEST_LOGO,
    LEAST_CONTRAST,
    MOST_PIXELS,
    PrintSettings,
    contrast,
)
from liczydlo.web.changes import ChangesForm


class PrintForm(ChangesForm):
    """Choices of a print, a new logo, or none."""

    class Meta:
        model = PrintSettings
        fields = ("language", "window", "accent", "note")
        labels: ClassVar[dict[str, Any]] = {
            "language": _("Język wydruku"),
            "window": _("Koperta"),
            "accent": _("Kolor"),
            "note": _("Notatka pod kwotami"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "window": _("Adres nabywcy staje tam, gdzie koperta ma okienko."),
            "note": _("Do 500 znaków, na każdej fakturze. Nie trafia do KSeF."),
        }
        widgets: ClassVar[dict[str, Any]] = {
            "accent": forms.TextInput({"type": "color"}),
            "note": forms.Textarea({"rows": 3}),
        }

    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("PNG albo JPEG, do 300 kB. Zostaje w tej instalacji i w plikach PDF."),
        required=False,
        widget=forms.FileInput({"accept": "image/png,image/jpeg"}),
    )

    def clean_accent(self) -> str:
        """A colour in which small text can be read."""
        colour: str = self.cleaned_data["accent"].lower()
        if not COLOUR.fullmatch(colour):
            raise forms.ValidationError(_("To nie jest kolor. Wybierz go z palety albo wpisz jak #0f766e."))
        if contrast(colour) < LEAST_CONTRAST:
            raise forms.ValidationError(
                _("Ten kolor jest za jasny: napisów nie da się przeczytać. Wybierz ciemniejszy.")
            )
        return colour

    def clean_logo(self) -> bytes:
        """The picture's bytes, recognised by them alone; empty where none was chosen."""
        file = self.cleaned_data.get("logo")
        if file is None:
            return b""
        if file.size > LARGEST_LOGO:
            raise forms.ValidationError(_("Plik ma ponad 300 kB. Zmniejsz obraz i wybierz go jeszcze raz."))
        content: bytes = file.read()
        try:
            kind = kinds.recognise(content)
        except kinds.FileRefused as error:
            raise forms.ValidationError(_("To nie jest obraz PNG ani JPEG. Wybierz inny plik.")) from error
        if kind not in (kinds.PNG, kinds.JPEG):
            raise forms.ValidationError(_("To nie jest obraz PNG ani JPEG. Wybierz inny plik."))
        width, height = kinds.size(kind, content)
        if width * height > MOST_PIXELS:
            raise forms.ValidationError(_("Obraz ma za dużo punktów; wystarczy tysiąc na bok."))
        try:
            require_drawable(content)
        except PrintError as error:
            raise forms.ValidationError(_("Ten obraz jest uszkodzony. Wybierz inny plik.")) from error
        return content
