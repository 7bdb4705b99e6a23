"""A VAT RR in offline modes: both codes, deadlines, a refused file mended, against the real emulator."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

import httpx2
import pytest
from django.urls import reverse
from django.utils import timezone
from liczydlo.connection import clients
from liczydlo.ksef.deadlines import next_business_day
from liczydlo.ksef.modes import Mode
from liczydlo.rr import document as rr
from liczydlo.sales import modes, proof, services
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.links import CorrectionLink
from liczydlo.sales.models.signatures import SigningCertificate

from app.tests.farm.test_sending import Draft, corrected
from app.tests.prints.papers import codes_of
from app.tests.sales.test_modes import announce, answers
from app.tests.sales.test_technical import TECHNICAL, press, refuses, upload
from app.tests.sales.world import Wire, Worker, connect, document, fresh, issue, settled

__all__ = ["refuses"]
pytestmark = [pytest.mark.django_db, pytest.mark.shared]


@pytest.fixture
def offline(connected: Any, ksef_files: Any, wire: Wire) -> Any:
    """A firm with both certificates, whose Latarnia says that nothing is on."""
    connect(connected, ksef_files, "Offline")
    answers(connected)
    wire.seen.clear()
    return connected


def issued_in(company: Any, meant: Any, mode: Mode) -> Invoice:
    row = services.save_draft(company, meant)
    return services.issue(company, services.draft_of(row).content, draft=row, mode=mode)


def scanned(company: Any, link: str) -> str:
    """What the Ministry's page of a code says."""
    answer = clients.connections(clients.environment(company)).get(link, headers={"Accept-Language": "pl"})
    return answer.text


def test_both_codes_at_once_and_one_with_the_number(
    offline: Any, draft: Draft, farmer: str, grant: Any, owner: Any, browse: Any, sender: Worker
) -> None:
    grant(offline)
    invoice = issued_in(offline, draft(offline), Mode.OFFLINE24)
    row, browser = fresh(invoice), browse(owner)
    assert (row.state, row.due_date) == ("waiting", next_business_day(timezone.localdate()))
    claim = proof.claim_of(row)
    assert f"/Nip/{offline.nip}/{farmer}/" in row.kod_2, (
        "the context is the buyer's, the seller is the farmer"
    )
    assert f"/{farmer}/" in claim.kod_1
    paper = browser.get(f"{row.get_absolute_url()}faktura.pdf").content
    assert codes_of(paper) == {claim.kod_1, row.kod_2}
    found = scanned(offline, row.kod_2)
    assert "Kontekst może wystawiać faktury za tego sprzedawcę" in found
    assert "nie może wystawiać" not in found
    services.send(row)
    sender.until(offline, lambda: settled(invoice))
    done = fresh(invoice)
    assert (done.state, done.mode, done.was_late) == ("accepted", Mode.OFFLINE24, False)
    paper = browser.get(f"{row.get_absolute_url()}faktura.pdf").content
    assert codes_of(paper) == {claim.kod_1}
    assert done.entry.ksef_number in scanned(offline, claim.kod_1)


@pytest.mark.parametrize(
    ("mode", "kind", "state"),
    [
        (Mode.OFFLINE, "maintenance", "waiting"),
        (Mode.EMERGENCY, "failure", "waiting"),
        (Mode.TOTAL_FAILURE, "total-failure", "outside"),
    ],
)
def test_in_an_outage(offline: Any, draft: Draft, mode: Mode, kind: Any, state: str) -> None:
    with pytest.raises(services.NotIssued):
        issued_in(offline, draft(offline), mode)
    Invoice.objects.all().delete()
    announce(offline, kind)
    row = fresh(issued_in(offline, draft(offline, number="RR/2"), mode))
    assert (row.state, row.mode, bool(row.kod_2)) == (state, mode, mode != Mode.TOTAL_FAILURE)
    assert row.is_printable


def test_what_waits_in_the_queue_is_issued_offline_after_all(offline: Any, draft: Draft) -> None:
    invoice = issue(offline, draft(offline))
    modes.change(fresh(invoice))
    row = fresh(invoice)
    assert (row.state, row.mode) == ("queued", Mode.OFFLINE24)
    assert codes_of_link(row) == []


def codes_of_link(row: Invoice) -> list[str]:
    """Steps of the proof that fail."""
    claim = proof.claim_of(row)
    return [one.code for one in proof.checks(claim, kod_1=claim.kod_1, kod_2=row.kod_2) if one.holds is False]


def test_outages_and_void_certificates_name_it_apart(
    offline: Any, draft: Draft, owner: Any, browse: Any, django_capture_on_commit_callbacks: Any
) -> None:
    waits = issued_in(offline, draft(offline), Mode.OFFLINE24)
    services.issue(offline, document(offline.nip), mode=Mode.OFFLINE24)
    with django_capture_on_commit_callbacks(execute=True):
        announce(offline, "failure", begins=dt.timedelta(0))
    issued_in(offline, draft(offline, number="RR/2"), Mode.EMERGENCY)
    page = browse(owner).get(reverse("offline:list", args=[offline.pk])).content.decode()
    assert "Za dostawców wystawione z jej powodu: 1, czeka: 1" in page
    assert "Inne wystawione za dostawców, których termin przesunęła: 1" in page
    assert "Inne faktury, których termin przesunęła: 1" in page
    listed = f"/firmy/{offline.pk}/sprzedaz/za-dostawcow/?stan="
    assert f"{listed}waiting" in page
    serial = proof.serial(fresh(waits).kod_2)
    SigningCertificate.objects.filter(serial=serial).update(ksef_status="Revoked")
    sales, farm = proof.hit(offline, serial), proof.hit_self_billed(offline, serial)
    assert sales is not None and farm is not None
    assert ("niewysłane: 1" in sales.text, "niewysłane: 2" in farm.text) == (True, True)
    assert farm.url == f"{listed}void"
    assert fresh(waits).entry.number in browse(owner).get(farm.url).content.decode()


# technical correction


@pytest.fixture
def refused(offline: Any, draft: Draft, grant: Any, refuses: Any, sender: Worker) -> Invoice:
    """An offline VAT RR whose file KSeF has refused."""
    grant(offline)
    invoice = issued_in(offline, draft(offline), Mode.OFFLINE24)
    services.send(fresh(invoice))
    refuses(1)
    sender.until(offline, lambda: fresh(invoice).state == "rejected")
    return fresh(invoice)


def test_a_refused_file_is_sent_again_and_its_old_code_leads_to_the_new_one(
    offline: Any, refused: Invoice, owner: Any, browse: Any, sender: Worker, wire: Wire
) -> None:
    printed, browser = proof.claim_of(refused).kod_1, browse(owner)
    page = browser.get(refused.get_absolute_url() + TECHNICAL).content.decode()
    assert "strukturą FA_RR(1)" in page and "FA(3)" not in page
    assert "ta sama treść" in page and "Naglowek/DataWytworzeniaFa" in page
    assert "Klasa" in page, "fields have the names of FA_RR"
    sent: list[dict[str, Any]] = []

    def look(request: httpx2.Request) -> None:
        if request.url.path.endswith("/invoices"):
            sent.append(json.loads(request.content))

    wire.rules.append(look)
    press(browser, refused)
    mended = Invoice.objects.get(corrects=refused)
    assert (fresh(refused).state, mended.state, mended.is_farm) == ("corrected", "queued", True)
    assert codes_of(browser.get(f"{mended.get_absolute_url()}faktura.pdf").content) == {
        proof.claim_of(mended).kod_1,
        mended.kod_2,
    }
    sender.until(offline, lambda: settled(mended))
    (body,) = sent
    assert body["offlineMode"] is True
    assert base64.b64decode(body["hashOfCorrectedInvoice"]).hex() == refused.entry.sha256
    done = fresh(mended)
    assert (done.state, done.entry.number, done.entry.gross) == (
        "accepted",
        "RR/2026/11/001",
        refused.entry.gross,
    )
    assert done.entry.ksef_number in scanned(offline, printed)


def test_a_mended_file_of_another_program(offline: Any, refused: Invoice, owner: Any, browse: Any) -> None:
    browser, content = browse(owner), refused.entry.xml
    other = content.replace("Jabłka".encode(), b"Gruszki")
    answer = upload(browser, refused, other)
    assert answer.status_code == 422 and "FakturaRR/FakturaRRWiersz[1]/P_5" in answer.content.decode()
    answer = upload(browser, refused, document(offline.nip))
    assert answer.status_code == 422 and "innego rodzaju" in answer.content.decode()
    mended = content.replace(b"><", b">\n<")
    assert upload(browser, refused, mended).status_code == 302
    press(browser, refused)
    row = Invoice.objects.select_related("entry__document").get(corrects=refused)
    assert row.entry.xml == mended and rr.read(mended) == rr.read(content)


def test_what_corrects_it_follows_to_the_mended_file(
    offline: Any, draft: Draft, grant: Any, refuses: Any, owner: Any, browse: Any, sender: Worker
) -> None:
    grant(offline)
    meant = draft(offline)
    original = issue(offline, meant)
    sender.until(offline, lambda: settled(original))
    correction = issued_in(offline, corrected(meant, fresh(original), "RR/K/1", "1.50"), Mode.OFFLINE24)
    services.send(fresh(correction))
    refuses(1)
    sender.until(offline, lambda: fresh(correction).state == "rejected")
    press(browse(owner), fresh(correction))
    mended = Invoice.objects.get(corrects=correction)
    assert CorrectionLink.objects.get(correction=mended).original_id == original.pk
    sender.until(offline, lambda: settled(mended))
    assert fresh(mended).state == "accepted"
