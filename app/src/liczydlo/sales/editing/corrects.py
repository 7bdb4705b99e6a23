"""What any correction has in the editor: the invoice as it is now, and what the correction says beside its amounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

from liczydlo.fa3.corrections import bare
from liczydlo.fa3.draft import InvoiceDraft, Party, Payment
from liczydlo.fa3.merging import merged
from liczydlo.sales import composing, corrections, exchange, numbering, sections
from liczydlo.sales.correction_forms import REASONS, CorrectionForm
from liczydlo.sales.editing.sale import Sale
from liczydlo.sales.editing.self_billed import SelfBilledSale
from liczydlo.sales.forms import HeadForm
from liczydlo.sales.models import Invoice
from liczydlo.sales.preserved_forms import ShownPage, shown_by
from liczydlo.sales.sections import SECTIONS_FIELD, payments
from liczydlo.sales.sections.buyers import BuyerMore

PAID: Final = ("payment", "footer")
OWN_FIELDS: Final = (
    *("place", "seller_status", "local_authority", "vat_group", "third_parties", "authorised", "settlement"),
    *("delivery_notes", "remarks", "terms", "attachment", *PAID),
)
"""Fields that a correction says for itself, beside the lines and the buyer."""


class Corrects(Sale):
    """A correction that begins at what ``original`` comes to now. What its page does not show of ``said``, the
    correction that is edited, stays."""

    head: type[CorrectionForm] = CorrectionForm

    def __init__(self, original: Invoice, correction_draft: InvoiceDraft | None = None) -> None:
        """Raises ValueError for what a draft cannot hold."""
        super().__init__(original.company)
        self.correction_draft = correction_draft
        self.original: Invoice = original
        self.about = original
        numbered = numbering.of_correction(original.entry)
        self.series, self._seller = numbered["series"], numbered["seller"]
        if original.entry.is_self_billed:
            self.home = SelfBilledSale.home
        self.now = corrections.standing_of(original)

    def form(self, *data: Any, **options: Any) -> HeadForm:
        """As :class:`Sale`; what is wrong in what stands there already is no error."""
        return self._form(*data, **({"shown": self.shown} if data else {}), **options)

    def _form(self, *data: Any, **options: Any) -> CorrectionForm:
        return self.head(*data, company=self.company, seller=self._seller, **options)

    def numbered_for(self, data: Mapping[str, Any]) -> str:  # noqa: ARG002 - as of its original
        return self._seller

    def posted(self, form: HeadForm) -> dict[str, Any]:
        """What a browser posts of the page as it is shown."""
        return dict(sections.posted(form))

    @cached_property
    def shown(self) -> ShownPage:
        """What the page shows, once something was posted."""
        values = self.initial(self.correction_draft)
        return shown_by(self._form(self.posted(self._form(initial=values))), values)

    @cached_property
    def _before(self) -> dict[str, Any]:
        """What the page says as it is shown."""
        form = self._form(self.shown.posted, shown=self.shown)
        form.is_valid()
        return form.cleaned_data

    def own_fields(self, typed: dict[str, Any]) -> dict[str, Any]:
        """The fields of ``BESIDE`` as the page says them."""
        base = self.correction_draft or bare(self.now.draft)
        says = merged(base, _with_own_fields(base, self._before), _with_own_fields(base, typed))
        return {name: getattr(says, name) for name in OWN_FIELDS}

    def initial_own_fields(self, says: InvoiceDraft, buyer: Party) -> dict[str, Any]:
        """What the form shows of ``says``, beside amounts and lines."""
        base = says if says.correction is not None else bare(says)
        payment = base.payment or Payment(form=None)
        account, term = payments.first_account(payment), payments.first_term(payment)
        notes = base.footer.informacje if base.footer is not None else ()
        parts = sections.initial(replace(base, buyer=buyer))
        if base.payment is None:
            parts["payment"] = {**parts["payment"], "unsaid": False}
        return {
            **composing.behind_buyer(base),
            "remarks": next((one.stopka_faktury for one in notes), ""),
            SECTIONS_FIELD: parts,
            "payment": payment.form or "",
            "due_date": term and term.termin,
            "account": account.nr_rb if account is not None else "",
        }

    def context(self) -> dict[str, object]:
        """The invoice, and what may be the reason."""
        return {"original": self.original, "reasons": REASONS}


def more_of(was: Party, typed: Mapping[str, Any]) -> Party:
    """The buyer with what its section says."""
    more = typed[SECTIONS_FIELD].get(BuyerMore.name)
    return was if more is None else BuyerMore().applied(InvoiceDraft(buyer=was), more).buyer or was


def identifier(party: Party) -> str:
    """The number that a buyer has, in one word; empty of one without."""
    return (
        party.nip or f"{party.vat_ue_country or party.tax_country or ''}{party.vat_ue or party.tax_id or ''}"
    )


def _with_own_fields(base: InvoiceDraft, typed: dict[str, Any]) -> InvoiceDraft:
    """What is corrected with what the page says beside the lines and the buyer."""
    paid, stated = composing.payment(typed), exchange.of_draft(base)
    plain = replace(
        bare(base),
        local_authority=typed["buyer_local_authority"],
        vat_group=typed["buyer_vat_group"],
        third_parties=composing.recipients(typed),
        payment=paid if paid != Payment(form=None) else None,
        remarks=tuple(one for one in base.remarks if stated is not None and one == stated.remark),
        footer=composing.footer(typed["remarks"]),
    )
    parts = typed[SECTIONS_FIELD]
    return sections.applied(plain, {name: said for name, said in parts.items() if name != BuyerMore.name})
