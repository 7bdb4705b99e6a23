"""„Połącz w 3 krokach": one signature makes both certificates, and nothing is ever asked for twice."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from django.apps import apps
from django.utils import timezone
from ksef_emulator.config import Config
from liczydlo import ksef
from liczydlo.audit.models import Entry
from liczydlo.companies import nips
from liczydlo.connection import clients
from liczydlo.connection.models import (
    Enrollment,
    EnrollmentState,
    Purpose,
    SignIn,
    SignInState,
    StoredCertificate,
)
from liczydlo.connection.signin import services
from liczydlo.jobs import failpoints

from app.tests.conftest import make_company
from app.tests.sales.world import once

pytestmark = pytest.mark.django_db


def ended() -> bool:
    return not SignIn.objects.filter(state=SignInState.WORKING).exists()


def issued_by_ksef(firm: Any, seal: ksef.Credential, emulator: Any) -> list[str]:
    """The purposes of the certificates that KSeF has issued to the firm."""
    where = ksef.emulator(emulator.url)
    with ksef.Client(where, credential=seal, context=ksef.Context(value=firm.nip), trust_env=False) as client:
        return sorted(one.purpose for one in client.query_certificates())


def assert_connected(firm: Any, seal: ksef.Credential, emulator: Any) -> None:
    """Both certificates are in use, KSeF knows exactly those two, and no secret of the way is left."""
    assert {one.purpose for one in StoredCertificate.objects.of(firm)} == set(Purpose)
    with clients.client(firm) as client:
        assert client.active_sessions()
    assert clients.offline_credential(firm).purpose == "Offline"
    assert issued_by_ksef(firm, seal, emulator) == ["Authentication", "Offline"]
    row = SignIn.objects.of(firm).order_by("-pk").first()
    assert row is not None and row.state == SignInState.DONE
    assert not (bytes(row.sealed_signed) + bytes(row.sealed_operation) + bytes(row.sealed_tokens))
    for request in Enrollment.objects.of(firm):
        assert request.state == EnrollmentState.IN_USE and not bytes(request.sealed_key)


def test_one_signature_connects_the_firm(
    firm: Any, desk: Any, seal: Any, worker: Any, use_emulator: Any
) -> None:
    assert "Pobierz dokument do podpisu" in desk.page()
    answer = desk.upload(desk.signed(seal))
    assert answer.status_code == 302 and answer["Location"].endswith("/postep/")
    assert "W toku" not in desk.progress() and "Logowanie do KSeF" in desk.progress()
    worker.until(firm, ended)
    assert_connected(firm, seal, use_emulator)
    actions = list(Entry.objects.of(firm).order_by("number").values_list("action", flat=True))
    assert actions[:2] == ["enrolment-started", "enrolment-signed"] and actions[-1] == "enrolment-done"
    assert actions.count("certificate-requested") == actions.count("certificate-issued") == 2
    page = desk.progress()
    assert "Aktywne połączenie z KSeF" in page
    assert all(one.serial in page for one in StoredCertificate.objects.of(firm))


def test_a_p12_signs_here_and_is_not_kept(
    firm: Any, desk: Any, seal: Any, p12: Any, worker: Any, use_emulator: Any
) -> None:
    desk.document()
    wrong = desk.bundle(p12(seal, "Dobre-haslo(1)"), "złe")
    assert wrong.status_code == 422 and "hasło" in wrong.content.decode()
    assert desk.bundle(p12(seal, "Dobre-haslo(1)"), "Dobre-haslo(1)").status_code == 302
    worker.until(firm, ended)
    assert_connected(firm, seal, use_emulator)


def test_no_key_and_no_password_is_anywhere(
    firm: Any, desk: Any, seal: Any, p12: Any, worker: Any, caplog: Any
) -> None:
    """All rows of all tables, at every step of the way, and everything that was logged."""
    password = "Dobre-haslo(1)"
    desk.document()
    desk.bundle(p12(seal, password), password)
    seen = [dump()]
    worker.until(firm, lambda: bool(seen.append(dump())) or ended())
    seen.append(dump())
    keys = [clients.credential_of(one).private_key for one in StoredCertificate.objects.of(firm)]
    for key in (seal.private_key, *keys):
        value = key.private_numbers().private_value.to_bytes(32, "big")
        for rows in (*seen, caplog.text.encode()):
            assert (
                value not in rows
                and base64.b64encode(value)[2:-4] not in rows
                and value.hex().encode() not in rows
            )
    assert all(
        password.encode() not in rows and b"PRIVATE KEY" not in rows for rows in (*seen, caplog.text.encode())
    )


def dump() -> bytes:
    """Every value of every row."""
    return b"\n".join(
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        for model in apps.get_models()
        for row in model._default_manager.values_list()
        for value in row
    )


def test_new_certificates_replace_the_old_ones_only_when_they_work(
    firm: Any, desk: Any, seal: Any, worker: Any, use_emulator: Any
) -> None:
    desk.upload(desk.signed(seal))
    worker.until(firm, ended)
    before = {one.serial for one in StoredCertificate.objects.of(firm)}
    desk.upload(desk.signed(seal))
    assert {one.serial for one in StoredCertificate.objects.of(firm)} == before
    worker.until(firm, ended)
    after = {one.serial for one in StoredCertificate.objects.of(firm)}
    assert len(after) == 2 and not after & before


def test_somebody_without_rights(firm: Any, desk: Any, nobody: Any, worker: Any) -> None:
    desk.upload(desk.signed(nobody))
    worker.until(firm, ended)
    page = desk.progress()
    assert "nie ma w KSeF uprawnień" in page and "415" in page
    assert "ZAW-FA" not in page
    assert not StoredCertificate.objects.exists() and not Enrollment.objects.exists()
    firm.kind = "company"
    firm.save()
    desk.upload(desk.signed(nobody))
    worker.until(firm, ended)
    assert "ZAW-FA" in desk.progress()


def test_a_nip_that_another_owner_proved(firm: Any, desk: Any, seal: Any, worker: Any, stranger: Any) -> None:
    nips.claim(make_company(firm.nip, "Ta sama firma", stranger))
    desk.upload(desk.signed(seal))
    worker.until(firm, ended)
    page = desk.progress()
    assert "prowadzona w tej instalacji przez: Obcy Człowiek" in page and "Poproś o dostęp" in page
    assert not StoredCertificate.objects.exists()
    assert not Enrollment.objects.exists(), "KSeF was asked for no certificate"


def test_a_document_that_ran_out(firm: Any, desk: Any, seal: Any, worker: Any) -> None:
    signed = desk.signed(seal)
    SignIn.objects.update(valid_until=timezone.now() - timedelta(seconds=1))
    assert "Dokument stracił ważność" in desk.page()
    answer = desk.upload(signed)
    assert answer.status_code == 302 and answer["Location"].endswith("/polacz/")
    assert SignIn.objects.get().state == SignInState.SIGNING
    assert desk.upload(desk.signed(seal))["Location"].endswith("/postep/")


def test_a_document_of_an_earlier_attempt_and_other_files(
    firm: Any, desk: Any, seal: Any, nobody: Any
) -> None:
    earlier = desk.signed(seal)
    document = desk.document()
    for upload, said in (
        (earlier, "wcześniejszej próby"),
        (document, "nie ma podpisu"),
        (b"", "pusty"),
        (b"PK\x03\x04", "sam podpis"),
        (b"<a/>", "nie jest dokument logowania"),
    ):
        answer = desk.upload(upload)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert SignIn.objects.get().state == SignInState.SIGNING


def test_a_signature_that_does_not_hold_is_told_by_ksef(
    firm: Any, desk: Any, seal: Any, nobody: Any, worker: Any
) -> None:
    """The document is right, the certificate is the seal's, and the key was somebody else's."""
    forged = ksef.Credential(private_key=nobody.private_key, certificate=seal.certificate)
    desk.upload(desk.signed(forged))
    worker.until(firm, ended)
    row = SignIn.objects.get()
    assert row.state == SignInState.FAILED and row.reason is not None and row.reason.ksef_code
    assert "Nie udało się połączyć" in desk.progress()


def test_ksef_away_when_the_document_is_asked_for(firm: Any, desk: Any, ksef_away: None) -> None:
    answer = desk.browser.post(desk.base + "przygotuj/")
    assert answer.status_code == 503
    assert "Emulator KSeF nie odpowiada" in answer.content.decode()
    assert not SignIn.objects.exists()


@pytest.mark.parametrize(
    ("method", "ending"),
    [
        ("POST", "/certificates/enrollments"),
        ("GET", "/certificates/limits"),
        ("GET", "/certificates/enrollments/data"),
        ("POST", "/certificates/retrieve"),
    ],
)
@pytest.mark.parametrize("fault", ["lose", "cut"])
def test_ksef_gone_in_the_middle(
    method: str,
    ending: str,
    fault: str,
    firm: Any,
    desk: Any,
    seal: Any,
    worker: Any,
    wire: Any,
    use_emulator: Any,
) -> None:
    wire.rules.append(once(method, ending, "lose" if fault == "lose" else httpx2.ConnectError("away")))
    desk.upload(desk.signed(seal))
    worker.until(firm, ended)
    assert_connected(firm, seal, use_emulator)
    # asked once for each; a second time only what never left this machine
    assert wire.count("POST", "/certificates/enrollments") == 2 + (
        fault == "cut" and ending == "/certificates/enrollments"
    )


@pytest.mark.parametrize("ending", ["/auth/xades-signature", "/auth/token/redeem"])
def test_the_one_answer_that_cannot_be_asked_for_again(
    ending: str, firm: Any, desk: Any, seal: Any, worker: Any, wire: Any, use_emulator: Any
) -> None:
    wire.rules.append(once("POST", ending, "lose"))
    desk.upload(desk.signed(seal))
    worker.until(firm, ended)
    assert "Pobierz nowy dokument" in desk.progress()
    assert not Enrollment.objects.exists()
    desk.upload(desk.signed(seal))
    worker.until(firm, ended)
    assert_connected(firm, seal, use_emulator)


class Death(BaseException):
    """A process that dies runs no handler."""


@pytest.mark.parametrize("step", failpoints.SIGNING_IN)
def test_dead_at_any_step(
    step: str,
    firm: Any,
    desk: Any,
    seal: Any,
    worker: Any,
    use_emulator: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The lease runs out and another worker goes on; at worst the document is signed once more."""
    deaths = []

    def reach(name: str) -> None:
        if name == step and not deaths:
            deaths.append(name)
            raise Death

    monkeypatch.setattr(failpoints, "reach", reach)
    desk.upload(desk.signed(seal))
    with pytest.raises(Death):
        worker.until(firm, ended)
    if not ended():
        worker.clock.ahead += timedelta(minutes=2)
        worker.until(firm, ended)
    if step in {"signin.submitted"}:
        assert "Pobierz nowy dokument" in desk.progress()
        desk.upload(desk.signed(seal))
        worker.until(firm, ended)
    assert_connected(firm, seal, use_emulator)


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ({"enrollment": {"maxEnrollments": 1}}, "KSeF nie podaje dnia"),
        ({"certificate": {"maxCertificates": 1}}, "czynnych certyfikatów może być 1"),
    ],
)
def test_limits_are_told_before_anything_is_asked(
    limit: Any, words: str, firm: Any, desk: Any, seal: Any, worker: Any, use_emulator: Any
) -> None:
    limits = {"subjectIdentifierType": "Nip", **limit}
    with ksef.Client(
        ksef.emulator(use_emulator.url),
        credential=seal,
        context=ksef.Context(value=firm.nip),
        trust_env=False,
    ) as client:
        access_token = client.login().access
    answer = httpx2.post(
        f"{use_emulator.url}/v2/testdata/limits/subject/certificate",
        json=limits,
        headers={"Authorization": f"Bearer {access_token}"},
        trust_env=False,
    )
    assert answer.status_code == 200, answer.text
    desk.upload(desk.signed(seal))
    worker.until(firm, ended)
    page = desk.progress()
    assert "limit jest wykorzystany" in page and words in page
    assert not StoredCertificate.objects.exists()
    # what was issued before the limit is used when there is room again
    httpx2.request(
        "DELETE",
        f"{use_emulator.url}/v2/testdata/limits/subject/certificate",
        headers={"Authorization": f"Bearer {access_token}"},
        trust_env=False,
    )
    desk.upload(desk.signed(seal))
    worker.until(firm, ended)
    assert issued_by_ksef(firm, seal, use_emulator) == ["Authentication", "Offline"]


def test_strangers_and_other_roles(firm: Any, desk: Any, stranger: Any, browse: Any) -> None:
    from liczydlo.companies.models import Membership, Role, User

    viewer = User.objects.create_user("widz@example.com", "Kwiecień-plecień 2026", name="Widz")
    Membership.objects.create(user=viewer, company=firm, role=Role.VIEWER)
    desk.document()
    for person, status in ((stranger, 404), (viewer, 403)):
        browser = browse(person)
        for path in ("", "dokument/", "postep/"):
            assert browser.get(desk.base + path).status_code == status
        for path in ("przygotuj/", "podpisany/", "plik-p12/", "przerwij/"):
            assert browser.post(desk.base + path).status_code == status


def test_stopping_and_starting_over_uses_what_was_issued(
    firm: Any,
    desk: Any,
    seal: Any,
    worker: Any,
    wire: Any,
    use_emulator: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """KSeF takes its time with certificates, as in life."""
    monkeypatch.setattr(use_emulator.emulator.certificates, "progress", Config().progress)
    desk.upload(desk.signed(seal))
    for _ in range(50):
        worker.run(firm)
        if Enrollment.objects.filter(state=EnrollmentState.SENT).exists():
            break
        worker.clock.ahead += timedelta(seconds=1)
    desk.browser.post(desk.base + "przerwij/")
    desk.upload(desk.signed(seal))
    worker.until(firm, ended)
    assert_connected(firm, seal, use_emulator)


def test_a_login_renewed_at_the_end_is_not_kept(
    firm: Any, desk: Any, seal: Any, worker: Any, wire: Any, use_emulator: Any
) -> None:
    """The signer's access token runs out between the connection and the end of the signer's session."""
    wire.rules.append(once("DELETE", "/auth/sessions/current", httpx2.Response(401)))
    desk.upload(desk.signed(seal))
    worker.until(firm, ended)
    assert wire.count("POST", "/auth/token/refresh") == 1
    assert_connected(firm, seal, use_emulator)


def test_what_a_person_stopped_keeps_nothing(firm: Any, desk: Any, seal: Any, worker: Any, wire: Any) -> None:
    """Somebody stops it while the program waits for the answer that holds the login."""

    def stop(request: httpx2.Request) -> None:
        if request.url.path.endswith("/auth/token/redeem"):
            services.abandon(firm)

    wire.rules.append(stop)
    desk.upload(desk.signed(seal))
    worker.until(firm, ended)
    row = SignIn.objects.of(firm).get()
    assert row.state == SignInState.FAILED
    assert not (bytes(row.sealed_signed) + bytes(row.sealed_operation) + bytes(row.sealed_tokens))


def test_the_page_in_english(owner: Any, browse: Any, firm: Any) -> None:
    page = browse(owner, language="en").get(f"/firmy/{firm.pk}/ustawienia/ksef/polacz/").content.decode()
    assert "Download the document to sign" in page
