"""The browser is closed while somebody types, and opened again: in Chromium, wide and light, on a phone in the dark."""

from __future__ import annotations

import re
from typing import Any

import pytest
from liczydlo.sales.models import Invoice
from liczydlo.sales.unfinished import Unfinished
from playwright.sync_api import expect

from app.tests.connection.test_browser import page
from app.tests.sales.test_browser import look

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def kept(page: Any, begins: str) -> None:
    """Wait until the note beside the buttons says that."""
    page.locator("#kept", has_text=re.compile(f"^{re.escape(begins)}")).wait_for()


def test_closed_while_typing_and_opened_again(page: Any, company: Any) -> None:
    new = f"/firmy/{company.pk}/sprzedaz/nowa/"
    page.goto(new)
    page.fill("#id_issue_date", "2199-01-01")  # not valid: a day to come
    page.fill("#id_buyer_nip", "856-734")
    page.fill("#id_buyer_name", "Kupiec w poł")
    page.fill("#id_lines-0-name", "liczydło")
    page.fill("#id_lines-0-price", "sto")
    page.get_by_role("button", name="Dodaj pozycję").click()
    page.fill("#id_lines-1-name", "druga pozycja")
    kept(page, "Zapisano roboczo ")
    look(page, "zapisano-roboczo")
    page.fill("#id_lines-1-price", "12,")
    other = page.context.new_page()
    page.close()  # at once: what was typed last goes with the page
    other.set_default_timeout(20_000)
    for _ in range(50):
        if Unfinished.objects.filter(**{"fields__lines-1-price": ["12,"]}).exists():
            break
        other.wait_for_timeout(100)
    other.goto(new)
    other.get_by_text("Niezapisane zmiany z").wait_for()
    look(other, "niezapisane-zmiany")
    look(other, "niezapisane-zmiany", phone=True)
    other.fill("#id_buyer_name", "inny")  # nothing is kept over what is still to be decided
    kept(other, "Nie zapisuje się roboczo, dopóki")
    other.get_by_role("button", name="Przywróć").click()
    other.get_by_text("Niezapisane zmiany z").wait_for(state="detached")
    shown = {
        "#id_issue_date": "2199-01-01",
        "#id_buyer_nip": "856-734",
        "#id_buyer_name": "Kupiec w poł",
        "#id_lines-0-name": "liczydło",
        "#id_lines-0-price": "sto",
        "#id_lines-1-name": "druga pozycja",
        "#id_lines-1-price": "12,",
    }
    for name, typed in shown.items():
        expect(other.locator(name)).to_have_value(typed)
    other.fill("#id_issue_date", "2026-01-15")
    other.fill("#id_buyer_nip", "8567346215")
    other.fill("#id_buyer_line1", "ul. Prosta 1")
    other.fill("#id_lines-0-price", "100")
    other.fill("#id_lines-1-price", "12")
    other.get_by_role("button", name="Dalej: podgląd").last.click()
    other.get_by_role("button", name="Wyślij do KSeF").first.wait_for()
    assert Invoice.objects.count() == 1 and not Unfinished.objects.exists()
    other.goto(new)
    other.get_by_role("heading", name="Nowa faktura").wait_for()
    expect(other.get_by_text("Niezapisane zmiany")).to_have_count(0)


def test_without_a_server_it_says_so_and_tries_again(page: Any, company: Any) -> None:
    page.goto(f"/firmy/{company.pk}/sprzedaz/nowa/")
    page.route("**/roboczo/", lambda route: route.abort())
    page.fill("#id_buyer_name", "Kupiec")
    kept(page, "Nie zapisano roboczo.")
    page.unroute("**/roboczo/")
    page.fill("#id_buyer_line1", "ul. Prosta 1")
    kept(page, "Zapisano roboczo ")
    assert Unfinished.objects.get().fields["buyer_name"] == ["Kupiec"]


def test_a_page_that_was_only_looked_at_keeps_nothing(page: Any, company: Any) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto(f"/firmy/{company.pk}/sprzedaz/nowa/")
    page.goto(f"/firmy/{company.pk}/sprzedaz/", wait_until="networkidle")
    assert sent and not [one for one in sent if one.endswith("/roboczo/")]


def test_two_tabs_and_too_much(page: Any, company: Any) -> None:
    new = f"/firmy/{company.pk}/sprzedaz/nowa/"
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(new)
    page.fill("#id_buyer_name", "z pierwszej")
    kept(page, "Zapisano roboczo ")
    other.fill("#id_buyer_name", "z drugiej")
    other.locator("#kept", has_text="zamiast tego, co wpisano w innej karcie.").wait_for()
    assert Unfinished.objects.get().fields["buyer_name"] == ["z drugiej"]
    other.locator("#id_remarks").evaluate("field => field.removeAttribute('maxlength')")
    other.fill("#id_remarks", "ż" * 100_000)
    kept(other, "Za dużo, żeby zapisywać roboczo")
    assert "remarks" not in Unfinished.objects.get().fields


def test_cancel_asks_before_it_discards(page: Any, company: Any) -> None:
    new = f"/firmy/{company.pk}/sprzedaz/nowa/"
    page.goto(new)
    page.get_by_role("button", name="Anuluj", exact=True).click()
    page.wait_for_url(f"**/firmy/{company.pk}/sprzedaz/")
    page.goto(new)
    page.fill("#id_buyer_name", "Kupiec")
    kept(page, "Zapisano roboczo ")
    page.get_by_role("button", name="Anuluj", exact=True).click()
    page.get_by_text("Odrzucić to, co wpisano?").wait_for()
    look(page, "anuluj")
    look(page, "anuluj", phone=True)
    page.get_by_role("button", name="Wróć do formularza").click()
    page.get_by_text("Odrzucić to, co wpisano?").wait_for(state="detached")
    expect(page.locator("#id_buyer_name")).to_have_value("Kupiec")
    assert Unfinished.objects.exists()
    page.get_by_role("button", name="Anuluj", exact=True).click()
    page.get_by_role("button", name="Odrzuć i wyjdź").click()
    page.wait_for_url(f"**/firmy/{company.pk}/sprzedaz/")
    assert not Unfinished.objects.exists()
    page.goto(new)
    page.get_by_role("heading", name="Nowa faktura").wait_for()
    expect(page.get_by_text("Niezapisane zmiany")).to_have_count(0)
