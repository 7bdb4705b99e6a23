"""The sections of the editor in Chromium: rows by keyboard, open where something is wrong, themes, a phone, axe."""

from __future__ import annotations

from typing import Any

import pytest
from liczydlo.fa3.read import read
from liczydlo.sales.models import Draft
from playwright.sync_api import expect

from app.tests.connection.test_browser import faults, page
from app.tests.sales.test_browser import look

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def plain(page: Any, company: Any) -> None:
    """A new invoice with its plain fields filled in."""
    page.goto(f"/firmy/{company.pk}/sprzedaz/nowa/")
    page.get_by_label("NIP nabywcy").fill("8567346215")
    page.get_by_label("Nazwa albo imię i nazwisko").fill("Kuchnie „Świt” sp. z o.o.")
    page.get_by_label("Ulica i numer", exact=True).first.fill("ul. Prosta 1")
    page.get_by_label("Nazwa towaru lub usługi, pozycja 1").fill("Meble kuchenne na wymiar")
    page.get_by_label("Cena netto, pozycja 1").fill("10000")


def preview(page: Any) -> None:
    """„Dalej", which the form has nothing against."""
    page.get_by_role("button", name="Dalej: podgląd").last.click()
    page.wait_for_load_state()
    expect(page.locator(".errors li")).to_have_text([])
    page.get_by_role("button", name="Wyślij do KSeF").first.wait_for()


def test_what_an_answer_brings_has_its_focus_at_once(page: Any, company: Any) -> None:
    """Nothing that is typed or pressed meanwhile goes to a field that gets the focus a moment later."""
    plain(page, company)
    page.locator("#section-attachment > summary").click()
    page.evaluate(
        """() => new MutationObserver((changes, self) => {
            if (!document.getElementById("id_attachment-blocks-0-heading")) return;
            self.disconnect();
            document.body.dataset.focus = document.activeElement.id;
        }).observe(document.body, {childList: true, subtree: true})"""
    )
    page.get_by_role("button", name="Dodaj blok danych").click()
    expect(page.locator("body")).to_have_attribute("data-focus", "id_attachment-blocks-0-heading")


def test_sums_are_those_of_what_was_typed_last(page: Any, company: Any) -> None:
    """Whichever answer comes later: one to a question that was asked before is not waited for any more."""
    plain(page, company)
    held: list[Any] = []

    def hold(route: Any) -> None:
        if "5000" in (route.request.post_data or "") or held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/sumy/", hold)
    page.get_by_label("Cena netto, pozycja 1").fill("300")
    with page.expect_event("requestfailed", lambda one: one.url.endswith("/sumy/")):
        with page.expect_request("**/sumy/"):
            page.get_by_label("Cena netto, pozycja 1").press("Tab")
        page.get_by_label("Cena netto, pozycja 1").fill("5000")
        page.get_by_label("Cena netto, pozycja 1").press("Tab")
    expect(page.locator("#totals")).to_contain_text("6 150,00")


def test_sums_come_to_where_they_are_by_now(page: Any, company: Any) -> None:
    """A row that was added meanwhile brings sums of its own: the answer that was on its way goes to their place."""
    plain(page, company)
    page.locator("#section-settlement > summary").click()
    expect(page.locator("#totals")).to_contain_text("12 300,00")
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/sumy/", hold)
    with page.expect_request("**/sumy/"):
        page.evaluate(
            """() => {
                const price = document.getElementById("id_lines-0-price");
                price.value = "5000";
                price.dispatchEvent(new Event("change", {bubbles: true}));
            }"""
        )
    page.evaluate("document.getElementById('totals').outerHTML = '<div id=totals>nowsze</div>'")
    held.pop().continue_()
    expect(page.locator("#totals")).to_contain_text("6 150,00")


def test_rows_by_keyboard(page: Any, company: Any) -> None:
    plain(page, company)
    look(page, "sekcje-zamkniete")
    page.get_by_text("Zamówienia, umowy, dostawa").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Dodaj zamówienie").focus()
    page.keyboard.press("Enter")
    page.locator("#id_terms-orders-0-number:focus").wait_for()
    page.keyboard.type("ZAM/2026/17")
    page.get_by_text("Dodatkowe opisy").click()
    page.get_by_role("button", name="Dodaj opis").click()
    page.get_by_text("Stopka, rejestry").click()
    page.get_by_role("button", name="Dodaj wpis").click()
    page.locator("#id_footer-registers-0-krs").fill("12")
    look(page, "sekcje")
    look(page, "sekcje", phone=True)
    page.get_by_role("button", name="Dalej: podgląd").last.click()
    page.get_by_text("Numer KRS ma 10 cyfr.").wait_for()
    look(page, "sekcje-bledy", phone=True)
    page.get_by_role("button", name="Usuń: Wpis w rejestrze 1").click()
    page.locator("#id_footer-registers-0-krs").wait_for(state="detached")
    preview(page)
    document = read(bytes(Draft.objects.get().xml or b""))
    assert document.fa.warunki_transakcji.zamowienia[0].nr_zamowienia == "ZAM/2026/17"
    assert document.stopka is None
    assert not faults(page)


def test_a_payer_a_factor_two_terms_an_order_and_a_charge(page: Any, company: Any) -> None:
    plain(page, company)
    page.get_by_text("Inne podmioty: płatnik").click()
    page.get_by_role("button", name="Dodaj podmiot").click()
    page.locator("#id_parties-parties-0-role").select_option(label="Faktor")
    page.locator("#id_parties-parties-0-number").fill("5252248481")
    page.locator("#id_parties-parties-0-name").fill("Faktor S.A.")
    page.get_by_text("Więcej o nabywcy").click()
    page.get_by_text("Więcej o płatności").click()
    page.get_by_role("button", name="Dodaj termin").click()
    page.locator("#id_payment-terms-0-day").fill("2026-12-24")
    page.get_by_text("Rozliczenie: obciążenia").click()
    page.get_by_role("button", name="Dodaj obciążenie").click()
    page.locator("#id_settlement-charges-0-reason").fill("Kaucja za palety")
    page.locator("#id_settlement-charges-0-amount").fill("50")
    page.get_by_text("Do zapłaty: 12 350,00 zł").first.wait_for()
    look(page, "platnosc-podmioty")
    look(page, "platnosc-podmioty", phone=True)
    page.get_by_role("button", name="Usuń: Obciążenie 1").click()
    page.locator("#id_settlement-charges-0-amount").wait_for(state="detached")
    expect(page.get_by_text("Do zapłaty: 12 350,00 zł")).to_have_count(0)
    preview(page)
    document = read(bytes(Draft.objects.get().xml or b""))
    assert (document.podmiot3[0].rola, len(document.fa.platnosc.termin_platnosci)) == (1, 2)
    assert document.fa.rozliczenie is None


def test_a_carriage_and_an_attachment(page: Any, company: Any) -> None:
    plain(page, company)
    page.locator("#section-transport > summary").click()
    page.get_by_role("button", name="Dodaj transport").click()
    page.locator("#id_transport-transports-0-kind").select_option(label="drogowy")
    page.locator("#id_transport-transports-0-cargo").select_option(label="paleta")
    page.locator("#id_transport-transports-0-starts").fill("2026-11-02T07:30")
    page.locator("#section-attachment > summary").click()
    page.get_by_role("button", name="Dodaj blok danych").click()
    page.locator("#id_attachment-blocks-0-meta").fill("Taryfa: C11")
    page.get_by_role("button", name="Dodaj tabelę").click()
    page.locator("#id_attachment-tables-0-cells").fill("Dzień\tkWh\n2026-11-02\t5,25")
    page.locator("#section-issuer > summary").click()
    look(page, "transport-zalacznik")
    look(page, "transport-zalacznik", phone=True)
    preview(page)
    document = read(bytes(Draft.objects.get().xml or b""))
    assert document.fa.warunki_transakcji.transport[0].data_godz_rozp_transportu.hour == 6
    assert document.zalacznik.blok_danych[0].tabela[0].t_naglowek.kol[1].typ == "dec"
