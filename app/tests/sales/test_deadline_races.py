"""An outage is stored at the very moment of an issue: the deadline is that of the outage, on both databases."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.utils import timezone
from liczydlo.ksef.deadlines import Outage
from liczydlo.offline import job
from liczydlo.sales import deadlines, services
from liczydlo.sales.models import Invoice

from app.tests.sales.world import document
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db(transaction=True)
PAUSE = 0.4
"""Seconds that one session gives the other, which may have to wait for it."""


def failure(ends: dt.timedelta | None = None) -> Outage:
    began = timezone.now() - dt.timedelta(hours=1)
    return Outage(kind="failure", start=began, end=ends and began + ends, event="9")


def due_dates(company: Any) -> list[dt.date | None]:
    (dates,) = at_once(lambda: list(Invoice.objects.of(company).values_list("due_date", flat=True)))
    assert isinstance(dates, list)
    return dates


def test_an_invoice_issued_while_an_outage_is_stored_has_its_deadline(
    company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, stored = threading.Event(), threading.Event()
    due = services.deadlines.due

    def slow(*arguments: Any, **options: Any) -> dt.date | None:
        found = due(*arguments, **options)  # of the outages as they were read
        read.set()
        stored.wait(PAUSE)
        return found

    monkeypatch.setattr(services.deadlines, "due", slow)

    def announce() -> None:
        assert read.wait(10)
        job.keep(company.environment, (failure(),))
        stored.set()

    issued, announced = at_once(lambda: services.issue(company, document(company.nip)), announce)
    assert (type(issued), announced) == (Invoice, None), (issued, announced)
    assert due_dates(company) == [None], "the count begins when the failure ends"


def test_the_older_recomputation_does_not_undo_the_younger(
    company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (issued,) = at_once(lambda: services.issue(company, document(company.nip)))
    assert isinstance(issued, Invoice) and issued.due_date is not None
    read, done = threading.Event(), threading.Event()
    outages = deadlines.outages

    def slow(*arguments: Any) -> list[Outage]:
        found = outages(*arguments)
        if not read.is_set():
            read.set()
            done.wait(10)
        return found

    monkeypatch.setattr(deadlines, "outages", slow)

    def announce() -> None:
        assert read.wait(10)
        job.keep(company.environment, (failure(),))
        done.set()

    older, announced = at_once(lambda: deadlines.recompute(environment=company.environment), announce)
    assert (older, announced) == (None, None)
    assert due_dates(company) == [None]
