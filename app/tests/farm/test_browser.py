"""An invoice VAT RR in Chromium: typed by keyboard alone, both themes, a phone, axe."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from liczydlo.sales import services
from liczydlo.sales.models import Invoice
from liczydlo.sales.unfinished import Unfinished
from playwright.sync_api import expect

from app.tests.connection.test_browser import faults, page
from app.tests.farm.test_pages import at, form
from app.tests.sales.test_browser import look
from app.tests.sales.test_order import accept, fresh

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def picture(page: Any, name: str) -> None:
    if folder := os.environ.get("LICZYDLO_SCREENS"):
        page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def type_by_tab(page: Any, *texts: str | None) -> None:
    """One text in a field after another; None passes over one."""
    for text in texts:
        page.keyboard.press("Tab")
        if text is not None:
            page.keyboard.type(text)


def test_by_keyboard_alone(page: Any, company: Any) -> None:
    page.goto(f"/firmy/{company.pk}/sprzedaz/za-dostawcow/")
    look(page, "rr-pusta-lista")
    look(page, "rr-pusta-lista", phone=True)
    assert not faults(page)
    page.get_by_role("link", name="Nowa faktura VAT RR").first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Miejsce wystawienia").focus()
    page.keyboard.type("Grójec")
    type_by_tab(
        page,
        "8567346215",
        "Jan Rolny",
        "Polna 1",
        "05-600 Grójec",
        "61109010140000071219812874",
        "Bank Rolny",
    )
    type_by_tab(page, None, None, "Jabłka", "I klasa", "1000", None, "1,55")
    page.get_by_text("Inne podmioty").click()
    look(page, "rr-formularz")
    look(page, "rr-formularz", phone=True)
    assert not faults(page)
    page.get_by_text("Zapisano roboczo").wait_for()
    page.reload()
    page.get_by_text("Niezapisane zmiany").wait_for()
    assert not faults(page)
    page.get_by_role("button", name="Przywróć").click()
    expect(page.get_by_label("Produkt albo usługa, pozycja 1")).to_have_value("Jabłka")
    page.get_by_label("Cena bez zwrotu, pozycja 1").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Co zostanie wysłane").wait_for()
    look(page, "rr-podglad")
    look(page, "rr-podglad", phone=True)
    assert not faults(page)
    page.get_by_role("button", name="Wyślij do KSeF").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Wyślij do KSeF").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Historia").wait_for()
    row = Invoice.objects.get()
    assert (row.entry.kind, str(row.entry.gross), row.state) == ("VAT_RR", "1658.50", "queued")
    accept(fresh(row), "8567346215-20261123-0123456789AB-9A")
    page.goto(row.get_absolute_url())
    page.get_by_role("heading", name="Zapłata rolnikowi").wait_for()
    look(page, "rr-strona")
    look(page, "rr-strona", phone=True)
    assert not faults(page)
    page.get_by_role("link", name="Skoryguj").click()
    page.get_by_role("button", name="Wszystko do zera").click()
    look(page, "rr-korekta")
    look(page, "rr-korekta", phone=True)
    assert not faults(page)
    page.get_by_role("button", name="Dalej: podgląd").last.click()
    page.get_by_role("heading", name="Co zostanie wysłane").wait_for()
    picture(page, "rr-korekta-podglad")
    assert str(Invoice.objects.latest("pk").entry.gross) == "-1658.50"
    page.goto(f"/firmy/{company.pk}/sprzedaz/za-dostawcow/")
    page.get_by_text("korekta VAT RR").wait_for()
    look(page, "rr-lista")
    look(page, "rr-lista", phone=True)
    assert not faults(page)
    page.goto(f"/firmy/{company.pk}/zakupy/")
    page.get_by_role("link", name="Wystawione za dostawców").click()
    page.get_by_text("korekta VAT RR").wait_for()


def test_cancel_asks_before_it_discards(page: Any, company: Any) -> None:
    new, home = (
        f"/firmy/{company.pk}/sprzedaz/od-rolnikow/nowa/",
        f"**/firmy/{company.pk}/sprzedaz/za-dostawcow/",
    )
    page.goto(new)
    page.get_by_role("button", name="Anuluj", exact=True).click()
    page.wait_for_url(home)
    page.goto(new)
    page.fill("#id_farmer_name", "Jan")
    page.get_by_text("Zapisano roboczo").wait_for()
    page.get_by_role("button", name="Anuluj", exact=True).click()
    page.get_by_text("Odrzucić to, co wpisano?").wait_for()
    look(page, "rr-anuluj")
    look(page, "rr-anuluj", phone=True)
    page.get_by_role("button", name="Wróć do formularza").click()
    page.get_by_text("Odrzucić to, co wpisano?").wait_for(state="detached")
    expect(page.locator("#id_farmer_name")).to_have_value("Jan")
    assert Unfinished.objects.exists()
    page.get_by_role("button", name="Anuluj", exact=True).click()
    page.get_by_role("button", name="Odrzuć i wyjdź").click()
    page.wait_for_url(home)
    assert not Unfinished.objects.exists()


def test_what_another_person_changed_is_replaced_knowingly(
    page: Any, company: Any, owner: Any, browse: Any
) -> None:
    other = browse(owner)
    other.post(at("farm_new", company), form())
    row = Invoice.objects.get()
    page.goto(at("farm_edit", company, row.pk))
    other.post(at("farm_edit", company, row.pk), form(**{"lines-0-name": "Gruszki"}))
    page.fill("#id_farmer_name", "Jan Nowy")
    page.get_by_role("button", name="Dalej: podgląd").last.click()
    page.get_by_text("zmienił w międzyczasie ktoś inny").wait_for()
    expect(page.locator("#id_farmer_name")).to_have_value("Jan Nowy")
    look(page, "rr-zmieniony")
    look(page, "rr-zmieniony", phone=True)
    page.get_by_role("button", name="Dalej: podgląd").last.click()
    page.get_by_role("heading", name="Co zostanie wysłane").wait_for()
    assert b"Jan Nowy" in services.draft_of(row).content
