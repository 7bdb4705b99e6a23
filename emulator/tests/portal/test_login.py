"""Logging in to the portal without a browser: what is refused, and that nobody gets another's visit."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.identity.people import KNOWN
from ksef_emulator.pages.fields import nip_holds, pesel_holds
from ksef_emulator.portal.login import document

from ..login.conftest import Door, Signer, self_signed
from .conftest import Browser


def test_an_owner_by_the_link_of_pesel_and_nip(browser: Browser) -> None:
    answer = browser.log_in()
    assert "Lista certyfikatów" in answer.text
    assert "7771234567" in answer.text


def test_somebody_without_permissions_learns_what_is_missing(browser: Browser) -> None:
    answer = browser.log_in("5217994952", "-2")
    assert "Brak przypisanych uprawnień" in answer.text
    assert "ZAW-FA" in answer.text
    assert "Lista certyfikatów" not in browser.get("/portal/certyfikaty").text


@pytest.mark.parametrize("text", ["", "123", "7771234568", "77712345670", "abcdefghij", "٧٧٧١٢٣٤٥٦٧"])
def test_a_wrong_nip(browser: Browser, text: str) -> None:
    answer = browser.post("/portal/logowanie/gov", data={"kind": "Nip", "value": text})
    assert answer.status_code == 400
    assert "suma kontrolną" in answer.text.replace("sumą", "suma")
    assert f'value="{text}"' in answer.text


@pytest.mark.parametrize("text", ["777-123-45-67", " 7771234567 ", "PL7771234567", "777 123 45 67"])
def test_a_nip_as_people_write_it(browser: Browser, text: str) -> None:
    answer = browser.post("/portal/logowanie/gov", data={"kind": "Nip", "value": text})
    assert "Podpisz żądanie uwierzytelnienia" in answer.text


def test_an_internal_identifier(browser: Browser) -> None:
    refused = browser.post("/portal/logowanie/gov", data={"kind": "InternalId", "value": "7771234567"})
    assert refused.status_code == 400
    taken = browser.post("/portal/logowanie/gov", data={"kind": "InternalId", "value": "7771234567-12345"})
    assert "7771234567-12345" in taken.text


def test_a_person_who_is_added_can_log_in(browser: Browser, door: Door) -> None:
    nip = "1234563218"
    browser.post("/portal/logowanie/gov", data={"kind": "Nip", "value": nip})
    add = {"given_name": "Żaneta", "surname": "Óśka", "pesel": "02270812345", "nip": nip}
    wrong = browser.post("/portal/logowanie/gov/osoby", on="/portal/logowanie/gov/podpis", data=add)
    assert wrong.status_code == 400
    assert 'value="Żaneta"' in wrong.text
    door.emulator.people.add(given_name="Jan", surname="Inny", pesel="55030101193", nip=nip)
    add["pesel"] = "02270803624"
    assert pesel_holds(add["pesel"])
    page = browser.post("/portal/logowanie/gov/osoby", on="/portal/logowanie/gov/podpis", data=add).text
    assert door.emulator.people.appear(proposed(page)).surname == "Óśka"
    again = browser.post("/portal/logowanie/gov/osoby", on="/portal/logowanie/gov/podpis", data=add)
    assert again.status_code == 400
    person = next(item for item in door.emulator.people.all() if item.surname == "Óśka")
    assert "Lista certyfikatów" in browser.log_in(nip, str(person.id)).text


def test_the_owner_of_the_context_is_proposed(browser: Browser, door: Door) -> None:
    """Whoever logs in to a firm is most often the one whose firm it is; strangers' firms propose the first person."""
    added = door.emulator.people.add(given_name="Ewa", surname="Bąk", pesel="44051401458", nip="5217994952")
    for nip, expected in (("7771234567", -1), ("5217994952", added.id), ("5265877635", -1)):
        browser.post("/portal/logowanie/gov", data={"kind": "Nip", "value": nip})
        assert proposed(browser.get("/portal/logowanie/gov/podpis").text) == expected
    for odd in ("-1", "999", "x", "١"):
        expected = added.id if odd != "-1" else -1
        browser.post("/portal/logowanie/gov", data={"kind": "Nip", "value": "5217994952"})
        assert proposed(browser.get(f"/portal/logowanie/gov/podpis?osoba={odd}").text) == expected


def proposed(page: str) -> int:
    (person,) = re.findall(r'name="person"\s+value="(-?\d+)"\s+required\s+checked', page)
    return int(person)


def test_those_who_are_always_there_have_numbers_that_hold() -> None:
    assert all(pesel_holds(person.pesel) for person in KNOWN)
    assert all(nip_holds(person.nip) for person in KNOWN if person.nip)


def test_half_an_hour_without_a_move_ends_the_visit(browser: Browser, door: Door) -> None:
    browser.log_in()
    door.emulator.clock.move(by=timedelta(minutes=31))
    assert "Zaloguj się do Modułu" in browser.get("/portal/certyfikaty").text


def test_logging_in_changes_the_cookie_and_out_ends_the_login(browser: Browser, door: Door) -> None:
    browser.get("/portal")
    before = browser.http.cookies["ksef_portal"]
    browser.log_in()
    after = browser.http.cookies["ksef_portal"]
    assert before != after
    browser.post("/portal/wyloguj", on="/portal/certyfikaty")
    assert "Zaloguj się do Modułu" in browser.get("/portal/certyfikaty").text
    browser.http.cookies.set("ksef_portal", after, domain="127.0.0.1", path="/portal")
    assert "Zaloguj się do Modułu" in browser.get("/portal/certyfikaty").text


def test_a_cookie_is_the_portals_alone(browser: Browser) -> None:
    cookie = browser.get("/portal").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/portal" in cookie


class TestQualifiedCertificate:
    def asked(self, browser: Browser, nip: str, identifier: str = "some") -> bytes:
        browser.post("/portal/logowanie/certyfikat", data={"kind": "Nip", "value": nip})
        page = "/portal/logowanie/certyfikat/podpis"
        browser.post("/portal/logowanie/certyfikat/rodzaj", on=page, data={"identifier": identifier})
        return browser.get("/portal/logowanie/certyfikat/zadanie.xml").content

    def upload(self, browser: Browser, xml: bytes) -> str:
        page = "/portal/logowanie/certyfikat/podpis"
        return browser.post(page, files={"document": ("podpisany.xml", xml, "application/xml")}).text

    def test_a_signature_made_outside(self, browser: Browser) -> None:
        xml = self.asked(browser, "5217994952")
        signed = Signer()(xml, self_signed(serial_number="TINPL-5217994952"))
        assert "Lista certyfikatów" in self.upload(browser, signed)

    def test_of_another_context(self, browser: Browser, door: Door) -> None:
        self.asked(browser, "5217994952")
        identity = self_signed(serial_number="TINPL-7771234567")
        challenge, _ = door.emulator.auth.challenges.new()
        other = document(challenge=challenge, context=context("7771234567"))
        assert "innego kontekstu" in self.upload(browser, Signer()(other, identity))

    def test_altered_after_signing(self, browser: Browser) -> None:
        xml = self.asked(browser, "5217994952")
        signed = Signer()(xml, self_signed(serial_number="TINPL-5217994952"))
        assert "Kod 9105" in self.upload(browser, signed.replace(b"5217994952</", b"5217994960</", 1))

    def test_ten_minutes_later(self, browser: Browser, door: Door) -> None:
        xml = self.asked(browser, "5217994952")
        signed = Signer()(xml, self_signed(serial_number="TINPL-5217994952"))
        door.emulator.clock.move(by=timedelta(minutes=11))
        assert "straciło ważność" in self.upload(browser, signed)

    def test_without_an_identifier(self, browser: Browser) -> None:
        xml = self.asked(browser, "5217994952")
        assert "nie zawiera numeru NIP ani PESEL" in self.upload(browser, Signer()(xml, self_signed()))

    def test_by_fingerprint_somebody_without_permissions(self, browser: Browser) -> None:
        xml = self.asked(browser, "5217994952", "none")
        assert b"certificateFingerprint" in xml
        assert "Brak przypisanych uprawnień" in self.upload(browser, Signer()(xml, self_signed()))

    @pytest.mark.parametrize("rubbish", [b"", b"%PDF-1.7", b"<!DOCTYPE a><a/>", "<a>ż</a>".encode("utf-16")])
    def test_what_is_no_signed_request(self, browser: Browser, rubbish: bytes) -> None:
        self.asked(browser, "5217994952")
        assert "Coś się nie zgadza" in self.upload(browser, rubbish)

    def test_too_large_a_file(self, browser: Browser) -> None:
        self.asked(browser, "5217994952")
        assert "Plik jest za duży" in self.upload(browser, b"<" * 1_000_001)


def context(nip: str) -> Context:
    return Context(type=ContextType.NIP, value=nip)
