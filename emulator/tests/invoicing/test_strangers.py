"""Who may not see and do what: other firms, people without a token, people with another permission."""

from __future__ import annotations

from collections.abc import Callable

from ..login.conftest import self_signed
from .conftest import Firm, forbidden, problem
from .test_metadata import ask, found

NOWHERE = "20260101-SO-0000000000-0000000000-00"
STRANGE = "5265877635-20261123-010080-0000AA-5D"


def employee(firm: Firm, pesel: str, permission: str) -> Firm:
    """A person with one permission in the firm's context."""
    grant = {
        "contextIdentifier": {"type": "Nip", "value": firm.nip},
        "authorizedIdentifier": {"type": "Pesel", "value": pesel},
        "permissions": [{"permissionType": permission, "description": "praca w firmie"}],
    }
    assert firm.door.call("POST", "/testdata/permissions", json=grant).status_code == 200
    token, _ = firm.door.tokens(self_signed(serial_number=f"PNOPL-{pesel}"), ("Nip", firm.nip))
    return Firm(door=firm.door, nip=firm.nip, token=token)


def test_another_firm_sees_nothing(firm: Firm, enter: Callable[..., Firm]) -> None:
    session = firm.open()
    one = firm.issue(session)
    firm.close(session)
    (page,) = firm.get(f"/sessions/{session}").json()["upo"]["pages"]
    stranger = enter()
    invoice, number = one["referenceNumber"], one["ksefNumber"]
    for code, path in (
        (21173, f"/sessions/{session}"),
        (21173, f"/sessions/{session}/invoices"),
        (21173, f"/sessions/{session}/invoices/failed"),
        (21173, f"/sessions/{session}/invoices/{invoice}"),
        (21173, f"/sessions/{session}/invoices/{invoice}/upo"),
        (21178, f"/sessions/{session}/invoices/ksef/{number}/upo"),
        (21173, f"/sessions/{session}/upo/{page['referenceNumber']}"),
        (21164, f"/invoices/ksef/{number}"),
    ):
        assert problem(stranger.get(path))[0] == code, path
    assert problem(stranger.post(f"/sessions/online/{session}/close"))[0] == 21173
    refused = stranger.post(f"/sessions/online/{session}/invoices", stranger.sending(b"<a/>"))
    assert problem(refused)[0] == 21173
    assert stranger.get("/sessions?sessionType=Online").json()["sessions"] == []
    for subject in ("Subject1", "Subject2", "Subject3", "SubjectAuthorized"):
        assert found(stranger, subjectType=subject) == []
    assert problem(stranger.get(f"/invoices/ksef/{number}")) == (
        21164,
        "Faktura o podanym identyfikatorze nie istnieje.",
        [f"Faktura o numerze KSeF {number} nie została znaleziona."],
    )


def test_nobody_without_a_token(firm: Firm) -> None:
    for path in ("/sessions?sessionType=Online", f"/sessions/{NOWHERE}", f"/invoices/ksef/{STRANGE}"):
        assert firm.door.call("GET", path).status_code == 401
    assert firm.door.call("POST", "/sessions/online", json={}).status_code == 401


def test_a_permission_for_each_thing(firm: Firm) -> None:
    session = firm.open()
    reader = employee(firm, "71010112345", "InvoiceRead")
    writer = employee(firm, "72010112345", "InvoiceWrite")
    sender = ["EnforcementOperations", "InvoiceWrite", "PefInvoiceWrite"]
    lister = ["EnforcementOperations", "Introspection", "InvoiceWrite"]
    seer = [*lister, "PefInvoiceWrite"]
    for required, answer in (
        (sender, reader.post("/sessions/online", firm.opening())),
        (sender, reader.post(f"/sessions/online/{session}/close")),
        (seer, reader.get(f"/sessions/{session}")),
        (lister, reader.get("/sessions?sessionType=Online")),
        (["InvoiceRead"], writer.get(f"/invoices/ksef/{STRANGE}")),
        (["InvoiceRead"], ask(writer)),
    ):
        assert forbidden(answer) == "missing-permissions"
        security = answer.json()["security"]
        assert security["requiredAnyOfPermissions"] == required
        present = "InvoiceWrite" if required == ["InvoiceRead"] else "InvoiceRead"
        assert security["presentPermissions"] == [present]


def test_an_employee_lists_only_the_sessions_of_their_own(firm: Firm) -> None:
    owners = firm.open()
    writer = employee(firm, "73010112345", "InvoiceWrite")
    seer = employee(firm, "74010112345", "Introspection")
    mine = writer.open()
    for reader, expected in ((writer, [mine]), (seer, [mine, owners]), (firm, [mine, owners])):
        listed = reader.get("/sessions?sessionType=Online").json()["sessions"]
        assert [item["referenceNumber"] for item in listed] == expected


def test_an_employee_has_no_part_in_the_sessions_of_others(firm: Firm) -> None:
    owners = firm.open()
    writer = employee(firm, "75010112345", "InvoiceWrite")
    seer = employee(firm, "76010112345", "Introspection")
    for refused in (
        writer.get(f"/sessions/{owners}"),
        writer.get(f"/sessions/{owners}/invoices"),
        writer.post(f"/sessions/online/{owners}/close"),
        writer.post(f"/sessions/online/{owners}/invoices", writer.sending(b"<a/>")),
    ):
        assert forbidden(refused) == "insufficient-resource-access"
    assert seer.get(f"/sessions/{owners}").status_code == 200
    mine = writer.open()
    assert writer.get(f"/sessions/{mine}").status_code == 200
    firm.close(mine)
