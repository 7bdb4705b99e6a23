"""The rate of exchange in the editor: filled in where a person has typed none, with words beside the field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from liczydlo.companies.models import Company
from liczydlo.fa3.totals import PLN
from liczydlo.lookups import rates, services
from liczydlo.lookups.models import Service
from liczydlo.public_services.nbp import FIRST
from liczydlo.sales import exchange
from liczydlo.sales.exchange import Basis, Stated
from liczydlo.sales.forms import HeadForm
from liczydlo.web.fields import amount_text
from liczydlo.web.templatetags.liczydlo import data, liczba

EVENTS: Final[Mapping[str, str | Promise]] = {
    "issue": gettext_lazy("datą wystawienia"),
    "sale": gettext_lazy("datą sprzedaży"),
    "payment": gettext_lazy("datą otrzymania zapłaty"),
    "wdt-term": gettext_lazy("15. dniem miesiąca po dostawie (WDT)"),
}
AWAY: Final = gettext_lazy(
    "NBP teraz nie odpowiada. Wpisz kurs średni z %(day)s (tabela A) albo spróbuj za kilka minut."
)
WORDS: Final[Mapping[str, str | Promise]] = {
    "filled": gettext_lazy(
        "Kurs NBP z %(day)s, tabela nr %(number)s: ostatni dzień roboczy przed %(event)s. Numer i data tabeli będą na"
        " fakturze."
    ),
    "typed": gettext_lazy("Wpisany ręcznie: program go nie zmieni."),
    "compared": gettext_lazy(
        "Wpisany ręcznie: program go nie zmieni. Kurs NBP z %(day)s to %(mid)s (tabela nr %(number)s); wyczyść pole, a"
        " program go wpisze."
    ),
    "empty": gettext_lazy(
        "Zostaw puste, a program wpisze kurs NBP z %(day)s: ostatni dzień roboczy przed %(event)s."
    ),
    "off": gettext_lazy(
        "Wpisz kurs średni NBP z %(day)s (tabela A). Program zrobi to sam, gdy właściciel albo księgowość włączy"
        " „Kursy walut NBP” w „Dane i ustawienia”, „Usługi zewnętrzne”."
    ),
    "none": gettext_lazy("NBP nie ma kursu %(currency)s z %(day)s. Wpisz kurs ręcznie."),
    "no-day": gettext_lazy("Podaj datę wystawienia: od niej zależy, z którego dnia jest kurs."),
}
"""What stands beside the field, by ``Look.code``; any other code is a failure's."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """The rate of a form. ``code`` is a key of ``WORDS`` or why NBP did not answer; none for an invoice in złoty.

    ``values`` are the two fields as they should be, where they should be other than they are.
    """

    code: str = ""
    currency: str = ""
    basis: Basis | None = None
    is_advance: bool = False
    stated: Stated | None = None
    values: Mapping[str, str] | None = None

    @property
    def words(self) -> str:
        """What stands beside the field."""
        if not self.code:
            return ""
        one, params = self.stated, {"currency": self.currency}
        if self.basis is not None:
            event = "payment" if self.is_advance and self.basis.event == "sale" else self.basis.event
            params |= {"day": data(self.basis.rate_day), "event": str(EVENTS[event])}
        if one is not None:
            params |= {"day": data(one.day), "number": one.number, "mid": liczba(one.rate)}
        return str(WORDS.get(self.code, AWAY)) % params

    @property
    def asks(self) -> bool:
        """Whether the page is to ask at once: a rate is missing and may be had."""
        return self.code == "empty"


def look_of(company: Company, form: HeadForm, lines: Any) -> Look:
    """The rate as the form has it; nobody is asked."""
    look = _begin(form, lines)
    if look.code != "empty" or services.is_on(company, Service.NBP):
        return look
    return replace(look, code="off")


def look(company: Company, form: HeadForm, lines: Any, *, compares: bool = False) -> Look:
    """The rate as it should be: NBP is asked where the program has to fill it in.

    A rate that a person has typed stays; with ``compares`` it is shown beside NBP's.
    """
    state = _begin(form, lines)
    if state.basis is None or (state.code != "empty" and not (state.code == "typed" and compares)):
        return state
    quote = rates.rate_before(company, state.currency, state.basis.day)
    if quote.rate is None:
        return state if state.code == "typed" else replace(state, code=quote.code)
    one = exchange.stated(quote.rate)
    if state.code == "typed":
        return replace(state, code="compared", stated=one)
    return replace(state, code="filled", stated=one, values=_values(one))


def _begin(form: HeadForm, lines: Any) -> Look:
    """What the fields say by themselves: „filled", „typed", „empty" or „no-day". What the program has filled in for
    another day or another currency counts as empty."""
    if "exchange_rate" not in form.fields:
        return Look()
    currency = str(form["currency"].value() or PLN)
    if currency not in {code for code, _ in form.fields["currency"].choices}:  # type: ignore[attr-defined]  # a ChoiceField
        return Look()
    typed = str(form["exchange_rate"].value() or "").strip()
    one = exchange.parse(str(form["exchange_table"].value() or ""))
    is_ours = one is not None and _amount(form, typed) == one.rate
    if currency == PLN:
        return Look(values=_values(None) if is_ours else None)
    basis = _basis(form, lines)
    look = Look(currency=currency, basis=basis, is_advance="advance" in form.fields)
    if typed and not is_ours:
        return replace(look, code="typed", values={"exchange_table": ""} if one is not None else None)
    if basis is None:
        return replace(look, code="no-day", values=_values(None))
    if is_ours and one is not None and (one.currency, one.day) == (currency, basis.rate_day):
        return replace(look, code="filled", stated=one)
    return replace(look, code="empty", values=_values(None))


def _values(stated: Stated | None) -> Mapping[str, str]:
    if stated is None:
        return {"exchange_rate": "", "exchange_table": ""}
    return {"exchange_rate": amount_text(stated.rate), "exchange_table": str(stated)}


def _basis(form: HeadForm, lines: Any) -> Basis | None:
    issued, sold, ends = (_day(form, name) for name in ("issue_date", "sale_date", "period_ends"))
    if issued is None:
        return None
    rates = [str(one["rate"].value() or "") for one in lines.forms if one["name"].value()]
    return exchange.basis(issued, sold or ends, rates)


def _day(form: HeadForm, name: str) -> dt.date | None:
    """A typed day that NBP may have a table before."""
    if name not in form.fields:
        return None
    try:
        day: dt.date | None = form.fields[name].clean(form[name].value() or None)
    except ValidationError:
        return None
    return day if day is not None and day > FIRST else None


def _amount(form: HeadForm, typed: str) -> Decimal | None:
    try:
        amount: Decimal | None = form.fields["exchange_rate"].to_python(typed)
    except ValidationError:
        return None
    return amount
