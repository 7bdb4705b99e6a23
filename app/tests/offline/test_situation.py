"""What is on at a moment, to the second; whose word it is; and how soon Latarnia is asked again."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from liczydlo.companies.models import Company
from liczydlo.ksef.deadlines import Outage as Announced
from liczydlo.ksef.modes import Mode
from liczydlo.offline import job, services
from liczydlo.offline.effects import Effect, effects
from liczydlo.offline.models import Latarnia, Outage, outages, rows
from liczydlo.offline.signals import outages_changed

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
SECOND, HOUR = dt.timedelta(seconds=1), dt.timedelta(hours=1)


def announced(event: str = "1", begins: dt.timedelta = -HOUR, ends: dt.timedelta | None = None) -> Announced:
    return Announced(
        kind="failure", start=NOW + begins, end=None if ends is None else NOW + ends, event=event
    )


@pytest.mark.parametrize(
    ("begins", "ends", "is_on"),
    [
        (0 * SECOND, None, True),
        (SECOND, None, False),
        (-HOUR, SECOND, True),
        (-HOUR, 0 * SECOND, False),
    ],
)
def test_an_outage_is_on_from_its_first_moment_to_its_last(
    company: Any, begins: dt.timedelta, ends: dt.timedelta | None, is_on: bool
) -> None:
    job.keep(company.environment, (announced("1", begins, ends),))
    result = services.situation(company, now=NOW)
    assert (result.outage is not None, result.is_known) == (is_on, is_on)


@pytest.mark.parametrize(("age", "known"), [(services.STALE, True), (services.STALE + SECOND, False)])
def test_an_answer_counts_for_a_quarter_of_an_hour_in_its_own_environment(
    company: Any, age: dt.timedelta, known: bool
) -> None:
    Latarnia.objects.create(environment="PRODUKCJA", asked_at=NOW, answered_at=NOW)
    assert not services.situation(company, now=NOW).is_known
    Latarnia.objects.create(environment=company.environment, asked_at=NOW, answered_at=NOW - age)
    result = services.situation(company, now=NOW)
    assert (result.is_known, result.answered_at, result.outage) == (known, NOW - age, None)


def test_each_kind_has_its_mode() -> None:
    assert [services.MODES[kind] for kind in services.Kind] == [
        Mode.OFFLINE,
        Mode.EMERGENCY,
        Mode.TOTAL_FAILURE,
    ]


def test_what_latarnia_announced_is_neither_corrected_nor_removed_by_hand(company: Any, owner: Any) -> None:
    job.keep(company.environment, (announced(),))
    theirs = rows(company).get()
    services.correct_total_failure(theirs, started_at=NOW, ended_at=NOW, title="x")
    services.take_back(theirs)
    assert outages(company) == [announced()]
    mine, other = (
        services.enter_total_failure(company, owner, started_at=NOW, ended_at=None, title=title)
        for title in ("TVP1", "Polskie Radio")
    )
    services.correct_total_failure(mine, started_at=NOW - HOUR, ended_at=NOW, title="TVP2")
    kept = dict(rows(company).values_list("title", "ended_at"))
    assert kept == {"": None, "TVP2": NOW, "Polskie Radio": None}
    services.take_back(mine)
    assert set(rows(company)) == {theirs, other}


def test_whoever_counts_deadlines_is_told_of_each_change(
    company: Any, owner: Any, django_capture_on_commit_callbacks: Any
) -> None:
    message: list[str] = []

    def hear(environment: str, **_: Any) -> None:
        message.append(environment)

    outages_changed.connect(hear)
    here = company.environment
    try:
        for _ in range(2):
            with django_capture_on_commit_callbacks(execute=True):
                job.keep("TEST", (announced(),))
            assert message == ["TEST"], "the second time it is nothing new"
        with django_capture_on_commit_callbacks(execute=True):
            row = services.enter_total_failure(company, owner, started_at=NOW, ended_at=None, title="a")
            services.correct_total_failure(row, started_at=NOW, ended_at=NOW + HOUR, title="b")
            services.take_back(row)
    finally:
        outages_changed.disconnect(hear)
    assert message == ["TEST", here, here, here]


def test_one_correction_of_latarnias_changes_one_row(company: Any) -> None:
    job.keep(company.environment, (announced("1"), announced("2")))
    job.keep("TEST", (announced("1"),))
    Outage.objects.update(changed_at=NOW)
    assert job.keep(company.environment, (announced("1", ends=HOUR), announced("2")))
    ends = Outage.objects.order_by("environment", "event").values_list("environment", "event", "ended_at")
    assert set(ends) == {
        (company.environment, "1", NOW + HOUR),
        (company.environment, "2", None),
        ("TEST", "1", None),
    }
    changed = Outage.objects.exclude(changed_at=NOW).get()
    assert (changed.environment, changed.event) == (company.environment, "1")


@pytest.mark.parametrize(
    ("begins", "ends", "again"),
    [
        (-HOUR, None, job.WHILE_ON),
        (-HOUR, SECOND, job.WHILE_ON),
        (-HOUR, 0 * SECOND, job.EVERY),
        (job.EVERY, None, job.WHILE_ON),
        (job.EVERY + SECOND, None, job.EVERY),
    ],
)
def test_latarnia_is_asked_more_often_while_something_is_on_or_near(
    begins: dt.timedelta, ends: dt.timedelta | None, again: dt.timedelta
) -> None:
    assert not Company.objects.exists(), "nobody's Latarnia is asked"
    job.keep("TEST", (announced("1", begins, ends),))
    claim: Any = SimpleNamespace(clock=lambda: NOW, step=lambda _name: None)
    assert job.learn(claim) == NOW + again


def test_effects_of_all_features_are_gathered_by_outage(
    company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three = (Effect(text=text, url="/") for text in "abc")
    tellers = [
        lambda _company, _outages: {"1": [one], "2": [two]},
        lambda _company, _outages: {"1": [three]},
    ]
    monkeypatch.setattr("liczydlo.offline.effects.TELLERS", tellers)
    assert effects(company, []) == {"1": [one, three], "2": [two]}
