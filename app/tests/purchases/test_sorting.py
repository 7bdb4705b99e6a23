"""Sorting and searching the list of purchases."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from operator import attrgetter
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from liczydlo.documents.filters import of_environment
from liczydlo.documents.models import SORTED, Direction, IndexEntry
from liczydlo.purchases import filters, search
from liczydlo.purchases.models import LineWord, ReceivedInvoice
from liczydlo.purchases.states import Payment, State
from liczydlo.web.paging import AFTER, page

from app.tests.purchases.test_pages import address, bought, text_of

pytestmark = pytest.mark.django_db


def walk(company: Any, sort: str, size: int = 2) -> list[IndexEntry]:
    """All rows of the sorted list, page by page."""
    rows, query = [], QueryDict(f"sort={sort}")
    while True:
        found = page(
            of_environment(company, Direction.PURCHASE), query, size=size, order=filters.order(query)
        )
        rows += found.rows
        if not found.older:
            return rows
        query = QueryDict(found.older[1:])


@pytest.fixture
def seven(company: Any) -> list[IndexEntry]:
    days = [
        None,
        dt.date(2026, 3, 1),
        dt.date(2026, 1, 1),
        None,
        dt.date(2026, 1, 1),
        dt.date(2026, 2, 1),
        None,
    ]
    rows = [
        bought(
            company, number=f"N{9 - at}", payment_due=day, gross=Decimal(at % 3), seller_key="zxyabcd"[at]
        ).entry
        for at, day in enumerate(days)
    ]
    for at, row in enumerate(rows):
        mine = ReceivedInvoice.objects.filter(entry=row)
        mine.update(state=State.values[at % 3], payment=Payment.values[at % 2])
    return rows


def test_rows_without_a_value_come_last_both_ways(company: Any, seven: list[IndexEntry]) -> None:
    first, second, third = dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 3, 1)
    for size in (1, 2, 3, 10):
        rising = [row.payment_due for row in walk(company, "due", size)]
        assert rising == [first, first, second, third, None, None, None]
        falling = [row.payment_due for row in walk(company, "-due", size)]
        assert falling == [third, second, first, first, None, None, None]


@pytest.mark.parametrize("column", filters.COLUMNS)
def test_each_column_lists_every_row_once(company: Any, seven: list[IndexEntry], column: str) -> None:
    for sort in (column, f"-{column}"):
        rows = walk(company, sort)
        assert sorted(row.pk for row in rows) == sorted(row.pk for row in seven)
        value = attrgetter(filters.COLUMNS[column].column.replace("__", "."))
        order = list(filters.COLUMNS[column].values)
        values = [order.index(value(row)) if order else value(row) for row in rows]
        values_present = [value for value in values if value is not None]
        assert values_present == sorted(values_present, reverse=sort != column)


def test_the_page_goes_on_where_the_row_of_the_cursor_has_left_the_filter(company: Any, seven: Any) -> None:
    query = QueryDict(f"sort=number&{AFTER}={seven[3].pk}")
    base = of_environment(company, Direction.PURCHASE)
    rows = page(base.exclude(pk=seven[3].pk), query, order=filters.order(query), base=base).rows
    assert [row.number for row in rows] == ["N7", "N8", "N9"]


def test_another_companys_row_is_no_cursor(company: Any, stranger: Any, seven: Any) -> None:
    theirs = bought(stranger.companies.get(), number="N5").entry
    query = QueryDict(f"sort=number&{AFTER}={theirs.pk}")
    rows = of_environment(company, Direction.PURCHASE)
    assert len(page(rows, query, order=filters.order(query), base=rows).rows) == 7


@pytest.mark.parametrize("sort", ["", "-", "password", "company__name", "--due", "company_id"])
def test_only_columns_of_the_list_sort_it(ala: Client, company: Any, sort: str) -> None:
    assert filters.order(QueryDict(f"sort={sort}")) is None
    assert ala.get(address("list", company), {"sort": sort}).status_code == 200


@pytest.mark.parametrize("common", [0, 1000])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("śruba", ["A"]),
        ("SRUB", ["A", "B"]),
        ("srub m8", ["B"]),
        ("nakrętka", ["B"]),
        ("B świt", []),
        ("sr", []),
        ("żyrafa", []),
    ],
)
def test_words_of_lines_are_found(
    company: Any, monkeypatch: pytest.MonkeyPatch, text: str, found: list[str], common: int
) -> None:
    """Rare words and common ones are looked up in two ways that find alike."""
    monkeypatch.setattr(search, "COMMON", common)
    monkeypatch.setattr(search, "SHORTEST", 2)
    for number, words in (("A", ("sruba",)), ("B", ("srubokret", "m8", "nakretka")), ("C", ("deska",))):
        entry = bought(company, number=number).entry
        for word in words:
            LineWord.objects.create(company=company, environment=company.environment, entry=entry, word=word)
    if text == "sr":
        monkeypatch.setattr(search, "SHORTEST", 3)
    rows = search.narrow(company, of_environment(company, Direction.PURCHASE), text)
    assert sorted(row.number for row in rows) == found


def test_a_strangers_lines_are_not_searched(ala: Client, company: Any, stranger: Any) -> None:
    theirs = stranger.companies.get()
    entry = bought(theirs, number="ICH/1").entry
    LineWord.objects.create(company=theirs, environment=theirs.environment, entry=entry, word="sruba")
    assert "ICH/1" not in text_of(ala.get(address("list", company), {"q": "śruba"}))


def test_what_is_overdue_is_listed_by_the_index_of_what_is_to_pay(company: Any) -> None:
    _form, rows = filters.narrowed(company, QueryDict("platnosc=overdue"))
    assert connection.vendor != "sqlite" or "received_due" in rows.explain()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL reads small tables whole")
@pytest.mark.parametrize("state", ["", "hidden"])
@pytest.mark.parametrize("columns", [["-id"], *([column, "id"] for column in SORTED.values())])
def test_a_page_reads_what_it_shows_and_not_what_is_hidden(
    company: Any, state: str, columns: list[str]
) -> None:
    """Else the oldest of a firm that has hidden 50 000 are behind all of these."""
    _form, rows = filters.narrowed(company, QueryDict(f"stan={state}"))
    plan = rows.order_by(*columns).explain()
    assert "(company_id=? AND environment=? AND direction=? AND hidden=?)" in plan and "B-TREE" not in plan, (
        plan
    )
