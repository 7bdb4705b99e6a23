"""Certificates near their end are renewed by themselves, old ones kept until the new ones work; owners are warned."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from django.core import mail
from django.utils import timezone
from liczydlo.companies import letters
from liczydlo.connection import clients
from liczydlo.connection.certificates import job
from liczydlo.connection.models import Enrollment, EnrollmentState, ExpiryNotice, Purpose, StoredCertificate
from liczydlo.jobs import failpoints, registry
from liczydlo.jobs.models import Job

from app.tests.sales.world import once

pytestmark = pytest.mark.django_db


def ends_in(firm: Any, purpose: str, days: int) -> None:
    """What is kept says that the certificate ends so soon; KSeF knows better, and does not mind."""
    end = timezone.now() + timedelta(days=days)
    StoredCertificate.objects.of(firm).filter(purpose=purpose).update(not_after=end)


def serials(firm: Any) -> dict[str, str]:
    return {one.purpose: one.serial for one in StoredCertificate.objects.of(firm)}


def settle(worker: Any, firm: Any) -> None:
    """Run until nothing is due for hours."""
    registry.enqueue(firm.pk, worker.name)
    worker.run(firm)
    worker.until(
        firm,
        lambda: Job.objects.get(company=firm, name=worker.name).due_at > worker.clock() + timedelta(hours=5),
    )


@pytest.mark.parametrize("purpose", list(Purpose))
def test_what_ends_within_45_days_is_renewed(
    purpose: Purpose, connected: Any, worker: Any, wire: Any
) -> None:
    before = serials(connected)
    ends_in(connected, purpose, 44)
    settle(worker, connected)
    after = serials(connected)
    assert {item for item in before if before[item] != after[item]} == {purpose}
    assert wire.count("POST", "/certificates/enrollments") == 1
    with clients.client(connected) as client:
        listed = {one.serial: one.status for one in client.query_certificates()}
    assert listed[before[purpose]] == "Active"  # old offline codes must go on proving themselves
    settle(worker, connected)
    assert serials(connected) == after


def test_what_ends_later_is_left_alone(connected: Any, worker: Any, wire: Any) -> None:
    before = serials(connected)
    ends_in(connected, Purpose.OFFLINE, 47)
    settle(worker, connected)
    assert serials(connected) == before and wire.count("POST", "/certificates/enrollments") == 0


def test_the_old_one_stays_until_ksef_lets_the_new_one_in(connected: Any, worker: Any, wire: Any) -> None:
    before = serials(connected)
    ends_in(connected, Purpose.AUTHENTICATION, 10)

    def no_login(request: httpx2.Request) -> Any:
        return httpx2.ConnectError("away") if request.url.path.endswith("/auth/xades-signature") else None

    wire.rules.append(no_login)
    registry.enqueue(connected.pk, worker.name)
    for _ in range(20):
        worker.run(connected)
        worker.clock.ahead += timedelta(seconds=2)
        if any(path.endswith("/auth/xades-signature") for _, path in wire.seen):
            break
    assert serials(connected) == before
    wire.rules.clear()
    settle(worker, connected)
    assert serials(connected) != before
    assert wire.count("POST", "/certificates/enrollments") == 1


class Death(BaseException):
    """A process that dies runs no handler."""


@pytest.mark.parametrize(
    "step",
    [*failpoints.RENEWING, "certificate.ask", "certificate.asked", "certificate.fetched"],
)
def test_dead_in_the_middle(
    step: str, connected: Any, worker: Any, wire: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaths = []

    def reach(name: str) -> None:
        if name == step and not deaths:
            deaths.append(name)
            raise Death

    monkeypatch.setattr(failpoints, "reach", reach)
    before = serials(connected)
    ends_in(connected, Purpose.AUTHENTICATION, 10)
    with pytest.raises(Death):
        settle(worker, connected)
    worker.clock.ahead += timedelta(minutes=2)
    settle(worker, connected)
    assert serials(connected)["Authentication"] != before["Authentication"]
    with clients.client(connected) as client:
        assert len(client.query_certificates(kind="Authentication")) == 2


def test_a_refusal_is_told_and_not_repeated_at_once(
    connected: Any, worker: Any, wire: Any, browse: Any, owner: Any, base: str
) -> None:
    body = {
        "exception": {"exceptionDetailList": [{"exceptionCode": 25007, "exceptionDescription": "Limit."}]}
    }
    ends_in(connected, Purpose.OFFLINE, 10)
    refusal = httpx2.Response(400, json=body)
    wire.rules.append(once("POST", "/certificates/enrollments", refusal))
    settle(worker, connected)
    assert Enrollment.objects.get().state == EnrollmentState.REFUSED
    assert "Ostatnie odnowienie się nie udało" in browse(owner).get(base).content.decode()
    settle(worker, connected)
    assert wire.count("POST", "/certificates/enrollments") == 1
    worker.clock.ahead += timedelta(hours=21)
    settle(worker, connected)
    assert wire.count("POST", "/certificates/enrollments") == 2
    assert "Ostatnie odnowienie" not in browse(owner).get(base).content.decode()


@pytest.mark.parametrize(
    ("left", "days"),
    [
        (61, None),
        (60, 60),
        (59, 60),
        (31, 60),
        (30, 30),
        (8, 30),
        (7, 7),
        (2, 7),
        (1, 1),
        (0.5, 1),
        (-1, None),
    ],
)
def test_the_days_of_warnings(left: float, days: int | None) -> None:
    now = timezone.now()
    assert job.reached(StoredCertificate(not_after=now + timedelta(days=left)), now) == days


def test_each_warning_is_mailed_once_to_the_owners(connected: Any, owner: Any, worker: Any) -> None:
    for days, count in ((61, 0), (60, 1), (55, 1), (30, 2), (29, 2)):
        ends_in(connected, Purpose.AUTHENTICATION, days)
        job.send_notices(connected, clock=lambda: timezone.now() - timedelta(minutes=1))
        job.send_notices(connected, clock=lambda: timezone.now() - timedelta(minutes=1))
        if days in {60, 30}:
            job.send_notices(connected, clock=timezone.now)
        assert len(mail.outbox) == count, days
    letter = mail.outbox[-1]
    assert letter.to == [owner.email] and connected.name in letter.subject
    assert serials(connected)["Authentication"] in letter.body


def test_a_mail_server_that_is_away_is_tried_again(
    connected: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends_in(connected, Purpose.OFFLINE, 7)

    def away(*_: Any) -> None:
        raise smtplib.SMTPServerDisconnected("away")

    with monkeypatch.context() as broken:
        broken.setattr(letters, "send_mail", away)
        broken.setattr(settings, "LICZYDLO_SENDS_MAIL", True)
        assert job.send_notices(connected, clock=timezone.now) == 0
    assert not ExpiryNotice.objects.exists()
    assert job.send_notices(connected, clock=timezone.now) == 1
