"""One bad document stops nothing: it is set aside by name, tried again, and shown until somebody decides."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from django.urls import reverse
from django.utils import timezone
from liczydlo.connection import clients
from liczydlo.documents.models import IndexEntry
from liczydlo.jobs.models import Job
from liczydlo.ksef.deadlines import WARSAW
from liczydlo.ksef.errors import KsefError
from liczydlo.purchases import inbox, services, set_aside
from liczydlo.purchases.models import Checkpoint, ReceivedInvoice, SetAside

from app.tests.purchases.test_synchronising import digests, received, sell, seller
from app.tests.sales.world import Wire, Worker, document

__all__ = ["seller"]
pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def bad(wire: Wire, number: str, answer: Callable[[], httpx2.Response]) -> None:
    """Whoever asks KSeF for this document gets another answer."""

    def rule(request: httpx2.Request) -> Any:
        return answer() if request.url.path.endswith(f"/invoices/ksef/{number}") else None

    wire.rules.append(rule)


def refusal(status: int, code: int, words: str) -> httpx2.Response:
    body = {"exception": {"exceptionDetailList": [{"exceptionCode": code, "exceptionDescription": words}]}}
    return httpx2.Response(status, json=body)


def numbers(company: Any) -> list[str]:
    """KSeF's numbers of what the company bought, in their order."""
    with clients.client(company) as ksef:
        return [
            row.ksef_number
            for row in ksef.query_metadata("Subject2", timezone.now() - HOUR, None, until_hwm=True)
        ]


BAD = [
    (
        lambda: httpx2.Response(200, content=b"<x/>", headers={"content-type": "application/xml"}),
        "hash-differs",
    ),
    (lambda: httpx2.Response(500, json={"title": "Internal Server Error"}), "document-fails"),
    (lambda: refusal(400, 21405, "Błąd walidacji danych wejściowych."), "21405"),
]


@pytest.mark.parametrize(("answer", "code"), BAD)
def test_the_rest_comes_in_and_the_bad_one_is_told_by_name(
    connected: Any, seller: Any, wire: Wire, answer: Any, code: str, browse: Any, owner: Any
) -> None:
    sent = sell(seller, connected, 5)
    spoilt = numbers(connected)[2]
    bad(wire, spoilt, answer)
    result = services.synchronise(connected)
    assert (result.new, result.set_aside) == (4, 1)
    (row,) = set_aside.undecided(connected)
    assert row.ksef_number == spoilt
    assert row.reason is not None and code in (row.reason.code, row.reason.ksef_code)
    assert row.listed.seller.value == seller.nip and row.listed.gross == 177
    assert Checkpoint.objects.get(subject="Subject2").until >= row.listed.stored, (
        "the others need not wait for it"
    )
    assert len(received() & digests(sent)) == 4
    shown = browse(owner).get(reverse("purchases:list", args=[connected.pk])).content.decode()
    assert spoilt in shown and "Odłożone dokumenty" in shown and row.listed.invoice_number in shown
    assert services.synchronise(connected).set_aside == 0, "it is known by now"
    assert SetAside.objects.count() == 1


def test_it_is_tried_again_with_growing_pauses_and_taken_over_once_it_is_good(
    connected: Any, seller: Any, wire: Wire
) -> None:
    sent = sell(seller, connected, 2)
    bad(wire, numbers(connected)[0], BAD[0][0])
    services.synchronise(connected)
    now, pauses = timezone.now(), []
    for _ in range(4):
        row = SetAside.objects.get()
        pauses.append(row.next_at - now)
        now = row.next_at
        services.synchronise(connected, clock=lambda moment=now: moment)
    assert dt.timedelta(minutes=14) < pauses[0] <= set_aside.FIRST_RETRY_AFTER, (
        "a while after it failed first"
    )
    assert sorted(pauses) == pauses and pauses[-1] > 3 * pauses[0]
    before = len(wire.seen)
    services.synchronise(connected)
    assert not any("/invoices/ksef/" in path for _, path in wire.seen[before:]), "not before its time"
    wire.rules.clear()
    due = SetAside.objects.get().next_at
    (row,) = set_aside.undecided(connected)
    SetAside.objects.update(next_at=due + dt.timedelta(days=365))
    assert set_aside.due_for_retry(connected, now=due) == [row], "a clock that jumped holds nothing back"
    SetAside.objects.update(next_at=due)
    assert services.synchronise(connected, clock=lambda: due).new == 1
    assert received() == digests(sent)
    assert not SetAside.objects.exists()


def test_a_button_tries_at_once_and_a_person_may_do_without_it(
    connected: Any, seller: Any, wire: Wire, browse: Any, owner: Any, stranger: Any
) -> None:
    sell(seller, connected)
    bad(wire, numbers(connected)[0], BAD[0][0])
    services.synchronise(connected)
    row = SetAside.objects.get()
    dismiss = reverse("purchases:dismiss", args=[connected.pk, row.pk])
    assert browse(stranger).post(dismiss).status_code == 404
    browse(owner).post(reverse("purchases:fetch", args=[connected.pk]))
    assert SetAside.objects.get().next_at <= timezone.now()
    answer = browse(owner).post(dismiss, follow=True).content.decode()
    assert "nie będzie już pobierany" in answer and "Odłożone dokumenty" not in answer
    wire.rules.clear()
    before = len(wire.seen)
    services.synchronise(connected)
    assert not any("/invoices/ksef/" in path for _, path in wire.seen[before:])
    assert SetAside.objects.get().dismissed_by_id == owner.pk


def test_when_nothing_can_be_had_it_is_not_the_documents_fault(
    connected: Any, seller: Any, wire: Wire
) -> None:
    sent = sell(seller, connected, 5)

    def rule(request: httpx2.Request) -> Any:
        return refusal(403, 403, "Brak uprawnień.") if "/invoices/ksef/" in request.url.path else None

    wire.rules.append(rule)
    with pytest.raises(KsefError):
        services.synchronise(connected)
    assert SetAside.objects.count() <= set_aside.IN_A_ROW
    wire.rules.clear()
    SetAside.objects.update(next_at=timezone.now())
    services.synchronise(connected)
    assert received() == digests(sent)


def test_two_runs_at_once_set_it_aside_once(connected: Any, seller: Any, wire: Wire) -> None:
    sell(seller, connected)
    bad(wire, numbers(connected)[0], BAD[0][0])
    services.synchronise(connected)
    listed = SetAside.objects.get().listed
    reason = SetAside.objects.get().reason
    assert reason is not None
    set_aside.keep(connected, listed, reason, now=timezone.now())
    assert SetAside.objects.count() == 1
    assert hashlib.sha256(b"<x/>").digest() != listed.sha256


# by itself


def test_it_goes_on_by_itself_as_often_as_the_firm_says(
    connected: Any, seller: Any, receiver: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected.fetch_every = 15
    connected.save(update_fields=["fetch_every"])
    sell(seller, connected)
    services.request(connected)
    looked_at = Checkpoint.objects.filter(subject=services.ROLES[-1], looked_at__isnull=False)
    receiver.until(connected, looked_at.exists)
    assert ReceivedInvoice.objects.exists()
    job = services.job(connected)
    assert job is not None and job.due_at is not None and job.reason is None
    assert job.finished_at is not None
    assert job.due_at - job.finished_at >= dt.timedelta(minutes=14, seconds=59)


@pytest.mark.parametrize(
    ("every", "hour", "minutes"), [(15, 12, 15), (15, 23, 60), (15, 3, 60), (240, 3, 240), (0, 12, None)]
)
def test_nights_are_wider_and_zero_is_on_request_alone(
    firm: Any, every: int, hour: int, minutes: int | None
) -> None:
    firm.fetch_every = every
    now = dt.datetime(2026, 11, 23, hour, 30, tzinfo=WARSAW)
    expected = None if minutes is None else now + dt.timedelta(minutes=minutes)
    assert inbox.next_run(firm, now) == expected


def test_the_round_begins_with_connected_firms_that_want_it(connected: Any, stranger: Any) -> None:
    class Claim:
        clock = staticmethod(timezone.now)
        step = staticmethod(lambda _name: None)

    inbox.go_round(Claim())  # type: ignore[arg-type]
    assert not Job.objects.filter(name=services.RECEIVE).exists(), "it fetches on request alone"
    connected.fetch_every = 15
    connected.save(update_fields=["fetch_every"])
    for _ in range(2):
        inbox.go_round(Claim())  # type: ignore[arg-type]
    jobs = Job.objects.filter(name=services.RECEIVE)
    assert list(jobs.values_list("company", flat=True)) == [connected.pk]
    later = timezone.now() + HOUR
    jobs.update(due_at=later)
    inbox.go_round(Claim())  # type: ignore[arg-type]
    assert jobs.get().due_at == later, "it goes on by itself, at its own time"
    jobs.update(due_at=None)
    inbox.go_round(Claim())  # type: ignore[arg-type]
    assert jobs.get().due_at is not None, "one that has ended begins anew"
    assert not IndexEntry.objects.exists()


def test_the_page_is_not_busy_between_two_runs(connected: Any, browse: Any, owner: Any) -> None:
    connected.fetch_every = 60
    connected.save(update_fields=["fetch_every"])
    Job.objects.create(company=connected, name=services.RECEIVE, due_at=timezone.now() + HOUR)
    Checkpoint.objects.create(
        company=connected,
        environment=connected.environment,
        subject=services.BUYER,
        until=timezone.now(),
        looked_at=timezone.now(),
    )
    shown = browse(owner).get(reverse("purchases:list", args=[connected.pk])).content.decode()
    assert "Pobieranie faktur z KSeF" not in shown
    assert "następne pobranie" in shown


def test_what_is_set_aside_keeps_all_that_the_list_says(connected: Any, seller: Any, wire: Wire) -> None:
    sell(seller, connected, documents=[document(seller.nip, connected.nip)])
    with clients.client(connected) as ksef:
        (listed,) = ksef.query_metadata("Subject2", timezone.now() - HOUR, None, until_hwm=True)
    bad(wire, listed.ksef_number, BAD[0][0])
    services.synchronise(connected)
    assert SetAside.objects.get().listed == listed
