"""„Pobierz dane": the button that fills a buyer's name and address in from his NIP, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from liczydlo.companies.models import Company
from liczydlo.lookups import firms
from liczydlo.lookups.firms import Outcome
from liczydlo.lookups.models import Service
from liczydlo.web.templatetags.liczydlo import data

BUTTON: Final = "firm_data"
"""The name of the button, which does not finish a form."""
LABELS: Final[Mapping[Service, str | Promise]] = {
    Service.GUS: _("Pobierz dane z GUS"),
    Service.WHITE_LIST: _("Pobierz dane z Białej listy"),
}
FILLED: Final[Mapping[Service, str | Promise]] = {
    Service.GUS: _("Wpisano nazwę i adres z GUS."),
    Service.WHITE_LIST: _("Wpisano nazwę i adres z Białej listy."),
}
NOT_LISTED: Final[Mapping[Service, str | Promise]] = {
    Service.GUS: _("Tego NIP-u nie ma w rejestrze GUS. Nazwę i adres wpisz ręcznie."),
    Service.WHITE_LIST: _("Tego NIP-u nie ma na Białej liście. Nazwę i adres wpisz ręcznie."),
}
REFUSALS: Final[Mapping[str, str | Promise]] = {
    "off": _("Nie pobrano: usługa jest wyłączona."),
    "not-nip": _("To nie jest poprawny NIP: sprawdź cyfry."),
    "no-key": _("Nie pobrano: program nie ma klucza użytkownika GUS. Włącz tę usługę jeszcze raz."),
    "wrong-key": _(
        "Nie pobrano: GUS nie przyjął klucza użytkownika. Włącz tę usługę jeszcze raz, z nowym kluczem."
    ),
    "limit": _("Nie pobrano: dzisiejszy limit zapytań się skończył. Nazwę i adres wpisz ręcznie."),
}
SILENT: Final = _("Nie pobrano: usługa teraz nie odpowiada. Wpisz dane ręcznie albo spróbuj za kilka minut.")


@dataclass(frozen=True, kw_only=True)
class Look:
    """What stands beside the number of a buyer; ``values`` are fields of the form. Without ``label`` no button."""

    label: str = ""
    words: str = ""
    is_good: bool = False
    values: Mapping[str, str] = field(default_factory=dict)


def offered(company: Company) -> Look:
    """The lookup button of a form; its label is empty where no service that can answer is switched on."""
    source = firms.source(company)
    return Look(label=str(LABELS[source]) if source else "")


def look(company: Company, post: Mapping[str, Any]) -> Look:
    """The button, and what came where it was pressed."""
    if BUTTON not in post:
        return offered(company)
    outcome = firms.by_nip(company, str(post.get("buyer_nip", "")))
    label = str(LABELS[outcome.service]) if outcome.service else ""
    firm = outcome.firm
    if firm is None:
        return Look(label=label, words=_why(outcome))
    words = _words(outcome)
    values = {
        "buyer_kind": "nip",
        "buyer_nip": firm.nip,
        "buyer_name": firm.name,
        "buyer_line1": firm.line1,
        "buyer_line2": firm.line2,
    }
    return Look(label=label, words=words, is_good=firm.ended is None, values=values)


def _why(outcome: Outcome) -> str:
    if outcome.code == "not-listed" and outcome.service is not None:
        return str(NOT_LISTED[outcome.service])
    return str(REFUSALS.get(outcome.code, SILENT))


def _words(outcome: Outcome) -> str:
    firm, sentences = outcome.firm, [str(FILLED[outcome.service])] if outcome.service else []
    if firm is not None and firm.ended is not None:
        sentences.append(str(_("Uwaga: działalność zakończono %(day)s.")) % {"day": data(firm.ended)})
    if firm is not None and firm.others:
        say = ngettext(
            "Pod tym NIP-em jest jeszcze %(n)d wpis: sprawdź, czy to ta działalność.",
            "Pod tym NIP-em jest jeszcze wpisów: %(n)d. Sprawdź, czy to ta działalność.",
            firm.others,
        )
        sentences.append(say % {"n": firm.others})
    return " ".join(sentences)
