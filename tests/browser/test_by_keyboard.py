"""An invoice with a payer and a factor, two terms, an order number and a charge, issued by keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest
from ksef_emulator.testing import Running
from liczydlo.demo.firms import COMPANY
from liczydlo.fa3.identifiers import KsefNumber
from playwright.sync_api import expect

from tests.browser.conftest import faults

pytestmark = pytest.mark.browser
MOST_TABS = 150
IS_HERE = "selector => document.activeElement.matches(selector)"


def reach(page: Any, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(MOST_TABS):
        if page.evaluate(IS_HERE, selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"never at {selector}")


def press(page: Any, selector: str) -> None:
    """Reach a button or a summary and press it."""
    reach(page, selector)
    page.keyboard.press("Enter")


def write(page: Any, **texts: str) -> None:
    """Reach fields by their ids and type."""
    for name, text in texts.items():
        reach(page, f"#id_{name}")
        page.keyboard.type(text)


def add(page: Any, rows: str, first: str) -> None:
    """Add a row and begin in its first field, where the focus already is."""
    press(page, f"button[name=add_row][value={rows}]")
    page.locator(f"#id_{first}:focus").wait_for()


def test_an_invoice_is_issued_and_accepted(installed: Any, ksef: Running) -> None:
    page = installed
    page.goto("/firmy/1/sprzedaz/nowa/")
    write(
        page,
        buyer_nip="8567346215",
        buyer_name="Kuchnie Świt",
        buyer_line1="ul. Prosta 1",
        buyer_line2="30-001 Kraków",
    )
    press(page, "#section-parties > summary")
    for row, (role, nip, name) in enumerate(
        [("Fak", "5252248481", "Faktor S.A."), ("Dok", "5260250274", "Płatnik sp. z o.o.")]
    ):
        prefix = f"parties-parties-{row}"
        add(page, "parties-parties", f"{prefix}-role")
        page.keyboard.type(role)
        write(page, **{f"{prefix}-number": nip, f"{prefix}-name": name})
    write(page, **{"lines-0-name": "Meble kuchenne"})
    write(page, **{"lines-0-price": "1000"})
    press(page, "#section-payment > summary")
    add(page, "payment-terms", "payment-terms-0-day")
    page.keyboard.type("12122026")  # the same in both orders of day and month
    press(page, "#section-settlement > summary")
    add(page, "settlement-charges", "settlement-charges-0-reason")
    page.keyboard.type("Kaucja za palety")
    write(page, **{"settlement-charges-0-amount": "50"})
    page.get_by_text("Do zapłaty: 1 280,00 zł").first.wait_for()
    press(page, "#section-terms > summary")
    add(page, "terms-orders", "terms-orders-0-number")
    page.keyboard.type("ZAM/2026/17")
    assert not faults(page)
    press(page, ".form-actions button.button-primary")
    page.get_by_role("heading", name="Wystawienie").wait_for()
    for words in ("Faktor S.A.", "Płatnik sp. z o.o.", "ZAM/2026/17", "Kaucja za palety", "12.12.2026"):
        expect(page.get_by_text(words).first).to_be_attached()
    press(page, "[data-opens=sheet-online]")
    press(page, "#sheet-online button.button-primary")
    page.locator("#ksef-number").wait_for(timeout=60_000)
    number = page.locator("#ksef-number").inner_text()
    assert KsefNumber.parse(number).nip == COMPANY.nip
