"""A cost outside KSeF in Chromium: a photo of a receipt is dropped, its fields typed, and the invoice that came from
KSeF too is joined with it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import faults

pytestmark = pytest.mark.browser
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def test_a_typed_cost_and_its_invoice_from_ksef_become_one(
    installed: Any, picture: Callable[[str], None]
) -> None:
    page = installed
    page.get_by_role("link", name="Zakupy").first.click()
    page.locator("#progress[hx-get]").wait_for(state="detached")
    page.locator(".inbox-name a").first.click()
    page.get_by_role("heading", name="Faktura zakupu").wait_for()
    facts = page.locator("dl.facts").first
    number = page.locator("h1").inner_text().strip()
    nip = re.search(r"NIP ([\d-]+)", facts.inner_text())
    assert nip is not None
    page.get_by_role("link", name="Zakupy").first.click()

    page.get_by_role("link", name="Koszt spoza KSeF").click()
    page.get_by_label("Numer dokumentu").fill(number.lower().replace("/", " "))
    page.get_by_label("Sprzedawca", exact=True).fill("Dostawca")
    page.get_by_label("NIP albo numer VAT sprzedawcy").fill(nip[1])
    page.get_by_label("Data wystawienia").fill("2026-10-01")
    page.get_by_label("Brutto").fill("49,99")
    page.get_by_role("button", name="Zapisz", exact=True).click()
    page.get_by_text("Dodaj skan, zdjęcie albo PDF tego dokumentu.").wait_for()
    picture("182-koszt-spoza-ksef")
    assert not faults(page)
    page.get_by_label("Skan, zdjęcie albo PDF").set_input_files(
        [
            {"name": "paragon.png", "mimeType": "image/png", "buffer": PICTURE},
            {"name": "opis.pdf", "mimeType": "application/pdf", "buffer": PDF},
        ]
    )
    page.get_by_role("button", name="Zapisz", exact=True).click()
    page.get_by_role("heading", name="Może być podwójna").wait_for()
    assert page.locator(".paper img").evaluate("one => one.decode().then(() => one.naturalWidth)") == 1
    picture("183-koszt-moze-byc-podwojny")
    assert not faults(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    picture("184-koszt-telefon-ciemny")
    assert not faults(page)
    page.get_by_role("button", name="To to samo, połącz").click()
    page.get_by_text("Połączono z kosztem spoza KSeF").wait_for()
    page.get_by_role("link", name="paragon.png").first.wait_for()
    assert not faults(page)
