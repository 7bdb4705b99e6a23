"""NBP's rates through the emulator's stand-in: one question, kept for all firms, faults, two sessions at once."""

from __future__ import annotations

import datetime as dt
import json
import os
from decimal import Decimal
from functools import partial
from typing import Any

import httpx2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.audit.models import Entry
from liczydlo.lookups import rates, services
from liczydlo.lookups.models import Choice, ExchangeRate, Pause, Service
from liczydlo.public_services import nbp as client
from liczydlo.public_services.http import ServiceError
from liczydlo.web import times

from app.tests.conftest import OTHER_NIP, make_company
from app.tests.lookups.test_white_list import answering
from app.tests.purchases.test_pages import text_of
from app.tests.sessions import done

pytestmark = pytest.mark.django_db
BASE = "https://nbp.example"
MONDAY = dt.date(2026, 11, 16)


def switch_on(company: Any) -> Any:
    Choice.objects.create(company=company, service=Service.NBP, is_on=True, changed_at=timezone.now())
    return company


@pytest.fixture
def on(company: Any, use_emulator: Any) -> Any:
    """The firm has switched the service on."""
    return switch_on(company)


def questions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that are asked from now on, by the real client."""
    request, get = [], client.get

    def counted(url: str, query: Any) -> Any:
        request.append(url)
        return get(url, query)

    monkeypatch.setattr(client, "get", counted)
    return request


def test_the_client_reads_a_range(on: Any) -> None:
    result = client.rates(rates.base_of(on), "EUR", dt.date(2026, 11, 6), dt.date(2026, 11, 15))
    assert [one.day.day for one in result] == [6, 9, 10, 12, 13]
    assert all(type(one.mid) is Decimal and -4 <= one.mid.as_tuple().exponent <= 0 for one in result)
    assert result[0].number == "217/A/NBP/2026"
    assert client.rates(rates.base_of(on), "EUR", dt.date(2026, 11, 7), dt.date(2026, 11, 8)) == []
    assert client.rates(rates.base_of(on), "XYZ", dt.date(2026, 11, 6), dt.date(2026, 11, 9)) == []
    for start, end, code in (
        (dt.date(2026, 8, 1), MONDAY, "EUR"),
        (MONDAY, dt.date(2026, 11, 15), "EUR"),
        (MONDAY, MONDAY, "../x"),
    ):
        with pytest.raises(ValueError):
            client.rates(rates.base_of(on), code, start, end)


def test_nothing_is_asked_until_it_is_switched_on(
    company: Any, use_emulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = questions(monkeypatch)
    assert rates.rate_before(company, "EUR", MONDAY) == rates.Quote(code="off")
    assert not request and not ExchangeRate.objects.exists()


def test_a_rate_is_asked_for_once_and_kept_for_all(
    on: Any, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = questions(monkeypatch)
    first = rates.rate_before(on, "EUR", MONDAY)
    assert first.rate is not None and first.rate.day == dt.date(2026, 11, 13)
    assert len(request) == 1 and request[0].endswith("/EUR/2026-11-04/2026-11-15/")
    assert rates.rate_before(on, "EUR", MONDAY) == first
    other = switch_on(make_company(OTHER_NIP, "Druga", owner))
    assert rates.rate_before(other, "EUR", dt.date(2026, 11, 12)).rate == client.Rate(
        code="EUR", number="219/A/NBP/2026", day=dt.date(2026, 11, 10), mid=kept("EUR", "2026-11-10")
    )
    assert len(request) == 1, "the range has brought it"
    assert rates.rate_before(on, "USD", MONDAY).rate is not None and len(request) == 2
    on.environment = "PRODUKCJA"
    answering(monkeypatch, lambda _: httpx2.Response(503))
    assert rates.rate_before(on, "EUR", MONDAY).code == "server-error", "made-up rates are not those of NBP"


def kept(currency: str, day: str) -> Decimal:
    mid: Decimal = ExchangeRate.objects.get(currency=currency, day=day).mid
    return mid.normalize()


def test_days_without_a_rate(on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    today = times.today()
    request = questions(monkeypatch)
    for day in (dt.date.min, dt.date(2002, 1, 2), today + dt.timedelta(days=2), dt.date.max):
        assert rates.rate_before(on, "EUR", day) == rates.Quote(code="none")
    assert not request
    assert rates.rate_before(on, "EUR", dt.date(2002, 1, 3)).rate is not None
    assert rates.rate_before(on, "XYZ", MONDAY) == rates.Quote(code="none")
    assert not Pause.objects.exists()


def said(*rates: tuple[str, str, str], **fields: Any) -> str:
    rows = ", ".join(f'{{"no": "{no}", "effectiveDate": "{day}", "mid": {mid}}}' for no, day, mid in rates)
    head = json.dumps({"table": "A", "currency": "euro", "code": "EUR", **fields})
    return f'{head[:-1]}, "rates": [{rows}]}}'


def test_todays_table_that_is_not_out_is_no_rate(on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = dt.datetime(2026, 11, 13, 11, 0, tzinfo=dt.UTC)
    monkeypatch.setattr("liczydlo.lookups.rates.times.now", lambda: noon)
    row = ("221/A/NBP/2026", "2026-11-12", "4.2512")
    answering(monkeypatch, lambda _: httpx2.Response(200, text=said(row)))
    assert rates.rate_before(on, "EUR", dt.date(2026, 11, 14)).code == "none"
    assert rates.rate_before(on, "EUR", dt.date(2026, 11, 13)).rate is not None


def test_a_holiday_that_the_calendar_does_not_know(on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """NBP says which days have tables: the one before is then the last."""
    answering(
        monkeypatch, lambda _: httpx2.Response(200, text=said(("221/A/NBP/2026", "2026-11-12", "4.2500")))
    )
    rate = rates.rate_before(on, "EUR", MONDAY).rate
    assert rate is not None and (rate.day.day, str(rate.mid)) == (12, "4.2500")
    again = rates.rate_before(on, "EUR", dt.date(2026, 11, 13)).rate
    assert again is not None and str(again.mid) == "4.25"


def test_silence_is_waited_for(on: Any, settings: Any, use_emulator: Any, monkeypatch: Any) -> None:
    request = questions(monkeypatch)
    settings.LICZYDLO_EMULATOR_URL = "http://127.0.0.1:9"
    assert rates.rate_before(on, "EUR", MONDAY).code == "network"
    assert rates.rate_before(on, "EUR", MONDAY).code == "paused" and len(request) == 1
    settings.LICZYDLO_EMULATOR_URL = use_emulator.url
    with httpx2.Client(base_url=use_emulator.control_url, trust_env=False) as control:
        fault = {"path": "/uslugi/nbp/*", "times": 1}
        control.put("/faults/server-error", json=fault).raise_for_status()
        assert rates.rate_before(on, "EUR", MONDAY).code == "server-error"
        Pause.objects.update(until=timezone.now() - dt.timedelta(seconds=1))
        assert rates.rate_before(on, "EUR", MONDAY).rate is not None
    assert not Pause.objects.filter(base=rates.base_of(on)).exists()


GOOD = ("221/A/NBP/2026", "2026-11-12", "4.2512")
ODD: dict[str, tuple[int, str, str]] = {
    "too much": (400, "400 BadRequest - Przekroczony limit 93 dni / Limit of 93 days has been exceeded", "refused"),
    "a proxy's refusal": (403, "<html>Forbidden</html>", "unreadable-answer"),
    "a proxy's page for what is not there": (404, "<html>Not Found</html>", "unreadable-answer"),
    "a proxy's limit": (429, "slow down", "busy"),
    "its failure": (500, "500 InternalServerError", "server-error"),
    "a gateway": (502, "<html>", "server-error"),
    "a page in place of the answer": (200, "<html>zaloguj się</html>", "unreadable-answer"),
    "no end of lists": (200, "[" * 200_000, "unreadable-answer"),
    "another currency": (200, said(GOOD, code="USD"), "unreadable-answer"),
    "another table": (200, said(GOOD, table="C"), "unreadable-answer"),
    "no rates": (200, '{"table": "A", "code": "EUR"}', "unreadable-answer"),
    "a rate that is none": (200, '{"table": "A", "code": "EUR", "rates": [7]}', "unreadable-answer"),
    "a day outside": (200, said(("1/A/NBP/2026", "2026-01-02", "4.2")), "unreadable-answer"),
    "a day twice": (200, said(GOOD, GOOD), "unreadable-answer"),
    "no day": (200, said(("221/A/NBP/2026", "2026-11-31", "4.2")), "unreadable-answer"),
    "nothing": (200, said(("221/A/NBP/2026", "2026-11-12", "0.0000")), "unreadable-answer"),
    "less than nothing": (200, said(("221/A/NBP/2026", "2026-11-12", "-4.2")), "unreadable-answer"),
    "no number": (200, said(("221/A/NBP/2026", "2026-11-12", "NaN")), "unreadable-answer"),
    "endless": (200, said(("221/A/NBP/2026", "2026-11-12", "1e400")), "unreadable-answer"),
    "true": (200, said(("221/A/NBP/2026", "2026-11-12", "true")), "unreadable-answer"),
    "a number of no table": (200, said(("221/A/NBP/2026\\u0000", "2026-11-12", "4.2")), "unreadable-answer"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_answer_is_none(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    status, body, code = ODD[name]
    answering(monkeypatch, lambda _: httpx2.Response(status, text=body))
    with pytest.raises(ServiceError) as failed:
        client.rates(BASE, "EUR", dt.date(2026, 11, 6), dt.date(2026, 11, 13))
    assert failed.value.code == code


def test_a_time_out(on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("8 seconds", request=request)

    answering(monkeypatch, late)
    assert rates.rate_before(on, "EUR", MONDAY).code == "timeout"


def test_the_switch(
    company: Any, ala: Client, stranger: Any, member: Any, browse: Any, use_emulator: Any
) -> None:
    page, post = reverse("lookups:page", args=[company.pk]), {"service": "nbp", "on": "1"}
    assert browse(stranger).post(page, post).status_code == 404
    for role in ("viewer", "issuer"):
        assert browse(member(role)).post(page, post).status_code == 403
    assert ala.post(page, {"service": "krs", "on": "1"}).status_code == 404
    assert ala.post(page, {"on": "1"}).status_code == 404
    shown = text_of(ala.post(page, post, follow=True))
    assert "Kursy walut NBP są włączone" in shown and f"{use_emulator.url}/uslugi/nbp" in shown
    assert services.is_on(company, Service.NBP) and not services.is_on(company, Service.WHITE_LIST)
    ala.post(page, {**post, "on": "0"})
    assert not services.is_on(company, Service.NBP)
    actions = Entry.objects.of(company).order_by("number").values_list("action", "details__name")
    assert list(actions) == [("service-on", "nbp"), ("service-off", "nbp")]


def test_real_firms_ask_the_real_service(company: Any) -> None:
    company.environment = "PRODUKCJA"
    assert rates.base_of(company) == "https://api.nbp.pl"


@pytest.mark.django_db(transaction=True)
def test_two_sessions_keep_one_rate(on: Any) -> None:
    for round_ in range(int(os.environ.get("LICZYDLO_RACE_ROUNDS", "4"))):
        result = done(*[partial(rates.rate_before, on, "EUR", MONDAY)] * 4)
        assert all(one.rate is not None and one == result[0] for one in result), (round_, result)
        assert ExchangeRate.objects.filter(currency="EUR", day=dt.date(2026, 11, 13)).count() == 1
        ExchangeRate.objects.all().delete()
