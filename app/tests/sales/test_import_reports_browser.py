"""A large file in Chromium: its page comes to the report by itself, also without JavaScript; stopped addresses; axe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from liczydlo.contacts import stopped
from liczydlo.contacts.models import Contractor
from liczydlo.sales.importing import reports
from liczydlo.web import times
from liczydlo.web.reasons import Reason
from playwright.sync_api import expect

from app.tests.connection.test_browser import page
from app.tests.sales.test_browser import look
from app.tests.sales.test_buyer_letters import ADDRESS, buyer
from app.tests.sales.test_import_reports import COUNT, MANY, work

__all__ = ["buyer", "page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_page_of_a_large_file_comes_to_its_report(
    page: Any, company: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "PATIENCE", 0.0)
    file = tmp_path / "faktury z calego roku.csv"
    file.write_text(MANY)
    page.goto(reverse("sales:import_invoices", args=[company.pk]))
    page.get_by_label("Plik z tabelą").set_input_files(str(file))
    page.get_by_role("button", name="Pokaż").click()
    expect(page.get_by_text(f"Sprawdzono 0 z {COUNT} faktur")).to_be_visible()
    look(page, "import-postep")
    look(page, "import-postep", phone=True)
    still = page.context.browser.new_context(
        base_url=page.url, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain = still.new_page()
    plain.goto(page.url)
    expect(plain.get_by_text(f"Sprawdzono 0 z {COUNT} faktur")).to_be_visible()
    work(company)
    expect(page.get_by_role("heading", name="Co się stanie")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("button", name=f"Zapisz ({COUNT})")).to_be_visible()
    expect(plain.get_by_role("heading", name="Co się stanie")).to_be_visible(timeout=20_000)
    still.close()


def test_the_page_of_a_contractor_whose_address_takes_no_letters(
    page: Any, company: Any, buyer: Contractor
) -> None:
    stopped.stop(company, ADDRESS, Reason("returned-address"), about="FV/7", now=times.now())
    page.goto(reverse("sales:returned_letters", args=[company.pk]))
    look(page, "wstrzymane-adresy")
    look(page, "wstrzymane-adresy", phone=True)
    page.get_by_role("link", name="Kupiec").click()
    expect(page.get_by_text("Adres nie przyjmuje listów")).to_be_visible()
    look(page, "kontrahent-wstrzymany")
    look(page, "kontrahent-wstrzymany", phone=True)
    page.get_by_role("button", name="Wysyłaj mimo to").click()
    expect(page.get_by_text("Program znowu wysyła listy na ten adres")).to_be_visible()
    expect(page.get_by_text("Adres nie przyjmuje listów")).to_have_count(0)
