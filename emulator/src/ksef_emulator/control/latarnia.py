"""Announcing through Latarnia what has not happened: planned work, failures, their ends."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from .. import problems
from ..api.security import CurrentEmulator
from ..faults import Fault
from ..latarnia.announcements import NoSuchFailure
from ..latarnia.service import message
from ..pages.model_forms import Label
from .time import Moment

_Event = Annotated[int, Path(ge=1, le=2**31 - 1)]


class _Words(BaseModel):
    """What the announcement says; empty is the usual text."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(max_length=200), Label("Tytuł", "Title")] = ""
    text: Annotated[str, Field(max_length=4000), Label("Treść", "Text")] = ""


class Maintenance(_Words):
    """Planned work between two moments."""

    start: Annotated[Moment, Label("Początek", "Beginning")]
    end: Annotated[Moment, Label("Koniec", "End")]


class Failure(_Words):
    """A failure, from now on unless ``start`` says otherwise; ``total`` is one that the media announce."""

    start: Annotated[Moment | None, Label("Początek", "Beginning")] = None
    total: bool = False


class End(_Words):
    """The end of a failure, now unless ``end`` says otherwise."""

    end: Moment | None = None


class Silence(BaseModel):
    """Whether Latarnia answers nothing but HTTP 502: the fault ``latarnia-down``."""

    model_config = ConfigDict(extra="forbid")

    on: bool


router = APIRouter(prefix="/latarnia", tags=["Latarnia"])


@router.get("")
def state(emulator: CurrentEmulator) -> dict[str, Any]:
    """The state that Latarnia tells now, all that it announced in thirty days, and whether it is silent."""
    status, _ = emulator.announcements.status()
    return {
        "status": status,
        "messages": [message(announcement) for announcement in emulator.announcements.recent()],
        "silent": emulator.faults.setting(Fault.LATARNIA_DOWN) is not None,
    }


@router.put("/silence")
def silence(emulator: CurrentEmulator, body: Silence) -> Silence:
    """Let Latarnia answer nothing but 502, or answer again. No answer means that nobody knows how KSeF is."""
    if body.on:
        emulator.faults.set(Fault.LATARNIA_DOWN)
    else:
        emulator.faults.off(Fault.LATARNIA_DOWN)
    return body


@router.post("/maintenance", status_code=201)
def maintenance(emulator: CurrentEmulator, body: Maintenance) -> dict[str, Any]:
    """Announce planned work."""
    try:
        return message(emulator.announcements.maintenance(**body.model_dump()))
    except ValueError as error:
        raise problems.invalid_input(f"end: {error}") from error


@router.post("/failures", status_code=201)
def failure(emulator: CurrentEmulator, body: Failure) -> dict[str, Any]:
    """Announce a failure."""
    return message(emulator.announcements.failure(**body.model_dump()))


@router.post("/failures/{event}/end", status_code=201)
def end(emulator: CurrentEmulator, event: _Event, body: End) -> dict[str, Any]:
    """Announce that a failure is over; ``event`` is its ``eventId``."""
    try:
        return message(emulator.announcements.end_of_failure(event, **body.model_dump()))
    except NoSuchFailure as error:
        raise problems.invalid_input(f"event: nie trwa awaria o numerze {event}.") from error
    except ValueError as error:
        raise problems.invalid_input(f"end: {error}") from error


@router.delete("/{event}", status_code=204)
def withdraw(emulator: CurrentEmulator, event: _Event) -> Response:
    """Take back all that was said of an event."""
    emulator.announcements.withdraw(event)
    return Response(status_code=204)
