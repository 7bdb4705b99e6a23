"""The control panel as pages: what the JSON operations beside it do, for people."""

from fastapi import APIRouter, FastAPI, Request, Response

from ...emulator import Emulator
from ...pages.forms import Foreign, TooLarge
from . import (
    certificates,
    clock,
    events,
    faults,
    grants,
    invoices,
    journal,
    latarnia,
    overview,
    settings,
    signatures,
    subjects,
)
from .frame import Panel

router = APIRouter(include_in_schema=False)
for rooms in (
    overview,
    events,
    clock,
    faults,
    settings,
    latarnia,
    subjects,
    signatures,
    grants,
    invoices,
    certificates,
    journal,
):
    router.include_router(rooms.router)


def install(app: FastAPI, emulator: Emulator) -> None:
    """Every page, and what is said of forms that cannot be taken."""
    app.state.panel = panel = Panel(emulator)
    app.include_router(router)

    def foreign(request: Request, _error: Exception) -> Response:
        return panel.show(request, "panel_foreign.html", status=403)

    app.add_exception_handler(Foreign, foreign)
    app.add_exception_handler(TooLarge, foreign)
