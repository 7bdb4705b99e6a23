"""The page behind KOD I (ksef-docs kody-qr.md)."""

from __future__ import annotations

import base64
import hashlib
from datetime import date, timedelta
from typing import Any

import pytest

from ..login.conftest import new_nip


def link(nip: str, day: date, sha256: bytes) -> str:
    """The path of KOD I."""
    digest = base64.urlsafe_b64encode(sha256).rstrip(b"=").decode()
    return f"/qr/invoice/{nip}/{day:%d-%m-%Y}/{digest}"


def test_an_accepted_invoice(send: Any, look: Any) -> None:
    sent = send(new_nip(), gross="1234567.80", number="FV/7/2026 &amp; &lt;b&gt;")
    assert sent.status == 200
    page = look(link(sent.seller, sent.day, sent.sha256))
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    text = page.text
    for shown in (
        "Faktura znajduje się w KSeF",
        sent.ksef_number,
        sent.seller,
        "Sprzedawca",
        "FV/7/2026 &amp; &lt;b&gt;",
        f"{sent.day:%d.%m.%Y}",
        "1\u202f234\u202f567,80 PLN",
        "dane fikcyjne, bez mocy prawnej",
        '<html lang="pl">',
    ):
        assert shown in text, shown
    assert "Nabywca" not in text


def test_in_english(send: Any, look: Any) -> None:
    sent = send(new_nip())
    path = link(sent.seller, sent.day, sent.sha256)
    assert 'href="' + path + '?lang=en"' in look(path).text
    for page in (look(path + "?lang=en"), look(path, **{"Accept-Language": "en-GB"})):
        assert "The invoice is in KSeF" in page.text
        assert "made-up data, no legal force" in page.text
        assert page.headers["content-language"] == "en"
    assert "Faktura znajduje się" in look(path + "?lang=pl", **{"Accept-Language": "en-GB"}).text


def test_what_is_not_there(send: Any, look: Any) -> None:
    sent = send(new_nip())
    for path in (
        link(sent.seller, sent.day, hashlib.sha256(b"another file").digest()),
        link(new_nip(), sent.day, sent.sha256),
        link(sent.seller, sent.day - timedelta(days=1), sent.sha256),
    ):
        page = look(path)
        assert page.status_code == 200
        assert "Faktura nie została znaleziona w KSeF" in page.text
        assert sent.ksef_number not in page.text


def test_a_refused_invoice_is_not_there(send: Any, look: Any) -> None:
    sent = send(new_nip(), spoilt=True)
    assert sent.status >= 400
    assert "Faktura nie została znaleziona w KSeF" in look(link(sent.seller, sent.day, sent.sha256)).text


def test_a_technical_correction_takes_over_the_code(send: Any, look: Any) -> None:
    seller = new_nip()
    refused = send(seller, spoilt=True)
    corrected = send(seller, corrected=refused.sha256)
    assert corrected.status == 200
    text = look(link(seller, refused.day, refused.sha256)).text
    assert corrected.ksef_number in text
    assert "skorygowana technicznie" in text
    assert "nie został zmieniony" not in text
    assert "skorygowana technicznie" not in look(link(seller, corrected.day, corrected.sha256)).text


@pytest.mark.parametrize(
    "path",
    [
        "/qr/invoice/123/01-02-2026/UtQp9Gpc51y-u3xApZjIjgkpZ01js-J8KflSPW8WzIE",
        "/qr/invoice/1111111111/2026-02-01/UtQp9Gpc51y-u3xApZjIjgkpZ01js-J8KflSPW8WzIE",
        "/qr/invoice/1111111111/31-02-2026/UtQp9Gpc51y-u3xApZjIjgkpZ01js-J8KflSPW8WzIE",
        "/qr/invoice/1111111111/01-02-2026/short",
        "/qr/invoice/1111111111/01-02-2026/UtQp9Gpc51y-u3xApZjIjgkpZ01js-J8KflSPW8WzIE=",
        "/qr/invoice/1111111111/01-02-2026/UtQp9Gpc51y+u3xApZjIjgkpZ01js+J8KflSPW8WzIE",
        "/qr/invoice/1111111111/01-02-2026/UtQp9Gpc51y-u3xApZjIjgkpZ01js-J8KflSPW8WzIF",
        "/qr/invoice/1111111111/01-02-2026/%C5%BC%C3%B3%C5%82%C4%87",
    ],
)
def test_a_damaged_link(path: str, look: Any) -> None:
    page = look(path)
    assert page.status_code == 400
    assert "Ten link jest uszkodzony" in page.text


def test_the_page_runs_nothing(look: Any) -> None:
    page = look("/qr/invoice/1111111111/01-02-2026/UtQp9Gpc51y-u3xApZjIjgkpZ01js-J8KflSPW8WzIE")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "style=" not in page.text
    sheet = look("/portal/emulator.css")
    assert sheet.headers["content-type"].startswith("text/css")
    assert "prefers-color-scheme: dark" in sheet.text


def test_the_whole_invoice_is_shown_to_whoever_holds_it(send: Any, look: Any, door: Any) -> None:
    sent = send(new_nip(), gross="1234.50", number="FV/8/2026")
    path = link(sent.seller, sent.day, sent.sha256)
    result = door.emulator.invoices.by_ksef_number(sent.ksef_number)
    right = {"number": "FV/8/2026", "buyer": result.buyer.value, "amount": "1 234,50"}
    assert "Pełna treść faktury" in look(path).text
    address = door.running.url + path
    shown = door.http.post(address, data=right)
    assert shown.status_code == 200 and "Podsumowanie według stawek" in shown.text
    written = {**right, "amount": "1234.5", "buyer": f"PL {result.buyer.value}"}
    assert "Podsumowanie według stawek" in door.http.post(address, data=written).text
    for name, value in (
        ("number", "FV/9/2026"),
        ("buyer", "2222222222"),
        ("amount", "1234,51"),
        ("amount", "x"),
        ("amount", "1e999999"),
        ("amount", "NaN"),
    ):
        refused = door.http.post(address, data={**right, name: value})
        assert refused.status_code == 400
        assert "nie zgadzają się" in refused.text and "Podsumowanie" not in refused.text
    assert door.http.post(address).status_code == 400
    nobodys = link(sent.seller, sent.day, hashlib.sha256(b"other").digest())
    assert "nie została znaleziona" in door.http.post(door.running.url + nobodys, data=right).text
