"""The preview of a draft for a public buyer in Chromium: both themes, a phone, axe, the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from app.tests.connection.test_browser import page
from app.tests.sales.test_browser import look
from app.tests.sales.test_pef import PUBLIC, WORDS, drafted

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_the_preview_to_the_file(page: Any, company: Any) -> None:
    row = drafted(company, **PUBLIC)
    page.goto(row.get_absolute_url())
    page.get_by_text(WORDS).click()
    page.get_by_role("link", name="Pobierz PEF (XML)").wait_for()
    look(page, "pef-podglad")
    look(page, "pef-podglad", phone=True)
    with page.expect_download() as download:
        page.get_by_role("link", name="Pobierz PEF (XML)").click()
    root = etree.fromstring(Path(download.value.path()).read_bytes())
    assert root.findtext("{*}ID") == "FV/1"
