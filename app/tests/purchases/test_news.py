"""People are told what is new: badge, visits, letters received by a real mail server."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from liczydlo.companies.models import Membership
from liczydlo.jobs import registry
from liczydlo.jobs.models import Job
from liczydlo.purchases import context, letters, reading, visits
from liczydlo.purchases.models import LetterChoice, ReceivedInvoice

from app.tests.mail import MailServer, mail_server
from app.tests.purchases.test_pages import address, bought, text_of

__all__ = ["mail_server"]
pytestmark = pytest.mark.django_db
SEVEN = dt.datetime(2026, 11, 30, 6, tzinfo=dt.UTC)  # in Warsaw
HOUR = dt.timedelta(hours=1)


def read(company: Any, moment: dt.datetime) -> None:
    registry.enqueue(company.pk, reading.READ_JOB, clock=lambda: moment)
    registry.run(Job.objects.get(company=company, name=reading.READ_JOB).pk, clock=lambda: moment)


def write(company: Any, moment: dt.datetime) -> Job | None:
    """What the worker writes by that moment; the job's row."""
    job = Job.objects.filter(company=company, name=letters.NAME).first()
    if job is not None:
        registry.run(job.pk, clock=lambda: moment)
        job.refresh_from_db()
    return job


def test_the_badge_counts_new_ones(
    ala: Client, company: Any, stranger: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'class="badge"' not in text_of(ala.get(company.get_absolute_url()))
    for at in range(3):
        bought(company, number=f"D/{at}")
    bought(stranger.companies.get())
    assert '<span class="badge">3<' in text_of(ala.get(company.get_absolute_url()))
    ReceivedInvoice.objects.filter(entry__number="D/0").update(state="checked")
    assert '<span class="badge">2<' in text_of(ala.get(company.get_absolute_url()))
    monkeypatch.setattr(context, "MOST", 1)
    assert '<span class="badge">1+<' in text_of(ala.get(company.get_absolute_url()))


def test_each_person_has_their_own_visits(company: Any, owner: Any, member: Any) -> None:
    other = member("viewer")
    bought(company, number="D/0")
    assert visits.note(company, owner, now=SEVEN).count == 0
    bought(company, number="D/1")
    bought(company, number="D/2")
    assert visits.note(company, other, now=SEVEN).count == 0
    assert visits.note(company, owner, now=SEVEN + HOUR).count == 2
    assert visits.note(company, owner, now=SEVEN + HOUR + dt.timedelta(minutes=20)).count == 2
    assert visits.note(company, owner, now=SEVEN + 3 * HOUR).count == 0


def test_a_list_that_is_leafed_through_writes_nothing(
    company: Any, owner: Any, django_assert_num_queries: Any
) -> None:
    """A page of a list costs no write; what is new and the end of a visit are noted to the minute."""
    bought(company, number="D/0")
    visits.note(company, owner, now=SEVEN)
    with django_assert_num_queries(1):
        assert visits.note(company, owner, now=SEVEN + dt.timedelta(seconds=59)).count == 0
    bought(company, number="D/1")
    assert visits.note(company, owner, now=SEVEN + dt.timedelta(seconds=59)).count == 1
    visits.note(company, owner, now=SEVEN + dt.timedelta(minutes=29))
    assert visits.note(company, owner, now=SEVEN + dt.timedelta(minutes=58)).count == 1, "the same visit"
    assert visits.note(company, owner, now=SEVEN + dt.timedelta(minutes=89)).count == 0


def test_the_count_leads_to_the_rows_that_it_counts(ala: Client, company: Any, owner: Any) -> None:
    old = bought(company, number="STARA/1")
    visits.note(company, owner, now=timezone.now() - HOUR)
    for at in range(3):
        bought(company, number=f"NOWA/{at}")
    shown = text_of(ala.get(address("list", company)))
    assert "Nowe od ostatniej wizyty: 3" in shown and f"?od_wizyty={old.pk}" in shown
    narrowed = text_of(ala.get(address("list", company), {"od_wizyty": old.pk}))
    assert narrowed.count(">NOWA/") == 3 and "STARA/1" not in narrowed


def test_a_letter_at_once_tells_of_each_invoice_once(
    ala: Client, company: Any, owner: Any, mail_server: MailServer, settings: Any
) -> None:
    settings.LICZYDLO_URL = "https://faktury.example.pl"
    bought(company, number="STARA/1")
    assert ala.post(address("letters", company), {"when": "each"}).status_code == 302
    now = timezone.now() + dt.timedelta(minutes=1)
    bought(company, number="D/1", payment_due=dt.date(2026, 12, 9))
    bought(company, number="D/2")
    read(company, now)
    write(company, now)
    ((to, subject, text),) = mail_server.take()
    assert to == owner.email and company.name in subject and "(2)" in subject
    assert "D/1, Dostawca „Świt”, 177,00 zł" in text and "D/2" in text and "STARA/1" not in text
    assert f"https://faktury.example.pl/firmy/{company.pk}/zakupy/" in text
    bought(company, number="D/3")
    read(company, now + HOUR)
    write(company, now + HOUR)
    assert [("D/3" in text, "D/1" in text) for _, _, text in mail_server.take()] == [(True, False)]


def test_a_daily_letter_waits_for_the_morning(company: Any, owner: Any, mail_server: MailServer) -> None:
    letters.set_frequency(company, owner, "daily", now=SEVEN)
    bought(company, number="D/1")
    read(company, SEVEN)
    job = write(company, SEVEN)
    assert mail_server.take() == [] and job is not None and job.due_at == SEVEN + HOUR
    write(company, SEVEN + HOUR)
    assert len(mail_server.take()) == 1
    bought(company, number="D/2")
    read(company, SEVEN + 2 * HOUR)
    write(company, SEVEN + 2 * HOUR)
    assert mail_server.take() == []
    assert LetterChoice.objects.get().next_at == SEVEN + dt.timedelta(hours=25)


def test_a_letter_that_was_not_taken_is_tried_again(
    company: Any, owner: Any, mail_server: MailServer
) -> None:
    letters.set_frequency(company, owner, "each", now=SEVEN)
    bought(company)
    mail_server.refuses.add(owner.email)
    read(company, SEVEN)
    job = write(company, SEVEN)
    assert job is not None and job.reason is not None and job.reason.code == "letter-not-sent"
    mail_server.refuses.clear()
    write(company, SEVEN + HOUR)
    assert len(mail_server.take()) == 1


def test_who_has_left_or_wants_none_gets_none(
    company: Any, owner: Any, member: Any, mail_server: MailServer
) -> None:
    gone = member("viewer")
    letters.set_frequency(company, gone, "each", now=SEVEN)
    letters.set_frequency(company, owner, "never", now=SEVEN)
    Membership.objects.filter(user=gone).delete()
    bought(company)
    read(company, SEVEN)
    write(company, SEVEN)
    assert mail_server.take() == []


def test_a_stranger_chooses_nothing(company: Any, stranger: Any, browse: Any) -> None:
    assert browse(stranger).post(address("letters", company), {"when": "each"}).status_code == 404
    assert not LetterChoice.objects.exists()


def test_an_unknown_choice_is_refused(ala: Client, company: Any) -> None:
    assert ala.post(address("letters", company), {"when": "hourly"}).status_code == 200
    assert not LetterChoice.objects.exists()
