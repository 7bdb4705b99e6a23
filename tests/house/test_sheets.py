"""What a sheet (``<dialog>``) asks is asked without JavaScript too: its opener leads to it and posts nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest

from tests.processes import ROOT

pytestmark = pytest.mark.pure
OPENER: Final = re.compile(r"<(a|button)\b[^>]*\bdata-opens=[\"'](?P<sheet>[^\"']+)[\"'][^>]*>", re.DOTALL)
FORM: Final = re.compile(r"<form\b[^>]*>", re.DOTALL)
NEEDS_JAVASCRIPT: Final = {"shortcuts"}
"""Sheets about what works with JavaScript only; their openers are hidden without it."""


def acting(source: str) -> Iterator[str]:
    """Sheets whose opener does something else than lead to them, or to a page that asks the same."""
    for opener in OPENER.finditer(source):
        sheet, tag = opener["sheet"], opener[0]
        if sheet in NEEDS_JAVASCRIPT:
            continue
        if opener[1] == "button":
            forms = FORM.findall(source, 0, opener.start())
            tag = forms[-1] if forms else ""
        asks = f'="#{sheet}"' in tag or "{% url 'connection:remove' " in tag
        if "method=" in tag or not asks:
            yield sheet


def test_no_opener_acts_by_itself() -> None:
    folder = ROOT / "app" / "src" / "liczydlo"
    sources = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.html")}
    assert sum(len(OPENER.findall(source)) for source in sources.values()) > len(NEEDS_JAVASCRIPT)
    assert {name: found for name, source in sources.items() if (found := list(acting(source)))} == {}


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('<form action="#a"><button type="submit" data-opens="a">', 0),
        ('<form method="post" action="#a"><button type="submit" data-opens="a">', 1),
        ('<form method="post" action="/x"><button type="submit" data-opens="a">', 1),
        ('<a href="#a" data-opens="a">', 0),
        ('<a href="#b" data-opens="a">', 1),
        ('<button type="button" data-opens="a">', 1),
    ],
)
def test_what_leads_to_a_sheet(source: str, count: int) -> None:
    assert len(list(acting(source))) == count
