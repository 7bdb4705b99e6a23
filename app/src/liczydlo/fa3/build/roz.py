"""ROZ, the invoice that settles advances: the sums of its lines less what was paid before (art. 106f ust. 3)."""

from __future__ import annotations

from liczydlo.fa3 import totals
from liczydlo.fa3.build import vat
from liczydlo.fa3.draft import Advance, InvoiceDraft
from liczydlo.fa3.model import FakturaZaliczkowa, FaWiersz


def shares(draft: InvoiceDraft, rows: tuple[FaWiersz, ...]) -> list[totals.Share]:
    """What is left of each rate. Raises ValueError when the advances are more than the whole.

    Of several advances the sum is divided over the rates at once; where their own documents were rounded otherwise,
    ``InvoiceDraft.sums`` states what is left.
    """
    whole = vat.shares(draft, rows)
    if not draft.advance:
        return whole
    left = totals.minus(whole, totals.of_part(whole, draft.advance))
    if draft.advance < 0 or any(share.gross < 0 for share in left):
        raise ValueError("the advances are more than the whole")
    return left


def settled(advance: Advance) -> FakturaZaliczkowa:
    """The advance invoice by the number it is known under."""
    outside = advance.ksef_number is None
    return FakturaZaliczkowa(
        nr_ksef_zn=1 if outside else None,
        nr_fa_zaliczkowej=advance.number,
        nr_ksef_fa_zaliczkowej=advance.ksef_number,
    )
