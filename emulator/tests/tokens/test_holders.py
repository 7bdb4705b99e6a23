"""Who else logs in: providers of Peppol services, and owners of certificates that were blocked or cut short."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
from ksef_emulator.model.time.progress import Progress

from ..login.conftest import Door, code, new_nip, self_signed
from ..login.test_logins import issued
from .conftest import Firm


class TestPeppol:
    def provider(self, door: Door, identifier: str, name: str = "Dostawca") -> httpx2.Response:
        seal = self_signed(common_name=identifier, organization=name)
        return door.submit(seal, ("PeppolId", identifier))

    def test_the_first_login_registers(self, door: Door) -> None:
        submitted = self.provider(door, "PPL123456")
        assert door.status(submitted)["code"] == 200
        access = door.redeem(submitted).json()["accessToken"]["token"]
        assert door.status(self.provider(door, "PPL123456"))["code"] == 200
        body = door.call("GET", "/peppol/query", access).json()
        assert [item["id"] for item in body["peppolProviders"]].count("PPL123456") == 1
        refused = door.call(
            "POST", "/tokens", access, json={"permissions": ["InvoiceRead"], "description": "Token"}
        )
        assert code(refused) == 26002

    def test_some_are_always_there_and_can_log_in(self, door: Door, firm: Firm) -> None:
        query = "/peppol/query?pageSize=10"
        providers = door.call("GET", query, firm.access).json()["peppolProviders"]
        standing = [item for item in providers if item["id"].startswith("PPL9900")]
        assert [item["id"] for item in standing] == ["PPL990001", "PPL990002"]
        assert door.status(self.provider(door, "PPL990001", "Inna nazwa"))["code"] == 200
        again = door.call("GET", query, firm.access).json()["peppolProviders"]
        assert [item["id"] for item in again].count("PPL990001") == 1

    def test_another_providers_context(self, door: Door) -> None:
        seal = self_signed(common_name="PPL123457", organization="Inny")
        assert code(door.submit(seal, ("PeppolId", "PPL123458"))) == 21117

    def test_a_firm_in_a_providers_context(self, door: Door, firm: Firm) -> None:
        owner = self_signed(serial_number=f"TINPL-{firm.nip}")
        assert code(door.submit(owner, ("PeppolId", "PPL123458"))) == 21117

    def test_a_provider_in_a_firms_context(self, door: Door, firm: Firm) -> None:
        seal = self_signed(common_name="PPL123457", organization="Dostawca")
        assert code(door.submit(seal, ("Nip", firm.nip))) == 21115
        by_fingerprint = door.submit(seal, ("Nip", firm.nip), subject="certificateFingerprint")
        assert door.status(by_fingerprint)["code"] == 415


class TestCertificates:
    def issued(self, door: Door, firm: Firm) -> tuple[Any, str]:
        identity = self_signed(serial_number=f"TINPL-{firm.nip}")
        mine = issued(door, identity, ("Nip", firm.nip), "Authentication")
        return mine, f"{mine.certificate.serial_number:016X}"

    def test_blocked_while_it_is_revoked(self, door: Door, firm: Firm) -> None:
        mine, serial = self.issued(door, firm)
        door.emulator.certificates.progress, usual = Progress(polls=2), door.emulator.certificates.progress
        try:
            assert door.call("POST", f"/certificates/{serial}/revoke", firm.access).status_code == 204
            expected = {"certificateSerialNumber": serial, "status": "Blocked"}
            certificates = door.call("POST", "/certificates/query", firm.access, json=expected).json()[
                "certificates"
            ]
            assert [item["status"] for item in certificates] == ["Blocked"]
            status = door.status(door.submit(mine, ("Nip", firm.nip)))
            assert (status["code"], status["details"]) == (460, ["Certyfikat zawieszony"])
            assert code(door.call("POST", f"/certificates/{serial}/revoke", firm.access)) == 25009
            certificates = door.call("POST", "/certificates/query", firm.access).json()["certificates"]
            assert [item["status"] for item in certificates] == ["Revoked"]
            status = door.status(door.submit(mine, ("Nip", firm.nip)))
            assert (status["code"], status["details"]) == (460, ["Certyfikat odwołany"])
        finally:
            door.emulator.certificates.progress = usual

    def test_a_life_cut_short(self, door: Door, firm: Firm) -> None:
        mine, serial = self.issued(door, firm)
        path, now = f"/testdata/certificates/{serial}", door.emulator.clock.now()
        assert door.call("PUT", path, json={"validTo": now.isoformat()}).status_code == 401
        late = (now + timedelta(days=3000)).isoformat()
        assert code(door.call("PUT", path, firm.access, json={"validTo": late})) == 21405
        until = (now + timedelta(hours=1)).isoformat()
        assert door.call("PUT", path, firm.access, json={"validTo": until}).status_code == 200
        assert door.status(door.submit(mine, ("Nip", firm.nip)))["code"] == 200
        door.emulator.clock.move(timedelta(hours=2))
        status = door.status(door.submit(mine, ("Nip", firm.nip)))
        assert (status["code"], status["details"]) == (460, ["Nieważny certyfikat"])

    def test_a_strangers_life(self, door: Door, firm: Firm) -> None:
        _, serial = self.issued(door, firm)
        until = (door.emulator.clock.now() + timedelta(hours=1)).isoformat()
        nip = new_nip()
        stranger, _ = door.tokens(self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))
        for path in (serial, "0123456789ABCDEF"):
            answer = door.call("PUT", f"/testdata/certificates/{path}", stranger, json={"validTo": until})
            assert code(answer) == 25008


def test_an_employees_certificate_that_names_the_employer(door: Door, firm: Firm) -> None:
    """A person's certificate with VATPL of an organisation is no seal (podpis-xades.md: a seal has no surname)."""
    employee = self_signed(
        serial_number="PNOPL-92010112345", organization_identifier=f"VATPL-{firm.nip}", surname="Nowak"
    )
    status = door.status(door.submit(employee, ("Nip", firm.nip)))
    assert status["code"] == 415
