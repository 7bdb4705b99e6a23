"""What is hidden in the purchases' own table and in the index that lists ask: the database keeps the two in step."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from liczydlo.documents.models import IndexEntry
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.states import State

from app.tests.purchases.test_pages import address, bought, text_of

pytestmark = pytest.mark.django_db


def in_step() -> bool:
    rows = ReceivedInvoice.objects.values_list("state", "entry__hidden")
    return all(hidden == (state == State.HIDDEN) for state, hidden in rows)


@pytest.mark.parametrize("before", [*State])
@pytest.mark.parametrize("after", [*State])
def test_the_index_follows_the_state(company: Any, before: State, after: State) -> None:
    rows = [bought(company, number=f"D/{at}") for at in range(2)]
    ReceivedInvoice.objects.filter(pk=rows[0].pk).update(state=before)
    assert in_step()
    ReceivedInvoice.objects.update(state=after)
    assert in_step()
    assert IndexEntry.objects.filter(hidden=True).count() == (2 if after == State.HIDDEN else 0)


def test_one_that_comes_hidden(company: Any) -> None:
    row = bought(company)
    entry = row.entry
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    row.delete()
    del values["id"], values["left"]
    ReceivedInvoice.objects.create(**{**values, "state": State.HIDDEN})
    entry.refresh_from_db()
    assert entry.hidden


def test_hidden_ones_are_out_of_the_list_and_its_sums(ala: Client, company: Any) -> None:
    seen, away = (bought(company, number=number) for number in ("WIDAC", "NIE-WIDAC"))
    ReceivedInvoice.objects.filter(pk=away.pk).update(state=State.HIDDEN)
    page = ala.get(address("list", company), {"suma": "1"})
    assert [row.pk for row in page.context["page"].rows] == [seen.entry_id]
    assert "NIE-WIDAC" not in text_of(page)
    assert [total.gross for total in page.context["sums"].month] == [seen.entry.gross]
    page = ala.get(address("list", company), {"stan": "hidden"})
    assert [row.pk for row in page.context["page"].rows] == [away.entry_id]
