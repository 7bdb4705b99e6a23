"""„Cofnij": for a while after „Wyślij do KSeF" nothing has left, nothing is frozen, and a person can take it back."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.companies.models import Company
from liczydlo.documents.models import Document
from liczydlo.jobs import registry
from liczydlo.jobs.models import Job
from liczydlo.ksef.deadlines import WARSAW
from liczydlo.ksef.modes import Mode
from liczydlo.sales import awaiting, lifecycle, numbering, services, undo
from liczydlo.sales.models import Draft, Event, Invoice
from liczydlo.sales.number_patterns import Series
from liczydlo.sales.states import NotNow, Step
from liczydlo.web import times

from app.tests.sales.test_editor import form
from app.tests.sales.test_order import corrects, original
from app.tests.sales.test_races import ROUNDS, Round, check_whole, posted_at_once
from app.tests.sales.test_sending import fresh
from app.tests.sales.world import document
from app.tests.sessions import done

pytestmark = pytest.mark.django_db
Turn = Callable[[float], None]


@pytest.fixture
def company(company: Any) -> Any:
    """A firm that gives itself a minute."""
    Company.objects.filter(pk=company.pk).update(undo_seconds=60)
    company.refresh_from_db()
    return company


@pytest.fixture(autouse=True)
def turn(monkeypatch: pytest.MonkeyPatch) -> Turn:
    """Turn the clock so many seconds on. It begins at noon: in the last minutes of a day the time is shorter."""
    now = timezone.localtime()
    ahead = now.replace(hour=12, minute=0, second=0) - now

    def on(seconds: float) -> None:
        nonlocal ahead
        ahead += dt.timedelta(seconds=seconds)

    monkeypatch.setattr(times, "_ahead", lambda: ahead)
    return on


@pytest.fixture
def standing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two turns the clock stands: the seconds that a busy machine takes are not the minute's."""
    moment = timezone.now()
    monkeypatch.setattr(times, "timezone", SimpleNamespace(now=lambda: moment, localdate=timezone.localdate))


def go_on(company: Any) -> None:
    """What a worker does now."""
    registry.run(Job.objects.get(company=company, name=lifecycle.ORDER).pk)


def sent(company: Any, number: str = "FV/1", by: Any = None) -> Invoice:
    """One whose time runs."""
    xml = document(company.nip, number=number)
    return undo.issue(company, xml, draft=services.save_draft(company, xml), by=by)


def test_nothing_leaves_and_nothing_is_frozen_before_the_minute_is_over(
    ala: Client, company: Any, standing: None, turn: Turn
) -> None:
    ala.post(reverse("sales:new", args=[company.pk]), form(number="FV/2026/11/001"))
    row = Invoice.objects.get()
    digest = services.draft_of(row).digest
    preview = ala.get(row.get_absolute_url()).content.decode()
    assert "Przez 60 s po kliknięciu można jeszcze cofnąć wysłanie." in preview
    issue = reverse("sales:issue", args=[company.pk, row.pk])
    page = ala.post(issue, {"mode": "online", "seen": digest}, follow=True).content.decode()
    assert "Wyśle się za" in page and "Cofnij" in page and "Zaraz się wyśle" in page
    row = fresh(row)
    assert (row.state, row.entry.document, row.issued_at, row.is_printable) == ("leaving", None, None, False)
    assert not Document.objects.exists() and not Series.objects.exists()
    assert not Job.objects.filter(name="sales.send").exists()
    turn(59)
    go_on(company)
    assert fresh(row).state == "leaving"
    turn(2)
    go_on(company)  # no browser is needed
    row = fresh(row)
    assert row.state == "queued" and row.entry.document is not None and row.send_after is None
    assert [one.step for one in Event.objects.filter(invoice=row)] == ["pause", "go", "issue", "queue"]
    assert Event.objects.get(invoice=row, step=Step.ISSUE).by.email == "ala@example.com"
    assert Series.objects.get().last == 1


def test_taken_back_it_is_a_draft_and_its_number_is_free_without_a_gap(
    ala: Client, company: Any, turn: Turn
) -> None:
    row = sent(company, f"FV/{times.today():%Y/%m}/001")
    answer = ala.post(reverse("sales:undo", args=[company.pk, row.pk]), follow=True)
    assert "Nic nie trafiło do KSeF." in answer.content.decode()
    row = fresh(row)
    assert (row.state, row.send_after, row.reason) == ("draft", None, None)
    turn(120)
    go_on(company)
    assert fresh(row).state == "draft" and not Event.objects.filter(step=Step.ISSUE).exists()
    number = row.entry.number
    ala.post(reverse("sales:delete", args=[company.pk, row.pk]))
    assert numbering.propose(company, times.today()) == number


def test_sent_anew_it_has_a_whole_minute_again(company: Any, turn: Turn) -> None:
    row = sent(company)
    turn(40)
    seen = fresh(row)
    awaiting.take_back(fresh(row))
    undo.issue(company, services.draft_of(row).content, draft=fresh(row))
    turn(30)
    go_on(company)
    assert fresh(row).state == "leaving"
    with pytest.raises(NotNow):  # a worker that has read it before that
        awaiting._issue(company, seen)
    assert fresh(row).state == "leaving"
    assert Job.objects.get(name=lifecycle.ORDER).due_at == fresh(row).send_after
    turn(31)
    go_on(company)
    assert fresh(row).state == "queued"


def test_too_late_is_told(ala: Client, company: Any, turn: Turn) -> None:
    row = sent(company)
    turn(61)
    go_on(company)
    answer = ala.post(reverse("sales:undo", args=[company.pk, row.pk]), follow=True)
    assert "Za późno na cofnięcie" in answer.content.decode()
    assert fresh(row).state == "queued"
    look = ala.get(reverse("sales:leaving", args=[company.pk, row.pk]))
    assert (look.status_code, look["HX-Refresh"]) == (204, "true")


def test_while_it_leaves_it_is_neither_edited_nor_deleted_nor_sent_twice(ala: Client, company: Any) -> None:
    row = sent(company)
    xml = services.draft_of(row).content
    assert undo.issue(company, xml, draft=fresh(row)).pk == row.pk
    assert services.issue(company, xml).state == "leaving"
    for name, answer in (
        ("edit", ala.get(reverse("sales:edit", args=[company.pk, row.pk]), follow=True)),
        ("delete", ala.post(reverse("sales:delete", args=[company.pk, row.pk]), follow=True)),
    ):
        assert "Ta faktura zaraz się wyśle" in answer.content.decode(), name
    assert fresh(row).state == "leaving" and Event.objects.filter(step=Step.PAUSE).count() == 1
    with pytest.raises(services.NotIssued):
        services.save_draft(company, document(company.nip, number="FV/1", **{"dębowe": "bukowe"}))


def test_the_database_lets_nothing_that_leaves_become_an_invoice_without_its_document(company: Any) -> None:
    row = sent(company)
    with pytest.raises((IntegrityError, OperationalError)), transaction.atomic():
        Invoice.objects.filter(pk=row.pk).update(state="queued")
    with (
        pytest.raises((IntegrityError, OperationalError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM sales_invoice WHERE id = %s", [row.pk])


def test_many_sent_at_once_are_taken_back_or_sent_at_once(ala: Client, company: Any, turn: Turn) -> None:
    drafts = [services.save_draft(company, document(company.nip, number=f"FV/{one}")) for one in range(4)]
    send = reverse("sales:issue_drafts", args=[company.pk])
    ids = [one.pk for one in drafts]
    sheet = ala.post(send, {"id": ids}).content.decode()
    assert "można jeszcze cofnąć wysłanie" in sheet
    seen = " ".join(f"{one.pk}:{services.draft_of(one).digest[:16]}" for one in drafts)

    def send_all() -> str:
        return ala.post(send, {"id": ids, "seen": seen}, follow=True).content.decode()

    queue = send_all()
    assert "Faktury, które zaraz się wyślą: 4" in queue and "Cofnij wszystkie moje (4)" in queue
    assert "Wyśle się za" in queue
    back = ala.post(reverse("sales:undo_all", args=[company.pk]), follow=True).content.decode()
    assert "Cofnięte do szkiców: 4" in back
    assert set(Invoice.objects.values_list("state", flat=True)) == {"draft"}
    send_all()
    ala.post(reverse("sales:queue_send", args=[company.pk, ids[0]]))
    go_on(company)
    assert [fresh(one).state for one in drafts] == ["queued", "leaving", "leaving", "leaving"]
    ala.post(reverse("sales:queue_send_all", args=[company.pk]))
    go_on(company)
    assert {fresh(one).state for one in drafts} == {"queued"}
    late = ala.post(reverse("sales:undo_all", args=[company.pk]), follow=True).content.decode()
    assert "Nie ma już czego cofnąć" in late


def test_all_are_ones_own_and_others_stay(
    ala: Client, company: Any, owner: Any, member: Any, browse: Any, turn: Turn
) -> None:
    colleague = member("accountant")
    mine, theirs = sent(company, "FV/1", by=owner), sent(company, "FV/2", by=colleague)
    both = sent(company, "FV/3", by=owner)
    awaiting.take_back(fresh(both), by=colleague)
    undo.issue(company, services.draft_of(both).content, draft=fresh(both), by=colleague)  # theirs since
    queue = ala.get(reverse("sales:queue", args=[company.pk])).content.decode()
    assert "Cofnij wszystkie moje (1)" in queue
    back = ala.post(reverse("sales:undo_all", args=[company.pk]), follow=True).content.decode()
    assert "Cofnięte do szkiców: 1" in back and "które wyślą się dalej: 2" in back
    assert "Cofnij wszystkie moje" not in back
    assert [fresh(one).state for one in (mine, theirs, both)] == ["draft", "leaving", "leaving"]
    again = ala.post(reverse("sales:undo_all", args=[company.pk]), follow=True).content.decode()
    assert "Nie ma już czego cofnąć" in again and "które wyślą się dalej: 2" in again
    ala.post(reverse("sales:undo", args=[company.pk, theirs.pk]))
    assert fresh(theirs).state == "draft", "one can be taken back by anybody who may issue"
    browse(colleague).post(reverse("sales:undo_all", args=[company.pk]))
    assert fresh(both).state == "draft"


def test_what_was_sent_anew_meanwhile_is_not_taken_back(
    ala: Client, company: Any, owner: Any, member: Any, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, colleague, read = sent(company, by=owner), member("accountant"), undo.sent_by

    def late(*args: Any) -> list[Invoice]:
        """The colleague comes between the reading of the list and the taking back."""
        rows = list(read(*args))
        turn(5)
        awaiting.take_back(fresh(row), by=colleague)
        undo.issue(company, services.draft_of(row).content, draft=fresh(row), by=colleague)
        return rows

    monkeypatch.setattr(undo, "sent_by", late)
    ala.post(reverse("sales:undo_all", args=[company.pk]))
    assert fresh(row).state == "leaving"


def test_a_correction_waits_for_an_original_that_can_still_be_taken_back(company: Any, turn: Turn) -> None:
    first = sent(company)
    xml = corrects(company, "FV/1", number="FK/1")
    correction = services.issue(company, xml)
    assert correction.state == "awaiting"
    awaiting.take_back(fresh(first))
    reason = fresh(correction).reason
    assert fresh(correction).state == "draft" and reason is not None and reason.code == "original-taken-back"
    second = original(company, "FV/2")
    xml = corrects(company, "FV/2", number="FK/2")
    after = undo.issue(company, xml, draft=services.save_draft(company, xml))
    turn(61)
    go_on(company)
    assert fresh(after).state == "awaiting" and fresh(second).state == "queued"


def test_what_cannot_be_issued_any_more_goes_back_and_says_why(company: Any, turn: Turn) -> None:
    row = sent(company)
    # behind our back, as a stolen number would: the row's own check refuses it
    Company.objects.filter(pk=company.pk).update(nip="5260250274")
    turn(61)
    go_on(company)
    row = fresh(row)
    assert row.state == "draft" and row.reason is not None and row.reason.code == "not-issued-then"


def test_the_time_is_over_before_the_day_of_issue_is(company: Any) -> None:
    day = dt.date(2026, 11, 30)

    def ends(hour: int, minute: int, second: int, issued: dt.date = day) -> dt.datetime | None:
        now = dt.datetime(2026, 11, 30, hour, minute, second, tzinfo=WARSAW)
        return undo.ends_at(company, issued, now=now)

    assert ends(12, 0, 0) == dt.datetime(2026, 11, 30, 12, 1, tzinfo=WARSAW)
    assert ends(23, 58, 30) == dt.datetime(2026, 11, 30, 23, 59, tzinfo=WARSAW)
    assert ends(23, 59, 30) is None
    assert ends(23, 59, 30, day - dt.timedelta(1)) is not None
    company.undo_seconds = 0
    assert ends(12, 0, 0) is None


def test_an_offline_invoice_has_its_print_at_once(connected: Any, ksef_files: Any, turn: Turn) -> None:
    from app.tests.sales.world import connect

    turn((timezone.now() - times.now()).total_seconds())  # the certificate is valid from now on
    connect(connected, ksef_files, "Offline")
    Company.objects.filter(pk=connected.pk).update(undo_seconds=60)
    connected.refresh_from_db()
    xml = document(connected.nip)
    draft = services.save_draft(connected, xml)
    assert undo.issue(connected, xml, draft=draft, mode=Mode.OFFLINE24).state == "waiting"


def test_who_may_look_and_who_may_take_back(company: Any, member: Any, browse: Any, stranger: Any) -> None:
    row = sent(company)
    viewer = browse(member("viewer"))
    page = viewer.get(row.get_absolute_url()).content.decode()
    assert "Wyśle się za" in page and "Cofnij" not in page
    for name, arguments in (("undo", [company.pk, row.pk]), ("undo_all", [company.pk])):
        assert viewer.post(reverse(f"sales:{name}", args=arguments)).status_code == 403
        assert browse(stranger).post(reverse(f"sales:{name}", args=arguments)).status_code == 404
    assert browse(member("issuer")).post(reverse("sales:undo", args=[company.pk, row.pk])).status_code == 302
    assert fresh(row).state == "draft"


def test_the_owner_sets_the_time(ala: Client, company: Any) -> None:
    page = reverse("companies:settings", args=[company.pk])
    shown = ala.get(page)
    fields = {name: shown.context["form"][name].value() for name in shown.context["form"].fields}
    assert ala.post(page, fields | {"undo_seconds": "45"}).status_code == 200
    assert ala.post(page, fields | {"undo_seconds": "120"}).status_code == 302
    company.refresh_from_db()
    assert company.undo_seconds == 120


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rival", ["worker", "undo", "issue", "edit", "delete"])
def test_of_two_at_the_end_of_the_minute_one_wins(
    rival: str, company: Any, owner: Any, member: Any, browse: Any, turn: Turn
) -> None:
    two = [browse(owner), browse(member("accountant"))]
    for number in range(ROUNDS):
        here = Round(two[0], company, f"FV/U/{number}")
        two[0].post(*here.post("issue"))
        turn(61)
        take_back = (here.address("undo"), {})
        worker = partial(go_on, company)
        if rival == "worker":
            done(worker, lambda: two[0].post(*take_back))  # noqa: B023 - run within the round
        elif rival == "undo":
            posted_at_once(two, take_back, take_back)
        else:
            posted_at_once(two, take_back, here.post(rival))
        row = Invoice.objects.filter(pk=here.pk).first()
        if row is not None and row.state == "leaving":  # sent anew after it was taken back
            assert Event.objects.filter(invoice=row, step=Step.PAUSE).count() == 2
            assert Draft.objects.filter(invoice=row).count() == 1
        else:
            check_whole(here.pk)


@pytest.mark.django_db(transaction=True)
def test_two_take_back_their_own_at_once(company: Any, owner: Any, member: Any, browse: Any) -> None:
    colleague = member("accountant")
    rows = [
        sent(company, f"FV/{number}", by=(owner, colleague, colleague)[number % 3]) for number in range(6)
    ]
    address = (reverse("sales:undo_all", args=[company.pk]), {})
    posted_at_once([browse(owner), browse(colleague)], address, address)
    assert {fresh(row).state for row in rows} == {"draft"}
    taken = Event.objects.filter(step=Step.TAKE_BACK).order_by("invoice_id").values_list("by", flat=True)
    assert list(taken) == [(owner, colleague, colleague)[number % 3].pk for number in range(6)]


@pytest.mark.django_db(transaction=True)
def test_eight_clicks_begin_one_minute_and_two_workers_end_it_once(company: Any, turn: Turn) -> None:
    for number in range(ROUNDS):
        xml = document(company.nip, number=f"FV/{number}")
        draft = services.save_draft(company, xml)
        done(*(partial(undo.issue, company, xml, draft=fresh(draft)) for _ in range(8)))
        assert Event.objects.filter(invoice=draft, step=Step.PAUSE).count() == 1
        turn(61)
        both = [fresh(draft), fresh(draft)]

        def release(row: Invoice) -> None:
            with contextlib.suppress(NotNow):
                awaiting._release(company, row)

        done(*(partial(release, row) for row in both))
        assert Event.objects.filter(invoice=draft, step=Step.ISSUE).count() == 1
        assert fresh(draft).state == "queued"
