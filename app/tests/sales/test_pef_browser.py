"""The preview of a draft for a public buyer in Chromium: both themes, a phone, axe, the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import expect

from app.tests.connection.test_browser import page
from app.tests.sales.test_browser import look
from app.tests.sales.test_pef import PUBLIC, WORDS, drafted
from app.tests.sales.test_pef_kor import NUMBER, pef_of, stored

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


def test_from_the_pef_to_the_file_of_its_correction(page: Any, company: Any) -> None:
    original = stored(company, pef_of(company))
    page.goto(original.get_absolute_url())
    page.get_by_role("link", name="Skoryguj").first.click()
    expect(page.get_by_role("heading", name="Skoryguj FV/1")).to_be_visible()
    page.get_by_role("button", name="Skoryguj do zera: podgląd").click()
    page.get_by_text("Korekta faktury PEF").click()
    link = page.get_by_role("link", name="Pobierz PEF_KOR (XML)")
    expect(link).to_be_visible()
    look(page, "pef-korekta-podglad")
    look(page, "pef-korekta-podglad", phone=True)
    with page.expect_download() as download:
        link.click()
    xml = Path(download.value.path()).read_bytes()
    assert etree.fromstring(xml).findtext(".//{*}InvoiceCorrection//{*}PayableAmount") == "-177.00"
    back = stored(company, xml, "KorPef", f"{NUMBER[:-2]}18", gross="0")
    page.goto(back.get_absolute_url())
    expect(page.get_by_text("Koryguje:")).to_be_visible()
    expect(page.get_by_text("Faktura PEF korygująca")).to_be_visible()
    look(page, "pef-korekta")
    look(page, "pef-korekta", phone=True)
