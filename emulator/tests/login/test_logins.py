"""Challenge, certificate, permissions, tokens, sessions of a login (ksef-docs uwierzytelnianie.md, auth/sesje.md)."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from ksef_emulator.model.access import jwt

from .conftest import Door, Identity, Signer, code, document, new_key, new_nip, self_signed


class TestChallenge:
    def test_what_it_tells(self, door: Door) -> None:
        before = datetime.now(UTC)
        body = door.call("POST", "/auth/challenge").json()
        assert len(body["challenge"]) == 36
        assert "-CR-" in body["challenge"]
        moment = datetime.fromisoformat(body["timestamp"])
        assert before <= moment <= datetime.now(UTC)
        assert body["timestampMs"] == int(moment.timestamp() * 1000)
        assert body["clientIp"] == "127.0.0.1"

    def test_nobody_gave_it(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        submitted = door.submit(identity, context, challenge="20260101-CR-0123456789-ABCDEF0123-00")
        assert code(submitted) == 21111

    def test_used_once(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        challenge = door.challenge()
        assert door.submit(identity, context, challenge=challenge).status_code == 202
        assert code(door.submit(identity, context, challenge=challenge)) == 21111

    def test_ten_minutes(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        old, young = door.challenge(), door.challenge()
        door.emulator.clock.move(timedelta(minutes=9, seconds=55))
        assert door.submit(identity, context, challenge=young).status_code == 202
        door.emulator.clock.move(timedelta(seconds=10))
        assert code(door.submit(identity, context, challenge=old)) == 21111

    def test_a_forged_document_does_not_use_it_up(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        challenge = door.challenge()
        forged = Signer()(document(challenge, context), identity).replace(b"Nip>", b"Nap>")
        assert code(door.send(forged)) == 9105
        assert door.submit(identity, context, challenge=challenge).status_code == 202


class TestWhose:
    @pytest.mark.parametrize("prefix", ["TINPL-", "NIP-", "NIP "])
    def test_a_person_with_a_nip(self, prefix: str, door: Door) -> None:
        nip = new_nip()
        assert door.tokens(self_signed(serial_number=prefix + nip), ("Nip", nip))

    def test_a_seal(self, door: Door) -> None:
        nip = new_nip()
        submitted = door.submit(self_signed(organization_identifier=f"VATPL-{nip}"), ("Nip", nip))
        assert door.status(submitted)["code"] == 200
        reference = submitted.json()["referenceNumber"]
        token = submitted.json()["authenticationToken"]["token"]
        body = door.call("GET", f"/auth/{reference}", token).json()
        assert body["authenticationMethod"] == "QualifiedSeal"
        assert body["authenticationMethodInfo"] == {
            "category": "XadesSignature",
            "code": "xades.qualified-seal",
            "displayName": "Pieczęć kwalifikowana",
        }

    @pytest.mark.parametrize(("kind", "rest"), [("InternalId", "-12345"), ("NipVatUe", "-DE123456789")])
    def test_other_contexts_of_the_same_nip_have_no_owner(self, kind: str, rest: str, door: Door) -> None:
        nip = new_nip()
        submitted = door.submit(self_signed(serial_number=f"TINPL-{nip}"), (kind, nip + rest))
        assert door.status(submitted)["code"] == 415

    def test_a_stranger_has_no_permissions(self, door: Door, owner: Any) -> None:
        identity, _ = owner()
        submitted = door.submit(identity, ("Nip", new_nip()))
        assert door.status(submitted) == {
            "code": 415,
            "description": "Uwierzytelnianie zakończone niepowodzeniem",
            "details": ["Brak przypisanych uprawnień"],
        }
        assert code(door.redeem(submitted)) == 21301

    @pytest.mark.parametrize(
        ("kind", "rest"), [("Nip", ""), ("InternalId", "-12345"), ("NipVatUe", "-DE123456789")]
    )
    def test_a_stranger_in_every_kind_of_context(self, kind: str, rest: str, door: Door, owner: Any) -> None:
        identity, _ = owner()
        assert door.status(door.submit(identity, (kind, new_nip() + rest)))["code"] == 415

    def test_a_pesel_linked_to_the_nip(self, door: Door) -> None:
        nip, pesel = new_nip(), "88010112345"
        made = {"nip": nip, "pesel": pesel, "isBailiff": False, "description": "Jan Kowalski"}
        assert door.call("POST", "/testdata/person", json=made).is_success
        person = self_signed(serial_number=f"PNOPL-{pesel}")
        assert door.tokens(person, ("Nip", nip))
        assert door.status(door.submit(person, ("Nip", new_nip())))["code"] == 415

    def test_a_fingerprint_with_a_grant(self, door: Door) -> None:
        nip, foreigner = new_nip(), self_signed(serial_number="PASDE-123456")
        request = {"subject": "certificateFingerprint"}
        assert door.status(door.submit(foreigner, ("Nip", nip), **request))["code"] == 415
        grant = {
            "contextIdentifier": {"type": "Nip", "value": nip},
            "authorizedIdentifier": {"type": "Fingerprint", "value": foreigner.fingerprint},
            "permissions": [{"description": "faktury", "permissionType": "InvoiceRead"}],
        }
        assert door.call("POST", "/testdata/permissions", json=grant).is_success
        assert door.tokens(foreigner, ("Nip", nip), **request)
        other = self_signed(serial_number="PASDE-123456")
        assert door.status(door.submit(other, ("Nip", nip), **request))["code"] == 415

    def test_nobody_knows_whose_it_is(self, door: Door) -> None:
        assert code(door.submit(self_signed(serial_number="PASDE-123456"), ("Nip", new_nip()))) == 21115
        assert code(door.submit(self_signed(), ("Nip", new_nip()))) == 21115

    def test_a_nip_by_its_fingerprint_is_a_stranger(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        submitted = door.submit(identity, context, subject="certificateFingerprint")
        assert door.status(submitted)["code"] == 415


class TestCertificates:
    @pytest.mark.parametrize("days", [(-30, -1), (1, 30)], ids=["expired", "not yet"])
    def test_dates(self, days: tuple[float, float], door: Door, owner: Any) -> None:
        identity, context = owner(days=days)
        submitted = door.submit(identity, context)
        assert door.status(submitted)["code"] == 460
        assert door.status(submitted)["details"] == ["Nieważny certyfikat"]
        assert code(door.redeem(submitted)) == 21301

    def test_the_clock_decides(self, door: Door, owner: Any) -> None:
        identity, context = owner(days=(1, 30))
        door.emulator.clock.move(timedelta(days=2))
        assert door.tokens(identity, context)

    def test_an_unknown_authority(self, door: Door, owner: Any) -> None:
        identity, context = owner(signed_by=new_key(), issuer="Nieznany wystawca")
        status = door.status(door.submit(identity, context))
        assert (status["code"], status["details"]) == (460, ["Niezaufany łańcuch certyfikatów"])

    def test_another_key_signed_a_certificate_that_names_itself(self, door: Door, owner: Any) -> None:
        identity, context = owner(signed_by=new_key())
        assert door.status(door.submit(identity, context))["code"] == 460

    def test_self_signed_when_the_chain_is_asked_for(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        submitted = door.submit(identity, context, query="?verifyCertificateChain=true")
        assert door.status(submitted)["details"] == ["Niezaufany łańcuch certyfikatów"]
        assert door.tokens(identity, context, query="?verifyCertificateChain=false")
        assert code(door.submit(identity, context, query="?verifyCertificateChain=maybe")) == 21405

    def test_of_the_test_trust_service(self, door: Door) -> None:
        nip = new_nip()
        pair = door.emulator.ca.seal_of_company(nip=nip, name="Firma sp. z o.o.")
        seal = Identity(key=pair.private_key, certificate=pair.certificate)
        assert door.tokens(seal, ("Nip", nip), query="?verifyCertificateChain=true")

    def test_of_ksef(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        mine = issued(door, identity, context, "Authentication")
        submitted = door.submit(mine, context, query="?verifyCertificateChain=true")
        assert door.status(submitted)["code"] == 200
        access = door.redeem(submitted).json()["accessToken"]["token"]
        (first, *_) = door.call("GET", "/auth/sessions", access).json()["items"]
        assert first["authenticationMethod"] == "InternalCertificate"
        assert first["isCurrent"] is True

    def test_of_ksef_for_offline_work(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        mine = issued(door, identity, context, "Offline")
        status = door.status(door.submit(mine, context))
        assert (status["code"], status["details"]) == (460, ["Niepoprawny certyfikat"])

    def test_of_ksef_and_revoked(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        mine = issued(door, identity, context, "Authentication")
        access, _ = door.tokens(mine, context)
        serial = f"{mine.certificate.serial_number:016X}"
        body = {"revocationReason": "KeyCompromise"}
        assert door.call("POST", f"/certificates/{serial}/revoke", access, json=body).is_success
        status = door.status(door.submit(mine, context))
        assert (status["code"], status["details"]) == (460, ["Certyfikat odwołany"])

    def test_of_ksef_and_expired(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        mine = issued(door, identity, context, "Authentication")
        door.emulator.clock.move(timedelta(days=731))
        assert door.status(door.submit(mine, context))["details"] == ["Nieważny certyfikat"]

    def test_of_ksef_in_a_strangers_hands(self, door: Door, owner: Any) -> None:
        """The certificate belongs to its subject and opens only the subject's contexts."""
        identity, context = owner()
        mine = issued(door, identity, context, "Authentication")
        assert door.status(door.submit(mine, ("Nip", new_nip())))["code"] == 415

    def test_of_a_ksef_that_forgot_it(self, door: Door) -> None:
        """Signed by the authority, in no register: as a certificate of another environment."""
        nip, key = new_nip(), new_key()
        certificate = door.emulator.ca.issue_ksef(
            subject=self_signed(serial_number=f"TINPL-{nip}").certificate.subject,
            public_key=key.public_key(),
            usage="Authentication",
            valid_from=datetime.now(UTC),
        )
        forgotten = Identity(key=key, certificate=certificate)
        assert door.status(door.submit(forgotten, ("Nip", nip)))["details"] == ["Niepoprawny certyfikat"]


def issued(door: Door, identity: Identity, context: tuple[str, str], usage: str) -> Identity:
    """A certificate of KSeF for the same subject."""
    access, _ = door.tokens(identity, context)
    key = new_key()
    csr = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(identity.certificate.subject)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    body = {
        "certificateName": "Test certyfikatu",
        "certificateType": usage,
        "csr": base64.b64encode(csr).decode(),
    }
    request = door.call("POST", "/certificates/enrollments", access, json=body)
    assert request.is_success, request.text
    status = door.call("GET", f"/certificates/enrollments/{request.json()['referenceNumber']}", access).json()
    serials = {"certificateSerialNumbers": [status["certificateSerialNumber"]]}
    certificate = door.call("POST", "/certificates/retrieve", access, json=serials).json()["certificates"][0]
    return Identity(
        key=key, certificate=x509.load_der_x509_certificate(base64.b64decode(certificate["certificate"]))
    )


class TestTokens:
    def test_redeemed_once(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        submitted = door.submit(identity, context)
        assert door.redeem(submitted).status_code == 200
        again = door.redeem(submitted)
        assert code(again) == 21301
        assert "zostały już pobrane" in again.text

    def test_each_kind_opens_its_own_door(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        submitted = door.submit(identity, context)
        reference = submitted.json()["referenceNumber"]
        operation = submitted.json()["authenticationToken"]["token"]
        body = door.redeem(submitted).json()
        access, refresh = body["accessToken"]["token"], body["refreshToken"]["token"]
        doors = [
            ("GET", "/auth/sessions", access, [operation, refresh]),
            ("POST", "/auth/token/refresh", refresh, [operation, access]),
            ("GET", f"/auth/{reference}", operation, [access, refresh]),
        ]
        for method, path, right, wrong in doors:
            assert door.call(method, path, right).status_code == 200
            for token in [*wrong, "x.y.z", "", right[:-2] + "AA", right + "A", right + "."]:
                refused = door.call(method, path, token)
                assert refused.status_code == 401, (method, path, token)
                assert refused.headers["content-type"] == "application/json"
                assert refused.json()["status"] == 401

    def test_no_token_is_forged(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        access, _ = door.tokens(identity, context)
        head, claims, signature = access.split(".")
        body = json.loads(base64.urlsafe_b64decode(claims + "=="))
        assert door.call("GET", "/auth/sessions", jwt.encode(body, b"guessed")).status_code == 401
        none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
        assert door.call("GET", "/auth/sessions", f"{none}.{claims}.").status_code == 401
        assert door.call("GET", "/auth/sessions", f"{none}.{claims}.{signature}").status_code == 401
        assert body["civ"] == context[1]
        assert json.loads(base64.urlsafe_b64decode(head + "==")) == {"alg": "HS256", "typ": "JWT"}

    def test_they_run_out(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        access, refresh = door.tokens(identity, context)
        door.emulator.clock.move(timedelta(minutes=16))
        assert door.call("GET", "/auth/sessions", access).status_code == 401
        renewed = door.call("POST", "/auth/token/refresh", refresh)
        assert renewed.status_code == 200
        assert door.call("GET", "/auth/sessions", renewed.json()["accessToken"]["token"]).status_code == 200
        door.emulator.clock.move(timedelta(days=7))
        assert door.call("POST", "/auth/token/refresh", refresh).status_code == 401

    def test_an_operation_of_another(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        mine, other = door.submit(identity, context).json(), door.submit(identity, context).json()
        token = mine["authenticationToken"]["token"]
        assert code(door.call("GET", f"/auth/{other['referenceNumber']}", token)) == 21304

    def test_permissions_taken_away(self, door: Door) -> None:
        nip, pesel = new_nip(), "90090912345"
        who = {
            "contextIdentifier": {"type": "Nip", "value": nip},
            "authorizedIdentifier": {"type": "Pesel", "value": pesel},
        }
        right = {"permissions": [{"description": "faktury", "permissionType": "InvoiceRead"}]}
        assert door.call("POST", "/testdata/permissions", json=who | right).is_success
        access, refresh = door.tokens(self_signed(serial_number=f"PNOPL-{pesel}"), ("Nip", nip))
        assert door.emulator.auth.principal(access).permissions == {"InvoiceRead"}
        assert door.call("POST", "/testdata/permissions/revoke", json=who).is_success
        assert code(door.call("POST", "/auth/token/refresh", refresh)) == 21301
        assert door.call("GET", "/auth/sessions", access).status_code == 200

    def test_only_from_the_allowed_addresses(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        policy = "<AuthorizationPolicy><AllowedIps>{}</AllowedIps></AuthorizationPolicy>"  # in the default namespace
        here = policy.format("<Ip4Mask>127.0.0.0/8</Ip4Mask>")
        access, _ = door.tokens(identity, context, extra=here)
        assert door.call("GET", "/auth/sessions", access).status_code == 200
        away = policy.format("<Ip4Address>10.0.0.1</Ip4Address>")
        access, _ = door.tokens(identity, context, extra=away)
        refused = door.call("GET", "/auth/sessions", access)
        assert refused.status_code == 403
        assert refused.json()["reasonCode"] == "ip-not-allowed"
        assert refused.json()["security"] == {"clientIp": "127.0.0.1"}

    def test_a_login_remembers_its_document(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        signed = Signer()(document(door.challenge(), context), identity)
        access = door.redeem(door.send(signed)).json()["accessToken"]["token"]
        digest = hashes.Hash(hashes.SHA256())
        digest.update(signed)
        principal = door.emulator.auth.principal(access)
        assert principal.document_hash == base64.b64encode(digest.finalize()).decode()
        assert principal.certificate == identity.certificate


class TestSessions:
    def test_listed_newest_first_and_by_pages(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        made = [door.tokens(identity, context) for _ in range(12)]
        door.tokens(*owner())  # a stranger's is not among them
        first = door.call("GET", "/auth/sessions", made[-1][0]).json()
        assert len(first["items"]) == 10
        assert [item["isCurrent"] for item in first["items"]] == [True] + [False] * 9
        assert all(item["isTokenRedeemed"] for item in first["items"])
        more = {"x-continuation-token": first["continuationToken"]}
        second = door.call("GET", "/auth/sessions", made[-1][0], headers=more).json()
        assert len(second["items"]) == 2
        assert not second.get("continuationToken")
        starts = [item["startDate"] for item in first["items"] + second["items"]]
        assert starts == sorted(starts, reverse=True)
        assert len({item["referenceNumber"] for item in first["items"] + second["items"]}) == 12

    def test_ended_while_somebody_reads(self, door: Door, owner: Any) -> None:
        """Page after page, each ended at once: none is missed."""
        identity, context = owner()
        made = [door.tokens(identity, context) for _ in range(22)]
        ended, headers = 0, {}
        while True:
            page = door.call("GET", "/auth/sessions", made[-1][0], headers=headers).json()
            for item in page["items"]:
                path = f"/auth/sessions/{item['referenceNumber']}"
                assert door.call("DELETE", path, made[-1][0]).status_code == 204
                ended += 1
            if not page.get("continuationToken"):
                break
            headers = {"x-continuation-token": page["continuationToken"]}
        assert ended == 22

    @pytest.mark.parametrize(
        "token", ["!", "e30=", "LTE=", "bnVsbA==", "WzFd", "WzEsImEiXQ==", "W3RydWUsMV0="]
    )
    def test_a_wrong_page(self, token: str, door: Door, owner: Any) -> None:
        access, _ = door.tokens(*owner())
        headers = {"x-continuation-token": token}
        assert code(door.call("GET", "/auth/sessions", access, headers=headers)) == 21418

    @pytest.mark.parametrize("size", ["9", "101", "x"])
    def test_a_wrong_size(self, size: str, door: Door, owner: Any) -> None:
        access, _ = door.tokens(*owner())
        assert code(door.call("GET", f"/auth/sessions?pageSize={size}", access)) == 21405

    @pytest.mark.parametrize("by", ["access", "refresh"])
    def test_the_current_one_ended(self, by: str, door: Door, owner: Any) -> None:
        identity, context = owner()
        access, refresh = door.tokens(identity, context)
        token = access if by == "access" else refresh
        assert door.call("DELETE", "/auth/sessions/current", token).status_code == 204
        assert code(door.call("POST", "/auth/token/refresh", refresh)) == 21301
        assert door.call("GET", "/auth/sessions", access).json()["items"] == []

    def test_another_one_ended(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        submitted = door.submit(identity, context)
        reference, operation = (
            submitted.json()["referenceNumber"],
            submitted.json()["authenticationToken"]["token"],
        )
        refresh = door.redeem(submitted).json()["refreshToken"]["token"]
        access, mine = door.tokens(identity, context)
        assert door.call("DELETE", f"/auth/sessions/{reference}", access).status_code == 204
        assert code(door.call("POST", "/auth/token/refresh", refresh)) == 21301
        assert door.call("POST", "/auth/token/refresh", mine).status_code == 200
        status = door.call("GET", f"/auth/{reference}", operation).json()["status"]
        assert (status["code"], status["description"]) == (425, "Uwierzytelnienie unieważnione")

    def test_a_strangers_one_is_not_ended(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        submitted = door.submit(identity, context)
        refresh = door.redeem(submitted).json()["refreshToken"]["token"]
        access, _ = door.tokens(*owner())
        refused = door.call("DELETE", f"/auth/sessions/{submitted.json()['referenceNumber']}", access)
        assert refused.status_code == 403
        assert refused.json()["reasonCode"] == "insufficient-resource-access"
        assert code(door.call("DELETE", "/auth/sessions/short", access)) == 21405
        assert door.call("POST", "/auth/token/refresh", refresh).status_code == 200

    def test_they_end_with_their_refresh_token(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        door.tokens(identity, context)
        door.emulator.clock.move(timedelta(days=7, minutes=1))
        access, _ = door.tokens(identity, context)
        assert len(door.call("GET", "/auth/sessions", access).json()["items"]) == 1
