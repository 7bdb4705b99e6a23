"""VIES through the emulator's stand-in: an answer kept as proof, errors that are no „invalid", a contractor's page."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.contacts import contractors
from liczydlo.contacts.models import Contractor
from liczydlo.lookups import vies
from liczydlo.lookups.models import Answer, Choice, Pause, Service
from liczydlo.public_services import vies as client
from liczydlo.public_services.http import ServiceError

from app.tests.connection.test_browser import page
from app.tests.lookups.test_white_list import answering
from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_browser import look

__all__ = ["page"]
pytestmark = pytest.mark.django_db
BASE = "https://vies.example"


@pytest.fixture
def on(company: Any, use_emulator: Any) -> Any:
    """The firm has switched the service on."""
    Choice.objects.create(company=company, service=Service.VIES, is_on=True, changed_at=timezone.now())
    return company


def contractor(company: Any, number: str, country: str = "FR", kind: str = "eu") -> Contractor:
    columns = {"kind": kind, "country": country, "number": number, "name": "Société « Été »"}
    columns |= {"line1": "rue de la Paix 1", "line2": "75002 Paris"}
    return contractors.add(company, columns)


def check(one: Contractor) -> str:
    return reverse("contacts:check_vies", args=[one.company_id, one.pk])


def test_a_valid_number_is_kept_as_proof(on: Any, ala: Client) -> None:
    one = contractor(on, "27552032534")
    assert "Numeru jeszcze nie sprawdzono" in text_of(ala.get(one.get_absolute_url()))
    shown = text_of(ala.post(check(one), follow=True))
    row = Answer.objects.get()
    assert (row.service, row.question, row.content["valid"]) == ("vies", "FR27552032534", True)
    assert row.content["requester"] == on.nip and row.request_id.startswith("WAPI")
    assert "numer jest ważny" in shown and row.request_id in shown and "MADE-UP COMPANY" in shown
    ala.post(check(one))
    assert Answer.objects.count() == 2, "each answer is a proof of its own"


def test_one_that_is_not(on: Any, ala: Client) -> None:
    one = contractor(on, "27552032539")
    shown = text_of(ala.post(check(one), follow=True))
    assert "Takiego numeru nie ma" in shown and "wymaga ważnego" in shown
    assert Answer.objects.get().content["valid"] is False


@pytest.mark.parametrize(
    ("number", "code", "paused"),
    [
        ("201", "refused", ""),
        ("202", "refused", ""),
        ("300", "server-error", "check"),
        ("301", "server-error", "check FR"),
        ("302", "timeout", "check"),
        ("401", "refused", "check"),
        ("500", "busy", "check"),
        ("600", "busy", "check FR"),
    ],
)
def test_an_error_is_no_answer(on: Any, ala: Client, number: str, code: str, paused: str) -> None:
    one = contractor(on, number)
    result = vies.check(on, "FR", number)
    assert (result.answer, result.code) == (None, code) and not Answer.objects.exists()
    assert [pause.operation for pause in Pause.objects.all()] == ([paused] if paused else [])
    shown = text_of(ala.post(check(one), follow=True))
    if paused:
        assert "Nie sprawdzono" in shown
        assert (vies.check(on, "IT", "12345678901").answer is not None) == paused.endswith("FR")
    else:
        assert "VIES nie przyjął pytania (INVALID_" in shown
    Pause.objects.update(until=timezone.now() - dt.timedelta(seconds=1))
    assert vies.check(on, "FR", "27552032534").answer is not None and not Pause.objects.exists()


def test_silence_and_off(on: Any, ala: Client, settings: Any) -> None:
    one = contractor(on, "27552032534")
    settings.LICZYDLO_EMULATOR_URL = "http://127.0.0.1:9"
    assert "Nie sprawdzono" in text_of(ala.post(check(one), follow=True))
    Choice.objects.update(is_on=False)
    shown = text_of(ala.post(check(one), follow=True))
    assert "VIES jest wyłączony" in shown and "gdy właściciel albo księgowość włączy VIES" in shown
    assert not Answer.objects.exists()
    on.environment = "PRODUKCJA"
    assert vies.base_of(on) == "https://ec.europa.eu/taxation_customs/vies/rest-api"


def test_who_may_and_of_whom(on: Any, stranger: Any, member: Any, browse: Any, ala: Client) -> None:
    one = contractor(on, "27552032534")
    assert browse(stranger).post(check(one)).status_code == 404
    viewer = browse(member("viewer"))
    assert viewer.post(check(one)).status_code == 403
    assert "Sprawdź w VIES" not in text_of(viewer.get(one.get_absolute_url()))
    assert browse(member("issuer")).post(check(one)).status_code == 302
    assert ala.get(check(one)).status_code == 405
    polish = contractor(on, "8567346215", "", "nip")
    assert ala.post(check(polish)).status_code == 404
    assert "VIES" not in text_of(ala.get(polish.get_absolute_url()))


def test_the_file_has_it_and_erasure_leaves_the_proof(on: Any, ala: Client) -> None:
    one = contractor(on, "27552032534")
    ala.post(check(one))
    kept = ala.get(reverse("contacts:export_contractor", args=[on.pk, one.pk])).json()
    assert kept["vies"][0]["request_id"] == Answer.objects.get().request_id
    erase = reverse("contacts:erase_contractor", args=[on.pk, one.pk])
    assert "zostaną odpowiedzi VIES" in text_of(ala.get(erase))
    ala.post(erase)
    assert not Contractor.objects.exists() and Answer.objects.count() == 1


def test_the_switch(company: Any, ala: Client) -> None:
    settings_page = reverse("lookups:page", args=[company.pk])
    assert "VIES jest włączony" in text_of(
        ala.post(settings_page, {"service": "vies", "on": "1"}, follow=True)
    )
    assert Choice.objects.get().service == "vies"


SAID = {"isValid": True, "userError": "VALID", "requestDate": "2026-11-12T09:15:04.246Z", "name": "A"}
ODD: dict[str, tuple[int, Any, str]] = {
    "a proxy's refusal": (403, {"message": "blocked"}, "unreadable-answer"),
    "a page": (200, "<html>", "unreadable-answer"),
    "a gateway": (502, "<html>", "server-error"),
    "too many": (429, {}, "busy"),
    "a new error": (200, {**SAID, "isValid": False, "userError": "MS_ASLEEP"}, "unreadable-answer"),
    "valid and not": (200, {**SAID, "isValid": False}, "unreadable-answer"),
    "not and valid": (200, {**SAID, "userError": "INVALID"}, "unreadable-answer"),
    "no verdict": (200, {"isValid": False}, "unreadable-answer"),
    "no day": (200, {**SAID, "requestDate": "wczoraj"}, "unreadable-answer"),
    "no zone": (200, {**SAID, "requestDate": "2026-11-12T09:15:04"}, "unreadable-answer"),
    "the beginning of time": (200, {**SAID, "requestDate": "0001-01-01T00:00:00Z"}, "unreadable-answer"),
    "no identifier": (200, {**SAID, "requestIdentifier": 7}, "unreadable-answer"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_answer_is_none(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    status, body, code = ODD[name]
    options = {"text": body} if isinstance(body, str) else {"json": body}
    answering(monkeypatch, lambda _: httpx2.Response(status, **options))
    with pytest.raises(ServiceError) as failed:
        client.check(BASE, "FR", "27552032534", "5265877635")
    assert failed.value.code == code


def test_what_is_sent_and_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    question = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        question.append(str(request.url))
        long = {**SAID, "name": "A" * 9999, "address": "---", "requestIdentifier": "W" * 99}
        return httpx2.Response(200, json=long)

    answering(monkeypatch, answer)
    result = client.check(BASE, "IE", "1234+*/A", "5265877635")
    assert (len(result.name), result.address, len(result.request_id)) == (512, "", 60)
    assert question == [
        f"{BASE}/ms/IE/vat/1234%2B%2A%2FA?requesterMemberStateCode=PL&requesterNumber=5265877635"
    ]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser(page: Any, on: Any) -> None:
    one = contractor(on, "27552032534")
    page.goto(one.get_absolute_url())
    page.get_by_role("button", name="Sprawdź w VIES").click()
    page.get_by_text("Numer ważny").wait_for()
    look(page, "vies")
    look(page, "vies", phone=True)
