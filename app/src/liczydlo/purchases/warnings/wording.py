"""What a warning says: what was seen, why it matters, what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liczydlo.purchases.warnings.rules import Code
from liczydlo.web.chips import Tone
from liczydlo.web.templatetags.liczydlo import data, nip, rachunek, zl

LOOKS: Final[dict[Code, tuple[str | Promise, str, Tone]]] = {
    Code.HIDDEN: (gettext_lazy("Ukryte znaki"), "triangle-alert", "bad"),
    Code.ACCOUNT: (gettext_lazy("Zmieniony rachunek"), "triangle-alert", "bad"),
    Code.NOT_LISTED: (gettext_lazy("Rachunek spoza białej listy"), "triangle-alert", "bad"),
    Code.NOT_VAT: (gettext_lazy("Sprzedawca nie jest czynnym podatnikiem VAT"), "triangle-alert", "warn"),
    Code.ALIKE: (gettext_lazy("Nazwa jak u kogoś znanego"), "triangle-alert", "bad"),
    Code.URGENT: (gettext_lazy("Nowy sprzedawca, pilna płatność"), "triangle-alert", "bad"),
    Code.NUMBER: (gettext_lazy("Ten sam numer drugi raz"), "copy", "bad"),
    Code.DOUBLE: (gettext_lazy("Może to ta sama faktura"), "copy", "warn"),
    Code.AMOUNT: (gettext_lazy("Nietypowa kwota"), "triangle-alert", "warn"),
    Code.BUYER: (gettext_lazy("Nie Twój NIP"), "triangle-alert", "warn"),
    Code.FIRST: (gettext_lazy("Pierwsza faktura sprzedawcy"), "sparkle", "info"),
}
"""Title, icon and tone of each, the gravest first."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """The text of a warning."""

    observation: str
    why: str
    todo: str


def words(code: str, params: Mapping[str, Any]) -> Words:
    """The text of a warning; of a code of a later version its name."""
    writer = _WRITERS.get(code)
    return writer(params) if writer is not None else Words(observation=code, why="", todo="")


def _day(text: str) -> str:
    return data(dt.date.fromisoformat(text))


def _hidden(params: Mapping[str, Any]) -> Words:
    where = ", ".join(f"{_FIELDS[name]} ({character})" for name, character in params["fields"].items())
    return Words(
        observation=_("Są tu znaki, których nie widać albo które odwracają kolejność liter: %(where)s.")
        % {"where": where},
        why=_(
            "Przez nie widać inną nazwę, inny numer albo inny rachunek, niż stoi w dokumencie. Nikt nie wpisuje ich "
            "przypadkiem: tak podszywa się oszust."
        ),
        todo=_(
            "Nie płać i niczego z tej faktury nie kopiuj. Porównaj NIP i rachunek z umową, zadzwoń do sprzedawcy pod "
            "numer, który znasz od dawna."
        ),
    )


_FIELDS: Final = {
    "seller": gettext_lazy("nazwa sprzedawcy"),
    "number": gettext_lazy("numer faktury"),
    "account": gettext_lazy("numer rachunku"),
}


def _account_changed(params: Mapping[str, Any]) -> Words:
    new = ", ".join(rachunek(number) for number in params["accounts"])
    accounts = ", ".join(
        _("%(account)s (od %(day)s)") % {"account": rachunek(number), "day": _day(since)}
        for number, since in params["known"]
    )
    if params.get("factor"):
        return Words(
            observation=_("Faktura każe zapłacić na rachunek faktora %(new)s. Dotąd było: %(known)s.")
            % {"new": new, "known": accounts},
            why=_(
                "Sprzedawca mógł sprzedać dług faktorowi, ale tak samo pisze ktoś, kto się pod niego podszywa."
            ),
            todo=_(
                "Potwierdź cesję u sprzedawcy pod numerem telefonu, który znasz od dawna, nie z tej faktury."
            ),
        )
    return Words(
        observation=_("Na fakturze jest rachunek %(new)s. Ten sprzedawca podawał dotąd: %(known)s.")
        % {"new": new, "known": accounts},
        why=_(
            "Podmiana rachunku to najczęstszy sposób wyłudzenia: pieniędzy przelanych oszustowi zwykle nie "
            "da się odzyskać."
        ),
        todo=_(
            "Zadzwoń do sprzedawcy pod numer, który znasz od dawna, nie z tej faktury, i zapytaj o rachunek. "
            "Nie płać, zanim potwierdzi."
        ),
    )


def _first(_params: Mapping[str, Any]) -> Words:
    return Words(
        observation=_("Z tego NIP-u nie było jeszcze żadnej faktury."),
        why=_("Fakturę w KSeF może wystawić na Twój NIP każdy, także ktoś, od kogo nic nie kupiono."),
        todo=_(
            "Sprawdź, kto w firmie to zamówił i czy towar lub usługa są u Was. Jeśli nikt, nie płać i zgłoś "
            "nadużycie."
        ),
    )


def _urgent(params: Mapping[str, Any]) -> Words:
    return Words(
        observation=_("Pierwsza faktura tego sprzedawcy ma termin płatności %(day)s.")
        % {"day": _day(params["due"])},
        why=_("Pośpiech ma sprawić, że nikt nie sprawdzi. Nowi dostawcy rzadko żądają zapłaty w kilka dni."),
        todo=_("Znajdź zamówienie i osobę, która je złożyła. Bez tego nie płać, choćby termin mijał."),
    )


def _alike(params: Mapping[str, Any]) -> Words:
    return Words(
        observation=_("Sprzedawca nazywa się prawie jak %(name)s (NIP %(nip)s), ale ma inny NIP.")
        % {"name": params["name"], "nip": nip(params["nip"])},
        why=_("Oszuści zakładają firmy o nazwach podobnych do znanych dostawców."),
        todo=_("Porównaj NIP z umową. Jeśli znany dostawca zmienił firmę, potwierdź to u niego."),
    )


def _number(params: Mapping[str, Any]) -> Words:
    return Words(
        observation=_("Ten sprzedawca wystawił już fakturę %(number)s.") % {"number": params["number"]},
        why=_(
            "Ta sama faktura przychodzi czasem dwa razy: w KSeF i pocztą. Łatwo zapłacić za nią podwójnie."
        ),
        todo=_("Otwórz obie i porównaj. Jeśli to ta sama, ukryj jedną."),
    )


def _double(params: Mapping[str, Any]) -> Words:
    return Words(
        observation=_("Ten sprzedawca wystawił w tych dniach fakturę %(number)s na tę samą kwotę.")
        % {"number": params["number"]},
        why=_("To może być druga faktura za to samo."),
        todo=_(
            "Otwórz obie i porównaj pozycje. Jeśli dotyczą tego samego, poproś sprzedawcę o korektę do zera."
        ),
    )


def _amount(params: Mapping[str, Any]) -> Words:
    currency = params["currency"]
    return Words(
        observation=_(
            "Zwykle faktury tego sprzedawcy są od %(low)s do %(high)s (ostatnie: %(count)d). Ta jest wyższa."
        )
        % {
            "low": zl(params["low"], currency),
            "high": zl(params["high"], currency),
            "count": params["count"],
        },
        why=_("Taka kwota może być pomyłką o zero albo cudzą fakturą z Twoim NIP-em."),
        todo=_("Porównaj pozycje z zamówieniem, zanim zapłacisz."),
    )


def _buyer(params: Mapping[str, Any]) -> Words:
    observation = _(
        "KSeF przypisuje tę fakturę Twojej firmie jako nabywcy, ale w dokumencie nie ma jej NIP-u."
    )
    if params.get("nip"):
        observation = _(
            "KSeF przypisuje tę fakturę Twojej firmie jako nabywcy, ale w dokumencie jest NIP %(nip)s."
        ) % {"nip": nip(params["nip"])}
    return Words(
        observation=observation,
        why=_("Z faktury bez NIP-u Twojej firmy nie odliczysz VAT, a może ona być dla kogoś innego."),
        todo=_("Poproś sprzedawcę o korektę albo wyjaśnienie."),
    )


def _not_listed(params: Mapping[str, Any]) -> Words:
    accounts = ", ".join(rachunek(number) for number in params["accounts"])
    return Words(
        observation=_("Dnia %(day)s rachunku %(accounts)s nie było na białej liście przy NIP-ie sprzedawcy.")
        % {"day": _day(params["day"]), "accounts": accounts},
        why=(_("Ta faktura jest na więcej niż 15 000 zł.") + " " if params.get("over") else "")
        + _(
            "Zapłata powyżej 15 000 zł na rachunek spoza wykazu może nie być kosztem podatkowym i grozi "
            "odpowiedzialnością z art. 117ba Ordynacji podatkowej. Na ZAW-NR jest 7 dni."
        ),
        todo=_("Zapytaj sprzedawcę o rachunek z wykazu. Jeśli musisz zapłacić na ten, złóż ZAW-NR."),
    )


def _not_vat(params: Mapping[str, Any]) -> Words:
    status = params.get("status") or _("brak w wykazie")
    return Words(
        observation=_("Dnia %(day)s wykaz podatników VAT mówił o sprzedawcy: %(status)s.")
        % {"day": _day(params["day"]), "status": status},
        why=_(
            "Z faktury kogoś, kto nie jest czynnym podatnikiem VAT, nie odliczysz podatku (art. 88 ust. 3a "
            "ustawy o VAT)."
        ),
        todo=_("Wyjaśnij to ze sprzedawcą, zanim odliczysz VAT i zapłacisz."),
    )


_WRITERS: Final[dict[str, Callable[[Mapping[str, Any]], Words]]] = {
    Code.HIDDEN: _hidden,
    Code.ACCOUNT: _account_changed,
    Code.FIRST: _first,
    Code.URGENT: _urgent,
    Code.ALIKE: _alike,
    Code.NUMBER: _number,
    Code.DOUBLE: _double,
    Code.AMOUNT: _amount,
    Code.BUYER: _buyer,
    Code.NOT_LISTED: _not_listed,
    Code.NOT_VAT: _not_vat,
}
