"""The order of an invoice's dates, and what may not be in the future; ``today`` is the day in Poland."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from liczydlo.fa3.model import Fa, Faktura
from liczydlo.fa3.problems import Problem
from liczydlo.fa3.rules.common import ADVANCES, warning

_POLAND: Final = ZoneInfo("Europe/Warsaw")


def _issue(faktura: Faktura, today: date) -> Iterator[Problem]:
    """KSeF refuses a P_1 later than the day of acceptance."""
    if faktura.fa.p_1 > today:
        params = {"value": faktura.fa.p_1.isoformat(), "today": today.isoformat()}
        yield Problem(code="issue-date-future", path="Fa/P_1", params=params)


def _payment(faktura: Faktura, today: date) -> Iterator[Problem]:
    """A payment that was made was made before the invoice that tells of it: not later than the day of issue and the
    day of the file, whichever is later, nor than today."""
    created = faktura.naglowek.data_wytworzenia_fa.astimezone(_POLAND).date()
    latest = min(today, max(faktura.fa.p_1, created))
    for path, day in _payments(faktura.fa):
        if day is not None and day > latest:
            yield warning("paid-in-future", path, value=day.isoformat(), latest=latest.isoformat())


def _payments(fa: Fa) -> Iterator[tuple[str, date | None]]:
    if fa.rodzaj_faktury in ADVANCES:  # there P_6 is the day of payment
        yield "Fa/P_6", fa.p_6
    for index, advance in enumerate(fa.zaliczka_czesciowa, 1):
        yield f"Fa/ZaliczkaCzesciowa[{index}]/P_6Z", advance.p_6z
    if fa.platnosc is not None:
        yield "Fa/Platnosc/DataZaplaty", fa.platnosc.data_zaplaty
        for index, part in enumerate(fa.platnosc.zaplata_czesciowa, 1):
            path = f"Fa/Platnosc/ZaplataCzesciowa[{index}]/DataZaplatyCzesciowej"
            yield path, part.data_zaplaty_czesciowej


def _period(faktura: Faktura, today: date) -> Iterator[Problem]:  # noqa: ARG001 - as of each rule of dates
    """A period ends after it begins."""
    period = faktura.fa.okres_fa
    if period is not None and period.p_6_do < period.p_6_od:
        yield warning(
            "period-backwards", "Fa/OkresFa", begins=period.p_6_od.isoformat(), ends=period.p_6_do.isoformat()
        )


def _due(faktura: Faktura, today: date) -> Iterator[Problem]:  # noqa: ARG001
    """A term of payment is not before the day of issue."""
    fa = faktura.fa
    for index, term in enumerate(fa.platnosc.termin_platnosci if fa.platnosc else (), 1):
        if term.termin is not None and term.termin < fa.p_1 and fa.rodzaj_faktury == "VAT":
            path = f"Fa/Platnosc/TerminPlatnosci[{index}]/Termin"
            yield warning("due-before-issue", path, value=term.termin.isoformat())


RULES: Final[tuple[Callable[[Faktura, date], Iterator[Problem]], ...]] = (_issue, _payment, _period, _due)
