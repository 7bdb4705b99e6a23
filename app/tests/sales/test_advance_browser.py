"""An advance and its settlement in Chromium: sums while typing, the order's balance, both themes, a phone, axe."""

from __future__ import annotations

from typing import Any

import pytest
from liczydlo.sales.models import Invoice

from app.tests.connection.test_browser import faults, page
from app.tests.sales.test_browser import look
from app.tests.sales.test_correction_browser import picture
from app.tests.sales.test_order import NUMBER, accept

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def issue(page: Any) -> None:
    page.get_by_role("button", name="Dalej: podgląd").last.click()
    page.get_by_role("button", name="Wyślij do KSeF").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Wyślij do KSeF").click()
    page.get_by_role("heading", name="Zamówienie").first.wait_for()


def test_from_an_advance_to_the_settlement(page: Any, company: Any) -> None:
    page.goto(f"/firmy/{company.pk}/sprzedaz/nowa/")
    page.get_by_role("link", name="Zaliczkowa").click()
    page.get_by_label("Kwota zaliczki brutto").fill("3690")
    page.get_by_label("NIP nabywcy").fill("8567346215")
    page.get_by_label("Nazwa albo imię i nazwisko").fill("Kuchnie „Świt” sp. z o.o.")
    page.get_by_label("Ulica i numer", exact=True).fill("ul. Prosta 1")
    page.get_by_label("Nazwa towaru lub usługi, pozycja 1").fill("Meble kuchenne na wymiar")
    page.get_by_label("Cena netto, pozycja 1").fill("10000")
    page.get_by_text("Pozostaje do zapłaty: 8 610,00 zł").wait_for()
    look(page, "zaliczka", phone=True)
    assert not faults(page)
    picture(page, "205-nowa-zaliczka")
    issue(page)
    first = Invoice.objects.get()
    accept(first, NUMBER)
    page.goto(first.get_absolute_url())
    look(page, "zaliczka-zamowienie", phone=True)
    assert not faults(page)
    picture(page, "206-zaliczki")
    page.get_by_role("link", name="Rozlicz zaliczki").click()
    page.get_by_text("Zaliczki: 3 690,00 zł").wait_for()
    look(page, "rozliczenie", phone=True)
    assert not faults(page)
    issue(page)
    last = Invoice.objects.exclude(pk=first.pk).get()
    assert (last.entry.kind, str(last.entry.gross)) == ("ROZ", "8610.00")
    assert not faults(page)
