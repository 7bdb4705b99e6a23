"""A recurring invoice and its days, for the tests of what is made of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.fa3.codec import to_json
from liczydlo.fa3.read import read
from liczydlo.jobs import registry
from liczydlo.jobs.models import Job
from liczydlo.lookups import rates
from liczydlo.lookups.models import Pause
from liczydlo.sales.models import Draft
from liczydlo.sales.repeating import making
from liczydlo.sales.repeating.tables import InvoiceTemplate, Occurrence, Recurrence
from liczydlo.web import times

from app.tests.lookups.test_rates import switch_on
from app.tests.sales.test_correction_pages import text
from app.tests.sales.test_editor import LINE, form
from app.tests.sales.test_templates import where

JANUARY = dt.date(2027, 1, 4)  # a Monday


Turn = Callable[..., None]


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Turn:
    """Turn the program's clock to a day."""
    ahead = [dt.timedelta(0)]
    monkeypatch.setattr(times, "_ahead", lambda: ahead[0])

    def to(day: dt.date, hour: int = 7) -> None:
        moment = timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))
        ahead[0] = moment - timezone.now()

    to(JANUARY)
    return to


def template(ala: Client, company: Any, **typed: str) -> InvoiceTemplate:
    line = {**LINE, "name": "Abonament {okres}"}
    today = times.today()
    days = {"issue_date": today.isoformat(), "due_date": (today + dt.timedelta(days=7)).isoformat()}
    ala.post(reverse("sales:new", args=[company.pk]), form(line, template="1", **{**days, **typed}))
    return InvoiceTemplate.objects.latest("pk")


CHOSEN = {
    "every": "1",
    "unit": "month",
    "day": "10",
    "shift": "none",
    "first_day": JANUARY.isoformat(),
    "last_day": "",
    "count": "",
    "which": "this",
    "delivery": "issue",
    "automatic": "draft",
}


def recurring(ala: Client, company: Any, **chosen: str) -> Recurrence:
    made = template(ala, company)
    answer = ala.post(where("recurrence", made), {**CHOSEN, **chosen})
    assert answer.status_code == 302, text(answer)
    return Recurrence.objects.get(template=made)


def work(company: Any) -> Job:
    """What the workers do now, whatever is due."""
    registry.enqueue(company.pk, making.JOB)
    Job.objects.filter(company=company, name=making.JOB).update(due_at=times.now() - dt.timedelta(hours=1))
    registry.run(Job.objects.get(company=company, name=making.JOB).pk)
    return Job.objects.get(company=company, name=making.JOB)


def drafts() -> list[Any]:
    return [read(bytes(one.xml or b"")).fa for one in Draft.objects.order_by("pk")]


@pytest.fixture
def nbp(company: Any, use_emulator: Any) -> Iterator[Callable[[str], None]]:
    """NBP is switched on; ``nbp("2027-01-10")`` is the day there."""

    def set_day(day: str) -> None:
        noon = dt.datetime.fromisoformat(f"{day}T12:00:00+00:00")
        use_emulator.clock.move(noon - use_emulator.clock.now())

    switch_on(company)
    yield set_day
    use_emulator.clock.reset()


@pytest.fixture
def held(ala: Client, company: Any, turn: Turn, nbp: Callable[[str], None]) -> Occurrence:
    """A Monday whose rate NBP did not give: it was away in the morning."""
    row = recurring(ala, company, day="11")
    InvoiceTemplate.objects.update(draft_json=to_json(replace(row.template.draft, currency="EUR")))
    turn(dt.date(2027, 1, 11))
    with pytest.MonkeyPatch.context() as away:
        away.setattr(rates, "base_of", lambda _company: "http://127.0.0.1:9")
        work(company)
    nbp("2027-01-11")
    Pause.objects.all().delete()
    day = Occurrence.objects.get()
    assert (day.outcome, day.invoice, day.waits_for_rate) == ("held", None, True)
    return day
