"""Storing the invoices of a report as drafts, in one transaction with few statements."""

from __future__ import annotations

from itertools import islice
from typing import Final

from liczydlo.contacts.contractors import ChangedMeanwhile
from liczydlo.contacts.importing.plan import Outcome
from liczydlo.documents.models import IndexEntry
from liczydlo.sales.importing import planning
from liczydlo.sales.importing.tables import ImportedSale, Report
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.states import State

CHUNK: Final = 200


def store(report: Report) -> None:
    """Store a report's new invoices as drafts. Call it in a transaction that holds the company's row.

    Raises ChangedMeanwhile where one was read in since the file was checked, and IntegrityError where another invoice
    has got its number.
    """
    company, new = report.company, report.lines.filter(outcome=Outcome.NEW)
    keyed = list(new.values_list("key", "order"))
    existing = planning.existing(
        company, {key for key, _order in keyed}, {order for _key, order in keyed if order}, ()
    )
    if existing.keys or existing.orders:
        raise ChangedMeanwhile
    lines = new.order_by("position").iterator(chunk_size=CHUNK)
    while chunk := list(islice(lines, CHUNK)):
        entries = IndexEntry.objects.bulk_create(
            IndexEntry(company=company, **(line.entry or {})) for line in chunk
        )
        rows = Invoice.objects.bulk_create(
            Invoice(company=company, environment=entry.environment, state=State.DRAFT, entry=entry)
            for entry in entries
        )
        pairs = list(zip(rows, chunk, strict=True))
        Draft.objects.bulk_create(
            Draft(company=company, invoice=row, xml=bytes(line.xml), draft_json=line.draft)
            for row, line in pairs
        )
        ImportedSale.objects.bulk_create(
            ImportedSale(
                company=company, environment=row.environment, invoice=row, key=line.key, order=line.order
            )
            for row, line in pairs
        )
