"""The shortest way from a request to its operation.

FastAPI tries one route after another, level by level of its routers, which was more than half of an answer's cost. Here
the operation is looked up; whatever is not found goes FastAPI's way.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from .errors import ROUTE
from .rate_limiter import Routes
from .security import bearer
from .wire.operations import OPERATIONS

_OPERATION = "ksef_operation"


class Directory(BaseRoute):
    """A route that knows the routes of all operations."""

    def __init__(self, router: APIRouter, prefix: str) -> None:
        """``prefix`` comes before the paths of the router's and its routers' routes."""
        self.prefix = prefix
        self.tree = Routes(OPERATIONS)
        found = {(method, route.path): route for route in _routes(router) for method in route.methods or ()}
        self.routes = {
            id(each): found[each.method, each.path]
            for each in OPERATIONS
            if (each.method, each.path) in found
        }

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether an operation is asked for."""
        root = f"{scope.get('root_path', '')}{self.prefix}"
        if scope["type"] != "http" or not scope["path"].startswith(f"{root}/"):
            return Match.NONE, {}
        operation = self.tree.find(scope["method"], scope["path"][len(root) :])
        route = self.routes.get(id(operation))
        if route is None:
            return Match.NONE, {}
        match, inside = route.matches({**scope, "root_path": root})
        return match, {**inside, ROUTE: route, _OPERATION: operation}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the operation's own route answer; whoever has no token is sent away before the body is looked at, which
        FastAPI would do the other way round. Raises problem 401."""
        if not scope[_OPERATION].anonymous:
            bearer(Request(scope))
        await scope[ROUTE].handle(scope, receive, send)


def _routes(router: APIRouter) -> Iterator[APIRoute]:
    """Its routes and those of routers that were included without a prefix or dependencies."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif isinstance(inner := getattr(route, "original_router", None), APIRouter):
            how = getattr(route, "include_context", None)
            if not getattr(how, "prefix", "") and not getattr(how, "dependencies", ()):
                yield from _routes(inner)
