"""Every step that a job names is one at which the crash tests can let it die."""

from __future__ import annotations

import ast

import pytest
from liczydlo.jobs.failpoints import STEPS

from tests.processes import ROOT

pytestmark = pytest.mark.pure


def test_every_step_that_is_named_exists_and_every_one_that_exists_is_named() -> None:
    named = set()
    for path in (ROOT / "app" / "src" / "liczydlo").rglob("*.py"):
        if path.name == "failpoints.py":
            continue
        named |= {
            node.value
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_step(node.value)
        }
    assert named - set(STEPS) == set()
    assert set(STEPS) - named == set()


def _is_step(text: str) -> bool:
    family, dot, name = text.partition(".")
    families = {step.partition(".")[0] for step in STEPS}
    return bool(dot) and family in families and name.isidentifier() and text not in NOT_STEPS


NOT_STEPS = {"certificates.renew", "upo.pdf", "upo.xml", "upo.typ"}
