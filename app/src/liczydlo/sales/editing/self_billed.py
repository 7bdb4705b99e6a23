"""An invoice in a supplier's name in the editor: samofakturowanie, art. 106d ustawy o VAT."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from liczydlo.fa3.draft import InvoiceDraft, Kind
from liczydlo.fa3.identifiers import bare_nip
from liczydlo.sales import composing, numbering
from liczydlo.sales.editing.sale import Sale
from liczydlo.sales.forms import SelfBilledForm


class SelfBilledSale(Sale):
    """A new one, or a draft of one. The form's other party is the supplier."""

    kind: Kind = "VAT"
    name = "self-billed"
    series = numbering.SELF_BILLED
    title = gettext_lazy("Nowa samofaktura")
    head = SelfBilledForm
    home = "sales:self_billed"
    is_self_billed = True

    @property
    def address(self) -> str:
        """As :class:`Sale`."""
        return reverse("sales:new_self_billed", args=[self.company.pk])

    def numbered_for(self, data: Mapping[str, Any]) -> str:
        """As :class:`Sale`: the NIP that is typed."""
        return bare_nip(str(data.get("buyer_nip") or ""))

    def beginning(self, day: dt.date) -> dict[str, Any]:
        """As :class:`Sale`; the account is the supplier's."""
        return {**super().beginning(day), "account": ""}

    def fits(self, draft: InvoiceDraft) -> bool:
        """As :class:`Sale`."""
        return draft.buyer is not None and draft.buyer.nip == self.company.nip and super().fits(draft)

    def draft(self, typed: dict[str, Any], lines: Sequence[dict[str, Any]]) -> InvoiceDraft:
        """As :class:`Sale`."""
        return composing.draft(self.company, typed, lines, self_billed=True)
