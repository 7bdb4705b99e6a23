"""An ordinary sale in the editor, and a simplified one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from django.forms import Field
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liczydlo.companies.models import Company
from liczydlo.fa3 import money
from liczydlo.fa3.draft import InvoiceDraft, Kind, Party
from liczydlo.sales import composing, numbering
from liczydlo.sales.composing import Totals
from liczydlo.sales.forms import HeadForm, InvoiceForm, SimplifiedForm
from liczydlo.sales.line_choices import GROSS, MARGIN, NET
from liczydlo.sales.line_forms import LineForm, Lines
from liczydlo.sales.line_values import line
from liczydlo.sales.models import Invoice
from liczydlo.sales.repeating.tables import InvoiceTemplate, Occurrence
from liczydlo.sales.sections import SectionsForm, vehicles
from liczydlo.sales.vat_values import EXEMPT
from liczydlo.web import times

DUE_IN: Final = dt.timedelta(days=14)
LIMITS: Final[Mapping[str, Decimal]] = {"PLN": Decimal(450), "EUR": Decimal(100)}
"""Gross amounts of a simplified invoice at the most, by currency (art. 106e ust. 5 pkt 3)."""

About = Invoice | InvoiceTemplate | Occurrence
"""What a new document may go on from."""


class Sale:
    """A new invoice, or a draft of one."""

    kind: Kind = "VAT"
    name = "sale"  # of ``editors``
    about: About | None = None  # what it goes on from
    keeps: InvoiceTemplate | None = (
        None  # the template whose contents it changes instead of making an invoice
    )
    seller: Party | None = None  # of an uploaded file, whose seller stays as it stands there
    series = numbering.SALES
    title: str | Promise = gettext_lazy("Nowa faktura")
    lines_title: str | Promise = gettext_lazy("Pozycje")
    original: Invoice | None = None
    head: type[HeadForm] = InvoiceForm
    line_form: type[LineForm] = LineForm
    lines = Lines
    buttons: Sequence[str] = ()  # of its own, which show the page again
    home = "sales:list"  # the list that it is on
    page = "sales:new"  # the address of a new one that begins with nothing
    picks = True  # whether the other party is picked from the list
    is_self_billed = False  # whether the form's other party is the supplier, in whose name it is issued

    def __init__(self, company: Company) -> None:
        self.company = company

    @property
    def leads_to(self) -> str:
        """Where leaving the page leads."""
        if self.keeps is not None:
            return self.keeps.get_absolute_url()
        return reverse(self.home, args=[self.company.pk])

    @property
    def is_correction(self) -> bool:
        """Whether what is edited corrects another invoice."""
        return self.original is not None

    @property
    def form_fields(self) -> Mapping[str, Field]:
        """The fields beside the lines, by their names."""
        return self.form().fields

    @property
    def address(self) -> str:
        """Where a new one is posted to; its sums come from ``sumy/`` below it."""
        return reverse(self.page, args=[self.company.pk])

    def form(self, *data: Any, **options: Any) -> HeadForm:
        """The form, bound to ``data`` or with ``initial``."""
        return self.head(*data, company=self.company, **options)

    def line_set(self, *data: Any, prices: str | None, **options: Any) -> Any:
        """The formset of the lines, bound to ``data`` or with ``initial``; what they cost is net or gross."""
        form_kwargs = {"prices": self.prices(prices)}
        return self.lines(*data, prefix=composing.LINES, form_kwargs=form_kwargs, **options)

    def numbered_for(self, data: Mapping[str, Any]) -> str:  # noqa: ARG002 - of a supplier's invoice
        """The supplier among whose invoices it is numbered (``numbering``); ``data`` is what the page shows."""
        return ""

    def refilled(self, typed: dict[str, Any], post: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - of ``buttons``
        """The fields as they were typed, with what one of ``buttons`` fills in."""
        return typed

    def prices(self, chosen: str | None) -> str:
        """Whether prices are ``NET`` or ``GROSS``."""
        return GROSS if chosen == GROSS and "prices" in self.head.base_fields else NET

    def initial(self, draft: InvoiceDraft | None = None) -> dict[str, Any]:
        """What the form shows of a draft, or of a new invoice: the next number, today, the day due, the account."""
        if draft is not None:
            return composing.initial(draft, self.beginning(draft.issue_date or times.today()))
        return self.numbered(self.beginning(times.today()))

    def numbered(self, shown: dict[str, Any]) -> dict[str, Any]:
        """What a new form shows, with the next number of today among the other party's where it is a supplier."""
        seller = self.numbered_for(shown)
        number = numbering.propose(self.company, times.today(), self.series, seller=seller)
        return {**shown, "number": number}

    def beginning(self, day: dt.date) -> dict[str, Any]:
        """Fields that a new form begins with."""
        return {"issue_date": day, "due_date": day + DUE_IN, "account": self.company.bank_account}

    def fits(self, draft: InvoiceDraft) -> bool:
        """Whether the form shows all that a draft says, so that saving it loses nothing."""
        return self.is_of_kind(draft) and composing.fits_form(self.company, draft)

    def is_of_kind(self, draft: InvoiceDraft) -> bool:
        """Whether a draft is of this kind and issued by the same party."""
        return draft.kind == self.kind and draft.marks.self_billing == self.is_self_billed

    def check(self, form: HeadForm, lines: Sequence[dict[str, Any]]) -> bool:
        """What a form and its lines must say together: an exempt line needs its basis (art. 106e ust. 1 pkt 19), one
        under a margin procedure the name of the procedure and a gross price (art. 106e ust. 2 and 3)."""
        self.check_rates(form, lines)
        parts = form.parts if isinstance(form, SectionsForm) else ()
        if any(
            vehicles.beyond(one, len(lines)) for one in parts if one.section.name == vehicles.Vehicles.name
        ):
            form.add_error(None, _("Popraw numer pozycji przy nowym środku transportu."))
        return not form.errors

    def check_rates(self, form: HeadForm, lines: Sequence[dict[str, Any]]) -> None:
        """Add the errors of what lines need of the form for their rates."""
        typed, rates = form.cleaned_data, {one["rate"] for one in lines}
        if EXEMPT in rates and not typed["exemption"]:
            form.add_error(
                "exemption", _("Podaj przepis, na podstawie którego pozycja jest zwolniona z VAT.")
            )
        if MARGIN in rates and "margin" in form.fields:
            if not typed["margin"]:
                form.add_error("margin", _("Wybierz procedurę marży, której dotyczy pozycja bez stawki."))
            if typed["prices"] != GROSS:
                form.add_error("prices", _("W procedurze marży ceny są brutto: wybierz „Ceny brutto”."))

    def draft(self, typed: dict[str, Any], lines: Sequence[dict[str, Any]]) -> InvoiceDraft:
        """What a form that has been checked means."""
        return composing.draft(self.company, typed, lines, self_billed=self.is_self_billed)

    def saved(self, row: Invoice) -> None:
        """In the transaction that has stored the draft."""

    def worth(self, typed: dict[str, Any]) -> Decimal | None:
        """The value of a typed line."""
        return composing.worth(line(typed))

    def totals(self, form: HeadForm, lines: Sequence[dict[str, Any]]) -> Totals:
        """The sums of finished lines."""
        typed = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else {}
        currency = str(typed.get("currency") or form.initial.get("currency") or "PLN")
        return composing.totals([line(one) for one in lines], currency, typed.get("exchange_rate"))

    def has_own_rate(self, data: Mapping[str, Any]) -> bool:  # noqa: ARG002 - of a draft that keeps its own
        """Whether what was posted has a rate of exchange that the program must not fill in anew."""
        return False

    def amount(self, totals: Totals) -> Decimal | None:
        """What the invoice itself asks for (P_15), beside charges and deductions."""
        return totals.total

    def context(self) -> dict[str, object]:
        """What the page shows besides."""
        return {}


class SimplifiedSale(Sale):
    """An invoice of a small amount: the buyer's NIP stands for his name and address (art. 106e ust. 5 pkt 3)."""

    kind: Kind = "UPR"
    name = "simplified"
    title = gettext_lazy("Nowa faktura uproszczona")
    head: type[HeadForm] = SimplifiedForm
    page = "sales:new_simplified"
    picks = False

    def fits(self, draft: InvoiceDraft) -> bool:
        named = draft.buyer and replace(draft.buyer, name=draft.buyer.name or "")
        sale = replace(draft, kind="VAT", buyer=named)
        return self.is_of_kind(draft) and composing.fits_form(self.company, sale)

    def check(self, form: HeadForm, lines: Sequence[dict[str, Any]]) -> bool:
        """As :class:`Sale`; and the amount is small enough."""
        return is_small(form, lines) and super().check(form, lines)

    def draft(self, typed: dict[str, Any], lines: Sequence[dict[str, Any]]) -> InvoiceDraft:
        sale = super().draft(typed, lines)
        buyer = sale.buyer and replace(sale.buyer, name=sale.buyer.name or None)
        return replace(sale, kind=self.kind, buyer=buyer)


def is_small(form: HeadForm, lines: Sequence[dict[str, Any]]) -> bool:
    """Whether the amount is one of a simplified invoice; it is an error of the form where it is not."""
    currency = form.cleaned_data["currency"]
    if composing.totals([line(one) for one in lines], currency, None).total <= LIMITS.get(
        currency, money.ZERO
    ):
        return True
    form.add_error(
        None,
        _("Faktura uproszczona jest możliwa do 450 zł albo 100 euro brutto. Wystaw zwykłą fakturę."),
    )
    return False
