"""The two tabs in real Chromium: dropped files in any order, an error that keeps them, both themes, a phone, axe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as live_settings
from liczydlo.connection.credentials import storing
from liczydlo.connection.models import RemoteChange, StoredCertificate
from playwright.sync_api import expect

from tests.chromium import launched, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DROP = """([zone, files]) => {
  const transfer = new DataTransfer();
  for (const [name, text] of files) transfer.items.add(new File([text], name));
  document.querySelector(zone).dispatchEvent(
    new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, owner: Any, live_server: Any, browse: Any) -> Iterator[Any]:
    """A page of a logged-in owner."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright keeps a loop in this thread
    cookie = browse(owner).cookies[live_settings.SESSION_COOKIE_NAME].value
    with launched() as browser:
        context = browser.new_context(base_url=live_server.url, reduced_motion="reduce")
        context.add_cookies(
            [{"name": live_settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )
        shown = context.new_page()
        shown.set_default_timeout(20_000)
        yield shown


def faults(page: Any) -> list[str]:
    """What axe finds, and whether the page is wider than the screen."""
    page.wait_for_load_state()
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return violations(page) + (["wider than the screen"] if wide else [])


def test_from_dropped_files_to_an_active_connection(page: Any, company: Any, ksef_files: Any) -> None:
    mine = ksef_files(company)
    page.goto(f"/firmy/{company.pk}/ustawienia/ksef/certyfikat/")
    files = [["Certyfikat.crt", mine.certificate.decode()], ["Certyfikat.key", mine.key.decode()]]
    page.evaluate(DROP, ["[data-drop]", files])
    page.get_by_text("Klucz prywatny", exact=True).wait_for()
    page.get_by_text("ważny do").wait_for()
    page.fill("#id_password", "na pewno nie to")
    page.click("form[data-pair] button[type=submit]")
    page.wait_for_selector('[data-error="wrong-password"]')
    expect(page.locator("#id_password")).to_have_attribute("aria-invalid", "true")
    assert page.evaluate("document.querySelector('#id_key').files[0].name") == "Certyfikat.key", (
        "still chosen"
    )
    assert not faults(page)
    page.fill("#id_password", mine.password)
    page.click("form[data-pair] button[type=submit]")
    page.get_by_role("heading", name="Aktywne połączenie z KSeF").wait_for()
    assert StoredCertificate.objects.get().serial == mine.credential.serial
    page.get_by_role("link", name="Usuń certyfikat").click()
    page.get_by_role("dialog").get_by_role("button", name="Usuń certyfikat").click()
    page.get_by_text("zostały usunięte").wait_for()
    assert not StoredCertificate.objects.exists()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_every_page_is_readable(
    page: Any, company: Any, owner: Any, files: Any, scheme: str, width: int
) -> None:
    company.name = "Przedsiębiorstwo Wielobranżowe „Źdźbło” – Krzysztof Brzęczyszczykiewicz-Szczebrzeszyński"
    company.save()
    mine = files("Offline", nip=None, name="Konstantynopolitańczykowianeczka-Brzęczyszczykiewicz")
    storing.store_offline(company, mine.key, mine.certificate, mine.password, owner)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    base = f"/firmy/{company.pk}/"
    for address in (
        base,
        base + "ustawienia/",
        base + "ustawienia/ksef/",
        base + "ustawienia/ksef/certyfikat/",
        base + "uslugi/ksef/",
        base + "uslugi/ksef/offline/",
        base + "ustawienia/ksef/offline/",
        base + "ustawienia/ksef/usun/offline/",
        "/firmy/",
        "/firmy/nowa/",
        "/nie-ma/",
        "/konto/2fa/",
    ):
        page.goto(address)
        assert not faults(page), address


def test_a_change_at_ksef_from_the_list_to_its_outcome(page: Any, company: Any, ksef_files: Any) -> None:
    mine = ksef_files(company)
    storing.store_authentication(company, mine.key, mine.certificate, mine.password, None)
    base = f"/firmy/{company.pk}/ustawienia/ksef/"
    page.goto(base + "tokeny/nowy/")
    page.fill("#id_description", "Sklep internetowy")
    page.get_by_role("button", name="Utwórz token").click()
    page.get_by_role("button", name="Pokaż token").wait_for()
    outcome = page.url
    assert not faults(page)
    page.get_by_role("button", name="Pokaż token").click()
    expect(page.locator("#token")).to_contain_text(f"|nip-{company.nip}|")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 800})
    for address in ("uprawnienia/", "certyfikaty/", "tokeny/"):
        page.goto(base + address)
        assert not faults(page), address
    page.get_by_role("link", name="Unieważnij").first.click()  # other tests' tokens may stand there too
    page.get_by_role("heading", name="Unieważnić token?").wait_for()
    assert not faults(page)
    page.get_by_role("button", name="Unieważnij").click()
    page.get_by_text("jest unieważniony").wait_for()
    RemoteChange.objects.filter(kind="make-token").update(state="asking")
    page.goto(outcome)
    page.get_by_text("Nie wiadomo jeszcze").wait_for()
    assert not faults(page)
    RemoteChange.objects.filter(kind="make-token").update(state="done")
    page.get_by_text("jest gotowy").wait_for()  # the page asks by itself
