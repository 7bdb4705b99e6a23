"""The generated part of ``api/contract`` is what ``generate.py`` writes from the official OpenAPI today."""

from __future__ import annotations

import ast

import pytest

from .generate import CONTRACT, generated
from .test_openapi import OFFICIAL, pytestmark

__all__ = ["pytestmark"]
OWN = {"__init__.py", "base.py", "operations.py"}


def test_nothing_else_is_there() -> None:
    present = {path.name for path in CONTRACT.iterdir() if path.is_file()}
    assert present - OWN == set(generated(OFFICIAL))


@pytest.mark.parametrize("name", sorted(generated(OFFICIAL)) if OFFICIAL.exists() else [])
def test_a_file_is_as_generated(name: str) -> None:
    """But for how it is formatted."""
    kept, wanted = (CONTRACT / name).read_text(encoding="utf-8"), generated(OFFICIAL)[name]
    if name.endswith(".py"):
        kept, wanted = ast.dump(ast.parse(kept)), ast.dump(ast.parse(wanted))
    assert kept == wanted
