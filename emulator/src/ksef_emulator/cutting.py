"""Closing a connection without an answer, which ASGI has no word for."""

from __future__ import annotations

from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

EXTENSION = "ksef-emulator.cut"


async def cut(scope: Scope, receive: Receive) -> None:
    """Close the connection that a request came by. Raises ConnectionAbortedError where there is none, as in a test
    client that calls the application itself."""
    extension = scope.get("extensions", {}).get(EXTENSION)
    if extension is None:
        raise ConnectionAbortedError("the connection was cut")
    extension["abort"]()
    while (await receive())["type"] != "http.disconnect":
        pass


def protocol() -> Any:
    """Uvicorn's HTTP protocol, whose requests can be cut off."""
    from uvicorn.protocols.http.auto import AutoHTTPProtocol  # noqa: PLC0415 - after the sockets listen

    class Cuttable(AutoHTTPProtocol):  # type: ignore[valid-type, misc]
        """Gives every request the means to close its connection."""

        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            serve: ASGIApp = self.app  # type: ignore[has-type]

            async def cuttable(scope: Scope, receive: Receive, send: Send) -> None:
                if scope["type"] == "http":
                    scope["extensions"] = {EXTENSION: {"abort": self.transport.abort}}
                await serve(scope, receive, send)

            self.app = cuttable

    return Cuttable
