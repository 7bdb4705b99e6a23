"""Gross prices, a discount and rare rates in Chromium by the keyboard alone, up to KSeF's number; axe, phone, dark."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from liczydlo.fa3.read import read
from liczydlo.sales.models import Invoice
from playwright.sync_api import expect

from app.tests.connection.test_browser import faults, page
from app.tests.sales.test_browser import look

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AT = "selector => document.activeElement?.matches(selector) ?? false"
FIRM = [("#id_buyer_nip", "8567346215"), ("#id_buyer_name", "Kupiec"), ("#id_buyer_line1", "ul. Prosta 1")]
MORE = "details.line-codes > summary"
NET, GROSS = "#id_prices_0", "#id_prices_1"


class Keys:
    """A person who has no mouse."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def go(self, selector: str) -> None:
        """Tab until the keyboard is there."""
        for _ in range(120):
            if self.page.evaluate(AT, selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no way to {selector} by Tab")

    def type(self, selector: str, text: str) -> None:
        self.go(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def press(self, selector: str, *keys: str) -> None:
        self.go(selector)
        for key in keys:
            self.page.keyboard.press(key)

    def down(self, selector: str, times: int) -> None:
        """The ``times``-th choice below the present one."""
        self.press(selector, *["ArrowDown"] * times)

    def gross(self) -> None:
        self.press(NET, "ArrowDown")
        self.page.get_by_role("columnheader", name="Cena brutto").wait_for()

    def line(self, price: str, rate: int, name: str = "towar") -> None:
        """Name, price and the rate so many below 23%."""
        self.type("#id_lines-0-name", name)
        self.type("#id_lines-0-price", price)
        self.down("#id_lines-0-rate", rate)

    def send(self) -> None:
        """From the form over the preview into the queue."""
        self.press("main form button.button-primary:not([aria-hidden])", "Enter")
        self.page.get_by_role("button", name="Wyślij do KSeF").first.wait_for()
        self.press("button[data-opens]", "Enter")
        self.page.get_by_role("dialog").wait_for()
        self.press("dialog button[type=submit]", "Enter")
        self.page.get_by_text("w kolejce").first.wait_for()


def started(page: Any, company: Any) -> Keys:
    page.goto(f"/firmy/{company.pk}/sprzedaz/nowa/")
    page.get_by_role("heading", name="Nowa faktura").wait_for()
    return Keys(page)


def accepted(company: Any, sender: Any) -> Any:
    """The newest invoice's ``Fa``, when KSeF has given it a number."""
    row = Invoice.objects.filter(company=company).latest("pk")

    def done() -> bool:
        row.refresh_from_db()
        return row.state in ("accepted", "rejected")

    sender.until(company, done)
    assert row.state == "accepted", row.reason_json
    return read(row.entry.xml).fa


def test_five_invoices_by_keyboard_are_accepted(page: Any, connected: Any, sender: Any) -> None:
    keys = started(page, connected)  # gross prices with a discount
    for field, text in FIRM:
        keys.type(field, text)
    keys.gross()
    keys.type("#id_lines-0-name", "liczydło")
    keys.press(MORE, "Enter")
    keys.type("#id_lines-0-discount", "10%")
    keys.type("#id_lines-0-price", "123,00")
    page.locator("#totals .due", has_text="110,70").wait_for()
    look(page, "pozycje-brutto")
    look(page, "pozycje-brutto", phone=True)
    keys.send()
    fa = accepted(connected, sender)
    assert (fa.fa_wiersz[0].p_10, fa.p_13_1, fa.p_14_1) == (
        Decimal("12.30"),
        Decimal("90.00"),
        Decimal("20.70"),
    )

    keys = started(page, connected)  # an export
    keys.down("[name=buyer_kind]", 2)
    keys.type("#id_buyer_country", "US")
    keys.type("#id_buyer_tax_number", "12-3456789")
    keys.type("#id_buyer_name", "Acme")
    keys.type("#id_buyer_line1", "Main St 1")
    keys.line("1000", 5)
    keys.send()
    assert accepted(connected, sender).p_13_6_3 == 1000

    keys = started(page, connected)  # a reverse charge
    for field, text in FIRM:
        keys.type(field, text)
    keys.line("500", 7)
    keys.send()
    fa = accepted(connected, sender)
    assert (fa.p_13_10, fa.adnotacje.p_18) == (500, 1)

    keys = started(page, connected)  # an exempt one
    for field, text in FIRM:
        keys.type(field, text)
    keys.line("200", 6)
    keys.type("#id_exemption", "art. 132 ust. 1 lit. i")
    keys.down("#id_exemption_basis", 1)
    keys.send()
    fa = accepted(connected, sender)
    assert (fa.p_13_7, fa.adnotacje.zwolnienie.p_19b) == (200, "art. 132 ust. 1 lit. i")

    keys = started(page, connected)  # a margin
    for field, text in FIRM:
        keys.type(field, text)
    keys.gross()
    keys.line("2000", 10, "używany rower")
    keys.down("#id_margin", 2)
    look(page, "marza")
    keys.send()
    fa = accepted(connected, sender)
    assert (fa.p_13_11, fa.p_15, fa.adnotacje.pmarzy.p_pmarzy_3_1) == (2000, 2000, 1)
    assert fa.fa_wiersz[0].p_12 is None and fa.fa_wiersz[0].p_11a == 2000


def test_all_that_is_rare(page: Any, company: Any) -> None:
    """Everything open at once, wide and on a phone; the suggestion of split payment and its one press."""
    keys = started(page, company)
    for field, text in FIRM:
        keys.type(field, text)
    keys.type("#id_lines-0-name", "stal")
    keys.press(MORE, "Enter")
    keys.press("#id_lines-0-annex_15", "Space")
    keys.type("#id_lines-0-price", "20000")
    page.get_by_text("wyrazy „mechanizm podzielonej płatności”").wait_for()
    keys.press("details.behind:has(#id_period_begins) > summary", "Enter")
    keys.press("#section-vehicles > summary", "Enter")
    keys.press("#section-vehicles button[name=add_row]", "Enter")
    page.locator("#id_vehicles-vehicles-0-kind").wait_for()
    look(page, "rzadkie")
    look(page, "rzadkie", phone=True)
    page.locator("h1").click()
    page.locator("#id_number").focus()
    keys.press(".split-note button", "Enter")
    page.locator("#id_split_payment:checked").wait_for()
    expect(page.locator(".split-note")).to_be_hidden()
    expect(page.locator("#id_split_payment")).to_be_focused()
    keys = started(page, company)
    keys.press("#id_lines-0-rate", *["ArrowDown"] * 11)
    expect(page.locator("#id_lines-0-oss_rate")).to_be_visible()
    assert not faults(page)
