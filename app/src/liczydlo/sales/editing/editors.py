"""Which editor edits a draft, and which makes a new document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from liczydlo.companies.models import Company
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.sales.editing import advance, unshown
from liczydlo.sales.editing.correction import Correcting, original_for
from liczydlo.sales.editing.sale import Sale, SimplifiedSale
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.similar import Source, meant

NEW: Final[Mapping[str, Callable[[Company], Sale]]] = {
    "sale": Sale,
    "simplified": SimplifiedSale,
    "advance": advance.NewAdvance,
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
    is_file = draft.invoice_draft is None
    if held.draft.correction is not None and is_file:
        return Look(unshown=(_("korekty z pliku: formularz poprawia te, które zrobił program"),))
    editor = None if held.unread else _editor(company, invoice, held.draft)
    if editor is None:
        named = unshown.words(company, held.draft) if held.draft.correction is None else []
        named += held.unread
        return Look(meant=held.draft, unshown=named or [_("wartości spoza list wyboru formularza")])
    editor.seller = held.draft.seller if draft.file_name else None
    return Look(meant=held.draft, editor=editor)


def _editor(company: Company, invoice: Invoice, draft: InvoiceDraft) -> Sale | None:
    if draft.correction is not None:
        original = original_for(invoice) if draft.correction.period is None else None
        return None if original is None else Correcting(original)
    candidates = (Sale(company), SimplifiedSale(company), *advance.editors(company, invoice, draft))
    return next((one for one in candidates if one.fits(draft)), None)
