"""Lines and orders of an invoice. What FA(3) shows as it was before a correction is reversed here (schema's remark on
FakturaWiersz and Zamowienie), so that the lines of a correction add up to its difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from liczydlo.fa3 import model as fa3
from liczydlo.jpk.fitting import Remarks
from liczydlo.jpk.model import FakturaWiersz, Zamowienie, ZamowienieWiersz

RATES: Final[Mapping[str, str]] = {
    **{rate: rate for rate in ("23", "22", "8", "7", "5", "4", "3", "zw", "oo")},
    "0 KR": "0",
    "0 WDT": "0",
    "0 EX": "0",
    "np I": "np",
    "np II": "np",
}
"""P_12 of JPK_FA(4) by that of FA(3); a test compares it with both schemas."""
_ZERO: Final = Decimal("0.00")


def lines(fa: fa3.Fa, remarks: Remarks) -> Iterator[FakturaWiersz]:
    """FakturaWiersz of an invoice."""
    for line in fa.fa_wiersz:
        before = line.stan_przed == 1
        yield FakturaWiersz(
            p_2b=fa.p_2,
            p_7=remarks.text("P_7", line.p_7),
            p_8a=remarks.text("P_8A", line.p_8a),
            p_8b=_signed(line.p_8b, before),
            p_9a=remarks.price("P_9A", line.p_9a),
            p_9b=remarks.price("P_9B", line.p_9b),
            p_10=_signed(remarks.price("P_10", line.p_10), before),
            p_11=_signed(line.p_11, before),
            p_11a=_signed(line.p_11a, before),
            p_12=RATES.get(line.p_12) if line.p_12 else None,
            p_12_xii=line.p_12_xii,
        )


def orders(fa: fa3.Fa, remarks: Remarks) -> Iterator[Zamowienie]:
    """Zamowienie of an advance, or of its correction: nothing or one.

    A correction that shows lines before and after is valued by their difference, so that the value of all orders is
    right; one that shows differences, by what it states.
    """
    order = fa.zamowienie
    if order is None:
        return
    rows = tuple(
        ZamowienieWiersz(
            p_7z=remarks.text("P_7Z", line.p_7z),
            p_8az=remarks.text("P_8AZ", line.p_8az),
            p_8bz=_signed(line.p_8bz, line.stan_przed_z == 1),
            p_9az=remarks.price("P_9AZ", line.p_9az),
            p_11_netto_z=_signed(line.p_11_netto_z, line.stan_przed_z == 1),
            p_11_vat_z=_signed(line.p_11_vat_z, line.stan_przed_z == 1),
            p_12z=RATES.get(line.p_12z) if line.p_12z else None,
            p_12z_xii=line.p_12z_xii,
        )
        for line in order.zamowienie_wiersz
    )
    value = order.wartosc_zamowienia
    if any(line.stan_przed_z == 1 for line in order.zamowienie_wiersz):
        value = sum(((row.p_11_netto_z or _ZERO) + (row.p_11_vat_z or _ZERO) for row in rows), _ZERO)
    if rows:
        yield Zamowienie(p_2az=fa.p_2, wartosc_zamowienia=value, zamowienie_wiersz=rows)


def _signed(value: Decimal | None, before: bool) -> Decimal | None:
    """The value, or what takes it back; never −0."""
    return -value if before and value else value
