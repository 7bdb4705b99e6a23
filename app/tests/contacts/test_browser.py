"""Contractors in Chromium: the list and a page in both themes and on a phone, one picked by the keyboard alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from liczydlo.contacts import addresses, contractors, items
from liczydlo.contacts.models import Contractor
from liczydlo.sales import services
from playwright.sync_api import expect

from app.tests.connection.test_browser import page
from app.tests.purchases.test_pages import bought
from app.tests.sales.test_browser import look
from app.tests.sales.world import document

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Przedsiębiorstwo Wielobranżowe Produkcyjno-Handlowo-Usługowe „Świt nad Wisłą” Gęśla i Wspólnicy sp.k."


def test_from_the_list_to_an_invoice_by_keyboard(page: Any, company: Any) -> None:
    listing = reverse("contacts:contractors", args=[company.pk])
    page.goto(listing)
    page.get_by_text("Nie ma jeszcze kontrahentów").wait_for()
    look(page, "kontrahenci-pusto", phone=True)

    services.issue(company, document(company.nip, "8567346215", number="FV/1"))
    bought(company, number="ZAKUP/7")
    made = {
        "kind": "nip",
        "country": "",
        "number": "5261040828",
        "name": LONG,
        "line1": "ul. Prosta 1",
        "line2": "",
    }
    long = contractors.add(
        company, made | {"payment_days": 21, "currency": "PLN", "note": "płaci w terminie"}
    )
    addresses.add(
        long, {"label": "magazyn", "line1": "ul. Długa 9", "line2": "31-000 Kraków", "country": "PL"}
    )
    page.goto(listing)
    look(page, "kontrahenci")
    look(page, "kontrahenci", phone=True)
    page.get_by_role("link", name="Kupiec").click()
    page.get_by_text("ZAKUP/7").wait_for()
    look(page, "kontrahent")
    look(page, "kontrahent", phone=True)
    page.goto(reverse("contacts:erase_contractor", args=[company.pk, long.pk]))
    look(page, "kontrahent-usuwanie", phone=True)
    page.goto(reverse("contacts:edit_contractor", args=[company.pk, long.pk]))
    look(page, "kontrahent-edycja")
    look(page, "kontrahent-edycja", phone=True)

    page.goto(reverse("sales:new", args=[company.pk]))
    box = page.get_by_role("combobox", name="Z listy kontrahentów")
    box.focus()
    page.keyboard.type("swit", delay=10)
    page.locator("#contractor-options [role=option]").nth(1).wait_for()
    expect(box).to_have_attribute("aria-expanded", "true")
    look(page, "kontrahent-podpowiedzi")
    look(page, "kontrahent-podpowiedzi", phone=True)
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    active = page.locator(f"#{box.get_attribute('aria-activedescendant')}")
    expect(active).to_contain_text(LONG)
    page.keyboard.press("Enter")
    page.get_by_text("Wpisano dane z listy").wait_for()
    expect(page.get_by_label("NIP nabywcy")).to_have_value("5261040828")
    expect(page.locator("#id_lines-0-name")).to_be_focused()
    look(page, "kontrahent-wybrany")
    look(page, "kontrahent-wybrany", phone=True)
    page.get_by_role("button", name="magazyn").click()
    page.get_by_role("button", name="magazyn", pressed=True).wait_for()
    expect(page.get_by_label("Ulica i numer", exact=True)).to_have_value("ul. Długa 9")
    assert Contractor.objects.of(company).count() == 2


def test_a_line_by_keyboard_from_the_list(page: Any, company: Any) -> None:
    page.goto(reverse("contacts:items", args=[company.pk]))
    page.get_by_text("Nie ma jeszcze towarów").wait_for()
    values = {"unit": "kpl.", "net_price": Decimal("1234.5"), "rate": "8", "gtu": "GTU_06"}
    items.add(company, values | {"name": "Gęśle jesionowe"})
    items.add(company, values | {"name": f"Gęśle dębowe, {LONG}"})
    page.goto(reverse("contacts:items", args=[company.pk]))
    look(page, "towary")
    look(page, "towary", phone=True)
    page.get_by_role("link", name="Gęśle jesionowe").click()
    page.get_by_label("PKWiU").wait_for()
    look(page, "towar")

    page.goto(reverse("sales:new", args=[company.pk]))
    page.locator("#id_lines-0-name").focus()
    page.keyboard.type("gesle", delay=10)
    page.locator("#items-0 [role=option]").nth(1).wait_for()
    look(page, "towar-podpowiedzi")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("#id_lines-0-quantity:focus").wait_for()
    expect(page.locator("#id_lines-0-name")).to_have_value("Gęśle jesionowe")
    expect(page.locator("#id_lines-0-price")).to_have_value("1234,5")
    expect(page.locator("#id_lines-0-rate")).to_have_value("8")
    look(page, "towar-wybrany")
    look(page, "towar-wybrany", phone=True)
    page.get_by_role("button", name="Zapamiętaj na liście").click()
    page.get_by_text("jest już na liście").wait_for()


def test_without_javascript_a_buyer_is_picked_too(page: Any, company: Any, live_server: Any) -> None:
    services.issue(company, document(company.nip, "8567346215", number="FV/1"))
    context = page.context.browser.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto(reverse("sales:new", args=[company.pk]))
    plain.get_by_label("Z listy kontrahentów").fill("856-734")
    plain.get_by_role("button", name="Wybierz z listy", exact=True).click()
    plain.get_by_role("button", name="Kupiec").click()
    expect(plain.get_by_label("NIP nabywcy")).to_have_value("8567346215")
    expect(plain.get_by_label("Ulica i numer", exact=True)).to_have_value("ul. Prosta 1")
