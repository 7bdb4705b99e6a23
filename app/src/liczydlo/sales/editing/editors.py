"""Which editor edits a draft, and which makes a new document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import Http404
from django.utils.translation import gettext as _

from liczydlo.companies.models import Company
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.sales import services
from liczydlo.sales.corrections import can_be_corrected
from liczydlo.sales.editing import advance, self_billed, unshown
from liczydlo.sales.editing.correction import Correcting, original_for
from liczydlo.sales.editing.preserving import Preserving
from liczydlo.sales.editing.rebate import Rebating, rebated_by
from liczydlo.sales.editing.sale import Sale, SimplifiedSale
from liczydlo.sales.lifecycle import StaleDraft
from liczydlo.sales.line_forms import MOST_LINES
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.recounting import lines_of
from liczydlo.sales.similar import Source, content_of

NEW_DOCUMENTS: Final[Mapping[str, Callable[[Company], Sale]]] = {
    "sale": Sale,
    "simplified": SimplifiedSale,
    "advance": advance.NewAdvance,
    "self-billed": self_billed.SelfBilledSale,
    "self-simplified": self_billed.SelfBilledSimplified,
    "self-advance": self_billed.SelfBilledAdvance,
}
"""Documents that begin with nothing."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """Whether a draft is edited: by ``editor``, which shows all that is ``meant``, or else what it lacks, in words."""

    draft: InvoiceDraft | None = None
    editor: Sale | None = None
    unshown: Sequence[str] = ()


def look(company: Company, invoice: Invoice, draft: Draft) -> Look:
    """What edits a draft without losing anything of it. A file is edited as what it means, its seller as it stands."""
    try:
        source = Source(draft=draft.invoice_draft) if draft.invoice_draft is not None else content_of(invoice)
    except ValueError:
        return Look(unshown=(_("części tego pliku, których program nie rozumie"),))
    marked = source.draft.marks.self_billing and source.draft.correction is None
    if marked and source.draft.seller is not None and source.draft.seller.nip == company.nip:
        return Look(
            draft=source.draft, unshown=(str(unshown.WORDS["marks.self_billing"]),)
        )  # of a form for buyers
    editor = None if source.unread else _editor(company, invoice, draft, source.draft)
    if len(lines_of(source.draft)) > MOST_LINES:
        return Look(draft=source.draft, unshown=(unshown.TOO_MANY % {"most": MOST_LINES},))
    if editor is None:
        missing_words = unshown.words(company, source.draft) if source.draft.correction is None else []
        missing_words += source.unread
        return Look(draft=source.draft, unshown=missing_words or [_("wartości spoza list wyboru formularza")])
    is_sellers = draft.file_name and not editor.is_self_billed
    editor.seller = source.draft.seller if is_sellers else None
    return Look(draft=source.draft, editor=editor)


def editor_of(invoice: Invoice) -> Sale:
    """The editor of a draft. Raises Http404 for one that the form does not take, or that is a draft no more."""
    try:
        view = look(invoice.company, invoice, services.draft_of(invoice))
    except StaleDraft as stale:
        raise Http404(stale.why) from stale
    if view.editor is None:
        raise Http404("what this form cannot show is not edited here")
    return view.editor


def _of_correction(invoice: Invoice, draft: InvoiceDraft) -> Correcting | Rebating | None:
    """The editor of a correction, or of a collective one, of invoices of ours; None where the program cannot go on from
    what they say."""
    if draft.correction is None:
        return None
    try:
        if draft.correction.period is not None:
            rows = rebated_by(invoice)
            is_whole = len(rows) == len(draft.correction.originals)
            return Rebating(rows[0], draft, rows) if rows and is_whole and can_be_corrected(rows[0]) else None
        original = original_for(invoice)
        return Correcting(original, draft) if original is not None else None
    except ValueError:  # an original, or a correction of it, says what a draft cannot hold
        return None


def _editor(company: Company, invoice: Invoice, row: Draft, draft: InvoiceDraft) -> Sale | None:
    """Files of other programs have an editor that keeps what it does not show, and so has what no form shows whole. A
    correction that comes as a file has the editor that would make the very same one."""
    correcting = _of_correction(invoice, draft)
    if row.file_name or row.draft_json is None:
        is_said = correcting is not None and correcting.says_all()
        return correcting if is_said else Preserving(company, draft, invoice)
    if draft.correction is not None:
        return correcting
    candidates = self_billed.editors(company, invoice, draft)
    preserving = Preserving(company, draft, invoice)
    return next((one for one in candidates if one.fits(draft)), preserving)
