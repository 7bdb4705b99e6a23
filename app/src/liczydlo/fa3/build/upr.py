"""UPR, the simplified invoice (art. 106e ust. 5 pkt 3): up to 450 zł or 100 €, with the buyer's NIP alone.

It need not say quantities and prices. Its sums are then stated (``InvoiceDraft.sums``), so that the tax of each rate is
known.
"""

from __future__ import annotations

from liczydlo.fa3 import totals
from liczydlo.fa3.build import vat
from liczydlo.fa3.draft import IncompleteDraft, InvoiceDraft
from liczydlo.fa3.model import FaWiersz


def shares(draft: InvoiceDraft, rows: tuple[FaWiersz, ...]) -> list[totals.Share]:
    """The sums of the lines, when they have values; IncompleteDraft names ``sums`` when they have none."""
    if all(row.p_11 is None and row.p_11a is None for row in rows):
        raise IncompleteDraft("sums")
    return vat.shares(draft, rows)
