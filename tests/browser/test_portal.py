"""Both journeys of the user's document through KSeF's own portal, in real Chromium, up to both ``.crt`` files."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import httpx2
import pytest
from ksef_emulator.testing import Running
from playwright.sync_api import expect

from tests.browser.conftest import camera, faults

pytestmark = pytest.mark.browser
PASSWORD = "Tajne_haslo!2026"
COMPANY = "5217994952"


def enter(page: Any, road: str, nip: str) -> None:
    """From the start page to the context of a login."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("Wybierz.*Moduł Certyfikatów")).click()
    page.get_by_role("link", name=road).click()
    page.get_by_label("NIP lub identyfikator wewnętrzny").fill(nip)
    page.get_by_role("button", name="Uwierzytelnij").click()


def ask(page: Any, name: str, purpose: str) -> None:
    """The request form, filled as the document says."""
    page.get_by_role("link", name="Wnioskuj o certyfikat", exact=True).first.click()
    page.get_by_label("Nazwa certyfikatu").fill(name)
    page.get_by_label("Hasło do klucza").fill(PASSWORD)
    page.get_by_label("Powtórz hasło").fill(PASSWORD)


def obtain(page: Any, folder: Path, name: str, purpose: str) -> tuple[Path, Path]:
    """A key and its certificate in the download folder."""
    ask(page, name, purpose)
    with page.expect_download() as key:
        page.get_by_role("button", name="Generuj").click()
    assert key.value.suggested_filename == f"{name}.key"
    key.value.save_as(folder / f"{name}.key")
    page.get_by_label(purpose).check()
    page.get_by_role("button", name="Wyślij wniosek o wydanie certyfikatu").click()
    page.get_by_text("Zakończono pomyślnie").wait_for()
    with page.expect_download() as certificate:
        page.get_by_role("link", name="Pobierz certyfikat").click()
    assert certificate.value.suggested_filename == f"{name}.crt"
    certificate.value.save_as(folder / f"{name}.crt")
    return folder / f"{name}.key", folder / f"{name}.crt"


def openssl(*arguments: str | Path, password: str = PASSWORD) -> subprocess.CompletedProcess[str]:
    """OpenSSL, which is nobody's but its own."""
    return subprocess.run(
        ["openssl", *map(str, arguments)],
        env={"PASSWORD": password},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_pair(key: Path, certificate: Path) -> None:
    """The key opens with its password, with no other, and fits the certificate."""
    own = openssl("pkey", "-in", key, "-passin", "env:PASSWORD", "-pubout")
    assert own.returncode == 0, own.stderr
    assert own.stdout == openssl("x509", "-in", certificate, "-noout", "-pubkey").stdout
    assert openssl("pkey", "-in", key, "-passin", "env:PASSWORD", password="Inne_haslo!20260").returncode != 0
    assert key.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")


def test_a_sole_proprietor(portal: Any, ksef: Running, tmp_path: Path) -> None:
    page, picture, sent = portal, camera(portal), []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.goto("/")
    picture("20-portal")
    assert not faults(page)
    page.get_by_role("link", name=re.compile("Wybierz.*Moduł Certyfikatów")).click()
    picture("21-portal-logowanie")
    assert not faults(page)
    page.get_by_role("link", name="Zaloguj przez login.gov.pl").click()
    page.get_by_label("NIP lub identyfikator wewnętrzny").fill("7771234568")
    page.get_by_role("button", name="Uwierzytelnij").click()
    page.get_by_role("alert").get_by_text("sumą kontrolną").wait_for()
    picture("22-portal-kontekst-blad")
    assert not faults(page)
    page.get_by_label("NIP lub identyfikator wewnętrzny").fill("777-123-45-67")
    page.get_by_role("button", name="Uwierzytelnij").click()
    page.get_by_role("heading", name="Podpisz żądanie uwierzytelnienia").wait_for()
    picture("23-portal-podpis")
    assert not faults(page)
    page.get_by_label("Anna Nowak").check()
    page.get_by_role("button", name="Podpisz").click()
    page.get_by_role("heading", name="Lista certyfikatów").wait_for()
    picture("24-portal-lista-pusta")
    assert not faults(page)
    rules_tick(page, picture)
    first = obtain(page, tmp_path, "Certyfikat uwierzytelniający", "Uwierzytelnienie w systemie KSeF")
    picture("26-portal-wydany")
    assert not faults(page)
    second = obtain(page, tmp_path, "Certyfikat offline", "Podpis linku do weryfikacji wystawcy")
    for pair in (first, second):
        assert_pair(*pair)
    assert "Digital Signature" in openssl("x509", "-in", first[1], "-noout", "-ext", "keyUsage").stdout
    assert "Non Repudiation" in openssl("x509", "-in", second[1], "-noout", "-ext", "keyUsage").stdout
    never_leaves(sent, first[0], second[0])
    the_list(page, picture)


def rules_tick(page: Any, picture: Any) -> None:
    """A wrong password is refused in place, rule by rule."""
    page.get_by_role("link", name="Wnioskuj o certyfikat", exact=True).first.click()
    page.get_by_label("Nazwa certyfikatu").fill("Ala")
    page.get_by_label("Hasło do klucza").fill("żółte haslo")
    page.get_by_label("Powtórz hasło").fill("zolte haslo")
    states = {
        rule: page.locator(f"#rule-{rule}").get_attribute("data-state")
        for rule in (
            "name",
            "long",
            "upper",
            "lower",
            "digit",
            "special",
            "short",
            "latin",
            "others",
            "again",
        )
    }
    assert states == {
        "name": "no",
        "long": "no",
        "upper": "no",
        "lower": "yes",
        "digit": "no",
        "special": "no",
        "short": "yes",
        "latin": "no",
        "others": "no",
        "again": "no",
    }
    page.get_by_role("button", name="Generuj").click()
    page.get_by_text("Popraw pola").wait_for()
    picture("25-portal-wniosek")
    assert not faults(page)


def never_leaves(sent: list[str], *keys: Path) -> None:
    """Neither a private key nor a password went over the network, encrypted or not; the requests did."""
    everything = "\n".join(sent)
    assert "csr=" in everything
    assert "PRIVATE" not in everything
    assert PASSWORD not in everything
    for key in keys:
        body = "".join(key.read_text().splitlines()[1:-1])
        assert body[:64] not in everything.replace("%2B", "+").replace("%2F", "/")


def the_list(page: Any, picture: Any) -> None:
    """Both certificates with the document's columns; one of them is revoked."""
    page.get_by_role("link", name="Lista certyfikatów").first.click()
    rows = page.get_by_role("row")
    expect(rows).to_have_count(3)
    picture("27-portal-lista")
    assert not faults(page)
    page.get_by_role("link", name=re.compile("Unieważnij Certyfikat offline")).click()
    picture("28-portal-uniewaznij")
    assert not faults(page)
    page.get_by_label("Zastąpiony innym certyfikatem").check()
    page.get_by_role("button", name="Unieważnij").click()
    page.get_by_text("Certyfikat unieważniony").wait_for()
    page.get_by_role(
        "cell", name=re.compile("Zablokowany|Unieważniony")
    ).wait_for()  # blocked until it is revoked
    page.get_by_text("Filtrowanie").click()
    page.get_by_label("Stan").select_option("Aktywny")
    page.get_by_role("button", name="Filtruj").click()
    page.get_by_role("cell", name="Certyfikat uwierzytelniający", exact=True).wait_for()
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Wyloguj").click()
    page.goto("/portal/certyfikaty")
    page.get_by_role("heading", name="Zaloguj się do Modułu").wait_for()


def test_a_company_with_a_seal(portal: Any, ksef: Running, tmp_path: Path) -> None:
    page, picture = portal, camera(portal)
    enter(page, "Zaloguj certyfikatem kwalifikowanym", COMPANY)
    picture("30-portal-rodzaj-certyfikatu")
    assert not faults(page)
    page.get_by_role("button", name="Dalej").click()
    with page.expect_download() as request:
        page.get_by_role("link", name="Pobierz żądanie autoryzacyjne").click()
    request.value.save_as(tmp_path / "zadanie.xml")
    assert b"AuthTokenRequest" in (tmp_path / "zadanie.xml").read_bytes()
    signed = sign(page, tmp_path / "zadanie.xml", picture)
    stranger = sign(page, tmp_path / "zadanie.xml", nip="7771234567")
    upload(page, tmp_path / "zadanie.xml")
    page.get_by_role("alert").get_by_text("Kod 9102").wait_for()
    picture("32-portal-bez-podpisu")
    assert not faults(page)
    upload(page, stranger)
    page.get_by_role("heading", name="Nie udało się zalogować").wait_for()
    picture("33-portal-bez-uprawnien")
    assert not faults(page)
    # The challenge was spent on the stranger's login: the same request again is refused, a new one is not.
    enter(page, "Zaloguj certyfikatem kwalifikowanym", COMPANY)
    page.get_by_role("button", name="Dalej").click()
    upload(page, signed)
    page.get_by_role("alert").get_by_text("Wyzwanie").wait_for()
    with page.expect_download() as request:
        page.get_by_role("link", name="Pobierz żądanie autoryzacyjne").click()
    request.value.save_as(tmp_path / "zadanie.xml")
    upload(page, sign(page, tmp_path / "zadanie.xml"))
    page.get_by_role("heading", name="Lista certyfikatów").wait_for()
    assert_pair(*obtain(page, tmp_path, "Certyfikat uwierzytelniający", "Uwierzytelnienie w systemie KSeF"))
    assert_pair(*obtain(page, tmp_path, "Certyfikat offline", "Podpis linku do weryfikacji wystawcy"))


def test_a_company_without_a_seal(portal: Any, ksef: Running) -> None:
    page, picture = portal, camera(portal)
    enter(page, "Zaloguj przez login.gov.pl", COMPANY)
    page.get_by_label("Maria Wiśniewska").check()
    page.get_by_role("button", name="Podpisz").click()
    page.get_by_role("link", name="Złóż ZAW-FA w testowym urzędzie").click()
    page.get_by_label("NIP spółki").fill(COMPANY)
    page.get_by_label("Imię osoby").fill("Maria")
    page.get_by_label("Nazwisko osoby").fill("Wiśniewska")
    page.get_by_label("PESEL").fill("90011500129")
    page.get_by_role("button", name="Złóż zawiadomienie").click()
    page.get_by_text("Przyjęto").wait_for()
    picture("40-portal-zaw-fa")
    assert not faults(page)
    page.get_by_role("link", name="Zaloguj się jako ta osoba").click()
    page.get_by_label("NIP lub identyfikator wewnętrzny").fill(COMPANY)
    page.get_by_role("button", name="Uwierzytelnij").click()
    page.get_by_label("Maria Wiśniewska").check()
    page.get_by_role("button", name="Podpisz").click()
    page.get_by_role("link", name="Nadaj uprawnienie").click()
    give(page, picture)
    page.get_by_role("link", name="Zarządzaj uprawnieniami").last.click()
    page.get_by_role("cell", name="Wystawianie faktur", exact=True).wait_for()
    picture("43-portal-uprawnienia")
    assert not faults(page)
    page.get_by_role("link", name=re.compile("Odbierz Wystawianie faktur")).click()
    assert not faults(page)
    page.get_by_role("button", name="Odbierz").click()
    page.get_by_role("heading", name="Uprawnienia", exact=True, level=1).wait_for()
    expect(page.get_by_role("cell", name="Wystawianie faktur", exact=True)).to_have_count(0)


def give(page: Any, picture: Any) -> None:
    """The form of steps 22–25: refused without a scope, then given to the person herself."""
    page.get_by_label("PESEL", exact=False).first.check()
    page.get_by_label("Wartość identyfikatora").fill("90011500129")
    page.get_by_label("Imię").fill("Maria")
    page.get_by_label("Nazwisko").fill("Wiśniewska")
    page.get_by_role("button", name="Nadaj uprawnienia").click()
    page.get_by_role("alert").get_by_text("co najmniej jedno").wait_for()
    page.get_by_label("wystawiania faktur").check()
    page.get_by_label("przeglądania faktur").check()
    picture("41-portal-nadawanie")
    assert not faults(page)
    page.get_by_role("button", name="Nadaj uprawnienia").click()
    page.get_by_text("Zakończono pomyślnie").wait_for()
    page.get_by_text("PESEL: 90011500129").wait_for()
    picture("42-portal-nadane")
    assert not faults(page)


def sign(page: Any, document: Path, picture: Any = None, *, nip: str = COMPANY) -> Path:
    """The signing desk in a tab of its own: the document back with a company's seal."""
    desk = page.context.new_page()
    desk.goto("/portal/podpis")
    desk.get_by_label("Dokument XML").set_input_files(document)
    desk.get_by_label("Pieczęć firmy").check()
    desk.get_by_label("NIP firmy").fill(nip)
    desk.get_by_label("Nazwa firmy").fill("Żółw i Spółka sp. z o.o.")
    if picture:
        camera(desk)("31-portal-stanowisko-podpisu")
        assert not faults(desk)
    with desk.expect_download() as signed:
        desk.get_by_role("button", name="Podpisz i pobierz").click()
    path = document.parent / f"{nip}-{signed.value.suggested_filename}"
    signed.value.save_as(path)
    desk.close()
    return path


def upload(page: Any, document: Path) -> None:
    page.get_by_label("Podpisane żądanie autoryzacyjne").set_input_files(document)
    page.get_by_role("button", name="Uwierzytelnij").click()


def test_the_portal_on_a_phone_and_in_the_dark(portal: Any, ksef: Running, tmp_path: Path) -> None:
    page, picture = portal, camera(portal)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    enter(page, "Zaloguj przez login.gov.pl", "7771234567")
    picture("35-portal-podpis-telefon-ciemny")
    assert not faults(page)
    page.get_by_role("button", name="Podpisz").click()
    page.get_by_role("heading", name="Lista certyfikatów").wait_for()
    obtain(page, tmp_path, "Certyfikat", "Uwierzytelnienie w systemie KSeF")
    page.get_by_role("link", name="Lista certyfikatów").first.click()
    picture("36-portal-lista-telefon-ciemny")
    assert not faults(page)
    page.get_by_role("link", name="English").click()
    page.get_by_role("heading", name="List of certificates").wait_for()


def test_a_form_of_another_site_is_refused(ksef: Running) -> None:
    with httpx2.Client(base_url=ksef.url, trust_env=False) as http:
        http.get("/portal/logowanie/gov")
        fields = {"kind": "Nip", "value": "7771234567", "csrf": "zgadnięty"}
        refused = http.post("/portal/logowanie/gov", data=fields)
        assert refused.status_code == 403
        assert "Formularz stracił ważność" in refused.text
        foreign = http.post("/portal/logowanie/gov", data=fields, headers={"Origin": "https://zly.example"})
        assert foreign.status_code == 403
