"""Category, whom it concerns, and the note of a purchase."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from liczydlo.purchases import lifecycle
from liczydlo.purchases.models import Event, ReceivedInvoice

from app.tests.purchases.test_pages import address, bought, text_of

pytestmark = pytest.mark.django_db


def test_a_description_is_kept_with_who_changed_it(ala: Client, company: Any, owner: Any) -> None:
    row = bought(company)
    ala.post(
        address("describe", company, row.pk),
        {"category": "paliwo", "concerns": "WX 12345", "note": "<b>bak</b>", "seen": "0"},
    )
    kept = ReceivedInvoice.objects.get()
    assert (kept.category, kept.concerns, kept.note) == ("paliwo", "WX 12345", "<b>bak</b>")
    event = Event.objects.get()
    assert (event.step, event.by) == ("describe", owner)
    shown = text_of(ala.get(row.get_absolute_url()))
    assert "WX 12345" in shown and "&lt;b&gt;bak" in shown
    ala.post(
        address("describe", company, row.pk),
        {"category": "paliwo", "concerns": "WX 12345", "note": "<b>bak</b>", "seen": str(event.pk)},
    )
    assert Event.objects.count() == 1


def test_the_sellers_last_category_is_suggested_and_not_kept(ala: Client, company: Any) -> None:
    bought(company, number="A")
    ReceivedInvoice.objects.update(category="szkło")
    other = bought(company, number="B", seller_nip="5265877635")
    same = bought(company, number="C")
    assert 'value="szkło"' in text_of(ala.get(same.get_absolute_url()))
    assert lifecycle.suggested_category(other) == ""
    same.refresh_from_db()
    assert same.category == ""


def test_a_page_that_is_old_takes_nobodys_note_away(ala: Client, company: Any, owner: Any) -> None:
    row = bought(company)
    assert lifecycle.describe(row, category="a", concerns="", note="jej", by=owner, last_seen_event=0)
    answer = ala.post(address("describe", company, row.pk), {"note": "jego", "seen": "0"})
    shown = text_of(answer)
    assert answer.status_code == 409 and "jego</textarea>" in shown and "a · jej" in shown
    assert ReceivedInvoice.objects.get().note == "jej"


def test_too_long_is_refused_with_nothing_kept_or_lost(ala: Client, company: Any) -> None:
    row = bought(company)
    answer = ala.post(address("describe", company, row.pk), {"category": "x" * 61, "note": "ok", "seen": "0"})
    assert answer.status_code == 400 and "ok</textarea>" in text_of(answer)
    assert ReceivedInvoice.objects.get().note == "" and not Event.objects.exists()


def test_others_describe_nothing(company: Any, stranger: Any, member: Any, browse: Any) -> None:
    row = bought(company)
    theirs = bought(stranger.companies.get())
    ReceivedInvoice.objects.filter(pk=theirs.pk).update(category="tajne")
    assert browse(stranger).post(address("describe", company, row.pk), {"note": "x"}).status_code == 404
    assert (
        browse(member("viewer")).post(address("describe", company, row.pk), {"note": "x"}).status_code == 403
    )
    assert lifecycle.categories(company) == [] and lifecycle.suggested_category(row) == ""
