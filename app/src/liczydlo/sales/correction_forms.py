"""The forms of corrections: of one invoice, to new values or to zero, and of all sales to a buyer in a period."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from liczydlo.contacts.buyers import RecipientForm
from liczydlo.documents.choices import payments
from liczydlo.sales.forms import HeadForm
from liczydlo.sales.line_choices import LINE_RATES
from liczydlo.sales.line_forms import Discount, LineForm, formset
from liczydlo.sales.models import Invoice
from liczydlo.sales.preserved_forms import Preserved
from liczydlo.sales.sections import SECTIONS_FIELD, SectionsForm
from liczydlo.sales.sections.base import Place
from liczydlo.web.fields import Amount, InvoiceDay

EFFECTS = [
    (
        1,
        _(
            "W dacie faktury pierwotnej: błąd był w niej od początku i podatek ma być wyższy albo się nie zmienia"
        ),
    ),
    (
        2,
        _(
            "W dacie tej korekty: zwrot, rabat, pomyłka, po której podatek ma być niższy, albo późniejsza przyczyna"
        ),
    ),
    (3, _("W innej dacie, także gdy dla różnych pozycji jest różna")),
]
SHAPES = [
    ("pairs", _("Każda zmieniona pozycja przed korektą i po korekcie")),
    ("differences", _("Same różnice")),
]
REASONS = (
    _("Zwrot towaru"),
    _("Rabat"),
    _("Błędna cena"),
    _("Błędna ilość"),
    _("Błędna stawka VAT"),
    _("Błędna nazwa towaru lub usługi"),
    _("Błędne dane nabywcy"),
    _("Błędny NIP nabywcy"),
    _("Faktura wystawiona omyłkowo"),
    _("Sprzedaż nie doszła do skutku"),
)


class WhyForm(forms.Form):
    """Why an invoice is corrected, when it counts, and how it is shown."""

    reason = forms.CharField(
        label=_("Przyczyna korekty"),
        required=False,
        max_length=256,
        widget=forms.TextInput(attrs={"list": "reasons", "autocomplete": "off"}),
        help_text=_("Nieobowiązkowa, ale nabywca i księgowość ją przeczytają."),
    )
    effect = forms.TypedChoiceField(
        label=_("Kiedy korekta działa w ewidencji VAT"),
        choices=EFFECTS,
        coerce=int,
        initial=2,
        widget=forms.RadioSelect,
    )
    shape = forms.ChoiceField(
        label=_("Jak pokazać zmianę"), choices=SHAPES, initial="pairs", widget=forms.RadioSelect
    )


class CorrectionForm(Preserved, SectionsForm, RecipientForm, WhyForm, HeadForm):
    """A correction without its lines. The buyer's number, the currency and its rate stay as they were, and so do the
    marks that go with lines: the margin, new means of transport."""

    absent: ClassVar[tuple[Place, ...]] = ("vat",)

    def __init__(self, *args: Any, is_advance: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["number"].label = _("Numer korekty")
        if "buyer_name" in self.fields:
            self.fields["buyer_name"].required = False
        payment = self.fields["payment"]
        payment.required, payment.initial = False, ""
        payment.choices = [("", _("bez płatności")), *payments()]  # type: ignore[attr-defined]
        payment.empty_value = None  # type: ignore[attr-defined]
        if is_advance:
            self.fields["advance"] = Amount(
                label=_("Kwota zaliczki brutto"), max_digits=16, decimal_places=2, min_value=Decimal(0),
                help_text=_("Taka, jaka powinna być po korekcie."),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A term and an account go with a form of payment."""
        values = super().clean()
        said = values[SECTIONS_FIELD].get("payment", {})
        is_other = bool(said.get("other_form") or said.get("unsaid"))
        without = values.get("payment") is None and not is_other
        if without and (values.get("due_date") or values.get("account")):
            self.add_error("payment", _("Wybierz formę płatności albo usuń termin i rachunek."))
        return values


class CorrectionLineForm(LineForm):
    """A line as it should be; ``uu_id`` ties it to what it was. Nothing left of it is a quantity of zero."""

    discount = Discount(label=_("Rabat: kwota albo %"), required=False, max_digits=18, decimal_places=8)
    gtu = pkwiu = cn = pkob = gtin = index = sale_date = exchange_rate = excise = procedure = annex_15 = None  # type: ignore[assignment]  # a line keeps its own

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["price"].label = _("Cena")
        self.fields["rate"].choices = [*LINE_RATES, ("", "—")]  # type: ignore[attr-defined]
        for name in ("name", "quantity", "price", "rate"):
            self.fields[name].required = False

    def clean_quantity(self) -> Any:
        """Any: a difference of another program stands as a line of its own."""
        return self.cleaned_data["quantity"]

    def is_too_much(self, discount: Decimal, whole: Decimal) -> bool:
        """As of a new line; what another program's difference takes off cannot be judged."""
        return whole >= 0 and discount > whole

    def clean(self) -> dict[str, Any]:
        """A new line says all that a line of a new invoice says."""
        values = super().clean() or self.cleaned_data
        if self.has_changed() and not values.get("uu_id"):
            for name in ("name", "quantity", "price", "rate"):
                if name not in self.errors and values.get(name) in (None, ""):
                    self.add_error(name, ValidationError(_("To pole jest wymagane."), code="required"))
        return values


CorrectionLines = formset(CorrectionLineForm, least=0)


class RebateForm(CorrectionForm):
    """A rebate on all sales to a buyer in a period (art. 106j ust. 3): it counts at its own date and names no lines."""

    buyer_name = buyer_line1 = buyer_line2 = exemption = effect = shape = None  # type: ignore[assignment]  # Django's way of leaving a field out

    begins = InvoiceDay(label=_("Sprzedaż od"))
    ends = InvoiceDay(label=_("Sprzedaż do"))
    invoices = forms.MultipleChoiceField(
        label=_("Faktury"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _(
                "Zaznaczono fakturę, której nie ma w tym okresie. Pokaż faktury z tego okresu i sprawdź zaznaczone."
            )
        },
    )
    percent = Amount(
        label=_("Rabat w procentach"), required=False, max_digits=7, decimal_places=4, min_value=Decimal("0.0001"),
        max_value=Decimal(100),
    )  # fmt: skip
    gross = Amount(
        label=_("albo kwota rabatu brutto"), required=False, max_digits=16, decimal_places=2, min_value=Decimal("0.01"),
        help_text=_("Program podzieli ją na stawki VAT w proporcji do sprzedaży."),
    )  # fmt: skip

    def __init__(self, *args: Any, listed: Sequence[tuple[Invoice, Decimal]] = (), **options: Any) -> None:
        """``listed`` are the invoices of the period and what is left of each."""
        super().__init__(*args, **options)
        self.rows = listed
        self.fields["invoices"].choices = [(row.pk, row.entry.number) for row, _total in listed]  # type: ignore[attr-defined]

    @property
    def listed(self) -> list[tuple[Invoice, Decimal, bool]]:
        """The invoices, what is left of each and whether it is chosen."""
        selected = {str(one) for one in self["invoices"].value() or ()}
        return [(row, total, str(row.pk) in selected) for row, total in self.rows]

    def clean(self) -> dict[str, Any]:
        """One of the two, and a period that ends after it begins."""
        values = super().clean()
        if not {"percent", "gross"} & set(self.errors) and (values.get("percent") is None) == (
            values.get("gross") is None
        ):
            self.add_error("percent", _("Podaj procent albo kwotę."))
        if values.get("begins") and values.get("ends") and values["ends"] < values["begins"]:
            self.add_error("ends", _("Koniec okresu jest przed jego początkiem."))
        return values
