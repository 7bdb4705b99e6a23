"""Recurring invoices with workers that die and many at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.jobs import failpoints
from liczydlo.jobs.models import Job
from liczydlo.sales.models import Invoice
from liczydlo.sales.repeating import making, retrying
from liczydlo.sales.repeating.tables import Occurrence, Recurrence

from app.tests.sales.recurring import (
    CHOSEN,
    JANUARY,
    Turn,
    drafts,
    held,
    nbp,
    recurring,
    template,
    turn,
    work,
)
from app.tests.sales.test_correction_pages import fields
from app.tests.sales.test_sending import Died
from app.tests.sales.test_templates import where
from app.tests.sessions import done

__all__ = ["held", "nbp", "turn"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("step", failpoints.RECURRING[:5])
def test_a_worker_that_dies_at_any_step_leaves_all_or_nothing(
    ala: Client, company: Any, turn: Turn, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    recurring(ala, company)
    turn(dt.date(2027, 2, 10))
    reach = failpoints.reach

    def die(name: str) -> None:
        if name == step:
            raise Died

    monkeypatch.setattr(failpoints, "reach", die)
    with pytest.raises(Died):
        work(company)
    assert Occurrence.objects.count() == len(drafts()) == (1 if step == "recurring.made" else 0)
    monkeypatch.setattr(failpoints, "reach", reach)
    Job.objects.update(lease_until=None)
    work(company)
    assert Occurrence.objects.count() == len(drafts()) == 2


@pytest.mark.django_db(transaction=True)
def test_many_workers_and_people_at_once_make_each_day_once(
    owner: Any, company: Any, browse: Any, turn: Turn
) -> None:
    ala = browse(owner)
    rows = [recurring(ala, company) for _ in range(2)]
    turn(dt.date(2027, 2, 10))

    def work(row: Recurrence) -> int:
        while making.make(company, row.pk):
            pass
        return 302

    def click() -> int:
        return browse(owner).post(where("make_from_template", rows[0].template)).status_code  # type: ignore[no-any-return]

    assert done(click, click, *(partial(work, row) for row in rows * 2)) == [302] * 6
    assert Occurrence.objects.count() == 4
    numbers = set(Invoice.objects.values_list("entry__number", flat=True))
    assert len(numbers) == Invoice.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_it_at_once_one_is_shown_the_other(
    owner: Any, company: Any, browse: Any, turn: Turn
) -> None:
    for day in ("10", "11", "12"):
        made = template(browse(owner), company)

        chosen = {**CHOSEN, "day": day}
        answers = done(*(partial(browse(owner).post, where("recurrence", made), chosen) for _ in range(2)))
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        assert Recurrence.objects.filter(template=made).count() == 1


@pytest.mark.django_db(transaction=True)
def test_resting_skipping_and_making_at_once(owner: Any, company: Any, browse: Any, turn: Turn) -> None:
    ala = browse(owner)
    for _ in range(4):
        row = recurring(ala, company)
        turn(dt.date(2027, 1, 10))
        posts = [
            (where("skip_recurrence", row.template), {"nominal": "2027-01-10"}),
            (where("pause_recurrence", row.template), {}),
            (where("remove_template", row.template), {}),
        ]

        clicks = [partial(browse(owner).post, *post) for post in posts]
        *answers, _made = done(*clicks, partial(making.make, company, row.pk))
        assert {answer.status_code for answer in answers} <= {302, 404}
        assert not Recurrence.objects.filter(pk=row.pk).exists()
        turn(JANUARY)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rival", ["form", "dismiss", "worker"])
def test_of_two_who_finish_a_held_day_one_does(
    ala: Client, company: Any, held: Occurrence, rival: str
) -> None:
    form_of = reverse("sales:from_occurrence", args=[company.pk, held.pk])
    typed = {**fields(ala.get(form_of)), "exchange_rate": "4,3"}
    skip = reverse("sales:dismiss_occurrence", args=[company.pk, held.pk])
    rivals: dict[str, Callable[[], Any]] = {
        "form": lambda: ala.post(form_of, typed),
        "dismiss": lambda: ala.post(skip),
        "worker": lambda: retrying.retry(company, held.pk),
    }
    done(lambda: retrying.retry(company, held.pk), rivals[rival])
    held.refresh_from_db()
    assert Invoice.objects.count() == (held.invoice is not None)
    assert held.outcome in (("skipped", "drafted") if rival == "dismiss" else ("drafted", "held"))
    assert (held.invoice is None) == (held.outcome == "skipped")
