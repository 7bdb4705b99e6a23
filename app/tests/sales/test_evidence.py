"""„Dowody": the page and the archive of an issued invoice, and who signs receipts."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from liczydlo.audit.models import Entry
from liczydlo.ksef import upo
from liczydlo.sales import lifecycle, services, signers
from liczydlo.sales.models import Invoice, Receipt
from liczydlo.sales.signatures import Signature, UpoSigner
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
        "kod-i.svg",
        "kod-ii.svg",
        "upo.pdf",
        "upo.xml",
    ]
    assert files["faktura.xml"] == accepted.entry.xml
    assert files["upo.xml"] == Receipt.objects.get(invoice=accepted).content
    assert accepted.kod_2 in codes_of(files["faktura-offline.pdf"])
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
    assert {"faktura.xml", "kod-i.svg", "dowody.txt"} <= set(files)
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
