"""From what an issuer means to the whole FA(3) document; a module for each kind says what its sums are.

What contradicts itself or cannot be worked out is refused; whether the document is a good one is said by ``rules``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from liczydlo.fa3 import totals
from liczydlo.fa3.build import kor, marks, parties, payments, roz, upr, vat, zal
from liczydlo.fa3.build import lines as rows_of
from liczydlo.fa3.draft import IncompleteDraft, InvoiceDraft, Kind
from liczydlo.fa3.model import Fa, Faktura, FaWiersz, Naglowek

__all__ = ["OF_ADVANCE", "SYSTEM", "IncompleteDraft", "amounts", "build", "missing"]

SYSTEM: Final = "Liczydło"  # SystemInfo
OF_ADVANCE: Final = rows_of.OF_ADVANCE
_SHARES: Final[Mapping[Kind, Callable[[InvoiceDraft, tuple[FaWiersz, ...]], list[totals.Share]]]] = {
    "VAT": vat.shares,
    "UPR": upr.shares,
    "KOR": kor.shares,
    "KOR_ROZ": kor.shares,
    "KOR_ZAL": kor.shares_of_advance,
    "ZAL": zal.shares,
    "ROZ": roz.shares,
}
_FIELDS: Final = frozenset(Fa.__dataclass_fields__)


def missing(draft: InvoiceDraft) -> tuple[str, ...]:
    """The fields without which no document can be made: ``number``, ``seller.nip`` …"""
    needed = {
        "number": draft.number,
        "issue_date": draft.issue_date,
        "seller.nip": draft.seller and draft.seller.nip,
        "seller.name": draft.seller and draft.seller.name,
        "seller.address": draft.seller and draft.seller.address,
        "buyer": draft.buyer,
    }
    return tuple(name for name, value in needed.items() if not value)


def build(draft: InvoiceDraft, *, created: datetime) -> Faktura:
    """The document of a draft. ``created`` is the moment of making it (aware).

    Raises IncompleteDraft for what is missing and ValueError for what contradicts itself.
    """
    if absent := missing(draft):
        raise IncompleteDraft(*absent)
    assert draft.number and draft.issue_date and draft.seller and draft.buyer
    rows = rows_of.rows(draft)
    sums: dict[str, Any] = dict(amounts(draft, rows))
    described = draft.lines if draft.order is None else draft.lines + draft.order.lines
    rates = {line.rate for line in described}
    return Faktura(
        naglowek=Naglowek(data_wytworzenia_fa=created.replace(microsecond=0), system_info=SYSTEM),
        podmiot1=parties.seller(draft.seller, draft.seller_status, rates),
        podmiot2=parties.buyer(draft.buyer, draft),
        podmiot3=tuple(map(parties.third, draft.third_parties)),
        podmiot_upowazniony=draft.authorised,
        fa=Fa(
            kod_waluty=draft.currency,
            p_1=draft.issue_date,
            p_1m=draft.place,
            p_2=draft.number,
            wz=draft.delivery_notes,
            p_6=draft.sale_date,
            okres_fa=draft.period,
            **sums,
            kurs_waluty_z=rows_of.rate_of_advance(draft),
            adnotacje=marks.adnotacje(draft.marks, rates),
            rodzaj_faktury=draft.kind,
            **(kor.fields(draft.correction) if draft.correction is not None else {}),
            zaliczka_czesciowa=draft.part_payments,
            fp=1 if draft.to_receipt else None,
            tp=1 if draft.linked else None,
            dodatkowy_opis=draft.remarks,
            faktura_zaliczkowa=tuple(map(roz.settled, draft.advances)),
            zwrot_akcyzy=1 if draft.excise_refund else None,
            fa_wiersz=rows,
            rozliczenie=payments.settlement(draft.settlement, sums["p_15"]),
            platnosc=payments.payment(draft.payment),
            warunki_transakcji=draft.terms,
            zamowienie=zal.order(draft.order) if draft.order is not None else None,
        ),
        stopka=draft.footer,
        zalacznik=draft.attachment,
    )


def amounts(draft: InvoiceDraft, rows: tuple[FaWiersz, ...]) -> dict[str, Decimal]:
    """P_13 to P_15: as stated, or as the kind of invoice works them out. Raises as ``build``."""
    if draft.sums is None:
        shares = _SHARES[draft.kind](draft, rows)
        fields = totals.fields(shares, currency=draft.currency, exchange_rate=rows_of.rate_of_tax(draft))
    else:
        fields = _stated(draft)
        fields["p_15"] = totals.gross(fields)
    if draft.total is not None:
        fields["p_15"] = draft.total
    return fields


def _stated(draft: InvoiceDraft) -> dict[str, Decimal]:
    stated = {}
    for one in draft.sums or ():
        named = {
            f"p_13_{one.group}": one.net,
            f"p_14_{one.group}": one.tax,
            f"p_14_{one.group}w": one.tax_pln,
        }
        for name, amount in named.items():
            if amount is None:
                continue
            if name not in _FIELDS or name in stated:
                raise ValueError(f"no room for {name}")
            stated[name] = amount
    return stated
