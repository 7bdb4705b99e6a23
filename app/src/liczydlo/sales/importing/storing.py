"""Storing the invoices of a plan as drafts, in one transaction with few statements."""

from __future__ import annotations

from typing import Final

from liczydlo.companies.models import Company
from liczydlo.contacts.contractors import ChangedMeanwhile
from liczydlo.contacts.importing.plan import Outcome, Plan
from liczydlo.documents.models import IndexEntry
from liczydlo.fa3.codec import to_json
from liczydlo.sales.importing.planning import InvoiceLine, are_known
from liczydlo.sales.importing.tables import ImportedSale
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.states import State

CHUNK: Final = 200


def store(company: Company, plan: Plan) -> None:
    """Store a plan's new invoices as drafts. Call it in a transaction that holds the company's row.

    Raises ChangedMeanwhile where one was read in since the plan was made, and IntegrityError where another invoice has
    got its number.
    """
    planned = [line for line in plan.of(Outcome.NEW) if isinstance(line, InvoiceLine)]
    if are_known(company, planned):
        raise ChangedMeanwhile
    entries = IndexEntry.objects.bulk_create(
        (IndexEntry(company=company, **(line.entry or {})) for line in planned), batch_size=CHUNK
    )
    rows = Invoice.objects.bulk_create(
        (
            Invoice(company=company, environment=entry.environment, state=State.DRAFT, entry=entry)
            for entry in entries
        ),
        batch_size=CHUNK,
    )
    pairs = list(zip(rows, planned, strict=True))
    Draft.objects.bulk_create(
        (
            Draft(company=company, invoice=row, xml=line.xml, draft_json=to_json(line.draft))
            for row, line in pairs
        ),
        batch_size=CHUNK,
    )
    ImportedSale.objects.bulk_create(
        (
            ImportedSale(
                company=company,
                environment=row.environment,
                invoice=row,
                key=line.key,
                order=line.order,
            )
            for row, line in pairs
        ),
        batch_size=CHUNK,
    )
