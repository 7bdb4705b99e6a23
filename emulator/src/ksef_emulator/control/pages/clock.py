"""The page that turns the emulator's clock."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from ...intake.polish_time import from_polish_local, in_poland
from ...pages import words
from ...pages.fields import Wrong, moment, not_empty, of_problem
from ...pages.model_forms import labels
from ...pages.words import Both, shifted
from ...problems import Problem
from ..time import Turning, turn
from .frame import CurrentPanel, Panel, of_validation

HERE = "/panel/zegar"
LABELS = labels(Turning)
STEPS: dict[str, tuple[Both, timedelta | int]] = {
    "-1d": (("− 1 dzień", "− 1 day"), timedelta(days=-1)),
    "1h": (("+ 1 godzina", "+ 1 hour"), timedelta(hours=1)),
    "1d": (("+ 1 dzień", "+ 1 day"), timedelta(days=1)),
    "7d": (("+ 1 tydzień", "+ 1 week"), timedelta(days=7)),
    "1m": (("+ 1 miesiąc", "+ 1 month"), 1),
    "12m": (("+ 1 rok", "+ 1 year"), 12),
}
"""How far each button moves: a span, or so many months of the calendar."""

router = APIRouter(prefix=HERE)


def render(panel: Panel, request: Request, **more: Any) -> Response:
    now = panel.emulator.clock.now()
    values: dict[str, Any] = {
        "now": words.moment(now, seconds=True),
        "real": words.moment(datetime.now(UTC), seconds=True),
        "shift": shifted(panel.emulator.clock.ahead),
        "steps": [(key, label) for key, (label, _) in STEPS.items()],
        "to": in_poland(now).strftime("%Y-%m-%dT%H:%M"),
    }
    return panel.show(request, "panel_clock.html", **(values | more))


@router.get("")
async def page(panel: CurrentPanel, request: Request) -> Response:
    return render(panel, request)


@router.post("")
async def turn_clock(panel: CurrentPanel, request: Request) -> Response:
    form = await panel.form(request)
    try:
        turn(panel.emulator.clock, _turning(form, panel.emulator.clock.now()))
    except Wrong as wrong:
        return render(panel, request, status=400, error=wrong, to=form.get("to", ""))
    except ValidationError as error:
        return render(panel, request, status=400, error=of_validation(error, {"set": "to"}))
    except Problem as problem:
        refused = of_problem(problem, "Zegar nie został przestawiony", "The clock was not turned", "to")
        return render(panel, request, status=400, error=refused, to=form.get("to", ""))
    now = words.moment(panel.emulator.clock.now())
    where = form.get("back") if form.get("back") in BACK else HERE
    return panel.done(
        request,
        str(where),
        f"Zegar emulatora pokazuje {now}.",
        f"The emulator's clock shows {now}.",
    )


BACK = frozenset({"/panel/certyfikaty", "/panel/zdarzenia"})
"""Pages with buttons that turn the clock, which are shown again afterwards."""


def _turning(form: Any, now: datetime) -> Turning:
    """What the pressed button says. Raises Wrong."""
    if form.get("reset"):
        return Turning(reset=True)
    if form.get("step") in STEPS:
        _, step = STEPS[form["step"]]
        return Turning(set=now + step if isinstance(step, timedelta) else later(now, step))
    return Turning(set=not_empty(moment(form, "to", LABELS["set"]), "to", LABELS["set"]))


def later(now: datetime, months: int) -> datetime:
    """The same day and hour in Poland so many months later, or that month's last day."""
    local = in_poland(now).replace(tzinfo=None)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    moved = local.replace(year=year, month=month + 1, day=min(local.day, last))
    return from_polish_local(moved).astimezone(UTC)
