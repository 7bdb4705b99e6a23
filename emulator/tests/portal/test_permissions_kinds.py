"""Every kind of permission in the portal: what it gives, and what KSeF refuses in place."""

from __future__ import annotations

from typing import Any

import pytest
from ksef_emulator.api.permissions_rules import unit_checksum
from ksef_emulator.model.access.grants import Grant, Kind
from ksef_emulator.model.time.progress import Progress
from ksef_emulator.pages.fields import nip_holds

from ..login.conftest import Door, Signer, new_nip, self_signed
from .conftest import Browser

GIVE = "/portal/uprawnienia/nadaj"
FIRM = "7771234567"
PRINT = "0123456789ABCDEF" * 4
UNIT = f"{FIRM}-1234{unit_checksum(f'{FIRM}-1234')}"
PERSON = {
    "who": "identified",
    "identifier": "Pesel",
    "value": "90011500129",
    "first": "Maria",
    "last": "Wiśniewska",
}
WITH_ID = {
    "who": "fingerprint",
    "fingerprint": PRINT.lower(),
    "known": "yes",
    "own": "77060100197",
    "first": "Jan",
    "last": "Kowalski",
}
WITHOUT_ID = {
    "who": "fingerprint",
    "fingerprint": ":".join(PRINT[place : place + 2] for place in range(0, 64, 2)),
    "known": "no",
    "first": "Olena",
    "last": "Kovalenko",
    "birth": "1990-02-03",
    "document": "paszport",
    "number": "FE 123456",
    "country": "ua",
}
SEAL = {
    "who": "entity",
    "fingerprint": PRINT,
    "full_name": "Muster GmbH",
    "address": "Unter den Linden 1, Berlin",
}
FORMS: dict[str, dict[str, Any]] = {
    "person": PERSON | {"scope": "CredentialsManage"},
    "entity": {
        "value": "521-799-49-52",
        "full_name": "Biuro rachunkowe",
        "scope": ["InvoiceRead", "InvoiceWrite"],
        "delegate": "InvoiceRead",
    },
    "authorization": {
        "permission": "PefInvoicing",
        "identifier": "PeppolId",
        "value": "PPL990001",
        "full_name": "Dostawca",
    },
    "indirect": PERSON | {"target": "AllPartners", "scope": "InvoiceRead"},
    "subunit": PERSON | {"unit_kind": "InternalId", "unit": UNIT, "unit_name": "Oddział w Łodzi"},
    "eu-administration": SEAL
    | {"unit": "de 123456789", "eu_name": "Muster GmbH", "eu_address": "Berlin", "description": "Na próbę"},
}


@pytest.fixture
def owner(browser: Browser, door: Door) -> Browser:
    """The owner of a firm that has given nothing yet."""
    door.emulator.permissions.grants.remove(giver_value=FIRM)
    door.emulator.permissions.grants.remove(context_value=FIRM)
    browser.log_in(FIRM, "-1")
    return browser


def given(door: Door) -> list[Grant]:
    return door.emulator.permissions.grants.find(giver_value=FIRM)


def free_nip() -> str:
    return next(nip for nip in iter(new_nip, "") if nip_holds(nip))


@pytest.mark.parametrize("kind", FORMS)
def test_given_listed_and_taken_away(owner: Browser, door: Door, kind: str) -> None:
    answer = owner.post(GIVE, on=f"{GIVE}?kind={kind}", data={"kind": kind} | FORMS[kind])
    assert "Zakończono pomyślnie" in answer.text, answer.text
    grants = given(door)
    assert {grant.kind for grant in grants} == {kind}
    listed = owner.get(f"/portal/uprawnienia?kind={kind}").text
    for grant in grants:
        page = f"/portal/uprawnienia/{grant.uid}/odbierz"
        assert page in listed
        assert "Uprawnienie odebrane" in owner.post(page).text
    assert given(door) == []


def test_what_the_forms_give(owner: Browser, door: Door) -> None:
    for kind, form in FORMS.items():
        owner.post(GIVE, on=f"{GIVE}?kind={kind}", data={"kind": kind} | form)
    result = {kind: [item for item in given(door) if item.kind is kind] for kind in Kind}
    assert {item.permission: item.can_delegate for item in result[Kind.ENTITY]} == {
        "InvoiceRead": True,
        "InvoiceWrite": False,
    }
    assert result[Kind.ENTITY][0].subject.value == "5217994952"
    (unit,) = result[Kind.SUBUNIT]
    assert (unit.context.value, unit.permission) == (UNIT, "CredentialsManage")
    assert unit.details["subunitName"] == "Oddział w Łodzi"
    foreign = result[Kind.EU_ADMINISTRATION]
    assert {item.permission for item in foreign} == {
        "VatUeManage",
        "InvoiceWrite",
        "InvoiceRead",
        "Introspection",
    }
    assert {item.context.value for item in foreign} == {f"{FIRM}-DE123456789"}
    assert {item.description for item in foreign} == {"Na próbę"}
    assert foreign[0].details["subjectEntityDetails"]["address"] == SEAL["address"]


@pytest.mark.parametrize("form", [WITH_ID, WITHOUT_ID])
def test_a_person_known_by_a_certificate(owner: Browser, door: Door, form: dict[str, str]) -> None:
    answer = owner.post(GIVE, data={"kind": "person", "scope": "InvoiceRead"} | form)
    assert "Zakończono pomyślnie" in answer.text
    (grant,) = given(door)
    assert (grant.subject.type, grant.subject.value) == ("Fingerprint", PRINT)
    details = grant.details["subjectPersonDetails"]
    if form is WITH_ID:
        assert details["subjectDetailsType"] == "PersonByFingerprintWithIdentifier"
        assert details["personIdentifier"] == {"type": "Pesel", "value": "77060100197"}
    else:
        assert details["subjectDetailsType"] == "PersonByFingerprintWithoutIdentifier"
        assert details["birthDate"] == "1990-02-03"
        assert details["idDocument"] == {"type": "paszport", "number": "FE 123456", "country": "UA"}


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("person", WITH_ID | {"own": "123"}, "PESEL składa się z 11 cyfr"),
        ("person", WITHOUT_ID | {"birth": "30.02.1990"}, "Podaj datę urodzenia"),
        ("person", WITHOUT_ID | {"document": ""}, "Podaj rodzaj dokumentu"),
        ("person", WITHOUT_ID | {"number": "A" * 21}, "Podaj serię i numer"),
        ("person", WITHOUT_ID | {"country": "Polska"}, "dwie wielkie litery"),
        ("person", {"scope": "EnforcementOperations"}, "Kod 430"),
        ("entity", {"value": FIRM}, "Kod 440"),
        ("entity", {"value": "7771234568"}, "NIP składa się z 10 cyfr"),
        ("entity", {"full_name": "ABC"}, "od 5 do 90 znaków"),
        ("entity", {"scope": "", "delegate": ""}, "co najmniej jedno"),
        ("entity", {"delegate": "CollectiveIdentifierManage"}, "Zaznacz też samo uprawnienie"),
        ("entity", {"description": "ABC"}, "Opis ma od 5 do 256 znaków"),
        ("authorization", {"identifier": "Nip", "value": "5217994952"}, "Kod 450"),
        ("authorization", {"value": "PL1"}, "Identyfikator Peppol to"),
        ("indirect", {"target": "Nip", "target_value": FIRM}, "Kod 440"),
        ("indirect", {"target": "InternalId", "target_value": "1"}, "Identyfikator wewnętrzny to NIP"),
        ("subunit", {"unit": f"{UNIT[:-1]}{(int(UNIT[-1]) + 1) % 10}"}, f"tu powinna być {UNIT[-1]}"),
        ("subunit", {"unit": "5217994952-1234" + unit_checksum("5217994952-1234")}, "Kod 410"),
        ("subunit", {"unit_kind": "Nip", "unit": "5217994952"}, "Kod 430"),
        ("subunit", {"unit_name": "Łódź"}, "Kod 21405"),
        ("eu-administration", {"unit": "DE12"}, "Numer VAT UE to"),
        ("eu-administration", {"address": ""}, "Podaj adres"),
        ("eu-administration", WITHOUT_ID | {"who": "person", "country": "1"}, "dwie wielkie litery"),
    ],
)
def test_refused_in_place(owner: Browser, door: Door, kind: str, changes: dict[str, str], said: str) -> None:
    form = {"kind": kind} | FORMS[kind] | changes
    answer = owner.post(GIVE, on=f"{GIVE}?kind={kind}", data=form)
    assert answer.status_code == 400
    assert said in answer.text
    for name in ("full_name", "first", "unit", "target_value"):
        if form.get(name):
            assert f'value="{form[name]}"' in answer.text
    assert given(door) == []


def test_the_kind_is_chosen_first_and_nothing_is_given_with_another(owner: Browser, door: Door) -> None:
    first = owner.get(GIVE).text
    assert first.count("<option") == 6
    assert "Operacje egzekucyjne" not in first
    other = owner.post(GIVE, data={"kind": "person", "wanted": "subunit"} | PERSON | {"scope": "InvoiceRead"})
    assert "Wartość identyfikatora jednostki" in other.text
    assert 'value="Maria"' in other.text
    assert given(door) == []


def test_enforcement_is_offered_where_somebody_enforces(browser: Browser, door: Door) -> None:
    nip = free_nip()
    made = {"subjectNip": nip, "subjectType": "EnforcementAuthority", "description": "Urząd skarbowy"}
    assert door.call("POST", "/testdata/subject", json=made).status_code == 200
    assert "wykonywania operacji egzekucyjnych" not in _owner_of(browser, door, nip, bare=True)
    assert "wykonywania operacji egzekucyjnych" in _owner_of(browser, door, nip)


def _owner_of(browser: Browser, door: Door, nip: str, *, bare: bool = False) -> str:
    """The person's form in a firm, or in the first owner's own one."""
    if bare:
        browser.log_in(FIRM, "-1")
    else:
        body = {
            "contextIdentifier": {"type": "Nip", "value": nip},
            "authorizedIdentifier": {"type": "Pesel", "value": "77060100197"},
            "permissions": [{"description": "ZAW-FA", "permissionType": "CredentialsManage"}],
        }
        assert door.call("POST", "/testdata/permissions", json=body).status_code == 200
        browser.log_in(nip, "-2")
    return browser.get(GIVE).text


def test_one_who_may_not_is_told_what_is_missing(browser: Browser, door: Door) -> None:
    nip = free_nip()
    body = {
        "contextIdentifier": {"type": "Nip", "value": nip},
        "authorizedIdentifier": {"type": "Pesel", "value": "77060100197"},
        "permissions": [{"description": "Księgowy", "permissionType": "CredentialsRead"}],
    }
    assert door.call("POST", "/testdata/permissions", json=body).status_code == 200
    browser.log_in(nip, "-2")
    assert "CredentialsManage" in browser.get(GIVE).text
    assert "SubunitManage" in browser.get(f"{GIVE}?kind=subunit").text
    for kind, form in FORMS.items():
        assert browser.post(GIVE, data={"kind": kind} | form).status_code == 403
    (grant,) = door.emulator.permissions.grants.find(context_value=nip)
    assert "Odbierz" not in browser.get("/portal/uprawnienia").text
    take = f"/portal/uprawnienia/{grant.uid}/odbierz"
    assert browser.get(take).status_code == 404
    assert browser.post(take, on="/portal/uprawnienia").status_code == 404


def test_an_operation_that_fails_later_keeps_the_form(owner: Browser, door: Door) -> None:
    door.emulator.granting.progress, usual = Progress(polls=3), door.emulator.granting.progress
    try:
        form = {"kind": "entity"} | FORMS["entity"] | {"value": FIRM}
        answer = owner.post(GIVE, on=f"{GIVE}?kind=entity", data=form)
        assert "W realizacji" in answer.text
        assert answer.headers["Refresh"] == "1"
        for _ in range(3):
            answer = owner.get("/portal/uprawnienia/nadane")
        assert "Kod 440" in answer.text
        assert "samemu sobie" in answer.text
        assert 'value="Biuro rachunkowe"' in answer.text
    finally:
        door.emulator.granting.progress = usual


def test_handed_on_received_and_mine(owner: Browser, another: Browser, door: Door) -> None:
    client = free_nip()
    door.emulator.permissions.grants.remove(subject_value=FIRM)
    zaw_fa = {"nip": client, "pesel": "77060100197", "first": "Jan", "last": "Kowalski"}
    another.post("/portal/urzad-skarbowy", data=zaw_fa)
    another.log_in(client, "-2")
    office = {"kind": "entity", "value": FIRM, "full_name": "Biuro", "scope": "InvoiceRead"}
    office |= {"delegate": "InvoiceRead"}
    assert "Z prawem przekazania dalej" in another.post(GIVE, on=f"{GIVE}?kind=entity", data=office).text
    received = owner.get("/portal/uprawnienia/otrzymane").text
    assert f"NIP: {client}" in received
    form = owner.get(f"{GIVE}?kind=indirect&klient={client}").text
    assert f'value="{client}"' in form
    indirect = {"kind": "indirect", "target": "Nip", "target_value": client, "scope": "InvoiceRead"}
    assert "Zakończono pomyślnie" in owner.post(GIVE, data=indirect | PERSON).text
    assert f"Klient: NIP: {client}" in owner.get("/portal/uprawnienia?kind=indirect").text
    mine = owner.get("/portal/uprawnienia/moje").text
    assert "Jako właściciel" in mine
    assert f"NIP: {client}" in mine
    (grant,) = door.emulator.permissions.grants.find(kind="entity", context_value=client)
    another.post(f"/portal/uprawnienia/{grant.uid}/odbierz")
    assert "Nieaktywne</span>" in owner.get("/portal/uprawnienia?kind=indirect&state=Inactive").text
    assert "Żadne uprawnienie nie pasuje" in owner.get("/portal/uprawnienia?kind=indirect&state=Active").text


def test_new_permissions_wait_for_the_next_login(browser: Browser, door: Door) -> None:
    nip = free_nip()
    zaw_fa = {"nip": nip, "pesel": "77060100197", "first": "Jan", "last": "Kowalski"}
    browser.post("/portal/urzad-skarbowy", data=zaw_fa)
    browser.log_in(nip, "-2")
    assert "Zaloguj się ponownie" not in browser.get("/portal/uprawnienia/moje").text
    me = PERSON | {"value": "77060100197", "scope": "InvoiceWrite"}
    browser.post(GIVE, data={"kind": "person"} | me)
    mine = browser.get("/portal/uprawnienia/moje").text
    assert "Zaloguj się ponownie" in mine
    browser.log_in(nip, "-2")
    assert "Zaloguj się ponownie" not in browser.get("/portal/uprawnienia/moje").text


def test_the_filter_and_the_pages(owner: Browser, door: Door) -> None:
    for number in range(12):
        value = f"850412{number:02}000"
        pesel = next(f"{value[:10]}{last}" for last in range(10) if _pesel(f"{value[:10]}{last}"))
        owner.post(GIVE, data={"kind": "person", "scope": "InvoiceRead"} | PERSON | {"value": pesel})
    text = owner.get("/portal/uprawnienia").text
    assert "1 / 2" in text
    assert text.count("/odbierz") == 10
    assert owner.get("/portal/uprawnienia?page=2").text.count("/odbierz") == 2
    assert owner.get("/portal/uprawnienia?size=20").text.count("/odbierz") == 12
    assert owner.get("/portal/uprawnienia?who=8504120300").text.count("/odbierz") == 1
    assert owner.get("/portal/uprawnienia?permission=InvoiceWrite").text.count("/odbierz") == 0
    assert owner.get("/portal/uprawnienia?kind=authorization").text.count("/odbierz") == 0


def _pesel(text: str) -> bool:
    return -sum(int(text[n]) * (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)[n] for n in range(10)) % 10 == int(text[10])


def test_an_eu_entitys_administrator_gives_to_a_representative(
    owner: Browser, another: Browser, door: Door
) -> None:
    administrator = self_signed(kind="EC")
    form = FORMS["eu-administration"] | {"fingerprint": administrator.fingerprint}
    owner.post(GIVE, on=f"{GIVE}?kind=eu-administration", data={"kind": "eu-administration"} | form)
    road = "/portal/logowanie/certyfikat"
    another.post(road, data={"kind": "NipVatUe", "value": f"{FIRM}-DE123456789"})
    another.post(f"{road}/rodzaj", on=f"{road}/podpis", data={"identifier": "none"})
    signed = Signer()(another.get(f"{road}/zadanie.xml").content, administrator)
    answer = another.post(f"{road}/podpis", files={"document": ("z.xml", signed)})
    assert "Lista certyfikatów" in answer.text, answer.text
    page = another.get(GIVE).text
    assert page.count("<option") == 1
    refused = another.post(GIVE, data={"kind": "eu", "scope": ""} | SEAL)
    assert "co najmniej jedno" in refused.text
    answer = another.post(GIVE, data={"kind": "eu", "scope": "InvoiceRead"} | WITHOUT_ID | {"who": "person"})
    assert "Zakończono pomyślnie" in answer.text, answer.text
    (grant,) = door.emulator.permissions.grants.find(kind=Kind.EU, context_value=f"{FIRM}-DE123456789")
    assert grant.details["euEntityName"] == "Muster GmbH"
    assert "Olena Kovalenko" in another.get("/portal/uprawnienia").text
    assert another.post(GIVE, data={"kind": "person"} | FORMS["person"]).status_code == 400
    assert "Uprawnienie odebrane" in another.post(f"/portal/uprawnienia/{grant.uid}/odbierz").text
