"""The control panel as pages: what the JSON operations beside it do, for people."""

from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI, Request, Response

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

if TYPE_CHECKING:
    from ...emulator import Emulator

_ROOMS = (
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
)


def install(app: FastAPI, emulator: "Emulator") -> None:
    """Every page, and what is said of forms that cannot be taken."""
    panel = Panel(emulator)
    pages = APIRouter(include_in_schema=False)
    for rooms in _ROOMS:
        pages.include_router(rooms.router(panel))
    app.include_router(pages)

    def foreign(request: Request, _error: Exception) -> Response:
        return panel.show(request, "panel_foreign.html", status=403)

    app.add_exception_handler(Foreign, foreign)
    app.add_exception_handler(TooLarge, foreign)
