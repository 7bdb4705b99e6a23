"""Biała lista through the emulator's stand-in: asked by a job and on demand, limits, silence, evidence, warnings."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import httpx2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.audit.models import Entry
from liczydlo.jobs import failpoints, registry
from liczydlo.jobs.models import Job
from liczydlo.lookups import services, white_list
from liczydlo.lookups.models import Answer, Choice, Pause, Service
from liczydlo.public_services import white_list as client
from liczydlo.public_services.http import ServiceError
from liczydlo.purchases.warnings.rules import Code
from liczydlo.web import times

from app.tests.purchases.test_pages import address, bought, text_of
from app.tests.purchases.test_warnings import codes, fa, read
from app.tests.sales.world import new_nip

pytestmark = pytest.mark.django_db
_numbers = itertools.count(1)
LISTED, OTHER = "61109010140000071219812874", "27114020040000300201355387"


@pytest.fixture
def panel(use_emulator: Any) -> Any:
    """Puts payers into the stand-in: ``panel(nip, accounts=[…])``; ``panel.limits(search=0)``."""
    with httpx2.Client(base_url=use_emulator.control_url, trust_env=False) as http:

        class Panel:
            def __call__(self, nip: str, **said: Any) -> None:
                http.put(f"/white-list/payers/{nip}", json=said).raise_for_status()

            def limits(self, **values: Any) -> None:
                http.put("/white-list/limits", json=values).raise_for_status()

        made = Panel()
        made.limits(search=10_000, check=10_000)
        yield made
        made.limits(search=10_000, check=10_000)


@pytest.fixture
def on(company: Any) -> Any:
    """The firm has switched the service on."""
    Choice.objects.create(company=company, service=Service.WHITE_LIST, is_on=True, changed_at=timezone.now())
    return company


@pytest.fixture
def nip() -> str:
    return new_nip()


def base(company: Any) -> str:
    return white_list.base_of(company)


def answering(monkeypatch: pytest.MonkeyPatch, handler: Callable[[httpx2.Request], httpx2.Response]) -> None:
    """Let the service say what its stand-in never would."""
    made = partial(httpx2.Client, transport=httpx2.MockTransport(handler))
    monkeypatch.setattr("liczydlo.public_services.http.httpx2.Client", made)


def came(company: Any, nip: str, *accounts: str, **columns: Any) -> Any:
    number = f"D/{nip}/{next(_numbers)}"
    row = bought(
        company, fa(number, *accounts), number=number, seller_nip=nip, buyer_nip=company.nip, **columns
    )
    read(company)
    return row


def work(company: Any) -> Job:
    job = Job.objects.get(company=company, name=white_list.NAME)
    assert registry.run(job.pk)
    job.refresh_from_db()
    return job


def test_nothing_is_asked_until_it_is_switched_on(company: Any, panel: Any, nip: str) -> None:
    row = came(company, nip, LISTED)
    assert not Answer.objects.exists() and not Job.objects.filter(name=white_list.NAME).exists()
    pair = (nip, LISTED)
    assert white_list.check_accounts(company, [pair], times.today())[pair].code == "off"
    assert not codes(row)


def test_an_account_that_is_not_listed(on: Any, panel: Any, nip: str, ala: Client) -> None:
    panel(nip, name="Alfa", accounts=[LISTED])
    good = came(on, nip, LISTED)
    bad = came(on, nip, OTHER, gross=Decimal(20_000))
    job = work(on)
    assert job.due_at is None
    assert Code.NOT_LISTED not in codes(good)
    assert Code.NOT_LISTED in codes(bad)
    proof = Answer.objects.get(question=f"{nip}/{OTHER}")
    assert proof.request_id and proof.content == {"listed": False, "status": "Czynny", "name": "Alfa"}
    shown = text_of(ala.get(bad.get_absolute_url()))
    assert proof.request_id in shown and "Nie ma go w wykazie" in shown and "15 000 zł" in shown
    assert "Jest w wykazie" in text_of(ala.get(good.get_absolute_url()))
    # another invoice of the same day is not asked about again, and warned of at once
    again = came(on, nip, OTHER, gross=Decimal(12))
    assert Code.NOT_LISTED in codes(again)
    assert Answer.objects.count() == 2


def test_a_virtual_account_is_listed(on: Any, panel: Any, nip: str) -> None:
    panel(nip, accounts=[OTHER], masks=[f"XX{LISTED[2:18]}XXXXXXXX"])
    row = came(on, nip, LISTED)
    work(on)
    assert not codes(row)
    assert Answer.objects.get().content == {"listed": True}


@pytest.mark.parametrize("kind", ["VAT_RR", "KOR_VAT_RR"])
def test_a_flat_rate_farmer_is_none_and_nobody_asks(
    on: Any, panel: Any, nip: str, ala: Client, kind: str
) -> None:
    """He is exempt (art. 43 ust. 1 pkt 3): the list does not have him, and the refund is no tax of a payer."""
    row = came(on, nip, OTHER, kind=kind, gross=Decimal(20_000))
    assert not Answer.objects.exists() and not codes(row)
    assert "Nie ma go w wykazie" not in text_of(ala.get(row.get_absolute_url()))
    came(on, nip, OTHER)
    work(on)
    assert not codes(row), "another invoice of the same account is warned of, this one is not"


def test_a_seller_who_is_no_payer(on: Any, panel: Any, nip: str) -> None:
    row = came(on, nip, LISTED)
    work(on)
    assert codes(row) == {Code.NOT_LISTED, Code.NOT_VAT}
    other = new_nip()
    panel(other, status="Zwolniony", accounts=[LISTED])
    without_vat = came(on, other, LISTED, vat=Decimal(0), seller_name="Huta Szkła")
    work(on)
    assert not codes(without_vat)


def test_a_days_limit_is_waited_for(on: Any, panel: Any, nip: str) -> None:
    panel(nip, accounts=[LISTED])
    panel.limits(search=0, check=0)
    row = came(on, nip, OTHER)
    job = work(on)
    midnight = timezone.make_aware(dt.datetime.combine(times.today() + dt.timedelta(days=1), dt.time()))
    latest = timezone.now() + dt.timedelta(hours=6)
    assert job.due_at is not None and abs(job.due_at - min(midnight, latest)) < dt.timedelta(minutes=1)
    assert {one.until for one in Pause.objects.all()} == {midnight}
    assert not codes(row)
    (verdict,) = white_list.verdicts(on, [(nip, OTHER)]).values()
    assert (verdict.state, verdict.code) == ("unknown", "limit")
    panel.limits(search=10_000, check=10_000)
    Pause.objects.all().delete()
    registry.enqueue(on.pk, white_list.NAME)
    work(on)
    assert codes(row) == {Code.NOT_LISTED}


def test_without_searches_each_account_is_checked(on: Any, panel: Any, nip: str) -> None:
    panel(nip, accounts=[LISTED])
    panel.limits(search=0)
    row = came(on, nip, OTHER)
    assert work(on).due_at is None
    assert codes(row) == {Code.NOT_LISTED}
    assert Answer.objects.get().content == {"listed": False}


def test_an_update_is_waited_for(on: Any, panel: Any, nip: str) -> None:
    panel.limits(updating=True)
    came(on, nip, LISTED)
    job = work(on)
    assert job.due_at is not None
    wait = job.due_at - timezone.now()
    assert dt.timedelta(minutes=14) < wait <= dt.timedelta(minutes=15)
    assert Answer.objects.get().error == "busy"
    again = timezone.now() + dt.timedelta(minutes=20)
    Pause.objects.update(until=again - dt.timedelta(minutes=1))
    rows = list(Answer.objects.all())
    assert white_list.answer(on, rows, clock=lambda: again) == again + dt.timedelta(minutes=30)
    panel.limits(updating=False)
    panel(nip, accounts=[LISTED])
    assert white_list.answer(on, rows, clock=lambda: again + dt.timedelta(hours=1)) is None
    assert not Pause.objects.filter(operation="search").exists(), "the next failure is the first again"


def test_waits_grow_and_a_clock_that_jumped_stops_nobody(company: Any) -> None:
    now, network = timezone.now(), ServiceError("network")
    waits = [services.pause(base(company), "check", network, now=now) - now for _ in range(9)]
    assert [wait // dt.timedelta(minutes=1) for wait in waits] == [5, 10, 20, 40, 80, 160, 320, 360, 360]
    assert services.paused_until(base(company), "check", now=now) == now + services.LONGEST
    assert services.paused_until(base(company), "check", now=now - dt.timedelta(days=365)) is None


def test_silence_is_no_answer(on: Any, settings: Any, nip: str) -> None:
    settings.LICZYDLO_EMULATOR_URL = "http://127.0.0.1:9"
    row = came(on, nip, LISTED)
    assert work(on).due_at is not None
    assert not codes(row)
    pair = (nip, LISTED)
    verdict = white_list.check_accounts(on, [pair], times.today())[pair]
    assert (verdict.state, verdict.code) == ("unknown", "network")


def test_on_demand_for_a_day(on: Any, panel: Any, nip: str, ala: Client) -> None:
    panel(nip, accounts=[LISTED])
    pairs = [(nip, LISTED), (nip, OTHER), (nip, "DE89370400440532013000")]
    tomorrow = times.today() + dt.timedelta(days=1)
    first, second, third = white_list.check_accounts(on, pairs, tomorrow).values()
    assert (first.state, first.status, first.day) == ("listed", "Czynny", times.today())
    assert (second.state, third.state, third.code) == ("not-listed", "unknown", "not-checkable")
    assert white_list.check_accounts(on, pairs, tomorrow)[pairs[0]].request_id == first.request_id
    row = came(on, nip, OTHER)
    assert Code.NOT_LISTED in codes(row)
    panel(nip, accounts=[LISTED, OTHER])
    assert ala.post(address("check_now", on, row.pk))["Location"] == row.get_absolute_url()
    assert "Jest w wykazie" in text_of(ala.get(row.get_absolute_url()))
    assert [one.content["listed"] for one in Answer.objects.filter(question=f"{nip}/{OTHER}")] == [
        True,
        False,
    ]


@pytest.mark.parametrize("step", failpoints.ASKING)
def test_a_death_at_any_step_loses_nothing(
    on: Any, panel: Any, nip: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Death(BaseException):
        pass

    def die(name: str) -> None:
        if name == step:
            raise Death

    panel(nip, accounts=[LISTED])
    row = came(on, nip, OTHER)
    job = Job.objects.get(company=on, name=white_list.NAME)
    with monkeypatch.context() as patch:
        patch.setattr(failpoints, "reach", die)
        with pytest.raises(Death):
            registry.run(job.pk)
    assert not codes(row) and Answer.objects.get().answered_at is None
    Job.objects.filter(pk=job.pk).update(lease_until=None, due_at=timezone.now())
    assert registry.run(job.pk)
    assert codes(row) == {Code.NOT_LISTED}
    assert Answer.objects.count() == 1


def test_switching_it_on_asks_of_what_is_new(
    company: Any, panel: Any, nip: str, ala: Client, stranger: Any, member: Any, browse: Callable[..., Client]
) -> None:
    row = came(company, nip, LISTED)
    page = reverse("lookups:page", args=[company.pk])
    assert browse(stranger).post(page, {"service": "white-list", "on": "1"}).status_code == 404
    for role in ("viewer", "issuer"):
        assert browse(member(role)).post(page, {"service": "white-list", "on": "1"}).status_code == 403
    assert "Wyłączona" in text_of(ala.get(page)) and not services.is_on(company, Service.WHITE_LIST)
    ala.post(page, {"service": "white-list", "on": "1"})
    ala.post(page, {"service": "white-list", "on": "1"})
    assert "Włączona" in text_of(ala.get(page))
    work(company)
    assert Code.NOT_LISTED in codes(row)
    ala.post(page, {"service": "white-list", "on": "0"})
    actions = Entry.objects.of(company).order_by("number").values_list("action", flat=True)
    assert list(actions) == ["service-on", "service-off"]
    viewer = browse(member("accountant"))
    assert viewer.get(page).status_code == 200
    assert browse(stranger).post(address("check_now", company, row.pk)).status_code == 404


ENTRY = {"identifier": "5260250274", "subjects": [{"nip": "5260250274", "accountNumbers": [LISTED]}]}
RESULT = {"requestId": "a-1", "requestDateTime": "02-03-2026 12:00:00", "entries": [ENTRY]}


def said(**fields: Any) -> dict[str, Any]:
    return {"result": {**RESULT, **fields}}


NO_ACCOUNTS = {"subjects": [{"nip": "5260250274", "accountNumbers": 7}]}
ODD: dict[str, tuple[int, Any, str]] = {
    "a proxy's refusal": (403, {"code": "403", "message": "Request blocked"}, "unreadable-answer"),
    "a proxy's limit": (429, {"code": "429"}, "busy"),
    "its limit": (400, {"code": "WL-191", "message": "Limit"}, "limit"),
    "its refusal": (400, {"code": "WL-115", "message": "NIP"}, "refused"),
    "accounts that are none": (200, said(entries=[NO_ACCOUNTS]), "unreadable-answer"),
    "the beginning of time": (200, said(requestDateTime="01-01-0001 00:00:00"), "unreadable-answer"),
    "a number that is none": (200, said(requestId="a\0"), "unreadable-answer"),
    "half a character": (200, said(requestId="\ud83d"), "unreadable-answer"),
    "no end of lists": (200, "[" * 200_000, "unreadable-answer"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_answer_is_none(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    status, body, code = ODD[name]
    text = body if isinstance(body, str) else json.dumps(body)
    answering(monkeypatch, lambda _: httpx2.Response(status, text=text))
    with pytest.raises(ServiceError) as failed:
        client.search("https://wl.example", ["5260250274"], times.today())
    assert failed.value.code == code


def test_an_answer_is_cut_to_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = {"nip": "5260250274", "name": "A" * 9999, "statusVat": "C" * 99, "accountNumbers": [LISTED]}
    body = said(entries=[{**ENTRY, "subjects": [subject]}])
    answering(monkeypatch, lambda _: httpx2.Response(200, json=body))
    _evidence, payers = client.search("https://wl.example", ["5260250274"], times.today())
    payer = payers["5260250274"]
    assert payer is not None and (len(payer.name), len(payer.status)) == (512, 40)


def test_an_answer_that_comes_by_drops_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count(0.0, 5.0)
    monkeypatch.setattr("liczydlo.public_services.http.time.monotonic", lambda: next(ticks))
    answering(monkeypatch, lambda _: httpx2.Response(200, content=iter([b"{"] * 99)))
    with pytest.raises(ServiceError) as failed:
        client.check("https://wl.example", "5260250274", LISTED, times.today())
    assert failed.value.code == "timeout"


def test_real_firms_ask_the_real_service(company: Any, settings: Any) -> None:
    settings.LICZYDLO_WHITE_LIST_URL = "https://wl-api.mf.gov.pl"
    company.environment = "PRODUKCJA"
    assert base(company) == "https://wl-api.mf.gov.pl"


def test_what_the_service_refuses_is_said(company: Any, panel: Any, nip: str) -> None:
    with pytest.raises(ServiceError) as refused:
        client.check(base(company), nip, "1" * 26, times.today())
    assert (refused.value.code, refused.value.service_code) == ("refused", "WL-111")
    with pytest.raises(ServiceError) as away:
        client.search(f"{base(company)}/nowhere", [nip], times.today())
    assert away.value.code == "unreadable-answer"
    with pytest.raises(ValueError):
        client.search(base(company), [nip] * 31, times.today())
