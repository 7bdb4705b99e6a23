"""The texts of all codes: one table, filled by the ``catalogue`` module of each feature."""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise

Text = str | Promise | Callable[[Mapping[str, Any]], str]
"""A Polish msgid of gettext with ``{param}`` places, or what makes the text of the params."""

TEXTS: Final[dict[str, Text]] = {}
"""By code; ``family:code`` for the codes of ``fa3`` and ``ksef`` that could mean several things."""


def register(texts: Mapping[str, Text], *, family: str = "") -> None:
    """Add the texts of a feature. Raises ValueError for a code that has a text already."""
    keyed = {key(code, family): text for code, text in texts.items()}
    if twice := TEXTS.keys() & keyed.keys():
        raise ValueError(f"registered twice: {', '.join(sorted(twice))}")
    TEXTS.update(keyed)


def key(code: str, family: str) -> str:
    """How a code of a family is called in the table and in rows."""
    return f"{family}:{code}" if family else code


def render(reason: Mapping[str, Any]) -> str:
    """The text of a reason's JSON in the active language. Raises KeyError for a code that nobody has registered.

    What makes a text of params is given ``code``, ``ksef_code`` and ``details`` as well.
    """
    text = TEXTS[reason["code"]]
    params = {
        "code": reason["code"],
        "ksef_code": reason.get("ksef_code", ""),
        "details": reason.get("details", ()),
        **reason.get("params", {}),
    }
    words = text(params) if callable(text) else fill(text, params)
    return words.replace("  ", " ").strip()  # a place may be filled with nothing


def fill(text: str | Promise, params: Mapping[str, Any]) -> str:
    """A text with its places filled in."""
    return _FORMATTER.vformat(str(text), (), params)


def places(text: str | Promise) -> set[str]:
    """The names of a text's places."""
    return {name for _, name, _, _ in _FORMATTER.parse(str(text)) if name}


def _day(value: str) -> str:
    return f"{dt.date.fromisoformat(value):%d.%m.%Y}"


def _moment(value: str) -> str:
    return f"{timezone.localtime(dt.datetime.fromisoformat(value)):%d.%m.%Y %H:%M}"


def _days(values: Sequence[str]) -> str:
    return ", ".join(map(_day, values))


FORMATS: Final[dict[str, Callable[[Any], str]]] = {
    "date": _day,
    "free_days": _days,
    "began": _moment,
    "ended": _moment,
}
"""How a param is written, by its name; others stand as they are. ``date`` is an ISO date, ``free_days`` a list of them,
``began`` and ``ended`` are ISO moments, told in Polish time."""


class _Formatter(string.Formatter):
    def get_value(self, key: int | str, _args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
        name = str(key)
        value = kwargs.get(name, "–")  # a row may be older than a place of its text
        if value is None:
            return ""
        if isinstance(value, Mapping):  # one reason inside another
            return render(value)
        return FORMATS.get(name, str)(value)


_FORMATTER: Final = _Formatter()
