"""Invoices in a supplier's name in the editor: samofakturowanie, art. 106d ustawy o VAT.

They are the editors of sales with the parties turned: the form's other party is the supplier.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liczydlo.companies.models import Company
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.fa3.identifiers import bare_nip
from liczydlo.sales import advances, numbering
from liczydlo.sales.editing.advance import NewAdvance, Settlement
from liczydlo.sales.editing.sale import Sale, SimplifiedSale
from liczydlo.sales.forms import (
    HeadForm,
    SelfBilledAdvanceForm,
    SelfBilledForm,
    SelfBilledSettlementForm,
    SelfBilledSimplifiedForm,
)
from liczydlo.sales.models import Invoice


class SelfBilled(Sale):
    """What all of them have in common, whatever kind of invoice stands beside it among the bases."""

    series = numbering.SELF_BILLED
    home = "sales:self_billed"
    is_self_billed = True
    picks = True

    def numbered_for(self, data: Mapping[str, Any]) -> str:
        """As :class:`Sale`: the NIP that is typed."""
        return bare_nip(str(data.get("buyer_nip") or ""))

    def beginning(self, day: dt.date) -> dict[str, Any]:
        """As :class:`Sale`; the account is the supplier's."""
        return {**super().beginning(day), "account": ""}

    def fits(self, draft: InvoiceDraft) -> bool:
        return draft.buyer is not None and draft.buyer.nip == self.company.nip and super().fits(draft)


class SelfBilledSale(SelfBilled):
    """An ordinary one."""

    name = "self-billed"
    page = "sales:new_self_billed"
    title = gettext_lazy("Nowa samofaktura")
    head = SelfBilledForm


class SelfBilledSimplified(SelfBilled, SimplifiedSale):
    """One of a small amount."""

    name = "self-simplified"
    page = "sales:new_self_billed_simplified"
    title = gettext_lazy("Nowa samofaktura uproszczona")
    head = SelfBilledSimplifiedForm


class OfOrder(SelfBilled):
    """What goes on from an order: it is of the supplier whose order that is."""

    order: advances.OrderBalance | None

    def check(self, form: HeadForm, lines: Sequence[dict[str, Any]]) -> bool:
        order = self.order
        if order is not None and form.cleaned_data["buyer_nip"] != order.first.entry.seller_nip:
            say = _("To zamówienie jest u innego dostawcy: podaj NIP z faktury %(number)s.")
            form.add_error("buyer_nip", say % {"number": order.first.entry.number})
        return super().check(form, lines)


class SelfBilledAdvance(OfOrder, NewAdvance):
    """An advance that the company has paid to a supplier."""

    begins = "self-advance"
    page = "sales:new_self_billed_advance"
    title = gettext_lazy("Nowa samofaktura zaliczkowa")
    head = SelfBilledAdvanceForm


class SelfBilledSettlement(OfOrder, Settlement):
    """The settlement of an order from a supplier."""

    head = SelfBilledSettlementForm


def next_advance(first: Invoice) -> NewAdvance:
    """The editor of the next advance towards the order of that first one."""
    return (SelfBilledAdvance if first.entry.is_self_billed else NewAdvance)(first.company, first)


def settlement(first: Invoice) -> Settlement:
    """The editor of the settlement of the order of that first advance."""
    return (SelfBilledSettlement if first.entry.is_self_billed else Settlement)(first.company, first)


def editors(company: Company, invoice: Invoice, draft: InvoiceDraft) -> Sequence[Sale]:
    """What may edit a draft, the firm's own and those in suppliers' names."""
    plain = (Sale(company), SimplifiedSale(company), SelfBilledSale(company), SelfBilledSimplified(company))
    first = advances.first_of(invoice)
    if draft.kind == "ZAL" and first.pk == invoice.pk:
        return ((SelfBilledAdvance if draft.marks.self_billing else NewAdvance)(company),)
    if draft.kind == "ZAL":
        return (next_advance(first),)
    return (settlement(first),) if draft.kind == "ROZ" and first.pk != invoice.pk else plain
