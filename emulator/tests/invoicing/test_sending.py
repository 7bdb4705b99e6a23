"""Opening, sending and closing over HTTP: what goes in, and every way to be sent away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ksef_emulator.model.identity.contexts import Context
from ksef_emulator.model.limits.counts import ContextLimits, SessionLimits

from .conftest import ATTACHMENT, Firm, b64, fa3, problem, sha256, yesterday

NOWHERE = "20260101-SO-0000000000-0000000000-00"
INVALID = "Błąd walidacji danych wejściowych."


def test_an_invoice_goes_through(firm: Firm) -> None:
    answer = firm.post("/sessions/online", firm.opening())
    assert answer.status_code == 201
    opened = answer.json()
    assert set(opened) == {"referenceNumber", "validUntil"}
    session = opened["referenceNumber"]
    assert len(session) == 36 and "-SO-" in session
    xml = fa3(seller=firm.nip, day=yesterday())
    answer = firm.post(f"/sessions/online/{session}/invoices", firm.sending(xml))
    assert answer.status_code == 202
    assert set(answer.json()) == {"referenceNumber"}
    status = firm.status(session, answer.json()["referenceNumber"])
    assert status["status"] == {"code": 200, "description": "Sukces"}
    assert (status["ordinalNumber"], status["invoiceNumber"]) == (1, "FV/1/2026")
    assert (status["invoicingMode"], status["invoiceHash"]) == ("Offline", sha256(xml))
    assert status["invoicingDate"] <= status["acquisitionDate"] < status["permanentStorageDate"]
    answer = firm.post(f"/sessions/online/{session}/close")
    assert (answer.status_code, answer.content) == (204, b"")


def test_an_open_session_in_its_states(firm: Firm) -> None:
    session = firm.open()
    shown = firm.get(f"/sessions/{session}").json()
    assert shown["status"] == {"code": 100, "description": "Sesja interaktywna otwarta"}
    assert not {"invoiceCount", "successfulInvoiceCount", "failedInvoiceCount"} & set(shown)
    firm.issue(session)
    shown = firm.get(f"/sessions/{session}").json()
    assert (shown["invoiceCount"], shown["successfulInvoiceCount"]) == (1, 1)
    assert "failedInvoiceCount" not in shown
    firm.send(session, b"<a/>")
    firm.close(session)
    shown = firm.get(f"/sessions/{session}").json()
    assert shown["status"] == {"code": 200, "description": "Sesja interaktywna przetworzona pomyślnie"}
    assert (shown["invoiceCount"], shown["successfulInvoiceCount"], shown["failedInvoiceCount"]) == (2, 1, 1)
    assert len(shown["upo"]["pages"]) == 1


@pytest.mark.parametrize(
    ("documents", "code", "details"), [([], 440, ["Nie przesłano faktur"]), ([b"<a/>"], 445, None)]
)
def test_a_session_without_a_good_invoice(
    firm: Firm, documents: list[bytes], code: int, details: Any
) -> None:
    session = firm.open()
    for xml in documents:
        firm.send(session, xml)
    firm.close(session)
    shown = firm.get(f"/sessions/{session}").json()
    assert (shown["status"]["code"], shown["status"].get("details")) == (code, details)
    assert "upo" not in shown


def test_a_key_that_does_not_open_stands_in_the_sessions_status(firm: Firm) -> None:
    body = firm.opening(encryption={"encryptedSymmetricKey": b64(b"x" * 256)})
    session = firm.post("/sessions/online", body).json()["referenceNumber"]
    assert firm.get(f"/sessions/{session}").json()["status"]["code"] == 415
    refused = firm.post(f"/sessions/online/{session}/invoices", firm.sending(b"<a/>"))
    assert problem(refused) == (
        21180,
        "Status sesji nie pozwala na wykonanie operacji.",
        ["Status sesji 415 uniemożliwia wysyłkę faktur."],
    )


class TestRefusedOpenings:
    @pytest.mark.parametrize(
        "change",
        [
            {"formCode": {"systemCode": "FA (1)", "schemaVersion": "1-0E", "value": "FA"}},
            {"formCode": {"systemCode": "FA (3)"}},
            {"formCode": None},
            {"encryption": {"initializationVector": "%%%"}},
            {"encryption": {"encryptedSymmetricKey": "%%%"}},
            {"encryption": {"publicKeyId": "short"}},
            {"encryption": {"encryptedSymmetricKey": None}},
        ],
    )
    def test_fields(self, firm: Firm, change: dict[str, Any]) -> None:
        code, text, details = problem(firm.post("/sessions/online", firm.opening(**change)))
        assert (code, text) == (21405, INVALID)
        assert details

    def test_not_json(self, firm: Firm) -> None:
        answer = firm.door.call(
            "POST",
            "/sessions/online",
            firm.token,
            content="{",
            headers={"Content-Type": "application/json"},
        )
        assert problem(answer)[:2] == (21001, "Nieczytelna treść.")

    def test_an_unknown_key(self, firm: Firm) -> None:
        unknown = b64(b"u" * 32)
        refused = firm.post("/sessions/online", firm.opening(encryption={"publicKeyId": unknown}))
        assert problem(refused) == (
            21470,
            "Przesłany identyfikator klucza jest nieznany lub wskazuje na wycofany klucz.",
            [f"Klucz o identyfikatorze {unknown} nie jest wspierany."],
        )


class TestRefusedDocuments:
    def send(self, firm: Firm, session: str, **changes: Any) -> Any:
        xml = fa3(seller=firm.nip, day=yesterday())
        return firm.post(f"/sessions/online/{session}/invoices", firm.sending(xml, **changes))

    def test_size_of_the_sealed_file(self, firm: Firm) -> None:
        refused = self.send(firm, firm.open(), encryptedInvoiceSize=1)
        assert problem(refused) == (
            21402,
            "Nieprawidłowy rozmiar pliku.",
            ["Długość treści nie zgadza się z rozmiarem pliku."],
        )

    def test_hash_of_the_sealed_file(self, firm: Firm) -> None:
        refused = self.send(firm, firm.open(), encryptedInvoiceHash=sha256(b"other"))
        assert problem(refused) == (
            21403,
            "Nieprawidłowy skrót pliku.",
            ["Skrót treści nie zgadza się ze skrótem pliku."],
        )

    @pytest.mark.parametrize(
        "change",
        [
            {"invoiceHash": "short"},
            {"invoiceHash": "%" * 44},
            {"invoiceSize": 0},
            {"invoiceSize": None},
            {"encryptedInvoiceContent": "%%%"},
            {"offlineMode": "maybe"},
            {"hashOfCorrectedInvoice": sha256(b"original")},
        ],
    )
    def test_fields(self, firm: Firm, change: dict[str, Any]) -> None:
        assert problem(self.send(firm, firm.open(), **change))[0] == 21405

    def test_a_full_session(self, firm: Firm) -> None:
        session = firm.open()
        firm.issue(session)
        one = ContextLimits(online=SessionLimits(max_invoices=1))
        firm.door.emulator.limits.set_context(Context.of_nip(firm.nip), one)
        assert problem(self.send(firm, session)) == (
            21155,
            "Przekroczono dozwoloną liczbę faktur w sesji.",
            [f"Sesja o numerze referencyjnym {session} osiągnęła dozwolony limit liczby faktur 1."],
        )

    def test_no_such_session(self, firm: Firm) -> None:
        text = "Brak sesji o wskazanym numerze referencyjnym."
        details = [f"Sesja o numerze referencyjnym {NOWHERE} nie została odnaleziona."]
        assert problem(self.send(firm, NOWHERE)) == (21173, text, details)
        assert problem(firm.post(f"/sessions/online/{NOWHERE}/close")) == (21173, text, details)
        assert problem(self.send(firm, "nowhere"))[0] == 21405

    def test_a_closed_session(self, firm: Firm) -> None:
        session = firm.open()
        firm.issue(session)
        firm.close(session)
        assert problem(self.send(firm, session))[0] == 21180
        assert problem(firm.post(f"/sessions/online/{session}/close")) == (
            21180,
            "Status sesji nie pozwala na wykonanie operacji.",
            ["Status sesji 170 uniemożliwia jej zamknięcie."],
        )

    def test_twelve_hours_are_over(self, firm: Firm) -> None:
        session = firm.open()
        firm.issue(session)
        firm.door.emulator.clock.move(timedelta(hours=12, seconds=1))
        firm.door.emulator.intake_queue.settle()
        firm.door.emulator.clock.reset()
        assert firm.get(f"/sessions/{session}").json()["status"]["code"] == 200


class TestCorrections:
    """Technical corrections of documents that were issued offline and rejected."""

    def test_a_rejected_document_is_corrected_once(self, firm: Firm) -> None:
        session = firm.open()
        original = b"<broken/>"
        firm.send(session, original, offlineMode=True)
        change = {"offlineMode": True, "hashOfCorrectedInvoice": sha256(original)}
        corrected = fa3(seller=firm.nip, day=yesterday())
        status = firm.status(session, firm.send(session, corrected, **change))
        assert (status["status"]["code"], status["invoicingMode"]) == (200, "Offline")
        other = fa3(seller=firm.nip, day=yesterday(), number="2")
        refused = firm.post(f"/sessions/online/{session}/invoices", firm.sending(other, **change))
        assert problem(refused) == (
            21166,
            "Korekta techniczna niedostępna.",
            ["Faktura posiada już przetworzoną prawidłowo korektę techniczną."],
        )

    def test_an_accepted_document_needs_none(self, firm: Firm) -> None:
        session = firm.open()
        accepted = firm.issue(session)
        change = {"offlineMode": True, "hashOfCorrectedInvoice": accepted["invoiceHash"]}
        refused = firm.post(f"/sessions/online/{session}/invoices", firm.sending(b"<a/>", **change))
        assert problem(refused) == (
            21167,
            "Status faktury nie pozwala na korektę techniczną.",
            ["Nie można wysłać korekty technicznej do prawidłowo przetworzonej faktury."],
        )


class TestVerdicts:
    """Refusals that come with the invoice's status."""

    @pytest.mark.parametrize(
        ("changes", "code"),
        [({"invoiceSize": 7}, 430), ({"invoiceHash": sha256(b"other")}, 430)],
    )
    def test_declared_otherwise(self, firm: Firm, changes: dict[str, Any], code: int) -> None:
        session = firm.open()
        xml = fa3(seller=firm.nip, day=yesterday())
        assert firm.status(session, firm.send(session, xml, **changes))["status"]["code"] == code

    def test_not_decrypted(self, firm: Firm) -> None:
        session, noise = firm.open(), b"n" * 100
        body = firm.sending(
            b"<a/>",
            encryptedInvoiceContent=b64(noise),
            encryptedInvoiceHash=sha256(noise),
            encryptedInvoiceSize=len(noise),
        )
        invoice = firm.post(f"/sessions/online/{session}/invoices", body).json()["referenceNumber"]
        assert firm.status(session, invoice)["status"]["code"] == 435

    def test_a_duplicate_names_the_original(self, firm: Firm) -> None:
        session = firm.open()
        first = firm.issue(session, item="Jedno")
        second = fa3(seller=firm.nip, day=yesterday(), item="Drugie")
        status = firm.status(session, firm.send(session, second))["status"]
        assert (status["code"], status["description"]) == (440, "Duplikat faktury")
        assert status["extensions"] == {
            "originalSessionReferenceNumber": session,
            "originalKsefNumber": first["ksefNumber"],
        }

    def test_an_attachment(self, firm: Firm) -> None:
        session = firm.open()
        xml = fa3(seller=firm.nip, day=yesterday(), attachment=ATTACHMENT)
        status = firm.status(session, firm.send(session, xml))["status"]
        assert (status["code"], status["description"]) == (
            415,
            "Brak możliwości wysyłania faktury z załącznikiem",
        )

    def test_checksums_when_asked(self, firm: Firm) -> None:
        xml = fa3(seller=firm.nip, day=yesterday(), buyer="<NIP>1111111112</NIP>")
        plain = firm.open()
        assert firm.status(plain, firm.send(plain, xml))["status"]["code"] == 200
        asking = firm.open(headers={"X-KSeF-Feature": "subject-identifier-validation"})
        assert firm.status(asking, firm.send(asking, xml))["status"]["code"] == 450


def test_both_error_formats(firm: Firm) -> None:
    older = firm.get(f"/sessions/{NOWHERE}")
    assert older.headers["content-type"] == "application/json"
    assert set(older.json()) == {"exception"}
    newer = firm.get(f"/sessions/{NOWHERE}", headers={"X-Error-Format": "problem-details"})
    assert (newer.status_code, newer.headers["content-type"]) == (400, "application/problem+json")
    body = newer.json()
    assert (body["title"], body["status"], body["detail"]) == (
        "Bad Request",
        400,
        "Żądanie jest nieprawidłowe.",
    )
    assert body["instance"] == f"/v2/sessions/{NOWHERE}"
    assert body["errors"] == [
        {
            "code": 21173,
            "description": "Brak sesji o wskazanym numerze referencyjnym.",
            "details": [f"Sesja o numerze referencyjnym {NOWHERE} nie została znaleziona."],
        }
    ]


@pytest.mark.shared
def test_the_ministrys_examples(enter: Callable[..., Firm], shared: Path) -> None:
    """All thirteen, with numbers of their own: twelve go in, the one with an attachment needs a batch."""
    firm = enter("9999999999")
    session = firm.open()
    verdicts = {}
    for path in sorted((shared / "spec/examples/fa3").glob("*.xml")):
        before, rest = path.read_bytes().split(b"<P_2>", 1)
        xml = before + b"<P_2>" + path.stem.encode() + b"/" + rest
        verdicts[path.stem] = firm.status(session, firm.send(session, xml))["status"]["code"]
    assert len(verdicts) == 13
    assert verdicts.pop("przyklad_25") == 415
    assert set(verdicts.values()) == {200}
