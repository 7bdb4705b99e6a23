"""KOR, KOR_ROZ and KOR_ZAL: what is corrected and why, and sums that are differences (art. 106j)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from liczydlo.fa3 import totals
from liczydlo.fa3.build import parties, vat, zal
from liczydlo.fa3.draft import Correction, IncompleteDraft, InvoiceDraft, Original
from liczydlo.fa3.model import DaneFaKorygowanej, FaWiersz, Podmiot1K


def shares(draft: InvoiceDraft, rows: tuple[FaWiersz, ...]) -> list[totals.Share]:
    """Lines after the correction less lines ``before`` it; a line that is itself a difference has no pair."""
    return vat.shares(draft, rows)


def shares_of_advance(draft: InvoiceDraft, rows: tuple[FaWiersz, ...]) -> list[totals.Share]:  # noqa: ARG001
    """The advance as corrected less the one before, each divided over the rates of its order."""
    before = draft.correction.amount_before if draft.correction is not None else None
    if draft.advance is None or before is None:
        raise IncompleteDraft("advance" if draft.advance is None else "correction.amount_before")
    was = zal.part(draft, before, before=True)
    return totals.minus(zal.part(draft, draft.advance, before=False), was)


def fields(correction: Correction) -> dict[str, Any]:
    """The fields of ``Fa`` that only a correction has."""
    return {
        "przyczyna_korekty": correction.reason,
        "typ_korekty": correction.effect,
        "dane_fa_korygowanej": tuple(map(_original, correction.originals)),
        "okres_fa_korygowanej": correction.period,
        "nr_fa_korygowany": correction.right_number,
        "podmiot1k": _seller(correction),
        "podmiot2k": tuple(map(parties.buyer_before, correction.buyers)),
        "p_15zk": correction.amount_before,
        "kurs_waluty_zk": correction.exchange_rate_before,
    }


def _seller(correction: Correction) -> Podmiot1K | None:
    if correction.seller is None:
        return None
    before = parties.seller_before(correction.seller)
    prefix = correction.seller_prefix
    return before if prefix is None else replace(before, prefiks_podatnika=prefix)


def _original(original: Original) -> DaneFaKorygowanej:
    outside = original.ksef_number is None  # NrKSeFN: issued outside KSeF, or before it was obligatory
    return DaneFaKorygowanej(
        data_wyst_fa_korygowanej=original.issue_date,
        nr_fa_korygowanej=original.number,
        nr_ksef=None if outside else 1,
        nr_ksef_fa_korygowanej=original.ksef_number,
        nr_ksef_n=1 if outside else None,
    )
