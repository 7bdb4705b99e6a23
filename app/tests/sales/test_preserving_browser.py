"""A file that the form shows a part of, in Chromium: what stays is named, a line is changed; axe, phone, dark."""

from __future__ import annotations

from typing import Any

import pytest
from liczydlo.fa3.build import build
from liczydlo.fa3.read import read
from liczydlo.fa3.write import write
from liczydlo.sales.models import Draft
from playwright.sync_api import expect

from app.tests.connection.test_browser import page
from app.tests.sales.test_browser import look
from app.tests.sales.test_preserving import hard
from app.tests.sales.test_uploaded_drafts import MADE

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_correction_of_a_stranger_is_changed(page: Any, company: Any) -> None:
    content = write(build(hard(company)["correction of a stranger"], created=MADE))
    page.goto(f"/firmy/{company.pk}/sprzedaz/wgraj/")
    page.locator("input[type=file]").set_input_files(
        {"name": "korekta.xml", "mimeType": "application/xml", "buffer": content}
    )
    page.locator("main form button[type=submit]").first.click()
    page.get_by_role("link", name="Popraw").first.click()
    page.get_by_text("Zachowane, nie do zmiany tutaj").wait_for()
    expect(page.get_by_text("przed korektą", exact=True)).to_have_count(1)
    look(page, "zachowane")
    look(page, "zachowane", phone=True)
    page.locator("#id_lines-1-price").fill("7")
    page.locator("#id_lines-1-price").blur()
    page.locator("#totals").get_by_text("\u22123,69").first.wait_for()
    page.get_by_role("button", name="Dalej: podgląd").last.click()
    page.get_by_role("button", name="Wyślij do KSeF").first.wait_for()
    document = read(bytes(Draft.objects.get().xml or b""))
    assert (document.fa.p_13_1, document.fa.przyczyna_korekty) == (-3, "rabat")
