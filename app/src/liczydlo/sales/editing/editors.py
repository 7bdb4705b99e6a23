"""Which editor edits a draft, and which makes a new document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from liczydlo.companies.models import Company
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.sales.editing import advance
from liczydlo.sales.editing.correction import Correcting, original_for
from liczydlo.sales.editing.sale import Sale, SimplifiedSale
from liczydlo.sales.models import Invoice

NEW: Final[Mapping[str, Callable[[Company], Sale]]] = {
    "sale": Sale,
    "simplified": SimplifiedSale,
    "advance": advance.NewAdvance,
}
"""Documents that begin with nothing."""


def editor_for(company: Company, invoice: Invoice, draft: InvoiceDraft) -> Sale | None:
    """What edits a draft without losing anything of it; None where nothing does."""
    if draft.correction is not None:
        original = original_for(invoice) if draft.correction.period is None else None
        return None if original is None else Correcting(original)
    candidates = (Sale(company), SimplifiedSale(company), *advance.editors(company, invoice, draft))
    return next((one for one in candidates if one.fits(draft)), None)
