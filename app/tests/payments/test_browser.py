"""From what is due to a file for the bank in Chromium: both themes, a phone, axe."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from liczydlo.payments.models import BankAccount
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.web import times
from lxml import etree

from app.tests.connection.test_browser import page
from app.tests.payments.ordering import address, invoice
from app.tests.payments.test_files import OURS, schema
from app.tests.purchases.test_pages import bought
from app.tests.sales.test_browser import look
from app.tests.sales.test_correction_browser import picture

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Przedsiębiorstwo Produkcyjno-Handlowo-Usługowe „Świt” Spółka z ograniczoną odpowiedzialnością sp. k."


def test_from_the_list_to_a_file_for_the_bank(page: Any, company: Any) -> None:
    today = times.today()
    days = {"FV/11/2026": -3, "FV/12/2026": 0, "FV/13/2026": 40}
    for number, after in days.items():
        invoice(company, number, payment_due=today + dt.timedelta(days=after), seller_name=LONG)
    invoice(company, "MPP/7/2026", split=True, gross=Decimal("24600.00"), vat=Decimal("4600.00"))
    invoice(company, "BEZ-RACHUNKU/1", paid_to="", homeless=True, seller_nip="5265877635")
    bought(company, number="KOR/3/2026", kind="KOR", gross=Decimal("-54.00"))

    page.goto(address("accounts", company))
    page.get_by_role("link", name="Dodaj rachunek").first.click()
    page.get_by_label("Numer rachunku").fill(OURS[2:])
    page.get_by_label("Nazwa").fill("główny")
    page.get_by_role("button", name="Zapisz").click()
    page.get_by_role("link", name="Do zapłaty").click()
    look(page, "do-zaplaty", phone=True)
    picture(page, "260-do-zaplaty")
    for number in ("FV/11/2026", "FV/12/2026", "MPP/7/2026", "BEZ-RACHUNKU/1"):
        page.get_by_label(f"Zaznacz {number}").check()
    page.get_by_role("button", name="Zapłać zaznaczone").click()
    page.get_by_label("KOR/3/2026").check()
    look(page, "zlecenie-nowe", phone=True)
    picture(page, "261-nowe-zlecenie")
    page.get_by_role("button", name="Przygotuj zlecenie").click()
    page.get_by_text("Polski rachunek ma 26 cyfr").wait_for()
    last = page.get_by_role("region", name="BEZ-RACHUNKU/1")
    last.get_by_label("Rachunek", exact=True).fill("10 1050 0099 7603 1234 5678 9123")
    last.get_by_label("Miejscowość").fill("Warszawa")
    last.get_by_label("Kod pocztowy").fill("00-001")
    page.get_by_role("button", name="Przygotuj zlecenie").click()
    page.get_by_role("button", name="Pobierz plik dla banku").wait_for()
    look(page, "zlecenie", phone=True)
    picture(page, "262-zlecenie")
    with page.expect_download() as download:
        page.get_by_role("button", name="Pobierz plik dla banku").click()
    root = etree.fromstring(Path(download.value.path()).read_bytes())
    schema().assertValid(root)
    assert download.value.suggested_filename.startswith(f"przelewy-{today}")
    assert len(root.findall(".//{*}CdtTrfTxInf")) == 4
    page.reload()
    page.get_by_role("button", name="Bank to zapłacił").click()
    page.get_by_text("Oznaczono faktury jako zapłacone: 5.").wait_for()
    assert ReceivedInvoice.objects.filter(payment="paid").count() == 5
    page.get_by_role("link", name="FV/11/2026").click()
    page.get_by_role("heading", name="Przelew").wait_for()
    look(page, "zakup-z-przelewem", phone=True)


def test_a_code_for_the_phone(page: Any, company: Any) -> None:
    BankAccount.objects.create(company=company, iban=OURS, name="główny", is_default=True)
    row = invoice(company, "FV/11/2026", seller_name=LONG)
    page.goto(row.get_absolute_url())
    page.get_by_role("link", name="Zapłać telefonem").click()
    page.get_by_role("img", name="Kod do przelewu").wait_for()
    look(page, "telefonem", phone=True)
    picture(page, "263-zaplac-telefonem")
