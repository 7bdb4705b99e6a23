"""``{% load prints %}``: what ``invoice.html`` needs of a language that cannot walk two lists at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template

register = template.Library()


@register.filter
def beside(first: Iterable[Any], second: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Two lists as one of pairs, as long as the shorter; a third list makes triples:
    ``{% for column, right, cell in columns|beside:rights|beside:cells %}``."""
    return [
        (*(one if isinstance(one, tuple) else (one,)), other)
        for one, other in zip(first, second, strict=False)
    ]
