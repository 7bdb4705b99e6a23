"""``{% load sales %}``: what errors say, in the language of the page."""

from __future__ import annotations

from typing import Any

from django import template

from liczydlo.web.reasons import language

register = template.Library()


@register.filter
def words(problem: Any) -> str:
    """The text of anything that explains itself in both languages; anything else as it is."""
    text = getattr(problem, "text", None)
    return text(language()) if callable(text) else str(problem)
