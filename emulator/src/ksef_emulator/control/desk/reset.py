"""Beginning anew, after a confirmation."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from .frame import Panel

HERE = "/panel/reset"


def router(panel: Panel) -> APIRouter:
    """What is going to be lost, and the button."""
    pages = APIRouter(prefix=HERE)

    @pages.get("")
    async def confirm(request: Request) -> Response:
        return panel.show(request, "panel_reset.html", firms=panel.firms())

    @pages.post("")
    async def reset(request: Request) -> Response:
        await panel.form(request)
        await run_in_threadpool(panel.emulator.reset)
        panel.visit(request).given.clear()
        return panel.done(
            request,
            "/",
            "Emulator zaczął od nowa: zostały tylko jego własne klucze.",
            "The emulator began anew: only its own keys stayed.",
        )

    return pages
