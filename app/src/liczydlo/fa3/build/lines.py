"""Lines: FaWiersz numbered and valued, and the values of lines of an order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from liczydlo.fa3 import money, totals
from liczydlo.fa3.draft import InvoiceDraft, Line
from liczydlo.fa3.model import FaWiersz

OF_ADVANCE: Final = ("ZAL", "KOR_ZAL")  # kinds whose rate of exchange is KursWalutyZ
Worth = tuple[Decimal | None, Decimal | None, Decimal | None]  # net, gross, tax


def numbered(lines: Sequence[Line]) -> Iterator[tuple[int, Line]]:
    """Lines with their numbers. Those before a correction and those after it are counted each by themselves."""
    counts = [0, 0]  # by ``before``: False is 0, True is 1
    for line in lines:
        counts[line.before] += 1
        yield counts[line.before] if line.number is None else line.number, line


def rate_of_lines(draft: InvoiceDraft) -> Decimal | None:
    """KursWaluty of lines that state none of their own; that of an advance stands once, before them."""
    has_its_own = draft.currency == totals.PLN or draft.kind in OF_ADVANCE
    return None if has_its_own else draft.exchange_rate


def rate_of_advance(draft: InvoiceDraft) -> Decimal | None:
    """KursWalutyZ: PLN for one unit of an advance's currency; None of an advance in PLN."""
    follows = draft.currency != totals.PLN and draft.kind in OF_ADVANCE
    return draft.exchange_rate if follows else draft.advance_rate


def rate_of_tax(draft: InvoiceDraft) -> Decimal | None:
    """PLN for one unit, at which tax is converted whose lines do not say theirs."""
    return draft.exchange_rate if draft.exchange_rate is not None else draft.advance_rate


def rows(draft: InvoiceDraft) -> tuple[FaWiersz, ...]:
    """The lines of a document."""
    exchange_rate = rate_of_lines(draft)
    return tuple(_row(number, line, exchange_rate) for number, line in numbered(draft.lines))


def _row(number: int, line: Line, exchange_rate: Decimal | None) -> FaWiersz:
    net, gross, vat = worth(line)
    return FaWiersz(
        nr_wiersza_fa=number,
        uu_id=line.uu_id,
        p_6a=line.sale_date,
        p_7=line.name,
        indeks=line.index,
        gtin=line.gtin,
        pkwiu=line.pkwiu,
        cn=line.cn,
        pkob=line.pkob,
        p_8a=line.unit,
        p_8b=line.quantity,
        p_9a=line.net_price,
        p_9b=line.gross_price,
        p_10=line.discount,
        p_11=net,
        p_11a=gross,
        p_11_vat=vat,
        p_12=line.rate,
        p_12_xii=line.oss_rate,
        p_12_zal_15=1 if line.annex_15 else None,
        kwota_akcyzy=line.excise,
        gtu=line.gtu,
        procedura=line.procedure,
        kurs_waluty=exchange_rate if line.exchange_rate is None else line.exchange_rate,
        stan_przed=1 if line.before else None,
    )


def worth(line: Line) -> Worth:
    """The line's value as stated, or from the one price that is given."""
    if line.net is not None or line.gross is not None or line.vat is not None:
        return line.net, line.gross, line.vat
    if line.unvalued or line.quantity is None:
        return None, None, None
    if line.gross_price is None:
        if line.net_price is None:
            return None, None, None
        return money.value(line.quantity, line.net_price, line.discount), None, None
    if line.net_price is not None:  # two prices: nothing says from which of them the value comes
        return None, None, None
    return None, money.value(line.quantity, line.gross_price, line.discount), None
