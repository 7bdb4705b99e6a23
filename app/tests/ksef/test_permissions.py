"""Permissions, tokens and logins, against the real emulator: every kind is given, found in its list and taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from liczydlo import ksef
from liczydlo.ksef.permissions import ALL_CLIENTS
from liczydlo.web.reasons import explain

from app.tests.builders import new_nip

OFFICE = "5252344078"
PESEL = "84890609752"
FINGERPRINT = "AB" * 32
JAN = ksef.Person(identifier=ksef.Identifier(kind="Pesel", value=PESEL), first_name="Jan", last_name="Gęśl")
FOREIGNER = ksef.Person(
    identifier=ksef.Identifier(kind="Fingerprint", value=FINGERPRINT),
    first_name="Zoë",
    last_name="Ålund",
    born=date(1980, 2, 29),
    document=ksef.IdDocument(kind="Paszport", number="X1234567", country="SE"),
)
Client = Callable[..., ksef.Client]


@pytest.fixture
def client_of(emulator: Any) -> Iterator[Client]:
    """A client of whoever owns a seal or a signature: ``client_of(NIP)``, ``client_of(NIP, pesel=PESEL)``."""
    made: list[ksef.Client] = []

    def make(nip: str, **person: str) -> ksef.Client:
        expected = {"kind": "seal", "nip": nip, "name": "Firma"}
        if person:
            expected = {"kind": "person", "givenName": "Jan", "surname": "Gęśl", **person}
        issued = emulator.certificate(**expected)
        made.append(
            ksef.Client(
                ksef.emulator(emulator.url),
                credential=ksef.load(issued.privateKey.encode(), issued.certificate.encode()),
                context=ksef.Context(value=nip),
                trust_env=False,
            )
        )
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def firm(numbers: Callable[[], str], client_of: Client) -> ksef.Client:
    """The owner of a firm that nobody has given anything in yet."""
    return client_of(numbers())


@pytest.fixture
def numbers() -> Callable[[], str]:
    """NIPs that no other test uses."""
    return new_nip


def nip_of(client: ksef.Client) -> str:
    assert client._context is not None
    return client._context.value


def test_a_person_gets_permissions_and_loses_one(firm: ksef.Client, client_of: Client) -> None:
    reference = firm.grant(ksef.GrantRequest.person(JAN, ["InvoiceWrite", "InvoiceRead"], "Księgowość firmy"))
    assert firm.wait_for_permission(reference).code == 200
    given = firm.permissions_given()
    assert {one.permission for one in given} == {"InvoiceWrite", "InvoiceRead"}
    assert {(one.to, one.name, one.description) for one in given} == {
        (JAN.identifier, "Jan Gęśl", "Księgowość firmy")
    }
    assert given == firm.permissions_given(only_mine=True)

    person = client_of(nip_of(firm), pesel=PESEL)
    person.login()
    mine = person.personal_permissions()
    assert {one.permission for one in mine.grants} == {"InvoiceWrite", "InvoiceRead"} and not mine.owner
    assert "CredentialsManage" in firm.personal_permissions().owner

    writing = next(one for one in given if one.permission == "InvoiceWrite")
    firm.wait_for_permission(firm.revoke_permission(writing.id))
    assert [one.permission for one in firm.permissions_given()] == ["InvoiceRead"]


def test_who_may_not_give_is_told_what_is_missing(firm: ksef.Client, client_of: Client) -> None:
    firm.wait_for_permission(firm.grant(ksef.GrantRequest.person(JAN, ["InvoiceRead"], "Tylko podgląd")))
    person = client_of(nip_of(firm), pesel=PESEL)
    with pytest.raises(ksef.Refused) as refusal:
        person.grant(ksef.GrantRequest.person(JAN, ["InvoiceWrite"], "Sobie samemu"))
    assert refusal.value.missing_permissions == ("CredentialsManage",)
    assert "zarządzanie uprawnieniami" in explain(refusal.value)


def test_an_office_hands_on_what_it_may(
    firm: ksef.Client, client_of: Client, numbers: Callable[[], str]
) -> None:
    office = client_of(numbers())
    client = firm
    given = {"InvoiceRead": True, "InvoiceWrite": False}
    reference = client.grant(
        ksef.GrantRequest.entity(nip_of(office), "Biuro Liczyk", given, "Obsługa księgowa")
    )  # type: ignore[arg-type]
    client.wait_for_permission(reference)
    received = office.permissions_received()
    assert {(one.permission, one.can_delegate) for one in received} == {
        ("InvoiceRead", True),
        ("InvoiceWrite", False),
    }
    assert {one.context for one in received} == {ksef.Identifier(kind="Nip", value=nip_of(client))}

    target = ksef.Identifier(kind="Nip", value=nip_of(client))
    office.wait_for_permission(
        office.grant(ksef.GrantRequest.indirect(JAN, ["InvoiceRead"], "Klient jeden", target))
    )
    office.wait_for_permission(
        office.grant(ksef.GrantRequest.indirect(JAN, ["InvoiceRead"], "Wszyscy klienci"))
    )
    targets = {one.target for one in office.permissions_given(only_mine=True)}
    assert targets == {target, ALL_CLIENTS}
    worker = client_of(nip_of(client), pesel=PESEL)
    assert worker.own_permissions().names == {"InvoiceRead"}

    stranger = ksef.Identifier(kind="Nip", value=numbers())
    office.wait_for_permission(
        office.grant(ksef.GrantRequest.indirect(JAN, ["InvoiceRead"], "Obca firma", stranger))
    )
    assert stranger in {one.target for one in office.permissions_given(only_mine=True)}
    with pytest.raises(ksef.LoginRefused) as refusal:  # until the stranger lets the office hand it on
        client_of(stranger.value, pesel=PESEL).own_permissions()
    assert refusal.value.code == "415"


def test_an_entity_is_authorized(firm: ksef.Client, client_of: Client, numbers: Callable[[], str]) -> None:
    buyer = client_of(numbers())
    subject = ksef.Identifier(kind="Nip", value=nip_of(buyer))
    firm.wait_for_permission(
        firm.grant(ksef.GrantRequest.authorization(subject, "Nabywca sp. z o.o.", "SelfInvoicing", "Umowa 7"))
    )
    (given,) = firm.authorizations("Granted")
    (received,) = buyer.authorizations("Received", ["SelfInvoicing"])
    assert given.id == received.id and given.to == subject and given.name == "Nabywca sp. z o.o."
    assert received.context == ksef.Identifier(kind="Nip", value=nip_of(firm))
    with pytest.raises(ksef.Refused):
        firm.wait_for_permission(firm.revoke_permission(given.id))
    firm.wait_for_permission(firm.revoke_authorization(given.id))
    assert not firm.authorizations("Granted")

    itself = ksef.Identifier(kind="Nip", value=nip_of(firm))
    with pytest.raises(ksef.Refused) as refusal:
        firm.wait_for_permission(
            firm.grant(ksef.GrantRequest.authorization(itself, "My sami", "RRInvoicing", "Sobie"))
        )
    assert refusal.value.code == "440"


def test_a_unit_and_a_foreign_entity_get_administrators(firm: ksef.Client) -> None:
    nip = nip_of(firm)
    unit = ksef.Identifier(kind="InternalId", value=unit_of(nip, "0001"))
    firm.wait_for_permission(
        firm.grant(ksef.GrantRequest.subunit_administrator(JAN, unit, "Oddział w Gdyni", "Oddział Gdynia"))
    )
    (there,) = firm.subunit_administrators()
    assert (there.context, there.unit_name, there.permission) == (unit, "Oddział Gdynia", "CredentialsManage")

    foreign = ksef.Identifier(kind="NipVatUe", value=f"{nip}-DE123456789")
    firm.wait_for_permission(
        firm.grant(
            ksef.GrantRequest.eu_administrator(
                FOREIGNER, foreign, "Muster GmbH", "Berlin", "Samofakturowanie"
            )
        )
    )
    seal = ksef.Entity(
        identifier=ksef.Identifier(kind="Fingerprint", value="CD" * 32), name="Muster GmbH", address="Berlin"
    )
    firm.wait_for_permission(
        firm.grant(
            ksef.GrantRequest.eu_administrator(seal, foreign, "Muster GmbH", "Berlin", "Samofakturowanie")
        )
    )
    given = firm.eu_permissions()
    assert {(one.to.value if one.to else "", one.name) for one in given} == {
        (FINGERPRINT, "Zoë Ålund"),
        ("CD" * 32, "Muster GmbH"),
    }
    assert "VatUeManage" in {one.permission for one in given}
    assert {one.context for one in given} == {ksef.Identifier(kind="NipVatUe", value="DE123456789")}
    assert firm.entity_roles() == () and firm.subordinate_roles() == ()


def unit_of(nip: str, four: str) -> str:
    """An internal identifier with its checksum."""
    digits = nip + four
    total = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits))
    return f"{nip}-{four}{total % 10}"


def test_a_person_by_fingerprint_needs_something_more() -> None:
    with pytest.raises(ValueError, match="fingerprint"):
        ksef.Person(identifier=FOREIGNER.identifier, first_name="Zoë", last_name="Ålund")
    with pytest.raises(ValueError, match="fingerprint"):
        ksef.Person(identifier=JAN.identifier, first_name="Jan", last_name="Gęśl", known_as=JAN.identifier)


def test_a_token_is_made_listed_and_revoked(firm: ksef.Client) -> None:
    made = firm.make_token(["InvoiceRead"], "Program do faktur")
    assert made.text not in repr(made) and made.text.startswith(made.reference)
    assert firm.wait_for_token(made.reference).status == "Active"
    (listed,) = firm.list_tokens()
    assert (listed.reference, listed.description, listed.permissions) == (
        made.reference,
        "Program do faktur",
        ("InvoiceRead",),
    )
    with ksef.Client(
        firm.environment, credential=ksef.KsefToken.parse(made.text), trust_env=False
    ) as by_token:
        by_token.login()
        with pytest.raises(ksef.Refused) as refusal:
            by_token.make_token(["InvoiceRead"], "Token z tokena")
        assert "certyfikatem, a nie tokenem" in explain(refusal.value)
    firm.revoke_token(made.reference)
    assert firm.wait_for_token(made.reference).status == "Revoked"


def test_a_token_cannot_do_more_than_its_maker(firm: ksef.Client, client_of: Client) -> None:
    firm.wait_for_permission(firm.grant(ksef.GrantRequest.person(JAN, ["InvoiceRead"], "Tylko podgląd")))
    with pytest.raises(ksef.Refused) as refusal:
        client_of(nip_of(firm), pesel=PESEL).make_token(["InvoiceWrite"], "Za dużo")
    assert refusal.value.code == "26001"


def test_another_login_is_ended(firm: ksef.Client, client_of: Client) -> None:
    other = client_of(nip_of(firm))
    firm.login()
    other.login()
    theirs = next(one for one in other.active_sessions() if one.is_current)
    assert {one.reference for one in firm.active_sessions()} >= {theirs.reference}
    firm.end_login(theirs.reference)
    assert theirs.reference not in {one.reference for one in firm.active_sessions()}
    with pytest.raises(ksef.LoginRefused):
        other.refresh()
