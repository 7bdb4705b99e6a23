"""What ``/testdata`` makes and unmakes, seen by logging in."""

from __future__ import annotations

from typing import Any

import pytest

from ..login.conftest import Door, Identity, code, new_nip, self_signed

PESEL = "38092277125"


def person(nip: str, pesel: str = PESEL, **more: Any) -> dict[str, Any]:
    """Body of ``POST /testdata/person``."""
    return {"nip": nip, "pesel": pesel, "isBailiff": False, "description": "JDG testowa"} | more


def grant(nip: str, kind: str, value: str, *permissions: str) -> dict[str, Any]:
    """Body of ``POST /testdata/permissions``."""
    return {
        "contextIdentifier": {"type": "Nip", "value": nip},
        "authorizedIdentifier": {"type": kind, "value": value},
        "permissions": [
            {"permissionType": permission, "description": "praca w firmie"} for permission in permissions
        ],
    }


def enters(door: Door, identity: Identity, nip: str) -> bool:
    """Whether a login in the context succeeds."""
    return door.status(door.submit(identity, ("Nip", nip)))["code"] == 200


@pytest.fixture
def post(door: Door) -> Any:
    return lambda path, body: door.call("POST", f"/testdata/{path}", json=body)


class TestPerson:
    def test_added_and_removed(self, door: Door, post: Any) -> None:
        nip, pesel = new_nip(), "66010112345"
        signature = self_signed(serial_number=f"PNOPL-{pesel}")
        assert not enters(door, signature, nip)
        answer = post("person", person(nip, pesel))
        assert (answer.status_code, answer.json()) == (200, {})
        assert enters(door, signature, nip)
        assert not enters(door, signature, new_nip())
        assert post("person/remove", {"nip": nip}).status_code == 200
        assert not enters(door, signature, nip)

    def test_twice(self, post: Any) -> None:
        nip = new_nip()
        assert post("person", person(nip)).is_success
        assert code(post("person", person(nip))) == 30001
        assert post("person/remove", {"nip": nip}).is_success
        assert post("person", person(nip)).is_success

    def test_removing_takes_their_permissions_away(self, door: Door, post: Any) -> None:
        nip, firm, pesel = new_nip(), new_nip(), "67010112345"
        signature = self_signed(serial_number=f"PNOPL-{pesel}")
        post("person", person(nip, pesel))
        post("permissions", grant(firm, "Pesel", pesel, "InvoiceRead"))
        assert enters(door, signature, firm)
        post("person/remove", {"nip": nip})
        assert not enters(door, signature, firm)

    @pytest.mark.parametrize(
        "change",
        [{"nip": "123"}, {"pesel": "99999999999"}, {"description": "abc"}, {"isBailiff": None}],
    )
    def test_fields(self, change: dict[str, Any], post: Any) -> None:
        assert code(post("person", person(new_nip()) | change)) == 21405


class TestSubject:
    def body(self, **more: Any) -> dict[str, Any]:
        return {"subjectNip": new_nip(), "subjectType": "VatGroup", "description": "Grupa VAT"} | more

    def test_added_and_removed(self, post: Any) -> None:
        unit = {"subjectNip": new_nip(), "description": "członek grupy"}
        group = self.body(subunits=[unit])
        assert (post("subject", group).status_code, post("subject", group).status_code) == (200, 400)
        assert code(post("subject", self.body(subunits=[unit]))) == 30001
        assert post("subject/remove", {"subjectNip": group["subjectNip"]}).is_success
        assert post("subject", self.body(subunits=[unit])).is_success

    def test_a_nip_of_a_person(self, post: Any) -> None:
        nip = new_nip()
        post("person", person(nip))
        assert code(post("subject", self.body(subjectNip=nip))) == 30001

    @pytest.mark.parametrize("change", [{"subjectType": "Bank"}, {"subjectNip": "1"}, {"description": "a"}])
    def test_fields(self, change: dict[str, Any], post: Any) -> None:
        assert code(post("subject", self.body() | change)) == 21405


class TestPermissions:
    def test_granted_and_revoked(self, door: Door, post: Any) -> None:
        firm, signature = new_nip(), self_signed(serial_number=f"PNOPL-{PESEL}")
        expected = grant(firm, "Pesel", PESEL, "InvoiceRead", "InvoiceWrite")
        assert not enters(door, signature, firm)
        assert (post("permissions", expected).status_code, post("permissions", expected).status_code) == (
            200,
            200,
        )
        assert enters(door, signature, firm)
        assert not enters(door, self_signed(serial_number="PNOPL-38092277126"), firm)
        revoked = {word: expected[word] for word in ("contextIdentifier", "authorizedIdentifier")}
        assert post("permissions/revoke", revoked).status_code == 200
        assert not enters(door, signature, firm)

    def test_another_nip(self, door: Door, post: Any) -> None:
        firm, office = new_nip(), new_nip()
        seal = self_signed(organization_identifier=f"VATPL-{office}")
        post("permissions", grant(firm, "Nip", office, "CredentialsManage"))
        assert enters(door, seal, firm)

    def test_as_the_java_client_names_them(self, door: Door, post: Any) -> None:
        firm, office = new_nip(), new_nip()
        seal = self_signed(organization_identifier=f"VATPL-{office}")
        named = {"permissions": [{"permission": "InvoiceRead", "description": "opis uprawnienia"}]}
        assert post("permissions", grant(firm, "Nip", office, "InvoiceRead") | named).status_code == 200
        assert enters(door, seal, firm)
        nameless = {"permissions": [{"description": "opis uprawnienia"}]}
        assert code(post("permissions", grant(firm, "Nip", office, "InvoiceRead") | nameless)) == 21405

    @pytest.mark.parametrize(
        "change",
        [
            {"permissions": [{"permissionType": "Owner", "description": "wszystko"}]},
            {"permissions": [{"permissionType": "InvoiceRead", "description": "x"}]},
            {"contextIdentifier": {"type": "Pesel", "value": PESEL}},
            {"authorizedIdentifier": {"type": "Regon", "value": "1234567890"}},
        ],
    )
    def test_fields(self, change: dict[str, Any], post: Any) -> None:
        assert code(post("permissions", grant(new_nip(), "Pesel", PESEL, "InvoiceRead") | change)) == 21405
