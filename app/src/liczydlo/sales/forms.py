"""The form of a new invoice: it checks what a person typed; ``composing`` makes the XML of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.contacts.buyers import BuyerForm, RecipientForm
from liczydlo.documents.choices import BUYER_KINDS, CURRENCIES, payments
from liczydlo.fa3.identifiers import IdentifierError, bare_nip, parse_account
from liczydlo.sales import numbering
from liczydlo.sales.sections import SectionsForm
from liczydlo.sales.vat_forms import VatForm
from liczydlo.web import texts, times
from liczydlo.web.fields import Amount, InvoiceDay
from liczydlo.web.texts import VisibleTexts

NUMBER_TAKEN = "taken"
"""The code of a number that another invoice has."""


class HeadForm(VisibleTexts):
    """What any document of the editor has besides its lines; who it is for is told apart by the number it has.

    ``unpicked`` are fields that a contractor taken from the list does not fill."""

    unpicked: ClassVar[Collection[str]] = ()

    number = forms.CharField(label=_("Numer faktury"), max_length=256)
    issue_date = InvoiceDay(label=_("Data wystawienia"))
    buyer_name = forms.CharField(label=_("Nazwa albo imię i nazwisko"), max_length=512)
    buyer_line1 = forms.CharField(label=_("Ulica i numer"), required=False, max_length=512)
    buyer_line2 = forms.CharField(label=_("Kod pocztowy i miejscowość"), required=False, max_length=512)

    payment = forms.TypedChoiceField(label=_("Forma płatności"), choices=payments, coerce=int, initial=6)
    due_date = InvoiceDay(label=_("Termin płatności"), required=False)
    account = forms.CharField(label=_("Rachunek bankowy"), required=False, max_length=60)
    exemption = forms.CharField(
        label=_("Podstawa zwolnienia z VAT"), required=False, max_length=256,
        help_text=_("Na przykład: art. 113 ust. 1 ustawy o VAT."),
    )  # fmt: skip
    remarks = forms.CharField(
        label=_("Uwagi"), required=False, max_length=3500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self,
        *args: Any,
        company: Company,
        draft_id: int | None = None,
        today: dt.date | None = None,
        seller: str = "",
        **options: Any,
    ) -> None:
        """``draft_id`` is the draft being mended, whose own number does not count as taken; ``seller`` is a supplier's
        NIP where it is numbered among that one's (``numbering``)."""
        super().__init__(*args, **options)
        self.seller = seller
        self.company, self.draft_id, self.today = company, draft_id, today or times.today()

    def clean_number(self) -> str:
        """Not one that is on the list already."""
        number = str(self.cleaned_data["number"]).strip()
        if numbering.is_taken(self.company, number, but=self.draft_id, seller=self.seller):
            raise ValidationError(_("Faktura o tym numerze jest już w programie."), code=NUMBER_TAKEN)
        texts.check(number, is_name=False)
        return number

    def clean_issue_date(self) -> dt.date:
        """Not a day to come: KSeF refuses it."""
        day: dt.date = self.cleaned_data["issue_date"]
        if day > self.today:
            raise ValidationError(_("Data wystawienia nie może być późniejsza niż dzisiejsza."))
        return day

    def clean_remarks(self) -> str:
        """Lines end as XML ends them."""
        return str(self.cleaned_data["remarks"]).replace("\r\n", "\n")

    def clean_account(self) -> str:
        """Without spaces and dashes; FA(3) takes 10 to 34 characters."""
        try:
            return parse_account(self.cleaned_data["account"]) if self.cleaned_data["account"] else ""
        except IdentifierError as error:
            raise ValidationError(_("Numer rachunku ma od 10 do 34 cyfr i liter.")) from error


class InvoiceForm(SectionsForm, BuyerForm, RecipientForm, VatForm, HeadForm):
    """A new invoice without its lines."""

    sale_date = InvoiceDay(
        label=_("Data sprzedaży"),
        required=False,
        help_text=_("Gdy jest inna niż data wystawienia."),
    )
    currency = forms.ChoiceField(label=_("Waluta"), choices=CURRENCIES, initial="PLN")
    exchange_rate = Amount(
        label=_("Kurs waluty (PLN)"),
        required=False,
        max_digits=14,
        decimal_places=6,
        min_value=Decimal("0.000001"),
        widget=forms.TextInput(
            attrs={
                "inputmode": "decimal",
                "class": "num",
                "autocomplete": "off",
                "aria-describedby": "id_exchange_rate_error exchange-note",
            }
        ),
    )
    exchange_table = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    """The table of NBP that ``exchange_rate`` is of, where the program has filled it in (``exchange.Stated``)."""

    paid = forms.BooleanField(label=_("Zapłacono w dniu wystawienia"), required=False)
    split_payment = forms.BooleanField(label=_("Mechanizm podzielonej płatności"), required=False)

    def clean(self) -> dict[str, Any]:
        """What depends on the kind of buyer and on the currency."""
        values = super().clean()
        if values.get("currency") != "PLN":
            self._require(values, "exchange_rate")
        return values


class SmallForm(InvoiceForm):
    """An invoice of a small amount, which the law names in two currencies (art. 106e ust. 5 pkt 3)."""

    currency = forms.ChoiceField(label=_("Waluta"), choices=[("PLN", "PLN"), ("EUR", "EUR")], initial="PLN")


class SimplifiedForm(SmallForm):
    """A simplified invoice: the buyer's NIP is enough of him."""

    buyer_kind = forms.ChoiceField(
        label=_("Nabywca"), choices=BUYER_KINDS[:1], initial="nip", widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["buyer_name"].required = False

    def _require(self, values: dict[str, Any], *names: str) -> None:
        super()._require(values, *(name for name in names if name != "buyer_line1"))


class AdvanceForm(InvoiceForm):
    """An advance: how much was paid, and when. FA(3) has net prices alone in an order."""

    prices = margin = period_begins = period_ends = None  # type: ignore[assignment]  # Django's way of leaving a field out

    advance = Amount(
        label=_("Kwota zaliczki brutto"), max_digits=16, decimal_places=2, min_value=Decimal("0.01"),
        help_text=_("Tyle, ile wpłynęło. Program podzieli ją na stawki VAT w proporcji do zamówienia."),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["sale_date"].label = _("Data otrzymania zapłaty")
        self.fields["paid"].label = _("Zapłacono")


class SettlementForm(InvoiceForm):
    """A settlement: which advances it takes off."""

    advances = forms.MultipleChoiceField(
        label=_("Zaliczki do odliczenia"), widget=forms.CheckboxSelectMultiple, choices=()
    )

    def __init__(self, *args: Any, advances: Sequence[tuple[int, str]] = (), **options: Any) -> None:
        """``advances``: ids and what to call them."""
        super().__init__(*args, **options)
        self.fields["advances"].choices = advances  # type: ignore[attr-defined]


class Supplier(forms.Form):
    """Makes any form of an invoice one that the company issues in a supplier's name (art. 106d ustawy o VAT): the
    fields of the other party say who the supplier is. The recipient and the marks of a unit are the company's own."""

    unpicked: ClassVar[Collection[str]] = tuple(RecipientForm.base_fields)
    company: Company

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["buyer_nip"].label = _("NIP dostawcy")
        self.fields["account"].label = _("Rachunek bankowy dostawcy")
        self.fields["number"].help_text = _("Numer w numeracji dostawcy, w Twojej serii samofaktur.")
        if self.is_bound:
            self.seller = bare_nip(str(self.data.get("buyer_nip", "")))

    def clean(self) -> dict[str, Any]:
        """The supplier is another firm."""
        values = super().clean() or self.cleaned_data
        if values.get("buyer_nip") == self.company.nip:
            self.add_error(
                "buyer_nip",
                _("Dostawcą nie może być Twoja firma: w samofakturowaniu jest nabywcą. Podaj NIP dostawcy."),
            )
        return values


class TaxpayingSupplier(Supplier):
    """As :class:`Supplier`, of a new invoice: a taxpayer with a NIP, for FA(3) knows no other seller."""

    buyer_kind = forms.ChoiceField(
        label=_("Dostawca"), choices=BUYER_KINDS[:1], initial="nip", widget=forms.RadioSelect
    )


class SelfBilledForm(TaxpayingSupplier, InvoiceForm):
    """An ordinary one in a supplier's name."""


class SelfBilledSimplifiedForm(TaxpayingSupplier, SmallForm):
    """A simplified one; who the supplier is must be said whole."""


class SelfBilledAdvanceForm(TaxpayingSupplier, AdvanceForm):
    """An advance that was paid to a supplier."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["advance"].help_text = _(
            "Tyle, ile otrzymał dostawca. Program podzieli ją na stawki VAT w proporcji do zamówienia."
        )


class SelfBilledSettlementForm(TaxpayingSupplier, SettlementForm):
    """The settlement of an order from a supplier."""
