"""The forms of an invoice VAT RR, and of its correction."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.fa3.identifiers import IdentifierError, parse_nip
from liczydlo.sales.correction_forms import WhyForm
from liczydlo.sales.forms import HeadForm
from liczydlo.web import times
from liczydlo.web.fields import Amount, InvoiceDay
from liczydlo.web.texts import VisibleTexts

MOST_LINES: Final = 200
EFFECTS: Final = [
    (1, _("W dacie ujęcia faktury pierwotnej")),
    (2, _("W dacie wystawienia tej korekty")),
    (3, _("W innej dacie")),
    (4, _("W dacie zwrotu całości albo części należności")),
]
"""TypKorekty of FA_RR(1)."""


class _Numbered(VisibleTexts):
    """What an invoice and a correction have in common."""

    number = forms.CharField(label=_("Numer faktury"), max_length=256)
    issue_date = InvoiceDay(label=_("Data wystawienia"))

    seller = ""  # the company numbers them among its own
    clean_number, clean_issue_date = HeadForm.clean_number, HeadForm.clean_issue_date

    def __init__(self, *args: Any, company: Company, draft_id: int | None = None, **options: Any) -> None:
        """``draft_id`` is the draft being mended, whose own number does not count as taken."""
        super().__init__(*args, **options)
        self.label_suffix = ""
        self.company, self.draft_id, self.today = company, draft_id, times.today()


class FarmForm(_Numbered):
    """An invoice VAT RR without its lines; the buyer is the company."""

    purchase_date = InvoiceDay(label=_("Data nabycia"))
    place = forms.CharField(label=_("Miejsce wystawienia"), required=False, max_length=256)
    farmer_nip = forms.CharField(
        label=_("NIP rolnika"),
        max_length=20,
        help_text=_(
            "KSeF przyjmuje faktury VAT RR tylko z NIP-em. Dla rolnika z samym numerem PESEL wystaw ją poza KSeF."
        ),
    )
    farmer_name = forms.CharField(label=_("Imię i nazwisko albo nazwa"), max_length=512)
    farmer_line1 = forms.CharField(label=_("Ulica i numer"), max_length=512)
    farmer_line2 = forms.CharField(label=_("Kod pocztowy i miejscowość"), required=False, max_length=512)
    account = forms.CharField(
        label=_("Rachunek bankowy rolnika"),
        required=False,
        max_length=60,
        help_text=_("Zwrot podatku odliczysz tylko po zapłacie na ten rachunek (art. 116 ust. 6)."),
    )
    bank = forms.CharField(label=_("Nazwa banku"), required=False, max_length=256)
    deduction = Amount(
        label=_("Odliczenie od zapłaty"),
        required=False,
        max_digits=18,
        decimal_places=2,
        min_value=Decimal("0.01"),
        help_text=_("Na przykład wpłata na fundusz promocji."),
    )
    deduction_reason = forms.CharField(label=_("Powód odliczenia"), required=False, max_length=256)
    proof = forms.CharField(
        label=_("Dowód zapłaty"),
        required=False,
        max_length=256,
        help_text=_("Numer przelewu albo dokumentu zaliczki, gdy zapłacono wcześniej."),
    )
    proof_date = InvoiceDay(label=_("Data dowodu zapłaty"), required=False)
    declares = forms.BooleanField(
        label=_("Umieść na fakturze oświadczenie rolnika (art. 116 ust. 3)"),
        required=False,
        help_text=_("Bez niego tylko wtedy, gdy rolnik złożył je w umowie albo w KSeF."),
    )
    remarks = forms.CharField(
        label=_("Uwagi"), required=False, max_length=3500, widget=forms.Textarea(attrs={"rows": 3})
    )

    clean_remarks, clean_account = HeadForm.clean_remarks, HeadForm.clean_account

    def __init__(self, *args: Any, has_own_days: bool = False, **options: Any) -> None:
        """``has_own_days``: the lines of the draft have days of their own, instead of one for all."""
        super().__init__(*args, **options)
        self.fields["purchase_date"].required = not has_own_days

    def clean_farmer_nip(self) -> str:
        """Ten digits, in any spelling."""
        try:
            return parse_nip(self.cleaned_data["farmer_nip"])
        except IdentifierError as error:
            raise ValidationError(
                _("To nie jest NIP: ma mieć 10 cyfr i właściwą cyfrę kontrolną.")
            ) from error

    def clean(self) -> dict[str, Any]:
        """An amount and its reason go together, and so do a proof and its day."""
        values = super().clean() or self.cleaned_data
        if values.get("deduction") is not None and not values.get("deduction_reason"):
            self.add_error("deduction_reason", _("Podaj powód odliczenia."))
        if (
            values.get("deduction_reason")
            and values.get("deduction") is None
            and "deduction" not in self.errors
        ):
            self.add_error("deduction", _("Podaj kwotę odliczenia."))
        if values.get("proof_date") and not values.get("proof"):
            self.add_error("proof", _("Podaj numer dowodu zapłaty."))
        if values.get("bank") and not values.get("account") and "account" not in self.errors:
            self.add_error("account", _("Podaj rachunek, w którym jest ten bank."))
        return values


class FarmCorrectionForm(_Numbered):
    """A correction without its lines."""

    reason = WhyForm.base_fields["reason"]
    effect = forms.TypedChoiceField(
        label=_("Kiedy korekta działa w ewidencji VAT"),
        choices=EFFECTS,
        coerce=int,
        initial=2,
        widget=forms.RadioSelect,
    )


class FarmLineForm(VisibleTexts):
    """One product or service. A line in which nothing is typed is none; ``uid`` ties it to what it was."""

    name = forms.CharField(label=_("Produkt albo usługa"), max_length=256)
    quality = forms.CharField(label=_("Klasa albo jakość"), max_length=256)
    quantity = Amount(label=_("Ilość"), max_digits=22, decimal_places=6, min_value=Decimal(0))
    unit = forms.CharField(label=_("J.m."), max_length=256, initial="kg")
    price = Amount(label=_("Cena bez zwrotu"), max_digits=22, decimal_places=8, min_value=Decimal(0))
    uid = forms.CharField(required=False, max_length=50, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.label_suffix = ""
        self.empty_permitted = True


class _Lines(forms.BaseFormSet):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Lines, one of them filled in at least."""

    def clean(self) -> None:
        """Something has to be bought."""
        if not any(form.has_changed() for form in self.forms):
            raise ValidationError(_("Podaj co najmniej jedną pozycję."))


FarmLines = forms.formset_factory(
    FarmLineForm, formset=_Lines, extra=0, max_num=MOST_LINES, validate_max=True, absolute_max=MOST_LINES
)
