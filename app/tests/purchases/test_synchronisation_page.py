"""„Synchronizacja": what it claims is what is stored, and only members see it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.signals import user_logged_in
from django.utils import timezone
from liczydlo.purchases import coverage, inbox, services, synchronisation
from liczydlo.purchases.coverage import Stretch
from liczydlo.purchases.models import Checkpoint, LateDocument, MonthCheck, Order
from liczydlo.purchases.plan import Plan

from app.tests.purchases.test_pages import address, text_of
from app.tests.sales.world import new_nip

pytestmark = pytest.mark.django_db

SINCE = dt.datetime(2026, 11, 1, tzinfo=timezone.get_default_timezone())
DAY = dt.timedelta(days=1)


def cover(company: Any, *parts: tuple[int, int], roles: tuple[str, ...] = services.ROLES) -> None:
    """Days of November that are here, in each of the roles."""
    timeline: coverage.Timeline = ()
    for start, end in parts:
        proof = Stretch(start=SINCE + DAY * start, end=SINCE + DAY * end, how="list", at=SINCE + DAY * end)
        timeline = coverage.overlay(timeline, proof)
    for role in roles:
        Checkpoint.objects.create(
            company=company,
            environment=company.environment,
            subject=role,
            since=SINCE,
            until=timeline[-1].end,
            covered_json=coverage.as_json(timeline),
            looked_at=timeline[-1].end,
        )


def test_complete_is_said_up_to_the_first_gap_of_any_role(company: Any, owner: Any, browse: Any) -> None:
    cover(company, (0, 26), roles=services.ROLES[:3])
    page = text_of(browse(owner).get(address("synchronisation", company)))
    assert "Jeszcze nie wszystko jest pobrane" in page, "one role has never been read"
    cover(company, (0, 10), (20, 26), roles=services.ROLES[3:])
    page = text_of(browse(owner).get(address("synchronisation", company)))
    assert "Kompletne do 11.11.2026 00:00" in page
    assert "11.11.2026 – 21.11.2026" in page, "the gap is named"
    state = synchronisation.state_of(company, now=SINCE + DAY * 27)
    whole = [role.is_whole for role in state.roles]
    assert whole == [True, True, True, False]
    assert state.roles[3].percent < 100
    assert state.finish_at is not None


def test_late_documents_limits_and_months_are_shown(company: Any, owner: Any, browse: Any) -> None:
    cover(company, (0, 26))
    now = timezone.now()
    LateDocument.objects.create(
        company=company, environment=company.environment, subject="Subject2", ksef_number="LATE-1",
        stored_at=SINCE, noticed_at=now,
    )  # fmt: skip
    MonthCheck.objects.create(
        company=company, environment=company.environment, subject="Subject2", month=SINCE.date(), listed=12,
        already_stored=11, checked_at=now,
    )  # fmt: skip
    Plan(company, lambda: now).refused("export", 600)
    page = text_of(browse(owner).get(address("synchronisation", company)))
    assert "LATE-1" in page
    assert "20/20" in page
    assert '<strong class="tone-bad">1</strong>' in page
    english = text_of(browse(owner, language="en").get(address("synchronisation", company)))
    assert "Complete until" in english


def test_how_each_part_was_proved_and_what_ksef_packs_is_shown(company: Any, owner: Any, browse: Any) -> None:
    cover(company, (0, 10), roles=services.ROLES[:1])
    proof = Stretch(start=SINCE + DAY * 10, end=SINCE + DAY * 20, how="package", at=SINCE + DAY * 20)
    timeline = coverage.overlay(Checkpoint.objects.get().timeline, proof)
    Checkpoint.objects.update(covered_json=coverage.as_json(timeline))
    for purpose, reference in (("new", "REF-NEW"), ("month", "REF-MONTH")):
        Order.objects.create(
            company=company, environment=company.environment, subject="Subject2", purpose=purpose,
            start=SINCE, reference=reference, sealed_key=b"k", placed_at=SINCE,
        )  # fmt: skip
    page = text_of(browse(owner).get(address("synchronisation", company)))
    package, listing = page.index("paczka z KSeF"), page.index("lista KSeF do jego znacznika")
    assert package < listing, "the newest first"
    assert "REF-NEW" in page and "REF-MONTH" not in page


def test_going_further_back_opens_a_gap_and_begins_a_fetch(company: Any, owner: Any, browse: Any) -> None:
    cover(company, (0, 26))
    ala = browse(owner)
    for wrong in ("2025-12-31", "", "2999-01-01", "wczoraj"):
        assert ala.post(address("since", company), {"day": wrong}).status_code == 422
    assert ala.post(address("since", company), {"day": "2026-05-01"}).status_code == 302
    state = synchronisation.state_of(company, now=SINCE + DAY * 27)
    assert state.complete_until is None
    assert all(role.gaps and role.windows_left == 3 for role in state.roles)
    assert services.job(company) is not None


def test_a_month_is_requested_by_those_who_may(company: Any, owner: Any, browse: Any, member: Any) -> None:
    ala = browse(owner)
    ala.post(address("month", company), {"role": "Subject2", "month": "2026-11-01"})
    assert MonthCheck.objects.exclude(requested_at=None).get().month == SINCE.date()
    ala.post(address("month", company), {"role": "Subject9", "month": "x"})
    assert MonthCheck.objects.exclude(requested_at=None).count() == 1
    viewer = browse(member("viewer"))
    assert viewer.get(address("synchronisation", company)).status_code == 200
    for name in ("month", "since"):
        assert viewer.post(address(name, company), {}).status_code == 403


def test_a_stranger_sees_nothing(company: Any, stranger: Any, browse: Any) -> None:
    other = browse(stranger)
    assert other.get(address("synchronisation", company)).status_code == 404
    for name in ("month", "since"):
        assert other.post(address(name, company), {"day": "2026-05-01"}).status_code == 404
    assert not Checkpoint.objects.exists()


def test_the_first_login_of_the_day_begins_a_fetch(connected: Any, owner: Any) -> None:
    connected.fetch_every = 15
    connected.save(update_fields=["fetch_every"])
    user_logged_in.send(sender=type(owner), user=owner, request=None)
    assert services.job(connected) is not None
    services.job(connected).delete()  # type: ignore[union-attr]
    Checkpoint.objects.create(
        company=connected, environment=connected.environment, subject="Subject2",
        until=timezone.now(), looked_at=timezone.now(),
    )  # fmt: skip
    inbox.once_logged_in(owner)
    assert services.job(connected) is None, "today it was fetched already"


def test_nothing_is_fetched_at_login_for_a_firm_without_a_connection(firm: Any, owner: Any) -> None:
    firm.fetch_every, firm.nip = 15, new_nip()
    firm.save(update_fields=["fetch_every", "nip"])
    inbox.once_logged_in(owner)
    assert services.job(firm) is None
