"""What a recurring invoice holds and who may set it: its form, texts of its days, broken rules, the browser."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.contacts.models import Contractor
from liczydlo.fa3.codec import to_json
from liczydlo.sales.repeating.tables import InvoiceTemplate, Occurrence, Recurrence

from app.tests.connection.test_browser import faults, page
from app.tests.sales.recurring import CHOSEN, Turn, drafts, recurring, template, turn, work
from app.tests.sales.test_browser import look
from app.tests.sales.test_correction_pages import fields, text
from app.tests.sales.test_editor import LINE, form
from app.tests.sales.test_templates import where

__all__ = ["page", "turn"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"first_day": "2027-01-03"}, "first_day"),
        ({"first_day": "2100-01-03"}, "first_day"),
        ({"first_day": "9999-12-31"}, "first_day"),
        ({"first_day": "x"}, "first_day"),
        ({"last_day": "2026-01-03"}, "last_day"),
        ({"last_day": "2028-01-03", "count": "3"}, "count"),
        ({"count": "0"}, "count"),
        ({"every": "0"}, "every"),
        ({"every": "11", "unit": "year"}, "every"),
        ({"day": "32"}, "day"),
        ({"unit": "day"}, "unit"),
        ({"shift": ""}, "shift"),
    ],
)
def test_bad_input_is_told_at_its_field(
    ala: Client, company: Any, turn: Turn, chosen: dict[str, str], field: str
) -> None:
    made = template(ala, company)
    answer = ala.post(where("recurrence", made), {**CHOSEN, **chosen})
    assert answer.status_code == 422 and f'id="id_{field}_error"' in text(answer)
    assert ala.post(where("recurrence_days", made), {**CHOSEN, **chosen}).status_code == 200
    assert not Recurrence.objects.exists()


def test_days_and_texts_before_anything_is_saved(ala: Client, company: Any, turn: Turn) -> None:
    made = template(ala, company, remarks="Za {kwartał} {inne}")
    chosen = {**CHOSEN, "day": "31", "shift": "before", "unit": "quarter", "delivery": "period-end"}
    for address, extra in ((where("recurrence", made), {"look": "1"}), (where("recurrence_days", made), {})):
        shown = text(ala.post(address, {**chosen, **extra}))
        assert "29.01.2027" in shown and "zamiast 31.01.2027" in shown
        assert "Abonament I kwartał 2027" in shown and "Za I {inne}" in shown and "{inne}" in shown
        assert "dostawa 31.03.2027" in shown and "60 dni przed dostawą" in shown
    assert not Recurrence.objects.exists()


def test_texts_are_in_the_contractors_language(ala: Client, company: Any, turn: Turn) -> None:
    row = recurring(ala, company)
    contractor = Contractor.objects.create(
        company=company, kind="nip", number="8567346215", key="nip:8567346215", name="Świt", language="en"
    )
    turn(dt.date(2027, 1, 10))
    work(company)
    (fa,) = drafts()
    assert fa.fa_wiersz[0].p_7 == "Abonament January 2027"
    row.template.refresh_from_db()
    assert row.template.contractor == contractor


def test_what_breaks_a_rule_waits_for_the_form(ala: Client, company: Any, turn: Turn) -> None:
    row = recurring(ala, company)
    draft = row.template.draft
    wrong = replace(draft, lines=(replace(draft.lines[0], name="ż" * 500 + " {okres}"),))
    InvoiceTemplate.objects.update(draft_json=to_json(wrong))
    turn(dt.date(2027, 1, 10))
    work(company)
    day = Occurrence.objects.get()
    assert (day.outcome, day.invoice, day.waits_for_content) == ("held", None, True)
    address = reverse("sales:from_occurrence", args=[company.pk, day.pk])
    listed = text(ala.get(reverse("sales:recurring", args=[company.pk])))
    assert address in listed and str(day.reason) in listed.replace("&quot;", '"').replace("&#x27;", "'")
    typed = fields(ala.get(address))
    assert typed["number"] == "FV/2027/01/001" and typed["lines-0-name"].endswith("styczeń 2027")
    ala.post(address, {**typed, "lines-0-name": "Abonament"})
    day.refresh_from_db()
    assert day.invoice is not None and not day.waits_for_content
    assert ala.get(address)["Location"] == day.invoice.get_absolute_url()


def test_an_advance_does_not_recur(ala: Client, company: Any) -> None:
    paid = {"advance": "100", "sale_date": timezone.localdate().isoformat(), "paid": "on"}
    ala.post(reverse("sales:new_advance", args=[company.pk]), form(LINE, template="1", **paid))
    made = InvoiceTemplate.objects.get()
    assert ala.get(where("recurrence", made)).status_code == 404
    assert "Powtarzanie" not in text(ala.get(made.get_absolute_url()))


def test_who_may(ala: Client, company: Any, member: Any, browse: Any, stranger: Any, turn: Turn) -> None:
    row = recurring(ala, company)
    viewer, other, issuer = browse(member("viewer")), browse(stranger), browse(member("issuer"))
    listed = reverse("sales:recurring", args=[company.pk])
    assert [one.get(listed).status_code for one in (viewer, issuer, other)] == [200, 200, 404]
    assert "Pomiń" not in text(viewer.get(row.template.get_absolute_url()))
    assert [one.get(where("recurrence", row.template)).status_code for one in (viewer, issuer, other)] == [
        403,
        200,
        404,
    ]
    for name in ("recurrence_days", "pause_recurrence", "resume_recurrence", "skip_recurrence"):
        address = where(name, row.template)
        assert (viewer.post(address).status_code, other.post(address).status_code) == (403, 404)
        assert ala.get(address).status_code == 405
    assert viewer.post(where("remove_recurrence", row.template)).status_code == 403
    issuer.post(where("remove_recurrence", row.template))
    assert not Recurrence.objects.exists() and InvoiceTemplate.objects.exists()
    assert ala.post(where("remove_recurrence", row.template)).status_code == 404
    assert ala.post(where("pause_recurrence", row.template)).status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser(page: Any, owner: Any, company: Any, browse: Any, turn: Turn) -> None:
    page.goto(reverse("sales:recurring", args=[company.pk]))
    look(page, "cykliczne-puste")
    look(page, "cykliczne-puste", phone=True)
    made = template(browse(owner), company, buyer_name="Bardzodługanazwabezspacji" * 8)
    page.goto(made.get_absolute_url())
    page.get_by_role("link", name="Powtarzaj").click()
    page.get_by_label("Dzień miesiąca").select_option("31")
    page.get_by_label("Gdy to dzień wolny").select_option("before")
    page.get_by_text("29.01.2027", exact=True).wait_for()
    page.get_by_text("Abonament styczeń 2027").wait_for()
    look(page, "cykliczna-formularz")
    look(page, "cykliczna-formularz", phone=True)
    page.get_by_role("button", name="Zapisz").click()
    page.get_by_text("Najbliższe dni są poniżej").wait_for()
    turn(dt.date(2027, 2, 27))
    work(company)
    page.goto(made.get_absolute_url())
    look(page, "cykliczna")
    look(page, "cykliczna", phone=True)
    page.goto(reverse("sales:templates", args=[company.pk]))
    look(page, "szablony-cykliczne")
    page.goto(reverse("sales:recurring", args=[company.pk]))
    page.get_by_role("heading", name="Czekają na człowieka").wait_for()
    look(page, "cykliczne")
    look(page, "cykliczne", phone=True)
    page.goto(made.get_absolute_url())
    page.get_by_role("button", name="Wstrzymaj").click()
    page.get_by_text("Wstrzymano. Nic nie powstanie").wait_for()
    look(page, "cykliczna-wstrzymana", phone=True)
    assert not faults(page)
