"""Files handed to the browser: their names and headers."""

from __future__ import annotations

import re

from django.http import HttpResponse

PDF, XML = "application/pdf", "application/xml"


def file_name(*parts: str, ending: str) -> str:
    """A name that every file system takes: ``FV/1`` → ``FV-1.pdf``."""
    text = "-".join(part for part in parts if part)
    return (re.sub(r"[^\w.-]+", "-", text).strip("-.")[:100] or "faktura") + ending


def as_file(content: bytes, kind: str, name: str, *, inline: bool = False) -> HttpResponse:
    """A file to be kept, or shown in the browser."""
    response = HttpResponse(content, content_type=kind)
    disposition = "inline" if inline else "attachment"
    quoted = name.encode("ascii", "ignore").decode() or "faktura"
    response["Content-Disposition"] = f'{disposition}; filename="{quoted}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
