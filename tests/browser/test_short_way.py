"""„Połącz w 3 krokach", from an empty installation: at most six clicks and one signature."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ksef_emulator.testing import Running
from liczydlo.demo.firms import COMPANY

from tests.browser.conftest import faults
from tests.browser.test_first_day import make_account

pytestmark = pytest.mark.browser
COUNT = "document.addEventListener('click', event => event.isTrusted && counted(), true)"
SOLE_NIP = "7771234567"
"""The NIP of a test person of the emulator's."""


def firm(page: Any, nip: str, name: str, kind: str) -> None:
    """Fill in a firm and save it."""
    page.get_by_label("NIP firmy").fill(nip)
    page.get_by_label(re.compile("^Nazwa")).fill(name)
    page.get_by_label("Ulica i numer").fill("ul. Wiślana 7")
    page.get_by_label("Kod pocztowy i miejscowość").fill("00-317 Warszawa")
    if kind == "company":
        page.get_by_text("Spółka", exact=True).click()
    page.locator("main button[type=submit]").click()


def sign(page: Any, ksef: Running, document: Path, *, seal: str = "", person: str = "") -> Path:
    """The one signature, at the emulator's signing desk, in a window of its own."""
    window = page.context.browser.new_context(base_url=ksef.url, locale="pl-PL", accept_downloads=True)
    desk = window.new_page()
    desk.goto("/portal/podpis")
    desk.get_by_label("Dokument XML").set_input_files(document)
    if seal:
        desk.get_by_text("Pieczęć firmy").click()
        desk.get_by_label("NIP firmy").fill(seal)
        desk.get_by_label("Nazwa firmy").fill(COMPANY.name)
    else:
        desk.get_by_text(person, exact=True).first.click()
    with desk.expect_download() as signed:
        desk.get_by_role("button", name="Podpisz i pobierz").click()
    path = document.with_name("podpisany.xml")
    signed.value.save_as(path)
    window.close()
    return path


def download(page: Any, folder: Path) -> Path:
    """The document to be signed; its download begins by itself."""
    with page.expect_download() as got:
        page.get_by_role("button", name="Pobierz dokument do podpisu").click()
    path = folder / got.value.suggested_filename
    got.value.save_as(path)
    page.get_by_text("Ważny jeszcze").wait_for()
    return path


@pytest.mark.parametrize("kind", ["sole", "company"])
def test_six_clicks_and_one_signature(
    kind: str, page: Any, ksef: Running, tmp_path: Path, picture: Callable[[str], None]
) -> None:
    clicks = []
    page.context.expose_binding("counted", lambda *_: clicks.append(1))
    page.context.add_init_script(COUNT)
    make_account(page, lambda _name: None)
    nip = SOLE_NIP if kind == "sole" else COMPANY.nip
    name = "Kwiaciarnia Pod Jaworem" if kind == "sole" else COMPANY.name
    firm(page, nip, name, kind)
    page.get_by_role("link", name=re.compile("Połącz w 3 krokach")).first.click()
    if kind == "sole":
        picture("90-krok-1")
        assert not faults(page)
    document = download(page, tmp_path)
    if kind == "sole":
        picture("91-krok-2")
        assert not faults(page)
    signed = sign(page, ksef, document, seal="" if kind == "sole" else nip, person="Anna Nowak")
    page.get_by_label("Podpisany dokument").set_input_files(
        signed
    )  # one more click for a person: the file's choice
    page.get_by_text("Podpisano:").wait_for()
    if kind == "sole":
        picture("92-w-toku")
    page.get_by_role("link", name="Wystaw fakturę").wait_for()
    picture(f"93-polaczono-{kind}")
    assert not faults(page)
    extra = kind == "company"  # the firm's kind is another choice
    assert len(clicks) + 1 <= 6 + extra, f"{len(clicks) + 1} clicks"
    page.get_by_role("link", name="Zobacz połączenie").click()
    page.get_by_text("Aktywne połączenie z KSeF").first.wait_for()


def test_phone_and_dark(page: Any, ksef: Running, tmp_path: Path, picture: Callable[[str], None]) -> None:
    make_account(page, lambda _name: None)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    firm(page, SOLE_NIP, "Kwiaciarnia Pod Jaworem", "sole")
    page.get_by_role("heading", name="Połącz z KSeF").wait_for()
    page.get_by_role("link", name=re.compile("Połącz w 3 krokach")).first.click()
    document = download(page, tmp_path)
    picture("94-telefon-ciemny")
    assert not faults(page)
    page.get_by_label("Podpisany dokument").set_input_files(document)
    page.get_by_text("nie ma podpisu").wait_for()
    picture("95-bez-podpisu-telefon-ciemny")
    assert not faults(page)
