"""Where parts of batches are sent to: like the cloud storage behind the live system, no token, a signed address.

201 when a part is taken in, 400 for a request without the headers that were asked for, 401 for one that brings a
token or no signature, 403 for a wrong or expired signature or a batch that takes nothing (any more); errors are the
storage's XML, not KSeF's JSON.
"""

from __future__ import annotations

import base64
import secrets
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from ..emulator import Emulator
from ..model.sending.batches import NotExpected, Receiving, TooLong
from .security import CurrentEmulator

BLOB_TYPE = "x-ms-blob-type"
WRITE = 1 << 20
"""Bytes that are collected before they are written."""

storage = APIRouter(include_in_schema=False)


def _refusal(emulator: Emulator, request: Request, ordinal: str) -> Response | None:
    if "authorization" in request.headers:
        return _error(401, "InvalidAuthenticationInfo", "Do wysyłki części nie dołącza się tokenu dostępu.")
    signature = request.query_params.get("sig", "")
    if not signature:
        return _error(401, "NoAuthenticationInformation", "Adres nie jest podpisany.")
    expires = request.query_params.get("se", "")
    if not emulator.links.valid(request.url.path, expires, signature) or not ordinal.isdigit():
        return _error(403, "AuthenticationFailed", "Podpis adresu jest nieprawidłowy albo utracił ważność.")
    kind = request.headers.get(BLOB_TYPE)
    if kind is None:
        return _error(400, "MissingRequiredHeader", f"Brak nagłówka {BLOB_TYPE}.")
    if kind != "BlockBlob":
        return _error(400, "InvalidHeaderValue", f"Nieprawidłowa wartość nagłówka {BLOB_TYPE}.")
    return None


@storage.put("/storage/batch-parts/{reference}/{ordinal}")
async def receive_part(request: Request, reference: str, ordinal: str, emulator: CurrentEmulator) -> Response:
    refused = _refusal(emulator, request, ordinal)
    if refused is not None:
        return refused
    try:
        with await run_in_threadpool(emulator.batches.receive, reference, int(ordinal)) as receiving:
            if not await _receive(request, receiving):
                return _error(400, "InvalidInput", "Treść jest krótsza niż zapowiedziana.")
            await run_in_threadpool(receiving.done)
    except NotExpected:
        return _error(403, "AuthorizationFailure", "Sesja nie przyjmuje tej części pliku.")
    except ClientDisconnect:
        return _error(400, "InvalidInput", "Połączenie zostało zerwane.")
    except TooLong:
        return _error(413, "RequestBodyTooLarge", "Treść żądania jest za długa.")
    digest = base64.b64encode(receiving.digest.digest()).decode()
    return Response(status_code=201, headers={"etag": f'"{secrets.token_hex(8)}"', "x-ms-meta-hash": digest})


async def _receive(request: Request, receiving: Receiving) -> bool:
    """Write the body as it comes; whether it was as long as its header said."""
    collected: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        collected.append(chunk)
        size += len(chunk)
        if size >= WRITE:
            await run_in_threadpool(receiving.write, b"".join(collected))
            collected, size = [], 0
    await run_in_threadpool(receiving.write, b"".join(collected))
    declared = request.headers.get("content-length", "")
    return not declared.isdigit() or int(declared) == receiving.size


def _error(status: int, code: str, message: str) -> Response:
    content = (
        '<?xml version="1.0" encoding="utf-8"?>'
        f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    )
    return Response(
        content,
        status,
        headers={"x-ms-error-code": code, "x-ms-request-id": secrets.token_hex(16)},
        media_type="application/xml",
    )
