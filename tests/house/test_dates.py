"""A day in a field is written as browsers read it (HTML: ``YYYY-MM-DD``); in Polish order they show an empty field."""

from __future__ import annotations

import ast

import pytest

from tests.processes import ROOT

pytestmark = pytest.mark.pure


def test_every_day_is_written_for_the_browser() -> None:
    folder = ROOT / "app" / "src" / "liczydlo"
    inputs = [
        (path.relative_to(folder).as_posix(), node)
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "forms.DateInput"
    ]
    assert len(inputs) > 5
    assert not [
        f"{name}:{node.lineno}"
        for name, node in inputs
        if not any(one.arg == "format" and ast.unparse(one.value) == "'%Y-%m-%d'" for one in node.keywords)
    ]
