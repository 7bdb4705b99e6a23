"""What each kind of invoice must name besides: what it corrects or settles, by which number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from liczydlo.fa3.identifiers import is_ksef_number, looks_like_ksef_number
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.problems import Problem
from liczydlo.fa3.rules.common import CORRECTIONS, warning

# gross limits of a simplified invoice (art. 106e ust. 5 pkt 3)
_SIMPLIFIED_UP_TO: Final = {"PLN": Decimal(450), "EUR": Decimal(100)}


def _correction(faktura: Faktura) -> Iterator[Problem]:
    """A correction says what it corrects, which is older (art. 106j ust. 2)."""
    fa = faktura.fa
    if fa.rodzaj_faktury in CORRECTIONS and not fa.dane_fa_korygowanej:
        yield warning("correction-of-what", "Fa/RodzajFaktury")
    for index, corrected in enumerate(fa.dane_fa_korygowanej, 1):
        issued = corrected.data_wyst_fa_korygowanej
        if issued > fa.p_1:
            path = f"Fa/DaneFaKorygowanej[{index}]/DataWystFaKorygowanej"
            yield warning("corrected-later", path, value=issued.isoformat())


def _advance(faktura: Faktura) -> Iterator[Problem]:
    """An advance names what was ordered (art. 106f ust. 1 pkt 4)."""
    if faktura.fa.rodzaj_faktury == "ZAL" and faktura.fa.zamowienie is None:
        yield warning("advance-of-what", "Fa/RodzajFaktury")


def _settlement(faktura: Faktura) -> Iterator[Problem]:
    """A settlement names the advances (art. 106f ust. 3), or the payments that no invoice of their own documented."""
    fa = faktura.fa
    if fa.rodzaj_faktury == "ROZ" and not fa.faktura_zaliczkowa and not fa.zaliczka_czesciowa:
        yield warning("settlement-of-what", "Fa/RodzajFaktury")


def _simplified(faktura: Faktura) -> Iterator[Problem]:
    """A simplified invoice is a small one."""
    fa = faktura.fa
    limit = _SIMPLIFIED_UP_TO.get(fa.kod_waluty)
    if fa.rodzaj_faktury == "UPR" and limit is not None and fa.p_15 > limit:
        yield warning("simplified-limit", "Fa/P_15", value=f"{fa.p_15:f}", limit=f"{limit} {fa.kod_waluty}")


def _other_invoices(faktura: Faktura) -> Iterator[tuple[str, str | None, bool]]:
    """The invoices that this one corrects or settles: where their number stands, the number, whether KSeF has none."""
    fa = faktura.fa
    for index, corrected in enumerate(fa.dane_fa_korygowanej, 1):
        path = f"Fa/DaneFaKorygowanej[{index}]/NrFaKorygowanej"
        yield path, corrected.nr_fa_korygowanej, corrected.nr_ksef_n == 1
    for index, advance in enumerate(fa.faktura_zaliczkowa, 1):
        path = f"Fa/FakturaZaliczkowa[{index}]/NrFaZaliczkowej"
        yield path, advance.nr_fa_zaliczkowej, advance.nr_ksef_zn == 1


def _itself(faktura: Faktura) -> Iterator[Problem]:
    """No invoice corrects or settles itself."""
    for path, number, _ in _other_invoices(faktura):
        if number == faktura.fa.p_2:
            yield warning("names-itself", path, value=number)


def _outside_ksef(faktura: Faktura) -> Iterator[Problem]:
    """An invoice that is said to be outside KSeF has no KSeF number."""
    for path, number, is_outside in _other_invoices(faktura):
        if is_outside and number is not None and looks_like_ksef_number(number):
            yield warning("outside-ksef", path, value=number)


def _line_numbers(faktura: Faktura) -> Iterator[Problem]:
    """A number is of one line; in a correction of one before and one after (each state is numbered from 1)."""
    order = faktura.fa.zamowienie
    lines = [
        (f"Fa/FaWiersz[{index}]/NrWierszaFa", line.nr_wiersza_fa, line.stan_przed)
        for index, line in enumerate(faktura.fa.fa_wiersz, 1)
    ]
    ordered = [
        (f"Fa/Zamowienie/ZamowienieWiersz[{index}]/NrWierszaZam", line.nr_wiersza_zam, line.stan_przed_z)
        for index, line in enumerate(order.zamowienie_wiersz if order is not None else (), 1)
    ]
    for rows in (lines, ordered):
        numbers: set[tuple[int, int | None]] = set()
        for path, number, state in rows:
            if (number, state) in numbers:
                yield warning("line-number-twice", path, value=str(number))
            numbers.add((number, state))


def _ksef_numbers(faktura: Faktura) -> Iterator[Problem]:
    """Another document's KSeF number has a checksum; nobody compares it on acceptance."""
    fa = faktura.fa
    named = [
        (f"Fa/DaneFaKorygowanej[{index}]/NrKSeFFaKorygowanej", reference.nr_ksef_fa_korygowanej)
        for index, reference in enumerate(fa.dane_fa_korygowanej, 1)
    ] + [
        (f"Fa/FakturaZaliczkowa[{index}]/NrKSeFFaZaliczkowej", reference.nr_ksef_fa_zaliczkowej)
        for index, reference in enumerate(fa.faktura_zaliczkowa, 1)
    ]
    for path, number in named:
        # KSeF 1.0 gave numbers of another shape, which the schema still allows; only the present one can be judged
        if number is not None and looks_like_ksef_number(number) and not is_ksef_number(number):
            yield warning("ksef-number", path, value=number)


RULES: Final[tuple[Callable[[Faktura], Iterator[Problem]], ...]] = (
    _correction,
    _advance,
    _settlement,
    _simplified,
    _ksef_numbers,
    _itself,
    _outside_ksef,
    _line_numbers,
)
