"""The edges of a package: what belongs to none, what is left of one that was not opened, and when it is looked at."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from django.utils import timezone
from liczydlo.connection.models import KsefLimits
from liczydlo.ksef import packing
from liczydlo.sales import lifecycle, services
from liczydlo.sales.models import Invoice, Session
from liczydlo.sales.sending import batches
from liczydlo.sales.sending.batches import Batch
from liczydlo.sales.states import State, Step

from app.tests.sales.test_batches import (
    assert_each_has_its_number,
    sessions,
    small,
    with_attachment,
)
from app.tests.sales.test_run import edited, issue, on, problem, with_status
from app.tests.sales.test_sending import fresh, settled
from app.tests.sales.world import Wire, Worker

__all__ = ["small"]
pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def carrier(company: Any, now: dt.datetime) -> Batch:
    """One that must not ask KSeF: it has no connection."""
    claim: Any = SimpleNamespace(clock=lambda: now)
    return Batch(claim, company, None, None)  # type: ignore[arg-type]


def test_a_package_that_ksef_does_not_open_leaves_nothing_behind(
    connected: Any, sender: Worker, wire: Wire
) -> None:
    invoices = issue(connected, 3)
    wire.rules.append(on("POST", "/v2/sessions/batch", lambda _request: problem(400, 21405)))
    sender.run(connected)
    assert list(batches.folder_of("").glob("*")) == []
    assert sessions(wire) == (1, 1), "they go one by one"
    assert not Session.objects.filter(kind=Session.Kind.BATCH).exists()
    sender.until(connected, lambda: all(map(settled, invoices)))
    assert_each_has_its_number(connected, invoices)


def test_what_is_uploaded_is_closed_also_after_the_time_for_uploads(
    connected: Any, sender: Worker, wire: Wire
) -> None:
    invoices = issue(connected, 3)
    wire.rules.append(on("POST", r"/v2/sessions/batch/.*/close", lambda _request: httpx2.ConnectError("x")))
    sender.run(connected)
    session = Session.objects.get()
    assert session.closed_at is None and not session.parts.filter(uploaded_at=None).exists()
    Session.objects.update(valid_until=sender.clock())
    wire.rules.clear()
    sender.until(connected, lambda: all(map(settled, invoices)))
    assert_each_has_its_number(connected, invoices)
    assert sessions(wire) == (1, 0)


def test_a_package_that_one_has_left_meanwhile_is_not_sent(
    connected: Any, sender: Worker, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KSeF was told of a package with five: it is never closed, and no row remembers it; the others go one by one."""
    invoices = issue(connected, 5)
    pack = packing.pack

    def slow(*args: Any, **options: Any) -> Any:
        monkeypatch.setattr(packing, "pack", pack)
        lifecycle.move(fresh(invoices[0]), Step.REJECT)
        return pack(*args, **options)

    monkeypatch.setattr(packing, "pack", slow)
    sender.until(connected, lambda: all(map(settled, invoices)))
    assert_each_has_its_number(connected, invoices[1:])
    assert sessions(wire) == (1, 1)
    assert [(one.kind, one.sent, one.broken) for one in Session.objects.all()] == [("online", 4, False)]


def test_what_was_made_for_another_environment_is_in_no_package(
    connected: Any, sender: Worker, wire: Wire
) -> None:
    mine, here = issue(connected, 2), connected.environment
    connected.environment = "TEST"
    others = issue(connected, 3)
    connected.environment = here
    sender.until(connected, lambda: all(map(settled, mine)))
    assert sessions(wire) == (0, 1)
    assert {fresh(one).state for one in others} == {"queued"}


def test_a_technical_correction_and_what_was_tried_before_are_in_no_package(company: Any) -> None:
    now = timezone.now()
    KsefLimits.objects.create(
        company=company, environment=company.environment, asked_at=now, again_at=now + HOUR
    )
    first, second, third, original = issue(company, 4)
    Invoice.objects.filter(pk=original.pk).update(state=State.REJECTED)
    queued = Invoice.objects.filter(pk=third.pk)
    for columns in (
        {"corrects": original},
        {"attempts": 1},
        {"looks": 1},
        {"send_after": now + dt.timedelta(seconds=1)},
    ):
        usual = queued.values(*columns).get()
        queued.update(**columns)
        assert carrier(company, now).reserve() is None, "two are few"
        queued.update(**usual)
    assert {fresh(one).state for one in (first, second, third)} == {"queued"}
    with pytest.raises(AttributeError):  # three are many: it would ask KSeF now
        carrier(company, now).reserve()


def test_the_next_look_is_the_earliest_of_what_waits(company: Any) -> None:
    now = timezone.now()

    def due() -> dt.datetime | None:
        return carrier(company, now).next_due()

    (sent,) = issue(company)
    attached = services.issue(company, with_attachment(company))
    lifecycle.move(attached, Step.QUEUE)
    (waits, packed) = (Invoice.objects.filter(pk=one.pk) for one in (attached, sent))
    session = Session.objects.create(
        company=company, environment=company.environment, kind="batch", reference="R", sealed_key=b"k",
        opened_at=now, used_at=now, valid_until=now + HOUR, closed_at=now, sent=1,
    )  # fmt: skip
    packed.update(state=State.PROCESSING, session=session, poll_at=now + 2 * HOUR)
    waits.update(send_after=now + HOUR)
    assert due() == now + HOUR
    waits.update(send_after=now + 3 * HOUR)
    assert due() == now + 2 * HOUR
    waits.update(send_after=None)
    assert due() == now
    here, company.environment = company.environment, "TEST"
    assert due() is None
    company.environment = here
    waits.update(send_after=now + 3 * HOUR)
    packed.update(state=State.ACCEPTED)
    assert due() == now + 3 * HOUR
    Session.objects.update(closed_at=None)
    assert due() == now, "a package that is not closed goes on at once"
    company.environment = "TEST"
    assert due() is None, "there it is nobody's package"


def test_a_package_that_ksef_works_on_is_looked_at_less_and_less(
    connected: Any, sender: Worker, wire: Wire
) -> None:
    invoices = issue(connected, 3)
    wire.rules.append(on("GET", r"/v2/sessions/[^/]+", edited(wire, with_status(150))))
    sender.clock.stop()
    waits: list[dt.timedelta] = []
    for looks in range(4):
        sender.run(connected)
        rows = [fresh(one) for one in invoices]
        assert {(row.state, row.looks) for row in rows} == {("processing", looks)}
        (moment,) = {row.poll_at for row in rows}
        assert moment is not None
        waits.append(moment - sender.clock())
        sender.clock.move_to(moment)
    assert waits == sorted(waits) and waits[-1] > waits[0]
    wire.rules.clear()
    sender.until(connected, lambda: all(map(settled, invoices)))
    assert_each_has_its_number(connected, invoices)
