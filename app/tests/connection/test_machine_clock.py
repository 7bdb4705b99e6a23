"""The machine's clock an hour wrong: every page of a company says so, and stops when it is right again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from django.urls import reverse
from django.utils import timezone
from liczydlo.connection import clients, machine_clock
from liczydlo.connection.models import KsefClock
from liczydlo.web import times

from app.tests.sales.world import Wire, connected, firm, wire

__all__ = ["connected", "firm", "wire"]
pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    machine_clock.forget()
    yield
    machine_clock.forget()


def ask(company: Any) -> None:
    with clients.client(company) as ksef:
        ksef.active_sessions()


def page(browser: Any, company: Any) -> str:
    return str(browser.get(reverse("sales:list", args=[company.pk])).content.decode())


@pytest.mark.parametrize(
    ("wrong", "words"), [(HOUR, "spieszy się o 60 min"), (-HOUR, "spóźnia się o 60 min")]
)
def test_it_is_said_on_every_page_until_it_is_right(
    wrong: dt.timedelta, words: str, connected: Any, owner: Any, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browse(owner)
    ask(connected)
    assert "Zegar tego komputera" not in page(browser, connected)
    with monkeypatch.context() as turned:
        turned.setattr(times, "now", lambda: timezone.now() + wrong)
        ask(connected)
        said = page(browser, connected)
        assert words in said and "termin wysłania faktury offline" in said
        assert words in browser.get(reverse("sales:new", args=[connected.pk])).content.decode()
        english = (
            browse(owner, language="en").get(reverse("sales:list", args=[connected.pk])).content.decode()
        )
        assert "clock" in english and "Zegar" not in english
    ask(connected)
    assert "Zegar tego komputera" not in page(browser, connected)


def test_another_ksef_says_nothing_of_it(connected: Any, owner: Any, browse: Any) -> None:
    machine_clock.note("TEST", timezone.now() - HOUR)
    assert machine_clock.wrong_clock("TEST") is not None
    assert "Zegar tego komputera" not in page(browse(owner), connected)


def test_a_reading_is_written_down_when_it_changes_or_once_an_hour(connected: Any) -> None:
    ask(connected)
    before = KsefClock.objects.get().read_at
    ask(connected)
    assert KsefClock.objects.get().read_at == before


def test_a_portal_in_front_of_ksef_has_a_clock_of_its_own(connected: Any, wire: Wire) -> None:
    yesterday = "Fri, 01 Jan 2021 10:00:00 GMT"
    for kind, seen in (("text/html", None), ("application/problem+json", "2021-01-01")):
        answer = httpx2.Response(503, headers={"Date": yesterday, "Content-Type": kind}, content=b"{}")
        wire.rules[:] = [lambda request, answer=answer: answer]
        KsefClock.objects.all().delete()
        machine_clock.forget()
        with pytest.raises(clients.ksef.KsefError), clients.client(connected, patience=0.0) as ksef:
            ksef.active_sessions()
        row = KsefClock.objects.first()
        assert (row is None) == (seen is None)


def test_where_the_emulators_clock_is_followed_nothing_is_compared(
    connected: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    KsefClock.objects.all().delete()
    monkeypatch.setattr(times, "is_training", lambda: True)
    machine_clock.note(connected.environment, timezone.now() - 10 * HOUR)
    assert not KsefClock.objects.exists()
