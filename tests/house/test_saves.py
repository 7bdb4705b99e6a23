"""No row is saved whole a second time: what another session has changed in it would be written back as it was."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.processes import ROOT

pytestmark = pytest.mark.pure
SAYS_WHAT = {"update_fields", "force_insert"}
INSERTING_FORM = ("companies/views.py", "form")
"""A model form of a new company, which has no row yet; the settings' form has ``save_changes`` instead."""


def saves(source: str, name: str) -> Iterator[str]:
    """Calls of ``save`` on anything but ``super()`` that say neither which columns nor that the row is new."""
    for node in ast.walk(ast.parse(source)):
        if not (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save"
        ):
            continue
        owner = ast.unparse(node.func.value)
        if owner == "super()" or (name, owner) == INSERTING_FORM:
            continue
        if not SAYS_WHAT & {keyword.arg for keyword in node.keywords}:
            yield f"{name}:{node.lineno} {owner}.save(…)"


def test_no_whole_row_is_saved_twice() -> None:
    folder = ROOT / "app" / "src" / "liczydlo"
    files = [path for path in folder.rglob("*.py") if "migrations" not in path.parts]
    result = [one for path in files for one in saves(path.read_text(), path.relative_to(folder).as_posix())]
    assert not result, "use a conditional update, update_fields, or force_insert for a new row"


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("row.save()", 1),
        ("self.row.save(using=x)", 1),
        ("row.save(update_fields=['a'])", 0),
        ("row.save(force_insert=True)", 0),
        ("super().save(*args)", 0),
    ],
)
def test_what_counts_as_a_whole_row(source: str, count: int) -> None:
    assert len(list(saves(source, "x.py"))) == count
