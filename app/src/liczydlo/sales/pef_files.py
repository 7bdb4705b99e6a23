"""A draft as the file that a provider of Peppol services sends: PEF of a sale, PEF_KOR of the correction of a PEF."""

from __future__ import annotations

from typing import Final

from liczydlo.fa3.model import Faktura
from liczydlo.fa3.problems import DocumentError, Problem
from liczydlo.pef.build import build
from liczydlo.pef.kor import build_correction
from liczydlo.pef.reading import NotHeld
from liczydlo.sales import corrections
from liczydlo.sales.models import Invoice
from liczydlo.sales.states import State

SALE: Final = "PEF"
CORRECTION: Final = "PEF_KOR"


def offered(draft: Invoice) -> str:
    """Which of the two a page offers of it: ``SALE``, ``CORRECTION``, or nothing."""
    if draft.state != State.DRAFT or draft.entry.is_self_billed:
        return ""
    if draft.entry.kind == "VAT":
        return SALE
    original = _original(draft) if draft.entry.kind == "KOR" else None
    return CORRECTION if original is not None and original.entry.kind == corrections.PEF else ""


def pef_file(draft: Invoice, faktura: Faktura) -> tuple[str, bytes]:
    """What it is and its bytes. Raises DocumentError with everything that keeps it from being one."""
    if faktura.fa.rodzaj_faktury != "KOR":
        return SALE, build(faktura)
    original = _original(draft)
    if original is None:
        raise DocumentError([Problem(code="pef-kor-original", path="Fa/DaneFaKorygowanej")])
    if original.entry.kind != corrections.PEF:
        raise DocumentError([Problem(code="pef-kor-fa", path="Fa/DaneFaKorygowanej")])
    try:
        now = corrections.standing_of(original)
    except NotHeld as error:
        raise DocumentError([Problem(code="pef-kor-original", path=error.element)]) from error
    return CORRECTION, build_correction(now, faktura)


def _original(draft: Invoice) -> Invoice | None:
    """The one issued invoice that a correction corrects."""
    rows = [one for one in corrections.originals(draft) if one.entry.kind not in corrections.KINDS]
    return rows[0] if len(rows) == 1 and rows[0].entry.document_id is not None else None
