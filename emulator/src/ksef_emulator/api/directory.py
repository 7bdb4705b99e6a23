"""The shortest way from a request to its operation.

FastAPI tries one route after another, which was more than half of an answer's cost. Here the operation is looked up by
method and path, and only the application of its part of the API sees the request.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ..problems import Problem
from .contract.operations import OPERATIONS
from .errors import answer
from .rate_limiter import Routes
from .security import bearer

if TYPE_CHECKING:
    from ..emulator import Emulator


class Directory:
    """ASGI: the parts of the API under a prefix, and everything else."""

    def __init__(
        self, parts: Mapping[str, ASGIApp], rest: ASGIApp, *, prefix: str, emulator: Emulator
    ) -> None:
        """``parts`` are applications by the OpenAPI's tags, whose paths have no ``prefix``."""
        self.parts, self.rest, self.prefix, self.emulator = parts, rest, prefix, emulator
        self.tree = Routes(OPERATIONS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI. Whoever has no token is sent away before the body is looked at, which FastAPI would do the other way
        round."""
        root = f"{scope.get('root_path', '')}{self.prefix}"
        if scope["type"] != "http" or not scope["path"].startswith(f"{root}/"):
            await self.rest(scope, receive, send)
            return
        path = scope["path"][len(root) :]
        operation = self.tree.find(scope["method"], path)
        if operation is not None and not operation.anonymous:
            try:
                bearer(Request(scope))
            except Problem as problem:
                await answer(Request(scope), problem, self.emulator)(scope, receive, send)
                return
        near = operation or self.tree.any(
            path.rstrip("/")
        )  # which says 405, or leads to the path without a slash
        if near is None:
            await self.rest(scope, receive, send)
        else:
            scope["root_path"] = (
                root  # in the same scope: layers outside read from it what became of the request
            )
            await self.parts[near.tag](scope, receive, send)
