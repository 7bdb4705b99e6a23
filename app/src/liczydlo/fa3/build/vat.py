"""VAT, the ordinary invoice: its sums are those of its lines."""

from __future__ import annotations

from liczydlo.fa3 import totals
from liczydlo.fa3.draft import IncompleteDraft, InvoiceDraft
from liczydlo.fa3.model import FaWiersz


def shares(draft: InvoiceDraft, rows: tuple[FaWiersz, ...]) -> list[totals.Share]:
    """The sums of the lines. Raises IncompleteDraft for a line without a value, ValueError for one without a rate that
    is not under a margin procedure."""
    for index, row in enumerate(rows):
        if row.p_11 is None and row.p_11a is None:
            raise IncompleteDraft(f"lines[{index}].net_price")
        if row.p_12 is None:
            if row.p_12_xii is None and draft.marks.margin is None:
                raise ValueError(f"lines[{index}]: a line without a rate goes with a margin procedure")
        elif row.p_12_xii is not None:
            raise ValueError(f"lines[{index}]: a Polish rate or one under OSS")
        elif row.p_12 not in totals.RATES:
            raise ValueError(f"lines[{index}]: no such rate: {row.p_12}")
    return totals.shares(rows)
