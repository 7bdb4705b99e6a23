"""The emulator's clock as the application's: followed while it turns, kept while it is silent, refused elsewhere."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from liczydlo.companies.forms import CompanyForm
from liczydlo.companies.models import Company, Environment
from liczydlo.connection import clients
from liczydlo.jobs import claims, dispatcher, registry
from liczydlo.jobs.models import Job
from liczydlo.web import times

NOON = dt.datetime(2026, 12, 9, 11, 0, tzinfo=dt.UTC)
CLOSE = dt.timedelta(seconds=5)


@pytest.fixture
def follow(use_emulator: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The application follows the emulator's clock, and asks it every time."""
    monkeypatch.setattr(times, "ASK_EVERY", 0.0)
    settings.LICZYDLO_EMULATOR_CLOCK = use_emulator.control_url
    yield use_emulator
    use_emulator.clock.reset()
    times._follower.cache_clear()


def test_it_follows_the_clock_both_ways(follow: Any) -> None:
    follow.clock.set(NOON)
    assert abs(times.now() - NOON) < CLOSE and times.today() == dt.date(2026, 12, 9)
    follow.clock.move(dt.timedelta(hours=13))
    assert times.today() == dt.date(2026, 12, 10), "one o'clock in Warsaw"
    follow.clock.reset()
    assert abs(times.now() - timezone.now()) < CLOSE


def test_a_silent_emulator_leaves_the_clock_as_it_was(
    follow: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow.clock.set(NOON)
    times.now()
    follower = times._follower(settings.LICZYDLO_EMULATOR_CLOCK)
    monkeypatch.setattr(follower, "_url", "http://127.0.0.1:9/clock")
    follow.clock.move(dt.timedelta(days=3))
    assert not follower.ask()
    assert abs(times.now() - NOON) < CLOSE


def test_without_the_setting_the_clock_is_the_machines(use_emulator: Any) -> None:
    use_emulator.clock.set(NOON)
    assert not times.is_training() and abs(times.now() - timezone.now()) < CLOSE
    use_emulator.clock.reset()


@pytest.mark.django_db
def test_every_page_says_what_time_it_is(follow: Any, company: Any, owner: Any, browse: Any) -> None:
    follow.clock.set(NOON)
    for page in (f"/firmy/{company.pk}/", f"/firmy/{company.pk}/ustawienia/ksef/"):
        assert "Zegar szkoleniowy: 9 grudnia 2026, 12:00" in browse(owner).get(page).content.decode()
    assert "Training clock: 9 December 2026, 12:00" in (
        browse(language="en").get("/accounts/login/", follow=True).content.decode()
    )


@pytest.mark.django_db
def test_the_strip_looks_again_when_the_clock_was_turned(
    follow: Any, company: Any, owner: Any, browse: Any
) -> None:
    follow.clock.set(NOON)
    browser, page = browse(owner), f"/firmy/{company.pk}/ustawienia/ksef/stan/"
    assert "sprawdzono 12:00" in browser.get(page).content.decode()
    follow.clock.move(dt.timedelta(hours=3))
    assert "sprawdzono 15:00" in browser.get(page).content.decode()


@pytest.mark.django_db
def test_no_page_speaks_of_it_otherwise(company: Any, owner: Any, browse: Any) -> None:
    assert "Zegar szkoleniowy" not in browse(owner).get(f"/firmy/{company.pk}/").content.decode()


@pytest.fixture
def job(company: Any, monkeypatch: pytest.MonkeyPatch) -> Job:
    monkeypatch.setitem(registry.REGISTRY, "test.training", lambda _claim: None)
    registry.enqueue(company.pk, "test.training", at=times.now() + dt.timedelta(hours=5))
    return Job.objects.get(name="test.training")


@pytest.mark.django_db
def test_what_is_due_comes_with_the_clock_and_no_lease_runs_out(follow: Any, job: Job) -> None:
    assert dispatcher.due_jobs() == [] and claims.claim(job.pk) is None
    follow.clock.move(dt.timedelta(hours=6))
    assert [pk for pk, _ in dispatcher.due_jobs()] == [job.pk]
    held = claims.claim(job.pk)
    assert held is not None
    follow.clock.move(dt.timedelta(days=8))
    dispatcher.care()
    assert dispatcher.due_jobs() == [] and claims.claim(job.pk) is None, "its worker is at it"
    held.step("outages.store")
    held.finish(times.now() + dt.timedelta(hours=1))
    follow.clock.move(dt.timedelta(days=-20))
    dispatcher.care()
    assert [pk for pk, _ in dispatcher.due_jobs()] == [job.pk], "its moment is too far ahead to be meant"


@pytest.mark.django_db
def test_no_company_goes_to_another_ksef(follow: Any, company: Any) -> None:
    for environment in Environment:
        form = CompanyForm({"environment": environment}, instance=company)
        assert ("environment" in form.errors) == (environment != Environment.EMULATOR)
    Company.objects.filter(pk=company.pk).update(environment=Environment.TEST)
    company.refresh_from_db()
    with pytest.raises(clients.NotConnected) as caught:
        clients.client_with(company, None)  # type: ignore[arg-type]
    assert caught.value.code == "training-clock"


def start(folder: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """``liczydlo`` as an operator starts it."""
    environment = {
        **os.environ,
        "LICZYDLO_DATA": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'liczydlo.sqlite3'}",
    }
    return subprocess.run(
        [sys.executable, "-m", "liczydlo", *command],
        env=environment | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.pure
def test_the_program_does_not_start_with_a_company_elsewhere(emulator: Any, tmp_path: Path) -> None:
    from tests.processes import migrated

    shutil.copy(migrated() / "liczydlo.sqlite3", tmp_path / "liczydlo.sqlite3")
    company = "nip='5265877635', name='Łódź sp. z o.o.', environment='TEST'"
    make = f"from liczydlo.companies.models import Company; Company.objects.create({company})"
    made = start(tmp_path, "manage", "shell", "-c", make)
    assert made.returncode == 0, made.stderr
    refused = start(tmp_path, "worker", LICZYDLO_EMULATOR_CLOCK=emulator.control_url)
    assert refused.returncode == 2 and "Łódź sp. z o.o. works with TEST" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    wrong = start(tmp_path, "worker", LICZYDLO_EMULATOR_CLOCK="yes")
    assert wrong.returncode == 2 and "must be an http(s) address" in wrong.stderr
