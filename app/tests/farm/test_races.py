"""Two people on one draft of a VAT RR at the same moment: two real sessions on SQLite and on PostgreSQL."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.test import Client
from liczydlo.sales import services
from liczydlo.sales.farm import corrections
from liczydlo.sales.models import Draft, Invoice

from app.tests.farm.test_pages import at, bought, form, text
from app.tests.sales.test_races import ROUNDS, posted_at_once, two
from app.tests.sessions import done

__all__ = ["bought", "two"]
pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("Gruszki", "Maliny")


def edits(of: Invoice, **fields: str) -> list[dict[str, str]]:
    seen = services.draft_of(of).digest
    return [form(**{**fields, "seen": seen, "lines-0-name": name}) for name in NAMES]


def check_one_is_told(answers: list[Any], of: Invoice) -> None:
    """One is kept; the other one has what was typed, and what saving it replaces."""
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    lost = next(answer for answer in answers if answer.status_code == 409)
    assert "zmienił w międzyczasie ktoś inny" in text(lost)
    typed, stored = NAMES if answers[0] is lost else NAMES[::-1]
    draft = services.draft_of(of)
    assert f'value="{typed}"' in text(lost) and f'name="seen" value="{draft.digest}"' in text(lost)
    assert stored.encode() in draft.content and typed.encode() not in draft.content


def test_two_editors_of_an_invoice_replace_nothing_unseen(two: list[Client], company: Any) -> None:
    for turn in range(ROUNDS):
        number = f"RR/{turn}"
        two[0].post(at("farm_new", company), form(number=number))
        row = Invoice.objects.select_related("company").get(entry__number=number)
        edit = at("farm_edit", company, row.pk)
        answers = posted_at_once(two, *((edit, fields) for fields in edits(row, number=number)))
        check_one_is_told(answers, row)


def test_two_editors_of_a_correction_replace_nothing_unseen(
    two: list[Client], company: Any, bought: Invoice
) -> None:
    uid = corrections.draft_of_original(bought).lines[0].uid or ""
    lines = {"lines-INITIAL_FORMS": "1", "lines-0-uid": uid, "effect": "2"}
    for turn in range(ROUNDS):
        typed = {**lines, "number": f"RR/K/{turn}", "reason": "Inny towar"}
        two[0].post(at("farm_correct", company, bought.pk), form(**typed, **{"lines-0-price": "1,20"}))
        row = Invoice.objects.select_related("company").get(entry__number=typed["number"])
        edit = at("farm_edit", company, row.pk)
        answers = posted_at_once(two, *((edit, fields) for fields in edits(row, **typed)))
        check_one_is_told(answers, row)
        services.delete_draft(row)


def test_what_was_typed_outlives_a_deletion(
    two: list[Client], company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deleted between the page's first look at the draft and its saving."""
    two[0].post(at("farm_new", company), form())
    row, save = Invoice.objects.select_related("company").get(), services.save_draft

    def late(*args: Any, **options: Any) -> Invoice:
        done(partial(services.delete_draft, row))
        return save(*args, **options)

    monkeypatch.setattr(services, "save_draft", late)
    fields = form(seen=services.draft_of(row).digest, **{"lines-0-name": "Gruszki"})
    answer = two[1].post(at("farm_edit", company, row.pk), fields)
    assert answer.status_code == 409 and "w międzyczasie usunięto" in text(answer)
    assert 'value="Gruszki"' in text(answer) and f'action="{at("farm_new", company)}"' in text(answer)
    assert not Draft.objects.exists()
