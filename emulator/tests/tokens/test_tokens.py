"""KSeF tokens: made, listed, of units and providers; and what each of these refuses."""

from __future__ import annotations

from typing import Any

import pytest
from ksef_emulator.model.access.grants import Grant, Identifier, Kind
from ksef_emulator.model.access.permissions import Permission
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.identity.subjects import Subject, SubjectType
from ksef_emulator.model.time.progress import Progress

from ..login.conftest import Door, code, new_nip, self_signed
from .conftest import Firm


def test_a_token_logs_in_with_its_own_permissions_only(firm: Firm) -> None:
    made = firm.make("InvoiceRead")
    reference, context, secret = made["token"].split("|")
    assert reference == made["referenceNumber"]
    assert context == f"nip-{firm.nip}"
    assert len(secret) == 64
    access = firm.log_in(made["token"])
    (item,) = firm.door.call("GET", "/auth/sessions", access).json()["items"][:1]
    assert item["authenticationMethod"] == "Token"
    assert item["authenticationMethodInfo"]["category"] == "Token"
    refused = firm.door.call("POST", "/sessions/online", access, json={})
    assert refused.status_code == 403
    assert refused.json()["security"]["presentPermissions"] == ["InvoiceRead"]


def test_a_token_is_active_when_it_is_ready(door: Door, firm: Firm) -> None:
    door.emulator.ksef_tokens.progress, usual = Progress(polls=1), door.emulator.ksef_tokens.progress
    try:
        made = firm.make()
        assert firm.status(made["token"]) == {
            "code": 450,
            "description": "Uwierzytelnianie zakończone niepowodzeniem z powodu błędnego tokenu",
            "details": ["Token nieaktywny"],
        }
        path = f"/tokens/{made['referenceNumber']}"
        assert door.call("GET", path, firm.access).json()["status"] == "Active"
        assert firm.status(made["token"])["code"] == 200
        assert door.call("DELETE", path, firm.access).status_code == 204
        listed = door.call("GET", "/tokens", firm.access).json()["tokens"][0]
        assert listed["status"] == "Revoking"
        assert "lastUseDate" in listed
        assert firm.status(made["token"])["details"] == ["Token unieważniony"]
        assert door.call("GET", path, firm.access).json()["status"] == "Revoked"
    finally:
        door.emulator.ksef_tokens.progress = usual


class TestRefusals:
    def test_more_than_one_has(self, door: Door, firm: Firm) -> None:
        refused = firm.make("InvoiceRead", "EnforcementOperations")
        assert code(refused) == 26001
        (line,) = refused.json()["exception"]["exceptionDetailList"][0]["details"]
        assert "EnforcementOperations" in line
        assert "InvoiceRead" not in line

    def test_a_token_makes_no_token(self, firm: Firm) -> None:
        access = firm.log_in(firm.make()["token"])
        refused = firm.make("InvoiceRead", token=access)
        assert refused.status_code == 403
        assert refused.json()["reasonCode"] == "auth-method-not-allowed"

    def test_a_token_asks_for_no_certificate(self, door: Door, firm: Firm) -> None:
        access = firm.log_in(firm.make()["token"])
        assert code(door.call("GET", "/certificates/enrollments/data", access)) == 25001

    @pytest.mark.parametrize(
        "body",
        [
            {"permissions": [], "description": "Bez uprawnień"},
            {"permissions": ["Owner"], "description": "Właściciel"},
            {"permissions": ["InvoiceRead"], "description": "Abcd"},
            {"permissions": ["InvoiceRead"]},
        ],
    )
    def test_a_wrong_question(self, door: Door, firm: Firm, body: dict[str, Any]) -> None:
        assert code(door.call("POST", "/tokens", firm.access, json=body)) == 21405

    def test_another_firms_token(self, door: Door, firm: Firm) -> None:
        made = firm.make()
        nip = new_nip()
        stranger, _ = door.tokens(self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))
        path = f"/tokens/{made['referenceNumber']}"
        for method in ("GET", "DELETE"):
            assert door.call(method, path, stranger).status_code == 403
        assert door.call("GET", "/tokens", stranger).json()["tokens"] == []
        assert firm.status(made["token"])["code"] == 200


class TestListing:
    def test_filters_and_pages(self, door: Door, firm: Firm) -> None:
        for number in range(12):
            firm.make(description=f"Token numer {number:02}")
        first = door.call("GET", "/tokens", firm.access).json()
        assert [token["description"][-2:] for token in first["tokens"]] == [
            f"{n:02}" for n in range(11, 1, -1)
        ]
        headers = {"x-continuation-token": first["continuationToken"]}
        rest = door.call("GET", "/tokens", firm.access, headers=headers).json()
        assert [token["description"][-2:] for token in rest["tokens"]] == ["01", "00"]
        assert "continuationToken" not in rest

        firm.make(description="Nowy token, kiedy ktoś czyta")
        again = door.call("GET", "/tokens", firm.access, headers=headers).json()
        assert [token["description"][-2:] for token in again["tokens"]] == ["01", "00"]

        def found(**query: Any) -> int:
            return len(door.call("GET", "/tokens", firm.access, params=query).json()["tokens"])

        assert found(description="numer 07") == 1
        assert found(status="Revoked") == 0
        assert found(status=["Active", "Pending"], authorIdentifier=firm.nip) == 10
        assert found(authorIdentifierType="Pesel") == 0

    def test_a_token_sees_and_revokes_itself_alone(self, door: Door, firm: Firm) -> None:
        own, other = firm.make(), firm.make()
        access = firm.log_in(own["token"])
        listed = door.call("GET", "/tokens", access).json()["tokens"]
        assert [item["referenceNumber"] for item in listed] == [own["referenceNumber"]]
        assert door.call("DELETE", f"/tokens/{other['referenceNumber']}", access).status_code == 403
        assert door.call("DELETE", f"/tokens/{own['referenceNumber']}", access).status_code == 204
        assert firm.status(own["token"])["details"] == ["Token unieważniony"]

    @pytest.mark.parametrize("wrong", ["x", "bnVsbA==", "LTE="])
    def test_a_wrong_page(self, door: Door, firm: Firm, wrong: str) -> None:
        answer = door.call("GET", "/tokens", firm.access, headers={"x-continuation-token": wrong})
        assert code(answer) == 21418


def test_the_text_of_a_token_is_not_kept(door: Door, firm: Firm) -> None:
    secret = firm.make()["token"].rpartition("|")[2]
    with door.emulator.store.transaction() as db:
        rows = [tuple(row) for row in db.execute("SELECT * FROM ksef_tokens")]
    assert not any(secret in str(value) for row in rows for value in row)


class TestContexts:
    def given(self, door: Door, subject: Subject, context: Context, *permissions: Permission) -> None:
        where = Identifier(type=context.type, value=context.value)
        who = Identifier(type=subject.type, value=subject.value)
        door.emulator.permissions.grants.add(
            [
                Grant(
                    kind=Kind.PERSON,
                    context=where,
                    giver=where,
                    subject=who,
                    author=who,
                    permission=permission,
                    description="Uprawnienie w teście",
                )
                for permission in permissions
            ]
        )

    def test_a_unit_has_tokens_of_its_own(self, door: Door, firm: Firm) -> None:
        unit = Context(type=ContextType.INTERNAL_ID, value=f"{firm.nip}-12345")
        self.given(door, Subject(type=SubjectType.NIP, value=firm.nip), unit, Permission.INVOICE_READ)
        access, _ = door.tokens(self_signed(serial_number=f"TINPL-{firm.nip}"), (unit.type, unit.value))
        made = firm.make("InvoiceRead", token=access)
        shown = door.call("GET", f"/tokens/{made['referenceNumber']}", access).json()
        assert shown["contextIdentifier"] == {"type": "InternalId", "value": unit.value}
        here = {"type": "InternalId", "value": unit.value}
        assert firm.status(made["token"], contextIdentifier=here)["code"] == 200
        assert firm.status(made["token"])["details"] == [f"Token nie może być użyty w kontekście {firm.nip}"]
        assert door.call("GET", f"/tokens/{made['referenceNumber']}", firm.access).status_code == 403

    def test_a_foreign_entity_has_none(self, door: Door, firm: Firm) -> None:
        abroad = Context(type=ContextType.NIP_VAT_UE, value=f"{firm.nip}-DE123456789")
        foreigner = self_signed(serial_number="PASDE-123456")
        subject = Subject(type=SubjectType.FINGERPRINT, value=foreigner.fingerprint)
        self.given(door, subject, abroad, Permission.INVOICE_READ)
        access, _ = door.tokens(foreigner, (abroad.type, abroad.value), subject="certificateFingerprint")
        refused = firm.make("InvoiceRead", token=access)
        assert code(refused) == 26002
        details = refused.json()["exception"]["exceptionDetailList"][0]["details"]
        assert details == ["Aktualny typ kontekstu: NipVatUe. Dozwolone: Nip, InternalId."]
        problem = door.call(
            "POST",
            "/tokens",
            access,
            json={"permissions": ["InvoiceRead"], "description": "Token"},
            headers={"X-Error-Format": "problem-details"},
        )
        assert problem.headers["content-type"] == "application/problem+json"
        assert problem.json()["errors"][0]["code"] == 26002
