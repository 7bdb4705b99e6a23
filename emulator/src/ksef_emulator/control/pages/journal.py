"""The journal of requests to the public port, and both sides of one exchange."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request, Response
from lxml import etree

from ...http.request_log import KEPT, Entry
from ...intake.refusals import Refusal
from ...intake.xml_rules import parse
from ...pages import paged
from ...pages.words import moment
from ..exchanges import Message, full_exchange, matching
from .frame import CurrentPanel

HERE = "/panel/dziennik"
PAGE = 50
METHODS = ("GET", "POST", "PUT", "DELETE")
_LONG = 200_000  # characters of a body that are laid out; a longer one stands as it came

router = APIRouter(prefix=HERE)


@router.get("")
async def listing(panel: CurrentPanel, request: Request) -> Response:
    filters = {
        key: request.query_params.get(key, "").strip() for key in ("method", "path", "status", "context")
    }
    entries = matching(
        panel.emulator.requests.entries(),
        filters["method"] or None,
        _pattern(filters["path"]),
        int(filters["status"]) if filters["status"].isdecimal() and len(filters["status"]) == 3 else None,
        filters["context"] or None,
    )
    return panel.show(
        request,
        "panel_journal.html",
        **paged(request, entries, _row, (PAGE,)),
        filters=filters,
        filtered=any(filters.values()),
        methods=METHODS,
        kept=KEPT,
    )


@router.post("")
async def forget(panel: CurrentPanel, request: Request) -> Response:
    await panel.form(request)
    panel.emulator.requests.clear()
    return panel.done(request, HERE, "Dziennik jest pusty.", "The journal is empty.")


@router.get("/{number}")
async def one(panel: CurrentPanel, request: Request) -> Response:
    text = request.path_params["number"]
    entry = panel.emulator.requests.find(int(text)) if text.isdecimal() and len(text) < 16 else None
    if entry is None:
        return panel.show(request, "panel_absent.html", status=404)
    exchange = full_exchange(entry)
    return panel.show(
        request,
        "panel_exchange.html",
        row=_row(entry),
        exchange=exchange,
        sides=[
            ("request", ("Żądanie", "Request"), exchange.request, _body(exchange.request)),
            ("answer", ("Odpowiedź", "Answer"), exchange.answer, _body(exchange.answer)),
        ],
    )


def _pattern(text: str) -> str | None:
    """What people type is a part of the path, unless it has a star."""
    if not text:
        return None
    return text if "*" in text else f"*{text}*"


def _row(entry: Entry) -> dict[str, Any]:
    status = entry.status
    return {
        "number": entry.number,
        "at": moment(entry.at, seconds=True),
        "method": entry.method,
        "path": entry.path,
        "status": status if status is not None else "–",
        "tone": "bad" if status is None or status >= 500 else "wait" if status >= 400 else "good",
        "mark": "✕" if status is None or status >= 500 else "!" if status >= 400 else "✓",
        "problem": entry.problem,
        "fault": entry.fault,
        "context": entry.context or "",
        "milliseconds": f"{entry.milliseconds:g}",
    }


def _body(side: Message) -> str:
    """JSON and XML with indents; anything else, and what was cut, as it came."""
    text = side.text or ""
    if side.truncated or len(text) > _LONG:
        return text
    kind = next((value for name, value in side.headers if name.lower() == "content-type"), "")
    if "json" in kind:
        try:
            return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
        except ValueError:
            return text
    if "xml" in kind:
        try:
            root = parse(text.encode())
        except Refusal:
            return text
        etree.indent(root)
        return str(etree.tostring(root, encoding="unicode"))
    return text
