"""Outages as rows: learnt from a real Latarnia, corrected, kept when it is silent, and deadlines that follow them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from django.utils import timezone
from liczydlo.connection.models import Purpose
from liczydlo.jobs import registry
from liczydlo.jobs.models import Job
from liczydlo.ksef.deadlines import WARSAW, Outage, add_business_days, next_business_day
from liczydlo.ksef.modes import Mode
from liczydlo.offline import job, models
from liczydlo.offline.models import outages
from liczydlo.sales import services
from liczydlo.sales.models import Invoice

from app.tests.sales.world import connect, document

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 7, 7, 8, tzinfo=WARSAW)
FAILURE = Outage(kind="failure", start=START, event="7")
ENDED = Outage(kind="failure", start=START, end=START + dt.timedelta(hours=30), event="7")


@pytest.fixture
def control(use_emulator: Any) -> Iterator[httpx2.Client]:
    """The emulator's control port; what Latarnia announced in the test is taken back."""
    with httpx2.Client(base_url=use_emulator.control_url, trust_env=False) as client:
        before = {message["eventId"] for message in client.get("/latarnia").json()["messages"]}
        yield client
        client.put("/latarnia/silence", json={"on": False})
        after = {message["eventId"] for message in client.get("/latarnia").json()["messages"]}
        for event in after - before:
            client.delete(f"/latarnia/{event}")


def learn() -> dt.datetime | None:
    registry.enqueue(None, job.NAME)
    row = Job.objects.get(company=None, name=job.NAME)
    assert registry.run(row.pk)
    row.refresh_from_db()
    return row.due_at


def test_a_failure_is_learnt_with_its_end_and_asked_about_again(firm: Any, control: httpx2.Client) -> None:
    event = str(control.post("/latarnia/failures", json={}).json()["eventId"])
    due_at = learn()
    assert due_at is not None and dt.timedelta(0) < due_at - timezone.now() <= job.WHILE_ON
    row = models.Outage.objects.get(environment=firm.environment, event=event)
    assert (row.kind, row.ended_at) == ("failure", None)
    control.post(f"/latarnia/failures/{event}/end", json={})
    learn()
    row.refresh_from_db()
    assert row.ended_at is not None
    assert [one.event for one in outages(firm)].count(event) == 1


def test_a_silent_latarnia_takes_nothing_back(firm: Any, control: httpx2.Client) -> None:
    job.keep(firm.environment, (FAILURE,))
    learn()
    before = models.Latarnia.objects.get(environment=firm.environment)
    control.put("/latarnia/silence", json={"on": True})
    assert learn() is not None, "it is asked again"
    assert outages(firm) == [FAILURE]
    after = models.Latarnia.objects.get(environment=firm.environment)
    assert after.answered_at == before.answered_at is not None
    assert after.asked_at > before.asked_at


def test_only_a_change_is_told(firm: Any) -> None:
    assert job.keep(firm.environment, (FAILURE,))
    assert not job.keep(firm.environment, (FAILURE,))
    assert job.keep(firm.environment, (ENDED,))
    assert not job.keep(firm.environment, ()), "what Latarnia forgets after thirty days is kept"
    assert outages(firm) == [ENDED]
    assert job.keep(firm.environment, (Outage(kind="failure", start=START, event="8", title="ż" * 5000),))
    assert len(models.Outage.objects.get(event="8").title) == job.TITLE


def test_another_environments_outage_is_not_the_companys(firm: Any) -> None:
    job.keep("TEST", (FAILURE,))
    assert outages(firm) == []


def test_deadlines_of_waiting_invoices_follow_a_failure(
    connected: Any, ksef_files: Any, stranger: Any, django_capture_on_commit_callbacks: Any
) -> None:
    connect(connected, ksef_files, Purpose.OFFLINE)
    offline = services.issue(connected, document(connected.nip, number="O/1"), mode=Mode.OFFLINE24)
    online = services.issue(connected, document(connected.nip, number="N/1"))
    day = offline.entry.issue_date
    assert offline.due_date == next_business_day(day)
    start = dt.datetime.combine(day, dt.time(9), WARSAW)
    lasting = Outage(kind="failure", start=start, event="9")
    over = Outage(kind="failure", start=start, end=start + dt.timedelta(days=2), event="9")

    def due() -> dt.date | None:
        return Invoice.objects.get(pk=offline.pk).due_date

    with django_capture_on_commit_callbacks(execute=True):
        job.keep(connected.environment, (lasting,))
    assert due() is None, "the count has not begun"
    with django_capture_on_commit_callbacks(execute=True):
        job.keep(connected.environment, (over,))
    assert due() == add_business_days(day + dt.timedelta(days=2), 7)
    with django_capture_on_commit_callbacks(execute=True):
        job.keep("TEST", (Outage(kind="total-failure", start=start, event="10"),))
    assert due() is not None, "another KSeF's failure moves nothing"
    assert Invoice.objects.get(pk=online.pk).due_date == due(), "it may miss its day as well"


def test_the_installations_job_is_there_from_the_start(firm: Any) -> None:
    registry.enqueue_standing()
    registry.enqueue_standing()
    assert Job.objects.filter(company=None, name=job.NAME, due_at__isnull=False).count() == 1


def test_a_new_connection_makes_latarnia_be_asked_at_once(firm: Any, ksef_files: Any, wire: Any) -> None:
    Job.objects.filter(company=None, name=job.NAME).delete()
    connect(firm, ksef_files)
    assert Job.objects.filter(company=None, name=job.NAME, due_at__lte=timezone.now()).exists()
