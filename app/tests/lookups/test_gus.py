"""GUS through the emulator's stand-in: a firm's name and address by NIP, each refusal, the key, the two forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from ksef_emulator.control.contractors.people import SELLERS
from ksef_emulator.public_services.register import MADE_UP
from liczydlo.connection import vault
from liczydlo.contacts import contractors
from liczydlo.contacts.models import Contractor
from liczydlo.lookups import firms, services
from liczydlo.lookups.models import Answer, Choice, Pause, Service
from liczydlo.public_services import gus as client
from liczydlo.public_services.http import ServiceError
from playwright.sync_api import expect

from app.tests.connection.test_browser import page
from app.tests.lookups.test_white_list import answering
from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_browser import look
from app.tests.sales.world import new_nip

__all__ = ["page"]
pytestmark = pytest.mark.django_db
LEGAL, SOLE = SELLERS[0], SELLERS[1]
CLOSED, SEVERAL = MADE_UP
ADDRESS = "https://gus.example/service"


@pytest.fixture
def panel(use_emulator: Any) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=use_emulator.control_url, trust_env=False) as http:
        http.put("/gus/state", json={}).raise_for_status()
        yield http
        http.put("/gus/state", json={}).raise_for_status()


@pytest.fixture
def on(company: Any, panel: Any) -> Any:
    """The firm has switched the service on."""
    Choice.objects.create(company=company, service=Service.GUS, is_on=True, changed_at=timezone.now())
    return company


def typed(nip: str, **more: str) -> dict[str, str]:
    return {"buyer_kind": "nip", "buyer_nip": nip, "firm_data": "1", **more}


def values(answer: Any) -> tuple[str, str, str]:
    form = answer.context["form"]
    return tuple(form[name].value() for name in ("buyer_name", "buyer_line1", "buyer_line2"))  # type: ignore[return-value]


@pytest.mark.parametrize("person", [LEGAL, SOLE], ids=["legal", "sole"])
def test_a_firm_is_filled_in(on: Any, ala: Client, person: Any) -> None:
    new = reverse("contacts:add_contractor", args=[on.pk])
    assert "Pobierz dane z GUS" in text_of(ala.get(new))
    spelled = f"PL {person.nip[:3]}-{person.nip[3:]}"
    answer = ala.post(new, typed(spelled, note="pilny", vat_group="on", payment_days="21"))
    assert answer.status_code == 200 and not Contractor.objects.exists(), "nothing is saved"
    assert values(answer) == (person.name, person.street, person.town)
    form, shown = answer.context["form"], text_of(answer)
    assert (form["note"].value(), form["payment_days"].value()) == ("pilny", "21"), "what was typed stays"
    assert form["vat_group"].value() and form["buyer_nip"].value() == person.nip
    assert "Wpisano nazwę i adres z GUS" in shown and "To pole jest wymagane" not in shown
    row = Answer.objects.get()
    assert (row.service, row.question, row.content["name"]) == ("gus", person.nip, person.name)
    assert len(row.content["regon"]) == 9


def test_an_answer_of_the_day_is_not_asked_for_again(on: Any, settings: Any) -> None:
    assert firms.by_nip(on, LEGAL.nip).firm is not None
    settings.LICZYDLO_EMULATOR_URL = "http://127.0.0.1:9"
    assert firms.by_nip(on, LEGAL.nip).firm is not None and Answer.objects.count() == 1
    Answer.objects.update(day=dt.date(2026, 1, 2))
    assert firms.by_nip(on, LEGAL.nip).code == "network"


def test_several_entries_and_one_that_has_ended(on: Any, ala: Client) -> None:
    new = reverse("contacts:add_contractor", args=[on.pk])
    answer = ala.post(new, typed(SEVERAL))
    assert values(answer) == ("TEOBUD Teofil Burak", "ul. Murarska 21A/4", "88-900 Kłosowo")
    assert "jeszcze wpisów: 2" in text_of(answer)
    answer = ala.post(new, typed(CLOSED))
    assert values(answer)[1:] == ("ul. Cicha 13", "00-913 Warszawa")
    assert "działalność zakończono 30.06.2024" in text_of(answer)


def test_a_village_has_no_streets(on: Any) -> None:
    entries = client._entries(
        "<root><dane><Nip>1</Nip><Nazwa>A</Nazwa><Miejscowosc>Zboże</Miejscowosc><KodPocztowy>88995</KodPocztowy>"
        "<MiejscowoscPoczty>Kłosowo</MiejscowoscPoczty><NrNieruchomosci>14</NrNieruchomosci><Typ>F</Typ></dane></root>",
        "1",
    )
    assert (entries[0].line1, entries[0].line2) == ("Zboże 14", "88-995 Kłosowo")


def test_nobody_has_the_number(on: Any, ala: Client) -> None:
    new, nip = reverse("contacts:add_contractor", args=[on.pk]), new_nip()
    answer = ala.post(new, typed(nip, buyer_name="Moja nazwa"))
    assert "nie ma w rejestrze GUS" in text_of(answer) and values(answer)[0] == "Moja nazwa"
    assert "To nie jest poprawny NIP" in text_of(ala.post(new, typed("123")))
    assert "To nie jest poprawny NIP" in text_of(ala.post(new, {"firm_data": "1"}))
    assert Answer.objects.count() == 1 and not Pause.objects.exists()


@pytest.mark.parametrize(
    ("state", "code"),
    [({"message": 1}, "busy"), ({"message": 5}, "refused"), ({"status": 2}, "busy"), ({"idle": 0}, "busy")],
    ids=["captcha", "no right", "a break", "sessions end at once"],
)
def test_a_refusal_is_no_answer(on: Any, ala: Client, panel: Any, state: Any, code: str) -> None:
    panel.put("/gus/state", json=state).raise_for_status()
    new = reverse("contacts:add_contractor", args=[on.pk])
    answer = ala.post(new, typed(LEGAL.nip, buyer_name="Moja nazwa"))
    assert "Nie pobrano" in text_of(answer) and values(answer)[0] == "Moja nazwa"
    assert not Answer.objects.exists()
    assert Pause.objects.exists() == (code != "refused")
    panel.put("/gus/state", json={}).raise_for_status()
    if code != "refused":
        assert firms.by_nip(on, LEGAL.nip).code == "paused"
    Pause.objects.all().delete()
    assert firms.by_nip(on, LEGAL.nip).firm is not None


def test_faults_and_silence(on: Any, panel: Any, settings: Any) -> None:
    panel.put("/faults/server-error", json={"path": "/uslugi/gus/*", "times": 1}).raise_for_status()
    assert firms.by_nip(on, LEGAL.nip).code == "server-error"
    Pause.objects.all().delete()
    settings.LICZYDLO_EMULATOR_URL = "http://127.0.0.1:9"
    assert firms.by_nip(on, LEGAL.nip).code == "network"


def test_the_key_is_sealed_and_goes_with_the_switch(company: Any, panel: Any, ala: Client) -> None:
    address = reverse("lookups:page", args=[company.pk])
    bad = ala.post(address, {"service": "gus", "on": "1", "key": "to nie klucz"})
    assert bad.status_code == 400 and "To nie jest klucz użytkownika" in text_of(bad)
    wrong = "zly1zly2zly3zly4zly5"
    shown = text_of(ala.post(address, {"service": "gus", "on": "1", "key": wrong}, follow=True))
    assert "GUS jest włączony" in shown and wrong not in shown
    row = Choice.objects.get()
    assert wrong.encode() not in bytes(row.sealed_key) and services.key_of(company, Service.GUS) == wrong
    assert (Choice, "sealed_key") in set(vault.sealed_columns()), "a rotation of the master key finds it"
    new = reverse("contacts:add_contractor", args=[company.pk])
    assert "GUS nie przyjął klucza" in text_of(ala.post(new, typed(LEGAL.nip)))
    Choice.objects.update(sealed_key=b"LV1 damaged")
    assert firms.by_nip(company, LEGAL.nip).code == "no-key"
    ala.post(address, {"service": "gus", "on": "0"})
    assert bytes(Choice.objects.get().sealed_key) == b"" and firms.by_nip(company, LEGAL.nip).code == "off"
    ala.post(address, {"service": "gus", "on": "1", "key": client.TEST_KEY})
    assert firms.by_nip(company, LEGAL.nip).firm is not None


def test_outside_the_emulator_a_key_is_needed(company: Any, ala: Client) -> None:
    type(company).objects.filter(pk=company.pk).update(environment="PRODUKCJA")
    address = reverse("lookups:page", args=[company.pk])
    assert ala.post(address, {"service": "gus", "on": "1"}).status_code == 400
    assert not Choice.objects.filter(is_on=True).exists()
    company.environment = "PRODUKCJA"
    assert firms.gus_address(company).startswith("https://wyszukiwarkaregon.stat.gov.pl/")
    Choice.objects.create(company=company, service=Service.GUS, is_on=True, changed_at=timezone.now())
    assert firms.by_nip(company, LEGAL.nip).code == "no-key"


def test_without_gus_it_is_the_white_list(company: Any, panel: Any, ala: Client) -> None:
    new = reverse("contacts:add_contractor", args=[company.pk])
    assert "Pobierz dane" not in text_of(ala.get(new))
    assert "usługa jest wyłączona" in text_of(ala.post(new, typed(LEGAL.nip)))
    Choice.objects.create(company=company, service=Service.WHITE_LIST, is_on=True, changed_at=timezone.now())
    assert "Pobierz dane z Białej listy" in text_of(ala.get(new))
    answer = ala.post(new, typed(LEGAL.nip))
    assert values(answer) == (LEGAL.name, "ul. Testowa 3", "00-950 Warszawa")
    row = Answer.objects.get()
    assert (row.service, row.question) == ("white-list", LEGAL.nip) and row.request_id
    assert "nie ma na Białej liście" in text_of(ala.post(new, typed(new_nip())))


def test_the_form_of_a_contractor_who_is_there(on: Any, ala: Client) -> None:
    columns = {"kind": "nip", "country": "", "number": SOLE.nip, "name": "Kurier", "line1": "", "line2": ""}
    one = contractors.add(on, columns)
    edit = reverse("contacts:edit_contractor", args=[on.pk, one.pk])
    answer = ala.post(edit, typed(SOLE.nip, version="1"))
    assert values(answer)[0] == SOLE.name and answer.context["form"]["version"].value() == "1"
    one.refresh_from_db()
    assert one.name == "Kurier"
    kept = ala.get(reverse("contacts:export_contractor", args=[on.pk, one.pk])).json()
    assert kept["registers"][0]["content"]["name"] == SOLE.name
    ala.post(reverse("contacts:erase_contractor", args=[on.pk, one.pk]))
    assert not Answer.objects.exists(), "it proves nothing, so it goes with him (art. 17 RODO)"


def test_the_editor(on: Any, ala: Client) -> None:
    new = reverse("sales:new", args=[on.pk])
    assert "Pobierz dane z GUS" in text_of(ala.get(new))
    lines = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-name": "Praca"}
    answer = ala.post(new, typed(SOLE.nip, number="A/1", remarks="uwaga", **lines))
    assert answer.status_code == 200
    assert values(answer) == (SOLE.name, SOLE.street, SOLE.town)
    assert answer.context["form"]["remarks"].value() == "uwaga"
    assert answer.context["lines"].forms[0]["name"].value() == "Praca"
    answer = ala.post(new, typed(new_nip(), buyer_name="Moja nazwa", **lines))
    assert "nie ma w rejestrze GUS" in text_of(answer) and values(answer)[0] == "Moja nazwa"


def test_who_may(on: Any, stranger: Any, member: Any, browse: Any) -> None:
    outsider, viewer = browse(stranger), browse(member("viewer"))
    for name in ("contacts:add_contractor", "sales:new"):
        address = reverse(name, args=[on.pk])
        assert outsider.post(address, typed(LEGAL.nip)).status_code == 404
        assert viewer.post(address, typed(LEGAL.nip)).status_code == 403
    assert not Answer.objects.exists()
    switch = reverse("lookups:page", args=[on.pk])
    assert browse(member("issuer")).post(switch, {"service": "gus", "on": "0"}).status_code == 403


def envelope(operation: str, result: str, space: str = client.PUBLIC) -> str:
    return (
        f'<s:Envelope xmlns:s="{client.SOAP}"><s:Body><{operation}Response xmlns="{space}"><{operation}Result>'
        f"{result}</{operation}Result></{operation}Response></s:Body></s:Envelope>"
    )


LOGIN = envelope("Zaloguj", "abcdefghij0123456789")
FAULT = (
    f'<s:Envelope xmlns:s="{client.SOAP}"><s:Body><s:Fault><s:Reason><s:Text>Źle</s:Text></s:Reason>'
    "</s:Fault></s:Body></s:Envelope>"
)
ODD: dict[str, tuple[int, str, str, str]] = {
    "a page": (200, "text/html", "<html>", "unreadable-answer"),
    "a gateway": (502, "text/html", "<html>", "server-error"),
    "too many": (429, "text/html", "", "busy"),
    "a fault": (500, "application/soap+xml", FAULT, "server-error"),
    "a fault with 200": (200, "application/soap+xml", FAULT, "server-error"),
    "no part": (200, 'multipart/related; boundary="b"', "nothing", "unreadable-answer"),
    "another operation": (200, "application/soap+xml", envelope("Wyloguj", "true"), "unreadable-answer"),
    "a document type": (
        200,
        "application/soap+xml",
        "<!DOCTYPE a [<!ENTITY b 'c'>]>" + LOGIN,
        "unreadable-answer",
    ),
    "an odd session": (200, "application/soap+xml", envelope("Zaloguj", "a\r\nb: c"), "unreadable-answer"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_answer_is_none(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    status, media, body, code = ODD[name]
    answering(
        monkeypatch, lambda _: httpx2.Response(status, content=body.encode(), headers={"Content-Type": media})
    )
    with pytest.raises(ServiceError) as failed:
        client.search(ADDRESS, client.TEST_KEY, LEGAL.nip)
    assert failed.value.code == code


ROWS: dict[str, tuple[str, str]] = {
    "no XML": ("czeski film", "unreadable-answer"),
    "no rows": ("<root/>", "unreadable-answer"),
    "no name": (f"<root><dane><Nip>{LEGAL.nip}</Nip></dane></root>", "unreadable-answer"),
    "of another": ("<root><dane><Nip>1</Nip><Nazwa>A</Nazwa></dane></root>", "unreadable-answer"),
    "an error of its own": ("<root><dane><ErrorCode>2</ErrorCode></dane></root>", "refused"),
    "a new error": ("<root><dane><ErrorCode>99</ErrorCode></dane></root>", "unreadable-answer"),
}


@pytest.mark.parametrize("name", ROWS)
def test_an_odd_result_is_none(name: str) -> None:
    result, code = ROWS[name]
    with pytest.raises(ServiceError) as failed:
        client._entries(result, LEGAL.nip)
    assert failed.value.code == code


def test_a_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("late", request=request)

    answering(monkeypatch, late)
    with pytest.raises(ServiceError) as failed:
        client.search(ADDRESS, client.TEST_KEY, LEGAL.nip)
    assert failed.value.code == "timeout"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser(page: Any, on: Any) -> None:
    page.goto(reverse("sales:new", args=[on.pk]))
    page.get_by_label("NIP nabywcy").fill(SOLE.nip)
    page.get_by_role("button", name="Pobierz dane z GUS").click()
    page.get_by_text("Wpisano nazwę i adres z GUS").wait_for()
    expect(page.get_by_label("Nazwa albo imię i nazwisko")).to_have_value(SOLE.name)
    look(page, "gus")
    look(page, "gus", phone=True)
    page.goto(reverse("lookups:page", args=[on.pk]))
    look(page, "gus-switch")
    Choice.objects.update(is_on=False)
    page.reload()
    look(page, "gus-switch-off", phone=True)
