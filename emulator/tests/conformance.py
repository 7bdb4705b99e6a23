"""Holds every answer that the emulator gives in a test against the official OpenAPI: status, media type, headers, body.

It stands between the emulator's application and whoever calls it, so that any test of anything is a contract test too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from ksef_emulator.config import Behaviour
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
LIVE_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}\+00:00")
FAILED = "/sessions/{referenceNumber}/invoices/failed"
"""Where the live system leaves an empty list out, which the OpenAPI requires."""
OFFICIAL = Path(__file__).parents[3] / "shared" / "spec" / "openapi-2.9.0.json"


@cache
def official() -> dict[str, Any]:
    """The official file."""
    return json.loads(OFFICIAL.read_text(encoding="utf-8"))


class Conformance:
    """Remembers what an answer had that the OpenAPI does not describe."""

    def __init__(self) -> None:
        self.violations: list[str] = []

    def around(self, app: ASGIApp, behaviour: Behaviour) -> ASGIApp:
        """The application, watched. With ``behaviour.live`` three answers differ from the OpenAPI, and must."""

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            name = operation_of(scope["method"], scope["path"]) if scope["type"] == "http" else None
            if name is None:
                await app(scope, receive, send)
                return
            start: Message = {}
            body = bytearray()

            async def sending(message: Message) -> None:
                if message["type"] == "http.response.start":
                    start.update(message)
                elif message["type"] == "http.response.body":
                    body.extend(message.get("body", b""))
                    if not message.get("more_body"):
                        self.check(name, start["status"], headers_of(start), bytes(body), live=behaviour.live)
                await send(message)

            await app(scope, receive, sending)

        return watched

    def check(
        self, name: tuple[str, str], status: int, headers: dict[str, str], body: bytes, *, live: bool
    ) -> None:
        """Note whatever is not as described."""
        method, path = name
        where = f"{method} {path} → {status}"
        described = official()["paths"][path][method.lower()]["responses"].get(str(status))
        if described is None:
            if status != 413:  # before any operation: the body is larger than any of them takes
                self.violations.append(f"{where}: no such status, {body[:300]!r}")
            return
        for header in set(described.get("headers", {})) - {"X-System-Warning"}:
            if header.lower() not in headers:
                self.violations.append(f"{where}: no header {header}")
        media = headers.get("content-type", "").partition(";")[0]
        content = described.get("content", {})
        if status == 401:
            if media != ("application/json" if live else "application/problem+json"):
                self.violations.append(f"{where}: media type {media}")
            media = "application/problem+json"
        if body and content and media not in content:
            self.violations.append(f"{where}: media type {media}")
        elif body and "json" in media and content:
            validating = validator(path, method.lower(), status, media)
            self.violations += [
                f"{where}: {wrong}" for wrong in faults_of(json.loads(body), validating, path, live=live)
            ]


def faults_of(
    found: Any, validating: jsonschema_rs.Draft4Validator, path: str, *, live: bool
) -> Iterator[str]:
    """What is wrong with the JSON of an answer."""
    if path == FAILED and live:
        if found.get("invoices") == []:
            yield "an empty list"
        found = {"invoices": [], **found} if "status" not in found else found
    for error in validating.iter_errors(found):
        yield f"{error.instance_path} {error.message[:300]}"
    for moment in moments(found):
        if not LIVE_MOMENT.fullmatch(moment):
            yield f"{moment} has no seven digits of a second"
    if live and isinstance(found, dict) and found.get("continuationToken", "") is None:
        yield "a continuation token of null"


def moments(node: Any) -> Iterator[str]:
    """Every moment in an answer."""
    if isinstance(node, str) and MOMENT.fullmatch(node):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from moments(child)


def headers_of(start: Message) -> dict[str, str]:
    return {name.decode().lower(): value.decode("latin-1") for name, value in start.get("headers", [])}


@cache
def patterns() -> list[tuple[re.Pattern[str], str, frozenset[str]]]:
    """Paths of the API; those without parameters come first."""
    paths = official()["paths"]
    ordered = sorted(paths, key=lambda path: (path.count("{"), path))
    return [
        (
            re.compile("(?:/api)?/v2" + re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))),
            path,
            frozenset(method.upper() for method in paths[path]),
        )
        for path in ordered
    ]


def operation_of(method: str, path: str) -> tuple[str, str] | None:
    """Method and path template of a request; None for what is not an operation."""
    for pattern, template, methods in patterns():
        if method in methods and pattern.fullmatch(path):
            return method, template
    return None


@cache
def validator(path: str, method: str, status: int, media: str) -> jsonschema_rs.Draft4Validator:
    schema = official()["paths"][path][method]["responses"][str(status)]["content"][media]["schema"]
    return jsonschema_rs.Draft4Validator({**nullable(schema), "components": components()})


@cache
def components() -> dict[str, Any]:
    return nullable(official()["components"])


def nullable(node: Any) -> Any:
    """JSON Schema of OpenAPI 3.0: ``nullable`` becomes another type."""
    if isinstance(node, list):
        return [nullable(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {key: nullable(value) for key, value in node.items() if key not in ("nullable", "example")}
    return {"anyOf": [result, {"type": "null"}]} if node.get("nullable") is True else result
