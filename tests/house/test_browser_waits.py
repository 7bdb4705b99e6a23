"""A browser test waits for what it reads of a page: a value read at once is a race with the page's script, and right
after a click with the next page itself, of which only the first bytes have come."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.processes import ROOT

pytestmark = pytest.mark.pure
OF_AN_ELEMENT = {"is_visible", "is_hidden", "is_checked", "is_enabled", "is_disabled", "input_value"}
ALSO_OF_OTHERS = {"count", "inner_text", "text_content", "get_attribute", "all_inner_texts"}
"""Names that strings, lists and lxml have too: only those of a locator or of the page count."""
AT_ONCE = {"count", "is_visible", "is_hidden", "all_inner_texts", "all_text_contents"}
"""What Playwright answers from the page as it is, an element or none; the others wait for their element."""
BROWSER = ("locator(", "get_by_")
WAITS = (".wait_for", "expect(", ".goto(", ".reload(")
Block = list[ast.stmt]


def of_browser(owner: str, locators: set[str]) -> bool:
    return owner in locators or any(word in owner for word in BROWSER)


def reads(node: ast.AST, names: set[str], locators: set[str]) -> Iterator[ast.Call]:
    """Calls below a node that read an element of the browser's page."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            owner, method = ast.unparse(call.func.value), call.func.attr
            if method in names and (method in OF_AN_ELEMENT or of_browser(owner, locators)):
                yield call


def blocks(tree: ast.AST) -> Iterator[Block]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            if isinstance(block := getattr(node, name, None), list):
                yield block


def own(statement: ast.stmt) -> ast.AST:
    """What a statement does before the blocks in it begin."""
    if isinstance(statement, ast.If):
        return statement.test
    if isinstance(statement, ast.For):
        return statement.iter
    if isinstance(statement, ast.While | ast.With | ast.Try | ast.FunctionDef | ast.ClassDef):
        return ast.Pass()  # a loop that looks again and again waits by that
    return statement


def unawaited(source: str, name: str) -> Iterator[str]:
    """Statements that read an element of the browser's page once, as ``name:line statement``: each ``assert``, and
    whatever else does not come right after a statement that waits."""
    tree = ast.parse(source)
    locators = {
        ast.unparse(one.targets[0])
        for one in ast.walk(tree)
        if isinstance(one, ast.Assign)
        and isinstance(one.value, ast.Call)
        and of_browser(ast.unparse(one.value), set())
        if not any(reads(one.value, OF_AN_ELEMENT | ALSO_OF_OTHERS, set()))
    }
    for block in blocks(tree):
        before = ""
        for statement in block:
            text = ast.unparse(statement)
            if isinstance(statement, ast.Assert):
                racing = next(reads(statement.test, OF_AN_ELEMENT | ALSO_OF_OTHERS, locators), None)
            elif any(word in before for word in WAITS):
                racing = None
            else:
                racing = next(reads(own(statement), AT_ONCE, locators), None)
            if racing:
                yield f"{name}:{racing.lineno} {text.splitlines()[0]}"
            before = text


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
        ("rows = page.get_by_role('row')\nassert rows.count() == 3", 1),
        ("page.click('a')\nif page.locator('form').count():\n    page.keyboard.press('Enter')", 1),
        ("page.click('a')\npage.wait_for_load_state()\nif page.locator('form').count():\n    pass", 0),
        ("page.click('a')\nevery = page.locator('tr').count()", 1),
        ("page.goto('/')\nevery = page.locator('tr').count()", 0),
        ("while not page.locator('tr').count():\n    page.reload()", 0),
        ("token = page.locator('#token').inner_text()", 0),
        ("assert text.count('x') == 1", 0),
        ("assert Invoice.objects.count() == 1", 0),
        ("expect(page.locator('#a')).to_be_visible()", 0),
    ],
)
def test_what_counts_as_reading_once(source: str, count: int) -> None:
    assert len(list(unawaited(source, "x.py"))) == count
