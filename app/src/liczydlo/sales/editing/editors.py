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
from liczydlo.sales.editing import advance, unshown
from liczydlo.sales.editing.correction import Correcting, original_for
from liczydlo.sales.editing.preserving import Preserving
from liczydlo.sales.editing.sale import Sale, SimplifiedSale
from liczydlo.sales.editing.self_billed import SelfBilledSale
from liczydlo.sales.lifecycle import StaleDraft
from liczydlo.sales.line_forms import MOST_LINES
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.recounting import lines_of
from liczydlo.sales.similar import Source, meant

NEW: Final[Mapping[str, Callable[[Company], Sale]]] = {
    "sale": Sale,
    "simplified": SimplifiedSale,
    "advance": advance.NewAdvance,
    "self-billed": SelfBilledSale,
}
"""Documents that begin with nothing."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """Whether a draft is edited: by ``editor``, which shows all that is ``meant``, or else what it lacks, in words."""

    meant: InvoiceDraft | None = None
    editor: Sale | None = None
    unshown: Sequence[str] = ()


def look(company: Company, invoice: Invoice, draft: Draft) -> Look:
    """What edits a draft without losing anything of it. A file is edited as what it means, its seller as it stands."""
    try:
        held = Source(draft=draft.invoice_draft) if draft.invoice_draft is not None else meant(invoice)
    except ValueError:
        return Look(unshown=(_("części tego pliku, których program nie rozumie"),))
    editor = None if held.unread else _editor(company, invoice, draft, held.draft)
    if len(lines_of(held.draft)) > MOST_LINES:
        return Look(meant=held.draft, unshown=(unshown.TOO_MANY % {"most": MOST_LINES},))
    if editor is None:
        named = unshown.words(company, held.draft) if held.draft.correction is None else []
        named += held.unread
        return Look(meant=held.draft, unshown=named or [_("wartości spoza list wyboru formularza")])
    is_sellers = draft.file_name and not editor.is_self_billed
    editor.seller = held.draft.seller if is_sellers else None
    return Look(meant=held.draft, editor=editor)


def editor_of(invoice: Invoice) -> Sale:
    """The editor of a draft. Raises Http404 for one that the form does not take, or that is a draft no more."""
    try:
        view = look(invoice.company, invoice, services.draft_of(invoice))
    except StaleDraft as stale:
        raise Http404(stale.why) from stale
    if view.editor is None:
        raise Http404("what this form cannot show is not edited here")
    return view.editor


def _of_file(original: Invoice | None, draft: InvoiceDraft) -> Correcting | None:
    """The editor of corrections where it would make the very correction that a file has of an invoice of ours."""
    try:
        editor = Correcting(original, draft) if original is not None else None
    except ValueError:  # the original, or a correction of it, says what a draft cannot hold
        return None
    return editor if editor is not None and editor.says_all() else None


def _editor(company: Company, invoice: Invoice, row: Draft, draft: InvoiceDraft) -> Sale | None:
    """Files of other programs have an editor that keeps what it does not show, and so has what no form shows whole."""
    original = None
    if draft.correction is not None and draft.correction.period is None:
        original = original_for(invoice)
    if row.file_name or row.draft_json is None:
        return _of_file(original, draft) or Preserving(company, draft, invoice)
    if draft.correction is not None:
        return None if original is None else Correcting(original, draft)
    candidates = (
        Sale(company),
        SimplifiedSale(company),
        SelfBilledSale(company),
        *advance.editors(company, invoice, draft),
    )
    kept = Preserving(company, draft, invoice)
    return next((one for one in candidates if one.fits(draft)), kept)
