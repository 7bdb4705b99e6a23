"""„Dowody": the page and the archive of an issued invoice, and who signs receipts."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
import zxingcpp
from django.utils import timezone
from liczydlo.audit.models import Entry
from liczydlo.ksef import upo
from liczydlo.sales import lifecycle, services, signers
from liczydlo.sales.models import Invoice, Receipt
from liczydlo.sales.models.signatures import ConfirmedSigner, Signature, UpoSigner
from liczydlo.sales.states import Step
from liczydlo.web import zips

from app.tests.prints.papers import codes_of
from app.tests.sales.world import Wire, Worker, connect, document

pytestmark = pytest.mark.django_db


@pytest.fixture
def accepted(connected: Any, ksef_files: Any, wire: Wire, sender: Worker, owner: Any) -> Invoice:
    """An offline invoice, handed over, sent by hand, with its number and receipt."""
    connect(connected, ksef_files, "Offline")
    xml = document(connected.nip, number="FV/2026/11/7")
    invoice = services.issue(connected, xml, mode="offline24", by=owner)  # type: ignore[arg-type]
    services.send(invoice, by=owner)
    sender.until(connected, lambda: Receipt.objects.filter(invoice=invoice).exists())
    return Invoice.objects.select_related("company", "entry__document").get(pk=invoice.pk)  # type: ignore[no-any-return]


def unpacked(answer: Any) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def scanned(png: bytes) -> str:
    """What a scanner reads from a PNG of one bit a dot, unpacked as RFC 2083 says."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(png):
        length, kind = int.from_bytes(png[at : at + 4], "big"), png[at + 4 : at + 8]
        chunks[kind] = png[at + 8 : at + 8 + length]
        assert int.from_bytes(png[at + 8 + length : at + 12 + length], "big") == zlib.crc32(
            kind + chunks[kind]
        )
        at += 12 + length
    width, height, depth, colours = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colours, width, list(chunks)[-1]) == (1, 0, height, b"IEND")
    lines, step = zlib.decompress(chunks[b"IDAT"]), 1 + -(-width // 8)
    assert len(lines) == step * height and not any(lines[::step])  # each line begins with its filter: none
    bits = "".join(f"{byte:08b}" for byte in lines)
    rows = [bits[(row * step + 1) * 8 :][:width] for row in range(height)]
    dots = bytes(255 * int(bit) for row in rows for bit in row)
    (code,) = zxingcpp.read_barcodes(
        memoryview(dots).cast("B", (height, width)), formats=zxingcpp.BarcodeFormat.QRCode
    )
    return str(code.text)


def told_link(files: dict[str, bytes], name: str) -> str:
    return str(json.loads(files["dowody.json"])["codes"][name])


def test_the_page_says_everything_that_proves_an_invoice(accepted: Invoice, owner: Any, browse: Any) -> None:
    browser = browse(owner)
    page = browser.get(f"{accepted.get_absolute_url()}dowody/").content.decode()
    digest = hashlib.sha256(accepted.entry.xml)
    receipt = upo.verify(Receipt.objects.get(invoice=accepted).content)
    assert receipt.certificate is not None
    for said in (
        digest.hexdigest(),
        base64.b64encode(digest.digest()).decode(),
        "Offline24",
        accepted.entry.ksef_number,
        accepted.session_reference,
        accepted.invoice_reference,
        Signature.objects.get(invoice=accepted).certificate.serial,
        accepted.kod_2,
        "podpisujący ten sam co na pierwszym UPO",
        "KSeF nadał numer",
        str(owner),
        "<svg",
    ):
        assert said in page, said
    assert page.count("NIE:") == page.count("nie wiadomo:") == 0
    assert (
        f"{accepted.get_absolute_url()}dowody/" in browser.get(accepted.get_absolute_url()).content.decode()
    )


def test_the_archive_holds_every_file_and_says_the_same(accepted: Invoice, owner: Any, browse: Any) -> None:
    answer = browse(owner).get(f"{accepted.get_absolute_url()}dowody.zip")
    assert answer["Content-Disposition"] == (
        f'attachment; filename="dowody-FV-2026-11-7-{accepted.entry.ksef_number}.zip"'
    )
    files = unpacked(answer)
    assert sorted(files) == [
        "certyfikat-kod-ii.crt",
        "dowody.json",
        "dowody.txt",
        "faktura-offline.pdf",
        "faktura.pdf",
        "faktura.xml",
        "kod-i.png",
        "kod-i.svg",
        "kod-ii.png",
        "kod-ii.svg",
        "upo.pdf",
        "upo.xml",
    ]
    assert files["faktura.xml"] == accepted.entry.xml
    assert files["upo.xml"] == Receipt.objects.get(invoice=accepted).content
    assert accepted.kod_2 in codes_of(files["faktura-offline.pdf"])
    assert scanned(files["kod-ii.png"]) == accepted.kod_2
    assert scanned(files["kod-i.png"]) == told_link(files, "KOD I")
    assert len(codes_of(files["faktura.pdf"])) == 1
    told = json.loads(files["dowody.json"])
    assert told["document"]["sha256"] == accepted.entry.sha256
    assert told["ksef"]["ksef_number"] == accepted.entry.ksef_number
    assert set(told["checks"].values()) == {True}
    assert [event["step"] for event in told["events"]][:2] == ["issue", "wait"]
    assert told["moments"]["acquired_at"]
    text = files["dowody.txt"].decode()
    assert accepted.entry.sha256 in text
    assert "tak: podpis w KODZIE II jest prawidłowy" in text


def test_in_english_it_is_english(accepted: Invoice, owner: Any, browse: Any) -> None:
    page = browse(owner, language="en").get(f"{accepted.get_absolute_url()}dowody/").content.decode()
    assert "the signature in KOD II is right" in page
    assert "Podpis jest" not in page


def test_strangers_find_nothing_and_a_draft_proves_nothing(
    company: Any, owner: Any, stranger: Any, member: Any, browse: Any
) -> None:
    invoice = services.issue(company, document(company.nip))
    draft = services.save_draft(company, document(company.nip))
    for ending in ("dowody/", "dowody.zip"):
        assert browse(stranger).get(invoice.get_absolute_url() + ending).status_code == 404
        assert browse(owner).get(draft.get_absolute_url() + ending).status_code == 404
    assert browse(member("viewer")).get(f"{invoice.get_absolute_url()}dowody/").status_code == 200


def test_an_online_invoice_that_was_refused_has_its_page(company: Any, owner: Any, browse: Any) -> None:
    invoice = services.issue(company, document(company.nip))
    lifecycle.move(invoice, Step.REJECT)
    files = unpacked(browse(owner).get(f"{invoice.get_absolute_url()}dowody.zip"))
    assert {"faktura.xml", "kod-i.svg", "kod-i.png", "dowody.txt"} <= set(files)
    assert "kod-ii.svg" not in files
    assert json.loads(files["dowody.json"])["checks"] == {"kod1-picture": True, "kod1-link": True}


def test_an_invoice_outside_ksef_has_no_codes_and_says_why(company: Any, owner: Any, browse: Any) -> None:
    from liczydlo.offline.models import Kind, Outage

    Outage.objects.create(
        environment=company.environment,
        company=company,
        event="hand-1",
        kind=Kind.TOTAL_FAILURE,
        started_at=timezone.now(),
        title="Komunikat w TVP1",
    )
    invoice = services.issue(company, document(company.nip), mode="awaria-calkowita")  # type: ignore[arg-type]
    browser = browse(owner)
    page = browser.get(f"{invoice.get_absolute_url()}dowody/").content.decode()
    assert "Komunikat w TVP1" in page
    assert "Kody QR" not in page
    files = unpacked(browser.get(f"{invoice.get_absolute_url()}dowody.zip"))
    assert sorted(files) == ["dowody.json", "dowody.txt", "faktura.pdf", "faktura.xml"]
    assert not codes_of(files["faktura.pdf"])


# who signs


def test_the_first_signer_is_held_to_and_another_is_told(accepted: Invoice, owner: Any, browse: Any) -> None:
    first = UpoSigner.objects.get(environment="EMULATOR")
    receipt = Receipt.objects.get(invoice=accepted)
    assert signers.verdict(accepted, receipt).word == "same"
    # as if another one had signed before
    UpoSigner.objects.update(fingerprint="0" * 64, subject="CN=Ktoś inny")
    assert signers.verdict(accepted, receipt).word == "other"
    page = browse(owner).get(f"{accepted.get_absolute_url()}dowody/").content.decode()
    assert "podpisał ktoś inny" in page
    UpoSigner.objects.update(subject=first.subject)
    assert signers.verdict(accepted, receipt).word == "renewed"
    signers.note(accepted.company, upo.verify(receipt.content), at=timezone.now())
    assert Entry.objects.filter(company=accepted.company, action="upo-signer-changed").count() == 1
    assert signers.pinned("EMULATOR") == UpoSigner.objects.get(fingerprint="0" * 64)
    signers.note(accepted.company, upo.verify(receipt.content), at=timezone.now())
    assert Entry.objects.filter(action="upo-signer-changed").count() == 1
    assert UpoSigner.objects.count() == 2


class TestAnotherSigner:
    @pytest.fixture
    def other(self, accepted: Invoice) -> str:
        """Somebody else signed the first receipt of the environment; the fingerprint of who signed this one."""
        fingerprint = str(UpoSigner.objects.get().fingerprint)
        UpoSigner.objects.update(fingerprint="0" * 64, subject="CN=Ktoś inny")
        return fingerprint

    def press(self, browser: Any, invoice: Invoice, fingerprint: str) -> Any:
        address = f"{invoice.get_absolute_url()}dowody/podpisujacy/"
        return browser.post(address, {"fingerprint": fingerprint}, follow=True)

    def test_the_owner_confirms_it_and_the_trail_says_who(
        self, accepted: Invoice, other: str, owner: Any, browse: Any
    ) -> None:
        browser = browse(owner)
        assert "to pieczęć KSeF" in browser.get(f"{accepted.get_absolute_url()}dowody/").content.decode()
        page = self.press(browser, accepted, other).content.decode()
        assert "podpisał ktoś inny" not in page and "właściciel firmy potwierdził" in page
        assert str(owner) in page and "Potwierdzam" not in page
        found = signers.verdict(accepted, Receipt.objects.get(invoice=accepted))
        assert (found.word, found.holds) == ("confirmed", True)
        line = Entry.objects.get(company=accepted.company, action="upo-signer-confirmed")
        assert line.details["serial"] == other
        self.press(browser, accepted, other)
        assert Entry.objects.filter(action="upo-signer-confirmed").count() == 1

    def test_the_owner_takes_it_back(
        self, accepted: Invoice, other: str, owner: Any, stranger: Any, member: Any, browse: Any
    ) -> None:
        receipt = Receipt.objects.get(invoice=accepted)
        signers.confirm(accepted, receipt, other, by=owner)
        issuer = member("issuer")
        issuer.memberships.update(company=accepted.company)
        browser = browse(owner)
        address = f"{accepted.get_absolute_url()}dowody/podpisujacy/cofnij/"
        assert browse(stranger).post(address, {"fingerprint": other}).status_code == 404
        assert browse(issuer).post(address, {"fingerprint": other}).status_code == 403
        wrong = browser.post(address, {"fingerprint": "\0" + "1" * 63}, follow=True).content.decode()
        assert "Nie cofnięto" in wrong and "Cofnij potwierdzenie" in wrong
        page = browser.post(address, {"fingerprint": other}, follow=True).content.decode()
        assert "Cofnięto potwierdzenie" in page and "podpisał ktoś inny" in page
        assert signers.verdict(accepted, receipt).word == "other"
        assert Entry.objects.get(action="upo-signer-withdrawn").details["serial"] == other
        assert "Nie cofnięto" in browser.post(address, {"fingerprint": other}, follow=True).content.decode()

    def test_it_counts_for_this_company_alone(
        self, accepted: Invoice, other: str, owner: Any, stranger: Any
    ) -> None:
        signers.confirm(accepted, Receipt.objects.get(invoice=accepted), other, by=owner)
        theirs = ConfirmedSigner.objects.of(stranger.companies.get())
        assert not theirs.exists()
        ConfirmedSigner.objects.update(company=stranger.companies.get())
        assert signers.verdict(accepted, Receipt.objects.get(invoice=accepted)).word == "other"

    def test_nobody_else_may_and_not_for_another_seal(
        self, accepted: Invoice, other: str, owner: Any, stranger: Any, member: Any, browse: Any
    ) -> None:
        assert self.press(browse(stranger), accepted, other).status_code == 404
        issuer = member("issuer")
        issuer.memberships.update(company=accepted.company)
        assert self.press(browse(issuer), accepted, other).status_code == 403
        for wrong in ("", "1" * 64):
            assert "Nie potwierdzono" in self.press(browse(owner), accepted, wrong).content.decode()
        assert not ConfirmedSigner.objects.exists()

    def test_the_usual_signer_needs_nobodys_word(self, accepted: Invoice, owner: Any, browse: Any) -> None:
        fingerprint = UpoSigner.objects.get().fingerprint
        assert "Nie potwierdzono" in self.press(browse(owner), accepted, fingerprint).content.decode()


def test_a_receipt_of_another_document_or_a_damaged_one_proves_nothing(accepted: Invoice) -> None:
    receipt = Receipt.objects.get(invoice=accepted)
    accepted.entry.document.sha256 = "0" * 64  # type: ignore[union-attr]
    found = signers.verdict(accepted, receipt)
    assert (found.word, found.code, found.holds) == ("wrong", "other-document", False)
    receipt.xml = bytes(receipt.xml).replace(b"</", b" </", 1)
    assert signers.verdict(accepted, receipt).word == "wrong"


def test_an_archive_is_made_while_it_is_sent() -> None:
    """One file at a time is in memory; the whole is a good archive."""
    asked: list[str] = []

    def files() -> Iterator[tuple[str, bytes]]:
        for name in ("a", "ż/b"):
            asked.append(name)
            yield name, name.encode() * 100_000

    pieces = zips.stream(files(), moment=timezone.localtime())
    first = next(pieces)
    assert asked == ["a"]
    whole = first + b"".join(pieces)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.read("ż/b") == "ż/b".encode() * 100_000
