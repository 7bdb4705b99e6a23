"""Files handed to the browser: their names and headers."""

from __future__ import annotations

import re
import unicodedata

from django.http import HttpResponse
from django.utils.http import content_disposition_header

PDF, XML = "application/pdf", "application/xml"


def file_name(*parts: str, ending: str) -> str:
    """A name that every file system takes: ``FV/1`` → ``FV-1.pdf``."""
    text = "-".join(part for part in parts if part)
    return (re.sub(r"[^\w.-]+", "-", text).strip("-.")[:100] or "faktura") + ending


def printable(text: str) -> str:
    """The text without what is not seen: control characters, and those that turn the direction of writing (Unicode
    Cc, Cf, Zl, Zp), by which ``fdp.exe`` would look like ``exe.pdf``. White space becomes one space."""
    unseen = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    visible = "".join(
        " " if one.isspace() else one
        for one in text
        if one.isspace() or unicodedata.category(one) not in unseen
    )
    return " ".join(visible.split())


def as_file(content: bytes, kind: str, name: str, *, inline: bool = False) -> HttpResponse:
    """A file to be kept, or shown in the browser."""
    response = HttpResponse(content, content_type=kind)
    disposition = content_disposition_header(as_attachment=not inline, filename=name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
