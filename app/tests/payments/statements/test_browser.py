"""A statement in Chromium: read in, the certain ones confirmed, the rest looked for; by keyboard, on a phone, axe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from liczydlo.payments.models import Settlement
from liczydlo.purchases.states import Payment

from app.tests.connection.test_browser import faults, page
from app.tests.payments.statements.files import OTHER_ACCOUNT, line, mt940, statement
from app.tests.payments.statements.world import account_of, purchase, sale
from app.tests.sales.test_browser import look

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_a_file_to_paid_invoices(page: Any, company: Any, tmp_path: Path) -> None:
    account_of(company)
    certain = [
        purchase(company, "1845.00", number="FS/118/11/2026", seller_name="Drukarnia „Świt” Anna Gęśl"),
        purchase(company, "369.00", number="2026/11/0007", seller_name="Serwis Kopiarek sp. z o.o."),
    ]
    several = purchase(
        company, "5000.00", number="BUD/44", seller_name="Przedsiębiorstwo Budowlane Żwir i Spółka"
    )
    sold = sale(company, "1230.00", number="FV/12/2026")
    text = mt940(
        statement(
            line("-1845.00", f"zaplata {certain[0].entry.ksef_number}", party_name="DRUKARNIA SWIT"),
            line("-369.00", certain[1].entry.ksef_number, party_name="SERWIS KOPIAREK SP Z OO"),
            line(
                "1230.00",
                "za fakture fv 12/2026",
                party_name="KUPIEC SWIT SP Z OO",
                party_account=OTHER_ACCOUNT,
            ),
            line("-2000.00", "zaliczka na roboty", party_name="PB ZWIR"),
            line("-12.00", "Oplata za prowadzenie rachunku", party_name="BANK"),
            number="11/2026",
            opening="10000.00",
        )
    )
    file = tmp_path / "wyciag-listopad.sta"
    file.write_text(text, encoding="cp1250")

    page.goto(f"/firmy/{company.pk}/platnosci/wyciagi/")
    look(page, "wyciagi-puste")
    page.set_input_files("#files", str(file))
    page.get_by_role("button", name="Wczytaj wyciąg").click()
    page.get_by_role("button", name="Zatwierdź 2 pewnych").wait_for()
    look(page, "wyciag")
    look(page, "wyciag", phone=True)
    page.get_by_role("button", name="Zatwierdź 2 pewnych").press("Enter")
    page.get_by_text("Zatwierdzono dopasowań: 2.").wait_for()
    for invoice in certain:
        invoice.refresh_from_db()
        assert invoice.payment == Payment.PAID

    page.get_by_role("button", name="Zatwierdź: FV/12/2026").click()
    page.get_by_text("Dopasowano.", exact=True).wait_for()
    assert Settlement.objects.get(entry=sold.entry).reason == "number"

    page.get_by_role("link", name="Wskaż fakturę").first.click()
    page.get_by_role("searchbox", name="Szukaj").fill("zwir")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Dopasuj BUD/44").wait_for()
    look(page, "wyciag-linia")
    look(page, "wyciag-linia", phone=True)
    page.get_by_role("button", name="Dopasuj BUD/44").click()
    page.get_by_role("heading", name="Płaci za").wait_for()
    several.refresh_from_db()
    assert (several.payment, str(several.paid_amount)) == (Payment.PART, "2000.00")

    page.goto(sold.get_absolute_url())
    page.get_by_role("heading", name="Zapłata", exact=True).wait_for()
    look(page, "sprzedaz-zaplata")
    page.goto(Settlement.objects.get(entry=sold.entry).line.statement.get_absolute_url())
    page.get_by_text("Nie dotyczy faktury").first.click()
    page.get_by_label("Czego dotyczy").fill("opłata bankowa")
    page.get_by_role("button", name="Odłóż").click()
    page.get_by_role("heading", name="Wszystkie linie są wyjaśnione").wait_for()
    page.get_by_role("link", name="Pokaż wszystkie linie").click()
    page.get_by_text("opłata bankowa").wait_for()
    look(page, "wyciag-wyjasniony")
    page.goto(f"/firmy/{company.pk}/platnosci/wyciagi/")
    page.get_by_text("wszystko wyjaśnione").wait_for()
    look(page, "wyciagi")
    assert not faults(page)
