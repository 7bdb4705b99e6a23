"""The form of a firm's number patterns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from liczydlo.sales.number_patterns import OPTIONAL, SALES, SERIES, NumberPatterns
from liczydlo.sales.patterns import Pattern, PatternError, parse
from liczydlo.web.changes import ChangesForm

REFUSALS: Final[Mapping[str, Any]] = {
    "no-counter": _("Brakuje miejsca na kolejny numer: dodaj {n}, {nn}, {nnn} albo {nnnn}."),
    "two-counters": _("Kolejny numer może być w wzorze tylko raz."),
    "unknown": _("W nawiasach klamrowych może być tylko {rrrr}, {rr}, {mm} i {n} do {nnnnnnnnn}."),
    "month-alone": _("Miesiąc bez roku powtórzyłby numery za rok: dodaj {rrrr} albo {rr}."),
    "too-long": _("Numer faktury może mieć najwyżej 256 znaków."),
}


class NumbersForm(ChangesForm):
    """A pattern for each series; settlements may go with sales."""

    class Meta:
        model = NumberPatterns
        fields = SERIES
        labels: ClassVar[dict[str, Any]] = {
            "sales": _("Faktury"),
            "corrections": _("Korekty"),
            "advances": _("Faktury zaliczkowe"),
            "settlements": _("Rozliczenia zaliczek"),
            "farm": _("Faktury VAT RR i ich korekty"),
            "self_billed": _("Samofaktury i ich korekty"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            **{name: _("Puste: numerowane razem z fakturami.") for name in OPTIONAL},
            "self_billed": _("Liczone osobno dla każdego dostawcy, bo to jego numery."),
        }
        widgets: ClassVar[dict[str, Any]] = {
            name: forms.TextInput({"autocomplete": "off", "spellcheck": "false"}) for name in SERIES
        }

    def clean(self) -> dict[str, Any]:
        """Each is a pattern, and no two make the same numbers."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        shapes: dict[str, str] = {}
        for name in SERIES:
            pattern = self._parsed(name, values)
            if pattern is None:
                continue
            if (other := shapes.setdefault(pattern.shape, name)) != name:
                self.add_error(
                    name,
                    _("Ten wzór dawałby takie same numery jak „%(other)s”. Dodaj inny przedrostek.")
                    % {"other": self.fields[other].label},
                )
        return values

    def _parsed(self, name: str, values: dict[str, Any]) -> Pattern | None:
        text = " ".join(str(values.get(name, "")).split())
        if not text:  # required where it may not be empty
            return None
        values[name] = text
        try:
            return parse(text)
        except PatternError as error:
            self.add_error(name, REFUSALS[error.code])
            return None

    @property
    def problems(self) -> list[str]:
        """What is wrong, each once, with the name of its field."""
        return [f"{self.fields[name].label}: {text}" for name, texts in self.errors.items() for text in texts]

    def good(self) -> Sequence[tuple[str, Pattern]]:
        """Labels and patterns of what is right so far."""
        patterns = [(name, self.cleaned_data.get(name)) for name in SERIES if name not in self.errors]
        sales = self.cleaned_data.get(SALES) if SALES not in self.errors else None
        texts = [(name, text or (sales if name in OPTIONAL else None)) for name, text in patterns]
        return [(str(self.fields[name].label), Pattern(text)) for name, text in texts if text]
