"""Moments that the control port takes."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

YEARS = range(1990, 2300)
"""Far from the ends of the calendar, beyond which arithmetic and time zones overflow."""


def in_years(value: datetime) -> datetime:
    """The moment. Raises ValueError for one outside ``YEARS``, by the zone in which it is written."""
    if value.year not in YEARS:
        raise ValueError(f"rok musi być od {YEARS.start} do {YEARS.stop - 1}")
    return value


Moment = Annotated[AwareDatetime, AfterValidator(in_years)]
