"""Advances and their settlement in the editor (art. 106b ust. 1 pkt 4, art. 106f)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liczydlo.companies.models import Company
from liczydlo.fa3 import advances as rules
from liczydlo.fa3 import money
from liczydlo.fa3.draft import InvoiceDraft, Kind, Order
from liczydlo.sales import advances, composing, corrections, numbering, sections, vat_values
from liczydlo.sales.composing import LINES, Totals
from liczydlo.sales.editing.sale import Sale
from liczydlo.sales.forms import AdvanceForm, HeadForm, SettlementForm
from liczydlo.sales.line_forms import OrderLineForm, OrderLines
from liczydlo.sales.line_values import line
from liczydlo.sales.models import Invoice
from liczydlo.web import times
from liczydlo.web.fields import amount_text
from liczydlo.web.templatetags.liczydlo import data, zl


class NewAdvance(Sale):
    """An advance towards a new order, or the next one towards the order of ``first``; its lines are the order's."""

    kind: Kind = "ZAL"
    series = numbering.ADVANCES
    title = gettext_lazy("Nowa faktura zaliczkowa")
    lines_title = gettext_lazy("Zamówienie")
    head: type[HeadForm] = AdvanceForm
    line_form = OrderLineForm
    lines = OrderLines
    begins = "advance"  # the name of the first one towards an order
    page = "sales:new_advance"

    def __init__(self, company: Company, first: Invoice | None = None) -> None:
        super().__init__(company)
        self.first = self.about = first
        self.name = self.begins if first is None else "next-advance"
        self.order = advances.balance(first) if first is not None else None

    @property
    def address(self) -> str:
        if self.first is None:
            return super().address
        return reverse("sales:next_advance", args=[self.company.pk, self.first.pk])

    def initial(self, draft: InvoiceDraft | None = None) -> dict[str, Any]:
        """As :class:`Sale`; of a next advance also the buyer and the order as they are now, and all that is left."""
        if draft is not None:
            paid = {"sale_date": draft.sale_date or draft.issue_date, "advance": amount_text(draft.advance)}
            return {**super().initial(as_sale(draft)), **paid}
        new = {**super().initial(), "sale_date": times.today(), "paid": True, "due_date": None}
        if self.first is None or self.order is None:
            return new
        left = amount_text(max(self.order.left, money.ZERO))
        return self.numbered({**_of_order(self.first, new), **new, "advance": left})

    def fits(self, draft: InvoiceDraft) -> bool:
        if not self.is_of_kind(draft) or draft.order is None or draft.advance is None:
            return False
        sale = as_sale(draft)
        again = _paid_with_it(rules.advance(sale, draft.advance, earlier=draft.advances))
        return again == draft and composing.fits_form(self.company, sale)

    def check(self, form: HeadForm, lines: Sequence[dict[str, Any]]) -> bool:
        """As :class:`Sale`; and no more is paid than is left of the order."""
        typed = form.cleaned_data
        left = money.difference(self._value(lines), self._earlier)
        if typed["advance"] > left:
            say = _("Zaliczka przekracza to, co zostało do zapłaty z zamówienia: %(left)s.")
            form.add_error("advance", say % {"left": zl(left, typed["currency"])})
            return False
        return super().check(form, lines)

    def draft(self, typed: dict[str, Any], lines: Sequence[dict[str, Any]]) -> InvoiceDraft:
        completes = typed["advance"] == money.difference(self._value(lines), self._earlier)
        earlier = self.order.advances if self.order is not None and completes else ()
        sale = super().draft(typed, lines)
        advance_draft = rules.advance(
            sale, typed["advance"], earlier=[advances.name(one.invoice) for one in earlier]
        )
        return _paid_with_it(advance_draft)

    def saved(self, row: Invoice) -> None:
        """The next advance is tied to its order."""
        if self.first is not None:
            advances.join(row, self.first)

    def totals(self, form: HeadForm, lines: Sequence[dict[str, Any]]) -> Totals:
        """The order, this advance, and what is left after it."""
        whole = super().totals(form, lines)
        typed = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else {}
        advance = typed.get("advance") or money.ZERO
        if not form.is_bound and form.initial.get("advance"):
            advance = Decimal(str(form.initial["advance"]).replace(",", "."))
        left = money.difference(whole.total, money.total((self._earlier, advance)))
        return replace(whole, advances=advance, left=left)

    def amount(self, totals: Totals) -> Decimal | None:
        return totals.advances

    def context(self) -> dict[str, object]:
        """The order as it is."""
        return {"order": self.order}

    @property
    def _earlier(self) -> Decimal:
        return self.order.paid if self.order is not None else money.ZERO

    def _value(self, lines: Sequence[dict[str, Any]]) -> Decimal:
        return rules.worth(Order(lines=tuple(map(line, lines))))


class Settlement(Sale):
    """The settlement of an order: the whole sale less the advances that were issued."""

    kind: Kind = "ROZ"
    series = numbering.SETTLEMENTS
    name = "settlement"
    title = gettext_lazy("Rozliczenie zaliczek")
    head: type[HeadForm] = SettlementForm

    def __init__(self, company: Company, first: Invoice) -> None:
        super().__init__(company)
        self.first = self.about = first
        self.order = advances.balance(first)

    @property
    def address(self) -> str:
        return reverse("sales:settle", args=[self.company.pk, self.first.pk])

    @property
    def _paid(self) -> Sequence[advances.PaidAdvance]:
        return self.order.advances if self.order is not None else ()

    def form(self, *args: Any, **options: Any) -> HeadForm:
        """As :class:`Sale`, with the advances."""
        choices = [
            (
                one.invoice.pk,
                _("%(number)s z %(day)s, %(total)s") % {
                    "number": one.invoice.entry.number,
                    "day": data(one.invoice.entry.issue_date),
                    "total": zl(one.total, one.invoice.entry.currency),
                },
            )
            for one in self._paid
        ]  # fmt: skip
        return self.head(*args, company=self.company, advances=choices, **options)

    def initial(self, draft: InvoiceDraft | None = None) -> dict[str, Any]:
        """As :class:`Sale`; of a new one the buyer, the order and every advance."""
        if draft is None:
            new = super().initial()
            every = [one.invoice.pk for one in self._paid]
            return self.numbered({**_of_order(self.first, new), **new, "advances": every})
        rows = advances.advances_of(self.company, draft) or []
        return {**super().initial(_without_advance(draft)), "advances": [row.pk for row in rows]}

    def fits(self, draft: InvoiceDraft) -> bool:
        rows = advances.advances_of(self.company, draft)
        if (
            not self.is_of_kind(draft)
            or not rows
            or {advances.first_of(row).pk for row in rows} != {self.first.pk}
        ):
            return False
        sale = _without_advance(draft)
        again = replace(sale, kind="ROZ", advances=draft.advances, advance=draft.advance, sums=draft.sums)
        return again == draft and composing.fits_form(self.company, sale)

    def check(self, form: HeadForm, lines: Sequence[dict[str, Any]]) -> bool:
        """As :class:`Sale`; and no rate of the advances is more than the whole."""
        if not super().check(form, lines):
            return False
        try:
            self.draft(form.cleaned_data, lines)
        except rules.NotSettled:
            form.add_error(
                "advances",
                _(
                    "Zaliczki są większe niż sprzedaż w tej stawce VAT. Popraw pozycje albo najpierw skoryguj"
                    " fakturę zaliczkową."
                ),
            )
            return False
        return True

    def draft(self, typed: dict[str, Any], lines: Sequence[dict[str, Any]]) -> InvoiceDraft:
        chosen = set(map(int, typed["advances"]))
        rows = [one.invoice for one in self._paid if one.invoice.pk in chosen]
        return advances.with_advances(super().draft(typed, lines), rows)

    def saved(self, row: Invoice) -> None:
        """It is tied to its order."""
        advances.join(row, self.first)

    def totals(self, form: HeadForm, lines: Sequence[dict[str, Any]]) -> Totals:
        """The whole sale, the chosen advances, and what is left."""
        whole = super().totals(form, lines)
        field = form["advances"]
        chosen = {str(one) for one in field.value() or ()}
        paid = money.total(one.total for one in self._paid if str(one.invoice.pk) in chosen)
        return replace(whole, advances=paid, left=money.difference(whole.total, paid))

    def amount(self, totals: Totals) -> Decimal | None:
        return totals.left

    def context(self) -> dict[str, object]:
        """The order as it is."""
        return {"order": self.order}


def _of_order(first: Invoice, new: dict[str, Any]) -> dict[str, Any]:
    """The buyer, the currency and the lines of an order as it is now; the rate of exchange is of another day."""
    now = corrections.standing_of(first).draft
    sale = replace(now, kind="VAT", lines=now.order.lines if now.order is not None else (), order=None)
    shows = composing.initial(sale, new)
    kept = ("currency", *vat_values.NAMES, LINES)
    said = {name: value for name, value in shows.items() if name.startswith("buyer_") or name in kept}
    return {**said, sections.SECTIONS_FIELD: sections.without(shows[sections.SECTIONS_FIELD], "payment")}


def as_sale(draft: InvoiceDraft) -> InvoiceDraft:
    """The order of an advance as an ordinary sale, which the form shows."""
    lines = draft.order.lines if draft.order is not None else ()
    payment = draft.payment
    if payment is not None and payment.paid == (draft.sale_date or draft.issue_date):
        payment = replace(payment, paid=draft.issue_date)
    return replace(draft, kind="VAT", lines=lines, order=None, advance=None, advances=(), payment=payment)


def _without_advance(draft: InvoiceDraft) -> InvoiceDraft:
    """The sale that a settlement settles."""
    return replace(draft, kind="VAT", advances=(), advance=None, sums=None)


def _paid_with_it(draft: InvoiceDraft) -> InvoiceDraft:
    """An advance that is paid, on no other day, was paid on the day of payment: P_6, if not the day of issue."""
    payment = draft.payment
    if payment is None or payment.paid is None or payment.paid != draft.issue_date:
        return draft
    return replace(draft, payment=replace(payment, paid=draft.sale_date or draft.issue_date))
