"""Typst: one compiler per thread, only our font, and a warning is an error."""

from __future__ import annotations

import json
import threading
from functools import cache
from pathlib import Path
from typing import Any, Literal

import fontpkg_inter
import typst

TEMPLATES = Path(__file__).parent / "templates"
_local = threading.local()


class PrintError(Exception):
    """Something could not be printed; the text says what Typst had against it."""


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fontpkg_inter.ROOT)]
    )


def _compiler() -> typst.Compiler:
    """One for each thread: a compiler works for one at a time."""
    made: typst.Compiler | None = getattr(_local, "compiler", None)
    if made is None:
        made = _local.compiler = typst.Compiler(
            root=str(TEMPLATES), font_paths=_fonts(), ignore_system_fonts=True
        )
    return made


def pdf(template: str, data: dict[str, Any]) -> bytes:
    """A PDF/A-3b of a template filled with data. Raises PrintError."""
    return _compile(template, data, "pdf")[0]


def png(template: str, data: dict[str, Any], *, ppi: float = 110.0) -> list[bytes]:
    """The same, a picture of each page. Raises PrintError."""
    return _compile(template, data, "png", ppi)


def _compile(
    template: str, data: dict[str, Any], form: Literal["pdf", "png"], ppi: float | None = None
) -> list[bytes]:
    """Texts of a document go in as data, never as markup: nothing in them can be an instruction."""
    try:
        made, warnings = _compiler().compile_with_warnings(
            input=str(TEMPLATES / template),
            format=form,
            ppi=ppi,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards="a-3b" if form == "pdf" else [],
        )
    except typst.TypstError as error:
        raise PrintError(error.diagnostic or error.message) from error
    if warnings:
        raise PrintError("; ".join(str(each) for each in warnings))
    pages = made if isinstance(made, list) else [made]
    return [page for page in pages if page is not None]
