"""Certificates that were issued: listed, retrieved, revoked, and who sees them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ..login.conftest import Door, code, new_nip, self_signed
from .requests import client

__all__ = ["client"]


class TestRevocation:
    def test_it_opens_nothing_any_more(self, client: Any) -> None:
        firm = client()
        serial = firm.issued()
        answer = firm.call("POST", f"/{serial}/revoke", json={"revocationReason": "Superseded"})
        assert (answer.status_code, answer.content) == (204, b"")
        (listed,) = firm.query(status="Revoked")
        assert listed["certificateSerialNumber"] == serial
        assert code(firm.call("POST", f"/{serial}/revoke")) == 25009

    def test_a_reason_that_does_not_exist(self, client: Any) -> None:
        firm = client()
        body = {"revocationReason": "Boredom"}
        assert code(firm.call("POST", f"/{firm.issued()}/revoke", json=body)) == 21405

    def test_a_number_that_nobody_has(self, client: Any) -> None:
        firm = client()
        assert code(firm.call("POST", "/0123456789ABCDEF/revoke")) == 25008
        assert code(firm.call("POST", "/0123/revoke")) == 21405


class TestList:
    def test_an_item(self, client: Any) -> None:
        firm = client()
        serial = firm.issued(certificateType="Offline")
        (item,) = firm.query()
        assert {word: item[word] for word in ("certificateSerialNumber", "name", "type", "commonName")} == {
            "certificateSerialNumber": serial,
            "name": "Komputer w biurze",
            "type": "Offline",
            "commonName": "Jan Żółć",
        }
        assert item["status"] == "Active"
        assert item["subjectIdentifier"] == {"type": "Nip", "value": firm.nip}
        assert item["lastUseDate"] is None

    def test_filters(self, client: Any) -> None:
        firm = client()
        first = firm.issued(certificateName="Biuro Kraków")
        second = firm.issued(certificateName="Kasa Gdynia", certificateType="Offline")
        later = (datetime.now(UTC) + timedelta(days=3650)).isoformat()

        def serials(**wanted: Any) -> list[str]:
            return [item["certificateSerialNumber"] for item in firm.query(**wanted)]

        assert serials() == [second, first]
        assert serials(name="biuro") == [first]
        assert serials(type="Offline") == [second]
        assert serials(certificateSerialNumber=first) == [first]
        assert serials(status="Expired") == []
        assert serials(expiresAfter=later) == []

    def test_pages(self, client: Any) -> None:
        firm = client()
        for _ in range(11):
            firm.issued()
        first = firm.call("POST", "/query").json()
        assert (len(first["certificates"]), first["hasMore"]) == (10, True)
        second = firm.call("POST", "/query?pageOffset=1").json()
        assert (len(second["certificates"]), second["hasMore"]) == (1, False)
        assert code(firm.call("POST", "/query?pageSize=51")) == 21405

    def test_an_expired_one(self, client: Any, door: Door) -> None:
        firm = client()
        serial = firm.issued()
        door.emulator.clock.move(timedelta(days=731))
        identity = self_signed(serial_number=f"TINPL-{firm.nip}", days=(-1, 1000))
        later = client(identity, firm.nip)
        (listed,) = later.query()
        assert (listed["certificateSerialNumber"], listed["status"]) == (serial, "Expired")
        assert code(later.call("POST", f"/{serial}/revoke")) == 25009

    @pytest.mark.parametrize("serials", [[], ["0123456789ABCDEF"] * 11, ["short"]])
    def test_what_cannot_be_retrieved(self, serials: list[str], client: Any) -> None:
        body = {"certificateSerialNumbers": serials}
        assert code(client().call("POST", "/retrieve", json=body)) == 21405


def test_a_stranger_sees_nothing(client: Any) -> None:
    firm, stranger = client(), client()
    reference = firm.enrol().json()["referenceNumber"]
    serial = firm.status(reference)["certificateSerialNumber"]
    assert code(stranger.call("GET", f"/enrollments/{reference}")) == 25005
    assert stranger.retrieve(serial) == []
    assert stranger.query(certificateSerialNumber=serial) == []
    assert code(stranger.call("POST", f"/{serial}/revoke")) == 25008
    assert firm.query()[0]["status"] == "Active"


def test_a_person_sees_the_same_from_every_context(client: Any, door: Door) -> None:
    nip, other, pesel = new_nip(), new_nip(), "91010112343"
    person = self_signed(serial_number=f"PNOPL-{pesel}")
    for context in (nip, other):
        grant = {
            "contextIdentifier": {"type": "Nip", "value": context},
            "authorizedIdentifier": {"type": "Pesel", "value": pesel},
            "permissions": [{"description": "faktury", "permissionType": "InvoiceRead"}],
        }
        assert door.call("POST", "/testdata/permissions", json=grant).is_success
    serial = client(person, nip).issued()
    assert [item["certificateSerialNumber"] for item in client(person, other).query()] == [serial]
