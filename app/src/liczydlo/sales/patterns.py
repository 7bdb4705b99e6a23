"""Patterns of invoice numbers: ``FV/{rrrr}/{mm}/{nnn}``. Pure.

``{rrrr}`` and ``{rr}`` are the year of issue, ``{mm}`` its month; ``{n}``, ``{nn}`` … the number with at least so many
digits. A pattern with a month counts from 1 each month, one with a year alone each year, one with neither never again.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final, Literal

LONGEST: Final = 256
"""Characters of P_2 (FA(3), TZnakowy)."""
DIGITS: Final = 9
"""Of a number at the most."""
COUNTER: Final = "{nnn}"
"""The number in a period's key, however many digits the pattern gives it."""
_PLACE: Final = re.compile(r"\{([^{}]*)\}")
_COUNTER: Final = re.compile(r"\{n{1,9}\}")
_DATES: Final = {"rrrr": "%Y", "rr": "%y", "mm": "%m"}

Code = Literal["no-counter", "two-counters", "unknown", "month-alone", "too-long"]


class PatternError(ValueError):
    """A text is no pattern: ``code`` says why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code: Code = code


@dataclass(frozen=True)
class Pattern:
    """A pattern that :func:`parse` has checked."""

    text: str

    def period(self, day: dt.date) -> str:
        """The pattern with its dates filled in and ``COUNTER``: the same for all numbers that are counted together."""
        return _COUNTER.sub(COUNTER, self._dated(day))

    def fill(self, day: dt.date, number: int) -> str:
        """The text of a number."""
        return _COUNTER.sub(lambda place: f"{number:0{len(place[0]) - 2}d}", self._dated(day))

    def number(self, text: str, day: dt.date) -> int | None:
        """The number of a text in the period of a day; None where the pattern has not made it."""
        prefix, suffix = self.around(day)
        match = re.fullmatch(rf"{re.escape(prefix)}([0-9]{{1,{DIGITS}}}){re.escape(suffix)}", text)
        return int(match[1]) if match is not None else None

    def around(self, day: dt.date) -> tuple[str, str]:
        """What stands before the number and after it."""
        prefix, suffix = _COUNTER.split(self._dated(day))
        return prefix, suffix

    @property
    def shape(self) -> str:
        """The pattern with every run of digits and placeholders as one ``#``: patterns of different shapes never make
        the same number."""
        return re.sub(r"(?:[0-9]|\{[a-z]+\})+", "#", self.text)

    def _dated(self, day: dt.date) -> str:
        # strftime does not pad years before 1000 on every system; an invoice has none
        return _PLACE.sub(
            lambda place: f"{day:{_DATES[place[1]]}}" if place[1] in _DATES else place[0], self.text
        )


def parse(text: str) -> Pattern:
    """A pattern. Raises PatternError."""
    places = _PLACE.findall(text)
    counters = [place for place in places if re.fullmatch(r"n{1,9}", place)]
    if any(place not in _DATES and place not in counters for place in places) or re.search(
        r"[{}]", _PLACE.sub("", text)
    ):
        raise PatternError("unknown")
    if len(counters) != 1:
        raise PatternError("two-counters" if counters else "no-counter")
    if "mm" in places and not {"rrrr", "rr"} & set(places):
        raise PatternError("month-alone")  # January's numbers would come again a year later
    pattern = Pattern(text)
    if len(pattern.fill(dt.date(2026, 1, 1), 10**DIGITS - 1)) > LONGEST:
        raise PatternError("too-long")
    return pattern
