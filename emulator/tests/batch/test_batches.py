"""Whole batches over HTTP: what goes through, and what every status stands for."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from ksef_emulator.intake.polish_time import polish_day
from ksef_emulator.model.identity.contexts import Context
from ksef_emulator.model.limits.counts import ContextLimits, SessionLimits
from lxml import etree

from ..invoicing.conftest import ATTACHMENT, Firm, b64, fa3, problem, yesterday
from .conftest import Package, Sender, digest, package, tarred, zipped

PACK = {"Zip": zipped, "TarGz": tarred}


@pytest.mark.parametrize("compression", ["Zip", "TarGz", None])
@pytest.mark.parametrize("parts", [1, 3])
def test_a_batch_goes_through(sender: Sender, compression: str | None, parts: int) -> None:
    files = sender.invoices(5)
    archive = PACK[compression or "Zip"](files)
    session, requests = sender.open(package(archive, parts=parts, compressionType=compression))
    assert len(session) == 36 and "-SB-" in session
    assert [request["ordinalNumber"] for request in requests] == list(range(1, parts + 1))
    shown = sender.status(session)
    assert shown["status"] == {"code": 100, "description": "Sesja wsadowa rozpoczęta"}
    assert not {"invoiceCount", "successfulInvoiceCount", "failedInvoiceCount", "upo"} & set(shown)
    for request, part in reversed(
        list(zip(requests, package(archive, parts=parts).parts, strict=True))
    ):  # in any order
        assert sender.upload(request, part).status_code == 201
    assert sender.close(session).status_code == 204
    shown = sender.end(session)
    assert shown["status"] == {"code": 200, "description": "Sesja wsadowa przetworzona pomyślnie"}
    assert (shown["invoiceCount"], shown["successfulInvoiceCount"], shown["failedInvoiceCount"]) == (5, 5, 0)
    documents = sender.documents(session)
    assert [document["invoiceFileName"] for document in documents] == list(files)
    assert [document["ordinalNumber"] for document in documents] == [1, 2, 3, 4, 5]
    assert [document["invoiceHash"] for document in documents] == [digest(xml) for xml in files.values()]
    assert {document["invoicingDate"] for document in documents} == {shown["dateCreated"]}
    assert {document["status"]["code"] for document in documents} == {200}
    (page,) = shown["upo"]["pages"]
    upo = sender.firm.door.http.get(page["downloadUrl"])
    assert upo.headers["x-ms-meta-hash"] == b64(hashlib.sha256(upo.content).digest())
    numbers = etree.fromstring(upo.content).findall(".//{*}NumerKSeFDokumentu")
    assert [number.text for number in numbers] == [document["ksefNumber"] for document in documents]
    first = documents[0]["ksefNumber"]
    xml = sender.firm.get(f"/invoices/ksef/{first}")
    assert xml.content == next(iter(files.values()))


def test_bad_documents_do_not_stop_the_others(sender: Sender, enter: Callable[..., Firm]) -> None:
    files = sender.invoices(2)
    good, same = files["faktura_1.xml"], files["faktura_2.xml"]
    files |= {
        "folder/głęboko/duplikat.xml": same.replace(b"Nabywca", b"Inny"),
        "czytaj.txt": "to nie jest XML ąę".encode(),
        "cudza.xml": fa3(seller="5265877635", day=yesterday()),
        "zalacznik.xml": fa3(seller=sender.firm.nip, number="FV/9", day=yesterday(), attachment=ATTACHMENT),
        "pusty.xml": b"",
        "wielki.bin": os.urandom(3_000_001),
    }
    session = sender.send(package(zipped(files)))
    shown = sender.end(session)
    assert shown["status"]["code"] == 200
    assert (shown["invoiceCount"], shown["successfulInvoiceCount"], shown["failedInvoiceCount"]) == (8, 2, 6)
    failed = {document["invoiceFileName"]: document for document in sender.documents(session, "/failed")}
    codes = {name: document["status"]["code"] for name, document in failed.items()}
    assert codes == {
        "folder/głęboko/duplikat.xml": 440,
        "czytaj.txt": 450,
        "cudza.xml": 410,
        "zalacznik.xml": 410,
        "pusty.xml": 450,
        "wielki.bin": 430,
    }
    duplicate = failed["folder/głęboko/duplikat.xml"]
    original = next(
        document for document in sender.documents(session) if document["invoiceHash"] == digest(same)
    )
    assert duplicate["status"]["extensions"] == {
        "originalSessionReferenceNumber": session,
        "originalKsefNumber": original["ksefNumber"],
    }
    assert duplicate["invoiceNumber"] == original["invoiceNumber"]
    assert failed["wielki.bin"]["invoiceHash"] == digest(files["wielki.bin"])
    assert failed["zalacznik.xml"]["status"]["details"] == [
        f"Sprzedawca {sender.firm.nip} nie posiada zgody do wysyłania faktur z załącznikami"
    ]
    assert good  # the first of them is there
    again = sender.send(package(zipped(sender.invoices(1))))
    shown = sender.end(again)
    assert (shown["status"]["code"], shown["failedInvoiceCount"]) == (445, 1)
    assert shown["status"]["description"] == "Błąd weryfikacji, brak poprawnych faktur"
    assert "upo" not in shown


class TestRefusedWhole:
    """The archive as a whole: no document is looked at, and none is told of."""

    def refused(self, sender: Sender, made: Package, **changes: Any) -> tuple[int, str, list[str]]:
        session = sender.send(made, **changes)
        shown = sender.end(session)
        assert not {"invoiceCount", "successfulInvoiceCount", "failedInvoiceCount", "upo"} & set(shown)
        assert sender.documents(session) == []
        status = shown["status"]
        return status["code"], status["description"], status.get("details", [])

    def test_another_hash_of_a_part(self, sender: Sender) -> None:
        made = package(zipped(sender.invoices(1)), parts=2)
        made.parts[1] = made.parts[1][:-1] + bytes([made.parts[1][-1] ^ 1])
        declared = made.declaration["fileParts"][1]["fileHash"]
        assert self.refused(sender, made) == (
            405,
            "Błąd weryfikacji poprawności dostarczonych elementów paczki",
            [f"Skrót SHA-256 części: '2' nie zgadza się z zadeklarowanym skrótem: '{declared}'."],
        )

    def test_a_key_that_does_not_open(self, sender: Sender) -> None:
        encryption = {"encryptedSymmetricKey": b64(os.urandom(256))}
        made = package(zipped(sender.invoices(1)))
        session = sender.send(made, encryption=encryption)
        assert sender.end(session)["status"] == {
            "code": 415,
            "description": "Błąd odszyfrowania dostarczonego klucza",
            "details": ["Rozszyfrowania klucza symetrycznego zakończone błędem."],
        }

    def test_another_initialization_vector(self, sender: Sender) -> None:
        code, description, details = self.refused(
            sender,
            package(zipped(sender.invoices(1))),
            encryption={"initializationVector": b64(b"x" * 16)},
        )
        assert (code, description) == (430, "Błąd dekompresji pierwotnego archiwum")
        (detail,) = details
        assert detail.startswith(
            "Skrót SHA-256 przesłanej paczki faktur nie jest zgodny z zadeklarowanym skrótem:"
        )

    def test_another_size_of_the_archive(self, sender: Sender) -> None:
        archive = zipped(sender.invoices(1))
        code, _, details = self.refused(sender, package(archive, fileSize=len(archive) + 1))
        assert code == 430 and "Rozmiar" in details[0]

    def test_parts_that_were_not_encrypted(self, sender: Sender) -> None:
        made = package(zipped(sender.invoices(1)))
        made.parts = [made.archive]
        (part,) = made.declaration["fileParts"]
        part |= {"fileSize": len(made.archive), "fileHash": digest(made.archive)}
        assert self.refused(sender, made)[:2] == (435, "Błąd odszyfrowania zaszyfrowanych części archiwum")

    @pytest.mark.parametrize(
        "archive",
        [
            b"to nie jest archiwum",
            zipped({"a.xml": b"<a/>"})[:-10],
            zipped({"a.xml": b"<a/>" * 1000})[10:],
            zipped({"a.xml": b"<a/>"}).replace(b"PK\x03\x04", b"PK\x03\x05"),
            tarred({"a.xml": b"<a/>"}),
            zipped({"../a.xml": b"<a/>"}),
            zipped({"/etc/passwd": b"<a/>"}),
            zipped({"C:\\a.xml": b"<a/>"}),
            zipped({"a\\..\\..\\b.xml": b"<a/>"}),
        ],
        ids=[
            "text",
            "cut at the end",
            "cut at the start",
            "another signature",
            "tar.gz",
            "a parent's path",
            "an absolute path",
            "a drive",
            "backslashes",
        ],
    )
    def test_no_zip_or_a_dangerous_one(self, sender: Sender, archive: bytes) -> None:
        code, _, details = self.refused(sender, package(archive))
        assert code == 430 and details

    def test_truncated_tar(self, sender: Sender) -> None:
        archive = tarred({"a.xml": os.urandom(5000)})
        assert self.refused(sender, package(archive[:-2000], compressionType="TarGz"))[0] == 430

    def test_a_zip_that_lies_about_a_size(self, sender: Sender) -> None:
        archive = bytearray(zipped({"a.xml": b"<a/>" * 10_000}))
        at = archive.rfind(b"PK\x01\x02") + 24
        archive[at : at + 4] = (100).to_bytes(4, "little")
        assert self.refused(sender, package(bytes(archive)))[0] == 430

    def test_a_bomb(self, sender: Sender) -> None:
        limits = ContextLimits(batch=SessionLimits(max_invoices=10))
        sender.firm.door.running.emulator.limits.set_context(Context.of_nip(sender.firm.nip), limits)
        files = {f"{i}.xml": bytes(8_000_000) for i in range(5)}
        code, _, details = self.refused(sender, package(zipped(files)))
        assert (code, details) == (430, ["Archiwum po rozpakowaniu jest za duże."])

    @pytest.mark.parametrize("compression", ["Zip", "TarGz"])
    def test_too_many_invoices(self, sender: Sender, compression: str) -> None:
        limits = ContextLimits(batch=SessionLimits(max_invoices=3))
        sender.firm.door.running.emulator.limits.set_context(Context.of_nip(sender.firm.nip), limits)
        archive = PACK[compression](sender.invoices(4))
        assert self.refused(sender, package(archive, compressionType=compression)) == (
            420,
            "Przekroczony limit faktur w sesji",
            ["Przekroczono dopuszczalną liczbę faktur w paczce: '3'. Liczba faktur w paczce: '4'."],
        )

    @pytest.mark.parametrize("files", [{}, {"folder/": b""}])
    def test_an_empty_archive(self, sender: Sender, files: dict[str, bytes]) -> None:
        assert self.refused(sender, package(zipped(files))) == (
            440,
            "Sesja anulowana",
            ["Nie przesłano faktur"],
        )

    def test_an_encrypted_zip(self, sender: Sender) -> None:
        archive = bytearray(zipped({"a.xml": b"<a/>"}))
        archive[archive.rfind(b"PK\x01\x02") + 8] |= 1
        assert self.refused(sender, package(bytes(archive)))[0] == 430


def test_kinds_of_zip(sender: Sender) -> None:
    """Stored, streamed with descriptors after the files, with something before it, with a comment."""
    files = sender.invoices(3)
    stored = zipped(files, zipfile.ZIP_STORED)
    streamed = io.BytesIO()

    class Pipe(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            return streamed.write(data)

    with zipfile.ZipFile(Pipe(), "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        archive.comment = b"comment"
        for name, xml in files.items():
            with archive.open(name, "w", force_zip64=True) as entry:
                entry.write(xml)
    for number, made in enumerate((stored, streamed.getvalue(), b"before" + zipped(files))):
        shown = sender.end(sender.send(package(made)))
        counts = shown["successfulInvoiceCount"], shown["failedInvoiceCount"]
        assert counts == ((3, 0) if number == 0 else (0, 3))  # read alike: the others are duplicates


def test_marked_offline_by_declaration_and_by_the_day_of_opening(sender: Sender) -> None:
    today = polish_day(sender.firm.door.running.emulator.clock.now()).isoformat()
    for number, (offline, day, mode) in enumerate(
        [(True, today, "Offline"), (False, today, "Online"), (False, yesterday(), "Offline")]
    ):
        xml = fa3(seller=sender.firm.nip, number=f"T/{number}", day=day)
        session = sender.send(package(zipped({"a.xml": xml})), offlineMode=offline)
        sender.end(session)
        (document,) = sender.documents(session)
        assert document.get("invoicingMode") == mode


class TestAttachments:
    """Invoices with attachments go in batches, of whoever said that they would come."""

    def send(self, sender: Sender, number: str) -> dict[str, Any]:
        xml = fa3(seller=sender.firm.nip, number=number, day=yesterday(), attachment=ATTACHMENT)
        session = sender.send(package(zipped({"a.xml": xml})))
        sender.end(session)
        (document,) = sender.documents(session)
        return dict(document["status"])

    def consent(self, sender: Sender, path: str = "", **more: Any) -> None:
        body = {"nip": sender.firm.nip, **more}
        answer = sender.firm.door.call("POST", f"/testdata/attachment{path}", json=body)
        assert answer.status_code == 200, answer.text

    def test_with_consent_and_without(self, sender: Sender) -> None:
        clock = sender.firm.door.running.emulator.clock
        tomorrow = (clock.now() + timedelta(days=1)).date().isoformat()
        assert self.send(sender, "Z/1")["code"] == 410
        self.consent(sender)
        self.consent(sender)
        assert self.send(sender, "Z/1")["code"] == 200
        self.consent(sender, "/revoke", expectedEndDate=tomorrow)
        assert self.send(sender, "Z/2")["code"] == 200
        self.consent(sender, "/revoke")
        assert self.send(sender, "Z/3")["code"] == 410
        self.consent(sender)
        assert self.send(sender, "Z/3")["code"] == 200

    def test_one_at_a_time_only_as_a_technical_correction(self, sender: Sender) -> None:
        self.consent(sender)
        firm = sender.firm
        session = firm.open()
        xml = fa3(seller=firm.nip, number="Z/4", day=yesterday(), attachment=ATTACHMENT)
        assert firm.status(session, firm.send(session, xml))["status"]["code"] == 415
        broken = xml.replace(b"<P_15>", b"<P_15_>")
        assert firm.status(session, firm.send(session, broken, offlineMode=True))["status"]["code"] == 450
        sent = firm.send(session, xml, offlineMode=True, hashOfCorrectedInvoice=digest(broken))
        assert firm.status(session, sent)["status"]["code"] == 200

    def test_wrong_bodies(self, sender: Sender) -> None:
        for path, body in (
            ("", {}),
            ("", {"nip": "1"}),
            ("/revoke", {"nip": "5265877635", "expectedEndDate": "x"}),
        ):
            answer = sender.firm.door.call("POST", f"/testdata/attachment{path}", json=body)
            assert problem(answer)[0] == 21405


def test_checksums_on_request(sender: Sender) -> None:
    """``X-KSeF-Feature: subject-identifier-validation``, which production has always."""
    made = package(zipped(sender.invoices(1, buyer="<NIP>1111111112</NIP>")))
    for header, code in (("subject-identifier-validation", 450), ("upo-v4-3", 200)):
        answer = sender.firm.post("/sessions/batch", sender.opening(made), headers={"X-KSeF-Feature": header})
        session, requests = answer.json()["referenceNumber"], answer.json()["partUploadRequests"]
        sender.upload(requests[0], made.parts[0])
        assert sender.close(session).status_code == 204
        sender.end(session)
        (document,) = sender.documents(session)
        assert document["status"]["code"] == code
