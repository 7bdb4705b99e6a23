"""A taxpayer in KSeF's own portal: a received invoice, a token, sessions; and the whole invoice behind KOD I."""

from __future__ import annotations

import base64
import re
from typing import Any

import httpx2
import pytest
from ksef_emulator.testing import Running

from tests.browser.conftest import camera, faults

pytestmark = pytest.mark.browser
FIRM = "7771234567"


def test_what_a_taxpayer_does_there(portal: Any, ksef: Running) -> None:
    page, picture = portal, camera(portal)
    body = {"buyer": FIRM, "count": 3, "gross": "1234.50"}
    made = httpx2.post(f"{ksef.control_url}/invoices", json=body, trust_env=False, timeout=30)
    assert made.status_code < 300, made.text
    page.goto("/portal/logowanie/gov")
    page.get_by_label("NIP lub identyfikator wewnętrzny").fill(FIRM)
    page.get_by_role("button", name="Uwierzytelnij").click()
    page.get_by_role("button", name=re.compile("Podpisz")).click()
    page.get_by_role("link", name="Wystawione").wait_for()
    for name, link in (("44-portal-wystawione-puste", "Wystawione"), ("45-portal-otrzymane", "Otrzymane")):
        page.get_by_role("link", name=link, exact=True).click()
        page.get_by_role("heading", name=re.compile(link)).wait_for()
        picture(name)
        assert not faults(page)
    page.get_by_role("table").get_by_role("link").first.click()
    page.get_by_role("heading", name="Podsumowanie według stawek").wait_for()
    picture("46-portal-faktura")
    assert not faults(page)
    page.get_by_role("link", name="Tokeny").click()
    page.get_by_role("link", name="Generuj token").click()
    page.get_by_label("Nazwa tokena").fill("Program do faktur")
    page.get_by_text("Przeglądanie faktur").click()
    picture("47-portal-token")
    assert not faults(page)
    page.get_by_role("button", name="Generuj token").click()
    page.get_by_text("Zapisz token teraz").wait_for()
    assert not faults(page)
    page.get_by_role("link", name="Lista tokenów").click()
    page.get_by_text("Aktywny").wait_for()
    picture("48-portal-tokeny")
    assert not faults(page)
    page.get_by_role("link", name="Aktywne sesje").click()
    page.get_by_text("ta sesja").wait_for()
    picture("49-portal-sesje")
    assert not faults(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    for place in (
        "/portal/faktury/lista/otrzymane",
        "/portal/tokeny",
        "/portal/sesje",
        "/portal/sesje/wysylki",
    ):
        page.goto(place)
        assert not faults(page), place
    page.goto("/portal/faktury/lista/otrzymane")
    page.get_by_role("table").get_by_role("link").first.click()
    page.get_by_role("heading", name="Podsumowanie według stawek").wait_for()
    picture("70-portal-faktura-telefon-ciemny")
    assert not faults(page)


def test_the_whole_invoice_behind_kod_1(portal: Any, ksef: Running) -> None:
    page, picture = portal, camera(portal)
    body = {"buyer": FIRM, "count": 1, "gross": "1234.50"}
    httpx2.post(f"{ksef.control_url}/invoices", json=body, trust_env=False, timeout=30).raise_for_status()
    with ksef.emulator.store.transaction() as db:
        row = db.execute("SELECT seller_nip, issue, number, sha256, gross FROM register").fetchone()
    digest = base64.urlsafe_b64encode(row["sha256"]).rstrip(b"=").decode()
    day = "-".join(reversed(row["issue"].split("-")))
    page.goto(f"/qr/invoice/{row['seller_nip']}/{day}/{digest}")
    page.get_by_label("Numer faktury").fill(row["number"])
    page.get_by_label(re.compile("identyfikator nabywcy")).fill(FIRM)
    page.get_by_label("Kwota należności ogółem").fill("0,01")
    page.get_by_role("button", name="Pokaż fakturę").click()
    page.get_by_text("Dane nie zgadzają się z fakturą").wait_for()
    picture("71-kod-1-zle-dane")
    assert not faults(page)
    page.get_by_label("Kwota należności ogółem").fill(f"{row['gross'] / 100:.2f}")
    page.get_by_role("button", name="Pokaż fakturę").click()
    page.get_by_role("heading", name="Podsumowanie według stawek").wait_for()
    picture("72-kod-1-tresc")
    assert not faults(page)
