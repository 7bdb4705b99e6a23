"""A newcomer's first day, in real Chromium: an account, a firm, both certificates, an invoice to its KSeF number."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ksef_emulator.testing import Running
from liczydlo.demo.firms import COMPANY, SOLE_PROPRIETOR
from liczydlo.demo.proofs import scan

from tests.browser.conftest import faults
from tests.processes import Application

pytestmark = pytest.mark.browser
DROP = """([zone, files]) => {
  const transfer = new DataTransfer();
  for (const [name, text] of files) transfer.items.add(new File([text], name));
  document.querySelector(zone).dispatchEvent(
    new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""
# Of each label of a select: how wide it is, and how much room it has beside the arrow.
SHOWN = """(select) => {
  const style = getComputedStyle(select), brush = document.createElement("canvas").getContext("2d");
  brush.font = style.font;
  const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 18;
  return [...select.options].map((one) => [Math.floor(brush.measureText(one.label).width), room]);
}"""
KSEF_NUMBER = re.compile(rf"{COMPANY.nip}-\d{{8}}-[0-9A-F]{{12}}-[0-9A-F]{{2}}")


def test_from_an_empty_installation_to_a_ksef_number(
    page: Any, fresh: tuple[Application, str], ksef: Running, tmp_path: Path, picture: Callable[[str], None]
) -> None:
    application, _ = fresh
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    got = application.drive("files", ksef.control_url, str(downloads))
    assert got.returncode == 0, got.stderr
    supplied = application.drive("supply", ksef.control_url)
    assert supplied.returncode == 0, supplied.stderr
    make_account(page, picture)
    add_firm(page, picture)
    connect(page, picture, downloads)
    send_an_invoice(page, picture, tmp_path)
    issue_offline(page, picture, tmp_path)
    receive(page, picture)


def make_account(page: Any, picture: Callable[[str], None]) -> None:
    """The first person who comes becomes the owner."""
    page.goto("/")
    page.get_by_role("heading", name="Zacznijmy od Twojego konta").wait_for()
    picture("01-konto")
    assert not faults(page)
    page.get_by_label("Imię i nazwisko").fill("Maria Wiślana")
    page.get_by_label("Adres e-mail").fill("maria@example.com")
    page.get_by_label("Hasło", exact=True).fill("Kwiecień-plecień 2026")
    page.get_by_label(re.compile("Powtórz")).fill("Kwiecień-plecień 2026")
    page.get_by_role("button", name="Załóż konto").click()


def add_firm(page: Any, picture: Callable[[str], None]) -> None:
    """A firm by its NIP; a mistyped one is refused with the field kept."""
    page.get_by_label("NIP firmy").fill("9992000203")
    page.get_by_label(re.compile("^Nazwa")).fill(COMPANY.name)
    page.get_by_text("Spółka", exact=True).click()
    page.get_by_label("Ulica i numer").fill(COMPANY.line1)
    page.get_by_label("Kod pocztowy i miejscowość").fill(COMPANY.line2)
    page.locator("main button[type=submit]").click()
    page.locator(".errors, [aria-invalid=true]").first.wait_for()
    page.get_by_label("NIP firmy").fill(COMPANY.nip)
    picture("02-firma")
    assert not faults(page)
    page.locator("main button[type=submit]").click()
    page.get_by_role("heading", name="Połącz z KSeF").wait_for()
    picture("03-polacz")


def connect(page: Any, picture: Callable[[str], None], downloads: Path) -> None:
    """Both tabs; the files are dropped in the wrong order, which is no mistake."""
    base = re.sub(r"(/firmy/\d+/).*", r"\1", page.url)
    for tab, purpose, heading in (
        ("ustawienia/ksef/certyfikat/", "Authentication", "Aktywne połączenie z KSeF"),
        ("ustawienia/ksef/offline/", "Offline", re.compile("offline", re.IGNORECASE)),
    ):
        page.goto(base + tab)
        files = [
            [f"{purpose}.{ending}", (downloads / f"{purpose}.{ending}").read_text()]
            for ending in ("crt", "key")
        ]
        page.evaluate(DROP, ["[data-drop]", files])
        page.get_by_text("Klucz prywatny", exact=True).wait_for()
        page.fill("#id_password", (downloads / f"{purpose}.password").read_text())
        picture(f"04-polacz-{purpose.lower()}")
        page.click("form[data-pair] button[type=submit]")
        page.get_by_role("heading", name=heading).first.wait_for()
        page.get_by_role("link", name="Usuń certyfikat").first.wait_for()
        picture(f"05-polaczono-{purpose.lower()}")
        assert not faults(page)
    page.goto(base + "ustawienia/ksef/")
    page.get_by_text("Certyfikat uwierzytelniający").first.wait_for()


def fill_invoice(page: Any) -> None:
    """Two lines at two rates, for a Polish firm."""
    page.get_by_label("NIP nabywcy").fill(SOLE_PROPRIETOR.nip)
    page.get_by_label("Nazwa albo imię i nazwisko", exact=True).fill(SOLE_PROPRIETOR.name)
    page.get_by_label("Ulica i numer", exact=True).fill(SOLE_PROPRIETOR.line1)
    page.get_by_label("Kod pocztowy i miejscowość", exact=True).fill(SOLE_PROPRIETOR.line2)
    page.locator("[name$='-0-name']").fill("Stół dębowy na taras")
    page.locator("[name$='-0-quantity']").fill("2")
    page.locator("[name$='-0-price']").fill("1 250,00")
    page.get_by_role("button", name=re.compile("Dodaj")).first.click()
    page.locator("[name$='-1-name']").fill("Sadzonki lawendy")
    page.locator("[name$='-1-quantity']").fill("40")
    page.locator("[name$='-1-price']").fill("6,20")
    page.locator("[name$='-1-rate']").select_option("8")
    select = page.locator("[name$='-1-rate']")
    shown = select.evaluate(SHOWN)
    assert all(expected <= width for expected, width in shown), "a label of the select is cut"
    page.get_by_text(
        re.compile(r"3\s342,84")
    ).first.wait_for()  # 2500 + 575 + 248 + 19,84, counted by the server


def send_an_invoice(page: Any, picture: Callable[[str], None], tmp_path: Path) -> None:
    """Form, preview, confirmation; the number comes without a reload, and the print carries its code."""
    page.get_by_role("link", name="Sprzedaż").first.click()
    picture("06-sprzedaz-pusta")
    page.get_by_role("link", name="Nowa faktura").first.click()
    fill_invoice(page)
    picture("07-nowa-faktura")
    assert not faults(page)
    page.get_by_role("button", name="Dalej: podgląd").last.click()
    page.get_by_role("heading", name="Co zostanie wysłane").wait_for()
    picture("08-podglad")
    assert not faults(page)
    page.get_by_role("button", name="Wyślij do KSeF").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Wyślij do KSeF").click()
    page.get_by_text(KSEF_NUMBER).first.wait_for()
    page.get_by_role("link", name=re.compile("UPO")).first.wait_for()
    picture("09-przyjeta")
    assert not faults(page)
    with page.expect_download() as started:
        page.get_by_role("link", name=re.compile("PDF")).first.click()
    path = tmp_path / "faktura.pdf"
    started.value.save_as(path)
    (link,) = scan(path.read_bytes())
    assert "/qr/invoice/" in link
    page.goto(link)
    page.get_by_text("Faktura znajduje się w KSeF").wait_for()
    picture("10-kod-qr")
    page.go_back()


def issue_offline(page: Any, picture: Callable[[str], None], tmp_path: Path) -> None:
    """The same, offline24: two codes at once, a deadline, and sent later by hand."""
    page.get_by_role("link", name="Sprzedaż").first.click()
    page.get_by_role("link", name="Nowa faktura").first.click()
    fill_invoice(page)
    page.get_by_role("button", name="Dalej: podgląd").last.click()
    page.get_by_role("button", name="Wystaw w trybie offline").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Wystaw offline").click()
    page.get_by_role("button", name=re.compile("Wyślij teraz")).first.wait_for()
    picture("11-offline")
    assert not faults(page)
    with page.expect_download() as started:
        page.get_by_role("link", name=re.compile("PDF")).first.click()
    path = tmp_path / "offline.pdf"
    started.value.save_as(path)
    links = scan(path.read_bytes())
    assert len(links) == 2
    back = page.url
    page.goto(next(link for link in links if "/certificate/" in link))
    page.get_by_text("Wystawca jest autentyczny").wait_for()
    picture("12-kod-qr-certyfikat")
    page.goto(back)
    page.get_by_role("button", name=re.compile("Wyślij teraz")).first.click()
    page.get_by_text(KSEF_NUMBER).first.wait_for()
    page.get_by_role("link", name="Sprzedaż").first.click()
    picture("13-lista")
    assert not faults(page)


def receive(page: Any, picture: Callable[[str], None]) -> None:
    """„Pobierz z KSeF": what another firm sent comes by itself into the list, and can be read and printed."""
    page.get_by_role("link", name="Zakupy").first.click()
    page.get_by_role("button", name="Pobierz z KSeF").first.click()
    page.get_by_text(SOLE_PROPRIETOR.name).first.wait_for()
    picture("14-zakupy")
    assert not faults(page)
    page.locator("table.data tbody a").first.click()
    page.get_by_text("Donica szkliwiona").first.wait_for()
    picture("15-zakup")
    assert not faults(page)


def test_pages_of_a_working_firm_are_readable(installed: Any, picture: Callable[[str], None]) -> None:
    """Lists and pages with something in them, in both themes, on a desk and on a phone: nothing sticks out, axe is
    content."""
    for scheme, width in (("light", 1280), ("dark", 390), ("dark", 1280), ("light", 390)):
        installed.emulate_media(color_scheme=scheme)
        installed.set_viewport_size({"width": width, "height": 860})
        look_around(installed, picture, f"{scheme}-{width}")


def look_around(page: Any, picture: Callable[[str], None], name: str) -> None:
    """Every page that a working day needs."""
    base = "/firmy/1/"
    for address in (
        "",
        "sprzedaz/",
        "sprzedaz/nowa/",
        "sprzedaz/wgraj/",
        "zakupy/",
        "ustawienia/",
        "ustawienia/ksef/",
    ):
        page.goto(base + address)
        assert not faults(page), address
        picture(f"{name}-{address.replace('/', '-') or 'pulpit'}")
    page.goto(base + "sprzedaz/")
    page.locator("table.data tbody a").first.click()
    page.get_by_text(re.compile(r"\d{10}-\d{8}-")).first.wait_for()
    assert not faults(page)
    picture(f"{name}-faktura")
