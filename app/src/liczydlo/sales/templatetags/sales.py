"""``{% load sales %}``: what errors say, in the language of the page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template

from liczydlo.web.reasons import language
from liczydlo.web.templatetags.liczydlo import liczba

register = template.Library()


@register.filter
def cena(price: Decimal | None) -> str:
    """A unit price: at least two decimal places, more when it has more: ``1234.5`` → ``1 234,50``."""
    text = liczba(price)
    whole, _, rest = text.partition(",")
    return f"{whole},{rest:0<2}" if text else text


@register.filter
def words(problem: Any) -> str:
    """The text of anything that explains itself in both languages; anything else as it is."""
    text = getattr(problem, "text", None)
    return text(language()) if callable(text) else str(problem)
