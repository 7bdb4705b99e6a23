"""The control panel in real Chromium: everything that can be pretended, page by page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from ksef_emulator.testing import Running
from playwright.sync_api import expect

from tests.browser.conftest import camera, chromium_at, faults

pytestmark = pytest.mark.browser
BUYER = "7771234567"


@pytest.fixture
def panel(ksef: Running) -> Iterator[Any]:
    """A page of a new context at the control port."""
    with chromium_at(ksef.control_url) as shown:
        yield shown


def go(page: Any, name: str) -> None:
    """To a room of the menu."""
    page.get_by_role("navigation", name="Panel sterowania").get_by_role("link", name=name, exact=True).click()


def done(page: Any, text: str | re.Pattern[str]) -> None:
    """What the notice says."""
    page.get_by_role("status").get_by_text(text).wait_for()


def test_what_ksef_pretends(panel: Any, ksef: Running) -> None:
    page, picture = panel, camera(panel)
    page.goto("/")
    page.get_by_text("Wszystko jak zwykle").wait_for()
    assert not faults(page)
    page.get_by_role("link", name=re.compile("^Zegar ")).click()
    page.get_by_role("button", name="+ 1 miesiąc").click()
    done(page, "Zegar emulatora pokazuje")
    picture("51-panel-zegar")
    assert not faults(page)
    pretend(page, picture)
    latarnia(page, picture)
    settings(page, picture)
    go(page, "Zdarzenia")
    page.get_by_role("button", name="Włącz przerwę").click()
    page.get_by_text("Początek przerwy 16–18").first.wait_for()
    picture("56-panel-zdarzenia")
    assert not faults(page)
    go(page, "Przegląd")
    for message in ("do przodu", "Wolne odpowiedzi", "jak na produkcji", "„Prace o 20:00”", "awaria"):
        page.get_by_text(message).first.wait_for()
    picture("50-panel")
    assert not faults(page)
    go(page, "Zacznij od nowa")
    picture("57-panel-reset")
    assert not faults(page)
    page.get_by_role("button", name="Usuń wszystko i zacznij od nowa").click()
    done(page, "Emulator zaczął od nowa")
    page.get_by_text("Wszystko jak zwykle").wait_for()


def pretend(page: Any, picture: Any) -> None:
    """Two faults: one by its switch, one by its settings, refused first."""
    go(page, "Usterki")
    page.get_by_role("button", name="Włącz Zgubiona odpowiedź").click()
    done(page, "Włączone: Zgubiona odpowiedź")
    page.get_by_role("link", name="Ustawienia Wolne odpowiedzi").click()
    page.get_by_label("Jak często, w procentach").fill("120")
    page.get_by_role("button", name="Włącz").click()
    page.get_by_role("alert").get_by_text("podaj liczbę z zakresu").wait_for()
    page.get_by_label("Jak często, w procentach").fill("12,5")
    page.get_by_label("Tylko operacje").select_option(["POST /sessions/online", "GET /sessions"])
    picture("53-panel-usterka")
    assert not faults(page)
    page.get_by_role("button", name="Włącz").click()
    done(page, "Włączone: Wolne odpowiedzi")
    picture("52-panel-usterki")
    assert not faults(page)


def latarnia(page: Any, picture: Any) -> None:
    """A failure and its end, maintenance, and silence."""
    go(page, "Latarnia")
    page.get_by_role("button", name="Ogłoś awarię").click()
    page.get_by_role("button", name=re.compile("Ogłoś koniec")).click()
    done(page, "koniec awarii")
    page.get_by_role("button", name="Zapowiedz prace").click()
    done(page, "prace")
    page.get_by_label("Awaria całkowita").check()
    page.get_by_role("button", name="Ogłoś awarię").click()
    picture("54-panel-latarnia")
    assert not faults(page)
    page.get_by_role("button", name="Brak odpowiedzi (502)").click()
    page.get_by_role("button", name="Niech znów odpowiada").click()
    done(page, "Wyłączone: Latarnia nie odpowiada")


def settings(page: Any, picture: Any) -> None:
    go(page, "Tempo, limity, klucze")
    page.get_by_label("jak na produkcji").check()
    page.get_by_role("button", name="Zapisz limity").click()
    page.get_by_label("Tekst w każdej odpowiedzi").fill("Prace o 20:00")
    page.get_by_role("button", name="Zapisz ostrzeżenie").click()
    done(page, "Każda odpowiedź ma teraz to ostrzeżenie")
    page.get_by_role("button", name="Wymień klucze").click()
    done(page, "Klucze publiczne są wymienione")
    page.get_by_text("Limity obowiązujące teraz").click()
    picture("55-panel-ustawienia")
    assert not faults(page)


def test_data_and_what_was_asked(panel: Any, ksef: Running, tmp_path: Path) -> None:
    page, picture = panel, camera(panel)
    page.goto("/")
    subjects(page, picture, tmp_path)
    invoices(page, picture, ksef)
    with httpx2.Client(base_url=ksef.url, trust_env=False) as client:
        client.post("/v2/auth/challenge")
        client.get("/v2/sessions")
    go(page, "Dziennik żądań")
    picture("66-panel-dziennik")
    assert not faults(page)
    page.get_by_label("Ścieżka zawiera").fill("challenge")
    page.get_by_role("button", name="Filtruj").click()
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="POST /v2/auth/challenge").click()
    page.get_by_text('"challenge":').wait_for()
    picture("67-panel-zadanie")
    assert not faults(page)
    go(page, "Certyfikaty")
    page.get_by_text("KSeF nie wydał jeszcze certyfikatu").wait_for()
    assert not faults(page)
    go(page, "API sterowania")
    page.get_by_text("GET /contractors, POST /invoices").wait_for()
    picture("68-panel-api")
    assert not faults(page)


def subjects(page: Any, picture: Any, folder: Path) -> None:
    """A person, a VAT group, a seal in a file, permissions."""
    go(page, "Osoby i firmy")
    page.get_by_role("link", name="Dodaj osobę").click()
    page.get_by_label("Imię").fill("Zofia")
    page.get_by_label("Nazwisko").fill("Gżegżółka-Brzęczyszczykiewicz")
    page.get_by_label("PESEL").fill("92030100181")
    page.get_by_role("button", name="Dodaj osobę").click()
    page.get_by_role("alert").get_by_text("sumą kontrolną").wait_for()
    picture("58-panel-osoba-blad")
    assert not faults(page)
    page.get_by_label("PESEL").fill("92030100180")
    page.get_by_role("button", name="Dodaj osobę").click()
    done(page, "Dodana osoba: Zofia")
    page.get_by_role("link", name="Dodaj firmę").click()
    page.get_by_label("Rodzaj").select_option("grupa VAT z członkami")
    page.get_by_label("NIP", exact=False).first.fill("9992000202")
    page.get_by_role("textbox", name="Nazwa", exact=True).fill("Grupa VAT Bursztyn i Wspólnicy")
    page.get_by_label("Członkowie albo jednostki").fill("9543126879 Bursztyn Sklepy sp. z o.o.")
    picture("59-panel-firma")
    assert not faults(page)
    page.get_by_role("button", name="Dodaj firmę").click()
    done(page, "Dodana firma: 9992000202")
    picture("60-panel-podmioty")
    assert not faults(page)
    page.get_by_role("link", name="Wystaw pieczęć 9992000202").click()
    page.get_by_label("Hasło do pliku .p12").fill("Tajne_haslo!2026")
    picture("61-panel-pieczec")
    assert not faults(page)
    with page.expect_download() as file:
        page.get_by_role("button", name="Wystaw i pobierz").click()
    assert file.value.suggested_filename == "certyfikat.p12"
    go(page, "Osoby i firmy")
    page.get_by_role("link", name="Nadaj uprawnienia 9992000202").click()
    page.get_by_label("Komu: identyfikator").fill("92030100180")
    page.get_by_label("Wystawianie faktur InvoiceWrite").check()
    page.get_by_label("Przeglądanie faktur").check()
    page.get_by_role("button", name="Nadaj", exact=True).click()
    done(page, "ma uprawnienia w kontekście 9992000202")
    picture("62-panel-uprawnienia")
    assert not faults(page)


def invoices(page: Any, picture: Any, ksef: Running) -> None:
    """Refused in place, then twelve of them; then a correction of a certain contractor."""
    go(page, "Faktura od kontrahenta")
    page.get_by_label("NIP Twojej firmy").fill("7771234568")
    page.get_by_label("Liczba faktur").fill("12")
    page.get_by_role("button", name="Wystaw").click()
    page.get_by_role("alert").get_by_text("sumą kontrolną").wait_for()
    picture("63-panel-faktura-blad")
    assert not faults(page)
    page.get_by_label("NIP Twojej firmy").fill(BUYER)
    page.get_by_role("button", name="Wystaw").click()
    done(page, "dostała: 12 faktur")
    expect(page.get_by_role("row")).to_have_count(13)
    picture("64-panel-faktury")
    assert not faults(page)
    page.get_by_label("Kto wystawia").select_option(label="Papirus Artykuły Biurowe sp. z o.o. (9943180316)")
    page.get_by_label("Rodzaj").select_option("Korekta (KOR)")
    page.get_by_label("Kwota brutto").fill("12,30")
    page.get_by_text("Cechy, inne podmioty, oszustwa").click()
    page.get_by_label("mechanizm podzielonej płatności").check()
    picture("64-panel-faktury-cechy")
    assert not faults(page)
    page.get_by_role("button", name="Wystaw").click()
    page.get_by_role("cell", name="KOR", exact=True).first.wait_for()
    assert not faults(page)


def test_a_certificate_before_its_end(panel: Any, ksef: Running) -> None:
    page, picture = panel, camera(panel)
    obtained(page, ksef.url)
    page.goto(f"{ksef.control_url}/panel/certyfikaty")
    page.get_by_role("button", name=re.compile("Zegar na 7 dni przed końcem")).click()
    page.get_by_role("cell", name=re.compile("^[67] dni$")).wait_for()
    picture("65-panel-certyfikaty")
    assert not faults(page)
    page.get_by_role("link", name="Certyfikat ćwiczebny").click()
    picture("69-panel-certyfikat")
    assert not faults(page)
    page.get_by_role("button", name="Zablokuj").click()
    done(page, "jest zablokowany")
    page.get_by_role("link", name="Certyfikat ćwiczebny").click()
    page.get_by_role("button", name="Unieważnij").click()
    done(page, "jest unieważniony")
    page.get_by_role("cell", name=re.compile("Zablokowany|Unieważniony")).wait_for()  # until it is done


def obtained(page: Any, address: str) -> None:
    """Anna Nowak's certificate, asked for in the portal."""
    page.goto(f"{address}/portal/logowanie/gov")
    page.get_by_label("NIP lub identyfikator wewnętrzny").fill(BUYER)
    page.get_by_role("button", name="Uwierzytelnij").click()
    page.get_by_label("Anna Nowak").check()
    page.get_by_role("button", name="Podpisz").click()
    page.get_by_role("link", name="Wnioskuj o certyfikat", exact=True).first.click()
    page.get_by_label("Nazwa certyfikatu").fill("Certyfikat ćwiczebny")
    page.get_by_label("Hasło do klucza").fill("Tajne_haslo!2026")
    page.get_by_label("Powtórz hasło").fill("Tajne_haslo!2026")
    with page.expect_download():
        page.get_by_role("button", name="Generuj").click()
    page.get_by_label("Uwierzytelnienie w systemie KSeF").check()
    page.get_by_role("button", name="Wyślij wniosek o wydanie certyfikatu").click()
    page.get_by_text("Zakończono pomyślnie").wait_for()


def test_on_a_phone_in_the_dark_and_in_english(panel: Any, ksef: Running) -> None:
    page, picture = panel, camera(panel)
    ksef.faults.set("slow", probability=0.5)
    with httpx2.Client(base_url=ksef.control_url, trust_env=False) as client:
        client.post("/invoices", json={"buyer": BUYER, "count": 3})
        client.post("/latarnia/failures", json={})
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    page.goto("/?lang=en")
    page.get_by_role("heading", name="Control panel: what KSeF pretends now").wait_for()
    page.get_by_role("link", name="Polski").click()
    page.get_by_role("heading", name="Panel sterowania").wait_for()
    picture("50-panel-telefon-ciemny")
    for place in (
        "",
        "panel/zdarzenia",
        "panel/zegar",
        "panel/usterki",
        "panel/usterki/server-error",
        "panel/ustawienia",
        "panel/latarnia",
        "panel/podmioty",
        "panel/podmioty/certyfikat",
        "panel/podmioty/uprawnienia",
        "panel/faktury",
        "panel/certyfikaty",
        "panel/dziennik",
        "panel/api",
        "panel/reset",
    ):
        page.goto(f"/{place}")
        assert not faults(page), place
    page.goto("/panel/faktury")
    page.get_by_label("NIP Twojej firmy").fill(BUYER)
    page.get_by_text("Cechy, inne podmioty, oszustwa").click()
    page.get_by_label("trzy terminy płatności").check()
    page.get_by_role("button", name="Wystaw").click()
    done(page, "dostała: 1 faktura")
    picture("64-panel-faktury-telefon-ciemny")
    assert not faults(page)
