"""What people type when they prepare an order of transfers."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liczydlo.companies.models import Company
from liczydlo.payments import accounts
from liczydlo.payments.forms import clean_iban
from liczydlo.payments.models import AccountSource, BankAccount, TransferOrder
from liczydlo.payments.models.accounts import grouped
from liczydlo.payments.transfers import titles
from liczydlo.payments.transfers.addresses import STREET, TOWN, Address
from liczydlo.payments.transfers.payees import Account, Party
from liczydlo.payments.transfers.planning import Choice, Item
from liczydlo.payments.transfers.proposals import Proposal
from liczydlo.prints.transfer_code import clean
from liczydlo.web import search, times

OTHER: Final = "other"
ADDRESS: Final = ("street", "postcode", "town", "country")


class DueFilters(forms.Form):
    """The filter row above „Do zapłaty"; everything is optional, and nonsense is said and ignored."""

    q = forms.CharField(label=gettext_lazy("Szukaj"), required=False, max_length=100)
    do = forms.DateField(
        label=gettext_lazy("Płatne do"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    kwota_od = forms.CharField(label=gettext_lazy("Kwota od"), required=False, max_length=30)
    kwota_do = forms.CharField(label=gettext_lazy("do"), required=False, max_length=30)

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query, label_suffix="")
        placeholder = gettext_lazy("sprzedawca, NIP, numer, kwota")
        self.fields["q"].widget.attrs |= {"type": "search", "placeholder": placeholder}
        self.is_valid()

    def clean_kwota_od(self) -> Decimal | None:
        """An amount in any spelling."""
        return _amount(self.cleaned_data["kwota_od"])

    def clean_kwota_do(self) -> Decimal | None:
        """An amount in any spelling."""
        return _amount(self.cleaned_data["kwota_do"])


def _amount(text: str) -> Decimal | None:
    if not text.strip():
        return None
    value = search.amount(text.strip())
    if value is None:
        raise forms.ValidationError(_("To nie jest kwota. Wpisz na przykład 1 234,50."))
    return value


class OrderForm(forms.Form):
    """From which account, when, and how titles are made."""

    account = forms.ModelChoiceField(label=gettext_lazy("Z rachunku"), queryset=BankAccount.objects.none())
    day = forms.DateField(
        label=gettext_lazy("Data realizacji"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    together = forms.BooleanField(
        label=gettext_lazy("Faktury jednego sprzedawcy w jednym przelewie"), required=False
    )
    with_numbers = forms.BooleanField(
        label=gettext_lazy("Numer KSeF w tytule"),
        help_text=gettext_lazy("Obowiązkowy między podatnikami VAT od 1 stycznia 2027 r."),
        required=False,
    )

    def __init__(self, company: Company, currency: str, data: QueryDict | None = None) -> None:
        last = TransferOrder.objects.of(company).first()
        today = times.today()
        numbers = today >= titles.NUMBERS_FROM or bool(last and last.with_numbers)
        own = accounts.of(company).filter(currency=currency)
        initial = {"day": today, "with_numbers": numbers, "account": own.first()}
        super().__init__(data, initial=initial, label_suffix="")
        self.fields["account"].queryset = own  # type: ignore[attr-defined]
        self.fields["account"].empty_label = None  # type: ignore[attr-defined]

    def clean_day(self) -> dt.date:
        """Not a day that has passed."""
        day: dt.date = self.cleaned_data["day"]
        if day < times.today():
            raise forms.ValidationError(_("Bank nie zrealizuje przelewu wstecz. Podaj dzień od dziś."))
        return day


class PaymentForm(forms.Form):
    """How one invoice is paid: how much, to which account, of whom."""

    amount = forms.CharField(label=gettext_lazy("Kwota"), max_length=30)
    account = forms.ChoiceField(label=gettext_lazy("Rachunek"))
    other = forms.CharField(label=gettext_lazy("Inny numer rachunku"), required=False, max_length=60)
    street = forms.CharField(label=gettext_lazy("Ulica i numer"), required=False, max_length=STREET)
    postcode = forms.CharField(label=gettext_lazy("Kod pocztowy"), required=False, max_length=16)
    town = forms.CharField(label=gettext_lazy("Miejscowość"), max_length=TOWN)
    country = forms.CharField(label=gettext_lazy("Kraj"), max_length=2)
    split = forms.BooleanField(label=gettext_lazy("Mechanizm podzielonej płatności"), required=False)

    def __init__(self, proposal: Proposal, data: QueryDict | None = None) -> None:
        self.proposal = proposal
        numbers = [one for one in proposal.payee.accounts if one.iban]
        chosen = proposal.account
        party = proposal.payee.of(chosen)
        initial = {
            "amount": f"{proposal.due:.2f}".replace(".", ","),
            "account": chosen.iban if chosen else OTHER,
            "split": proposal.payee.is_split,
            **{name: getattr(party.address, name) for name in ADDRESS},
        }
        super().__init__(data, initial=initial, prefix=str(proposal.purchase.pk), label_suffix="")
        choices = [(one.iban, self._label(one.iban, one.note, is_factor=one.is_factor)) for one in numbers]
        self.fields["account"].choices = [*choices, (OTHER, _("inny, wpisany poniżej"))]  # type: ignore[attr-defined]
        self.fields["amount"].widget.attrs |= {"inputmode": "decimal"}
        if not numbers:
            self.fields["account"].widget = forms.HiddenInput()
            self.fields["other"].label = _("Rachunek")

    @staticmethod
    def _label(iban: str, note: str, *, is_factor: bool) -> str:
        return " · ".join(filter(None, (grouped(iban), _("faktor") if is_factor else "", note)))

    @property
    def asks_address(self) -> bool:
        """Whether the document leaves the address in doubt, or somebody is correcting it."""
        return not self.initial["town"] or bool({*ADDRESS} & self.errors.keys())

    def clean_amount(self) -> Decimal:
        """No more than is due."""
        value = _amount(self.cleaned_data["amount"])
        if value is None or not 0 < value <= self.proposal.due:
            raise forms.ValidationError(
                _("Kwota musi być większa od zera i nie większa niż to, co jest do zapłaty.")
            )
        return value

    def clean_country(self) -> str:
        """The code of two capital letters."""
        code: str = self.cleaned_data["country"].strip().upper()
        if not re.fullmatch(r"[A-Z]{2}", code):
            raise forms.ValidationError(_("Kraj to dwie litery, na przykład PL."))
        return code

    def clean(self) -> dict[str, Any]:
        """The account chosen, or typed."""
        data = super().clean() or {}
        if data.get("account") == OTHER and "other" in data:
            try:
                data["iban"] = clean_iban(data["other"])
            except forms.ValidationError as error:
                self.add_error("other", error)
        else:
            data["iban"] = data.get("account", "")
        return data

    def _account(self) -> Account | None:
        """The document's account that was chosen; None for one that somebody typed."""
        listed = {one.iban: one for one in reversed(self.proposal.payee.accounts) if one.iban}
        return listed.get(self.cleaned_data["iban"])

    def _address(self, holder: Party) -> Address:
        """As it was typed; the holder's own where it is still the one proposed for another holder."""
        typed = Address(**{name: self.cleaned_data[name] for name in ADDRESS})
        proposed = Address(**{name: self.initial[name] for name in ADDRESS})
        return holder.address if typed == proposed and holder.address.is_complete else typed

    def choice(self) -> Choice:
        """What was decided, once the form is valid."""
        data, account = self.cleaned_data, self._account()
        holder = self.proposal.payee.of(account)
        source = AccountSource.PERSON
        if account is not None:
            source = AccountSource.FACTOR if account.is_factor else AccountSource.DOCUMENT
        entry = self.proposal.entry
        names = (holder.name, entry.seller_name, entry.seller_nip, entry.seller_id)
        return Choice(
            item=Item(
                purchase=self.proposal.purchase,
                amount=data["amount"],
                is_whole=data["amount"] == self.proposal.due,
            ),
            # a file without a name is no file: some documents have none, or one that nothing is left of there
            party=Party(name=next(filter(clean, names), data["iban"]), address=self._address(holder)),
            iban=data["iban"],
            bic=account.bic if account else "",
            source=source,
            is_split=data["split"],
        )
