"""Typst: one compiler per thread, only our font, and a warning is an error.

What a print is of goes in as files beside the templates, in memory. As ``sys.inputs`` it would be a part of Typst's
library, which is then made and hashed anew for every print, and no template that was evaluated is of use to the next.
"""

from __future__ import annotations

import json
import threading
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from liczydlo.prints import fonts
from liczydlo.prints.look import ACCENT

INVOICE: Final = "invoice.typ"
TEMPLATES: Final = Path(__file__).parent / "templates/prints"
_local = threading.local()


class PrintError(Exception):
    """Something could not be printed. ``code`` is stable; ``detail`` is for the log, in English."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class TooLarge(PrintError):
    """The document can be printed, but not here and now: it takes too much time or memory."""


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts.FOLDER)]
    )


def _compiler() -> typst.Compiler:
    """One for each thread: a compiler works for one at a time, and keeps the template it has read."""
    compiler: typst.Compiler | None = getattr(_local, "compiler", None)
    if compiler is None:
        compiler = _local.compiler = typst.Compiler(
            root=str(TEMPLATES), font_paths=_fonts(), ignore_system_fonts=True
        )
    return compiler


def pdf(template: str, data: object, *, attachment: bytes, moment: int, accent: str = ACCENT) -> bytes:
    """A PDF/A-3b of a template filled with data, ``attachment`` inside, byte for byte.

    ``moment`` (seconds since 1970) is the file's own date: the same document always makes the same file. Texts of a
    document go in as data, never as markup: nothing in them can be an instruction. Raises PrintError.
    """
    text, lost = fonts.drawable(json.dumps(data, ensure_ascii=False, default=vars))
    files: Any = {  # the binding's stub knows single files only
        "main.typ": f'#include "{template}"'.encode(),
        "given.json": json.dumps({"accent": accent, "lost": lost}).encode(),
        "data.json": _file(text.encode()),
        "attachment.xml": _file(_text(attachment)),
    }
    try:
        content, warnings = _compiler().compile_with_warnings(
            input=files,
            format="pdf",
            pdf_standards="a-3b",
            timestamp=moment,
        )
    except typst.TypstError as error:
        raise PrintError("typesetting", error.diagnostic or error.message) from error
    if warnings:
        raise PrintError("typesetting", "; ".join(str(warning) for warning in warnings))
    assert isinstance(content, bytes)  # a PDF is one file
    return content


def require_drawable(picture: bytes) -> None:
    """Draw a PNG or JPEG once: within a print a damaged one would be left out silently. Raises PrintError."""
    pdf("logo.typ", {"logo": list(picture)}, attachment=b"<logo/>", moment=0)


def _file(content: bytes) -> bytes:
    """The binding parses every file as markup, needed or not: as a comment that costs least. Templates cut it off."""
    return b"/*" + content


def _text(attachment: bytes) -> bytes:
    """The binding takes UTF-8 only."""
    try:
        attachment.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PrintError("not-xml", "not UTF-8") from error
    return attachment
