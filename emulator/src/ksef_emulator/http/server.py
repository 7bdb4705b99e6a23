"""The wires: two ASGI applications in front of one emulator, the public one and the control panel's."""

from __future__ import annotations

import asyncio
import functools
import importlib
import json
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from .. import API_VERSION
from ..api import errors
from ..api.directory import Directory
from ..api.rate_limiter import RateLimiter
from .bodies import Bodies
from .faulty import Faulty
from .hosts import ByHost
from .recorder import PREFIX, ROOT, Recorder

if TYPE_CHECKING:
    from ..emulator import Emulator


def build(emulator: Emulator) -> tuple[ASGIApp, ASGIApp]:
    """The public application and the control application."""
    return public(emulator), control(emulator)


_PARTS = {
    "Aktywne sesje": "auth_sessions",
    "Certyfikaty": "certificates",
    "Certyfikaty klucza publicznego": "public_keys",
    "Dane testowe": "testdata",
    "Identyfikatory zbiorcze": "collective_identifiers",
    "Limity i ograniczenia": "limits",
    "Nadawanie uprawnień": "permissions_granting",
    "Odbieranie uprawnień": "permissions_granting",
    "Operacje": "permissions_granting",
    "Pobieranie faktur": "invoices exports",
    "Status wysyłki i UPO": "sessions",
    "Tokeny KSeF": "tokens",
    "Usługi Peppol": "peppol",
    "Uzyskiwanie dostępu": "auth",
    "Wysyłka interaktywna": "sessions_online",
    "Wysyłka wsadowa": "sessions_batch",
    "Wyszukiwanie nadanych uprawnień": "permissions_query",
}
"""Tag of the OpenAPI → the modules of ``api`` that answer its operations."""


def public(emulator: Emulator) -> ASGIApp:
    """The API under both prefixes, and the pages that people meet. Each part of the API is an application of its own,
    made with its first request: working out a hundred operations is a third of a start, and the first answer needs
    one of them."""
    parts = {
        modules: LazyApp(functools.partial(_part, emulator, modules)) for modules in set(_PARTS.values())
    }
    rest = LazyApp(functools.partial(_rest, emulator, tuple(parts.values())))
    by_tag = {tag: parts[modules] for tag, modules in _PARTS.items()}
    app = Directory(by_tag, rest, prefix=PREFIX, emulator=emulator)
    prefixes = (PREFIX, f"{ROOT}{PREFIX}")
    faulty = Faulty(RateLimiter(app, emulator, prefixes), emulator, prefixes)
    recorded = Recorder(Bodies(faulty, emulator), emulator)
    return ByHost(recorded, emulator.config)


def _part(emulator: Emulator, modules: str) -> FastAPI:
    loaded = [importlib.import_module(f"..api.{name}", __package__) for name in modules.split()]
    return _application(emulator, "Emulator KSeF", [module.router for module in loaded])


def _rest(emulator: Emulator, parts: Sequence[LazyApp]) -> FastAPI:
    """The OpenAPI of the parts, stored files, and pages."""
    from ..api import exports, sessions, uploads  # noqa: PLC0415 - when it is asked first

    stored = (sessions.storage, exports.storage, uploads.storage)
    app = _application(emulator, "Emulator KSeF", [documentation, *stored])
    app.state.openapi = functools.cache(functools.partial(_openapi, emulator, parts))
    app.router.default = LazyApp(functools.partial(_pages, emulator))
    return app


documentation = APIRouter(include_in_schema=False)


@documentation.get(f"/docs{PREFIX}/openapi.json")
def openapi_json(request: Request) -> Response:
    """Where the live system has it too."""
    return Response(request.app.state.openapi(), media_type="application/json")


def _openapi(emulator: Emulator, parts: Sequence[LazyApp]) -> bytes:
    from ..api import openapi  # noqa: PLC0415 - nothing else needs it

    routes = [route for part in parts for route in part.app.routes]
    document = openapi.document(routes, version=API_VERSION, server=emulator.config.api_base)
    return json.dumps(document, ensure_ascii=False).encode()


def _pages(emulator: Emulator) -> FastAPI:
    """What people meet: the portal, the pages of QR codes, Latarnia, other public services; and 404."""
    from .. import portal, verify  # noqa: PLC0415 - programs that use the API alone need not wait
    from ..latarnia import service as latarnia  # noqa: PLC0415
    from ..public_services import gus, nbp, vies, white_list  # noqa: PLC0415

    routers = [verify.router, latarnia.router, white_list.router, nbp.router, vies.router, gus.router]
    app = _application(emulator, "Emulator KSeF: strony", routers)
    portal.install(app, emulator)
    return app


def control(emulator: Emulator) -> ASGIApp:
    """The control API, on a port of its own that is never public; made when it is first asked."""

    def make() -> FastAPI:
        from .. import control as panel  # noqa: PLC0415 - its models would make the start a tenth longer

        app = _application(emulator, "Emulator KSeF: sterowanie", openapi_url="/openapi.json")
        panel.install(app, emulator)
        return app

    return Bodies(LazyApp(make), emulator)


def _application(
    emulator: Emulator, title: str, routers: Iterable[APIRouter] = (), openapi_url: str | None = None
) -> FastAPI:
    """The routers' own routes, which FastAPI would otherwise work out once more as included ones."""
    routes = [route for router in routers for route in router.routes]
    app = FastAPI(
        title=title,
        version=API_VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=openapi_url,
        routes=routes,
    )
    app.state.emulator = emulator
    errors.install(app, emulator)
    return app


class LazyApp:
    """An application that is made with its first request, beside whatever else is being answered."""

    def __init__(self, make: Callable[[], FastAPI]) -> None:
        """``make`` is called once."""
        self._make = make
        self._lock = threading.Lock()
        self._app: FastAPI | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            await asyncio.to_thread(lambda: self.app)
        await self.app(scope, receive, send)

    @property
    def app(self) -> FastAPI:
        """The application, made if need be."""
        with self._lock:
            if self._app is None:
                self._app = self._make()
            return self._app
