"""The days of a recurring invoice: once, late ones too, ends, skips, rests, changes in the middle."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.audit.models import Entry
from liczydlo.fa3.codec import to_json
from liczydlo.sales import services
from liczydlo.sales.models import Invoice
from liczydlo.sales.repeating import recurrences
from liczydlo.sales.repeating.tables import InvoiceTemplate, Occurrence, Recurrence

from app.tests.sales.recurring import CHOSEN, JANUARY, Turn, drafts, recurring, turn, work
from app.tests.sales.test_correction_pages import fields, text
from app.tests.sales.test_templates import where

__all__ = ["turn"]
pytestmark = pytest.mark.django_db


def test_a_draft_on_its_day_and_none_before(ala: Client, company: Any, turn: Turn) -> None:
    row = recurring(ala, company)
    assert work(company).due_at is not None and not Invoice.objects.exists()
    turn(dt.date(2027, 1, 10))
    work(company)
    work(company)
    (fa,) = drafts()
    assert (fa.p_1, fa.p_2, fa.p_6) == (dt.date(2027, 1, 10), "FV/2027/01/001", None)
    assert fa.fa_wiersz[0].p_7 == "Abonament styczeń 2027"
    assert fa.platnosc.termin_platnosci[0].termin == dt.date(2027, 1, 17)
    day = Occurrence.objects.get()
    assert (day.outcome, day.is_late, day.invoice.state) == ("drafted", False, "draft")
    assert "2027" in text(ala.get(row.template.get_absolute_url()))
    listed = text(ala.get(reverse("sales:recurring", args=[company.pk])))
    assert "Czekają na człowieka" in listed and "10.02.2027" in listed
    assert "czekają na człowieka: 1" in text(ala.get(reverse("sales:list", args=[company.pk])))
    ala.post(
        reverse("sales:issue", args=[company.pk, day.invoice.pk]),
        {"mode": "online", "seen": services.draft_of(day.invoice).digest},
    )
    assert not recurrences.waiting(company).exists()


def test_a_machine_that_was_off_makes_each_day_once(ala: Client, company: Any, turn: Turn) -> None:
    recurring(ala, company, delivery="period-end", which="previous")
    turn(dt.date(2027, 3, 15))
    work(company)
    made = drafts()
    assert [fa.p_1 for fa in made] == [dt.date(2027, 3, 15)] * 3
    assert [fa.p_6 for fa in made] == [dt.date(2026, 12, 31), dt.date(2027, 1, 31), dt.date(2027, 2, 28)]
    assert [fa.fa_wiersz[0].p_7[10:] for fa in made] == ["grudzień 2026", "styczeń 2027", "luty 2027"]
    assert [fa.p_2[-3:] for fa in made] == ["001", "002", "003"]
    assert all(day.is_late for day in Occurrence.objects.all())
    assert "powstała z opóźnieniem 15.03.2027" in text(ala.get(reverse("sales:recurring", args=[company.pk])))


def test_a_clock_turned_back_makes_nothing_twice(ala: Client, company: Any, turn: Turn) -> None:
    recurring(ala, company)
    for day in (dt.date(2027, 2, 10), JANUARY, dt.date(2027, 2, 10), dt.date(2027, 1, 10)):
        turn(day)
        work(company)
    assert Occurrence.objects.count() == len(drafts()) == 2


def test_the_next_look_is_in_the_morning(ala: Client, company: Any, turn: Turn) -> None:
    from liczydlo.sales.repeating import job

    recurring(ala, company, day="5", shift="before")
    assert job.next_moment(company) == timezone.make_aware(
        dt.datetime.combine(dt.date(2027, 1, 5), dt.time(6))
    )
    Recurrence.objects.update(is_active=False)
    assert job.next_moment(company) is None


def test_ends(ala: Client, company: Any, turn: Turn) -> None:
    one = recurring(ala, company, count="2")
    other = recurring(ala, company, last_day="2027-03-09")
    turn(dt.date(2028, 1, 1))
    work(company)
    for row in (one, other):
        assert row.occurrences.count() == 2
        row.refresh_from_db()
        assert row.next() is None
    assert "Nie będzie już żadnej faktury" in text(ala.get(one.template.get_absolute_url()))
    assert "zostało 0 z 2" in text(ala.get(one.template.get_absolute_url()))


def test_a_skipped_day_is_passed_over_once(ala: Client, company: Any, turn: Turn) -> None:
    row = recurring(ala, company, count="2")
    for _ in range(2):
        ala.post(where("skip_recurrence", row.template), {"nominal": "2027-01-10"})
    assert ala.post(where("skip_recurrence", row.template), {"nominal": "x"}).status_code == 404
    turn(dt.date(2027, 2, 10))
    work(company)
    (fa,) = drafts()
    assert fa.fa_wiersz[0].p_7 == "Abonament luty 2027"
    row.refresh_from_db()
    assert row.next() == dt.date(2027, 3, 10), "what was skipped does not use up the number"


@pytest.mark.parametrize(("make_up", "made"), [({}, 0), ({"make_up": "1"}, 2)])
def test_pause_and_resume(ala: Client, company: Any, turn: Turn, make_up: Any, made: int) -> None:
    row = recurring(ala, company)
    ala.post(where("pause_recurrence", row.template))
    turn(dt.date(2027, 2, 20))
    work(company)
    assert not Occurrence.objects.exists()
    assert "Dni, które minęły w tym czasie: 2" in text(ala.get(row.template.get_absolute_url()))
    ala.post(where("resume_recurrence", row.template), make_up)
    work(company)
    assert Occurrence.objects.count() == made
    row.refresh_from_db()
    assert row.next() == dt.date(2027, 3, 10)
    actions = [one.action for one in Entry.objects.of(company).order_by("number")]
    assert actions == ["recurrence-set", "recurrence-paused", "recurrence-resumed"]


def test_contents_changed_in_the_middle_count_from_the_next(ala: Client, company: Any, turn: Turn) -> None:
    row = recurring(ala, company)
    turn(dt.date(2027, 1, 10))
    work(company)
    address = where("template_contents", row.template)
    ala.post(address, {**fields(ala.get(address)), "lines-0-price": "200"})
    turn(dt.date(2027, 2, 10))
    work(company)
    assert [fa.p_15 for fa in drafts()] == [Decimal(123), Decimal(246)]


def test_days_changed_in_the_middle(ala: Client, company: Any, turn: Turn) -> None:
    row = recurring(ala, company)
    turn(dt.date(2027, 1, 12))
    address = where("recurrence", row.template)
    early = ala.post(address, {**CHOSEN, "day": "20", "version": "1"})
    assert early.status_code == 409 and "Zapisz jeszcze raz za chwilę" in text(early)
    work(company)
    assert ala.post(address, {**CHOSEN, "day": "11", "version": "1"}).status_code == 302
    late = ala.post(address, {**CHOSEN, "day": "20", "version": "1"})
    assert late.status_code == 409 and "ktoś zmienił te same dane" in text(late)
    work(company)
    row.refresh_from_db()
    assert (row.day, row.version, row.next()) == (11, 2, dt.date(2027, 2, 11)), "no day that has passed"
    assert Occurrence.objects.count() == 1


def test_a_day_that_waits_may_be_given_up(ala: Client, company: Any, turn: Turn) -> None:
    row = recurring(ala, company)
    InvoiceTemplate.objects.update(draft_json=to_json(replace(row.template.draft, currency="EUR")))
    turn(dt.date(2027, 1, 10))
    work(company)
    day = Occurrence.objects.get()
    assert day.reason is not None and day.reason.code == "recurring-rate"
    ala.post(reverse("sales:dismiss_occurrence", args=[company.pk, day.pk]))
    day.refresh_from_db()
    assert (day.outcome, day.waits_for_content) == ("skipped", False)


def test_a_deleted_draft_does_not_come_again(ala: Client, company: Any, turn: Turn) -> None:
    row = recurring(ala, company)
    turn(dt.date(2027, 1, 10))
    work(company)
    services.delete_draft(Invoice.objects.get())
    work(company)
    assert not Invoice.objects.exists() and Occurrence.objects.get().invoice is None
    assert "szkic usunięto" in text(ala.get(row.template.get_absolute_url()))


def test_removing_a_template_ends_it_and_keeps_its_invoices(ala: Client, company: Any, turn: Turn) -> None:
    row = recurring(ala, company)
    turn(dt.date(2027, 1, 10))
    work(company)
    ala.post(where("remove_template", row.template))
    assert not Recurrence.objects.exists() and Invoice.objects.count() == 1
    assert Entry.objects.of(company).order_by("number").last().action == "recurrence-removed"
    work(company)
