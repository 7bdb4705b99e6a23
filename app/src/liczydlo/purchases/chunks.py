"""What has come and is not stored yet, and the transaction that stores it with the checkpoint that covers it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from liczydlo.companies.models import Company
from liczydlo.documents import index
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.jobs.claims import Clock
from liczydlo.ksef.client import Client
from liczydlo.ksef.invoices import InvoiceMetadata, Subject
from liczydlo.purchases import set_aside
from liczydlo.purchases.models import BUYER, Checkpoint, ReceivedInvoice
from liczydlo.web.reasons import Reason

Step = Callable[[str], None]


@dataclass(kw_only=True)
class Result:
    """What a synchronisation brought."""

    new: int = 0
    known: int = 0
    set_aside: int = 0
    more: bool = False  # the run yielded: the next one goes on from here
    until: dt.datetime | None = None


@dataclass(frozen=True)
class Run:
    """One role's synchronisation."""

    company: Company
    role: Subject
    checkpoint: Checkpoint
    ksef: Client
    clock: Clock
    step: Step
    result: Result
    should_yield: Callable[[], bool]

    def is_known(self, listed: InvoiceMetadata) -> bool:
        """Whether the document is here or set aside, or is a sale of the company's own, seen in another role."""
        own_sale = self.role != BUYER and listed.seller.value == self.company.nip
        return (
            own_sale
            or IndexEntry.objects.filter(**_key(self.company, listed)).exists()
            or set_aside.holds(self.company, listed.ksef_number)
        )


@dataclass(kw_only=True)
class Chunk:
    """Documents that have come and are not stored yet."""

    documents: list[tuple[InvoiceMetadata, bytes]] = field(default_factory=list)
    refused: list[tuple[InvoiceMetadata, Reason]] = field(default_factory=list)
    known: int = 0
    until: dt.datetime | None = None  # the storage date of the last one seen, kept or known
    refusals: int = 0  # in a row

    def __len__(self) -> int:
        return len(self.documents) + len(self.refused)

    def reach(self, moment: dt.datetime | None) -> None:
        """Everything up to the moment has been seen."""
        self.until = max((one for one in (self.until, moment) if one is not None), default=None)


def store(run: Run, chunk: Chunk) -> None:
    """Documents and checkpoint, all or nothing; the checkpoint never goes back."""
    if chunk.until is None and not chunk:
        return
    run.step("receive.store")
    new = 0
    with transaction.atomic():
        for listed, xml in chunk.documents:
            new += store_document(run.company, listed, xml, role=run.role)
        for listed, reason in chunk.refused:
            set_aside.keep(run.company, listed, reason, role=run.role, now=run.clock())
        if chunk.until is not None:
            mine = Checkpoint.objects.of(run.company).filter(pk=run.checkpoint.pk, until__lt=chunk.until)
            mine.update(until=chunk.until)
    run.checkpoint.refresh_from_db(fields=["until"])
    run.result.new += new
    run.result.known += chunk.known
    run.result.set_aside += len(chunk.refused)
    run.step("receive.stored")


def store_document(company: Company, listed: InvoiceMetadata, xml: bytes, *, role: str) -> bool:
    """Whether it is new: a document seen in several roles is one row."""
    columns = index.of_purchase(company, listed) | {"document": index.freeze(company, xml, listed.sha256)}
    entry, made = IndexEntry.objects.get_or_create(**_key(company, listed), defaults=columns)
    if made:
        ReceivedInvoice.objects.create(
            company=company,
            environment=company.environment,
            entry=entry,
            role=role,
            mode=listed.mode[:16],
            stored_at=listed.stored,
        )
    return made


def _key(company: Company, listed: InvoiceMetadata) -> dict[str, Any]:
    return {
        "company": company,
        "environment": company.environment,
        "direction": Direction.PURCHASE,
        "ksef_number": listed.ksef_number,
    }
