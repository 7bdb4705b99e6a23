"""Reminders of payment: before and after its day, once each, none of what is paid."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.contacts.models import Contractor
from liczydlo.jobs import failpoints, registry
from liczydlo.jobs.models import Job
from liczydlo.payments.statements import matching
from liczydlo.sales import services
from liczydlo.sales.delivery import letters, reminders
from liczydlo.sales.delivery.tables import BuyerLetter, LetterSettings
from liczydlo.sales.models import Invoice
from liczydlo.web import times

from app.tests.mail import MailServer, mail_server
from app.tests.payments.statements.world import ksef_number
from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_buyer_browser import TERM
from app.tests.sales.test_buyer_letters import BUYER, State, body, buyer, run
from app.tests.sales.test_order import accept, fresh
from app.tests.sales.test_sending import Died
from app.tests.sales.world import document
from app.tests.sessions import at_once

__all__ = ["buyer", "mail_server"]
pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def today() -> dt.date:
    return times.today()


@pytest.fixture
def on(company: Any, today: dt.date) -> LetterSettings:
    """Three days before and a week after, since a month."""
    return LetterSettings.objects.create(
        company=company, remind_before=3, remind_after=7, reminders_since=today - 30 * DAY
    )


def due(company: Any, day: dt.date, number: str = "FV/7") -> Invoice:
    xml = document(company.nip, BUYER, number=number, **{"</Fa>": TERM.format(day)})
    row = services.issue(company, xml)
    accept(row, ksef_number(company.nip))
    return fresh(row)


def remind(company: Any) -> None:
    registry.enqueue(company.pk, reminders.JOB)
    Job.objects.filter(company=company, name=reminders.JOB).update(due_at=timezone.now())
    registry.run(Job.objects.get(company=company, name=reminders.JOB).pk)


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        (4, None),
        (3, "before"),
        (0, "before"),
        (-1, None),
        (-6, None),
        (-7, "after"),
        (-20, "after"),
        (-38, None),
    ],
)
def test_who_is_reminded_on_which_day(
    company: Any,
    buyer: Contractor,
    on: LetterSettings,
    mail_server: MailServer,
    today: dt.date,
    after: int,
    kind: str | None,
) -> None:
    due(company, today + after * DAY)
    for _ in range(2):
        remind(company)
    run(company)
    assert list(BuyerLetter.objects.values_list("kind", flat=True)) == ([kind] if kind else [])
    assert len(mail_server.letters) == bool(kind)


def test_a_reminder_says_what_is_left(
    company: Any, owner: Any, buyer: Contractor, on: LetterSettings, mail_server: MailServer, today: dt.date
) -> None:
    invoice = due(company, today - 10 * DAY)
    matching.say_paid(company, invoice.entry, Decimal(77), on=today, by=owner)
    remind(company)
    run(company)
    (letter,) = mail_server.letters
    assert letter["Subject"].strip() == "Przypomnienie o płatności: faktura FV/7"
    assert "Do zapłaty zostało: 100,00 zł." in body(letter)
    assert [one.get_content_type() for one in letter.iter_attachments()] == [
        "application/pdf",
        "application/xml",
    ]


def test_nobody_is_reminded_of_what_is_paid(
    company: Any, owner: Any, buyer: Contractor, on: LetterSettings, mail_server: MailServer, today: dt.date
) -> None:
    paid, late = due(company, today - 10 * DAY, "A"), due(company, today - 10 * DAY, "B")
    matching.say_paid(company, paid.entry, Decimal(177), on=today, by=owner)
    remind(company)
    assert [row.invoice for row in BuyerLetter.objects.all()] == [late]
    matching.say_paid(company, late.entry, Decimal(177), on=today, by=owner)
    run(company)
    row = BuyerLetter.objects.get()
    assert row.state == State.REFUSED and row.reason is not None and row.reason.code == "letter-paid"
    assert not mail_server.letters


def test_a_contractor_may_be_without_reminders(
    company: Any, buyer: Contractor, on: LetterSettings, mail_server: MailServer, today: dt.date
) -> None:
    Contractor.objects.update(no_reminders=True)
    due(company, today)
    remind(company)
    assert not BuyerLetter.objects.exists()


def test_it_is_off_until_somebody_switches_it_on_and_old_debts_stay_alone(
    ala: Client, company: Any, buyer: Contractor, mail_server: MailServer, today: dt.date
) -> None:
    due(company, today - 8 * DAY, "stara")
    due(company, today - 7 * DAY, "dzisiejsza")
    remind(company)
    assert not BuyerLetter.objects.exists()
    address = reverse("sales:letter_settings", args=[company.pk])
    assert "od 1 do 60" in text_of(ala.post(address, {"link_days": "30", "remind_after": "0"}))
    ala.post(address, {"link_days": "30", "remind_after": "7"})
    assert LetterSettings.objects.get().reminders_since == today
    remind(company)
    assert [row.invoice.entry.number for row in BuyerLetter.objects.all()] == ["dzisiejsza"]


def test_the_round_looks_at_firms_that_remind_and_not_at_night(
    company: Any, on: LetterSettings, mail_server: MailServer, today: dt.date
) -> None:
    registry.enqueue(None, reminders.ROUND)
    for hour, count in ((3, 0), (9, 1)):
        now = timezone.make_aware(dt.datetime.combine(today, dt.time(hour)))
        Job.objects.filter(name=reminders.ROUND).update(due_at=now)
        registry.run(Job.objects.get(name=reminders.ROUND).pk, clock=lambda now=now: now)
        assert Job.objects.filter(company=company, name=reminders.JOB).count() == count


@pytest.mark.parametrize("step", failpoints.REMINDING[1:])
def test_a_death_makes_none_twice(
    company: Any,
    buyer: Contractor,
    on: LetterSettings,
    mail_server: MailServer,
    today: dt.date,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    due(company, today)

    def die(name: str) -> None:
        if name == step:
            raise Died

    monkeypatch.setattr(failpoints, "reach", die)
    with pytest.raises(Died):
        remind(company)
    monkeypatch.undo()
    Job.objects.update(token="", lease_until=None)
    remind(company)
    assert BuyerLetter.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sessions_make_one_reminder(
    company: Any,
    buyer: Contractor,
    on: LetterSettings,
    mail_server: MailServer,
    today: dt.date,
) -> None:
    invoice = due(company, today)

    def once() -> None:
        letters.store(
            company.pk,
            reminders.reminder_letters(
                company, on, reminders.Kind.BEFORE, [invoice.entry_id], now=times.now()
            ),
        )

    assert at_once(once, once) == [None, None]
    assert at_once(BuyerLetter.objects.count) == [1]
