"""What a browser test states of a page waits for it: a value read at once is a race with the page's script."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.processes import ROOT

pytestmark = pytest.mark.pure
OF_AN_ELEMENT = {"is_visible", "is_hidden", "is_checked", "is_enabled", "is_disabled", "input_value"}
ALSO_OF_OTHERS = {"count", "inner_text", "text_content", "get_attribute", "all_inner_texts"}
"""Names that strings, lists and lxml have too: only those of a locator or of the page count."""
BROWSER = ("locator(", "get_by_")


def unawaited(source: str, name: str) -> Iterator[str]:
    """``assert`` statements that read an element of the browser's page once, as ``name:line statement``."""
    for statement in ast.walk(ast.parse(source)):
        if not isinstance(statement, ast.Assert):
            continue
        for call in ast.walk(statement.test):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                continue
            owner, method = ast.unparse(call.func.value), call.func.attr
            of_browser = any(word in owner for word in BROWSER)
            if method in OF_AN_ELEMENT or (of_browser and method in ALSO_OF_OTHERS):
                yield f"{name}:{call.lineno} {ast.unparse(statement)}"
                break


def test_statements_about_pages_wait() -> None:
    folders = [ROOT / "tests", ROOT / "app" / "tests", ROOT / "emulator" / "tests"]
    files = [path for folder in folders for path in folder.rglob("*.py")]
    racing = [one for path in files for one in unawaited(path.read_text(), path.name)]
    assert not racing, "use expect(locator)…, which waits"


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("assert not page.get_by_text('x').count()", 1),
        ("assert rate.input_value() == '1'", 1),
        ("assert page.locator('#a').is_visible() and not faults(page)", 1),
        ("assert page.locator('#a').inner_text() == 'x'", 1),
        ("assert text.count('x') == 1", 0),
        ("assert Invoice.objects.count() == 1", 0),
        ("expect(page.locator('#a')).to_be_visible()", 0),
    ],
)
def test_what_counts_as_reading_once(source: str, count: int) -> None:
    assert len(list(unawaited(source, "x.py"))) == count
