"""Recurring invoices in foreign currencies: the rate of their day, and days that wait for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.fa3.codec import to_json
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.jobs import registry
from liczydlo.jobs.models import Job
from liczydlo.lookups import rates
from liczydlo.lookups.models import Choice, ExchangeRate
from liczydlo.sales import services
from liczydlo.sales.exchange import of_draft
from liczydlo.sales.models import Invoice
from liczydlo.sales.repeating import making, recurrences, retrying
from liczydlo.sales.repeating.tables import InvoiceTemplate, Occurrence, Recurrence
from liczydlo.web import times

from app.tests.mail import MailServer, mail_server
from app.tests.sales.recurring import Turn, held, nbp, recurring, turn, work
from app.tests.sales.test_correction_pages import fields, text

__all__ = ["held", "mail_server", "nbp", "turn"]
pytestmark = pytest.mark.django_db


def test_a_foreign_currency_has_the_rate_of_its_day(
    ala: Client, company: Any, turn: Turn, nbp: Callable[[str], None]
) -> None:
    row = recurring(ala, company)
    InvoiceTemplate.objects.update(draft_json=to_json(replace(row.template.draft, currency="EUR")))
    nbp("2027-01-10")
    turn(dt.date(2027, 1, 10))
    work(company)
    invoice = Occurrence.objects.get().invoice
    stated = of_draft(meant(invoice))
    assert stated is not None and stated.day == dt.date(2027, 1, 8), "the 10th is a Sunday"
    address = reverse("sales:redate", args=[company.pk, invoice.pk])
    turn(dt.date(2027, 1, 11))  # a Monday: the last working day before it is the same
    ala.post(address)
    assert (meant(invoice).issue_date, of_draft(meant(invoice))) == (dt.date(2027, 1, 11), stated)
    turn(dt.date(2027, 1, 13))
    Choice.objects.update(is_on=False)
    assert "wpisz kurs" in text(ala.post(address, follow=True))
    assert of_draft(meant(invoice)) == stated and meant(invoice).issue_date == dt.date(2027, 1, 11)
    Choice.objects.update(is_on=True)
    nbp("2027-01-13")
    ala.post(address)
    moved = of_draft(meant(invoice))
    assert moved is not None and moved.day == dt.date(2027, 1, 12) and moved.rate != stated.rate
    assert len(meant(invoice).remarks) == len(row.template.draft.remarks) + 1


def test_while_rows_are_locked_nbp_is_not_asked(
    ala: Client, company: Any, turn: Turn, nbp: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = recurring(ala, company)
    InvoiceTemplate.objects.update(draft_json=to_json(replace(row.template.draft, currency="EUR")))
    nbp("2027-01-10")
    turn(dt.date(2027, 1, 10))
    monkeypatch.setattr(making, "_ask_for_rate", lambda *_: None)
    work(company)
    assert not ExchangeRate.objects.exists()
    assert Occurrence.objects.get().reason.code == "recurring-rate-soon"


def meant(invoice: Invoice) -> InvoiceDraft:
    """What a stored draft means."""
    draft = services.draft_of(invoice).invoice_draft
    assert draft is not None
    return draft


def test_a_day_without_a_rate_is_tried_again_and_nobody_is_written_to(
    ala: Client, company: Any, held: Occurrence, turn: Turn, mail_server: MailServer
) -> None:
    assert not recurrences.waiting(company).exists()
    assert "Czeka na kurs NBP" in text(ala.get(reverse("sales:recurring", args=[company.pk])))
    assert "czekają na człowieka" not in text(ala.get(reverse("sales:list", args=[company.pk])))
    turn(dt.date(2027, 1, 11), 8)
    job = work(company)
    held.refresh_from_db()
    assert (held.outcome, held.reason, held.is_late) == ("drafted", None, False)
    stated = of_draft(meant(held.invoice))
    assert stated is not None and stated.day == dt.date(2027, 1, 8)
    assert Invoice.objects.count() == 1 and Occurrence.objects.count() == 1
    assert job.due_at is not None and job.due_at > times.now() + dt.timedelta(hours=2), "no more every hour"
    letters_of(company)
    (_to, _subject, body) = mail_server.take()[0]
    assert "szkic do zatwierdzenia" in body and "kurs" not in body


def test_until_the_rate_comes_it_is_tried_every_hour(
    company: Any, held: Occurrence, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "base_of", lambda _company: "http://127.0.0.1:9")
    job = work(company)
    assert job.due_at is not None and dt.timedelta(0) < job.due_at - times.now() <= dt.timedelta(hours=1)
    assert Occurrence.objects.get().waits_for_rate


def test_a_person_is_told_when_a_working_day_has_passed(
    ala: Client,
    company: Any,
    held: Occurrence,
    turn: Turn,
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rates, "base_of", lambda _company: "http://127.0.0.1:9")
    turn(dt.date(2027, 1, 11), 23)
    work(company)
    letters_of(company)
    assert mail_server.take() == []
    turn(dt.date(2027, 1, 12))
    work(company)
    letters_of(company)
    (letter,) = mail_server.take()
    assert "wpisz kurs" in letter[2]
    monkeypatch.undo()
    turn(dt.date(2027, 1, 12), 9)
    work(company)
    held.refresh_from_db()
    assert (held.outcome, held.invoice) == ("held", None), "it is the person's now"
    assert recurrences.waiting(company).count() == 1


def test_a_weekend_is_no_working_day(company: Any, held: Occurrence, turn: Turn) -> None:
    Occurrence.objects.update(made_on=dt.date(2027, 1, 16))  # a Saturday
    for day, told in ((17, False), (18, False), (19, True)):
        retrying.notify(company, dt.date(2027, 1, day))
        assert recurrences.waiting(company).exists() is told, day


def test_while_it_rests_nothing_is_made_of_a_held_day(company: Any, held: Occurrence) -> None:
    Recurrence.objects.update(is_active=False)
    work(company)
    assert Occurrence.objects.get().waits_for_rate and not Invoice.objects.exists()


def test_what_was_made_meanwhile_is_not_made_again_by_the_form(
    ala: Client, company: Any, held: Occurrence
) -> None:
    address = reverse("sales:from_occurrence", args=[company.pk, held.pk])
    typed = fields(ala.get(address))
    work(company)
    made = Invoice.objects.get()
    answer = ala.post(address, {**typed, "exchange_rate": "4,3"})
    assert answer.status_code == 422 and "powstała w międzyczasie" in text(answer)
    assert Invoice.objects.get() == made
    assert ala.get(address)["Location"] == made.get_absolute_url()


def letters_of(company: Any) -> None:
    registry.enqueue(company.pk, making.LETTERS)
    Job.objects.filter(company=company, name=making.LETTERS).update(
        due_at=times.now() - dt.timedelta(hours=1)
    )
    registry.run(Job.objects.get(company=company, name=making.LETTERS).pk)
