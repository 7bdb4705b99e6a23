"""``{% load sessions %}``: a browser's name out of what it says of itself."""

from __future__ import annotations

from typing import Final

from django import template
from django.conf import settings

register = template.Library()

# The first that fits: every browser claims to be an older one as well (MDN, „Browser detection using the user agent").
PROGRAMS: Final = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
                   ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
SYSTEMS: Final = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
                  ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


@register.simple_tag
def idle_hours() -> int:
    """After how many hours without work a login ends."""
    return settings.SESSION_COOKIE_AGE // 3600


@register.filter
def browser(user_agent: str) -> str:
    """``Firefox · Linux``; what is not known, as it calls itself."""
    named = [next((name for sign, name in table if sign in user_agent), "") for table in (PROGRAMS, SYSTEMS)]
    return " · ".join(name for name in named if name) or user_agent
