"""The control port's operations and its one page."""

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Query, Request, Response

from .. import problems
from ..pages import page, style
from . import certificates, latarnia, time

if TYPE_CHECKING:
    from ..emulator import Emulator


def own_origin(request: Request) -> None:
    """A page of another address, open in somebody's browser, may not turn the emulator's knobs. Raises problem 403."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise problems.forbidden("insufficient-resource-access", "Żądanie z obcej strony.")


def router(emulator: "Emulator") -> APIRouter:
    """Everything that the control port answers."""
    api = APIRouter(dependencies=[Depends(own_origin)])

    @api.get("/", include_in_schema=False)
    def index(request: Request) -> Response:
        return page(
            request,
            "control.html",
            base=emulator.config.base,
            now=f"{emulator.clock.now():%d.%m.%Y %H:%M:%S} UTC",
        )

    @api.get("/portal/emulator.css", include_in_schema=False)
    def stylesheet() -> Response:
        return Response(style(), media_type="text/css")

    @api.get("/health")
    def health() -> dict[str, Any]:
        """Whether the emulator is up, what time it thinks it is, and where its public side is."""
        return {"status": "ok", "now": emulator.clock.now().isoformat(), "base": emulator.config.base}

    @api.post("/certificates", status_code=201)
    def issue(wanted: certificates.Wanted) -> dict[str, Any]:
        """A test signature of a person or a test seal of a company."""
        return certificates.issue(emulator.ca, wanted)

    @api.post("/reset", status_code=204)
    def reset() -> Response:
        """Forget everybody and everything but the emulator's own keys; the clock runs right again."""
        emulator.reset()
        return Response(status_code=204)

    @api.get("/clock")
    def clock() -> dict[str, str]:
        """The emulator's time."""
        return {"now": emulator.clock.now().isoformat()}

    @api.post("/clock")
    def turn(turning: time.Turning) -> dict[str, str]:
        """Set the time, move it by seconds, or let it run right again."""
        return {"now": time.turn(emulator.clock, turning).isoformat()}

    api.include_router(latarnia.router(emulator))

    @api.get("/requests")
    def requests(limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> dict[str, Any]:
        """The last answers of the public port, newest first; neither bodies nor headers nor queries are kept."""
        newest = emulator.requests.entries()[: -limit - 1 : -1]
        return {
            "requests": [
                {
                    "at": each.at.isoformat(),
                    "method": each.method,
                    "path": each.path,
                    "status": each.status,
                    "milliseconds": each.milliseconds,
                    "problem": each.problem,
                }
                for each in newest
            ]
        }

    return api
