"""„Skoryguj" in Chromium: to zero in four clicks, new values with sums while typing, both themes, a phone, axe."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from liczydlo.sales.models import Invoice

from app.tests.connection.test_browser import faults, page
from app.tests.sales.test_browser import look
from app.tests.sales.test_order import accept, fresh, original

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def picture(page: Any, name: str) -> None:
    if folder := os.environ.get("LICZYDLO_SCREENS"):
        page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_new_values_and_to_zero_in_four_clicks(page: Any, company: Any) -> None:
    first = original(company, "FV/2026/11/041")
    accept(first, "5265877635-20261123-0123456789AB-48")
    page.goto(first.get_absolute_url())
    page.get_by_role("link", name="Skoryguj").click()
    look(page, "skoryguj", phone=True)
    picture(page, "200-skoryguj")
    assert not faults(page)
    page.get_by_role("link", name="Popraw pozycje lub nabywcę").click()
    page.get_by_label("Ilość, pozycja 1").fill("1")
    page.get_by_text(re.compile("Korekta: .61,50")).wait_for()
    page.get_by_label("Przyczyna korekty").fill("Błędna ilość")
    look(page, "korekta-nowe-wartosci", phone=True)
    assert not faults(page)
    picture(page, "201-korekta-nowe-wartosci")
    page.get_by_role("button", name="Dodaj pozycję").click()
    page.get_by_label("Nazwa towaru lub usługi, pozycja 3").wait_for()
    page.get_by_role("button", name="Usuń pozycję 3").click()
    page.get_by_label("Nazwa towaru lub usługi, pozycja 3").wait_for(state="detached")
    page.get_by_role("button", name="Dalej: podgląd").last.click()
    page.get_by_role("heading", name="Co zostanie wysłane").wait_for()
    picture(page, "202-korekta-podglad")
    assert not faults(page)
    page.get_by_role("button", name="Wyślij do KSeF").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Wyślij do KSeF").click()
    page.get_by_text("Koryguje:").wait_for()
    part = Invoice.objects.exclude(pk=first.pk).get()
    accept(fresh(part), "5265877635-20261123-0123456789AC-4F")

    page.goto(first.get_absolute_url())
    page.get_by_text("Po korektach", exact=True).wait_for()
    picture(page, "203-po-korektach")
    look(page, "po-korektach", phone=True)
    page.get_by_role("link", name="Skoryguj").click()  # 1
    page.get_by_role("button", name="Skoryguj do zera: podgląd").click()  # 2
    page.get_by_role("button", name="Wyślij do KSeF").first.click()  # 3
    page.get_by_role("dialog").get_by_role("button", name="Wyślij do KSeF").click()  # 4
    page.get_by_text("Koryguje:").wait_for()
    last = Invoice.objects.exclude(pk__in=[first.pk, part.pk]).get()
    assert str(last.entry.gross) == "-115.50"

    page.goto(f"/firmy/{company.pk}/sprzedaz/")
    page.get_by_text("po korektach").wait_for()
    look(page, "lista-korekt", phone=True)
    page.goto(f"/firmy/{company.pk}/sprzedaz/{first.pk}/skoryguj/rabat/")
    look(page, "rabat", phone=True)
    picture(page, "204-rabat")
