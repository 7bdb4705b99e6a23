"""Templates load no library that they do not use, and the stylesheet has no class that no page has."""

from __future__ import annotations

import re
from pathlib import Path

import liczydlo
import pytest
from django.template import engines

pytestmark = pytest.mark.pure
ROOT = Path(liczydlo.__file__).parent
LOAD = re.compile(r"{% *load ([^%]+?) *%}")
MADE_UP = ("chip-", "env-", "tile-", "toast-")
"""Beginnings of names that pages end with a tone or an environment."""


def test_templates_load_what_they_use() -> None:
    libraries = engines["django"].engine.template_libraries  # type: ignore[attr-defined]
    unused = []
    for path in ROOT.rglob("templates/**/*.html"):
        text = path.read_text(encoding="utf-8")
        used = set(re.findall(r"(?:{%\s*|\|)(\w+)", LOAD.sub("", text)))
        for name in " ".join(found for found in LOAD.findall(text) if " from " not in found).split():
            if used.isdisjoint((*libraries[name].tags, *libraries[name].filters)):
                unused.append(f"{path.relative_to(ROOT)}: {name}")
    assert not unused


def test_every_class_of_the_stylesheet_is_a_pages() -> None:
    pages = " ".join(path.read_text("utf-8") for path in ROOT.rglob("*.*") if path.suffix in {".html", ".js"})
    style = re.sub(r"/\*.*?\*/|{[^{}]*}", " ", (ROOT / "web/static/web/liczydlo.css").read_text("utf-8"))
    classes = set(re.findall(r"\.([a-z_][\w-]*)", style, re.I))
    assert not {name for name in classes if not name.startswith(MADE_UP)} - set(re.findall(r"[\w-]+", pages))
