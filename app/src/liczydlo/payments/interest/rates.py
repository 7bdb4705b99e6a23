"""Rates of statutory interest for delay, as they were announced in Monitor Polski; of no other day one is known. Pure.

In commercial transactions (ustawa z 8.03.2013 r. o przeciwdziałaniu nadmiernym opóźnieniom w transakcjach handlowych,
art. 4 pkt 3 and art. 11b) a rate holds for a half-year, two points lower where the debtor is a public healthcare
entity. Elsewhere (art. 481 § 2 KC) it changes when NBP's reference rate does, so the last one is known up to the day on
which it was looked up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

LOOKED_UP: Final = dt.date(2026, 10, 8)
"""The day on which the announcements were read."""
_DAY: Final = dt.timedelta(days=1)


class Kind(StrEnum):
    """Whose debt it is; the values are kept with notes."""

    TRADE = "trade"
    MEDICAL = "medical"
    CIVIL = "civil"


@dataclass(frozen=True, kw_only=True)
class Rate:
    """``percent`` a year for the days from ``since`` to ``until``; ``source`` is the announcement."""

    since: dt.date
    until: dt.date
    percent: Decimal
    source: str


def half_year_end(day: dt.date) -> dt.date:
    """The last day of the half-year."""
    return dt.date(day.year, 6, 30) if day.month <= 6 else dt.date(day.year, 12, 31)


_TRADE: Final = (
    ("2016-01-01", "9.5", "9.5", "M.P. 2016 poz. 43"),
    ("2016-07-01", "9.5", "9.5", "M.P. 2016 poz. 601"),
    ("2017-01-01", "9.5", "9.5", "M.P. 2017 poz. 10"),
    ("2017-07-01", "9.5", "9.5", "M.P. 2017 poz. 686"),
    ("2018-01-01", "9.5", "9.5", "M.P. 2018 poz. 139"),
    ("2018-07-01", "9.5", "9.5", "M.P. 2018 poz. 671"),
    ("2019-01-01", "9.5", "9.5", "M.P. 2019 poz. 42"),
    ("2019-07-01", "9.5", "9.5", "M.P. 2019 poz. 671"),
    ("2020-01-01", "11.5", "9.5", "M.P. 2020 poz. 2"),
    ("2020-07-01", "10.1", "8.1", "M.P. 2020 poz. 610"),
    ("2021-01-01", "10.1", "8.1", "M.P. 2020 poz. 1212"),
    ("2021-07-01", "10.1", "8.1", "M.P. 2021 poz. 591"),
    ("2022-01-01", "11.75", "9.75", "M.P. 2022 poz. 8"),
    ("2022-07-01", "16", "14", "M.P. 2022 poz. 636"),
    ("2023-01-01", "16.75", "14.75", "M.P. 2022 poz. 1263"),
    ("2023-07-01", "16.75", "14.75", "M.P. 2023 poz. 626"),
    ("2024-01-01", "15.75", "13.75", "M.P. 2023 poz. 1465"),
    ("2024-07-01", "15.75", "13.75", "M.P. 2024 poz. 546"),
    ("2025-01-01", "15.75", "13.75", "M.P. 2024 poz. 1106"),
    ("2025-07-01", "15.25", "13.25", "M.P. 2025 poz. 602"),
    ("2026-01-01", "14", "12", "M.P. 2025 poz. 1257"),
    ("2026-07-01", "13.75", "11.75", "M.P. 2026 poz. 642"),
)
_CIVIL: Final = (
    ("2016-01-01", "7", "M.P. 2016 poz. 47"),
    ("2020-03-18", "6.5", "M.P. 2020 poz. 627"),
    ("2020-04-09", "6", "M.P. 2020 poz. 627"),
    ("2020-05-29", "5.6", "M.P. 2020 poz. 627"),
    ("2021-10-07", "6", "M.P. 2021 poz. 953"),
    ("2021-11-04", "6.75", "M.P. 2021 poz. 1097"),
    ("2021-12-09", "7.25", "M.P. 2021 poz. 1202"),
    ("2022-01-05", "7.75", "M.P. 2022 poz. 109"),
    ("2022-02-09", "8.25", "M.P. 2022 poz. 285"),
    ("2022-03-09", "9", "M.P. 2022 poz. 375"),
    ("2022-04-07", "10", "M.P. 2022 poz. 482"),
    ("2022-05-06", "10.75", "M.P. 2022 poz. 586"),
    ("2022-06-09", "11.5", "M.P. 2022 poz. 673"),
    ("2022-07-08", "12", "M.P. 2022 poz. 710"),
    ("2022-09-08", "12.25", "M.P. 2022 poz. 943"),
    ("2023-09-07", "11.5", "M.P. 2023 poz. 1061"),
    ("2023-10-05", "11.25", "M.P. 2023 poz. 1123"),
    ("2025-05-08", "10.75", "M.P. 2025 poz. 540"),
    ("2025-07-03", "10.5", "M.P. 2025 poz. 685"),
    ("2025-09-04", "10.25", "M.P. 2025 poz. 1015"),
    ("2025-10-09", "10", "M.P. 2025 poz. 1136"),
    ("2025-11-06", "9.75", "M.P. 2025 poz. 1192"),
    ("2025-12-04", "9.5", "M.P. 2025 poz. 1308"),
    ("2026-03-05", "9.25", "M.P. 2026 poz. 367"),
)


def _trade(column: int) -> tuple[Rate, ...]:
    return tuple(
        Rate(
            since=(since := dt.date.fromisoformat(row[0])),
            until=half_year_end(since),
            percent=Decimal(row[column]),
            source=row[3],
        )
        for row in _TRADE
    )


def _civil() -> tuple[Rate, ...]:
    days = [dt.date.fromisoformat(row[0]) for row in _CIVIL]
    ends = [after - _DAY for _day, after in pairwise(days)] + [LOOKED_UP]
    return tuple(
        Rate(since=since, until=until, percent=Decimal(row[1]), source=row[2])
        for since, until, row in zip(days, ends, _CIVIL, strict=True)
    )


PUBLISHED: Final[dict[Kind, tuple[Rate, ...]]] = {
    Kind.TRADE: _trade(1),
    Kind.MEDICAL: _trade(2),
    Kind.CIVIL: _civil(),
}
"""Gapless, the oldest first."""


def overlap(rates: Iterable[Rate], since: dt.date, until: dt.date) -> Rate | None:
    """The rate that holds on one of these days already."""
    return next((one for one in rates if one.since <= until and since <= one.until), None)


def of_day(rates: Sequence[Rate], day: dt.date) -> Rate | None:
    """The rate of a day; None where nobody knows it."""
    return overlap(rates, day, day)
