"""Permissions between entities, end to end: authorizations, units, foreigners, attachments (uprawnienia.md)."""

from __future__ import annotations

from typing import Any

import pytest
from ksef_emulator.api.permissions_rules import unit_holds

from ..login.conftest import Door, code, door, new_nip, running, self_signed
from .people import ENTITY, FOREIGNER, PERSON, PESEL, Who, anna, log_in, may_open, may_read, owner

__all__ = ["door", "running"]


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
        expected = {"owner_nip": seller.nip, "kind": "Nip", "value": buyer.nip}
        assert door.emulator.permissions.authorized(**expected, scope="SelfInvoicing")
        assert not door.emulator.permissions.authorized(**expected, scope="RRInvoicing")
        (given,) = seller.find("authorizations/grants", {"queryType": "Granted"}, "authorizationGrants")
        (received,) = buyer.find("authorizations/grants", {"queryType": "Received"}, "authorizationGrants")
        assert given == received
        assert given["authorizedEntityIdentifier"] == {"type": "Nip", "value": buyer.nip}
        assert log_in(door, self_signed(serial_number=f"TINPL-{buyer.nip}"), ("Nip", seller.nip)) == 415
        assert seller.take(given["id"]) == 400  # not by the operation for the others
        assert seller.take(given["id"], "authorizations") == 200
        assert not door.emulator.permissions.authorized(**expected, scope="SelfInvoicing")

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
        (result,) = firm.find("subunits/grants")
        assert result["subunitIdentifier"] == {"type": "InternalId", "value": unit}
        assert (result["subunitName"], result["permissionScope"]) == ("Oddział w Łodzi", "CredentialsManage")
        assert firm.take(result["id"]) == 200
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
        element = firm.find("eu-entities/grants")
        names = {"VatUeManage", "InvoiceRead", "InvoiceWrite", "Introspection"}
        assert {item["permissionScope"] for item in element} == names
        assert element[0]["vatUeIdentifier"] == "DE123456789"
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


def test_the_consent_to_attachments(door: Door) -> None:
    firm = owner(door)
    assert firm.call("GET", "/attachments/status").json() == {"isAttachmentAllowed": False}
    door.call("POST", "/testdata/attachment", json={"nip": firm.nip})
    assert firm.call("GET", "/attachments/status").json() == {"isAttachmentAllowed": True}
