"""Where a person who opens the emulator in a browser lands. The Ministry's portal itself is yet to come."""

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from ..pages import page, style

if TYPE_CHECKING:
    from ..emulator import Emulator


def router(emulator: "Emulator") -> APIRouter:
    """The landing page and the style sheet of all pages."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/")
    def root() -> RedirectResponse:
        return RedirectResponse("/portal")

    @pages.get("/portal")
    def landing(request: Request) -> HTMLResponse:
        base = emulator.config.base
        places = [
            ("API 2.9", f"{base}/v2"),
            ("OpenAPI", f"{base}/docs/v2/openapi.json"),
            ("KOD I", f"{base}/qr/invoice/…"),
            ("KOD II", f"{base}/qr/certificate/…"),
            ("Latarnia", f"{base}/latarnia/status"),
        ]
        return page(request, "portal.html", places=places)

    @pages.get("/portal/emulator.css")
    def stylesheet() -> Response:
        return Response(style(), media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    return pages
