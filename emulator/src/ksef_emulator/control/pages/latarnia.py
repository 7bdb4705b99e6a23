"""The editor of Latarnia: what it announces, and whether it answers at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from ...faults import Fault
from ...intake.polish_time import in_poland
from ...latarnia.announcements import Announcement, NoSuchFailure, Type
from ...pages import words
from ...pages.fields import Wrong
from ...pages.model_forms import from_form, labels
from ...pages.words import Both
from ..latarnia import Failure, Maintenance
from .frame import CurrentPanel, Panel
from .overview import STATES

HERE = "/panel/latarnia"
TYPES: dict[Type, Both] = {
    Type.MAINTENANCE_ANNOUNCEMENT: ("Zapowiedź prac", "Maintenance announced"),
    Type.FAILURE_START: ("Początek awarii", "Failure began"),
    Type.FAILURE_END: ("Koniec awarii", "Failure ended"),
}
_MAINTENANCE = timedelta(hours=3)  # unless somebody says otherwise
_LOCAL = "%Y-%m-%dT%H:%M"

router = APIRouter(prefix=HERE)


def maintenance(panel: Panel, form: Any) -> Both:
    try:
        event = panel.emulator.announcements.maintenance(**from_form(Maintenance, form).model_dump())
    except ValueError as error:
        raise Wrong(
            "Koniec prac musi być późniejszy niż początek.", "The end must be after the beginning.", "end"
        ) from error
    return f"Ogłoszone: prace {event.name}.", f"Announced: maintenance {event.name}."


def failure(panel: Panel, form: Any) -> Both:
    announced = from_form(Failure, form, {"start": "since"})
    event = panel.emulator.announcements.failure(**announced.model_dump())
    if announced.total:
        return f"Ogłoszone: awaria całkowita {event.name}.", f"Announced: total failure {event.name}."
    return f"Ogłoszone: awaria {event.name}.", f"Announced: failure {event.name}."


def end(panel: Panel, form: Any) -> Both:
    try:
        event = panel.emulator.announcements.end_of_failure(_event(form))
    except NoSuchFailure as error:
        raise Wrong("Ta awaria już nie trwa.", "This failure is over already.") from error
    except ValueError as error:
        raise Wrong(
            "Ta awaria jeszcze się nie zaczęła. Wycofaj ją albo przesuń zegar.",
            "This failure has not begun yet. Withdraw it or move the clock.",
        ) from error
    return f"Ogłoszone: koniec awarii {event.name}.", f"Announced: end of failure {event.name}."


def withdraw(panel: Panel, form: Any) -> Both:
    panel.emulator.announcements.withdraw(_event(form))
    return "Wycofane, jakby nigdy tego nie ogłoszono.", "Withdrawn, as if it had never been announced."


FORMS: dict[str, Callable[[Panel, Any], Both]] = {
    "prace": maintenance,
    "awaria": failure,
    "koniec": end,
    "wycofaj": withdraw,
}


@router.get("")
async def page(panel: CurrentPanel, request: Request) -> Response:
    return render(panel, request)


@router.post("/{form}")
async def announce(panel: CurrentPanel, request: Request) -> Response:
    form = await panel.form(request)
    name = request.path_params["form"]
    if name not in FORMS:
        return panel.show(request, "panel_absent.html", status=404)
    try:
        polish, english = FORMS[name](panel, form)
    except Wrong as wrong:
        return render(panel, request, status=400, error=wrong, fields=form, filled=name)
    return panel.done(request, HERE, polish, english)


def render(panel: Panel, request: Request, **more: Any) -> Response:
    state, _ = panel.emulator.announcements.status()
    now = in_poland(panel.emulator.clock.now())
    announcements = panel.emulator.announcements.recent()
    over = {announcement.event for announcement in announcements if announcement.type is Type.FAILURE_END}
    values: dict[str, Any] = {
        "state": STATES[state],
        "code": state.value,
        "silent": panel.emulator.faults.setting(Fault.LATARNIA_DOWN) is not None,
        "usual": now.strftime(_LOCAL),
        "later": (now + _MAINTENANCE).strftime(_LOCAL),
        "rows": [_row(announcement, over) for announcement in announcements],
        "base": panel.emulator.config.latarnia_base,
        "labels": labels(Maintenance),
        "filled": "",
    }
    return panel.show(request, "panel_latarnia.html", **(values | more))


def _row(announcement: Announcement, over: set[int]) -> dict[str, Any]:
    return {
        "name": announcement.name,
        "event": announcement.event,
        "type": TYPES[announcement.type],
        "total": announcement.category == "TOTAL_FAILURE",
        "title": announcement.title,
        "text": announcement.text,
        "start": words.moment(announcement.start),
        "end": words.moment(announcement.end) if announcement.end else "",
        "published": words.moment(announcement.published),
        "lasts": announcement.type is Type.FAILURE_START and announcement.event not in over,
    }


def _event(form: Any) -> int:
    """Raises Wrong."""
    text = form.get("event", "")
    if not text.isdecimal() or len(text) > 9:
        raise Wrong("Nie ma takiego ogłoszenia.", "There is no such announcement.")
    return int(text)
