"""Corrections of invoices VAT RR: each starts from the lines as the last one left them."""

from __future__ import annotations

from dataclasses import replace

from liczydlo.documents.models import Direction
from liczydlo.rr.build import KOR_VAT_RR
from liczydlo.rr.document import read
from liczydlo.rr.draft import Line, RrDraft
from liczydlo.rr.editing import tied
from liczydlo.rr.model import Faktura
from liczydlo.rr.reverse import reverse
from liczydlo.sales import corrections
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.links import CorrectionLink
from liczydlo.sales.states import State
from liczydlo.web.reasons import Reason


def link(row: Invoice, faktura: Faktura) -> None:
    """Tie a correction to the invoice of ours that it corrects; call it where the document is stored."""
    CorrectionLink.objects.of(row.company).filter(correction=row).delete()
    referenced = faktura.faktura_rr.dane_fa_korygowanej
    if not referenced or referenced[0].nr_ksef_fa_korygowanej is None:
        return
    original = (
        Invoice.objects.of(row.company)
        .filter(
            environment=row.environment,
            entry__company=row.company,
            entry__environment=row.environment,
            entry__direction=Direction.SELF_BILLED,
            entry__ksef_number=referenced[0].nr_ksef_fa_korygowanej,
        )
        .exclude(pk=row.pk)
        .first()
    )
    if original is not None:
        CorrectionLink.objects.create(company_id=row.company_id, correction=row, original=original)


def can_be_corrected(invoice: Invoice) -> bool:
    """Whether a correction of it can be made: an invoice that KSeF has accepted, of the present environment."""
    return (
        invoice.is_farm
        and invoice.state == State.ACCEPTED
        and invoice.entry.kind != KOR_VAT_RR
        and invoice.environment == invoice.company.environment
    )


def root(invoice: Invoice) -> Invoice:
    """The invoice that is corrected: itself, or that of a correction."""
    if invoice.entry.kind != KOR_VAT_RR:
        return invoice
    originals = corrections.originals(invoice)
    return originals[0] if originals else invoice


def draft_of_original(original: Invoice) -> RrDraft:
    """What an invoice says, with the lines as its last correction that counts has left them; each has a ``uid``."""
    counted = corrections.of(original).counted
    draft = reverse(read(original.entry.xml))
    lines = draft.lines
    if counted:
        last = Invoice.objects.of(original.company).select_related("entry__document").get(pk=counted[-1].pk)
        lines = reverse(read(last.entry.xml)).lines
    return tied(replace(draft, lines=lines))


def outdated(row: Invoice, faktura: Faktura) -> Reason | None:
    """Whether a correction starts from lines that another one has changed meanwhile."""
    correction, originals = reverse(faktura).correction, corrections.originals(row)
    if correction is None or not originals:
        return None
    original = Invoice.objects.of(row.company).select_related("entry__document").get(pk=originals[0].pk)
    if [_facts(line) for line in draft_of_original(original).lines] == [
        _facts(line) for line in correction.before
    ]:
        return None
    return Reason("correction-outdated", {"number": original.entry.number})


def _facts(line: Line) -> tuple[object, ...]:
    """What of a line a correction may change."""
    return (line.name, line.quality, line.unit, line.quantity, line.price, line.rate)


def warnings(row: Invoice) -> list[Reason]:
    """That another correction of the same invoice is open."""
    reasons = []
    for original in corrections.originals(row):
        others = ", ".join(one.entry.number for one in corrections.of(original).open if one.pk != row.pk)
        if others:
            reasons.append(Reason("correction-open", {"number": original.entry.number, "others": others}))
    return reasons
