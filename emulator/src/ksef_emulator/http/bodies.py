"""The layer that lets no body in that is larger than anything KSeF takes, or whose end is told in two ways."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..api.errors import answer
from ..problems import Problem, unreadable

if TYPE_CHECKING:
    from ..emulator import Emulator

MOST = 4 * 2**20
MOST_OF_DOCUMENT = 16 * 2**20
"""Bytes of a body, and of one that brings a document: an invoice with an attachment has up to 10 MB, a third more as
Base64, and of a login document that is too large the operation itself says so (9101)."""
_DOCUMENT = re.compile(r"/(api/)?v2/(sessions/online/[^/]+/invoices|auth/xades-signature)")
_STORED = "/storage/"
"""Parts of batches are as large as was declared; they go to the disk as they come, and are counted there."""


class Bodies:
    """Stands before ``app``: HTTP 413 in KSeF's format for a body that is too large, told by its length or counted as
    its chunks come; 21001 for one with both ``Content-Length`` and ``Transfer-Encoding`` (RFC 9112, 6.1)."""

    def __init__(self, app: ASGIApp, emulator: Emulator) -> None:
        """``emulator`` says how refusals are written."""
        self.app = app
        self.emulator = emulator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length, chunked = None, False
        for name, value in scope.get("headers", ()):
            if name == b"content-length":
                length = int(value)
            elif name == b"transfer-encoding":
                chunked = True
        refused = None
        if chunked and length is not None:
            text = "Żądanie ma i Content-Length, i Transfer-Encoding."
            refused = unreadable(text)
            refused.headers = {"Connection": "close"}
        elif (length or chunked) and not scope["path"].startswith(_STORED):
            most = MOST_OF_DOCUMENT if _DOCUMENT.fullmatch(scope["path"]) else MOST
            if length is not None and length > most:
                refused = Problem(status=413, code=413, description=f"Treść żądania ma ponad {most} bajtów.")
            elif chunked:
                receive = _counting(receive, most)
        if refused is None:
            await self.app(scope, receive, send)
        else:
            await answer(Request(scope), refused, self.emulator)(scope, receive, send)


def _counting(receive: Receive, most: int) -> Receive:
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            detail = f"Treść żądania ma ponad {most} bajtów."
            raise HTTPException(413, detail, headers={"Connection": "close"})
        return message

    return counted
