"""The wires: two ASGI applications in front of one emulator, the public one and the control panel's."""

from __future__ import annotations

import functools
import json
import time
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import control as panel
from . import latarnia, portal, verify
from .api import (
    auth,
    certificates,
    errors,
    invoices,
    limits,
    public_keys,
    sessions,
    sessions_online,
    testdata,
)
from .api.rate_limiter import RateLimiter
from .request_log import Entry

if TYPE_CHECKING:
    from .emulator import Emulator

VERSION = "2.9.0"
"""The version of the API."""
PREFIX = "/v2"
ROOT = "/api"
"""The API answers under ``/v2``, as on the live hosts, and under ``/api/v2``, as in older documentation."""
NOT_PRODUCTION = "KSeF emulator - nie jest to KSeF, nie wysylaj prawdziwych danych"


def build(emulator: Emulator) -> tuple[ASGIApp, ASGIApp]:
    """The public application and the control application."""
    return public(emulator), control(emulator)


def public(emulator: Emulator) -> ASGIApp:
    """The API under both prefixes, and the pages that people meet."""
    app = _application(emulator, "Emulator KSeF")
    api = _joined(
        [
            public_keys.router(emulator),
            auth.router(emulator),
            certificates.router(emulator),
            testdata.router(emulator),
            limits.router(emulator),
            sessions_online.router(emulator),
            sessions.router(emulator),
            invoices.router(emulator),
        ]
    )
    app.include_router(api, prefix=PREFIX)
    app.include_router(documentation(emulator, api.routes))
    for pages in (sessions.storage, verify.router, latarnia.router, portal.router):
        app.include_router(pages(emulator))
    return Recorder(RateLimiter(app, emulator, (PREFIX, f"{ROOT}{PREFIX}")), emulator)


def documentation(emulator: Emulator, routes: Sequence[BaseRoute]) -> APIRouter:
    """``/docs/v2/openapi.json``, where the live system has it too."""
    pages = APIRouter(include_in_schema=False)

    @functools.cache
    def document() -> bytes:
        from .api import openapi  # noqa: PLC0415 - it loads every model of an answer, which nothing else needs

        found = openapi.document(routes, version=VERSION, server=f"{emulator.config.base}{PREFIX}")
        return json.dumps(found, ensure_ascii=False).encode()

    @pages.get(f"/docs{PREFIX}/openapi.json")
    def own() -> Response:
        return Response(document(), media_type="application/json")

    return pages


def control(emulator: Emulator) -> ASGIApp:
    """The control API, on a port of its own that is never public."""
    app = _application(emulator, "Emulator KSeF: sterowanie", "/openapi.json")
    app.include_router(panel.router(emulator))
    return app


def _application(emulator: Emulator, title: str, openapi_url: str | None = None) -> FastAPI:
    app = FastAPI(title=title, version=VERSION, docs_url=None, redoc_url=None, openapi_url=openapi_url)
    errors.install(app, emulator.clock)
    return app


def _joined(routers: Iterable[APIRouter]) -> APIRouter:
    joined = APIRouter()
    for router in routers:
        joined.include_router(router)
    return joined


class Recorder:
    """Remembers every answer for the control panel, and says in every one that this is not KSeF.

    A request's ``X-Test-System-Warning`` comes back as ``X-System-Warning``, as on TEST (OpenAPI, SystemWarning).
    """

    def __init__(self, app: ASGIApp, emulator: Emulator) -> None:
        """Stands before ``app``."""
        self.app = app
        self.emulator = emulator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["path"].startswith(f"{ROOT}{PREFIX}/"):
            scope = {**scope, "root_path": ROOT}
        began = time.perf_counter()
        extra = [(b"x-ksef-emulator", NOT_PRODUCTION.encode())]
        for name, value in scope["headers"]:
            if name == b"x-test-system-warning":
                extra.append((b"x-system-warning", _ascii(value)))

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *extra]
                self._remember(scope, message["status"], time.perf_counter() - began)
            await send(message)

        await self.app(scope, receive, sending)

    def _remember(self, scope: Scope, status: int, seconds: float) -> None:
        client = scope.get("client")
        self.emulator.requests.add(
            Entry(
                at=self.emulator.clock.now(),
                method=scope["method"],
                path=scope["path"],
                status=status,
                milliseconds=round(seconds * 1000, 1),
                client=client[0] if client else "",
                problem=scope.get("ksef_problem"),
            )
        )


def _ascii(value: bytes) -> bytes:
    """Without diacritics, as the OpenAPI says of this header."""
    text = value.decode("utf-8", "replace").replace("ł", "l").replace("Ł", "L")
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore")
