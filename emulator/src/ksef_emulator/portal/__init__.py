"""The Ministry's portal on localhost: where a person logs in and asks for certificates."""

from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from ..emulator import Emulator
from ..pages import style
from ..pages.forms import Foreign, TooLarge
from . import (
    certificates,
    invoices,
    login,
    office,
    permissions,
    permissions_giving,
    sessions,
    signing,
    tokens,
)
from .frame import START, CurrentPortal, NotLoggedIn, Portal

_SCRIPTS = Path(__file__).parent / "static"


router = APIRouter(include_in_schema=False)


@router.get("/")
def root() -> RedirectResponse:
    return RedirectResponse("/portal")


@router.get("/portal")
async def start(portal: CurrentPortal, request: Request) -> Response:
    config = portal.emulator.config
    places = [
        ("API 2.9", config.api_base),
        ("OpenAPI", f"{config.base}/docs/v2/openapi.json"),
        ("KOD I", f"{config.qr_base}/invoice/…"),
        ("KOD II", f"{config.qr_base}/certificate/…"),
        ("Latarnia", f"{config.latarnia_base}/status"),
    ]
    return portal.show(request, "portal.html", places=places)


@router.get("/portal/emulator.css")
def stylesheet() -> Response:
    return Response(style(), media_type="text/css", headers={"Cache-Control": "max-age=3600"})


@router.get("/portal/static/{name}.js")
def script(name: str) -> Response:
    scripts = {path.stem: path for path in _SCRIPTS.glob("*.js")}
    if name not in scripts:
        return Response(status_code=404)
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return Response(scripts[name].read_bytes(), media_type="text/javascript", headers=headers)


for rooms in (
    signing,
    office,
    login,
    certificates,
    permissions_giving,
    permissions,
    invoices,
    tokens,
    sessions,
):
    router.include_router(rooms.router)


def install(app: FastAPI, emulator: Emulator) -> None:
    """Every page of the portal, its scripts, the style sheet of all pages; and what it says of forms it cannot take."""
    app.state.portal = portal = Portal(emulator)
    app.include_router(router)

    def stranger(request: Request, _error: Exception) -> Response:
        return portal.go(request, START)

    def foreign(request: Request, _error: Exception) -> Response:
        return portal.show(request, "foreign.html", status=403)

    def large(request: Request, _error: Exception) -> Response:
        return portal.show(request, "large.html", status=413)

    app.add_exception_handler(NotLoggedIn, stranger)
    app.add_exception_handler(Foreign, foreign)
    app.add_exception_handler(TooLarge, large)
