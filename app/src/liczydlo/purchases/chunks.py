"""What has come and is not stored yet, and the transaction that stores it with the checkpoint that covers it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

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

    def known(self, listed: Sequence[InvoiceMetadata]) -> set[str]:
        """KSeF numbers of what is here or set aside, or is a sale of the company's own, seen in another role."""
        numbers = [one.ksef_number for one in listed]
        here = _entries(self.company).filter(ksef_number__in=numbers).values_list("ksef_number", flat=True)
        others = self.role != BUYER
        own_sales = {one.ksef_number for one in listed if others and one.seller.value == self.company.nip}
        return own_sales | set(here) | set_aside.held(self.company, numbers)

    def is_known(self, listed: InvoiceMetadata) -> bool:
        """The same of one document."""
        return bool(self.known([listed]))


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
        new += store_documents(run.company, chunk.documents, role=run.role)
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


def store_documents(
    company: Company, documents: Sequence[tuple[InvoiceMetadata, bytes]], *, role: str
) -> int:
    """How many of them are new: a document seen in several roles is one row."""
    try:
        with transaction.atomic():
            return _store(company, documents, role)
    except IntegrityError:  # another run stores one of them at this very moment
        if len(documents) == 1:
            return 0
        return sum(store_documents(company, [one], role=role) for one in documents)


def _store(company: Company, documents: Sequence[tuple[InvoiceMetadata, bytes]], role: str) -> int:
    by_number = {listed.ksef_number: (listed, xml) for listed, xml in documents}
    here = _entries(company).filter(ksef_number__in=by_number)
    for number in here.values_list("ksef_number", flat=True):
        del by_number[number]
    fresh = list(by_number.values())
    frozen = index.freeze_all(company, {listed.sha256: xml for listed, xml in fresh})
    entries = IndexEntry.objects.bulk_create(
        IndexEntry(company=company, document=frozen[listed.sha256], **index.of_purchase(company, listed))
        for listed, _ in fresh
    )
    ReceivedInvoice.objects.bulk_create(
        ReceivedInvoice(
            company=company,
            environment=company.environment,
            entry=entry,
            role=role,
            mode=listed.mode[:16],
            stored_at=listed.stored,
        )
        for entry, (listed, _) in zip(entries, fresh, strict=True)
    )
    return len(fresh)


def _entries(company: Company) -> QuerySet[IndexEntry]:
    rows: QuerySet[IndexEntry] = IndexEntry.objects.of(company)
    return rows.filter(environment=company.environment, direction=Direction.PURCHASE)
