"""The taxpayer's small set in the portal: invoices, tokens, sessions, each only for those who may."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
from ksef_emulator.intake.identifiers import crc8

from ..login.conftest import new_nip
from ..verify.conftest import Sent, send
from .conftest import Browser

__all__ = ["send"]
FIRM = "7771234567"
LIST = "/portal/faktury/lista/wystawione"
OTHERS = "7771234567-20260101-000000000000-"
OTHERS += crc8(OTHERS[:-1])


@pytest.fixture
def sent(send: Callable[..., Sent]) -> Sent:
    """An invoice of the test person's own firm."""
    return send(FIRM, number=f"FV/{new_nip()}", gross="1234.50")


def test_sent_and_received_ones_are_listed_with_their_numbers(
    browser: Browser, sent: Sent, send: Any
) -> None:
    browser.log_in(FIRM)
    page = browser.get(LIST).text
    assert sent.ksef_number in page and "1\u202f234,50" in page
    assert "otrzymane" in page
    assert sent.ksef_number not in browser.get("/portal/faktury/lista/otrzymane").text
    assert browser.get("/portal/faktury/lista/obce").status_code == 404
    assert browser.get("/portal/faktury").url.path == LIST


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("?kwota_od=1234,50&kwota_do=1 234,50", True),
        ("?kwota_od=1234,51", False),
        ("?od=2001-01-01&do=2001-02-01", False),
        ("?data=PermanentStorage&kolej=Asc", True),
        ("?data=Nonsense&kolej=Nonsense&page=0", True),
        ("?page=99999", False),
        (f"?page={'9' * 5000}", True),
        ("?nip=1111111111", True),
        ("?nip=5265877635", False),
        ("?numer=nie-ma", False),
        (f"?ksef={OTHERS}", False),
    ],
)
def test_the_filter(query: str, fits: bool, browser: Browser, sent: Sent) -> None:
    browser.log_in(FIRM)
    answer = browser.get(LIST + query)
    assert answer.status_code == 200
    assert (str(sent.ksef_number) in answer.text) is fits


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ("?od=9999-12-31", "od", "To nie jest data"),
        ("?do=wczoraj", "do", "To nie jest data"),
        ("?od=2026-11-02&do=2026-11-01", "do", "po jego końcu"),
        ("?od=2026-01-01&do=2026-11-01", "od", "najwyżej 100 dni"),
        ("?kwota_od=abc", "kwota_od", "Kwota to liczba"),
        ("?kwota_od=1e999999", "kwota_od", "Kwota to liczba"),
        ("?kwota_do=NaN", "kwota_do", "Kwota to liczba"),
        ("?kwota_od=2&kwota_do=1", "kwota_do", "większa niż"),
        ("?nip=2222222223", "nip", "sumą kontrolną"),
        ("?ksef=nie-ma", "ksef", "sumą kontrolną"),
        ("?numer=a%00b", "numer", "256 znaków"),
    ],
)
def test_a_filter_that_makes_no_sense(
    query: str, field: str, said: str, browser: Browser, sent: Sent
) -> None:
    browser.log_in(FIRM)
    answer = browser.get(LIST + query)
    assert answer.status_code == 400
    assert said in answer.text and str(sent.ksef_number) not in answer.text
    marked = re.search(rf'<input\s+id="{field}"[^>]*>', answer.text)
    assert marked is not None and 'aria-invalid="true"' in marked[0]


def test_every_role_has_its_list(browser: Browser, send: Any) -> None:
    third = (
        f"<Podmiot3><DaneIdentyfikacyjne><NIP>{FIRM}</NIP><Nazwa>Faktor</Nazwa></DaneIdentyfikacyjne>"
        "<Rola>1</Rola></Podmiot3>"
    )
    authorized = third.replace("Podmiot3", "PodmiotUpowazniony").replace("Rola>", "RolaPU>")
    authorized = authorized.replace(
        "</DaneIdentyfikacyjne>",
        "</DaneIdentyfikacyjne><Adres><KodKraju>PL</KodKraju><AdresL1>Polna 2</AdresL1></Adres>",
    )
    numbers = {
        "otrzymane": send(new_nip(), buyer=f"<NIP>{FIRM}</NIP>").ksef_number,
        "inne": send(new_nip(), third=third).ksef_number,
        "upowazniony": send(new_nip(), authorized=authorized).ksef_number,
    }
    assert None not in numbers.values()
    browser.log_in(FIRM)
    for tab in numbers:
        page = browser.get(f"/portal/faktury/lista/{tab}").text
        assert {item for item, number in numbers.items() if str(number) in page} == {tab}
    receivers = browser.get(f"/portal/faktury/{numbers['otrzymane']}").text
    assert "Pobierz UPO" not in receivers
    assert browser.get(f"/portal/faktury/{numbers['otrzymane']}/upo").status_code == 404


def test_one_is_read_and_downloaded_with_its_receipt(browser: Browser, sent: Sent) -> None:
    browser.log_in(FIRM)
    address = f"/portal/faktury/{sent.ksef_number}"
    page = browser.get(address).text
    for shown in (
        "Sprzedawca",
        "Nabywca",
        "Podsumowanie według stawek",
        "Kwota należności ogółem",
        "Pobierz UPO",
        base64.b64encode(sent.sha256).decode(),
    ):
        assert shown in page, shown
    xml = browser.get(address + "/xml")
    assert xml.content == sent.xml and "attachment" in xml.headers["content-disposition"]
    assert str(sent.ksef_number).encode() in browser.get(address + "/upo").content


def test_others_do_not_see_it(browser: Browser, another: Browser, sent: Sent) -> None:
    address = f"/portal/faktury/{sent.ksef_number}"
    for path in (LIST, address, address + "/xml", address + "/upo", "/portal/tokeny", "/portal/sesje"):
        assert another.get(path).url.path == "/portal/logowanie", path
    browser.log_in(FIRM)
    assert browser.get("/portal/faktury/nie-ma").status_code == 404


def test_whoever_may_not_read_is_told_what_is_missing(door: Any, browser: Browser, sent: Sent) -> None:
    from ksef_emulator.model.access.permissions import Permission
    from ksef_emulator.model.identity.subjects import Subject, SubjectType

    nip = "8567346215"  # of this test alone
    jan = Subject(type=SubjectType.PESEL, value="77060100197")
    door.emulator.permissions.grant(nip, jan, [(Permission.CREDENTIALS_READ, "test test")])
    browser.log_in(nip, person="-2")
    assert "InvoiceRead" in browser.get(LIST).text
    assert "InvoiceWrite" in browser.get("/portal/sesje/wysylki").text
    assert browser.get(f"/portal/faktury/{sent.ksef_number}").status_code == 404


def test_a_token_is_shown_once_and_revoked(browser: Browser) -> None:
    browser.log_in(FIRM)
    for data, said in (
        ({"description": "abc", "scope": "InvoiceRead"}, "od 5 do 256"),
        ({"description": "Program do faktur"}, "co najmniej jedno"),
        ({"description": "Program do faktur", "scope": "Nonsense"}, "co najmniej jedno"),
    ):
        refused = browser.post("/portal/tokeny/nowy", data=data)
        assert refused.status_code == 400 and said in refused.text, said
    made = browser.post(
        "/portal/tokeny/nowy", data={"description": "Program do faktur", "scope": "InvoiceRead"}
    ).text
    text = re.search(r'id="token" value="([^"]+)"', made)
    assert text is not None
    reference = text[1].partition("|")[0]
    page = browser.get("/portal/tokeny").text
    assert reference in page and text[1] not in page and "Przeglądanie faktur" in page
    assert "Programy, które go używają" in browser.get(f"/portal/tokeny/{reference}/uniewaznij").text
    done = browser.post(f"/portal/tokeny/{reference}/uniewaznij").text
    assert "Token unieważniony" in done
    assert browser.get("/portal/tokeny/20260101-EC-0000000000-0000000000-00/uniewaznij").status_code == 404


def test_sessions_are_ended(browser: Browser, another: Browser) -> None:
    another.log_in(FIRM)
    browser.log_in(FIRM)
    page = browser.get("/portal/sesje").text
    assert "ta sesja" in page
    references = re.findall(r"/portal/sesje/([^/]+)/zakoncz", page)
    assert len(references) >= 2
    mine = re.search(r"ta sesja.*?/portal/sesje/([^/]+)/zakoncz", page, re.DOTALL)
    assert mine is not None
    other = next(reference for reference in references if reference != mine[1])
    assert "Sesja zakończona" in browser.post(f"/portal/sesje/{other}/zakoncz", on="/portal/sesje").text
    assert browser.post("/portal/sesje/obca/zakoncz", on="/portal/sesje").status_code == 404
    gone = browser.post(f"/portal/sesje/{mine[1]}/zakoncz", on="/portal/sesje")
    assert gone.url.path == "/portal"
    assert browser.get("/portal/sesje").url.path == "/portal/logowanie"


def test_sendings_lead_to_their_invoices_and_receipts(browser: Browser, sent: Sent, door: Any) -> None:
    browser.log_in(FIRM)
    page = browser.get("/portal/sesje/wysylki").text
    references = re.findall(r"/portal/sesje/wysylki/([^\"]+)", page)
    assert references
    result = door.emulator.invoices.by_ksef_number(sent.ksef_number)
    session = door.emulator.sessions.with_id(result.session_id)
    assert session.reference in references
    assert str(sent.ksef_number) in browser.get(f"/portal/sesje/wysylki/{session.reference}").text
    assert browser.get("/portal/sesje/wysylki/nie-ma").status_code == 404
    assert browser.get(f"/portal/sesje/wysylki/{session.reference}/upo/nie-ma").status_code == 404
    door.emulator.sessions.close(session)
    shown = browser.get(f"/portal/sesje/wysylki/{session.reference}").text
    receipt = re.search(r"/portal/sesje/wysylki/[^/]+/upo/[^\"]+", shown)
    if receipt is not None:
        assert str(sent.ksef_number).encode() in browser.get(receipt[0]).content


def test_a_form_of_another_visit_is_refused(browser: Browser, another: Browser) -> None:
    browser.log_in(FIRM)
    refused = browser.http.post(
        "/portal/tokeny/nowy", data={"description": "Obcy program", "scope": "InvoiceRead"}
    )
    assert refused.status_code == 403
