"""The layer at which requests suffer the faults that are on (`faults`)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..api.contract.operations import OPERATIONS
from ..api.errors import answer
from ..api.rate_limiter import Routes
from ..faults import Asking, Fault
from ..intake.polish_time import in_poland
from ..problems import Problem
from .cutting import cut

if TYPE_CHECKING:
    from ..emulator import Emulator

MAINTENANCE_HOURS = range(16, 18)
"""Every day in Poland (ksef-docs srodowiska.md)."""
_BAD_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    b"<hr><center>ksef-emulator</center>\r\n</body>\r\n</html>\r\n"
)


class Faulty:
    """Stands before ``app``. Without a ``path`` of their own, faults of requests befall the API and stored files."""

    def __init__(self, app: ASGIApp, emulator: Emulator, prefixes: Iterable[str]) -> None:
        """``prefixes`` of the API are ``/v2`` and the like."""
        self.app = app
        self.emulator = emulator
        self.prefixes = tuple(f"{prefix}/" for prefix in prefixes)
        self.routes = Routes(OPERATIONS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self.emulator.faults.idle:
            await self.app(scope, receive, send)
            return
        asking = self._asking(scope)
        if slow := self._happens(scope, asking, Fault.SLOW):
            await asyncio.sleep(slow)
        if self._is_down(scope, asking):
            await _bad_gateway(send)
        elif self._happens(scope, asking, Fault.CUT):
            await cut(scope, receive)
        elif self._happens(scope, asking, Fault.BAD_GATEWAY):
            await _bad_gateway(send)
        elif refused := self._refusal(scope, asking):
            await answer(Request(scope), refused, self.emulator)(scope, receive, send)
        elif self._happens(scope, asking, Fault.ANSWER_LOST):
            await self.app(scope, receive, _nowhere)
            await cut(scope, receive)
        else:
            await self.app(scope, receive, send)

    def _asking(self, scope: Scope) -> Asking:
        path: str = scope["path"]
        prefix = next((item for item in self.prefixes if path.startswith(item)), None)
        operation = self.routes.find(scope["method"], path[len(prefix) - 1 :]) if prefix else None
        return Asking(path=path, operation=f"{operation.method} {operation.path}" if operation else None)

    def _is_down(self, scope: Scope, asking: Asking) -> bool:
        if asking.path.startswith("/latarnia"):
            return self._happens(scope, asking, Fault.LATARNIA_DOWN) > 0
        hour = in_poland(self.emulator.clock.now()).hour
        serving = asking.path.startswith(self.prefixes) and hour in MAINTENANCE_HOURS
        return serving and self._happens(scope, asking, Fault.MAINTENANCE) > 0

    def _refusal(self, scope: Scope, asking: Asking) -> Problem | None:
        status = int(self._happens(scope, asking, Fault.SERVER_ERROR))
        return Problem(status=status, code=status, description=HTTPStatus(status).phrase) if status else None

    def _happens(self, scope: Scope, asking: Asking, fault: Fault) -> float:
        """0 when it does not; else its status, its seconds, or 1."""
        faults = self.emulator.faults
        setting = faults.setting(fault)
        if setting is None:
            return 0
        usual = (*self.prefixes, "/storage/", "/latarnia")
        if setting.path is None and not asking.path.startswith(usual):
            return 0
        if faults.happens(fault, asking) is None:
            return 0
        scope["ksef_fault"] = fault.value
        if fault is Fault.SERVER_ERROR:
            return setting.status
        return (setting.seconds or 0) if fault is Fault.SLOW else 1


async def _nowhere(_message: Message) -> None:
    """The answer that nobody gets."""


async def _bad_gateway(send: Send) -> None:
    headers = [(b"content-type", b"text/html"), (b"content-length", str(len(_BAD_GATEWAY)).encode())]
    await send({"type": "http.response.start", "status": 502, "headers": headers})
    await send({"type": "http.response.body", "body": _BAD_GATEWAY})
