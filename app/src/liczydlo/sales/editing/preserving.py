"""A draft of which the form shows a part: what was changed on the page goes into it, and the rest stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liczydlo.companies.models import Company
from liczydlo.fa3 import money
from liczydlo.fa3.draft import IncompleteDraft, InvoiceDraft, Line, Party
from liczydlo.fa3.identifiers import bare_nip
from liczydlo.fa3.merging import merged
from liczydlo.sales import composing, line_values, preserved_lines, recounting, sections
from liczydlo.sales.composing import LINES, Totals
from liczydlo.sales.editing import unshown
from liczydlo.sales.editing.sale import Sale, is_small
from liczydlo.sales.editing.self_billed import (
    SelfBilled,
    SelfBilledAdvance,
    SelfBilledSale,
    SelfBilledSimplified,
)
from liczydlo.sales.forms import AdvanceForm, HeadForm, InvoiceForm, SimplifiedForm, Supplier
from liczydlo.sales.line_values import ORIGINAL_LINE, prices_of
from liczydlo.sales.models import Invoice
from liczydlo.sales.preserved_forms import Preserved, ShownPage, offered, plain, shown_by
from liczydlo.web import times
from liczydlo.web.fields import amount_text as typed_as

NAMES: Final[Mapping[str, str]] = {"ZAL": "advance", "UPR": "simplified"}
OF_SUPPLIERS: Final[Mapping[str, type[SelfBilled]]] = {"ZAL": SelfBilledAdvance, "UPR": SelfBilledSimplified}
"""The editors of new invoices in a supplier's name whose page it stands on."""
EXCHANGE: Final = ("currency", "exchange_rate", "exchange_table")


class PreservedSale(Preserved, InvoiceForm):
    """A sale, a settlement, a correction."""


class PreservedSimplified(Preserved, SimplifiedForm):
    """A simplified invoice."""


class PreservedAdvance(Preserved, AdvanceForm):
    """An advance."""


class PreservedSelfBilled(Preserved, Supplier, InvoiceForm):
    """A sale, a settlement, a correction in a supplier's name."""


class PreservedSelfBilledSimplified(Preserved, Supplier, SimplifiedForm):
    """A simplified invoice in a supplier's name."""


class PreservedSelfBilledAdvance(Preserved, Supplier, AdvanceForm):
    """An advance in a supplier's name."""


FORMS: Final[Mapping[str, type[InvoiceForm]]] = {"ZAL": PreservedAdvance, "UPR": PreservedSimplified}
FORMS_OF_SUPPLIERS: Final[Mapping[str, type[InvoiceForm]]] = {
    "ZAL": PreservedSelfBilledAdvance,
    "UPR": PreservedSelfBilledSimplified,
}


class Preserving(Sale):
    """The editor of any draft; ``held`` is what it says. What the form does not show of it is kept."""

    def __init__(self, company: Company, draft: InvoiceDraft, row: Invoice | None = None) -> None:
        """``row`` is the draft that says it, if it is stored."""
        super().__init__(company)
        self.row = row
        self.held = draft
        self.kind = draft.kind
        self.name = NAMES.get(draft.kind, "sale")
        self.head = FORMS.get(draft.kind, PreservedSale)
        self.picks = draft.kind != "UPR" or draft.marks.self_billing
        self.is_self_billed = draft.marks.self_billing
        if self.is_self_billed:
            self.head = FORMS_OF_SUPPLIERS.get(draft.kind, PreservedSelfBilled)
            new = OF_SUPPLIERS.get(draft.kind, SelfBilledSale)
            self.name = new.begins if issubclass(new, SelfBilledAdvance) else new.name
            self.home, self.series = new.home, new.series
        self.is_of_order = recounting.is_of_order(draft)
        self.line_form = preserved_lines.PreservedLine
        self.lines = preserved_lines.PreservedLines
        self.lines_title: str | Promise = gettext_lazy("Pozycje")
        if self.is_of_order:
            self.line_form = preserved_lines.PreservedOrderLine
            self.lines = preserved_lines.PreservedOrderLines
            self.lines_title = gettext_lazy("Zamówienie")

    @property
    def address(self) -> str:
        """Where its sums and its rate of exchange come from."""
        return reverse("sales:edit", args=[self.company.pk, self._draft_id])

    @property
    def is_correction(self) -> bool:
        return self.held.correction is not None

    @property
    def _draft_id(self) -> int | None:
        return self.row.pk if self.row is not None else None

    @cached_property
    def _rows(self) -> tuple[Line, ...]:
        return recounting.lines_of(self.held)

    @cached_property
    def _was(self) -> Mapping[str, preserved_lines.OriginalLine]:
        return preserved_lines.by_name(self._rows, prices_of(self._rows), self.held.marks.margin)

    @cached_property
    def _fields(self) -> dict[str, Any]:
        """What the form shows, its lines apart."""
        sale = replace(self.held, lines=self._rows)
        fields = composing.initial(sale, self.beginning(self.held.issue_date or times.today()))
        if "advance" in self.head.base_fields:
            fields["advance"] = typed_as(self.held.advance or recounting.amount_due(self.held))
        return fields

    @cached_property
    def shown(self) -> ShownPage:
        """What the page shows, once something was posted."""
        posted = sections.posted(self._form(initial=self._fields))
        values = {
            **self._fields,
            "exchange_rate": self.held.exchange_rate,
            "sale_date": self.held.sale_date,
            "advance": self.held.advance or recounting.amount_due(self.held),
        }
        return shown_by(self._form(posted, draft_id=self._draft_id), values)

    def _form(self, *data: Any, **options: Any) -> HeadForm:
        form = self.head(*data, company=self.company, **options)
        offered(form, self._fields)
        return form

    def form(self, *data: Any, **options: Any) -> HeadForm:
        """As :class:`Sale`; what is held already is no error."""
        return self._form(*data, **({"shown": self.shown} if data else {}), **options)

    def prices(self, chosen: str | None) -> str:
        """As :class:`Sale`; where the page has no choice, as the lines of the draft have them."""
        return super().prices(chosen) if "prices" in self.head.base_fields else prices_of(self._rows)

    def line_set(self, *data: Any, prices: str | None, **options: Any) -> Any:
        form_kwargs = {"prices": self.prices(prices), "was": self._was}
        return self.lines(*data, prefix=LINES, form_kwargs=form_kwargs, **options)

    def initial(self, draft: InvoiceDraft | None = None) -> dict[str, Any]:  # noqa: ARG002 - as of a sale
        """As :class:`Sale`, of what is held."""
        names = map(preserved_lines.name_of, self._rows)
        return {**self._fields, LINES: [preserved_lines.initial(name, self._was[name]) for name in names]}

    def fits(self, draft: InvoiceDraft) -> bool:  # noqa: ARG002 - as of a sale
        """As :class:`Sale`: nothing is lost of any draft."""
        return True

    def check(self, form: HeadForm, lines: Sequence[dict[str, Any]]) -> bool:
        """As :class:`Sale`, of the lines that were changed; and the sums can be worked out."""
        names = set(self._was)
        self.check_rates(
            form, [one for one in lines if preserved_lines.name_of(line_values.line(one)) not in names]
        )
        if self.kind == "UPR" and tuple(map(line_values.line, lines)) != self._rows:
            is_small(form, lines)
        if not lines and self._rows and self.held.correction is None:
            form.add_error(None, _("Faktura bez pozycji: dodaj choć jedną."))
        if form.errors:
            return False
        try:
            self.draft(form.cleaned_data, lines)
        except IncompleteDraft:
            form.add_error(None, _("Pozycja bez wartości: podaj cenę i ilość."))
        except ValueError:
            form.add_error(
                None,
                _(
                    "Z tych pozycji nie da się policzyć sum tej faktury. Popraw je albo wróć do tego, co jest w pliku."
                ),
            )
        return not form.errors

    def draft(self, typed: dict[str, Any], lines: Sequence[dict[str, Any]]) -> InvoiceDraft:
        """As :class:`Sale`. Raises ValueError where sums cannot be worked out anew."""
        rows = tuple(map(line_values.line, lines))
        before, after = self._before, self._meant(typed, lines)
        base = replace(self.held, lines=())
        changed = merged(base, replace(before, lines=()), replace(after, lines=()))
        other = "seller" if self.is_self_billed else "buyer"
        if _number(getattr(after, other)) != _number(getattr(before, other)):
            changed = replace(changed, **{other: getattr(after, other)})
        changed = replace(changed, lines=self.held.lines)
        if changed.seller is not None and changed.seller.nip == self.company.nip:
            changed = replace(changed, seller=composing.seller(self.company))
        return recounting.recounted(self.held, recounting.with_lines(changed, rows))

    @cached_property
    def _before(self) -> InvoiceDraft:
        """What the page means as it is shown."""
        form = self._form(self.shown.posted, shown=self.shown, draft_id=self._draft_id)
        form.is_valid()
        lines = [{**one.values, ORIGINAL_LINE: one.line} for one in self._was.values()]
        return self._meant(form.cleaned_data, lines)

    def _meant(self, typed: dict[str, Any], lines: Sequence[dict[str, Any]]) -> InvoiceDraft:
        draft = composing.draft(self.company, typed, lines, self_billed=self.is_self_billed)
        if "advance" in self.head.base_fields:
            draft = replace(draft, advance=typed["advance"])
        return draft

    def totals(self, form: HeadForm, lines: Sequence[dict[str, Any]]) -> Totals:
        """As :class:`Sale`; what the draft states while nothing that it comes from is changed."""
        rows = tuple(map(line_values.line, lines))
        try:
            totals = super().totals(form, lines)
        except ValueError:
            totals = Totals(currency=self.held.currency, sums=(), total=money.ZERO, tax_pln=None)
        changed = recounting.with_lines(self.held, rows)
        try:
            total = recounting.amount_due(recounting.recounted(self.held, changed))
        except ValueError:
            return totals
        if total is None or total == totals.total:
            return totals
        return replace(totals, sums=(), total=total)

    @cached_property
    def stays(self) -> unshown.Stays:
        """What the page does not show, in words."""
        original, shows = self.held, self._before
        if shows.buyer is not None and original.buyer is not None and not original.buyer.name:
            shows = replace(shows, buyer=replace(shows.buyer, name=original.buyer.name))
        apart: dict[str, Any] = {
            "lines": (),
            "buyer" if self.is_self_billed else "seller": None,
            "order": None if self.is_of_order else original.order,
        }
        shows = replace(shows, **{**apart, "order": None}, kind=original.kind, number=original.number)
        if "advance" in self.head.base_fields:
            shows = replace(shows, advance=original.advance)
        original = replace(original, **apart)
        return unshown.stays(original, shows, self._rows)

    def context(self) -> dict[str, object]:
        """What the page does not show."""
        return {"preserved": self.stays}

    def numbered_for(self, data: Mapping[str, Any]) -> str:
        return bare_nip(str(data.get("buyer_nip") or "")) if self.is_self_billed else ""

    def has_own_rate(self, data: Mapping[str, Any]) -> bool:
        """Whether currency and rate of exchange came back as they were, so that none is filled in."""
        return all(plain(data.get(name)) == plain(self.shown.posted.get(name)) for name in EXCHANGE)


def _number(buyer: Party | None) -> tuple[str | None, ...]:
    """What tells a buyer from another."""
    if buyer is None:
        return ()
    return buyer.nip, buyer.vat_ue_country, buyer.vat_ue, buyer.tax_country, buyer.tax_id
