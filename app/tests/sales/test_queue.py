"""„Kolejka": what waits, until when, why, and sending by hand; the nearest deadline goes first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.connection import clients
from liczydlo.jobs.claims import claim
from liczydlo.jobs.models import Job
from liczydlo.ksef.deadlines import Outage
from liczydlo.offline import job as latarnia
from liczydlo.offline import services as offline
from liczydlo.sales import lifecycle, queue, services
from liczydlo.sales.models import Event, Invoice
from liczydlo.sales.sending import batches, run
from liczydlo.sales.states import State, Step
from liczydlo.web.reasons import Reason

from app.tests.sales.test_limits import set_sessions
from app.tests.sales.test_sending import fresh, settled
from app.tests.sales.world import Wire, Worker, document

pytestmark = pytest.mark.django_db

Browse = Callable[..., Client]
TODAY = dt.timedelta(0)


def address(company: Any, name: str = "queue", *arguments: Any) -> str:
    return reverse(f"sales:{name}", args=[company.pk, *arguments])


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")  # type: ignore[no-any-return]


def issued(company: Any, number: str, *, due: dt.timedelta | None = None, **columns: Any) -> Invoice:
    """An invoice in the queue, due so many days from today, with columns as the story needs them."""
    invoice = services.issue(company, document(company.nip, number=number))
    day = None if due is None else timezone.localdate() + due
    Invoice.objects.filter(pk=invoice.pk).update(due_date=day, **columns)
    return fresh(invoice)


def days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)


def numbers(company: Any) -> list[str]:
    shown = queue.queue(company, today=timezone.localdate())
    return [row.invoice.entry.number for row in shown.rows]


def test_what_is_not_at_rest_is_there_the_nearest_deadline_first(company: Any) -> None:
    issued(company, "none")
    issued(company, "late", due=days(-2))
    issued(company, "waiting", due=days(3), state=State.WAITING)
    issued(company, "sending", due=days(2), state=State.SENDING)
    issued(company, "processing", due=days(1), state=State.PROCESSING)
    issued(company, "held", due=days(4), state=State.ISSUED)
    issued(company, "no receipt", due=days(5), state=State.ACCEPTED, upo_pending=True)
    issued(company, "done", due=days(-9), state=State.ACCEPTED)
    issued(company, "refused", due=days(-9), state=State.REJECTED)
    services.save_draft(company, document(company.nip))
    assert numbers(company) == ["late", "processing", "sending", "waiting", "held", "no receipt", "none"]


def test_another_environment_and_another_firm_have_their_own(company: Any, stranger: Any) -> None:
    issued(company, "here")
    theirs = stranger.companies.get()
    issued(theirs, "theirs")
    assert numbers(company) == ["here"]
    company.environment = "TEST"
    assert numbers(company) == []


def test_each_row_says_until_when_and_why(ala: Client, company: Any) -> None:
    issued(company, "A/1", due=days(-1), reason_json=Reason("never-arrived", ksef_code="K-1").as_json())
    issued(company, "A/2", due=TODAY, state=State.WAITING, send_after=timezone.now() + days(1))
    shown = text_of(ala.get(address(company)))
    assert "spóźniona o 1 dzień" in shown and "dziś do północy" in shown
    assert "Połączenie urwało się" in shown and "K-1" in shown
    assert "Wyjdzie sama" in shown and "177,00 zł" in shown and "Kupiec „Świt”" in shown


def test_the_companys_hindrance_and_the_outage_stand_above(ala: Client, owner: Any, company: Any) -> None:
    issued(company, "A/1")
    Job.objects.update(reason_json=Reason("network").as_json())
    now = timezone.now()
    offline.enter_total_failure(company, owner, started_at=now, ended_at=None, title="TVP1")
    shown = text_of(ala.get(address(company)))
    assert Reason("network").text("pl") in shown
    assert "Awaria całkowita" in shown and shown.index("Awaria całkowita") < shown.index("A/1")
    listed = text_of(ala.get(reverse("sales:list", args=[company.pk])))
    assert listed.count(f'href="{address(company)}"') == 2, "from the actions, and from what is in the way"


def test_where_there_is_no_deadline_it_says_why(ala: Client, company: Any) -> None:
    begun = Outage(kind="failure", start=timezone.now(), end=None, event="K/1", title="Awaria bazy")
    latarnia.keep(company.environment, (begun,))
    reason = Reason("mode-wish")
    issued(company, "A/1", mode="awaryjny", mode_reason_json=reason.as_json())
    shown = text_of(ala.get(address(company)))
    assert "bez terminu" in shown and "Awaria KSeF trwa od" in shown
    assert reason.text("pl") in shown, "why it is offline"


def test_nothing_waits(ala: Client, company: Any) -> None:
    shown = text_of(ala.get(address(company)))
    assert "Nic nie czeka" in shown and "hx-trigger" not in shown.partition('id="queue"')[2]


def test_the_rows_refresh_alone(ala: Client, company: Any) -> None:
    issued(company, "A/1")
    answer = text_of(ala.get(address(company, "queue_rows")))
    assert "A/1" in answer and "<html" not in answer and "every 2s" in answer


def test_a_long_queue_shows_its_beginning_and_says_so(
    ala: Client, company: Any, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(queue, "MOST", 2)
    for number in range(4):
        issued(company, f"A/{number}", due=days(number))
    ala.get(address(company))
    with django_assert_max_num_queries(16):
        shown = text_of(ala.get(address(company)))
    assert "Czeka: 4." in shown and "pierwsze 2" in shown
    assert "A/1" in shown and "A/2" not in shown


def test_send_now_ends_a_wait_of_each_kind(ala: Client, owner: Any, company: Any) -> None:
    later = timezone.now() + days(1)
    waiting = issued(company, "A/1", state=State.WAITING, send_after=later)
    paused = issued(company, "A/2", send_after=later)
    Job.objects.update(due_at=later, failures=3)
    for invoice in (waiting, paused):
        answer = ala.post(address(company, "queue_send", invoice.pk), follow=True)
        assert f"{invoice.entry.number}: wysyłanie ruszyło." in text_of(answer)
        row = fresh(invoice)
        assert (row.state, row.send_after) == ("queued", None)
    assert Job.objects.get().due_at <= timezone.now()
    assert Event.objects.filter(invoice=waiting).last().by == owner


def test_send_all_now(ala: Client, owner: Any, company: Any) -> None:
    later = timezone.now() + days(1)
    rows = [
        issued(company, "A/1", state=State.WAITING, send_after=later),
        issued(company, "A/2", send_after=later),
        issued(company, "A/3"),
    ]
    held = issued(company, "A/4", state=State.ISSUED)
    Job.objects.update(due_at=later)
    shown = text_of(ala.post(address(company, "queue_send_all"), follow=True))
    assert "Faktury, które czekały: 3." in shown
    assert {(row.state, row.send_after) for row in map(fresh, rows)} == {("queued", None)}
    assert fresh(held).state == "issued", "an attachment needs a person's word"
    assert Job.objects.get().due_at <= timezone.now()
    Invoice.objects.update(state=State.ACCEPTED)
    assert "Nic już nie czeka" in text_of(ala.post(address(company, "queue_send_all"), follow=True))


def test_a_pause_that_ksef_asked_for_is_kept_and_told(ala: Client, company: Any) -> None:
    invoice = issued(company, "A/1")
    until = timezone.now() + dt.timedelta(minutes=7)
    Job.objects.update(due_at=until, blocked_until=until)
    shown = text_of(ala.post(address(company, "queue_send", invoice.pk), follow=True))
    assert "KSeF poprosił o przerwę do" in shown
    assert Job.objects.get().blocked_until == until


def test_what_is_under_way_cannot_be_sent_again(ala: Client, company: Any) -> None:
    invoice = issued(company, "A/1", state=State.PROCESSING)
    assert "Wyślij teraz" not in text_of(ala.get(address(company)))
    shown = text_of(ala.post(address(company, "queue_send", invoice.pk), follow=True))
    assert "jest już w drodze" in shown and fresh(invoice).state == "processing"


def test_a_viewer_sees_and_sends_nothing(company: Any, member: Any, browse: Browse) -> None:
    invoice = issued(company, "A/1", state=State.WAITING)
    client = browse(member("viewer"))
    assert "Wyślij" not in text_of(client.get(address(company))).partition('id="queue"')[2]
    assert client.post(address(company, "queue_send", invoice.pk)).status_code == 403
    assert client.post(address(company, "queue_send_all")).status_code == 403
    assert fresh(invoice).state == "waiting"


def test_a_stranger_finds_nothing(company: Any, stranger: Any, browse: Browse) -> None:
    invoice = issued(company, "A/1", state=State.WAITING)
    client = browse(stranger)
    for name in ("queue", "queue_rows"):
        assert client.get(address(company, name)).status_code == 404
    assert client.post(address(company, "queue_send_all")).status_code == 404
    theirs = stranger.companies.get()
    for firm in (company, theirs):
        assert client.post(address(firm, "queue_send", invoice.pk)).status_code == 404
    assert fresh(invoice).state == "waiting"


def test_everything_is_said_in_english(company: Any, owner: Any, browse: Browse) -> None:
    issued(company, "A/1", due=days(-1))
    shown = text_of(browse(owner, language="en").get(address(company)))
    assert "1 day late" in shown and "Send all now" in shown


# the sending job


def sent_in_order(*invoices: Invoice) -> list[str]:
    rows = Invoice.objects.filter(pk__in=[one.pk for one in invoices]).order_by("sent_at")
    return [row.entry.number for row in rows]


def test_when_ksef_is_back_the_nearest_deadline_goes_first(
    connected: Any, sender: Worker, wire: Wire
) -> None:
    wire.rules.append(lambda _request: httpx2.ConnectError("away"))
    due = {"none": None, "week": days(7), "late": days(-3), "today": days(0)}
    rows = [issued(connected, number, due=when) for number, when in due.items()]
    sender.run(connected)
    wire.rules.clear()
    sender.until(connected, lambda: all(map(settled, rows)))
    assert sent_in_order(*rows) == ["late", "today", "week", "none"]


def test_a_package_takes_the_nearest_deadlines(
    connected: Any, sender: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "WORTHWHILE", 2)
    set_sessions(connected, 2)
    due = {"none": None, "week": days(7), "late": days(-3), "today": days(0)}
    rows = [issued(connected, number, due=when) for number, when in due.items()]
    sender.until(connected, lambda: all(map(settled, rows)))
    packages = [fresh(row).session_id for row in rows]
    assert packages[2] == packages[3] < packages[0] == packages[1]


def test_an_overdue_one_does_not_wait_for_its_moment(connected: Any, sender: Worker) -> None:
    later = sender.clock() + days(30)
    late = issued(connected, "late", due=days(-1), state=State.WAITING, send_after=later)
    early = issued(connected, "early", due=days(9), state=State.WAITING, send_after=later)
    sender.until(connected, lambda: settled(late))
    assert fresh(early).state == "waiting"


def test_the_end_of_a_deadlines_day_wakes_the_sending(connected: Any, sender: Worker) -> None:
    today = timezone.localdate()
    row = issued(connected, "A/1", due=TODAY, state=State.WAITING, send_after=sender.clock() + days(30))
    held = claim(Job.objects.get(company=connected, name=run.NAME).pk, clock=sender.clock)
    assert held is not None
    with clients.client(connected) as ksef:
        moment = run.Run(held, connected, ksef).run()
    assert moment is not None and timezone.localdate(moment) == today + days(1)
    assert fresh(row).state == "waiting"


def test_queued_by_many_hands_at_once_is_one_event_each(company: Any, owner: Any) -> None:
    row = issued(company, "A/1", state=State.WAITING)
    assert queue.send_all_now(company, by=owner) == 1
    assert Event.objects.filter(invoice=row, step=Step.QUEUE, by=owner).count() == 1
    with pytest.raises(lifecycle.NotNow):
        lifecycle.move(row, Step.QUEUE)
