"""More of a payment: further terms and accounts, part payments, other forms, early payment, links (Platnosc).

The plain fields say the form, the first term and the first account, as far as :func:`first_term` and
:func:`first_account` let them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from liczydlo.fa3.draft import TRANSFER, InvoiceDraft, Payment
from liczydlo.fa3.model import RachunekBankowy, Skonto, TerminOpis, TerminPlatnosci, ZaplataCzesciowa
from liczydlo.sales.sections.base import Part, Section, Typed
from liczydlo.sales.sections.fields import Account, Pattern, Text, amount, day, mark, one_of
from liczydlo.web.fields import Amount, amount_text

LINK = (
    r"(https?)://([a-zA-Z0-9][a-zA-Z0-9-]*\.)+[a-zA-Z]{2,}(:[0-9]{1,5})?(/[^\s?#]*)?\?([^#\s]*&)?"
    r"IPKSeF=[0-9]{3}[a-zA-Z0-9]{10}(&[^#\s]*)?(#.*)?"
)
SWIFT = "[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?"


def first_term(payment: Payment) -> TerminPlatnosci | None:
    """The term that „Termin płatności" shows: none of what is paid, for the field then says nothing."""
    return next(iter(payment.terms), None) if payment.paid is None else None


def first_account(payment: Payment) -> RachunekBankowy | None:
    """The account that „Rachunek bankowy" shows: one to transfer to."""
    return next(iter(payment.accounts), None) if payment.form == TRANSFER else None


class TermForm(forms.Form):
    """A term in words: so many days, weeks … from an event."""

    count = forms.IntegerField(
        label=_("Liczba"), required=False, min_value=0, max_value=999_999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num"}),
    )  # fmt: skip
    unit = Text(_("Jednostka (dni, tygodnie…)"), 50)
    event = Text(_("Od czego się liczy"))

    def clean(self) -> dict[str, Any]:
        """All three or none."""
        values = super().clean() or self.cleaned_data
        filled = [name for name in ("count", "unit", "event") if values.get(name) is not None]
        if filled and len(filled) < 3 and not {"count", "unit", "event"} & set(self.errors):
            empty_field = next(name for name in ("count", "unit", "event") if name not in filled)
            self.add_error(
                empty_field, _("Opis terminu ma liczbę, jednostkę i zdarzenie, od którego się liczy.")
            )
        return values


class FurtherTermForm(TermForm):
    """A further term, by its day, in words or both."""

    day = day(_("Termin płatności"))
    field_order = ("day", "count", "unit", "event")


class AccountDetailsForm(forms.Form):
    """What is said of an account besides its number."""

    swift = Pattern("SWIFT", SWIFT, _("SWIFT ma 8 albo 11 wielkich liter i cyfr."), 11)
    bank = Text(_("Nazwa banku"))
    own = one_of("RachunekWlasnyBanku", _("Rachunek własny banku"))
    description = Text(_("Opis rachunku"))


class FurtherAccountForm(AccountDetailsForm):
    """An account."""

    number = Account(required=True)
    field_order = ("number", "swift", "bank", "own", "description")


class PartForm(forms.Form):
    """A payment of a part that was made already."""

    amount: Amount = amount(_("Kwota"), required=True)
    day = day(_("Data zapłaty"), required=True)
    form = one_of("FormaPlatnosci", _("Forma płatności"))
    other_form = Text(_("Inna forma (opis)"))

    def clean(self) -> dict[str, Any]:
        """One form of payment."""
        values = super().clean() or self.cleaned_data
        if values.get("form") and values.get("other_form"):
            self.add_error("other_form", _("Wybierz formę z listy albo opisz inną."))
        return values


class PaymentForm(TermForm, AccountDetailsForm):
    """What there is one of; the description of the first term and of the first account too."""

    paid_on = day(_("Zapłacono w innym dniu"))
    other_form = Text(
        _("Zapłata inaczej (opis)"), help_text=_("Zastępuje formę wybraną wyżej, np. kompensata.")
    )
    unsaid = mark(_("Bez formy płatności na fakturze"))
    settled = mark(_("Zapłacono całość w częściach"))
    early_terms = Text(_("Skonto: warunki"), help_text=_("Na przykład: zapłata w ciągu 7 dni."))
    early_amount = Text(_("Skonto: wysokość"), help_text=_("Na przykład: 2%."))
    ipksef = Pattern("IPKSeF", "[0-9]{3}[a-zA-Z0-9]{10}", _("IPKSeF to 3 cyfry i 10 cyfr albo liter."), 13)
    link = Pattern(
        _("Link do płatności"), LINK, _("Link zaczyna się od https:// i zawiera parametr IPKSeF."), 512
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """What goes together or excludes each other."""
        values = super().clean() or self.cleaned_data
        if not {"early_terms", "early_amount"} & set(self.errors) and (values.get("early_terms") is None) != (
            values.get("early_amount") is None
        ):
            empty_field = "early_terms" if values.get("early_terms") is None else "early_amount"
            self.add_error(empty_field, _("Skonto ma warunki i wysokość."))
        if values.get("unsaid") and values.get("other_form"):
            self.add_error("other_form", _("Faktura bez formy płatności nie ma też jej opisu."))
        return values


class Payments(Section):
    """More of the payment."""

    name = "payment"
    title = _("Więcej o płatności: terminy, rachunki, faktor, zapłaty częściowe, skonto")
    place = "payment"
    form = PaymentForm
    rows: ClassVar = {
        "terms": FurtherTermForm,
        "accounts": FurtherAccountForm,
        "factor": FurtherAccountForm,
        "parts": PartForm,
    }

    def initial(self, draft: InvoiceDraft) -> dict[str, Any]:
        payment = draft.payment or Payment(form=None)
        term, account = first_term(payment), first_account(payment)
        return {
            **(_of_term(term) if term is not None else {}),
            **(_of_account(account) if account is not None else {}),
            "paid_on": payment.paid if payment.paid != draft.issue_date else None,
            "other_form": payment.other_form,
            "unsaid": payment.form is None and payment.other_form is None,
            "settled": payment.settled_in_parts,
            "early_terms": payment.early.warunki_skonta if payment.early is not None else None,
            "early_amount": payment.early.wysokosc_skonta if payment.early is not None else None,
            "ipksef": payment.ipksef,
            "link": payment.link,
            "terms": [_of_term(one) for one in payment.terms[1 if term is not None else 0 :]],
            "accounts": [_of_account(one) for one in payment.accounts[1 if account is not None else 0 :]],
            "factor": [_of_account(one) for one in payment.factor_accounts],
            "parts": [
                {
                    "amount": amount_text(one.kwota_zaplaty_czesciowej),
                    "day": one.data_zaplaty_czesciowej,
                    "form": one.forma_platnosci,
                    "other_form": one.opis_platnosci,
                }
                for one in payment.parts
            ],
        }

    def check(self, part: Part) -> None:
        """Paid in full excludes paid in parts, and the parts that make the whole are there."""
        typed = part.form.cleaned_data
        parts = part.rows["parts"].typed
        if (typed["paid_on"] or part.plain.get("paid")) and parts:
            part.form.add_error(
                "paid_on", _("Zapłata w całości jednego dnia albo zapłaty częściowe, nie jedno i drugie.")
            )
        if typed["settled"] and not parts:
            part.form.add_error("settled", _("Dodaj zapłaty częściowe, które złożyły się na całość."))

    def applied(self, draft: InvoiceDraft, typed: Typed) -> InvoiceDraft:
        plain = draft.payment or Payment(form=None)
        paid, form = typed["paid_on"] or plain.paid, plain.form
        if typed["other_form"] or typed["unsaid"]:
            form = None
        payment = replace(
            plain,
            paid=paid,
            parts=tuple(map(_part, typed["parts"])),
            settled_in_parts=typed["settled"],
            terms=(*_first(plain.terms, typed, paid), *(_term(one, one["day"]) for one in typed["terms"])),
            form=form,
            other_form=typed["other_form"],
            accounts=(
                *((_account(typed, one.nr_rb) for one in plain.accounts) if form == TRANSFER else ()),
                *(_account(one, one["number"]) for one in typed["accounts"]),
            ),
            factor_accounts=tuple(_account(one, one["number"]) for one in typed["factor"]),
            early=Skonto(warunki_skonta=typed["early_terms"], wysokosc_skonta=typed["early_amount"])
            if typed["early_terms"]
            else None,
            link=typed["link"],
            ipksef=typed["ipksef"],
        )
        return replace(draft, payment=payment if payment != Payment(form=None) else None)


def _first(plain: Sequence[TerminPlatnosci], typed: Typed, paid: object) -> tuple[TerminPlatnosci, ...]:
    """The plain field's term with its description; what is paid has none."""
    if paid is not None:
        return ()
    term = _term(typed, next((one.termin for one in plain), None))
    return (term,) if term != TerminPlatnosci() else ()


def _term(typed: Typed, on: Any) -> TerminPlatnosci:
    description = None
    if typed["event"] is not None:
        description = TerminOpis(
            ilosc=typed["count"], jednostka=typed["unit"], zdarzenie_poczatkowe=typed["event"]
        )
    return TerminPlatnosci(termin=on, termin_opis=description)


def _of_term(term: TerminPlatnosci) -> dict[str, Any]:
    description = term.termin_opis
    return {
        "day": term.termin,
        "count": description.ilosc if description is not None else None,
        "unit": description.jednostka if description is not None else None,
        "event": description.zdarzenie_poczatkowe if description is not None else None,
    }


def _account(typed: Typed, number: str) -> RachunekBankowy:
    return RachunekBankowy(
        nr_rb=number,
        swift=typed["swift"],
        rachunek_wlasny_banku=typed["own"],
        nazwa_banku=typed["bank"],
        opis_rachunku=typed["description"],
    )


def _of_account(account: RachunekBankowy) -> dict[str, Any]:
    return {
        "number": account.nr_rb,
        "swift": account.swift,
        "own": account.rachunek_wlasny_banku,
        "bank": account.nazwa_banku,
        "description": account.opis_rachunku,
    }


def _part(typed: Typed) -> ZaplataCzesciowa:
    other = typed["other_form"]
    return ZaplataCzesciowa(
        kwota_zaplaty_czesciowej=typed["amount"],
        data_zaplaty_czesciowej=typed["day"],
        forma_platnosci=typed["form"],
        platnosc_inna=1 if other is not None else None,
        opis_platnosci=other,
    )
