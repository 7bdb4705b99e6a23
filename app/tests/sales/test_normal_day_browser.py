"""The invoices of a normal day in Chromium by the keyboard alone, accepted by the emulator: what they cost in keys.

A key is every press: letters, Tab, arrows, Enter. „Nowa faktura" in the list comes before, a press of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from ksef_emulator.control.contractors.people import SELLERS
from liczydlo.contacts import contractors, items
from liczydlo.fa3.read import read
from liczydlo.lookups.models import Choice, Service
from liczydlo.sales.models import Invoice
from playwright.sync_api import expect

from app.tests.connection.test_browser import page
from app.tests.contacts.test_picking import GERMAN
from app.tests.sales.recurring import turn, work

__all__ = ["page", "turn"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AT = "selector => document.activeElement?.matches(selector) ?? false"
MOST_TABS = 60
POLISH = {
    "kind": "nip", "country": "", "number": "8567346215", "name": "Kuchnie Świt sp. z o.o.", "line1": "ul. Prosta 1",
    "line2": "30-001 Kraków",
}  # fmt: skip
ABROAD = {
    "kind": "abroad",
    "country": "US",
    "number": "99-1",
    "name": "Table Inc.",
    "line1": "Boston",
    "line2": "",
}
STEEL = {
    "name": "pręty stalowe",
    "unit": "t",
    "net_price": Decimal(20000),
    "currency": "PLN",
    "rate": "23",
    "annex_15": True,
}


class Keyboard:
    """A person who has no mouse; counts the keys."""

    def __init__(self, page: Any, company: Any) -> None:
        self.page, self.company, self.keys = page, company, 0

    def press(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press(name)
            self.keys += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def go(self, selector: str, key: str = "Tab") -> None:
        """Tab, or Shift+Tab, until the keyboard is there."""
        for _ in range(MOST_TABS):
            if self.page.evaluate(AT, selector):
                return
            self.press(key)
        raise AssertionError(f"no way to {selector} by {key}")

    def fill(self, selector: str, text: str) -> None:
        self.go(selector)
        self.type(text)

    def begin(self, kind: str = "new") -> None:
        """The form of a new document, which a link of the list opens."""
        self.keys = 0
        self.page.goto(reverse(f"sales:{kind}", args=[self.company.pk]))
        expect(self.page.locator("[autofocus]")).to_be_focused()

    def pick(self, letters: str) -> None:
        """The contractor whom these letters mean; the keyboard is in the first line then."""
        self.type(letters)
        self.page.locator("#contractor-options [role=option]").first.wait_for()
        self.press("Enter")
        expect(self.page.locator("#id_lines-0-name")).to_be_focused()

    def reload(self) -> None:
        """The page of the invoice as it is now, the keyboard at its beginning."""
        self.keys = 0
        self.page.reload()
        self.page.locator("#ksef-number").wait_for()

    def follow(self, name: str) -> None:
        """A link or a button by its words, and the page behind it."""
        target = self.page.locator("main").get_by_text(name, exact=True).first
        for _ in range(MOST_TABS):
            if target.evaluate(
                "node => document.activeElement?.contains(node) && document.activeElement !== document.body"
            ):
                break
            self.press("Tab")
        with self.page.expect_navigation():
            self.press("Enter")

    def clicks(self, *targets: Any) -> None:
        """As many clicks as targets."""
        for target in targets:
            target.click()
        self.page.locator("#life").wait_for()

    def line(self, name: str, price: str, number: int = 0) -> None:
        self.type(name)
        self.fill(f"#id_lines-{number}-price", price)

    def send(self) -> None:
        """To what the invoice will be, and from there into the queue."""
        self.press("Control+Enter")
        self.page.get_by_role("heading", name="Co zostanie wysłane").wait_for()
        self.press("Control+Enter")
        self.page.get_by_role("dialog").get_by_role("button", name="Wyślij do KSeF").wait_for()
        self.press("Enter")
        self.page.locator("#life").wait_for()


@pytest.fixture
def keyboard(page: Any, connected: Any) -> Keyboard:
    """In front of a connected firm that lets GUS and NBP be asked."""
    for service in (Service.GUS, Service.NBP):
        Choice.objects.create(company=connected, service=service, is_on=True, changed_at=timezone.now())
    return Keyboard(page, connected)


@pytest.fixture
def accepted(connected: Any, sender: Any) -> Callable[[], Any]:
    """The newest invoice's ``Fa``, once KSeF has given it a number."""

    def newest() -> Any:
        row = Invoice.objects.filter(company=connected).latest("pk")

        def done() -> bool:
            row.refresh_from_db()
            return row.state in ("accepted", "rejected")

        sender.until(connected, done)
        assert row.state == "accepted", row.reason_json
        return read(row.entry.xml).fa

    return newest


def test_domestic(keyboard: Keyboard, accepted: Any) -> None:
    """A new buyer by his NIP, and two lines."""
    keyboard.begin()
    keyboard.fill("#id_buyer_nip", SELLERS[0].nip)
    keyboard.go("button[name=firm_data]")
    keyboard.press("Enter")
    expect(keyboard.page.locator("#id_lines-0-name")).to_be_focused()
    keyboard.line("meble", "1000")
    keyboard.press("Enter")
    expect(keyboard.page.locator("#id_lines-1-name")).to_be_focused()
    keyboard.line("wózek", "50", 1)
    keyboard.send()
    assert keyboard.keys <= 45
    fa = accepted()
    assert (fa.p_15, len(fa.fa_wiersz)) == (Decimal("1291.50"), 2)


def test_within_the_union(keyboard: Keyboard, accepted: Any) -> None:
    """A known buyer, in his currency and at NBP's rate; the second time at his rate of VAT too."""
    contractors.add(keyboard.company, GERMAN)
    keyboard.begin()
    keyboard.pick("mull")
    keyboard.line("meble", "1000")
    keyboard.press("Tab", *["ArrowDown"] * 4)
    expect(keyboard.page.locator("#id_lines-0-rate")).to_have_value("0 WDT")
    keyboard.send()
    assert keyboard.keys <= 25
    fa = accepted()
    assert (fa.p_13_6_2, fa.kod_waluty) == (Decimal(1000), "EUR")
    assert fa.fa_wiersz[0].kurs_waluty > 0

    keyboard.begin()
    keyboard.pick("mull")
    expect(keyboard.page.locator("#id_lines-0-rate")).to_have_value("0 WDT")
    keyboard.line("meble", "900")
    keyboard.send()
    assert keyboard.keys <= 19
    assert accepted().p_13_6_2 == 900


def test_export(keyboard: Keyboard, accepted: Any) -> None:
    contractors.add(keyboard.company, ABROAD)
    keyboard.begin()
    keyboard.pick("table")
    keyboard.line("meble", "900")
    keyboard.press("Tab", *["ArrowDown"] * 5)
    keyboard.send()
    assert keyboard.keys <= 26
    assert accepted().p_13_6_3 == 900


def test_in_a_currency(keyboard: Keyboard, accepted: Any) -> None:
    """The currency is chosen in the form; NBP gives the rate."""
    contractors.add(keyboard.company, POLISH)
    keyboard.begin()
    keyboard.press("Shift+Tab")
    expect(keyboard.page.locator("#id_currency")).to_be_focused()
    keyboard.type("E")
    keyboard.page.get_by_text("Tabela").wait_for()
    keyboard.go("#contractor-q")
    keyboard.pick("kuch")
    keyboard.line("meble", "900")
    keyboard.send()
    assert keyboard.keys <= 24
    fa = accepted()
    assert fa.kod_waluty == "EUR" and fa.p_14_1w > fa.p_14_1


def test_split_payment(keyboard: Keyboard, accepted: Any) -> None:
    """A good of annex 15 from the list: the sum is suggested to be marked, with one press."""
    contractors.add(keyboard.company, POLISH)
    items.add(keyboard.company, STEEL)
    keyboard.begin()
    keyboard.pick("kuch")
    keyboard.type("prę")
    keyboard.page.locator("#items-0 [role=option]").first.wait_for()
    keyboard.press("ArrowDown", "Enter")
    expect(keyboard.page.locator("#id_lines-0-quantity")).to_be_focused()
    keyboard.page.locator(".split-note button").wait_for()
    keyboard.go(".split-note button")
    keyboard.press("Enter")
    expect(keyboard.page.locator("#id_split_payment")).to_be_checked()
    keyboard.send()
    assert keyboard.keys <= 45
    fa = accepted()
    assert (fa.adnotacje.p_18a, fa.fa_wiersz[0].p_12_zal_15) == (1, 1)


def test_discount_and_paid_already(keyboard: Keyboard, accepted: Any) -> None:
    contractors.add(keyboard.company, POLISH)
    keyboard.begin()
    keyboard.pick("kuch")
    keyboard.line("stal", "100")
    keyboard.go("details.line-codes > summary")
    keyboard.press("Enter")
    keyboard.fill("#id_lines-0-discount", "10%")
    keyboard.send()
    assert keyboard.keys <= 26
    fa = accepted()
    assert (fa.p_13_1, fa.fa_wiersz[0].p_10) == (90, 10)

    keyboard.begin()
    keyboard.pick("kuch")
    keyboard.line("stal", "100")
    keyboard.go("#id_paid")
    keyboard.press("Space")
    keyboard.send()
    assert keyboard.keys <= 42
    assert accepted().platnosc.zaplacono == 1


def test_exempt_and_reverse_charge(keyboard: Keyboard, accepted: Any) -> None:
    """The second exempt one to the same buyer needs neither the rate nor its basis."""
    contractors.add(keyboard.company, POLISH)
    keyboard.begin()
    keyboard.pick("kuch")
    keyboard.line("kurs", "100")
    keyboard.press("Tab", *["ArrowDown"] * 6)
    keyboard.fill("#id_exemption", "art. 43 ust. 1 pkt 29")
    keyboard.send()
    assert keyboard.keys <= 55
    assert accepted().p_13_7 == 100

    keyboard.begin()
    keyboard.pick("kuch")
    keyboard.line("kurs", "200")
    keyboard.send()
    assert keyboard.keys <= 18
    fa = accepted()
    assert (fa.p_13_7, fa.adnotacje.zwolnienie.p_19a) == (200, "art. 43 ust. 1 pkt 29")

    keyboard.begin()
    keyboard.pick("kuch")
    keyboard.line("montaż", "100")
    keyboard.press("Tab", "ArrowDown")
    expect(keyboard.page.locator("#id_lines-0-rate")).to_have_value("oo")
    keyboard.send()
    fa = accepted()
    assert (fa.p_13_10, fa.adnotacje.p_18) == (100, 1)


def test_order_from_the_advance_to_corrections(keyboard: Keyboard, accepted: Any) -> None:
    """ZAL, KOR_ZAL, ROZ and KOR_ROZ: each begins on the page of the one before."""
    contractors.add(keyboard.company, POLISH)
    keyboard.begin("new_advance")
    keyboard.pick("kuch")
    keyboard.line("meble na wymiar", "10000")
    keyboard.go("#id_advance", "Shift+Tab")
    keyboard.type("1230")
    keyboard.send()
    assert keyboard.keys <= 90
    fa = accepted()
    assert (fa.rodzaj_faktury, fa.p_15) == ("ZAL", 1230)
    advance = Invoice.objects.get()

    keyboard.reload()
    keyboard.follow("Skoryguj")
    keyboard.follow("Popraw pozycje lub nabywcę")
    keyboard.go("#id_advance")
    keyboard.press("Control+A")
    keyboard.type("615")
    keyboard.send()
    assert accepted().rodzaj_faktury == "KOR_ZAL"

    keyboard.page.goto(advance.get_absolute_url())
    keyboard.follow("Rozlicz zaliczki")
    keyboard.send()
    fa = accepted()
    assert (fa.rodzaj_faktury, fa.p_15) == ("ROZ", 11685)

    keyboard.reload()
    keyboard.follow("Skoryguj")
    keyboard.follow("Popraw pozycje lub nabywcę")
    keyboard.go("#id_lines-0-price")
    keyboard.press("Control+A")
    keyboard.type("9000")
    keyboard.send()
    fa = accepted()
    assert (fa.rodzaj_faktury, fa.p_15) == ("KOR_ROZ", -1230)


def test_simplified_then_repeated_and_corrected(keyboard: Keyboard, accepted: Any) -> None:
    """UPR; by the mouse a similar invoice takes three clicks and a correction to zero four, and nothing is typed."""
    keyboard.begin("new_simplified")
    keyboard.type(SELLERS[0].nip)
    keyboard.go("#id_lines-0-name")
    keyboard.line("kawa", "10")
    keyboard.send()
    assert keyboard.keys <= 60
    assert accepted().rodzaj_faktury == "UPR"

    page = keyboard.page
    page.goto(reverse("sales:list", args=[keyboard.company.pk]))
    keyboard.clicks(
        page.get_by_role("button", name="Wystaw podobną"),
        page.get_by_role("button", name="Wyślij do KSeF").first,
        page.get_by_role("dialog").get_by_role("button", name="Wyślij do KSeF"),
    )
    assert accepted().rodzaj_faktury == "UPR"

    page.reload()
    keyboard.clicks(
        page.get_by_role("link", name="Skoryguj"),
        page.get_by_role("button", name="Skoryguj do zera: podgląd"),
        page.get_by_role("button", name="Wyślij do KSeF").first,
        page.get_by_role("dialog").get_by_role("button", name="Wyślij do KSeF"),
    )
    fa = accepted()
    assert (fa.rodzaj_faktury, fa.p_15) == ("KOR", Decimal("-12.30"))


def test_recurring(keyboard: Keyboard, accepted: Any, turn: Any) -> None:
    """A template of an invoice recurs without approval from today on; the program issues the first."""
    turn(timezone.localdate(), 5)
    contractors.add(keyboard.company, POLISH)
    keyboard.begin()
    keyboard.pick("kuch")
    keyboard.line("abonament {okres}", "100")
    page = keyboard.page
    page.get_by_role("button", name="Zapisz jako szablon").click()
    page.get_by_role("link", name="Powtarzaj").click()
    page.locator("#id_day").select_option(str(timezone.localdate().day))
    page.locator("#id_automatic").select_option("issue")
    page.get_by_role("button", name="Zapisz", exact=True).click()
    page.get_by_text("wystawia fakturę i wysyła ją do KSeF").wait_for()
    turn(timezone.localdate(), 9)
    work(keyboard.company)
    fa = accepted()
    assert (fa.p_15, "{" in fa.fa_wiersz[0].p_7) == (123, False)
