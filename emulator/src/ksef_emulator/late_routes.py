"""Routes that FastAPI works out when they are needed first.

What a route takes and gives is worked out of its function's signature, which is a quarter of a start with a hundred
operations of which the first answer needs one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute

_working = threading.RLock()


class LateRoute(APIRoute):
    """Knows its path, methods and name; whoever asks for anything else makes it a whole route first."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **how: Any) -> None:
        """As FastAPI's."""
        self._how = (path, endpoint, how)
        self.path = path
        self.endpoint = endpoint
        self.name = str(how.get("name") or getattr(endpoint, "__name__", type(endpoint).__name__))
        self.methods = {method.upper() for method in how.get("methods") or ["GET"]}
        self.include_in_schema = how.get("include_in_schema", True)

    def __getattr__(self, name: str) -> Any:
        """Asked for what is not there yet; other threads wait until all of it is."""
        with _working:
            waiting = self.__dict__.pop("_how", None)
            if waiting is not None:
                path, endpoint, how = waiting
                super().__init__(path, endpoint, **how)
            return object.__getattribute__(self, name)


def make_routes_late() -> None:
    """From now on every router of this process makes such routes, unless it says otherwise."""
    usual: dict[str, Any] = APIRouter.__init__.__kwdefaults__ or {}
    usual["route_class"] = LateRoute
