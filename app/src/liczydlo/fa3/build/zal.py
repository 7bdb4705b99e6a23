"""ZAL, the invoice of an advance: an order, and sums of what was paid towards it (art. 106f ust. 1)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final

from liczydlo.fa3 import money, totals
from liczydlo.fa3.build import lines, vat
from liczydlo.fa3.draft import IncompleteDraft, InvoiceDraft, Line, Order
from liczydlo.fa3.model import FaWiersz, Zamowienie, ZamowienieWiersz

_NOT_OF_AN_ORDER: Final = ("gross_price", "gross", "discount", "sale_date", "exchange_rate")


def shares(draft: InvoiceDraft, rows: tuple[FaWiersz, ...]) -> list[totals.Share]:  # noqa: ARG001 - as of each kind
    """The advance divided over the rates of the order."""
    if draft.advance is None:
        raise IncompleteDraft("advance")
    if draft.advance <= 0:
        raise ValueError("an advance is more than nothing")
    return part(draft, draft.advance, before=False)


def part(draft: InvoiceDraft, gross: Decimal, *, before: bool) -> list[totals.Share]:
    """``gross`` divided over the rates of the order, as it was before the correction or as it is."""
    order = () if draft.order is None else draft.order.lines
    plain = replace(
        draft, lines=tuple(replace(line, before=False) for line in order if line.before is before)
    )
    whole = vat.shares(plain, lines.rows(plain))
    if not money.ZERO <= gross <= money.total(share.gross for share in whole):
        raise ValueError("an advance is no more than the whole order")
    return totals.of_part(whole, gross) if gross else []


def order(ordered: Order) -> Zamowienie:
    """The order. Raises ValueError for a line with what FA(3) has no place for in orders."""
    rows = tuple(_row(number, line) for number, line in lines.numbered(ordered.lines))
    value = ordered.value
    if value is None:
        after = (row for row in rows if row.stan_przed_z is None)
        value = money.total(
            amount for row in after for amount in (row.p_11_netto_z, row.p_11_vat_z) if amount is not None
        )
    return Zamowienie(wartosc_zamowienia=value, zamowienie_wiersz=rows)


def _row(number: int, line: Line) -> ZamowienieWiersz:
    if foreign := [name for name in _NOT_OF_AN_ORDER if getattr(line, name) is not None]:
        raise ValueError(f"a line of an order has no {', '.join(foreign)}")
    net, _, tax = worth(line)
    return ZamowienieWiersz(
        nr_wiersza_zam=number,
        uu_idz=line.uu_id,
        p_7z=line.name,
        indeks_z=line.index,
        gtinz=line.gtin,
        pkwiuz=line.pkwiu,
        cnz=line.cn,
        pkobz=line.pkob,
        p_8az=line.unit,
        p_8bz=line.quantity,
        p_9az=line.net_price,
        p_11_netto_z=net,
        p_11_vat_z=tax,
        p_12z=line.rate,
        p_12z_xii=line.oss_rate,
        p_12z_zal_15=1 if line.annex_15 else None,
        gtuz=line.gtu,
        procedura_z=line.procedure,
        kwota_akcyzy_z=line.excise,
        stan_przed_z=1 if line.before else None,
    )


def worth(line: Line) -> lines.Worth:
    """As ``lines.worth``, with the tax, which a line of an order says too."""
    net, gross, tax = lines.worth(line)
    if net is None or line.net is not None:
        return net, gross, tax
    rate = None if line.rate is None else totals.RATES.get(line.rate)
    percent = line.oss_rate if rate is None else rate.percent
    return net, None, money.ZERO if percent is None else money.tax_on_net(net, percent)
