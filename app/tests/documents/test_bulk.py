"""Many rows by one statement do what Django's own do: the same values, the same ids, nothing twice."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from liczydlo.companies.models import Environment
from liczydlo.documents import bulk
from liczydlo.documents.models import Direction, Document, IndexEntry
from liczydlo.purchases.models import LineWord, ReceivedInvoice
from liczydlo.purchases.warnings.models import Seller
from liczydlo.web import times

from app.tests.purchases.test_pages import bought

pytestmark = pytest.mark.django_db


def test_columns_are_written_and_the_others_left(company: Any) -> None:
    rows = [bought(company, number=f"D/{at}").entry for at in range(3)]
    IndexEntry.objects.filter(pk=rows[0].pk).update(words="somebody else's")
    for row, due in zip(rows, (dt.date(2026, 3, 1), None, dt.date(2026, 3, 3)), strict=True):
        row.payment_due, row.seller_key = due, f"klucz {row.number}"
    bulk.update_all(rows[:2], ["payment_due", "seller_key"])
    bulk.update_all([], ["payment_due"])
    shown = list(IndexEntry.objects.order_by("pk").values_list("payment_due", "seller_key", "words"))
    assert shown[0] == (dt.date(2026, 3, 1), "klucz D/0", "somebody else's")
    assert shown[1][:2] == (None, "klucz D/1") and shown[2][:2] == (None, "")


def test_structured_values_survive(company: Any) -> None:
    seller = Seller.objects.create(company=company, environment="TEST", nip="5217994952")
    seller.amounts, seller.name = {"PLN": ["1.50"]}, "Żółć"
    bulk.update_all([seller], ["amounts", "name"])
    seller.refresh_from_db()
    assert (seller.amounts, seller.name) == ({"PLN": ["1.50"]}, "Żółć")


def test_what_is_here_already_is_left_out(company: Any) -> None:
    entry = bought(company).entry
    columns = ("company_id", "environment", "word", "entry_id")
    for words in (["a", "b"], ["b", "c"], []):
        bulk.insert_missing(LineWord, columns, [(company.pk, "TEST", word, entry.pk) for word in words])
    assert sorted(LineWord.objects.values_list("word", flat=True)) == ["a", "b", "c"]


def test_inserted_rows_are_those_that_django_would_make(company: Any) -> None:
    """Defaults of columns that nobody named, subclasses of text, decimals, moments and bytes."""
    now = times.now()
    columns = {
        "environment": Environment.TEST,
        "direction": Direction.PURCHASE,
        "issue_date": dt.date(2026, 3, 1),
        "currency": "PLN",
        "net": None,
        "gross": Decimal("1.2"),
        "acquired_at": now,
        "kind": "VAT",
    }
    django = IndexEntry.objects.create(company=company, number="1", **columns)
    bulk.insert(IndexEntry, [{"company_id": company.pk, "number": number, **columns} for number in "23"])
    bulk.insert(IndexEntry, [])
    rows = list(IndexEntry.objects.filter(number__in="123").order_by("pk").values())
    assert [row.pop("number") for row in rows] == ["1", "2", "3"]
    assert len({row.pop("id") for row in rows}) == 3
    assert rows[0] == rows[1] == rows[2] and rows[0]["acquired_at"] == now
    bulk.insert(Document, [{"company_id": company.pk, "sha256": "0" * 64, "xml": b"\x00\xff"}])
    assert bytes(Document.objects.get(sha256="0" * 64).xml) == b"\x00\xff"
    bulk.insert(
        ReceivedInvoice,
        [
            {
                "company_id": company.pk,
                "entry_id": django.pk,
                "stored_at": now,
                "environment": "TEST",
                "payable": 5,
            }
        ],
    )
    row = ReceivedInvoice.objects.get(entry=django)
    assert (row.state, row.payment, row.role) == ("new", "due", "Subject2") and row.received_at is not None


def test_a_row_that_cannot_be_is_refused_with_all_of_its_statement(company: Any) -> None:
    rows = [{"company_id": company.pk, "sha256": digest * 64, "xml": b""} for digest in "aba"]
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Document, rows)
    assert not Document.objects.exists()
