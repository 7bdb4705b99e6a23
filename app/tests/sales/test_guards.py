"""The database itself refuses to lose an issued invoice, whoever writes the SQL."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from liczydlo import guards
from liczydlo.documents.models import Document, IndexEntry
from liczydlo.sales import lifecycle, services
from liczydlo.sales.models import Draft, Event, Invoice, Receipt
from liczydlo.sales.states import Step

from app.tests.sales.world import document

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(company: Any) -> Invoice:
    invoice = services.issue(company, document(company.nip))
    Receipt.objects.create(company=company, invoice=invoice, xml=b"<UPO/>")
    return invoice


def execute(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE sales_invoice SET state = 'draft'",
        "UPDATE sales_invoice SET environment = 'TEST'",
        "UPDATE sales_invoice SET entry_id = entry_id + 1",
        "UPDATE documents_indexentry SET document_id = NULL",
        "UPDATE documents_indexentry SET number = 'other'",
        "UPDATE documents_indexentry SET gross = gross + 1",
        "UPDATE documents_indexentry SET issue_date = '2020-01-01'",
        "UPDATE documents_indexentry SET environment = 'TEST'",
        "UPDATE documents_indexentry SET direction = 'purchase'",
        "UPDATE documents_document SET company_id = company_id",
        "UPDATE sales_receipt SET invoice_id = invoice_id",
        "UPDATE sales_event SET step = 'issue'",
        "DELETE FROM sales_event",
        "DELETE FROM sales_receipt",
        "DELETE FROM documents_document",
    ],
)
def test_an_issued_invoice_stays_as_it_is(issued: Invoice, sql: str) -> None:
    with pytest.raises(IntegrityError, match=r"cannot become|written once"):
        execute(sql)
    row = Invoice.objects.get()
    assert (row.state, row.entry.number, row.entry.xml) == (
        issued.state,
        issued.entry.number,
        issued.entry.xml,
    )


def test_an_issued_invoice_is_not_deleted(issued: Invoice) -> None:
    for attempt in (
        issued.delete,
        issued.entry.delete,
        Invoice.objects.all().delete,
        IndexEntry.objects.all().delete,
        issued.company.delete,
    ):
        with (
            pytest.raises(Exception, match=r"written once|cannot be deleted|protected"),
            transaction.atomic(),
        ):
            attempt()
    assert Invoice.objects.get().pk == issued.pk
    assert Event.objects.count() == 2
    assert Document.objects.count() == 1


def test_a_ksef_number_is_for_ever(issued: Invoice) -> None:
    lifecycle.move(issued, Step.SEND)
    lifecycle.move(issued, Step.ARRIVE)
    lifecycle.move(issued, Step.ACCEPT, entry={"ksef_number": "A", "acquired_at": timezone.now()})
    for model, change in (
        (IndexEntry, {"ksef_number": ""}),
        (IndexEntry, {"ksef_number": "B"}),
        (IndexEntry, {"rejected": True}),
        (Invoice, {"state": "queued"}),
        (Invoice, {"state": "rejected"}),
    ):
        with pytest.raises(IntegrityError, match="keeps the number"), transaction.atomic():
            model.objects.update(**change)
    Invoice.objects.update(upo_pending=True)
    IndexEntry.objects.update(words="new index words", net=None)


def test_a_draft_is_not_issued_without_its_document(company: Any) -> None:
    draft = services.save_draft(company, document(company.nip))
    with pytest.raises(IntegrityError, match="without a frozen document"):
        execute("UPDATE sales_invoice SET state = 'queued'")
    assert Invoice.objects.get() == draft


def test_a_draft_may_change_and_go(company: Any) -> None:
    draft = services.save_draft(company, document(company.nip))
    services.save_draft(company, document(company.nip), draft=draft)
    services.delete_draft(draft)
    assert not Draft.objects.exists()
    assert not IndexEntry.objects.exists()


def test_every_guard_is_in_place(company: Any) -> None:
    assert guards.missing(connection) == []


def test_a_guard_that_was_taken_away_is_named_and_comes_back(company: Any) -> None:
    guards.remove(connection, "sales_invoice")
    assert "sales_invoice_no_delete" in guards.missing(connection)
    guards.install(connection)
    assert guards.missing(connection) == []
