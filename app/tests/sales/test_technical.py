"""Technical correction of an offline invoice that KSeF refused: who may, what may differ, and what becomes of both."""

from __future__ import annotations

import base64
import datetime as dt
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import httpx2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from liczydlo.connection import clients
from liczydlo.connection.models import Purpose, StoredCertificate
from liczydlo.ksef.deadlines import Outage
from liczydlo.offline import job as latarnia
from liczydlo.sales import lifecycle, proof, services, technical
from liczydlo.sales.models import Event, Invoice, MendedFile
from liczydlo.sales.models.links import CorrectionLink
from liczydlo.sales.models.signatures import Signature
from liczydlo.sales.states import State, Step
from liczydlo.web.reasons import Reason

from app.tests.prints.papers import codes_of
from app.tests.sales.world import Wire, Worker, connect, document, fresh
from app.tests.sessions import done

TECHNICAL = "korekta-techniczna/"


def offline_invoice(company: Any, **options: Any) -> Invoice:
    return services.issue(company, document(company.nip, **options), mode="offline24")  # type: ignore[arg-type]


def refused(company: Any, code: str = "bad-content", **options: Any) -> Invoice:
    """An offline invoice that KSeF has refused, without asking KSeF."""
    invoice = offline_invoice(company, **options)
    lifecycle.move(invoice, Step.QUEUE)
    lifecycle.move(invoice, Step.REJECT, reason=Reason(code, ksef_code="450", details=("P_12 nie istnieje",)))
    return fresh(invoice)


@pytest.fixture
def offline(connected: Any, ksef_files: Any, wire: Wire) -> Any:
    """A firm with both certificates."""
    connect(connected, ksef_files, "Offline")
    wire.seen.clear()
    return connected


@pytest.fixture
def refuses(use_emulator: Any) -> Iterator[Callable[[int], None]]:
    """Lets KSeF refuse the next so many documents; what other tests have left behind is settled before."""

    def switch_on(times: int) -> None:
        use_emulator.emulator.intake_queue.settle()
        use_emulator.faults.set("invoice-refused", times=times)

    yield switch_on
    use_emulator.faults.off("invoice-refused")


@pytest.fixture
def with_certificate(company: Any, files: Any) -> Any:
    """A firm that can issue offline and never asks KSeF."""
    from liczydlo.connection.credentials import storing

    made = files("Offline", nip=company.nip)
    storing.store_offline(company, made.key, made.certificate, made.password, None)
    return company


def press(browser: Any, invoice: Invoice) -> Any:
    """„Wyślij korektę techniczną" as the page shows it."""
    address = invoice.get_absolute_url() + TECHNICAL
    page = browser.get(address)
    return browser.post(address, {"do": "send", "seen": page.context["made"].digest})


@pytest.mark.django_db
def test_the_deadline_follows_an_outage_that_came_after_the_refusal(
    with_certificate: Any, owner: Any, django_capture_on_commit_callbacks: Any
) -> None:
    company = with_certificate
    invoice = refused(company)
    began = timezone.now()
    with django_capture_on_commit_callbacks(execute=True):
        latarnia.keep(company.environment, (Outage(kind="failure", start=began, event="9"),))
    assert fresh(invoice).due_date is not None
    seen = technical.proposal(company, fresh(invoice)).digest
    correction = technical.send(company, fresh(invoice), by=owner, seen_digest=seen)
    assert fresh(correction).due_date is None, "the count begins when the failure ends"


# the whole way, with the real emulator


@pytest.mark.django_db
def test_a_refused_offline_invoice_is_corrected_and_its_old_code_leads_to_the_new_one(
    offline: Any, refuses: Any, owner: Any, browse: Any, sender: Worker, wire: Wire
) -> None:
    invoice = offline_invoice(offline)
    printed = proof.claim_of(invoice).kod_1
    services.send(invoice)
    refuses(1)
    sender.until(offline, lambda: fresh(invoice).state == State.REJECTED)
    browser = browse(owner)
    page = browser.get(invoice.get_absolute_url()).content.decode()
    assert TECHNICAL in page
    assert "faktura.pdf" not in page
    shown = browser.get(invoice.get_absolute_url() + TECHNICAL).content.decode()
    assert "usterka emulatora" in shown  # KSeF's own words
    assert "Naglowek/DataWytworzeniaFa" in shown
    assert "ta sama treść" in shown

    sent: list[dict[str, Any]] = []

    def look(request: httpx2.Request) -> None:
        import json

        if request.url.path.endswith("/invoices"):
            sent.append(json.loads(request.content))

    wire.rules.append(look)
    answer = press(browser, invoice)
    correction = Invoice.objects.get(corrects=invoice)
    assert answer.url == correction.get_absolute_url()
    assert (fresh(invoice).state, correction.state) == (State.CORRECTED, State.QUEUED)
    # until it has its number it may be handed over, with codes of its own
    own_print = browser.get(f"{correction.get_absolute_url()}faktura.pdf").content
    assert codes_of(own_print) == {proof.claim_of(correction).kod_1, correction.kod_2}
    assert printed not in codes_of(own_print)
    sender.until(offline, lambda: fresh(correction).state == State.ACCEPTED)
    (body,) = sent
    assert body["offlineMode"] is True
    assert base64.b64decode(body["hashOfCorrectedInvoice"]).hex() == invoice.entry.sha256
    done = fresh(correction)
    assert done.entry.ksef_number
    assert (done.entry.number, done.entry.gross) == (invoice.entry.number, invoice.entry.gross)
    assert (done.mode, done.due_date) == (invoice.mode, fresh(invoice).due_date)
    assert (fresh(invoice).entry.rejected, done.entry.rejected) == (True, False)
    # the buyer scans the first print
    qr = (
        clients.connections(clients.environment(offline)).get(printed, headers={"Accept-Language": "pl"}).text
    )
    assert done.entry.ksef_number in qr
    assert Event.objects.filter(invoice=invoice, step=Step.CORRECT, by=owner).count() == 1
    both = browser.get(invoice.get_absolute_url()).content.decode()
    assert correction.get_absolute_url() in both
    assert invoice.get_absolute_url() in browser.get(correction.get_absolute_url()).content.decode()
    gone = browser.get(invoice.get_absolute_url() + TECHNICAL)
    assert gone.url == correction.get_absolute_url()


@pytest.mark.django_db
def test_a_refused_correction_is_tried_again_against_the_same_original(
    offline: Any, refuses: Any, owner: Any, browse: Any, sender: Worker
) -> None:
    invoice = offline_invoice(offline)
    services.send(invoice)
    refuses(2)
    sender.until(offline, lambda: fresh(invoice).state == State.REJECTED)
    browser = browse(owner)
    press(browser, invoice)
    first = Invoice.objects.get(corrects=invoice)
    sender.until(offline, lambda: fresh(first).state == State.REJECTED)
    page = browser.get(first.get_absolute_url()).content.decode()
    assert f"{invoice.get_absolute_url()}{TECHNICAL}" in page  # from the refused try, too
    press(browser, invoice)
    second = Invoice.objects.filter(corrects=invoice).latest("pk")
    assert second.pk != first.pk
    assert second.entry.sha256 not in {first.entry.sha256, invoice.entry.sha256}
    sender.until(offline, lambda: fresh(second).state == State.ACCEPTED)
    assert not technical.can_be_corrected(fresh(invoice))
    assert fresh(invoice).state == State.CORRECTED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "expected", "words"),
    [
        ("21166", "corrected-already", "ma już przyjętą korektę"),
        ("21167", "accepted-already", "przyjął jednak pierwotną"),
    ],
)
def test_what_ksef_says_of_corrections_that_cannot_be_is_explained(
    offline: Any, wire: Wire, sender: Worker, owner: Any, browse: Any, code: str, expected: str, words: str
) -> None:
    """By the emulator: one that has a correction of another program, one that it has taken after all."""
    invoice = offline_invoice(offline)
    with clients.client(offline) as client:
        session = client.open_online()
        other = invoice.entry.xml.replace(b"T08:00:00Z", b"T09:00:00Z")
        if code == "21166":  # another computer was faster
            reference = client.send_invoice(
                session, other, offline=True, corrected_sha256=bytes.fromhex(invoice.entry.sha256)
            )
        else:
            reference = client.send_invoice(session, invoice.entry.xml, offline=True)
        for _ in range(100):
            if client.invoice_status(session.reference, reference).accepted:
                break
            threading.Event().wait(0.05)
    lifecycle.move(invoice, Step.QUEUE)
    lifecycle.move(invoice, Step.REJECT, reason=Reason("bad-content"))
    correction = technical.send(
        offline, fresh(invoice), by=owner, seen_digest=technical.proposal(offline, fresh(invoice)).digest
    )
    sender.until(offline, lambda: fresh(correction).state == State.REJECTED)
    reason = fresh(correction).reason
    assert reason is not None
    assert (reason.code, reason.ksef_code) == (expected, code)
    assert words in browse(owner).get(correction.get_absolute_url()).content.decode()
    assert not services.can_be_sent(fresh(correction))


# who may, and what


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "may"),
    [
        ("bad-content", True),
        ("bad-file", True),
        ("no-permission", False),
        ("duplicate", False),
        ("duplicate-unproved", False),
        ("gave-up", False),
        ("attachment-needs-batch", False),
    ],
)
def test_only_a_refusal_of_the_file_is_offered_a_correction(
    with_certificate: Any, owner: Any, browse: Any, code: str, may: bool
) -> None:
    invoice = refused(with_certificate, code)
    browser = browse(owner)
    assert (TECHNICAL in browser.get(invoice.get_absolute_url()).content.decode()) == may
    answer = browser.get(invoice.get_absolute_url() + TECHNICAL)
    assert answer.status_code == (200 if may else 302)
    browser.post(invoice.get_absolute_url() + TECHNICAL, {"do": "send", "seen": "x"})
    assert Invoice.objects.count() == 1


@pytest.mark.django_db
def test_an_online_invoice_is_not_offered_it(company: Any) -> None:
    invoice = services.issue(company, document(company.nip))
    lifecycle.move(invoice, Step.REJECT, reason=Reason("bad-content"))
    assert not technical.can_be_corrected(fresh(invoice))


@pytest.mark.django_db
def test_nothing_but_a_refused_one_is_offered_it(with_certificate: Any) -> None:
    invoice = offline_invoice(with_certificate)
    for step in (None, Step.QUEUE, Step.SEND, Step.ARRIVE):
        if step:
            lifecycle.move(invoice, step)
        assert not technical.can_be_corrected(fresh(invoice)), invoice.state


@pytest.mark.django_db
def test_of_two_refused_each_has_its_own_file_refusal_and_signature(
    with_certificate: Any, owner: Any, browse: Any
) -> None:
    company, browser = with_certificate, browse(owner)
    first, second = refused(company, number="FV/1"), refused(company, number="FV/2")
    upload(browser, second, second.entry.xml.replace(b"\n", b"\r\n"))
    last = technical.refusal_of(first)
    assert last is not None and last.invoice_id == first.pk
    assert technical.proposal(company, first).file_name == ""
    press(browser, first)
    correction = Invoice.objects.get(corrects=first)
    assert MendedFile.objects.get().invoice == second
    assert set(Event.objects.filter(invoice=correction, step=Step.ISSUE).values_list("by", flat=True)) == {
        owner.pk
    }
    assert correction.kod_2 and Signature.objects.filter(invoice=correction).count() == 1
    lifecycle.move(correction, Step.REJECT, reason=Reason("bad-content"))
    last = technical.refusal_of(fresh(first))
    assert last is not None and last.invoice_id == correction.pk


@pytest.mark.django_db
def test_what_corrects_the_refused_one_corrects_what_stands_for_it(with_certificate: Any, owner: Any) -> None:
    company = with_certificate
    refused_one = refused(company, number="FV/1")
    CorrectionLink.objects.create(
        company=company, correction=services.issue(company, document(company.nip)), original=refused_one
    )
    seen = technical.proposal(company, refused_one).digest
    correction = technical.send(company, refused_one, by=owner, seen_digest=seen)
    assert CorrectionLink.objects.get().original == correction


@pytest.mark.django_db
def test_strangers_and_viewers_correct_nothing(
    with_certificate: Any, stranger: Any, member: Any, browse: Any
) -> None:
    invoice = refused(with_certificate)
    address = invoice.get_absolute_url() + TECHNICAL
    assert browse(stranger).get(address).status_code == 404
    assert browse(stranger).post(address, {"do": "send"}).status_code == 404
    viewer = browse(member("viewer"))
    assert viewer.get(address).status_code == 403
    assert TECHNICAL not in viewer.get(invoice.get_absolute_url()).content.decode()


def upload(browser: Any, invoice: Invoice, xml: bytes) -> Any:
    file = SimpleUploadedFile("poprawiona.xml", xml, "application/xml")
    return browser.post(invoice.get_absolute_url() + TECHNICAL, {"do": "upload", "file": file})


@pytest.mark.django_db
def test_a_mended_file_of_the_same_content_is_shown_and_sent(
    with_certificate: Any, owner: Any, browse: Any
) -> None:
    invoice = refused(with_certificate)
    browser = browse(owner)
    mended = invoice.entry.xml.replace(b"\n", b"\r\n").replace(b"T08:00:00Z", b"T10:00:00Z")
    assert upload(browser, invoice, mended).status_code == 302
    shown = browser.get(invoice.get_absolute_url() + TECHNICAL).content.decode()
    assert "poprawiona.xml" in shown
    press(browser, invoice)
    correction = Invoice.objects.get(corrects=invoice)
    assert correction.entry.xml == mended
    assert not MendedFile.objects.exists()


@pytest.mark.django_db
def test_a_file_can_be_put_away_for_the_rebuilt_document(
    with_certificate: Any, owner: Any, browse: Any
) -> None:
    invoice = refused(with_certificate)
    browser = browse(owner)
    upload(browser, invoice, invoice.entry.xml.replace(b"\n", b"\r\n"))
    browser.post(invoice.get_absolute_url() + TECHNICAL, {"do": "drop"})
    assert browser.get(invoice.get_absolute_url() + TECHNICAL).context["made"].file_name == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"<P_15>177.00", b"<P_15>177.01", ""),  # the rules of sums say it first
        (b"Kupiec", b"Inny", "Podmiot2/DaneIdentyfikacyjne/Nazwa"),
        ("dębowe".encode(), b"sosnowe", "Fa/FaWiersz[1]/P_7"),
        (b"8567346215", b"1111111111", "Podmiot2/DaneIdentyfikacyjne/NIP"),
        (b"", b"", "bajt po bajcie"),
        (b"<Fa>", b"<Fa", ""),
    ],
)
def test_a_file_of_other_content_is_refused_and_nothing_is_stored(
    with_certificate: Any, owner: Any, browse: Any, old: bytes, new: bytes, words: str
) -> None:
    invoice = refused(with_certificate)
    answer = upload(browse(owner), invoice, invoice.entry.xml.replace(old, new, 1))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not MendedFile.objects.exists()
    assert fresh(invoice).state == State.REJECTED


@pytest.mark.django_db
def test_no_file_and_another_sellers_file_are_refused(with_certificate: Any, owner: Any, browse: Any) -> None:
    invoice = refused(with_certificate)
    browser = browse(owner)
    assert browser.post(invoice.get_absolute_url() + TECHNICAL, {"do": "upload"}).status_code == 422
    assert upload(browser, invoice, document("8567346215")).status_code == 422


@pytest.mark.django_db
def test_what_was_not_seen_is_not_sent(with_certificate: Any, owner: Any, browse: Any) -> None:
    invoice = refused(with_certificate)
    browser = browse(owner)
    seen = browser.get(invoice.get_absolute_url() + TECHNICAL).context["made"].digest
    upload(browser, invoice, invoice.entry.xml.replace(b"\n", b"\r\n"))
    browser.post(invoice.get_absolute_url() + TECHNICAL, {"do": "send", "seen": seen})
    assert Invoice.objects.count() == 1


@pytest.mark.django_db
def test_a_number_that_went_to_another_invoice_stops_the_correction(
    with_certificate: Any, owner: Any, browse: Any
) -> None:
    invoice = refused(with_certificate, number="FV/7")
    services.save_draft(with_certificate, document(with_certificate.nip, number="FV/7"))
    answer = press(browse(owner), invoice)
    assert answer.status_code == 422
    assert "FV/7" in answer.content.decode()
    assert fresh(invoice).state == State.REJECTED


@pytest.mark.django_db
def test_without_a_certificate_it_goes_and_has_no_print_before_its_number(
    with_certificate: Any, owner: Any, browse: Any
) -> None:
    invoice = refused(with_certificate)
    StoredCertificate.objects.filter(company=with_certificate, purpose=Purpose.OFFLINE).delete()
    press(browse(owner), invoice)
    correction = Invoice.objects.get(corrects=invoice)
    assert (correction.kod_2, correction.is_printable, correction.state) == ("", False, State.QUEUED)


@pytest.mark.django_db
def test_the_program_says_in_words_what_it_finds_in_the_refused_file(
    with_certificate: Any, owner: Any, browse: Any
) -> None:
    """A file that an older program let through: the date in it is later than today."""
    invoice = refused(with_certificate)
    later = timezone.localdate() + dt.timedelta(days=3)
    bad = document(with_certificate.nip, issued=later)
    import hashlib

    from liczydlo.documents import index
    from liczydlo.documents.models import IndexEntry

    frozen = index.freeze(with_certificate, bad, hashlib.sha256(bad).digest())
    entry = IndexEntry.objects.create(
        company=with_certificate,
        environment="EMULATOR",
        direction="sale",
        kind="VAT",
        number="X/1",
        issue_date=later,
        seller_nip=with_certificate.nip,
        currency="PLN",
        gross=177,
        rejected=True,
        document=frozen,
    )
    old = Invoice.objects.create(
        company=with_certificate,
        environment="EMULATOR",
        state=State.REJECTED,
        entry=entry,
        mode="offline24",
        reason_json=Reason("bad-content").as_json(),
    )
    page = browse(owner).get(old.get_absolute_url() + TECHNICAL).content.decode()
    assert "To samo sprawdził program" in page
    assert "Program nie zbuduje tej faktury sam" in page
    assert invoice.pk != old.pk


@pytest.mark.django_db
def test_corrections_go_one_by_one_even_with_attachments(with_certificate: Any, owner: Any) -> None:
    """Interactively alone (korekta-techniczna.md 3); an ordinary attachment waits for a package."""
    from liczydlo.documents.models import IndexEntry
    from liczydlo.sales.sending.online import Online

    invoice = refused(with_certificate)
    correction = technical.send(
        with_certificate, invoice, by=owner, seen_digest=technical.proposal(with_certificate, invoice).digest
    )
    IndexEntry.objects.filter(pk=correction.entry_id).update(has_attachment=True)
    carrier = Online.__new__(Online)
    carrier._company = with_certificate
    assert list(carrier._rows(State.QUEUED)) == [correction]


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_at_once_one_sends(with_certificate: Any, owner: Any, member: Any, browse: Any) -> None:
    """Two real sessions: one correction, the other person is led to it."""
    people = [browse(owner), browse(member("accountant"))]
    for number in range(4):
        invoice = refused(with_certificate, number=f"FV/{number}")
        address = invoice.get_absolute_url() + TECHNICAL
        seen = people[0].get(address).context["made"].digest
        send = {"do": "send", "seen": seen}
        answers = done(*(partial(browser.post, address, send) for browser in people))
        assert [answer.status_code for answer in answers] == [302, 302]
        correction = Invoice.objects.get(corrects=invoice)
        assert {answer.url for answer in answers} == {correction.get_absolute_url()}
        assert Event.objects.filter(invoice=invoice, step=Step.CORRECT).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_tries_after_a_refused_one_at_once_one_sends(
    with_certificate: Any, owner: Any, member: Any, browse: Any
) -> None:
    people = [browse(owner), browse(member("accountant"))]
    invoice = refused(with_certificate)
    press(people[0], invoice)
    first = Invoice.objects.get(corrects=invoice)
    lifecycle.move(first, Step.REJECT, reason=Reason("bad-content"))
    address = invoice.get_absolute_url() + TECHNICAL
    seen = people[0].get(address).context["made"].digest
    send = {"do": "send", "seen": seen}
    answers = done(*(partial(browser.post, address, send) for browser in people))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Invoice.objects.filter(corrects=invoice).exclude(state=State.REJECTED).count() == 1
