"""Whoever looks for codes on a page says which: among lines of text a scanner sees bar codes that nobody drew."""

from __future__ import annotations

import ast

import pytest

from tests.processes import ROOT

pytestmark = pytest.mark.pure


def test_every_scan_names_its_kind_of_code() -> None:
    files = [
        path
        for folder in ("app", "emulator", "tests", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
    ]
    scans = [
        (path.name, call)
        for path in files
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("read_barcodes")
    ]
    assert scans and all(any(word.arg == "formats" for word in call.keywords) for _, call in scans), scans
