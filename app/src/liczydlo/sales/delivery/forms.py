"""The forms of a letter to a buyer, and of how a firm writes to its buyers."""

from __future__ import annotations

import re
from itertools import product
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liczydlo.contacts.models import LANGUAGES
from liczydlo.sales.delivery import letters, links, wording
from liczydlo.sales.delivery.tables import LetterSettings
from liczydlo.web.changes import ChangesForm

LONGEST_LINK = 365  # days
LONGEST_REMINDER = 60  # days
_TEXTS = ("subject_pl", "text_pl", "subject_en", "text_en")


def _require_places(text: str) -> str:
    if unknown := wording.unknown(text):
        names = ", ".join(f"{{{name}}}" for name in unknown)
        places = ", ".join(f"{{{name}}}" for name in wording.PLACES)
        raise ValidationError(
            _("Program nie zna miejsc: %(names)s. Znane to: %(known)s.") % {"names": names, "known": places}
        )
    return text


class LetterForm(forms.Form):
    """One letter: to whom, and what it says."""

    to = forms.CharField(
        label=gettext_lazy("Do kogo"),
        help_text=gettext_lazy("Kilka adresów oddziel przecinkami; każdy dostanie własny list."),
        max_length=1000,
    )
    language = forms.ChoiceField(label=gettext_lazy("Język"), choices=LANGUAGES)
    subject = forms.CharField(label=gettext_lazy("Temat"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("Treść"), max_length=5000, widget=forms.Textarea(attrs={"rows": 10})
    )
    as_link = forms.BooleanField(label=gettext_lazy("link zamiast załączników"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | options)
        if not links.are_possible():
            del self.fields["as_link"]

    def clean_to(self) -> list[str]:
        """Addresses, each once."""
        typed = [one for one in re.split(r"[\s,;]+", self.cleaned_data["to"]) if one]
        addresses = list(dict.fromkeys(typed))
        if len(addresses) > letters.MOST:
            raise ValidationError(_("Naraz można wysłać najwyżej na %(n)d adresów.") % {"n": letters.MOST})
        for one in addresses:
            try:
                validate_email(one)
            except ValidationError as error:
                raise ValidationError(
                    _("To nie jest adres e-mail: %(address)s.") % {"address": one}
                ) from error
        return addresses

    def clean_subject(self) -> str:
        """With places that the program knows."""
        return _require_places(self.cleaned_data["subject"])

    def clean_text(self) -> str:
        """With places that the program knows."""
        return _require_places(self.cleaned_data["text"])


class SettingsForm(ChangesForm):
    """What goes by itself, and the firm's own texts."""

    class Meta:
        model = LetterSettings
        fields = (
            "automatic",
            "as_link",
            "link_days",
            "reply_to",
            "subject_pl",
            "text_pl",
            "subject_en",
            "text_en",
            "remind_before",
            "remind_after",
            "reminder_subject_pl",
            "reminder_text_pl",
            "reminder_subject_en",
            "reminder_text_en",
            *(f"{kind}_{field}" for kind in ("note", "statement") for field in _TEXTS),
        )
        labels: ClassVar[dict[str, Any]] = {
            "automatic": gettext_lazy("wysyłaj fakturę sam, gdy tylko można ją wydać nabywcy"),
            "as_link": gettext_lazy("link zamiast załączników"),
            "link_days": gettext_lazy("Ile dni działa link"),
            "reply_to": gettext_lazy("Adres do odpowiedzi"),
            "subject_pl": gettext_lazy("Temat po polsku"),
            "text_pl": gettext_lazy("Treść po polsku"),
            "subject_en": gettext_lazy("Temat po angielsku"),
            "text_en": gettext_lazy("Treść po angielsku"),
            "remind_before": gettext_lazy("Dni przed terminem"),
            "remind_after": gettext_lazy("Dni po terminie"),
            "reminder_subject_pl": gettext_lazy("Temat przypomnienia po polsku"),
            "reminder_text_pl": gettext_lazy("Przypomnienie po polsku"),
            "reminder_subject_en": gettext_lazy("Temat przypomnienia po angielsku"),
            "reminder_text_en": gettext_lazy("Przypomnienie po angielsku"),
            "note_subject_pl": gettext_lazy("Temat listu z notą po polsku"),
            "note_text_pl": gettext_lazy("List z notą po polsku"),
            "note_subject_en": gettext_lazy("Temat listu z notą po angielsku"),
            "note_text_en": gettext_lazy("List z notą po angielsku"),
            "statement_subject_pl": gettext_lazy("Temat listu z wyciągiem po polsku"),
            "statement_text_pl": gettext_lazy("List z wyciągiem po polsku"),
            "statement_subject_en": gettext_lazy("Temat listu z wyciągiem po angielsku"),
            "statement_text_en": gettext_lazy("List z wyciągiem po angielsku"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "reply_to": gettext_lazy("Na ten adres nabywca odpowie."),
            "text_pl": gettext_lazy("Puste pole: tekst programu."),
            "text_en": gettext_lazy("Puste pole: tekst programu."),
            "remind_before": gettext_lazy("Puste pole: bez przypomnienia."),
            "remind_after": gettext_lazy("Puste pole: bez przypomnienia."),
        }
        widgets: ClassVar[dict[str, Any]] = {
            f"{prefix}text_{language}": forms.Textarea({"rows": 8})
            for prefix, language in product(wording.OWN, wording.SUBJECTS)
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | options)
        for language in ("pl", "en"):
            for prefix, (subject, text) in wording.OWN.items():
                self.fields[f"{prefix}subject_{language}"].widget.attrs["placeholder"] = subject[language]
                more = {"placeholder": text[language], "maxlength": 5000}
                self.fields[f"{prefix}text_{language}"].widget.attrs |= more

    def clean_link_days(self) -> int:
        """A day at least, a year at most."""
        days: int = self.cleaned_data["link_days"]
        if not 1 <= days <= LONGEST_LINK:
            raise ValidationError(_("Podaj od 1 do %(n)d dni.") % {"n": LONGEST_LINK})
        return days

    def clean_remind_before(self) -> int | None:
        """At most two months."""
        return self._days("remind_before", 0)

    def clean_remind_after(self) -> int | None:
        """From the first day after it; at most two months."""
        return self._days("remind_after", 1)

    def _days(self, name: str, least: int) -> int | None:
        days: int | None = self.cleaned_data[name]
        if days is not None and not least <= days <= LONGEST_REMINDER:
            raise ValidationError(
                _("Podaj od %(least)d do %(most)d dni.") % {"least": least, "most": LONGEST_REMINDER}
            )
        return days

    def clean_as_link(self) -> bool:
        """Only where the program knows its own address."""
        chosen: bool = self.cleaned_data["as_link"]
        if chosen and not links.are_possible():
            raise ValidationError(_("Program nie zna adresu, pod którym go widać z zewnątrz (LICZYDLO_URL)."))
        return chosen

    def clean(self) -> dict[str, Any]:
        """Texts with places that the program knows."""
        values = super().clean() or {}
        for name in (name for name in self.fields if "subject" in name or "text" in name):
            try:
                _require_places(values.get(name) or "")
            except ValidationError as error:
                self.add_error(name, error)
        return values
