"""The invoices of an ordinary day, in the browser, with what they cost in clicks and keystrokes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from django.utils import timezone
from ksef_emulator.testing import Running
from liczydlo.sales.repeating.job import MORNING
from playwright.sync_api import expect

from tests.browser.conftest import faults

pytestmark = pytest.mark.browser
EXAMPLES: Final = 3
"""Invoices that the firm has issued already."""
SALES: Final = "/firmy/1/sprzedaz/"
BUDGETS: Final = {
    # name: (clicks, keystrokes) at the most, from „Nowa faktura" to „Wyślij do KSeF" in the sheet
    "domestic": (3, 57),
    "EU": (4, 36),
    "export": (4, 30),
    "currency": (3, 21),
    "split payment": (6, 18),
    "discount": (4, 19),
    "exempt": (3, 38),
    "reverse charge": (3, 17),
    "prepaid": (4, 16),
    "repeated": (3, 0),
    "correction to zero": (4, 0),
    "advance": (3, 33),
    "settlement": (3, 1),
    "recurring": (3, 1),
}


@dataclass
class Hands:
    """A person at the page; counts every click and every key."""

    page: Any
    costs: dict[str, tuple[int, int]] = field(default_factory=dict)
    clicks: int = 0
    keys: int = 0

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.clicks += 1

    def write(self, **texts: str) -> None:
        """Fields by their ids; a choice in a list costs a key."""
        for name, text in texts.items():
            one = self.page.locator(f"#id_{name.replace('__', '-')}")
            if one.evaluate("node => node.tagName") == "SELECT":
                one.select_option(text)
                self.keys += 1
            else:
                one.fill(text)
                self.keys += len(text)

    def line(self, name: str, price: str, rate: str = "") -> None:
        self.write(lines__0__name=name, lines__0__price=price, **({"lines__0__rate": rate} if rate else {}))

    def pick(self, letters: str) -> None:
        """A contractor of the list: a few letters and Enter."""
        self.page.locator("#contractor-q").press_sequentially(letters)
        self.page.locator("#contractor-options [role=option]").first.wait_for()
        self.page.keyboard.press("Enter")
        self.page.locator("#id_lines-0-name:focus").wait_for()
        self.keys += len(letters) + 1

    def send(self) -> None:
        """Look at it, „Wyślij do KSeF", confirm."""
        self.page.wait_for_load_state()  # a click waits for the next page's first bytes, not for its form
        if self.page.locator("#invoice-form").count():
            self.page.keyboard.press("Control+Enter")
            self.keys += 1
        opener = self.page.locator("[data-opens=sheet-online]")
        opener.wait_for()
        self.click("[data-opens=sheet-online]")
        self.click("#sheet-online button.button-primary")
        self.page.locator("#life").wait_for()

    def done(self, name: str) -> None:
        self.costs[name] = self.clicks, self.keys
        self.clicks = self.keys = 0

    def begin(self, path: str = "nowa/") -> None:
        """„Nowa faktura" in the list is one click."""
        self.page.goto(SALES + path)
        self.clicks = 1


def test_a_day(installed: Any, ksef: Running) -> None:
    page = installed
    hands = Hands(page)
    buyer = {"buyer_line1": "ul. Prosta 1", "buyer_line2": "30-001 Kraków"}

    hands.begin()
    assert not faults(page)
    hands.write(buyer_nip="8567346215", buyer_name="Kuchnie Świt", **buyer)
    hands.line("Meble", "1000")
    hands.send()
    first = page.url
    hands.done("domestic")

    hands.begin()
    hands.click("label:has(#id_buyer_kind_1)")
    hands.write(
        buyer_eu_country="DE", buyer_tax_number="123456789", buyer_name="Tisch GmbH", buyer_line1="Berlin"
    )
    hands.line("Meble", "900", "0 WDT")
    hands.send()
    hands.done("EU")

    hands.begin()
    hands.click("label:has(#id_buyer_kind_2)")
    hands.write(buyer_country="US", buyer_tax_number="99", buyer_name="Table Inc.", buyer_line1="Boston")
    hands.line("Meble", "900", "0 EX")
    hands.send()
    hands.done("export")

    hands.begin()
    hands.pick("kuchnie")
    hands.write(currency="EUR", exchange_rate="4,3")
    hands.line("Meble", "900")
    hands.send()
    hands.done("currency")

    hands.begin()
    hands.pick("kuchnie")
    hands.click(".line-codes summary")
    hands.page.locator("#id_lines-0-annex_15").check()
    hands.page.locator("#id_split_payment").check()
    hands.clicks += 2
    hands.line("Stal", "20000")
    hands.send()
    hands.done("split payment")

    hands.begin()
    hands.pick("kuchnie")
    hands.click(".line-codes summary")
    hands.write(**{"lines__0__discount": "10%"})
    hands.line("Stal", "100")
    hands.send()
    hands.done("discount")

    hands.begin()
    hands.pick("kuchnie")
    hands.line("Kurs", "100", "zw")
    hands.write(exemption="art. 43 ust. 1 pkt 29")
    hands.send()
    hands.done("exempt")

    hands.begin()
    hands.pick("tisch")
    hands.line("Montaż", "100", "np II")
    hands.send()
    hands.done("reverse charge")

    hands.begin()
    hands.pick("kuchnie")
    hands.line("Stal", "100")
    hands.page.locator("#id_paid").check()
    hands.clicks += 1
    hands.send()
    hands.done("prepaid")

    page.goto(first)
    page.locator("#ksef-number").wait_for(timeout=60_000)
    hands.click("button:has-text('Wystaw podobną')")
    hands.send()
    hands.done("repeated")

    page.goto(first)
    hands.click("a:has-text('Skoryguj')")
    hands.click("button:has-text('Skoryguj do zera: podgląd')")
    hands.send()
    hands.done("correction to zero")

    hands.begin("nowa/zaliczkowa/")
    hands.pick("kuchnie")
    hands.write(advance="1230")
    hands.line("Meble na wymiar", "10000")
    hands.send()
    page.locator("#ksef-number").wait_for(timeout=60_000)
    hands.done("advance")
    hands.click("a:has-text('Rozlicz zaliczki')")
    hands.send()
    hands.done("settlement")

    page.goto(first)
    hands.click("button:has-text('Zapisz jako szablon')")
    hands.click("a[href$='/cyklicznie/']")
    hands.write(automatic="issue")
    hands.click("main button.button-primary")
    hands.done("recurring")

    page.goto(SALES + "kolejka/")
    page.get_by_text("Nic nie czeka").wait_for(timeout=60_000)
    early = timezone.localtime().hour < MORNING.hour  # the day's recurring invoice is made later then
    least = EXAMPLES + len(hands.costs) - early
    for _ in range(60):
        page.goto(SALES)
        every = page.locator("tbody tr").count()
        page.goto(SALES + "?stan=accepted")
        accepted = page.locator("tbody tr").count()
        if accepted == every >= least:
            break
        page.wait_for_timeout(500)
    assert accepted == every >= least, "some of them are not in KSeF"
    for name, (clicks, keys) in hands.costs.items():
        print(f"{name}: {clicks} clicks, {keys} keys")
    over = {
        name: cost
        for name, cost in hands.costs.items()
        if any(a > b for a, b in zip(cost, BUDGETS[name], strict=True))
    }
    assert not over, over


def test_shortcuts_pasting_and_undo(installed: Any, ksef: Running) -> None:
    page = installed
    page.goto("/firmy/1/ustawienia/")
    page.locator("#id_undo_seconds").select_option("120")
    page.get_by_role("button", name="Zapisz").first.click()
    page.goto(SALES + "nowa/")
    page.locator("h1").click()
    page.keyboard.press("?")
    page.get_by_role("heading", name="Skróty klawiszy").wait_for()
    assert not faults(page)
    page.keyboard.press("Escape")
    page.locator("#id_lines-0-name").fill("kawa")
    page.locator("#id_lines-0-price").fill("10")
    page.keyboard.press("Enter")
    page.locator("#id_lines-1-name:focus").wait_for()
    page.evaluate(
        """text => {
          const data = new DataTransfer(); data.setData("text/plain", text);
          const event = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", event));
        }""",
        "herbata\t2\tszt.\t5,50\t8%\ncukier\t1\tkg\t4\t5",
    )
    page.get_by_text("Wklejono pozycje: 2.").wait_for()
    expect(page.locator("#id_lines-2-name")).to_have_value("cukier")
    page.evaluate("document.querySelector('#paste').open = true")
    page.locator("#id_pasted").fill("herbata\t2\tszt.\tdużo\t8%")
    page.get_by_role("button", name="Wklej pozycje").click()
    page.get_by_text("nie da się odczytać „dużo”").wait_for()
    assert not faults(page)
    page.locator("#id_pasted").fill("")
    page.locator("#id_buyer_nip").fill("8567346215")
    page.locator("#id_buyer_name").fill("Kuchnie Świt")
    page.locator("#id_buyer_line1").fill("ul. Prosta 1")
    page.keyboard.press("Control+Enter")
    page.locator("[data-opens=sheet-online]").click()
    page.get_by_text("Przez 120 s po kliknięciu").wait_for()
    page.locator("#sheet-online button.button-primary").click()
    left = page.locator("[data-left]")
    left.wait_for()
    left.filter(has_text=re.compile(r"^(11[0-8]|10\d)$")).wait_for()
    assert not faults(page)
    page.get_by_role("button", name="Cofnij").click()
    page.get_by_text("Nic nie trafiło do KSeF.").wait_for()
    page.locator("[data-opens=sheet-online]").click()
    page.locator("#sheet-online button.button-primary").click()
    page.get_by_role("button", name="Wyślij teraz").click()
    page.goto(SALES + "kolejka/")
    page.get_by_text("Nic nie czeka").wait_for(timeout=60_000)
