"""Turning the emulator's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from ..clock import Clock

_YEARS = 100 * 366 * 86_400.0  # seconds that the clock may be moved at once


class Turning(BaseModel):
    """Exactly one of three: ``set`` to a moment with its zone, ``move`` by seconds (back when negative), ``reset``."""

    model_config = ConfigDict(extra="forbid")

    set: AwareDatetime | None = None
    move: Annotated[float, Field(ge=-_YEARS, le=_YEARS, allow_inf_nan=False)] | None = None
    reset: bool = False

    @model_validator(mode="after")
    def _exactly_one(self) -> Turning:
        if (self.set is not None) + (self.move is not None) + self.reset != 1:
            raise ValueError("podaj jedno z: set, move, reset")
        return self


def turn(clock: Clock, turning: Turning) -> datetime:
    """Do it; gives the new moment."""
    if turning.set is not None:
        return clock.set(turning.set)
    if turning.move is not None:
        return clock.move(timedelta(seconds=turning.move))
    clock.reset()
    return clock.now()
