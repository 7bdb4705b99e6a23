"""Limits of counts and sizes: told, changed, put back, and kept by whoever they are for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ksef_emulator.config import Config
from ksef_emulator.emulator import Emulator
from ksef_emulator.model.identity.contexts import Context
from ksef_emulator.model.identity.subjects import Subject, SubjectType
from ksef_emulator.model.limits.counts import ContextLimits, SessionLimits, SubjectLimits
from ksef_emulator.model.limits.rates import OPEN_TO_CHANGE, Profile, Rates

from ..certificates.requests import csr
from ..invoicing.conftest import Firm, b64, fa3, problem, yesterday
from ..login.conftest import code, new_key, new_nip, self_signed
from .conftest import Caller

Make = Callable[[Profile], Caller]
CONTEXT = "/testdata/limits/context/session"
SUBJECT = "/testdata/limits/subject/certificate"
USUAL_SESSION = {"maxInvoiceSizeInMB": 1, "maxInvoiceWithAttachmentSizeInMB": 3, "maxInvoices": 10_000}
USUAL = {
    "onlineSession": USUAL_SESSION,
    "batchSession": USUAL_SESSION,
    "collectiveIdentifier": {"maxInvoices": 500},
}


@pytest.fixture
def one(caller: Make) -> Caller:
    return caller("off")


def wanted(online: Any = USUAL_SESSION, batch: Any = USUAL_SESSION, collective: int = 500) -> dict[str, Any]:
    """Body of ``POST /testdata/limits/context/session``."""
    return {
        "onlineSession": online,
        "batchSession": batch,
        "collectiveIdentifier": {"maxInvoices": collective},
    }


class TestOfContext:
    def test_the_published_ones(self, one: Caller) -> None:
        message = one.ask("GET", "/limits/context")
        assert (message.status_code, message.json()) == (200, USUAL)

    def test_change_and_restore(self, one: Caller) -> None:
        online = {"maxInvoiceSizeInMB": 5, "maxInvoiceWithAttachmentSizeInMB": 10, "maxInvoices": 100_000}
        batch = {"maxInvoiceSizeInMB": 0, "maxInvoiceWithAttachmentSizeInMB": 0, "maxInvoices": 0}
        body = wanted(online, batch, 2)
        changed = one.ask("POST", CONTEXT, body)
        assert (changed.status_code, changed.content) == (200, b"")
        assert one.ask("GET", "/limits/context").json() == body
        assert one.stranger().ask("GET", "/limits/context").json() == USUAL
        assert one.ask("DELETE", CONTEXT).status_code == 200
        assert one.ask("GET", "/limits/context").json() == USUAL
        assert one.ask("DELETE", CONTEXT).status_code == 200

    @pytest.mark.parametrize(
        ("group", "member", "value"),
        [
            (group, member, value)
            for group in ("onlineSession", "batchSession")
            for member, values in {
                "maxInvoiceSizeInMB": (-1, 6, "1", 1.5, None),
                "maxInvoiceWithAttachmentSizeInMB": (-1, 11),
                "maxInvoices": (-1, 100_001, 2**31),
            }.items()
            for value in values
        ]
        + [("collectiveIdentifier", "maxInvoices", value) for value in (1, 5001)],
    )
    def test_out_of_range(self, one: Caller, group: str, member: str, value: Any) -> None:
        body = wanted()
        body[group] = body[group] | {member: value}
        refused = one.ask("POST", CONTEXT, body)
        assert code(refused) == 21405
        (detail,) = refused.json()["exception"]["exceptionDetailList"][0]["details"]
        assert detail.startswith(f"{group}.{member}: ")
        assert one.ask("GET", "/limits/context").json() == USUAL

    def test_everything_is_needed(self, one: Caller) -> None:
        for missing in ("onlineSession", "batchSession"):
            body = {name: value for name, value in wanted().items() if name != missing}
            assert code(one.ask("POST", CONTEXT, body)) == 21405

    def test_clients_older_than_collective_identifiers_leave_their_limit(self, one: Caller) -> None:
        assert one.ask("POST", CONTEXT, wanted(collective=7)).status_code == 200
        for younger in ({}, {"collectiveIdentifier": None}):
            session = USUAL_SESSION | {"maxInvoices": 9}
            body = {"OnlineSession": session, "batchSession": USUAL_SESSION} | younger
            assert one.ask("POST", CONTEXT, body).status_code == 200
            message = one.ask("GET", "/limits/context").json()
            assert message["collectiveIdentifier"] == {"maxInvoices": 7}
            assert message["onlineSession"]["maxInvoices"] == 9

    def test_as_many_invoices_as_the_context_may_send(self, one: Caller) -> None:
        firm = Firm(door=one, nip=one.nip, token=one.token)
        session = firm.open()
        one.ask("POST", CONTEXT, wanted(USUAL_SESSION | {"maxInvoices": 2}))
        for number in ("1", "2"):
            firm.issue(session, number=number)
        third = firm.sending(fa3(seller=one.nip, day=yesterday(), number="3"))
        refused = firm.post(f"/sessions/online/{session}/invoices", third)
        assert problem(refused) == (
            21155,
            "Przekroczono dozwoloną liczbę faktur w sesji.",
            [f"Sesja o numerze referencyjnym {session} osiągnęła dozwolony limit liczby faktur 2."],
        )
        one.ask("DELETE", CONTEXT)
        firm.issue(session, number="3")

    def test_as_large_as_the_context_may_send(self, one: Caller) -> None:
        firm = Firm(door=one, nip=one.nip, token=one.token)
        session = firm.open()
        large = fa3(seller=one.nip, day=yesterday(), item="x" * 200, number="1")
        large += b"<!--" + b"y" * 1_000_000 + b"-->"
        refused = firm.status(session, firm.send(session, large))["status"]
        assert (refused["code"], refused["details"]) == (
            430,
            ["Rozmiar pliku faktury przekracza dozwolony limit: 1000000 bajtów."],
        )
        one.ask("POST", CONTEXT, wanted(USUAL_SESSION | {"maxInvoiceSizeInMB": 2}))
        assert firm.status(session, firm.send(session, large))["status"]["code"] == 200
        nothing = {"maxInvoiceSizeInMB": 0, "maxInvoiceWithAttachmentSizeInMB": 0, "maxInvoices": 10}
        one.ask("POST", CONTEXT, wanted(nothing))
        small = firm.send(session, fa3(seller=one.nip, day=yesterday(), number="2"))
        assert firm.status(session, small)["status"]["code"] == 430

    @pytest.mark.parametrize(
        ("method", "path"), [("GET", "/limits/context"), ("POST", CONTEXT), ("DELETE", CONTEXT)]
    )
    def test_strangers(self, one: Caller, method: str, path: str) -> None:
        assert one.call(method, path).status_code == 401


def enrol(one: Caller) -> Any:
    data = one.ask("GET", "/certificates/enrollments/data").json()
    body = {
        "certificateName": "Komputer",
        "certificateType": "Authentication",
        "csr": b64(csr(new_key(), data)),
    }
    return one.ask("POST", "/certificates/enrollments", body)


class TestOfSubject:
    @pytest.mark.parametrize(
        ("serial", "enrollments", "certificates"),
        [("TINPL-{nip}", 300, 100), ("PNOPL-90010112345", 12, 6), (None, 12, 6)],
    )
    def test_the_published_ones(
        self, one: Caller, serial: str | None, enrollments: int, certificates: int
    ) -> None:
        nip = new_nip()
        identity = self_signed(serial_number=serial and serial.format(nip=nip))
        person = Caller(running=one.running, http=one.http)
        person.nip = nip
        kind = "certificateSubject" if serial else "certificateFingerprint"
        if serial is None or "PNOPL" in serial:
            who = (
                {"type": "Pesel", "value": "90010112345"}
                if serial
                else {"type": "Fingerprint", "value": identity.fingerprint}
            )
            granted = {
                "contextIdentifier": {"type": "Nip", "value": nip},
                "authorizedIdentifier": who,
                "permissions": [{"permissionType": "InvoiceRead", "description": "Osoba"}],
            }
            assert one.ask("POST", "/testdata/permissions", granted).status_code == 200
        person.token, _ = person.tokens(identity, ("Nip", nip), subject=kind)
        assert person.ask("GET", "/limits/subject").json() == {
            "enrollment": {"maxEnrollments": enrollments},
            "certificate": {"maxCertificates": certificates},
        }

    def test_change_and_restore(self, one: Caller) -> None:
        body = {
            "subjectIdentifierType": "Nip",
            "enrollment": {"maxEnrollments": 7},
            "certificate": {"maxCertificates": 3},
        }
        assert one.ask("POST", SUBJECT, body).status_code == 200
        message = {"enrollment": {"maxEnrollments": 7}, "certificate": {"maxCertificates": 3}}
        assert one.ask("GET", "/limits/subject").json() == message
        limits = one.ask("GET", "/certificates/limits").json()
        assert limits["enrollment"] == {"remaining": 7, "limit": 7}
        assert limits["certificate"] == {"remaining": 3, "limit": 3}
        assert one.stranger().ask("GET", "/limits/subject").json() != message
        assert one.ask("DELETE", SUBJECT).status_code == 200
        assert one.ask("GET", "/certificates/limits").json()["enrollment"] == {"remaining": 300, "limit": 300}

    @pytest.mark.parametrize(
        "other", [{}, {"certificate": None}, {"certificate": {}}, {"certificate": {"maxCertificates": None}}]
    )
    def test_one_of_two(self, one: Caller, other: dict[str, Any]) -> None:
        assert one.ask("POST", SUBJECT, {"enrollment": {"maxEnrollments": 1}} | other).status_code == 200
        assert one.ask("GET", "/limits/subject").json() == {
            "enrollment": {"maxEnrollments": 1},
            "certificate": {"maxCertificates": 100},
        }

    @pytest.mark.parametrize(
        "body",
        [
            {"enrollment": {"maxEnrollments": -1}},
            {"certificate": {"maxCertificates": -1}},
            {"certificate": {"maxCertificates": "3"}},
            {"subjectIdentifierType": "Token"},
            {"enrollment": 5},
            [],
        ],
    )
    def test_what_is_refused(self, one: Caller, body: Any) -> None:
        assert code(one.ask("POST", SUBJECT, body)) == 21405
        assert one.ask("GET", "/limits/subject").json()["enrollment"] == {"maxEnrollments": 300}

    def test_no_more_requests(self, one: Caller) -> None:
        one.ask("POST", SUBJECT, {"enrollment": {"maxEnrollments": 1}})
        assert enrol(one).status_code == 202
        assert code(enrol(one)) == 25006
        one.ask("DELETE", SUBJECT)
        assert enrol(one).status_code == 202

    def test_no_more_certificates(self, one: Caller) -> None:
        one.ask("POST", SUBJECT, {"certificate": {"maxCertificates": 0}})
        assert one.ask("GET", "/certificates/limits").json()["canRequest"] is False
        assert code(enrol(one)) == 25007

    def test_fewer_than_there_are_leaves_none(self, one: Caller) -> None:
        for _ in range(2):
            assert enrol(one).status_code == 202
        one.ask("POST", SUBJECT, {"certificate": {"maxCertificates": 1}})
        assert one.ask("GET", "/certificates/limits").json()["certificate"] == {"remaining": 0, "limit": 1}

    @pytest.mark.parametrize(
        ("method", "path"), [("GET", "/limits/subject"), ("POST", SUBJECT), ("DELETE", SUBJECT)]
    )
    def test_strangers(self, one: Caller, method: str, path: str) -> None:
        assert one.call(method, path).status_code == 401


class TestKept:
    CONTEXT = ContextLimits(online=SessionLimits(max_invoices=5), collective=7)
    SUBJECT = Subject(type=SubjectType.PESEL, value="90010112345")

    def test_a_restart_keeps_what_was_changed(self, tmp_path: Path) -> None:
        rates = {group: Rates(per_second=2, per_minute=3, per_hour=4) for group in OPEN_TO_CHANGE}
        config = Config(data_dir=tmp_path, rate_limits="off")
        emulator = Emulator(config)
        emulator.limits.set_context(Context.of_nip("1111111111"), self.CONTEXT)
        emulator.limits.set_subject(self.SUBJECT, SubjectLimits(enrollments=1, certificates=2))
        emulator.rate_limits.change(Context.of_nip("1111111111"), rates)
        emulator.close()
        again = Emulator(config)
        try:
            assert again.limits.context(Context.of_nip("1111111111")) == self.CONTEXT
            assert again.limits.context(Context.of_nip("2222222222")) == ContextLimits()
            assert again.limits.subject(self.SUBJECT) == SubjectLimits(enrollments=1, certificates=2)
            assert again.rate_limits.of(Context.of_nip("1111111111"))["other"] == rates["other"]
            again.reset()
            assert again.limits.context(Context.of_nip("1111111111")) == ContextLimits()
            assert again.limits.subject(self.SUBJECT) == SubjectLimits(enrollments=12, certificates=6)
            assert again.rate_limits.idle
        finally:
            again.close()
