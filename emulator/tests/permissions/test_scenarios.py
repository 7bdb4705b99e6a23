"""Who gets what and may do what with it: the ways of giving permissions, end to end (ksef-docs uprawnienia.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from ksef_emulator.api.permissions_rules import unit_holds
from ksef_emulator.model.time.progress import Progress

from ..login.conftest import Door, Identity, code, door, new_nip, running, self_signed

__all__ = ["door", "running"]
PESEL = "85041212344"
PERSON = {
    "subjectDetailsType": "PersonByIdentifier",
    "personById": {"firstName": "Anna", "lastName": "Żółć"},
}
ENTITY = {"fullName": "Biuro rachunkowe"}
FOREIGNER = {
    "subjectDetailsType": "EntityByFingerprint",
    "entityByFp": {"fullName": "Muster GmbH", "address": "Berlin"},
}


@dataclass(kw_only=True)
class Who:
    """Somebody who is logged in somewhere."""

    door: Door
    access: str
    nip: str = ""

    def call(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        return self.door.call(method, f"/permissions{path}", self.access, json=body)

    def give(self, path: str, body: dict[str, Any]) -> int:
        """The operation's status code."""
        answer = self.call("POST", f"/{path}/grants", {"description": "Na czas próby"} | body)
        assert answer.status_code == 202, answer.text
        return self.status(answer)

    def status(self, answer: httpx2.Response) -> int:
        found = self.call("GET", f"/operations/{answer.json()['referenceNumber']}")
        return int(found.json()["status"]["code"])

    def find(self, path: str, body: dict[str, Any] | None = None, word: str = "permissions") -> list[Any]:
        answer = self.call("POST", f"/query/{path}", body or {})
        assert answer.status_code == 200, answer.text
        return list(answer.json()[word])

    def take(self, uid: str, kind: str = "common") -> int:
        return self.status(self.call("DELETE", f"/{kind}/grants/{uid}"))

    def person(self, *permissions: str, pesel: str = PESEL) -> int:
        return self.give(
            "persons",
            {
                "subjectIdentifier": {"type": "Pesel", "value": pesel},
                "permissions": permissions,
                "subjectDetails": PERSON,
            },
        )

    def entity(self, nip: str, *permissions: str, delegate: bool = False) -> int:
        return self.give(
            "entities",
            {
                "subjectIdentifier": {"type": "Nip", "value": nip},
                "permissions": [{"type": each, "canDelegate": delegate} for each in permissions],
                "subjectDetails": ENTITY,
            },
        )

    def hand_on(self, *permissions: str, target: dict[str, str] | None) -> int:
        body = {
            "subjectIdentifier": {"type": "Pesel", "value": PESEL},
            "permissions": permissions,
            "subjectDetails": PERSON,
        }
        return self.give("indirect", body | ({"targetIdentifier": target} if target else {}))


def log_in(door: Door, identity: Identity, context: tuple[str, str], **options: Any) -> Who | int:
    """Whoever it is, or the code of why not."""
    submitted = door.submit(identity, context, **options)
    status = door.status(submitted)["code"]
    if status != 200:
        return int(status)
    return Who(door=door, access=door.redeem(submitted).json()["accessToken"]["token"], nip=context[1])


def owner(door: Door, nip: str = "") -> Who:
    nip = nip or new_nip()
    found = log_in(door, self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))
    assert isinstance(found, Who)
    return found


def anna(door: Door, nip: str) -> Who | int:
    return log_in(door, self_signed(serial_number=f"PNOPL-{PESEL}"), ("Nip", nip))


def may_open(who: Who) -> bool:
    return who.door.call("POST", "/sessions/online", who.access, json={}).status_code != 403


def may_read(who: Who) -> bool:
    return who.door.call("POST", "/invoices/query/metadata", who.access, json={}).status_code != 403


class TestPersons:
    def test_given_held_seen_and_taken_away(self, door: Door) -> None:
        firm = owner(door)
        assert anna(door, firm.nip) == 415
        assert firm.person("InvoiceRead", "CredentialsRead") == 200
        she = anna(door, firm.nip)
        assert isinstance(she, Who)
        assert may_read(she)
        assert not may_open(she)
        refused = she.call("POST", "/persons/grants", {})
        assert refused.json()["security"] == {
            "requiredAnyOfPermissions": ["CredentialsManage"],
            "presentPermissions": ["CredentialsRead", "InvoiceRead"],
        }
        found = firm.find("persons/grants", {"queryType": "PermissionsGrantedInCurrentContext"})
        assert {each["permissionScope"] for each in found} == {"InvoiceRead", "CredentialsRead"}
        (one,) = [each for each in found if each["permissionScope"] == "InvoiceRead"]
        assert one["authorizedIdentifier"] == {"type": "Pesel", "value": PESEL}
        assert one["authorIdentifier"] == {"type": "Nip", "value": firm.nip}
        assert one["subjectPersonDetails"]["lastName"] == "Żółć"
        assert (one["permissionState"], one["canDelegate"]) == ("Active", False)
        own = she.find("personal/grants")
        assert {each["permissionScope"] for each in own} == {"InvoiceRead", "CredentialsRead"}
        for each in found:
            assert firm.take(each["id"]) == 200
        assert anna(door, firm.nip) == 415
        assert firm.take(one["id"]) == 400

    def test_the_owner_is_told_what_owners_have(self, door: Door) -> None:
        firm = owner(door)
        answer = firm.call("POST", "/query/personal/grants", {}).json()
        assert answer["permissions"] == []
        assert "CredentialsManage" in answer["ownerPermissions"]
        assert "EnforcementOperations" not in answer["ownerPermissions"]

    def test_one_named_by_zaw_fa_may_manage_and_give_herself_the_rest(self, door: Door) -> None:
        nip = new_nip()
        body = {
            "contextIdentifier": {"type": "Nip", "value": nip},
            "authorizedIdentifier": {"type": "Pesel", "value": PESEL},
            "permissions": [{"description": "ZAW-FA", "permissionType": "CredentialsManage"}],
        }
        assert door.call("POST", "/testdata/permissions", json=body).status_code == 200
        she = anna(door, nip)
        assert isinstance(she, Who)
        assert not may_open(she)
        assert she.person("InvoiceWrite") == 200
        again = anna(door, nip)
        assert isinstance(again, Who)
        assert may_open(again)
        assert not may_open(she)  # the token that she had keeps what it had

    @pytest.mark.parametrize(("authority", "expected"), [(None, 430), ("EnforcementAuthority", 200)])
    def test_enforcement_is_for_those_who_enforce(
        self, door: Door, authority: str | None, expected: int
    ) -> None:
        nip = new_nip()
        if authority:
            made = {"subjectNip": nip, "subjectType": authority, "description": "Urząd skarbowy"}
            assert door.call("POST", "/testdata/subject", json=made).status_code == 200
        assert owner(door, nip).person("EnforcementOperations") == expected
        assert (anna(door, nip) == 415) == (expected != 200)

    @pytest.mark.parametrize(
        "changes",
        [
            {"permissions": []},
            {"permissions": ["Owner"]},
            {"subjectIdentifier": {"type": "Pesel", "value": "99999999999"}},
            {"subjectIdentifier": {"type": "Nip", "value": "0000000000"}},
            {"subjectIdentifier": {"type": "Fingerprint", "value": "ab" * 32}},
            {"subjectDetails": {"subjectDetailsType": "PersonByIdentifier"}},
            {"description": "Ala"},
        ],
    )
    def test_refused_questions(self, door: Door, changes: dict[str, Any]) -> None:
        firm = owner(door)
        body = {
            "subjectIdentifier": {"type": "Pesel", "value": PESEL},
            "permissions": ["InvoiceRead"],
            "description": "Na czas próby",
            "subjectDetails": PERSON,
        }
        assert code(firm.call("POST", "/persons/grants", body | changes)) == 21405
        assert firm.find("persons/grants", {"queryType": "PermissionsInCurrentContext"}) == []

    def test_filters_and_pages(self, door: Door) -> None:
        firm = owner(door)
        for number in range(12):
            assert firm.person("InvoiceRead", pesel=f"850412000{number:02}") == 200
        body = {"queryType": "PermissionsInCurrentContext"}
        first = firm.call("POST", "/query/persons/grants?pageSize=10", body).json()
        rest = firm.call("POST", "/query/persons/grants?pageSize=10&pageOffset=1", body).json()
        assert (len(first["permissions"]), first["hasMore"]) == (10, True)
        assert (len(rest["permissions"]), rest["hasMore"]) == (2, False)
        starts = [each["startDate"] for each in first["permissions"] + rest["permissions"]]
        assert starts == sorted(starts, reverse=True)
        one = {"authorizedIdentifier": {"type": "Pesel", "value": "85041200003"}}
        assert len(firm.find("persons/grants", body | one)) == 1
        assert firm.find("persons/grants", body | {"permissionTypes": ["InvoiceWrite"]}) == []
        assert firm.find("persons/grants", body | {"permissionState": "Inactive"}) == []


class TestEntities:
    def test_an_office_works_in_its_clients_context(self, door: Door) -> None:
        client, office = owner(door), owner(door)
        assert client.entity(office.nip, "InvoiceRead") == 200
        there = log_in(door, self_signed(organization_identifier=f"VATPL-{office.nip}"), ("Nip", client.nip))
        assert isinstance(there, Who)
        assert may_read(there)
        assert not may_open(there)
        (received,) = office.call("POST", "/query/entities/grants", {}).json()["permissions"]
        assert received["contextIdentifier"] == {"type": "Nip", "value": client.nip}
        (own,) = office.find("personal/grants")
        assert own["contextIdentifier"]["value"] == client.nip
        assert client.entity(client.nip, "InvoiceRead") == 440

    @pytest.mark.parametrize("general", [True, False])
    def test_what_an_office_hands_on(self, door: Door, general: bool) -> None:
        client, other, office = owner(door), owner(door), owner(door)
        assert client.entity(office.nip, "InvoiceRead", "InvoiceWrite", delegate=True) == 200
        assert other.entity(office.nip, "InvoiceRead", delegate=False) == 200
        target = None if general else {"type": "Nip", "value": client.nip}
        assert office.hand_on("InvoiceRead", target=target) == 200
        she = anna(door, client.nip)
        assert isinstance(she, Who)
        assert may_read(she)
        assert not may_open(she)
        assert anna(door, other.nip) == 415
        assert anna(door, office.nip) == 415
        (grant,) = office.find("persons/grants", {"queryType": "PermissionsGrantedInCurrentContext"})
        assert grant["targetIdentifier"]["type"] == ("AllPartners" if general else "Nip")
        assert grant["permissionState"] == "Active"
        for each in client.find("persons/grants", {"queryType": "PermissionsGrantedInCurrentContext"}):
            assert client.take(each["id"]) == 200
        assert anna(door, client.nip) == 415
        (grant,) = office.find(
            "persons/grants",
            {"queryType": "PermissionsGrantedInCurrentContext", "permissionState": "Inactive"},
        )
        assert office.take(grant["id"]) == 200

    def test_without_the_right_to_hand_on(self, door: Door) -> None:
        client, office = owner(door), owner(door)
        assert client.entity(office.nip, "InvoiceRead", delegate=False) == 200
        assert office.hand_on("InvoiceRead", target={"type": "Nip", "value": client.nip}) == 200
        assert anna(door, client.nip) == 415

    def test_before_the_client_gave_anything(self, door: Door) -> None:
        """The live system takes it, whatever the OpenAPI says; it waits for the client without any effect."""
        client, office = owner(door), owner(door)
        given = {"queryType": "PermissionsGrantedInCurrentContext"}
        assert office.hand_on("InvoiceRead", target={"type": "Nip", "value": client.nip}) == 200
        (grant,) = office.find("persons/grants", given)
        assert grant["permissionState"] == "Inactive"
        assert office.find("persons/grants", given | {"permissionState": "Active"}) == []
        assert client.find("persons/grants", given) == []
        assert anna(door, client.nip) == 415
        assert client.entity(office.nip, "InvoiceWrite", delegate=True) == 200
        assert anna(door, client.nip) == 415
        assert client.entity(office.nip, "InvoiceRead", delegate=True) == 200
        assert may_read(anna(door, client.nip))
        assert office.find("persons/grants", given)[0]["permissionState"] == "Active"

    def test_for_oneself(self, door: Door) -> None:
        office = owner(door)
        assert office.hand_on("InvoiceRead", target={"type": "Nip", "value": office.nip}) == 440


class TestAuthorizations:
    def body(self, nip: str, permission: str = "SelfInvoicing", kind: str = "Nip") -> dict[str, Any]:
        return {
            "subjectIdentifier": {"type": kind, "value": nip},
            "permission": permission,
            "subjectDetails": ENTITY,
        }

    def test_given_received_and_taken_away(self, door: Door) -> None:
        seller, buyer = owner(door), owner(door)
        assert seller.give("authorizations", self.body(buyer.nip)) == 200
        wanted = {"owner_nip": seller.nip, "kind": "Nip", "value": buyer.nip}
        assert door.emulator.permissions.authorized(**wanted, scope="SelfInvoicing")
        assert not door.emulator.permissions.authorized(**wanted, scope="RRInvoicing")
        (given,) = seller.find("authorizations/grants", {"queryType": "Granted"}, "authorizationGrants")
        (received,) = buyer.find("authorizations/grants", {"queryType": "Received"}, "authorizationGrants")
        assert given == received
        assert given["authorizedEntityIdentifier"] == {"type": "Nip", "value": buyer.nip}
        assert log_in(door, self_signed(serial_number=f"TINPL-{buyer.nip}"), ("Nip", seller.nip)) == 415
        assert seller.take(given["id"]) == 400  # not by the operation for the others
        assert seller.take(given["id"], "authorizations") == 200
        assert not door.emulator.permissions.authorized(**wanted, scope="SelfInvoicing")

    @pytest.mark.parametrize(
        ("permission", "kind", "value", "expected"),
        [
            ("PefInvoicing", "PeppolId", "PPL123456", 200),
            ("PefInvoicing", "Nip", "7771234567", 450),
            ("SelfInvoicing", "PeppolId", "PPL123456", 450),
        ],
    )
    def test_peppol(self, door: Door, permission: str, kind: str, value: str, expected: int) -> None:
        assert owner(door).give("authorizations", self.body(value, permission, kind)) == expected


class TestUnits:
    def unit(self, nip: str) -> str:
        return next(f"{nip}-1234{last}" for last in range(10) if unit_holds(f"{nip}-1234{last}"))

    def body(self, kind: str, value: str) -> dict[str, Any]:
        return {
            "subjectIdentifier": {"type": "Pesel", "value": PESEL},
            "contextIdentifier": {"type": kind, "value": value},
            "subunitName": "Oddział w Łodzi",
            "subjectDetails": PERSON,
        }

    def test_an_administrator_of_a_unit(self, door: Door) -> None:
        firm = owner(door)
        unit = self.unit(firm.nip)
        assert firm.give("subunits", self.body("InternalId", unit)) == 200
        she = log_in(door, self_signed(serial_number=f"PNOPL-{PESEL}"), ("InternalId", unit))
        assert isinstance(she, Who)
        assert anna(door, firm.nip) == 415
        assert she.person("InvoiceRead", pesel="90011500129") == 200
        (found,) = firm.find("subunits/grants")
        assert found["subunitIdentifier"] == {"type": "InternalId", "value": unit}
        assert (found["subunitName"], found["permissionScope"]) == ("Oddział w Łodzi", "CredentialsManage")
        assert firm.take(found["id"]) == 200
        assert log_in(door, self_signed(serial_number=f"PNOPL-{PESEL}"), ("InternalId", unit)) == 415

    def test_a_unit_of_another_and_one_with_a_wrong_checksum(self, door: Door) -> None:
        firm = owner(door)
        assert firm.give("subunits", self.body("InternalId", self.unit(new_nip()))) == 410
        good = self.unit(firm.nip)
        wrong = f"{good[:-1]}{(int(good[-1]) + 1) % 10}"
        body = {"description": "Na czas próby"} | self.body("InternalId", wrong)
        assert code(firm.call("POST", "/subunits/grants", body)) == 21405

    def test_the_published_example_of_a_checksum(self) -> None:
        assert unit_holds("6824515772-12343")

    def test_a_member_of_a_vat_group(self, door: Door) -> None:
        group, member = new_nip(), new_nip()
        made = {
            "subjectNip": group,
            "subjectType": "VatGroup",
            "description": "Grupa VAT",
            "subunits": [{"subjectNip": member, "description": "Członek grupy"}],
        }
        assert door.call("POST", "/testdata/subject", json=made).status_code == 200
        head = owner(door, group)
        assert head.give("subunits", self.body("Nip", member)) == 200
        assert isinstance(anna(door, member), Who)
        assert head.give("subunits", self.body("Nip", new_nip())) == 410
        assert owner(door).give("subunits", self.body("Nip", member)) == 430
        (role,) = head.call("GET", "/query/entities/roles").json()["roles"]
        assert role["role"] == "VatGroupUnit"
        (below,) = owner(door, member).call("GET", "/query/entities/roles").json()["roles"]
        assert (below["role"], below["parentEntityIdentifier"]["value"]) == ("VatGroupSubUnit", group)
        (unit,) = head.find("subordinate-entities/roles", word="roles")
        assert unit["subordinateEntityIdentifier"] == {"type": "Nip", "value": member}


class TestForeigners:
    def test_an_administrator_and_a_representative(self, door: Door) -> None:
        firm = owner(door)
        administrator, representative = self_signed(kind="EC"), self_signed(kind="EC")
        context = f"{firm.nip}-DE123456789"
        body = {
            "subjectIdentifier": {"type": "Fingerprint", "value": administrator.fingerprint},
            "contextIdentifier": {"type": "NipVatUe", "value": context},
            "euEntityName": "Muster GmbH",
            "subjectDetails": FOREIGNER,
            "euEntityDetails": {"fullName": "Muster GmbH", "address": "Berlin"},
        }
        assert firm.give("eu-entities/administration", body) == 200
        found = firm.find("eu-entities/grants")
        names = {"VatUeManage", "InvoiceRead", "InvoiceWrite", "Introspection"}
        assert {each["permissionScope"] for each in found} == names
        assert found[0]["vatUeIdentifier"] == "DE123456789"
        he = log_in(door, administrator, ("NipVatUe", context), subject="certificateFingerprint")
        assert isinstance(he, Who)
        given = {
            "subjectIdentifier": {"type": "Fingerprint", "value": representative.fingerprint},
            "permissions": ["InvoiceRead"],
            "subjectDetails": FOREIGNER,
        }
        assert he.give("eu-entities", given) == 200
        other = log_in(door, representative, ("NipVatUe", context), subject="certificateFingerprint")
        assert isinstance(other, Who)
        assert may_read(other)
        assert not may_open(other)
        assert other.call("POST", "/eu-entities/grants", given).status_code == 403
        assert len(he.find("eu-entities/grants")) == 5
        strange = body | {"contextIdentifier": {"type": "NipVatUe", "value": f"{new_nip()}-DE123456789"}}
        assert firm.give("eu-entities/administration", strange) == 410


def test_an_operation_is_done_when_its_time_has_come(door: Door) -> None:
    door.emulator.granting.progress, usual = Progress(polls=2), door.emulator.granting.progress
    try:
        firm = owner(door)
        assert firm.person("InvoiceRead") == 100
    finally:
        door.emulator.granting.progress = usual


def test_another_firms_operation_and_grant(door: Door) -> None:
    firm, stranger = owner(door), owner(door)
    body = {
        "subjectIdentifier": {"type": "Pesel", "value": PESEL},
        "permissions": ["InvoiceRead"],
        "description": "Na czas próby",
        "subjectDetails": PERSON,
    }
    reference = firm.call("POST", "/persons/grants", body).json()["referenceNumber"]
    assert stranger.call("GET", f"/operations/{reference}").status_code == 403
    (grant,) = firm.find("persons/grants", {"queryType": "PermissionsInCurrentContext"})
    assert stranger.take(grant["id"]) == 400
    assert len(firm.find("persons/grants", {"queryType": "PermissionsInCurrentContext"})) == 1


def test_the_consent_to_attachments(door: Door) -> None:
    firm = owner(door)
    assert firm.call("GET", "/attachments/status").json() == {"isAttachmentAllowed": False}
    door.call("POST", "/testdata/attachment", json={"nip": firm.nip})
    assert firm.call("GET", "/attachments/status").json() == {"isAttachmentAllowed": True}


def test_the_dead_have_no_permissions(door: Door) -> None:
    nip = new_nip()
    made = {
        "nip": nip,
        "pesel": "44051401359",
        "isBailiff": False,
        "isDeceased": True,
        "description": "Zmarły",
    }
    assert door.call("POST", "/testdata/person", json=made).status_code == 200
    assert log_in(door, self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip)) == 470
