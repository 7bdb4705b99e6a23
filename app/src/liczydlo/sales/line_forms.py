"""The lines of a new invoice: what is plain in the table, and what is rare behind „Więcej"."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms import formset_factory
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from liczydlo.documents.choices import GTU
from liczydlo.fa3 import money
from liczydlo.sales.line_choices import GROSS, LINE_RATES, MARGIN, NET, ORDER_PROCEDURES, OSS, PROCEDURES
from liczydlo.web import widgets
from liczydlo.web.fields import Amount, InvoiceDay
from liczydlo.web.texts import VisibleTexts

MOST_LINES: Final = 1000
OPENED: Final = "opened"
"""The key, among what a line begins with, of one whose fields behind „Więcej" are to be seen."""
_HUNDRED: Final = Decimal(100)


class Discount(Amount):
    """An amount, or a percent („10%") of what it is taken off: of that the value is a ``str``."""

    def clean(self, value: Any) -> Any:
        """A Decimal, None, or the percent as „10%". Raises ValidationError for what is neither."""
        text = "".join(str(value or "").split())
        if not text.endswith("%"):
            return super().clean(value)
        percent = super().clean(text.removesuffix("%"))
        if percent is None or percent > _HUNDRED:
            raise ValidationError(_("Rabat w procentach to liczba od 0 do 100."))
        return f"{percent:f}%"


class LineForm(VisibleTexts):
    """One line; an empty one does not count. ``prices`` is ``NET`` or ``GROSS``, of the whole invoice."""

    name = forms.CharField(label=_("Nazwa towaru lub usługi"), max_length=512, widget=widgets.Text)
    quantity = Amount(label=_("Ilość"), max_digits=16, decimal_places=6, initial="1")
    unit = forms.CharField(
        label=_("Jednostka"), required=False, max_length=256, initial="szt.",
        widget=widgets.Text(attrs={"list": "units", "autocomplete": "off"}),
    )  # fmt: skip
    price = Amount(label=_("Cena netto"), max_digits=18, decimal_places=8)
    rate = forms.ChoiceField(label=_("Stawka VAT"), choices=LINE_RATES, initial="23", widget=widgets.Choice)
    oss_rate = Amount(
        label=_("Stawka OSS w %"), required=False, max_digits=9, decimal_places=6, min_value=Decimal(0),
        max_value=_HUNDRED,
    )  # fmt: skip
    discount = Discount(
        label=_("Rabat: kwota albo %"), required=False, max_digits=18, decimal_places=8, min_value=Decimal(0)
    )
    gtu = forms.ChoiceField(label="GTU", required=False, choices=GTU, widget=widgets.Choice)
    pkwiu = forms.CharField(label="PKWiU", required=False, max_length=50, widget=widgets.Text)
    cn = forms.CharField(label="CN", required=False, max_length=50, widget=widgets.Text)
    pkob = forms.CharField(label="PKOB", required=False, max_length=50, widget=widgets.Text)
    gtin = forms.CharField(label="GTIN", required=False, max_length=20, widget=widgets.Text)
    index = forms.CharField(label=_("Indeks"), required=False, max_length=50, widget=widgets.Text)
    sale_date = InvoiceDay(label=_("Sprzedano dnia"), required=False, widget=widgets.Day)
    excise = Amount(
        label=_("Akcyza w cenie"), required=False, max_digits=18, decimal_places=2, min_value=Decimal(0)
    )
    exchange_rate = Amount(
        label=_("Kurs z tego dnia"), required=False, max_digits=14, decimal_places=6,
        min_value=Decimal("0.000001"),
    )  # fmt: skip
    procedure = forms.ChoiceField(
        label=_("Procedura"), required=False, choices=PROCEDURES, widget=widgets.Choice
    )
    annex_15 = forms.BooleanField(label=_("Załącznik nr 15"), required=False, widget=widgets.Check)
    uu_id = forms.CharField(required=False, max_length=50, widget=widgets.Hidden)

    PLAIN: Final = ("name", "quantity", "unit", "price", "rate")
    RARE: Final = (
        *("discount", "gtu", "pkwiu", "cn", "pkob", "gtin", "index", "sale_date", "exchange_rate", "excise"),
        *("procedure", "annex_15"),
    )
    """Fields of the table, and fields behind „Więcej"."""

    def __init__(self, *args: Any, prices: str = NET, **options: Any) -> None:
        super().__init__(*args, **options)
        self.prices = prices
        if prices == GROSS:
            self.fields["price"].label = _("Cena brutto")

    @property
    def plain(self) -> list[forms.BoundField]:
        """The fields of the table."""
        return [self[name] for name in self.PLAIN]

    @property
    def rare(self) -> list[forms.BoundField]:
        """The fields behind „Więcej"."""
        return [self[name] for name in self.RARE if name in self.fields]

    @property
    def has_rare(self) -> bool:
        """Whether something behind „Więcej" is filled in, or wrong, or was asked for."""
        return OPENED in self.initial or any(bound.value() or bound.errors for bound in self.rare)

    def clean_quantity(self) -> Decimal:
        quantity: Decimal = self.cleaned_data["quantity"]
        if quantity <= 0:
            raise ValidationError(_("Ilość musi być większa od zera."))
        return quantity

    def is_too_much(self, discount: Decimal, whole: Decimal) -> bool:
        """Whether a discount is more than what it is taken off."""
        return discount > max(whole, money.ZERO)

    def clean(self) -> dict[str, Any]:
        """A discount is an amount that is no more than what it is taken off; OSS has its rate."""
        values = super().clean() or self.cleaned_data
        values["prices"] = self.prices
        quantity, price, discount = values.get("quantity"), values.get("price"), values.get("discount")
        if quantity is not None and price is not None and discount is not None:
            if isinstance(discount, str):
                values["discount"] = money.rebate(quantity, price, Decimal(discount.removesuffix("%")))
            if self.is_too_much(values["discount"], money.product(quantity, price)):
                self.add_error("discount", _("Rabat jest większy niż cena za wszystko w tej pozycji."))
        elif isinstance(discount, str):
            values["discount"] = None  # a percent of nothing yet
        if values.get("rate") == OSS and values.get("oss_rate") is None and "oss_rate" not in self.errors:
            self.add_error("oss_rate", _("Podaj stawkę VAT państwa nabywcy."))
        return values


class OrderLineForm(LineForm):
    """A line of an order: FA(3) has no gross price, discount, day of sale or margin there."""

    discount = sale_date = exchange_rate = None  # type: ignore[assignment]  # Django's way of leaving a field out

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["rate"].choices = [one for one in LINE_RATES if one[0] != MARGIN]  # type: ignore[attr-defined]
        self.fields["procedure"].choices = ORDER_PROCEDURES  # type: ignore[attr-defined]


class LinesFormSet(forms.BaseFormSet):  # type: ignore[type-arg]  # Django is not generic at run time
    """Lines of an invoice: at least one, at most ``MOST_LINES``."""

    default_error_messages = {  # noqa: RUF012 - Django's own class attribute
        **forms.BaseFormSet.default_error_messages,
        "too_many_forms": _("Faktura może mieć tutaj najwyżej %(num)d pozycji. Więcej zmieści plik XML."),
        "missing_management_form": _("Strona nie wysłała pozycji. Otwórz ją od nowa i spróbuj jeszcze raz."),
    }

    @cached_property
    def begun(self) -> list[dict[str, Any] | None]:
        """What each line says that the page begins with, once for all who ask; None for one that is not finished, and
        nothing of lines that were posted."""
        return [] if self.is_bound else [self._begun(one.initial) for one in self.forms]

    def _begun(self, values: dict[str, Any] | None) -> dict[str, Any] | None:
        form = self.form(values or {}, **self.form_kwargs)
        return form.cleaned_data if form.is_valid() else None

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Lines that were left as they came are no lines; the first one must be filled in."""
        return {
            **super().get_form_kwargs(index),
            "empty_permitted": index != 0,
            "use_required_attribute": False,
        }


def formset(form: type[LineForm], *, least: int = 1) -> Any:
    """A class of formsets of so many lines at least."""
    return formset_factory(
        form, formset=LinesFormSet, extra=0, min_num=least, max_num=MOST_LINES, absolute_max=MOST_LINES
    )


Lines = formset(LineForm)
OrderLines = formset(OrderLineForm)
