"""The control panel, what only a test environment lets one do: JSON operations and pages, on a port of its own."""

from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from pydantic import BaseModel

from .. import problems
from ..api.security import CurrentEmulator
from ..emulator import Emulator
from ..pages import style
from . import (
    certificates,
    exchanges,
    faults,
    invoices,
    keys,
    latarnia,
    pages,
    register,
    seed,
    settings,
    signing,
    white_list,
)
from . import time as clock


class Health(BaseModel):
    """It answers, so it is up. ``base`` has no trailing slash; the API is under ``base + "/v2"``."""

    status: Literal["ok"] = "ok"
    now: datetime
    base: str


def own_origin(request: Request) -> None:
    """A page of another address, open in somebody's browser, changes nothing here. Raises problem 403."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise problems.forbidden("insufficient-resource-access", "Żądanie z obcej strony.")


router = APIRouter(dependencies=[Depends(own_origin)])


@router.get("/portal/emulator.css", include_in_schema=False)
def stylesheet() -> Response:
    return Response(style(), media_type="text/css")


@router.get("/health", tags=["Ustawienia"])
def health(emulator: CurrentEmulator) -> Health:
    """Whether the emulator is up, what time it thinks it is, and where its public side is."""
    return Health(now=emulator.clock.now(), base=emulator.config.base)


@router.post("/reset", status_code=204, tags=["Ustawienia"])
def reset(emulator: CurrentEmulator) -> Response:
    """Forget everybody and everything but the emulator's own keys; the clock runs right again."""
    emulator.reset()
    return Response(status_code=204)


@router.get(
    "/ca.pem",
    tags=["Ustawienia"],
    responses={200: {"content": {"application/x-pem-file": {}}}},
    response_class=Response,
)
def certificate(emulator: CurrentEmulator) -> Response:
    """The certificate of the authority that certifies the public port when it speaks HTTPS (``--tls``)."""
    if not emulator.config.tls:
        return Response("Emulator działa bez --tls.\n", 404, media_type="text/plain")
    return Response(emulator.trust.certificate, media_type="application/x-pem-file")


for part in (
    certificates,
    clock,
    exchanges,
    faults,
    invoices,
    keys,
    settings,
    latarnia,
    register,
    seed,
    signing,
    white_list,
):
    router.include_router(part.router)


def install(app: FastAPI, emulator: Emulator) -> None:
    """The operations and the pages."""
    app.include_router(router)
    pages.install(app, emulator)
