"""What people type of a cost outside KSeF."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liczydlo.documents.models import OTHER
from liczydlo.fa3.identifiers import IdentifierError, bare, parse_account, parse_nip, parse_vat_ue
from liczydlo.purchases.forms import category_field, concerns_field, note_field
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.web import search, times
from liczydlo.web.files import printable

POLAND: Final = "PL"
EARLIEST: Final = dt.date(2000, 1, 1)
LATEST_DUE: Final = dt.timedelta(days=3660)
KINDS: Final = (
    ("VAT", gettext_lazy("Faktura")),
    ("KOR", gettext_lazy("Faktura korygująca")),
    (OTHER, gettext_lazy("Inny dokument: paragon, bilet, polisa")),
)
PREFIXES: Final = {"GR": "EL"}
"""Countries of the Union whose VAT prefix is not their own code; the others of ``UNION`` are alike."""
UNION: Final = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


class Amount(forms.CharField):
    """An amount in any spelling, two decimal places; None where nothing is typed."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **more)

    def clean(self, value: Any) -> Any:
        """Raises ValidationError."""
        text = super().clean(value)
        amount = search.amount(text) if text else None
        if text and amount is None:
            raise ValidationError(_("To nie jest kwota. Wpisz na przykład 1 234,50."))
        return amount


class OutsideForm(forms.Form):
    """What people type of a cost that KSeF does not have: seller, amounts, days, account."""

    kind = forms.ChoiceField(label=gettext_lazy("Rodzaj dokumentu"), choices=KINDS, initial="VAT")
    seller_name = forms.CharField(label=gettext_lazy("Sprzedawca"), max_length=512)
    country = forms.CharField(
        label=gettext_lazy("Kraj sprzedawcy"),
        max_length=2,
        initial=POLAND,
        help_text=gettext_lazy("Dwie litery, na przykład PL, DE, US."),
    )
    tax_id = forms.CharField(
        label=gettext_lazy("NIP albo numer VAT sprzedawcy"),
        required=False,
        max_length=50,
        help_text=gettext_lazy("Bez niego program nie rozpozna, że ta sama faktura przyszła później z KSeF."),
    )
    number = forms.CharField(label=gettext_lazy("Numer dokumentu"), max_length=256)
    issue_date = _day(gettext_lazy("Data wystawienia"))
    received_on = _day(gettext_lazy("Data otrzymania"))
    currency = forms.CharField(label=gettext_lazy("Waluta"), max_length=3, initial="PLN")
    net = Amount(label=gettext_lazy("Netto"), required=False)
    vat = Amount(label=gettext_lazy("VAT"), required=False)
    gross = Amount(
        label=gettext_lazy("Brutto"),
        required=False,
        help_text=gettext_lazy("Wystarczą dwie z trzech kwot. Korekta w dół ma kwoty ujemne."),
    )
    vat_pln = Amount(
        label=gettext_lazy("VAT w złotych"),
        required=False,
        help_text=gettext_lazy("Tylko w innej walucie, gdy dokument podaje polski VAT."),
    )
    payment_due = _day(gettext_lazy("Termin płatności"), required=False)
    account = forms.CharField(label=gettext_lazy("Rachunek sprzedawcy"), required=False, max_length=60)
    category = category_field()
    concerns = concerns_field()
    note = note_field()
    groups = (
        (gettext_lazy("Dokument"), ("kind", "number", "issue_date", "received_on")),
        (gettext_lazy("Sprzedawca"), ("seller_name", "country", "tax_id")),
        (gettext_lazy("Kwoty"), ("net", "vat", "gross", "currency", "vat_pln")),
        (gettext_lazy("Zapłata i opis"), ("payment_due", "account", "category", "concerns", "note")),
    )

    def sets(self) -> Iterable[tuple[Any, list[forms.BoundField]]]:
        """The fields in their groups, for the page."""
        for legend, names in self.groups:
            fields = [self[name] for name in names if name in self.fields]
            if fields:
                yield legend, fields

    def clean_seller_name(self) -> str:
        """Without what is not seen. Raises ValidationError."""
        return self._seen("seller_name")

    def clean_number(self) -> str:
        """Without what is not seen. Raises ValidationError."""
        return self._seen("number")

    def _seen(self, name: str) -> str:
        text = printable(self.cleaned_data[name])
        if not any(one.isalnum() for one in text):
            raise ValidationError(_("Wpisz litery lub cyfry."))
        return text

    def clean_country(self) -> str:
        """Two capital letters. Raises ValidationError."""
        return self._letters("country", 2, _("Kod kraju to dwie litery, na przykład PL."))

    def clean_currency(self) -> str:
        """Three capital letters. Raises ValidationError."""
        return self._letters("currency", 3, _("Kod waluty to trzy litery, na przykład PLN."))

    def _letters(self, name: str, count: int, words: str) -> str:
        text = str(self.cleaned_data[name]).strip().upper()
        if len(text) != count or not (text.isascii() and text.isalpha()):
            raise ValidationError(words)
        return text

    def clean_issue_date(self) -> dt.date:
        """Not a day to come. Raises ValidationError."""
        return self._past("issue_date")

    def clean_received_on(self) -> dt.date:
        """Not a day to come. Raises ValidationError."""
        return self._past("received_on")

    def _past(self, name: str) -> dt.date:
        day: dt.date = self.cleaned_data[name]
        if day > times.today():
            raise ValidationError(_("Ta data nie może być z przyszłości."))
        if day < EARLIEST:
            raise ValidationError(_("Ta data jest za dawna. Sprawdź rok."))
        return day

    def clean_payment_due(self) -> dt.date | None:
        """Within ten years. Raises ValidationError."""
        day: dt.date | None = self.cleaned_data["payment_due"]
        if day and not EARLIEST <= day <= times.today() + LATEST_DUE:
            raise ValidationError(_("Sprawdź rok tej daty."))
        return day

    def clean_account(self) -> str:
        """Without spaces and dashes. Raises ValidationError."""
        text = self.cleaned_data["account"]
        try:
            return parse_account(text) if text else ""
        except IdentifierError as error:
            raise ValidationError(_("Numer rachunku ma od 10 do 34 cyfr i liter.")) from error

    def clean(self) -> dict[str, Any]:
        """The seller's number by the country, and amounts that agree."""
        values = super().clean() or self.cleaned_data
        if "country" in values and "tax_id" in values:
            self._identify(values)
        if not {"net", "vat", "gross", "currency", "vat_pln"} & self.errors.keys():
            self._sum(values)
        return values

    def _identify(self, values: dict[str, Any]) -> None:
        text, country = values["tax_id"], values["country"]
        values["seller_nip"], values["seller_id"] = "", "" if country == POLAND else country
        if not text.strip():
            return
        try:
            if country == POLAND:
                values["seller_nip"] = parse_nip(text)
            elif country in UNION:
                prefix = PREFIXES.get(country, country)
                values["seller_id"] = f"{prefix}{parse_vat_ue(text, prefix)}"
            else:
                values["seller_id"] = f"{country}{bare(text).removeprefix(country)}"[:60]
        except IdentifierError:
            self.add_error(
                "tax_id",
                _("Ten NIP jest błędny. Sprawdź cyfry albo zostaw pole puste.")
                if country == POLAND
                else _("Ten numer VAT jest błędny. Sprawdź go i kraj albo zostaw pole puste."),
            )

    def _sum(self, values: dict[str, Any]) -> None:
        net, vat, gross = values["net"], values["vat"], values["gross"]
        if sum(one is None for one in (net, vat, gross)) > 1:
            # nothing but the gross amount: a receipt from which no VAT is taken
            if gross is None or vat is not None:
                self.add_error("gross", _("Wpisz kwotę brutto albo netto i VAT."))
                return
            net, vat = gross, Decimal(0)
        net = gross - vat if net is None else net
        vat = gross - net if vat is None else vat
        gross = net + vat if gross is None else gross
        if net + vat != gross:
            self.add_error("gross", _("Netto i VAT nie dają brutto. Popraw jedną z kwot."))
        elif net * vat < 0 or abs(gross) >= search.GREATEST:
            self.add_error("gross", _("Sprawdź kwoty: netto i VAT mają ten sam znak."))
        elif not gross:
            self.add_error("gross", _("Kwota nie może być zerem."))
        values |= {"net": net, "gross": gross}
        values["vat"] = vat if values["currency"] == "PLN" else values["vat_pln"]


def values_of(row: ReceivedInvoice) -> dict[str, Any]:
    """What the form shows of a cost that is here."""
    entry = row.entry
    return {
        "kind": entry.kind,
        "seller_name": entry.seller_name,
        **dict(zip(("country", "tax_id"), _seller(row), strict=True)),
        "number": entry.number,
        "issue_date": entry.issue_date,
        "received_on": timezone.localdate(entry.acquired_at) if entry.acquired_at else None,
        "currency": entry.currency,
        "net": _shown(entry.net),
        "vat": _shown(entry.gross - entry.net) if entry.net is not None else "",
        "gross": _shown(entry.gross),
        "vat_pln": _shown(entry.vat) if entry.currency != "PLN" else "",
        "payment_due": entry.payment_due,
        "account": row.account,
    }


def _seller(row: ReceivedInvoice) -> tuple[str, str]:
    entry = row.entry
    if not entry.seller_id:
        return POLAND, entry.seller_nip
    prefix, number = entry.seller_id[:2], entry.seller_id[2:]
    countries = {used: own for own, used in PREFIXES.items()}
    return countries.get(prefix, prefix), number


def _shown(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}".replace(".", ",")
