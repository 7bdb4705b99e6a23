"""„Czy jestem gotowy?": green against the real emulator, and every thing that can be wrong, each found for real."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from liczydlo import ksef
from liczydlo.companies.models import Company
from liczydlo.connection import clients, vault
from liczydlo.connection.credentials import storing
from liczydlo.connection.models import KsefLogin, Purpose, ReadinessReport, StoredCertificate
from liczydlo.connection.readiness import kod
from liczydlo.connection.readiness.findings import Finding
from liczydlo.connection.readiness.services import findings, run
from liczydlo.connection.readiness.wording import TO_DO, row
from liczydlo.connection.tokens import connecting
from liczydlo.ksef.conversation import Request
from liczydlo.sales.views.ways import WORDS

pytestmark = pytest.mark.django_db
ALL = [
    "environment",
    "latarnia",
    "clock",
    "authentication",
    "offline",
    "login",
    "permissions",
    "limits",
    "kod2",
]


@pytest.fixture
def connected(company: Any, owner: Any, ksef_files: Any) -> Any:
    """A company with both certificates of the running emulator."""
    mine = ksef_files(company)
    storing.store_authentication(company, mine.key, mine.certificate, mine.password, owner)
    other = ksef_files(company, "Offline")
    storing.store_offline(company, other.key, other.certificate, other.password, owner)
    return company


def checked(company: Any, clock: Callable[..., Any] = timezone.now) -> dict[str, Finding]:
    result = list(findings(company, clock=clock, patience=1.0))
    assert [one.check for one in result] == ALL
    return {one.check: one for one in result}


def states(found: dict[str, Finding]) -> dict[str, str]:
    return {name: one.state for name, one in found.items()}


def test_all_is_green(connected: Any) -> None:
    before = bytes(KsefLogin.objects.get().sealed_tokens)
    logins = _logins(connected)
    result = checked(connected)
    assert set(states(result).values()) == {"ok"}, result
    assert result["authentication"].code == "good-own"
    assert result["kod2"].code == "kod2-accepted"
    assert result["kod2"].link.startswith(clients.environment(connected).qr)
    assert int(result["limits"].values["certificates"]) < int(result["limits"].values["certificates_of"])
    assert bytes(KsefLogin.objects.get().sealed_tokens) == before, "the shared login is left alone"
    assert _logins(connected) == logins, "the check's own login was ended"


def _logins(company: Any) -> set[str]:
    with clients.client(company) as client:
        return {one.reference for one in client.active_sessions()}


def test_the_page_in_both_languages(connected: Any, owner: Any, browse: Any) -> None:
    address = f"/firmy/{connected.pk}/ustawienia/ksef/gotowosc/"
    browser = browse(owner)
    assert "Sprawdź teraz" in browser.get(address).content.decode()
    assert not ReadinessReport.objects.exists()
    page = browser.post(address, follow=True).content.decode()
    assert "Tak. Możesz wystawiać i odbierać faktury" in page
    assert page.count('data-state="ok"') == len(ALL)
    english = browse(owner, language="en").get(address).content.decode()
    assert "Yes. You can issue and receive invoices" in english
    assert "The verification page accepted the test KOD II" in english
    browser.post(address)
    assert ReadinessReport.objects.count() == 1


def test_nothing_is_connected(company: Any, owner: Any, browse: Any, use_emulator: Any) -> None:
    result = checked(company)
    assert states(result) == {
        **dict.fromkeys(ALL[:3], "ok"),
        "authentication": "bad",
        "offline": "bad",
        "login": "bad",
        "permissions": "skip",
        "limits": "skip",
        "kod2": "bad",
    }
    page = browse(owner).post(f"/firmy/{company.pk}/ustawienia/ksef/gotowosc/", follow=True).content.decode()
    assert "Jeszcze nie" in page and "Połącz w 3 krokach" in page


def test_ksef_is_away(connected: Any, ksef_away: None) -> None:
    result = checked(connected)
    assert result["environment"].code == "emulator-away" and result["environment"].state == "bad"
    assert result["latarnia"].code == "latarnia-unknown" and result["latarnia"].state == "warn"
    assert (result["authentication"].state, result["offline"].state) == ("ok", "ok")
    assert {result[name].state for name in ("clock", "login", "permissions", "limits")} == {"skip"}
    assert result["kod2"].code == "kod2-page-away"


@pytest.mark.parametrize(
    ("ahead", "state", "code"),
    [
        (timedelta(seconds=20), "ok", "clock-good"),
        (timedelta(minutes=3), "warn", "clock-ahead"),
        (timedelta(minutes=-3), "warn", "clock-behind"),
        (timedelta(minutes=-30), "bad", "clock-behind"),
        (timedelta(hours=2), "bad", "clock-ahead"),
    ],
)
def test_the_clock_is_compared_with_ksefs(
    ahead: timedelta, state: str, code: str, company: Any, use_emulator: Any
) -> None:
    result = checked(company, clock=lambda: timezone.now() + ahead)
    assert (result["clock"].state, result["clock"].code) == (state, code)


def test_an_announced_failure_warns(connected: Any, use_emulator: Any) -> None:
    board = use_emulator.emulator.announcements
    event = board.failure(title="Awaria bazy danych")
    try:
        result = checked(connected)
    finally:
        board.withdraw(event.event)
    assert (result["latarnia"].code, result["latarnia"].state) == ("latarnia-failure", "warn")
    assert "Awaria bazy danych" in result["latarnia"].said["params"]["pl"]


def test_a_key_of_another_certificate(connected: Any, files: Any) -> None:
    """The database was mended by hand: the key no longer fits."""
    stored = StoredCertificate.objects.get(purpose="Offline")
    other, _ = files("Offline", number=7).credential.to_der()
    stored.sealed_key = vault.seal(other, **stored.label)
    stored.save()
    clients.forget_keys()
    result = checked(connected)
    assert result["offline"].code == "not-a-pair"
    assert result["kod2"].code == "kod2-signature"


def test_a_key_that_does_not_open(connected: Any) -> None:
    StoredCertificate.objects.filter(purpose="Authentication").update(sealed_key=b"LV1" + bytes(200))
    clients.forget_keys()
    result = checked(connected)
    assert result["authentication"].code == "key-closed"
    assert result["login"].code == "login-nothing"


def test_keys_that_are_closed_are_opened_not_replaced(connected: Any, owner: Any, browse: Any) -> None:
    browser, words = browse(owner), "nikt-tego-nie-zgadnie-12"
    page = f"/firmy/{connected.pk}/ustawienia/ksef/haslo/"
    browser.post(page + "ustaw/", {"passphrase": words, "repeated": words})
    browser.post(page + "zamknij/")
    result = checked(connected)
    assert result["authentication"].code == "key-locked"
    shown = row(connected, result["authentication"])
    assert "Otwórz klucze" in shown.to_do and shown.action == (page, "Otwórz klucze")


def test_no_advice_names_a_way_that_the_program_does_not_have() -> None:
    """„Wystawiać w trybie …" only of modes that the preview can offer."""
    offered = {
        mode
        for words in TO_DO.values()
        for mode in re.findall(r"wystawiać faktury w trybie (\w+)", str(words))
    }
    assert offered and {mode.removesuffix("m") for mode in offered} <= {mode.value for mode in WORDS}


def test_an_expired_and_an_ending_certificate(connected: Any) -> None:
    """Certificates last two years; the program's clock is put ahead, KSeF is as it was."""
    ends = StoredCertificate.objects.get(purpose="Offline").not_after
    assert checked(connected, clock=lambda: ends - timedelta(days=10))["offline"].code == "ends-soon"
    late = checked(connected, clock=lambda: ends + timedelta(days=1))
    assert (late["authentication"].code, late["offline"].code) == ("expired", "expired")
    assert late["kod2"].code == "kod2-no-certificate"


def test_a_revoked_offline_certificate(connected: Any) -> None:
    serial = StoredCertificate.objects.get(purpose="Offline").serial
    with clients.client(connected) as client:
        client.revoke_certificate(serial)
    result = checked(connected)
    assert (result["offline"].code, result["offline"].ksef_code) == ("revoked", "Revoked")
    assert result["kod2"].code == "kod2-refused"
    said = result["kod2"].said["params"]
    assert "nie jest aktywny" in said["pl"] and "not active" in said["en"]


def test_a_revoked_authentication_certificate(connected: Any) -> None:
    serial = StoredCertificate.objects.get(purpose="Authentication").serial
    with clients.client(connected) as client:
        client.revoke_certificate(serial)
    result = checked(connected)
    assert (result["login"].code, result["login"].ksef_code) == ("login-refused", "460")
    assert result["permissions"].state == "skip"


def test_a_person_without_the_right_to_issue(company: Any, owner: Any, use_emulator: Any) -> None:
    """Named to view invoices only: the page says what is missing, and that somebody else grants it."""
    pesel = "90010112345"
    seal = use_emulator.certificate(kind="seal", nip=company.nip, name="Firma")
    person = use_emulator.certificate(kind="person", pesel=pesel, givenName="Ewa", surname="Lis")
    where = ksef.emulator(use_emulator.url)
    credential = ksef.load(seal.privateKey.encode(), seal.certificate.encode())
    context = ksef.Context(value=company.nip)
    with ksef.Client(where, credential=credential, context=context, trust_env=False) as client:
        body = {
            "subjectIdentifier": {"type": "Pesel", "value": pesel},
            "permissions": ["InvoiceRead"],
            "description": "Podgląd faktur",
            "subjectDetails": {
                "subjectDetailsType": "PersonByIdentifier",
                "personById": {"firstName": "Ewa", "lastName": "Lis"},
            },
        }
        request = Request(method="POST", path="/permissions/persons/grants", json=body)
        client._transport.perform(request, client.login().access)
    storing.store_authentication(
        company, person.privateKey.encode(), person.certificate.encode(), None, owner
    )
    result = checked(company)
    assert result["login"].state == "ok"
    assert (result["permissions"].state, result["permissions"].code) == ("bad", "permissions-ask")
    assert result["permissions"].values["missing"] == "InvoiceWrite"
    assert result["authentication"].code == "good-person"


def test_a_token_instead_of_a_certificate(company: Any, owner: Any, use_emulator: Any) -> None:
    seal = use_emulator.certificate(kind="seal", nip=company.nip, name="Firma")
    credential = ksef.load(seal.privateKey.encode(), seal.certificate.encode())
    context = ksef.Context(value=company.nip)
    where = ksef.emulator(use_emulator.url)
    with ksef.Client(where, credential=credential, context=context, trust_env=False) as client:
        body = {"permissions": ["InvoiceRead"], "description": "Program"}
        made = client._transport.perform(
            Request(method="POST", path="/tokens", json=body), client.login().access
        )
    connecting.store(company, made.object().text("token"), owner)
    result = checked(company)
    assert (result["authentication"].code, result["authentication"].state) == ("token-only", "warn")
    assert result["login"].state == "ok"
    assert result["permissions"].code == "permissions-of-token"
    assert result["limits"].code == "limits-good"


def test_in_a_real_environment_the_link_is_only_built(connected: Any) -> None:
    """Nobody is asked: neither the Ministry's page nor its KSeF."""
    StoredCertificate.objects.update(environment="TEST")
    for stored in StoredCertificate.objects.all():
        key = vault.unseal(
            bytes(stored.sealed_key), **{**stored.label, "row": f"EMULATOR/{stored.fingerprint}"}
        )
        stored.sealed_key = vault.seal(key, **stored.label)
        stored.save()
    Company.objects.update(environment="TEST")
    connected.refresh_from_db()
    result = kod.check(connected, timezone.now)
    assert (result.state, result.code) == ("ok", "kod2-signed")
    assert result.link.startswith("https://qr-test.ksef.mf.gov.pl/certificate/Nip/")


@pytest.mark.parametrize(
    ("page", "accepted", "why"),
    [
        (b'<div class="verdict good"><strong>x</strong></div>', True, "x"),
        (b'<div class="verdict bad"><strong>Zle</strong></div>', False, "Zle"),
        (b'<div class="verdict good"></div><div class="verdict bad">b</div>', False, "; b"),
        (b"<h1>502 Bad Gateway</h1>", False, ""),
        (b"", False, ""),
    ],
)
def test_only_the_verdict_counts(page: bytes, accepted: bool, why: str) -> None:
    assert kod.read(page) == (accepted, why)


def test_members_and_strangers(connected: Any, owner: Any, stranger: Any, member: Any, browse: Any) -> None:
    run(connected, owner)
    address = f"/firmy/{connected.pk}/ustawienia/ksef/gotowosc/"
    assert browse(stranger).get(address).status_code == 404
    assert browse(stranger).post(address).status_code == 404
    viewer = browse(member("viewer"))
    page = viewer.get(address).content.decode()
    assert "Tak. Możesz" in page and "Sprawdź jeszcze raz" not in page
    at = ReadinessReport.objects.get().at
    viewer.post(address)
    assert ReadinessReport.objects.get().at == at
    assert browse().get(address).status_code == 302


def test_a_report_is_of_its_environment(connected: Any, owner: Any, browse: Any) -> None:
    run(connected, owner)
    Company.objects.update(environment="DEMO")
    page = browse(owner).get(f"/firmy/{connected.pk}/ustawienia/ksef/gotowosc/").content.decode()
    assert "Sprawdź teraz" in page


def test_every_code_has_words() -> None:
    from liczydlo.connection.readiness import wording

    assert set(wording.TO_DO) <= set(wording.WHAT)
    assert set(wording.ACTIONS) <= set(wording.WHAT)
    assert set(wording.TITLES) == set(ALL)


def test_purposes_have_checks() -> None:
    from liczydlo.connection.readiness.certificates import CHECKS

    assert set(CHECKS) == set(Purpose)
