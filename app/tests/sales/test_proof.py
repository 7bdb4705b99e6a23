"""The proof of an offline invoice's codes, KSeF's word on the certificate that signed them, and what both stop."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from liczydlo import ksef
from liczydlo.audit.models import Entry
from liczydlo.connection import clients
from liczydlo.connection.certificates import status
from liczydlo.connection.models import Purpose, StoredCertificate
from liczydlo.jobs.models import Job
from liczydlo.ksef import qr
from liczydlo.prints import codes
from liczydlo.sales import lifecycle, proof, services
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.signatures import Signature, SigningCertificate
from liczydlo.sales.states import State, Step

from app.tests.conftest import key_of, make_certificate
from app.tests.prints.papers import codes_of
from app.tests.sales.world import Wire, Worker, connect, document, new_nip

NIP, OTHER = "5265877635", "8567346215"


# the pure proof


def claim(**changed: Any) -> proof.Claim:
    """Of a document of ours, signed with a good certificate."""
    now = timezone.now()
    base = proof.Claim(
        environment="TEST",
        context_nip=NIP,
        seller_nip=NIP,
        issue_date=now.date(),
        sha256=hashlib.sha256(b"faktura").digest(),
        signed_at=now,
        certificate=make_certificate(key_of("EC"), usage="Offline"),
    )
    return replace(base, **changed)


def signed(of: proof.Claim, kind: str = "EC", **changed: Any) -> str:
    """KOD II as the program makes it, of a claim or of something else."""
    credential = ksef.Credential(
        private_key=key_of(kind), certificate=changed.pop("certificate", of.certificate)
    )
    values = {
        "context": ksef.Context(value=of.context_nip),
        "seller_nip": of.seller_nip,
        "sha256": of.sha256,
        **changed,
    }
    return qr.kod_2(ksef.TEST, credential=credential, **values)


def failed(of: proof.Claim, kod_2: str, kod_1: str = "") -> list[str]:
    found = proof.checks(of, kod_1=kod_1 or of.kod_1, kod_2=kod_2)
    return [one.code for one in found if one.holds is False]


@pytest.mark.parametrize("kind", ["EC", "RSA"])
def test_good_codes_are_proved_step_by_step(kind: str) -> None:
    good = claim(certificate=make_certificate(key_of(kind), usage="Offline"), ksef_status="Active")
    found = proof.checks(good, kod_1=good.kod_1, kod_2=signed(good, kind))
    assert [one.holds for one in found] == [True] * 11, found
    proof.require(good, kod_1=good.kod_1, kod_2=signed(good, kind))


@pytest.mark.parametrize(
    ("fault", "step"),
    [
        ({"sha256": hashlib.sha256(b"inna").digest()}, "kod2-document"),
        ({"seller_nip": OTHER}, "kod2-seller"),
        ({"context": ksef.Context(value=OTHER)}, "kod2-seller"),
    ],
)
def test_a_code_of_another_document_or_firm_is_refused(fault: dict[str, Any], step: str) -> None:
    good = claim()
    assert failed(good, signed(good, **fault)) == [step]
    with pytest.raises(proof.NotProved) as refused:
        proof.require(good, kod_1=good.kod_1, kod_2=signed(good, **fault))
    assert refused.value.reason.params["step"]["code"] == f"not-{step}"
    assert "Wyślij fakturę do KSeF" in str(refused.value.reason)


def test_a_code_of_another_certificate_or_key_is_refused() -> None:
    good = claim()
    other = make_certificate(key_of("EC"), usage="Offline", serial=0x0170384D7AD552B4)
    assert failed(good, signed(good, certificate=other)) == [
        "kod2-serial"
    ]  # the same key, another certificate
    thief = ksef.Credential(private_key=key_of("EC", 1), certificate=good.certificate)
    forged = qr.kod_2(
        ksef.TEST,
        context=ksef.Context(value=NIP),
        seller_nip=NIP,
        sha256=good.sha256,
        credential=thief,
    )
    assert failed(good, forged) == ["kod2-signature"]


def test_a_certificate_of_another_purpose_or_time_is_refused() -> None:
    good = claim()
    link = signed(good)
    login = make_certificate(key_of("EC"), usage="Authentication")
    assert failed(claim(certificate=login), link) == ["kod2-purpose"]
    early, late = good.signed_at - dt.timedelta(days=31), good.signed_at + dt.timedelta(days=701)
    assert failed(replace(good, signed_at=early), link) == ["kod2-valid"]
    assert failed(replace(good, signed_at=late), link) == ["kod2-valid"]


@pytest.mark.parametrize("word", ["Revoked", "Blocked", "Expired"])
def test_what_ksef_no_longer_honours_is_refused(word: str) -> None:
    bad = claim(ksef_status=word)
    with pytest.raises(proof.NotProved) as refused:
        proof.require(bad, kod_1=bad.kod_1, kod_2=signed(bad))
    assert (refused.value.reason.code, refused.value.reason.ksef_code) == ("void-here", word)


def test_a_code_that_leads_elsewhere_is_refused() -> None:
    good = claim()
    elsewhere = signed(good).replace("qr-test.ksef.mf.gov.pl", "qr-test.ksef.mf.gov.pl.example.com")
    assert failed(good, elsewhere)[0] == "kod2-address"
    assert failed(good, signed(good), kod_1=good.kod_1.replace("/invoice/", "/invoices/")) == ["kod1-link"]
    assert failed(good, "nonsense")[0] == "kod2-address"
    assert failed(good, signed(good) + "a" * 3000)[0] == "kod2-picture"


def test_what_is_not_known_any_more_stops_nothing_and_is_not_called_proved() -> None:
    unknown = claim()
    link = signed(unknown)
    unknown = replace(unknown, certificate=None)
    found = {one.code: one.holds for one in proof.checks(unknown, kod_1=unknown.kod_1, kod_2=link)}
    assert found["kod2-signature"] is found["kod2-status"] is None
    proof.require(unknown, kod_1=unknown.kod_1, kod_2=link)


@settings(max_examples=60)
@given(data=st.data())
def test_no_changed_character_of_a_code_is_proved(data: st.DataObject) -> None:
    """Any one character of the link changed: some step fails.

    Signatures are of chance: what is drawn must not depend on them, or hypothesis calls the test flaky.
    """
    good = claim()
    link = signed(good)
    at = data.draw(st.integers(len("https://"), len(link) - 1))
    others = "ABCDEFabcdef0123456789-_/".replace(link[at], "")
    other = others[data.draw(st.integers(0, 23))]
    changed = link[:at] + other + link[at + 1 :]
    last_bits = at == len(link) - 1  # of 86 characters for 64 bytes the last holds two bits that say nothing
    assert failed(good, changed) or last_bits


@settings(max_examples=60)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=500))
def test_a_picture_says_what_it_was_made_of(text: str) -> None:
    assert codes.read(codes.svg(text)) == text


def test_a_picture_that_is_damaged_says_nothing_wrong() -> None:
    """A wiped-out row may be mended by the code itself, but never reads as another text."""
    picture = codes.svg(claim().kod_1)
    rows = picture.split("M0 ")
    for count in (2, 5, 15):
        damaged = "M0 ".join(rows[:6] + rows[6 + count :])
        assert codes.read(damaged) in (None, claim().kod_1)
    assert codes.read("<svg/>") is None


# issuing


@pytest.fixture
def offline(connected: Any, ksef_files: Any, wire: Wire) -> Any:
    """A firm with both certificates."""
    connect(connected, ksef_files, "Offline")
    wire.seen.clear()
    return connected


def revoke(company: Any) -> str:
    """On the portal, past the program; KSeF blocks at once what it will have revoked in a moment."""
    serial = clients.certificate(company, Purpose.OFFLINE).serial  # type: ignore[union-attr]
    with clients.client(company) as client:
        client.revoke_certificate(serial)
    return serial


GONE = {"Blocked", "Revoked"}


def issue(company: Any, **options: Any) -> Invoice:
    return services.issue(company, document(company.nip, **options), mode="offline24")  # type: ignore[arg-type]


@pytest.mark.django_db
def test_an_offline_invoice_keeps_who_signed_it_and_what_ksef_said_then(offline: Any, wire: Wire) -> None:
    invoice = issue(offline)
    signature = Signature.objects.select_related("certificate").get(invoice=invoice)
    stored = clients.certificate(offline, Purpose.OFFLINE)
    assert stored is not None
    assert signature.certificate.serial == stored.serial == proof.serial(invoice.kod_2)
    assert bytes(signature.certificate.certificate) == bytes(stored.certificate)
    assert (signature.ksef_status, stored.ksef_status) == ("Active", "Active")
    assert signature.checked_at == stored.checked_at
    assert all(
        one.holds
        for one in proof.checks(
            proof.claim_of(invoice), kod_1=proof.claim_of(invoice).kod_1, kod_2=invoice.kod_2
        )
    )
    asked = wire.count("POST", "/certificates/query")
    issue(offline)
    assert (
        wire.count("POST", "/certificates/query") == asked == 1
    )  # a word of the last minutes is good enough


@pytest.mark.django_db
def test_the_print_that_is_handed_out_says_what_was_proved(offline: Any, owner: Any, browse: Any) -> None:
    invoice = issue(offline)
    answer = browse(owner).get(f"{invoice.get_absolute_url()}faktura.pdf")
    assert codes_of(answer.content) == {proof.claim_of(invoice).kod_1, invoice.kod_2}


@pytest.mark.django_db
def test_ksefs_silence_stops_no_offline_invoice_and_is_not_waited_for_twice(offline: Any, wire: Wire) -> None:
    import httpx2

    wire.rules.append(lambda _request: httpx2.ConnectError("away"))
    first = issue(offline)
    asked = wire.count("POST", "/certificates/query")
    second = issue(offline)
    assert {first.state, second.state} == {State.WAITING}
    assert Signature.objects.get(invoice=first).ksef_status == ""
    assert wire.count("POST", "/certificates/query") == asked > 0


@pytest.mark.django_db
@pytest.mark.parametrize(("fault", "options"), [("login-stuck", {}), ("slow", {"seconds": 4.0})])
def test_a_ksef_that_dawdles_is_not_waited_for_at_the_counter(
    offline: Any, use_emulator: Any, monkeypatch: pytest.MonkeyPatch, fault: str, options: dict[str, float]
) -> None:
    """Neither for a login that it does not decide, nor for an answer."""
    monkeypatch.setattr(status, "TIMEOUT", 0.2)
    clients.drop_login(offline)
    use_emulator.faults.set(fault, **options)
    began = time.monotonic()
    try:
        invoice = issue(offline)
    finally:
        use_emulator.faults.off(fault)
    assert invoice.state == State.WAITING
    assert time.monotonic() - began < 3.0


@pytest.mark.django_db
def test_a_revoked_certificate_issues_nothing_and_its_invoices_are_listed(
    offline: Any, owner: Any, stranger: Any, browse: Any, sender: Worker
) -> None:
    """Issued, revoked on the portal, learnt by the job; the list, the pages and the print say what to do."""
    waiting, sent = issue(offline), issue(offline)
    services.send(sent)
    sender.until(offline, lambda: Invoice.objects.get(pk=sent.pk).state == State.ACCEPTED)
    serial = revoke(offline)
    worker = Worker("certificates")
    due = Job.objects.get(company=offline, name=worker.name).due_at  # by itself, soon after issuing
    assert due is not None
    assert due <= timezone.now() + proof.LOOK_AGAIN
    worker.clock.move_to(due)
    worker.run(offline)
    stored = clients.certificate(offline, Purpose.OFFLINE)
    assert stored is not None
    assert stored.is_void
    assert {stored.ksef_status, SigningCertificate.objects.get().ksef_status} <= GONE
    assert Signature.objects.get(invoice=waiting).ksef_status == "Active"  # what was known then
    noted = Entry.objects.get(company=offline, action="certificate-void")
    assert noted.details["reason"] in GONE
    assert noted.details["serial"] == serial

    before = Invoice.objects.count()
    with pytest.raises(services.NotIssued) as refused:
        issue(offline)
    assert refused.value.reason.code == "certificate-void"
    assert Invoice.objects.count() == before

    page = browse(owner)
    listed = page.get(f"/firmy/{offline.pk}/sprzedaz/?stan=void").content.decode()
    assert waiting.entry.number in listed
    assert sent.entry.number not in listed
    assert "otwórz każdą i wyślij ją teraz" in listed
    own = page.get(waiting.get_absolute_url()).content.decode()
    assert "Faktura jest ważna: wyślij ją" in own
    assert "faktura.pdf" not in own
    refusal = page.get(f"{waiting.get_absolute_url()}faktura.pdf", follow=True)
    assert refusal.redirect_chain
    assert b"%PDF" not in refusal.content
    certificates = page.get(f"/firmy/{offline.pk}/ustawienia/ksef/certyfikaty/").content.decode()
    assert "jeszcze niewysłane: 1" in certificates
    assert "?stan=void" in certificates
    assert browse(stranger).get(f"/firmy/{offline.pk}/sprzedaz/?stan=void").status_code == 404

    services.send(Invoice.objects.get(pk=waiting.pk))
    sender.until(offline, lambda: Invoice.objects.get(pk=waiting.pk).state == State.ACCEPTED)
    printed = page.get(f"{waiting.get_absolute_url()}faktura.pdf")
    assert codes_of(printed.content) == {proof.claim_of(waiting).kod_1}
    assert (
        "jeszcze niewysłane"
        not in page.get(f"/firmy/{offline.pk}/ustawienia/ksef/certyfikaty/").content.decode()
    )


@pytest.mark.django_db
def test_a_revocation_is_learnt_while_issuing(offline: Any) -> None:
    revoke(offline)
    with pytest.raises(services.NotIssued) as refused:
        issue(offline)
    assert refused.value.reason.ksef_code in GONE
    assert not Invoice.objects.exists()


@pytest.mark.django_db
def test_a_certificate_replaced_after_a_revocation_issues_again_and_the_old_invoices_stay_listed(
    offline: Any, ksef_files: Any, owner: Any, browse: Any
) -> None:
    old = issue(offline)
    revoke(offline)
    connect(offline, ksef_files, "Offline")
    status.look(offline)
    new = issue(offline)
    assert SigningCertificate.objects.count() == 2
    listed = browse(owner).get(f"/firmy/{offline.pk}/sprzedaz/?stan=void").content.decode()
    assert old.entry.number in listed
    assert new.entry.number not in listed
    assert proof.void_of(new) is None


@pytest.mark.django_db
def test_a_certificate_that_ksef_does_not_list_for_this_login_is_asked_about_once_a_minute(
    offline: Any, wire: Wire
) -> None:
    """An accountant's, say: KSeF lists only those of whoever logs in. It stops nothing and is not called good."""
    StoredCertificate.objects.filter(company=offline, purpose=Purpose.OFFLINE).update(serial="00" * 8)
    stored = clients.certificate(offline, Purpose.OFFLINE)
    assert stored is not None
    for _ in range(2):
        stored = status.look_briefly(offline, stored)
    assert stored.ksef_status == ""
    assert wire.count("POST", "/certificates/query") == 1


@pytest.mark.django_db
def test_an_announced_outage_is_not_waited_through(offline: Any, wire: Wire) -> None:
    from liczydlo.offline.models import Kind, Outage

    Outage.objects.create(
        environment=offline.environment,
        event="E/1",
        kind=Kind.FAILURE,
        started_at=timezone.now() - dt.timedelta(hours=1),
    )
    issue(offline)
    assert wire.count("POST", "/certificates/query") == 0


@pytest.mark.django_db
def test_codes_that_fail_their_proof_are_not_issued(offline: Any) -> None:
    """The printer draws something else than it was given: nothing is stored, and it is said why."""
    with (
        patch.object(codes, "read", return_value="https://example.com/"),
        pytest.raises(services.NotIssued) as refused,
    ):
        issue(offline)
    assert refused.value.reason.code == "codes-not-proved"
    assert not Invoice.objects.exists()
    assert not Signature.objects.exists()


@pytest.mark.django_db
def test_ksefs_word_on_another_companys_certificate_changes_nothing_here(offline: Any, stranger: Any) -> None:
    invoice = issue(offline)
    serial = proof.serial(invoice.kod_2)
    foreign = stranger.companies.get()
    status.note(foreign, {serial: "Revoked"}, at=timezone.now())
    assert SigningCertificate.objects.get(company=offline).ksef_status == "Active"
    assert StoredCertificate.objects.get(company=offline, purpose=Purpose.OFFLINE).ksef_status == "Active"
    assert status.hits(foreign, serial) == []


@pytest.mark.django_db
def test_a_self_billing_firm_proves_its_own_context(offline: Any) -> None:
    """The seller is another firm, the signature is of the one that issues (art. 106d)."""
    seller = new_nip()
    billed = document(seller, offline.nip, **{"<P_17>2</P_17>": "<P_17>1</P_17>"})
    invoice = services.issue(offline, billed, mode="offline24")  # type: ignore[arg-type]
    assert f"/Nip/{offline.nip}/{seller}/" in invoice.kod_2
    lifecycle.move(invoice, Step.QUEUE)
