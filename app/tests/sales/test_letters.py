"""Letters about invoices that do not get to KSeF, received by a real mail server."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from liczydlo.companies.models import Membership, User
from liczydlo.jobs import failpoints, registry
from liczydlo.jobs.models import Job
from liczydlo.ksef.deadlines import Outage
from liczydlo.offline import job as latarnia
from liczydlo.offline import services as offline
from liczydlo.sales import letters, services
from liczydlo.sales.models import Invoice, Notice
from liczydlo.sales.states import State

from app.tests.conftest import PASSWORD
from app.tests.mail import MailServer, mail_server
from app.tests.sales.test_sending import Died
from app.tests.sales.world import Worker, document

__all__ = ["mail_server"]
pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 30)
HOUR = dt.timedelta(hours=1)


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


@pytest.fixture
def writer() -> Worker:
    return Worker(letters.NAME)


def held(
    company: Any, number: str, *, due: dt.date | None, since: dt.datetime | None = None, **columns: Any
) -> Invoice:
    """An invoice that got stuck in the queue long ago."""
    invoice = services.issue(company, document(company.nip, number=number))
    moment = since or timezone.now() - dt.timedelta(days=9)
    Invoice.objects.filter(pk=invoice.pk).update(due_date=due, queued_at=moment, **columns)
    return invoice


def look(company: Any, writer: Worker, now: dt.datetime) -> Job:
    """Run the job at a moment, whatever it thinks of it."""
    registry.enqueue(company.pk, letters.NAME)
    Job.objects.filter(company=company, name=letters.NAME).update(due_at=now - HOUR)
    registry.run(Job.objects.get(company=company, name=letters.NAME).pk, clock=lambda: now)
    return Job.objects.get(company=company, name=letters.NAME)


def begins(company: Any, kind: Any = "failure", event: str = "K/1", ends: dt.datetime | None = None) -> None:
    start = timezone.now() - HOUR
    latarnia.keep(company.environment, (Outage(kind=kind, start=start, end=ends, event=event),))


@pytest.mark.parametrize(
    ("due", "day"),
    [
        ("2026-12-01", "2026-11-30"),
        ("2026-11-30", "2026-11-27"),  # a weekend between
        ("2026-11-12", "2026-11-10"),  # 11 November
        ("2026-12-28", "2026-12-23"),  # Christmas, Eve included
    ],
)
def test_the_day_of_a_reminder_is_a_working_day(due: str, day: str) -> None:
    assert letters.reminder_day(dt.date.fromisoformat(due)) == dt.date.fromisoformat(day)


def test_one_letter_a_working_day_ahead_lists_what_is_due_once(
    company: Any, owner: Any, mail_server: MailServer, writer: Worker, settings: Any
) -> None:
    settings.LICZYDLO_URL = "https://faktury.example.pl"
    friday = MONDAY - dt.timedelta(days=3)
    held(company, "A/1", due=MONDAY)
    held(company, "A/2", due=MONDAY)
    held(company, "A/3", due=MONDAY + dt.timedelta(days=1))
    before = at(friday, 7, 59)
    assert look(company, writer, before).due_at == at(friday, 8)
    assert mail_server.take() == []
    look(company, writer, at(friday, 8))
    ((to, subject, text),) = mail_server.take()
    assert to == owner.email and company.name in subject and "zbliża się termin" in subject
    assert "A/1, 177,00 zł, wysłać do 30.11.2026 (został 1 dzień roboczy)" in text
    assert "A/2" in text and "A/3" not in text
    assert f"https://faktury.example.pl/firmy/{company.pk}/sprzedaz/kolejka/" in text
    look(company, writer, at(friday, 9))
    assert mail_server.take() == []
    look(company, writer, at(MONDAY, 8))
    assert ["A/3" in text and "A/1" not in text for _, _, text in mail_server.take()] == [True]


def test_what_is_overdue_is_told_once(company: Any, mail_server: MailServer, writer: Worker) -> None:
    held(company, "A/1", due=MONDAY)
    tuesday = MONDAY + dt.timedelta(days=1)
    look(company, writer, at(MONDAY, 23))
    mail_server.take()
    look(company, writer, at(tuesday, 8))
    ((_, subject, text),) = mail_server.take()
    assert "minął termin" in subject and "spóźniona o 1 dzień" in text and "Wyślij teraz" in text
    job = look(company, writer, at(tuesday, 12))
    assert mail_server.take() == [] and job.due_at is None


@pytest.mark.parametrize("state", [State.ACCEPTED, State.PROCESSING, State.REJECTED, State.OUTSIDE])
def test_nobody_is_written_to_about_what_ksef_has(
    state: State, company: Any, mail_server: MailServer, writer: Worker
) -> None:
    held(company, "A/1", due=MONDAY, state=state)
    begins(company)
    assert look(company, writer, at(MONDAY + dt.timedelta(days=9), 12)).due_at is None
    assert mail_server.take() == []


def test_an_invoice_has_an_hour_to_go_by_itself(
    company: Any, mail_server: MailServer, writer: Worker
) -> None:
    noon = at(MONDAY, 12)
    tuesday = MONDAY + dt.timedelta(days=1)
    held(company, "A/1", due=tuesday, since=noon)
    held(company, "A/2", due=tuesday, state=State.WAITING, send_after=noon + HOUR)
    assert look(company, writer, noon).due_at == noon + HOUR
    assert mail_server.take() == []
    look(company, writer, noon + HOUR)
    look(company, writer, noon + 2 * HOUR)
    assert ["A/1" in text for _, _, text in mail_server.take()] == [True, False]


def test_an_outage_that_holds_invoices_is_told_once_a_firm(
    company: Any,
    stranger: Any,
    mail_server: MailServer,
    writer: Worker,
    django_capture_on_commit_callbacks: Any,
) -> None:
    theirs = stranger.companies.get()
    held(company, "A/1", due=None)
    with django_capture_on_commit_callbacks(execute=True):
        begins(company)
    assert not Job.objects.filter(company=theirs, name=letters.NAME).exists(), "it holds nothing of theirs"
    writer.run(company)
    ((_, subject, text),) = mail_server.take()
    assert "KSeF nie działa" in subject and "Awaria" in text and "A/1, 177,00 zł" in text
    held(company, "A/2", due=None)
    look(company, writer, timezone.now() + HOUR)
    assert mail_server.take() == []
    begins(company, "failure", "K/2")
    latarnia.keep(company.environment, (_ended(company, "K/1"),))
    look(company, writer, timezone.now() + HOUR)
    assert len(mail_server.take()) == 1, "another outage"


def _ended(company: Any, event: str) -> Outage:
    now = timezone.now()
    return Outage(kind="failure", start=now - HOUR, end=now - HOUR / 2, event=event)


def test_an_outage_that_holds_nothing_is_not_told(
    company: Any, mail_server: MailServer, writer: Worker
) -> None:
    begins(company)
    look(company, writer, timezone.now())
    assert mail_server.take() == [] and not Notice.objects.exists()


def test_of_a_total_failure_the_letter_says_that_nothing_is_to_be_sent(
    company: Any, owner: Any, mail_server: MailServer, writer: Worker
) -> None:
    held(company, "A/1", due=None)
    offline.enter_total_failure(company, owner, started_at=timezone.now(), ended_at=None, title="TVP1")
    look(company, writer, timezone.now())
    ((_, _, text),) = mail_server.take()
    assert "nie trzeba wtedy wysyłać" in text and "Sprzedaż → Kolejka" in text


def test_each_owner_is_written_to_in_the_language_that_they_chose(
    company: Any, owner: Any, browse: Any, member: Any, mail_server: MailServer, writer: Worker
) -> None:
    second = User.objects.create_user("ben@example.com", PASSWORD, name="Ben")
    Membership.objects.create(user=second, company=company, role="owner")
    member("accountant")
    browse(second).post("/jezyk/setlang/", {"language": "en"})
    held(company, "A/1", due=MONDAY)
    look(company, writer, at(MONDAY, 8))
    first, other = sorted(mail_server.take())
    assert (first[0], other[0]) == (owner.email, "ben@example.com")
    assert "zbliża się termin" in first[1] and "deadline" in other[1] and "today until midnight" in other[2]


def test_what_the_mail_server_does_not_take_is_tried_again_and_written_once(
    company: Any, owner: Any, mail_server: MailServer, writer: Worker
) -> None:
    second = User.objects.create_user("ben@example.com", PASSWORD)
    Membership.objects.create(user=second, company=company, role="owner")
    held(company, "A/1", due=MONDAY)
    mail_server.refuses.add(second.email)
    now = at(MONDAY, 8)
    job = look(company, writer, now)
    assert [to for to, _, _ in mail_server.take()] == [owner.email]
    assert job.reason is not None and job.reason.code == "letter-not-sent"
    assert job.due_at is not None and job.due_at - now <= HOUR
    mail_server.stop()
    mail_server.refuses.clear()
    assert look(company, writer, now + HOUR).reason is not None
    mail_server.start()
    assert look(company, writer, now + 2 * HOUR).reason is None
    assert [to for to, _, _ in mail_server.take()] == [second.email]


def test_a_long_list_is_cut_and_says_so(
    company: Any, mail_server: MailServer, writer: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "LISTED", 2)
    for number in range(4):
        held(company, f"A/{number}", due=MONDAY)
    look(company, writer, at(MONDAY, 8))
    ((_, subject, text),) = mail_server.take()
    assert "(4)" in subject and text.count("A/") == 2 and "i jeszcze 2" in text
    look(company, writer, at(MONDAY, 9))
    assert mail_server.take() == [], "the two that were only counted are not written of again"


@pytest.mark.parametrize("step", ["letters.write", "letters.written"])
def test_whatever_dies_no_letter_is_lost(
    step: str, company: Any, mail_server: MailServer, writer: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(company, "A/1", due=MONDAY)
    monkeypatch.setenv(failpoints.VARIABLE, step)
    monkeypatch.setattr(failpoints.os, "kill", _die)
    with pytest.raises(Died):
        look(company, writer, at(MONDAY, 8))
    monkeypatch.delenv(failpoints.VARIABLE)
    Job.objects.update(lease_until=None)
    look(company, writer, at(MONDAY, 9))
    look(company, writer, at(MONDAY, 10))
    assert len(mail_server.take()) == (1 if step == "letters.write" else 2), "twice rather than never"


def _die(_pid: int, _signal: int) -> None:
    raise Died


def test_without_a_mail_server_nothing_breaks_and_nothing_is_taken_for_told(
    company: Any, writer: Worker, settings: Any
) -> None:
    settings.LICZYDLO_SENDS_MAIL = False
    settings.EMAIL_BACKEND = "liczydlo.web.mail.NoMailServer"
    held(company, "A/1", due=MONDAY)
    job = look(company, writer, at(MONDAY, 8))
    assert (job.due_at, job.reason) == (None, None)
    assert not Notice.objects.exists()


def test_every_firm_with_something_unsent_is_looked_at_each_hour(
    company: Any, stranger: Any, mail_server: MailServer
) -> None:
    held(company, "A/1", due=MONDAY, state=State.ISSUED)
    held(stranger.companies.get(), "B/1", due=MONDAY, state=State.ACCEPTED)
    registry.enqueue(None, letters.ROUND)
    before = timezone.now()
    registry.run(Job.objects.get(name=letters.ROUND).pk)
    assert [job.company for job in Job.objects.filter(name=letters.NAME)] == [company]
    due_at = Job.objects.get(name=letters.ROUND).due_at
    assert due_at is not None and abs(due_at - before - HOUR) < HOUR / 6


def test_a_choice_of_language_is_kept_with_the_account_alone(owner: Any, browse: Any) -> None:
    assert browse(None).post("/jezyk/setlang/", {"language": "en", "next": "/"})["Location"] == "/"
    client = browse(owner)
    client.post("/jezyk/setlang/", {"language": "en"})
    client.post("/jezyk/setlang/", {"language": "de"})
    assert User.objects.get(pk=owner.pk).language == "en"
    assert reverse("set_language") == "/jezyk/setlang/"
