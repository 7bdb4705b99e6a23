"""The wires: two ASGI applications in front of one emulator, the public one and the control panel's."""

from __future__ import annotations

import asyncio
import functools
import json
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from .api import (
    auth,
    auth_sessions,
    certificates,
    collective_identifiers,
    errors,
    exports,
    invoices,
    limits,
    peppol,
    permissions_granting,
    permissions_query,
    public_keys,
    sessions,
    sessions_batch,
    sessions_online,
    testdata,
    testdata_attachment,
    testdata_contexts,
    tokens,
    uploads,
)
from .api.directory import Directory
from .api.rate_limiter import RateLimiter
from .bodies import Bodies
from .faulty import Faulty
from .hosts import ByHost
from .recorder import PREFIX, ROOT, Recorder

if TYPE_CHECKING:
    from .emulator import Emulator

VERSION = "2.9.0"
"""The version of the API."""


def build(emulator: Emulator) -> tuple[ASGIApp, ASGIApp]:
    """The public application and the control application."""
    return public(emulator), control(emulator)


def public(emulator: Emulator) -> ASGIApp:
    """The API under both prefixes, and the pages that people meet."""
    app = _application(emulator, "Emulator KSeF")
    api = _joined(
        [
            public_keys.router(emulator),
            auth_sessions.router(emulator),
            auth.router(emulator),
            tokens.router(emulator),
            peppol.router(emulator),
            certificates.router(emulator),
            testdata.router(emulator),
            testdata_contexts.router(emulator),
            testdata_attachment.router(emulator),
            permissions_granting.router(emulator),
            permissions_query.router(emulator),
            limits.router(emulator),
            sessions_online.router(emulator),
            sessions_batch.router(emulator),
            sessions.router(emulator),
            invoices.router(emulator),
            exports.router(emulator),
            collective_identifiers.router(emulator),
        ]
    )
    app.router.routes.append(Directory(api, PREFIX))
    app.include_router(api, prefix=PREFIX)
    app.include_router(documentation(emulator, api.routes))
    for stored in (sessions.storage, exports.storage, uploads.router):
        app.include_router(stored(emulator))
    app.router.default = faces(emulator)
    prefixes = (PREFIX, f"{ROOT}{PREFIX}")
    faulty = Faulty(RateLimiter(app, emulator, prefixes), emulator, prefixes)
    recorded = Recorder(Bodies(faulty, emulator), emulator)
    return ByHost(recorded, emulator.config)


def documentation(emulator: Emulator, routes: Sequence[BaseRoute]) -> APIRouter:
    """``/docs/v2/openapi.json``, where the live system has it too."""
    pages = APIRouter(include_in_schema=False)

    @functools.cache
    def document() -> bytes:
        from .api import openapi  # noqa: PLC0415 - it loads every model of an answer, which nothing else needs

        found = openapi.document(routes, version=VERSION, server=emulator.config.api_base)
        return json.dumps(found, ensure_ascii=False).encode()

    @pages.get(f"/docs{PREFIX}/openapi.json")
    def own() -> Response:
        return Response(document(), media_type="application/json")

    return pages


def faces(emulator: Emulator) -> ASGIApp:
    """What people meet: the portal, the pages of QR codes, Latarnia; and 404. Made when it is first asked."""

    def make() -> ASGIApp:
        from . import latarnia, portal, verify  # noqa: PLC0415 - programs that use the API alone need not wait

        app = _application(emulator, "Emulator KSeF: strony")
        app.include_router(verify.router(emulator))
        app.include_router(latarnia.router(emulator))
        portal.install(app, emulator)
        return app

    return Late(make)


def control(emulator: Emulator) -> ASGIApp:
    """The control API, on a port of its own that is never public; made when it is first asked."""

    def make() -> ASGIApp:
        from . import control as panel  # noqa: PLC0415 - its models would make the start a tenth longer

        app = _application(emulator, "Emulator KSeF: sterowanie", "/openapi.json")
        panel.install(app, emulator)
        return app

    return Bodies(Late(make), emulator)


def _application(emulator: Emulator, title: str, openapi_url: str | None = None) -> FastAPI:
    app = FastAPI(title=title, version=VERSION, docs_url=None, redoc_url=None, openapi_url=openapi_url)
    errors.install(app, emulator)
    return app


def _joined(routers: Iterable[APIRouter]) -> APIRouter:
    joined = APIRouter()
    for router in routers:
        joined.include_router(router)
    return joined


class Late:
    """An application that is made with its first request, beside whatever else is being answered."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        """``make`` is called once."""
        self._make = make
        self._lock = threading.Lock()
        self._made: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        app = self._made
        if app is None:
            app = await asyncio.to_thread(self._get)
        await app(scope, receive, send)

    def _get(self) -> ASGIApp:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made
