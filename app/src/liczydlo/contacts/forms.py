"""What people type about contractors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liczydlo.contacts.buyers import BuyerForm, parse_recipient
from liczydlo.contacts.contractors import MOST_DAYS
from liczydlo.contacts.models import INVOICE_LETTERS, LANGUAGES, Address, Contractor, Recipient
from liczydlo.documents.choices import CURRENCIES, GTU, RATES, payments
from liczydlo.web.fields import Amount
from liczydlo.web.texts import VisibleTexts


def payment_choices() -> list[tuple[int | str, str]]:
    """Forms of payment, or none of them as a default."""
    return [("", "—"), *payments()]


class ContractorForm(BuyerForm, VisibleTexts):
    """A contractor with the default address; fields of the buyer are called as those of an invoice."""

    buyer_name = forms.CharField(label=_("Nazwa albo imię i nazwisko"), max_length=512)
    buyer_line1 = forms.CharField(label=_("Ulica i numer"), required=False, max_length=512)
    buyer_line2 = forms.CharField(label=_("Kod pocztowy i miejscowość"), required=False, max_length=512)
    email = forms.EmailField(label=_("E-mail do faktur"), required=False)
    payment_days = forms.IntegerField(
        label=_("Termin płatności (dni)"), required=False, min_value=0, max_value=MOST_DAYS
    )
    payment_form = forms.TypedChoiceField(
        label=_("Forma płatności"), required=False, choices=payment_choices, coerce=int, empty_value=None
    )
    currency = forms.ChoiceField(label=_("Waluta"), required=False, choices=[("", "—"), *CURRENCIES])
    language = forms.ChoiceField(label=_("Język wydruków"), required=False, choices=[("", "—"), *LANGUAGES])
    invoice_letters = forms.ChoiceField(
        label=_("Wysyłać faktury e-mailem same"), required=False, choices=INVOICE_LETTERS
    )
    local_authority = forms.BooleanField(
        label=_("Jednostka podrzędna samorządu terytorialnego (JST)"), required=False
    )
    no_reminders = forms.BooleanField(label=_("Bez przypomnień o płatności"), required=False)
    vat_group = forms.BooleanField(label=_("Członek grupy VAT (GV)"), required=False)
    note = forms.CharField(
        label=_("Notatka"),
        help_text=_("Tylko dla Twojej firmy, nie trafia na faktury."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["buyer_kind"].label = _("Kontrahent")
        self.fields["buyer_nip"].label = _("NIP")

    def columns(self) -> dict[str, Any]:
        """What was typed, as columns of a contractor and of the default address."""
        typed = self.cleaned_data
        country, number = "", ""
        match typed["buyer_kind"]:
            case "nip":
                number = typed["buyer_nip"]
            case "eu":
                country, number = typed["buyer_eu_country"], typed["buyer_tax_number"]
            case "abroad":
                country, number = typed["buyer_country"].upper(), typed["buyer_tax_number"]
        rest = ("email", "payment_days", "payment_form", "currency", "language", "invoice_letters", "note")
        return {
            "kind": typed["buyer_kind"],
            "country": country,
            "number": number,
            "name": typed["buyer_name"],
            "line1": typed["buyer_line1"],
            "line2": typed["buyer_line2"],
            "local_authority": typed["local_authority"],
            "vat_group": typed["vat_group"],
            "no_reminders": typed["no_reminders"],
            **{name: typed[name] for name in rest},
        }


def initial_of(contractor: Contractor, address: Address | None) -> dict[str, Any]:
    """What the form shows of a contractor."""
    same = (
        "email",
        "payment_days",
        "payment_form",
        "currency",
        "language",
        "invoice_letters",
        "note",
        "version",
    )
    return {
        **buyer_of(contractor, address),
        "local_authority": contractor.local_authority,
        "vat_group": contractor.vat_group,
        "no_reminders": contractor.no_reminders,
        **{name: getattr(contractor, name) for name in same},
    }


def buyer_of(contractor: Contractor, address: Address | None) -> dict[str, Any]:
    """A contractor in the fields of a buyer."""
    kind = contractor.kind
    return {
        "buyer_kind": kind,
        "buyer_nip": contractor.number if kind == "nip" else "",
        "buyer_eu_country": contractor.country if kind == "eu" else "",
        "buyer_country": contractor.country if kind == "abroad" else "",
        "buyer_tax_number": contractor.number if kind in ("eu", "abroad") else "",
        "buyer_name": contractor.name,
        "buyer_line1": address.line1 if address else "",
        "buyer_line2": address.line2 if address else "",
    }


def recipient_of(contractor: Contractor, recipient: Recipient | None) -> dict[str, Any]:
    """The marks (JST, GV) of a contractor and its recipient, in the fields of an invoice."""
    shown = recipient or Recipient()
    return {
        "buyer_local_authority": contractor.local_authority,
        "buyer_vat_group": contractor.vat_group,
        "buyer_recipient_name": shown.name,
        "buyer_recipient_number": shown.number,
        "buyer_recipient_line1": shown.line1,
        "buyer_recipient_line2": shown.line2,
    }


class RecipientForm(VisibleTexts):
    """A recipient of a contractor's."""

    name = forms.CharField(label=_("Nazwa"), max_length=512)
    number = forms.CharField(
        label=_("NIP albo identyfikator wewnętrzny"), required=False, max_length=40,
        help_text=_("Identyfikator wewnętrzny z KSeF to NIP, kreska i pięć cyfr."),
    )  # fmt: skip
    line1 = forms.CharField(label=_("Ulica i numer"), required=False, max_length=512)
    line2 = forms.CharField(label=_("Kod pocztowy i miejscowość"), required=False, max_length=512)

    def clean_number(self) -> str:
        """In the spelling of FA(3)."""
        return parse_recipient(self.cleaned_data["number"])


class AddressForm(VisibleTexts):
    """Another address of a contractor."""

    label = forms.CharField(
        label=_("Co tam jest"), help_text=_("Na przykład „magazyn”."), required=False, max_length=60
    )
    line1 = forms.CharField(label=_("Ulica i numer"), max_length=512)
    line2 = forms.CharField(label=_("Kod pocztowy i miejscowość"), required=False, max_length=512)
    country = forms.RegexField(
        label=_("Kod kraju"),
        regex=r"^[A-Za-z]{2}$",
        max_length=2,
        initial="PL",
        help_text=_("Dwie litery, np. US."),
    )

    def clean_country(self) -> str:
        """The code of two capital letters."""
        return str(self.cleaned_data["country"]).upper()


class ItemForm(VisibleTexts):
    """A good or a service."""

    name = forms.CharField(label=_("Nazwa towaru lub usługi"), max_length=512)
    symbol = forms.CharField(label=_("Symbol"), required=False, max_length=50)
    unit = forms.CharField(label=_("Jednostka"), required=False, max_length=256, initial="szt.")
    net_price = Amount(label=_("Cena netto"), required=False, max_digits=18, decimal_places=8)
    currency = forms.ChoiceField(label=_("Waluta"), choices=CURRENCIES, initial="PLN")
    rate = forms.ChoiceField(label=_("Stawka VAT"), choices=RATES, initial="23")
    gtu = forms.ChoiceField(label="GTU", required=False, choices=GTU)
    pkwiu = forms.CharField(label="PKWiU", required=False, max_length=50)
    cn = forms.CharField(label="CN", required=False, max_length=50)
    annex_15 = forms.BooleanField(label=_("Towar lub usługa z załącznika nr 15"), required=False)
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def columns(self) -> dict[str, Any]:
        """What was typed, as columns of an item."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}
