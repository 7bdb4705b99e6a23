"""Counting requests before anything else looks at them, and refusing those that are too many.

Counted are all operations of the API, by context and address; those that need no token, or only begin a login, by
address alone; and all together by address (ksef-docs limity/limity-api.md). Stored files are not counted, as there.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ..model.access.tokens import TokenType
from ..model.identity.contexts import Context, ContextType
from ..model.limits.rates import ANONYMOUS, GLOBAL, OTHER, Rates
from ..model.limits.windows import Excess, Key
from .contract.operations import OPERATIONS, Operation
from .errors import answer
from .problems_limits import too_many_requests

if TYPE_CHECKING:
    from ..emulator import Emulator

NEVER_LOCKED = "/testdata/rate-limits"
"""Whoever sets rates too low can still set others: here the environment's own rates hold."""
_TOKENS = 4096


class Routes:
    """Finds the operation of a method and a path: a tree of path segments."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root: dict[str, Any] = {}
        for operation in operations:
            node = self._root
            for segment in operation.path.split("/")[1:]:
                node = node.setdefault("{}" if segment.startswith("{") else segment, {})
            node[f" {operation.method}"] = operation

    def find(self, method: str, path: str) -> Operation | None:
        """The operation, or None; names win over parameters."""
        return next((node[f" {method}"] for node in self._nodes(path) if f" {method}" in node), None)

    def any(self, path: str) -> Operation | None:
        """Some operation of the path, whatever its method."""
        operations = (node[name] for node in self._nodes(path) for name in node if name.startswith(" "))
        return next(operations, None)

    def _nodes(self, path: str) -> list[dict[str, Any]]:
        """Where the path leads, by names first."""
        nodes = [self._root]
        for segment in path.split("/")[1:]:
            nodes = [node[name] for node in nodes for name in (segment, "{}") if name in node]
        return nodes


class RateLimiter:
    """ASGI: stands before the API under its prefixes."""

    def __init__(self, app: ASGIApp, emulator: Emulator, prefixes: Iterable[str]) -> None:
        """Stands before ``app``; ``prefixes`` are ``/v2`` and the like."""
        self.app = app
        self.emulator = emulator
        self.prefixes = tuple(prefixes)
        self.routes = Routes(OPERATIONS)
        self._contexts: dict[bytes, Context] = {}
        self._busy: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self.emulator.rate_limits.idle:
            await self.app(scope, receive, send)
            return
        address = _address(scope)
        self._busy[address] += 1
        try:
            operation = self._operation(scope)
            excess = await self._admit_in_time(scope, operation) if operation is not None else None
            if excess is None:
                await self.app(scope, receive, send)
            else:
                refused = answer(Request(scope), too_many_requests(excess), self.emulator)
                await refused(scope, receive, send)
        finally:
            self._busy[address] -= 1
            if not self._busy[address]:
                del self._busy[address]

    async def _admit_in_time(self, scope: Scope, operation: Operation) -> Excess | None:
        """A client that asks one after another is slower than a second's limit on TEST, for its answers come over the
        network; ours come at once, so it waits here instead of being refused. Whoever asks many things at the same
        time is refused, and so is everybody in a context whose rates a test changed."""
        excess = self._admit(scope, operation)
        if excess is None or excess.window > 1 or self.emulator.rate_limits.profile != "test":
            return excess
        context = None if operation.anonymous else self._context(scope)
        if self._busy[_address(scope)] > 1 or (context and self.emulator.rate_limits.changed(context)):
            return excess
        await asyncio.sleep(excess.retry_after)
        return self._admit(scope, operation)

    def _operation(self, scope: Scope) -> Operation | None:
        path: str = scope["path"]
        for prefix in self.prefixes:
            if path.startswith(f"{prefix}/"):
                return self.routes.find(scope["method"], path[len(prefix) :])
        return None

    def _admit(self, scope: Scope, operation: Operation) -> Excess | None:
        address = _address(scope)
        limits = self.emulator.rate_limits
        counters: list[tuple[Key, Rates]] = []
        if limits.profile != "off":
            counters.append(((GLOBAL, None, address), limits.usual[GLOBAL]))
        group = operation.rate.group
        if group is None:
            if limits.profile != "off":
                counters.append(((ANONYMOUS, None, address), limits.usual[ANONYMOUS]))
            return self.emulator.limiter.admit(*counters)
        context = None if operation.anonymous else self._context(scope)
        if context is not None or operation.anonymous:
            rates = limits.enforced(context)
            if operation.path.startswith(NEVER_LOCKED):
                rates = limits.usual if limits.profile != "off" else None
            if rates is not None:
                name = f"{operation.method} {operation.path}" if group == OTHER else group
                counters.append(((name, context, address), rates[group]))
        return self.emulator.limiter.admit(*counters)

    def _context(self, scope: Scope) -> Context | None:
        """Whose token came; None for one that opens nothing, which is refused later."""
        header = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        if header in self._contexts:
            return self._contexts[header]
        claims = self.emulator.auth.tokens.read(
            header.decode("latin-1").partition(" ")[2].strip(), TokenType.ACCESS
        )
        if claims is None:
            return None
        context = Context(type=ContextType(claims["cit"]), value=claims["civ"])
        if len(self._contexts) >= _TOKENS:
            self._contexts.clear()
        self._contexts[header] = context
        return context


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""
