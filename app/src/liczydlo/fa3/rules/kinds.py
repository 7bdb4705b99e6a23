"""What each kind of invoice must name besides, and the order of its dates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from liczydlo.fa3.identifiers import IdentifierError, KsefNumber
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
    """A settlement names the advances (art. 106f ust. 3)."""
    if faktura.fa.rodzaj_faktury == "ROZ" and not faktura.fa.faktura_zaliczkowa:
        yield warning("settlement-of-what", "Fa/RodzajFaktury")


def _simplified(faktura: Faktura) -> Iterator[Problem]:
    """A simplified invoice is a small one."""
    fa = faktura.fa
    limit = _SIMPLIFIED_UP_TO.get(fa.kod_waluty)
    if fa.rodzaj_faktury == "UPR" and limit is not None and fa.p_15 > limit:
        yield warning("simplified-limit", "Fa/P_15", value=f"{fa.p_15:f}", limit=f"{limit} {fa.kod_waluty}")


def _ksef_numbers(faktura: Faktura) -> Iterator[Problem]:
    """Another document's KSeF number has a checksum; nobody compares it on acceptance."""
    fa = faktura.fa
    named = [
        (f"Fa/DaneFaKorygowanej[{index}]/NrKSeFFaKorygowanej", each.nr_ksef_fa_korygowanej)
        for index, each in enumerate(fa.dane_fa_korygowanej, 1)
    ] + [
        (f"Fa/FakturaZaliczkowa[{index}]/NrKSeFFaZaliczkowej", each.nr_ksef_fa_zaliczkowej)
        for index, each in enumerate(fa.faktura_zaliczkowa, 1)
    ]
    for path, number in named:
        if number is not None and not _is_ksef_number(number):
            yield warning("ksef-number", path, value=number)


def _is_ksef_number(number: str) -> bool:
    try:
        KsefNumber.parse(number)
    except IdentifierError as error:
        # KSeF 1.0 gave numbers of another shape, which the schema still allows; only the present one can be judged
        return error.code == "ksef-number-shape"
    return True


def _period(faktura: Faktura) -> Iterator[Problem]:
    """A period ends after it begins."""
    period = faktura.fa.okres_fa
    if period is not None and period.p_6_do < period.p_6_od:
        yield warning(
            "period-backwards", "Fa/OkresFa", begins=period.p_6_od.isoformat(), ends=period.p_6_do.isoformat()
        )


def _due(faktura: Faktura) -> Iterator[Problem]:
    """A term of payment is not before the day of issue."""
    fa = faktura.fa
    for index, term in enumerate(fa.platnosc.termin_platnosci if fa.platnosc else (), 1):
        if term.termin is not None and term.termin < fa.p_1 and fa.rodzaj_faktury == "VAT":
            path = f"Fa/Platnosc/TerminPlatnosci[{index}]/Termin"
            yield warning("due-before-issue", path, value=term.termin.isoformat())


RULES: Final[tuple[Callable[[Faktura], Iterator[Problem]], ...]] = (
    _correction,
    _advance,
    _settlement,
    _simplified,
    _ksef_numbers,
    _period,
    _due,
)
