"""One request of a public service: a short wait, no redirects, a code for whatever goes wrong. And its JSON."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Literal

import httpx2

TIMEOUT: Final = httpx2.Timeout(8.0, connect=5.0)
WHOLE_ANSWER: Final = 15.0
"""Seconds for all of an answer: one that comes a byte at a time would never run into ``TIMEOUT``."""
MAX_ANSWER: Final = 4 * 1024 * 1024  # bytes
Failure = Literal["network", "timeout", "server-error", "unreadable-answer", "refused", "limit", "busy"]


class ServiceError(Exception):
    """No answer: ``code`` says why; ``service_code`` is the service's own („WL-191"). It never means a „no".

    ``limit``: not before the next day. ``busy``: the service asks to come back later.
    """

    def __init__(self, code: Failure, service_code: str = "", message: str = "") -> None:
        super().__init__(f"{code} {service_code}".strip())
        self.code, self.service_code, self.message = code, service_code, message


@cache
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def get_json(url: str, query: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """HTTP status and the JSON object of an answer below 500. Raises ServiceError."""
    status, body = get(url, query)
    try:
        return status, json_of(body)
    except ServiceError as error:
        if status >= 500:
            raise ServiceError("server-error") from error
        raise


def get(url: str, query: Mapping[str, str]) -> tuple[int, bytes]:
    """HTTP status and body of an answer. Raises ServiceError where none comes in time."""
    status, _, body = _ask("GET", url, params=dict(query), headers={"Accept": "application/json"})
    return status, body


def post(url: str, content: bytes, headers: Mapping[str, str]) -> tuple[int, str, bytes]:
    """HTTP status, media type with its parameters, and body of an answer. Raises ServiceError as :func:`get`."""
    return _ask("POST", url, content=content, headers=dict(headers))


def _ask(method: str, url: str, **options: Any) -> tuple[int, str, bytes]:
    try:
        with (
            httpx2.Client(verify=_tls(), timeout=TIMEOUT, follow_redirects=False) as http,
            http.stream(method, url, **options) as answer,
        ):
            body, start = bytearray(), time.monotonic()
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > MAX_ANSWER:
                    raise ServiceError("unreadable-answer")
                if time.monotonic() - start > WHOLE_ANSWER:
                    raise ServiceError("timeout")
            return answer.status_code, answer.headers.get("Content-Type", ""), bytes(body)
    except httpx2.TimeoutException as error:
        raise ServiceError("timeout") from error
    except httpx2.RequestError as error:
        raise ServiceError("network") from error


def json_of(body: bytes) -> dict[str, Any]:
    """A JSON object that a database can keep; a number with a fraction is its text as it came, for Decimal.

    Raises ServiceError.
    """
    try:
        fields = json.loads(body, parse_float=str)
        written = json.dumps(fields, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ServiceError("unreadable-answer") from error
    # no database takes NUL; half of a surrogate pair, which none takes either, could not be encoded
    if not isinstance(fields, dict) or b"\\u0000" in written:
        raise ServiceError("unreadable-answer")
    return fields
