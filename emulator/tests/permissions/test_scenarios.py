"""Permissions of people and of offices, end to end (ksef-docs uprawnienia.md)."""

from __future__ import annotations

from typing import Any

import pytest
from ksef_emulator.model.time.progress import Progress

from ..login.conftest import Door, code, door, new_nip, running, self_signed
from .people import PERSON, PESEL, Who, anna, log_in, may_open, may_read, owner

__all__ = ["door", "running"]


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
        element = firm.find("persons/grants", {"queryType": "PermissionsGrantedInCurrentContext"})
        assert {item["permissionScope"] for item in element} == {"InvoiceRead", "CredentialsRead"}
        (one,) = [item for item in element if item["permissionScope"] == "InvoiceRead"]
        assert one["authorizedIdentifier"] == {"type": "Pesel", "value": PESEL}
        assert one["authorIdentifier"] == {"type": "Nip", "value": firm.nip}
        assert one["subjectPersonDetails"]["lastName"] == "Żółć"
        assert (one["permissionState"], one["canDelegate"]) == ("Active", False)
        own = she.find("personal/grants")
        assert {item["permissionScope"] for item in own} == {"InvoiceRead", "CredentialsRead"}
        for item in element:
            assert firm.take(item["id"]) == 200
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
        starts = [item["startDate"] for item in first["permissions"] + rest["permissions"]]
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
        for item in client.find("persons/grants", {"queryType": "PermissionsGrantedInCurrentContext"}):
            assert client.take(item["id"]) == 200
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
