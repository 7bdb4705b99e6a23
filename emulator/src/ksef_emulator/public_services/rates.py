"""Made-up middle rates of NBP's table A: when a table is published, its number, what a currency is worth in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final

from ..intake.polish_time import in_poland

FIRST: Final = date(2002, 1, 2)
"""The live service has no tables before."""
PUBLISHED: Final = time(12, 15)
"""Of Warsaw; the table of a working day is there from then on."""
DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_EPIPHANY_SINCE, _CHRISTMAS_EVE_SINCE = 2011, 2025
_ONCE: Final = (date(2018, 11, 12),)  # free by a statute of its own (Dz.U. 2018 poz. 2117)


@dataclass(frozen=True, kw_only=True)
class Currency:
    """A currency of table A; its rates are within three percent of ``usual``, PLN for one unit."""

    code: str
    name: str
    usual: float


CURRENCIES: Final[Mapping[str, Currency]] = {
    code: Currency(code=code, name=name, usual=usual)
    for code, name, usual in (
        ("THB", "bat (Tajlandia)", 0.11),
        ("USD", "dolar amerykański", 3.65),
        ("AUD", "dolar australijski", 2.4),
        ("HKD", "dolar Hongkongu", 0.47),
        ("CAD", "dolar kanadyjski", 2.62),
        ("NZD", "dolar nowozelandzki", 2.1),
        ("SGD", "dolar singapurski", 2.81),
        ("EUR", "euro", 4.25),
        ("HUF", "forint (Węgry)", 0.011),
        ("CHF", "frank szwajcarski", 4.55),
        ("GBP", "funt szterling", 4.9),
        ("UAH", "hrywna (Ukraina)", 0.087),
        ("JPY", "jen (Japonia)", 0.0238),
        ("CZK", "korona czeska", 0.175),
        ("DKK", "korona duńska", 0.57),
        ("ISK", "korona islandzka", 0.029),
        ("NOK", "korona norweska", 0.36),
        ("SEK", "korona szwedzka", 0.39),
        ("RON", "lej rumuński", 0.84),
        ("TRY", "lira turecka", 0.086),
        ("ILS", "nowy izraelski szekel", 1.12),
        ("CLP", "peso chilijskie", 0.0039),
        ("PHP", "peso filipińskie", 0.062),
        ("MXN", "peso meksykańskie", 0.198),
        ("ZAR", "rand (Republika Południowej Afryki)", 0.213),
        ("BRL", "real (Brazylia)", 0.68),
        ("MYR", "ringgit (Malezja)", 0.88),
        ("IDR", "rupia indonezyjska", 0.00022),
        ("INR", "rupia indyjska", 0.041),
        ("KRW", "won południowokoreański", 0.0025),
        ("CNY", "yuan renminbi (Chiny)", 0.515),
        ("XDR", "SDR (MFW)", 4.97),
    )
}


@cache
def holidays(year: int) -> frozenset[date]:
    """Polish public holidays (statute of 18.01.1951, as it stood in that year, 2002 and later)."""
    easter = _easter(year)
    days = [(1, 1), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26)]
    days += [(1, 6)] * (year >= _EPIPHANY_SINCE) + [(12, 24)] * (year >= _CHRISTMAS_EVE_SINCE)
    moving = (easter + timedelta(after) for after in (0, 1, 49, 60))
    return frozenset([*(date(year, *day) for day in days), *moving, *_ONCE])


def is_working(day: date) -> bool:
    """Monday to Friday and no public holiday: NBP publishes a table."""
    return day.weekday() < _SATURDAY and day not in holidays(day.year)


def last_day(now: datetime) -> date:
    """The last day whose table may be there at a moment: today from 12:15 in Warsaw on."""
    here = in_poland(now)
    return here.date() if here.time() >= PUBLISHED else here.date() - DAY


def tables(start: date, end: date, now: datetime) -> Iterator[date]:
    """Days of the tables of a range that are published."""
    day, last = max(start, FIRST), min(end, last_day(now))
    while day <= last:
        if is_working(day):
            yield day
        day += DAY


def last_tables(count: int, now: datetime) -> list[date]:
    """Days of the last tables, the oldest first."""
    days: list[date] = []
    day = last_day(now)
    while len(days) < count and day >= FIRST:
        if is_working(day):
            days.append(day)
        day -= DAY
    return days[::-1]


def number(day: date) -> str:
    """„230/A/NBP/2026": tables are counted from the first of a year."""
    return f"{_count(day):03}/A/NBP/{day.year}"


@cache
def _count(day: date) -> int:
    start = date(day.year, 1, 1)
    return sum(is_working(start + timedelta(after)) for after in range((day - start).days + 1))


def mid(currency: Currency, day: date) -> float:
    """The same for a day whenever it is asked; four decimals, six of a currency worth less than 10 groszy."""
    drawn = int.from_bytes(hashlib.sha256(f"{currency.code} {day}".encode()).digest()[:4], "big") / 2**32
    return round(currency.usual * (0.97 + 0.06 * drawn), 4 if currency.usual >= 0.1 else 6)


def _easter(year: int) -> date:
    """Gregorian Easter Sunday, by Gauss's rule as Meeus gives it."""
    century, rest = divmod(year, 100)
    golden = year % 19
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * shift + 114, 31)
    return date(year, month, day + 1)
