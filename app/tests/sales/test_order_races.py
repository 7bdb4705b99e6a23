"""An original that gets its number, a person who takes back, two workers: at the same moment as a correction's turn.

Two real sessions on SQLite and on PostgreSQL; ``LICZYDLO_RACE_ROUNDS`` says how often each pair meets.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from liczydlo.jobs import registry
from liczydlo.jobs.models import Job
from liczydlo.sales import awaiting, lifecycle, services
from liczydlo.sales.models import Awaited, Draft, Event, Invoice
from liczydlo.sales.states import NotNow, State, Step

from app.tests.sales.test_order import NUMBER, corrected, corrects, original
from app.tests.sales.test_races import ROUNDS
from app.tests.sales.test_sending import fresh
from app.tests.sessions import done

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> None:
    """Every act in a thread and a database session of its own; of two that exclude each other one is told so."""

    def run(act: Callable[[], Any]) -> None:
        with contextlib.suppress(NotNow):
            act()

    done(*(partial(run, act) for act in acts))


def go_on(company: Any) -> None:
    """Until the job has nothing to do."""
    for _ in range(5):
        job = Job.objects.filter(company=company, name=lifecycle.ORDER).first()
        if job is None or job.due_at is None:
            return
        registry.run(job.pk)


def arrived(company: Any, number: str) -> Invoice:
    first = original(company, number)
    for step in (Step.SEND, Step.ARRIVE):
        lifecycle.move(first, step)
    return first


def accept(invoice: Invoice) -> None:
    lifecycle.move(invoice, Step.ACCEPT, entry={"ksef_number": NUMBER})


def check_went_with_its_number(company: Any, row: Invoice) -> None:
    go_on(company)
    assert (fresh(row).state, corrected(row)) == ("queued", [(NUMBER, None)])
    assert Event.objects.filter(invoice=row, step=Step.ISSUE).count() == 1
    assert not Awaited.objects.filter(invoice=row).exists() and not Draft.objects.filter(invoice=row).exists()


def test_the_number_comes_while_the_correction_is_issued(company: Any) -> None:
    for number in range(ROUNDS):
        first, xml = (
            arrived(company, f"FV/{number}"),
            corrects(company, f"FV/{number}", number=f"FK/{number}"),
        )
        at_once(partial(accept, first), partial(services.issue, company, xml))
        row = Invoice.objects.get(entry__number=f"FK/{number}")
        assert row.state in (State.AWAITING, State.QUEUED)
        check_went_with_its_number(company, row)


def test_two_workers_issue_it_once(company: Any) -> None:
    for number in range(ROUNDS):
        first = arrived(company, f"FV/{number}")
        row = services.issue(company, corrects(company, f"FV/{number}", number=f"FK/{number}"))
        accept(first)
        at_once(*(partial(awaiting._release, company, fresh(row)) for _ in range(2)))
        check_went_with_its_number(company, row)


def test_a_person_takes_back_what_is_about_to_go(company: Any) -> None:
    for number in range(ROUNDS):
        first = arrived(company, f"FV/{number}")
        row = services.issue(company, corrects(company, f"FV/{number}", number=f"FK/{number}"))
        accept(first)
        at_once(lambda: go_on(company), partial(awaiting.take_back, fresh(row)))
        found = fresh(row)
        if found.state == State.DRAFT:
            assert Draft.objects.filter(invoice=row).count() == 1
            assert not Event.objects.filter(invoice=row, step=Step.ISSUE).exists()
            assert not Awaited.objects.filter(invoice=row).exists()
        else:
            check_went_with_its_number(company, row)


def test_eight_clicks_wait_once(company: Any) -> None:
    for number in range(ROUNDS):
        arrived(company, f"FV/{number}")
        xml = corrects(company, f"FV/{number}", number=f"FK/{number}")
        draft = services.save_draft(company, xml)
        at_once(*(partial(services.issue, company, xml, draft=fresh(draft)) for _ in range(8)))
        assert Event.objects.filter(invoice=draft, step=Step.AWAIT).count() == 1
        assert Awaited.objects.filter(invoice=draft).count() == 1
