"""``{% load sales %}``: what errors say, in the language of the page."""

from __future__ import annotations

from typing import Any

from django import template

from liczydlo.fa3.problems import Problem
from liczydlo.web import reasons

register = template.Library()


@register.filter
def words(problem: Any) -> str:
    """The text of a document's problem; of anything else what it says itself."""
    return reasons.explain(problem) if isinstance(problem, Problem) else str(problem)
