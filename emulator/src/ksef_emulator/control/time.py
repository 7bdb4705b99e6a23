"""Turning the emulator's clock, and the moments that the control port takes."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from .. import problems
from ..api.security import CurrentEmulator
from ..clock import Clock
from ..pages.fields import YEARS
from ..pages.model_forms import Label


def in_years(value: datetime) -> datetime:
    """The moment. Raises ValueError for one outside ``YEARS``, by the zone in which it is written."""
    if value.year not in YEARS:
        raise ValueError(f"rok musi być od {YEARS.start} do {YEARS.stop - 1}")
    return value


Moment = Annotated[AwareDatetime, AfterValidator(in_years)]

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_YEARS = 200 * 366 * 86_400.0  # seconds that the clock may be moved at once


class Turning(BaseModel):
    """Exactly one of three: ``set`` to a moment with its zone, ``move`` by seconds (back when negative), ``reset``."""

    model_config = ConfigDict(extra="forbid")

    set: Annotated[Moment | None, Label("Dzień i godzina", "Day and time")] = None
    move: Annotated[float, Field(ge=-_YEARS, le=_YEARS, allow_inf_nan=False)] | None = None
    reset: bool = False

    @model_validator(mode="after")
    def _exactly_one(self) -> "Turning":
        if (self.set is not None) + (self.move is not None) + self.reset != 1:
            raise ValueError("podaj jedno z: set, move, reset")
        return self


class Now(BaseModel):
    """The emulator's time, and by how many seconds it is ahead of the machine's (behind when negative)."""

    now: datetime
    ahead: float


router = APIRouter(prefix="/clock", tags=["Zegar"])


@router.get("")
def clock(emulator: CurrentEmulator) -> Now:
    """What time it is at the emulator."""
    return _now(emulator.clock)


@router.post("")
@router.put("")
def turn_clock(emulator: CurrentEmulator, turning: Turning) -> Now:
    """Set the time, move it by seconds, or let it run right again; the clock always runs. Certificates, tokens,
    links, deadlines and asynchronous work follow it; the clock stays turned over a restart, until a reset."""
    turn(emulator.clock, turning)
    return _now(emulator.clock)


def _now(clock: Clock) -> Now:
    return Now(now=clock.now(), ahead=clock.ahead.total_seconds())


def turn(clock: Clock, turning: Turning) -> datetime:
    """The new moment. Raises problem 21405 for a moment outside the years 2000–2199."""
    if turning.reset:
        clock.reset()
        return clock.now()
    moment = turning.set or clock.now() + timedelta(seconds=turning.move or 0)
    if not EARLIEST <= moment < LATEST:
        raise problems.invalid_input("Zegar chodzi od roku 2000 do 2199.")
    if turning.set is not None:
        return clock.set(turning.set)
    return clock.move(timedelta(seconds=turning.move or 0))
