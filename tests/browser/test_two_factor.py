"""From the first start of a public installation to a login by TOTP, by passkey and by a recovery code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import camera, chromium_at, faults
from tests.processes import Application, await_health

pytestmark = pytest.mark.browser
EMAIL, PASSWORD = "maria@example.com", "Wiślana kładka 2026"


def totp(secret: str) -> str:
    """The code of now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, hashlib.sha1)
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4]) & 0x7FFFFFFF) % 1_000_000:06}"


@pytest.fixture
def public(tmp_path: Path) -> Iterator[tuple[Any, str]]:
    """A page at a fresh installation that has a public name, and the link that ``serve`` printed."""
    folder = tmp_path / "data"
    folder.mkdir()
    process, address = Application(folder=folder, emulator="http://127.0.0.1:1").serve(
        LICZYDLO_HOSTS="localhost", LICZYDLO_WORKER="off"
    )
    try:
        await_health(address, process)
        printed = re.search(r"http://localhost:\d+/start/\?kod=\S+", (folder / "serve.log").read_text())
        assert printed is not None
        # a passkey belongs to a name, never to an address of numbers
        with chromium_at(address.replace("127.0.0.1", "localhost")) as page:
            yield page, printed[0]
    finally:
        process.terminate()
        process.wait(timeout=20)


def log_out(page: Any) -> None:
    page.goto("/konto/logout/")
    page.locator("main button[type=submit]").click()
    page.get_by_role("heading", name="Zaloguj się").wait_for()


def log_in(page: Any) -> None:
    page.get_by_label("Adres e-mail").fill(EMAIL)
    page.get_by_label("Hasło", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Zaloguj się", exact=True).click()


def logged_in(page: Any) -> bool:
    page.wait_for_url("**/firmy/nowa/")
    return True


def test_totp_passkey_and_recovery_codes(public: tuple[Any, str]) -> None:
    page, link = public
    picture = camera(page)
    page.goto("/")
    page.get_by_label("Kod pierwszego uruchomienia").wait_for()
    picture("70-kod-startu")
    assert not faults(page)
    page.goto(link)
    page.get_by_label("Imię i nazwisko").fill("Maria Wiślana")
    page.get_by_label("Adres e-mail").fill(EMAIL)
    page.get_by_label("Hasło", exact=True).fill(PASSWORD)
    page.get_by_label("Powtórz hasło").fill(PASSWORD)
    page.get_by_role("button", name="Załóż konto").click()
    assert logged_in(page)
    picture("71-nowa-firma")

    page.get_by_role("link", name="Logowanie dwuetapowe").click()
    picture("72-dwuetapowe")
    assert not faults(page)
    page.locator("a[href*='totp/activate']").click()
    page.get_by_label("Hasło", exact=True).fill(PASSWORD)
    picture("73-potwierdz-haslo")
    page.locator("main button[type=submit]").click()
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("#id_code").fill("000000" if totp(secret) != "000000" else "111111")
    page.locator("main button[type=submit]").click()
    expect(page.locator("#id_code_error, .errors").first).not_to_be_empty()
    picture("74-totp")
    assert not faults(page)
    used = totp(secret)
    page.locator("#id_code").fill(used)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/recovery-codes/")
    picture("75-kody-zapasowe")
    assert not faults(page)
    spare = page.locator("textarea, pre").first
    codes = (
        spare.input_value() if spare.evaluate("e => e.tagName") == "TEXTAREA" else spare.inner_text()
    ).split()
    assert len(codes) == 10

    log_out(page)
    log_in(page)
    page.locator("#id_code").wait_for()
    picture("76-kod-przy-logowaniu")
    assert not faults(page)
    page.goto("/firmy/nowa/")
    assert "/konto/2fa/authenticate/" in page.url, "the password alone lets nobody in"
    page.locator("#id_code").fill(codes[0])
    page.locator("main button[type=submit]").first.click()
    assert logged_in(page), "by a recovery code"

    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "isUserVerified": True}
    more = {"hasUserVerification": True, "automaticPresenceSimulation": True}
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, **more}})
    page.goto("/konto/2fa/webauthn/add/")  # waits for the whole page
    if page.get_by_label("Hasło", exact=True).count():
        page.get_by_label("Hasło", exact=True).fill(PASSWORD)
        page.locator("main button[type=submit]").first.click()
    page.locator("#id_name").fill("Laptop")
    page.locator("#id_passwordless").check()
    picture("77-klucz-dostepu")
    assert not faults(page)
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/2fa/")
    page.goto("/konto/2fa/webauthn/")
    page.get_by_text("Laptop", exact=True).wait_for()
    picture("78-klucze")
    assert not faults(page)
    log_out(page)
    page.get_by_role("button", name="Zaloguj się kluczem dostępu").click()
    assert logged_in(page), "by passkey, without a password"
    log_out(page)
    log_in(page)
    while (code := totp(secret)) == used:  # each works once, and its successor comes within 30 s
        page.wait_for_timeout(500)
    page.locator("#id_code").fill(code)
    page.locator("main button[type=submit]").first.click()
    assert logged_in(page), "by TOTP"

    page.goto("/konto/2fa/")
    picture("79-wlaczone")
    page.goto("/konto/sessions/")
    picture("79-sesje")
    assert not faults(page)
    page.goto("/konto/email/")
    picture("79-adresy")
    assert not faults(page)
    page.get_by_role("button", name="English").click()
    for name, address in (("2fa", "2fa/"), ("klucze", "2fa/webauthn/"), ("sesje", "sessions/")):
        page.goto(f"/konto/{address}")
        picture(f"79-en-{name}")
