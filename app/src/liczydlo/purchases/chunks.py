"""What has come and is not stored yet, and the transaction that stores it with the checkpoint that covers it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from liczydlo.companies.models import Company
from liczydlo.documents import bulk, index
from liczydlo.documents.arrivals import TAKERS, Arrival, Stored, in_order
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.jobs.claims import Clock
from liczydlo.ksef.client import Client
from liczydlo.ksef.invoices import InvoiceMetadata, Subject
from liczydlo.purchases import due, reading, set_aside
from liczydlo.purchases.coverage import How, Stretch, Timeline, as_json, covers, overlay
from liczydlo.purchases.models import BUYER, SELLER, Checkpoint, LateDocument, ReceivedInvoice
from liczydlo.purchases.plan import Plan
from liczydlo.web import times
from liczydlo.web.reasons import Reason

Step = Callable[[str], None]
Purpose = Literal["new", "month"]
"""What has never been read, or a month that is compared with KSeF's list."""


@dataclass(kw_only=True)
class Result:
    """What a synchronisation brought."""

    new: int = 0
    already_stored: int = 0
    set_aside: int = 0
    late: int = 0  # of the new ones: they appeared where everything was said to be here
    more: bool = False  # the run yielded: the next one goes on from here
    again_at: dt.datetime | None = None  # KSeF packs, or its limits are used up: the run goes on then
    until: dt.datetime | None = None

    def wait_until(self, moment: dt.datetime) -> None:
        """Something of the run goes on at the moment."""
        self.again_at = min(moment, self.again_at or moment)


@dataclass(frozen=True, kw_only=True)
class Run:
    """One role's synchronisation; ``proved`` is its time line as the run began."""

    company: Company
    role: Subject
    checkpoint: Checkpoint
    ksef: Client
    plan: Plan
    clock: Clock = times.now
    step: Step = lambda _name: None
    result: Result = field(default_factory=Result)
    should_yield: Callable[[], bool] = lambda: False
    purpose: Purpose = "new"
    proved: Timeline = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "proved", self.checkpoint.timeline)

    def stored_numbers(self, listed: Sequence[InvoiceMetadata]) -> set[str]:
        """KSeF numbers of what is here or set aside, or is a sale of the company's own seen in a role of no use."""
        set_aside_numbers = set_aside.numbers_among(self.company, [one.ksef_number for one in listed])
        if self.role == SELLER:
            return set_aside_numbers | TAKERS[Direction.SALE].stored_numbers(self.company, listed)
        third_party = self.role != BUYER
        own_sales = {
            one.ksef_number for one in listed if third_party and one.seller.value == self.company.nip
        }
        return set_aside_numbers | own_sales | stored_entries(self.company, listed).keys()

    def is_stored(self, listed: InvoiceMetadata) -> bool:
        """The same of one document."""
        return bool(self.stored_numbers([listed]))


@dataclass(kw_only=True)
class Chunk:
    """Documents that have come and are not stored yet. With them everything from ``start`` to ``until`` is here."""

    start: dt.datetime
    how: How = "list"
    documents: list[tuple[InvoiceMetadata, bytes]] = field(default_factory=list)
    refused: list[tuple[InvoiceMetadata, Reason]] = field(default_factory=list)
    already_stored: int = 0
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
    with transaction.atomic():
        stored = store_documents(run.company, chunk.documents, role=run.role)
        refused = chunk.refused + stored.refused
        for listed, reason in refused:
            set_aside.keep(run.company, listed, reason, role=run.role, now=run.clock())
        late = _late(run, [listed for listed, _ in (*chunk.documents, *chunk.refused)])
        if chunk.until is not None:
            _cover(run, chunk, chunk.until)
        if stored.new:
            reading.request(run.company)  # due dates, letters and webhooks need not wait for its round
    run.result.new += stored.new
    run.result.late += late
    run.result.already_stored += chunk.already_stored
    run.result.set_aside += len(refused)
    run.step("receive.stored")


def _cover(run: Run, chunk: Chunk, until: dt.datetime) -> None:
    """Let the time line grow; another run may have changed it meanwhile."""
    row: Checkpoint = Checkpoint.objects.of(run.company).select_for_update().get(pk=run.checkpoint.pk)
    proof = Stretch(start=chunk.start, end=until, how=chunk.how, at=run.clock())
    row.covered_json = as_json(overlay(row.timeline, proof))
    row.until = max(row.until, until)
    row.save(update_fields=["covered_json", "until"])
    run.checkpoint.covered_json, run.checkpoint.until = row.covered_json, row.until


def _late(run: Run, listed: Sequence[InvoiceMetadata]) -> int:
    """Keep by name what KSeF listed as new where everything had been proved to be here."""
    late = [one for one in listed if covers(run.proved, one.stored)]
    LateDocument.objects.bulk_create(
        (
            LateDocument(
                company=run.company,
                environment=run.company.environment,
                subject=run.role,
                ksef_number=one.ksef_number,
                stored_at=one.stored,
                noticed_at=run.clock(),
            )
            for one in late
        ),
        ignore_conflicts=True,
    )
    return len(late)


def store_documents(company: Company, documents: Sequence[Arrival], *, role: str) -> Stored:
    """A document seen in several roles is one row; own sales go to the feature that keeps them."""
    if role == SELLER:
        return TAKERS[Direction.SALE].store(company, documents)
    documents = in_order(documents)
    try:
        with transaction.atomic():
            return Stored(new=_store(company, documents, role))
    except IntegrityError:  # another run stores one of them at this very moment
        if len(documents) == 1:
            return Stored()
        return Stored(new=sum(store_documents(company, [one], role=role).new for one in documents))


def stored_entries(company: Company, listed: Sequence[InvoiceMetadata]) -> dict[str, int]:
    """Ids of the entries of purchases that are here, by KSeF number."""
    rows: QuerySet[IndexEntry] = IndexEntry.objects.of(company)
    rows_of_numbers = rows.filter(
        environment=company.environment,
        direction=Direction.PURCHASE,
        ksef_number__in=[one.ksef_number for one in listed],
    )
    return dict(rows_of_numbers.order_by().values_list("ksef_number", "pk"))


def _store(company: Company, documents: Sequence[Arrival], role: str) -> int:
    entry_ids = stored_entries(company, [listed for listed, _ in documents])
    by_number = {listed.ksef_number: (listed, xml) for listed, xml in documents}
    fresh = [arrival for number, arrival in by_number.items() if number not in entry_ids]
    frozen = index.freeze_all(company, {listed.sha256: xml for listed, xml in fresh})
    entries = [index.of_listed(company, listed, Direction.PURCHASE, xml) for listed, xml in fresh]
    bulk.insert(
        IndexEntry,
        [
            {"company_id": company.pk, "document_id": frozen[listed.sha256], **entry}
            for (listed, _), entry in zip(fresh, entries, strict=True)
        ],
    )
    entry_ids = stored_entries(company, [listed for listed, _ in fresh])
    bulk.insert(
        ReceivedInvoice,
        [
            {
                "company_id": company.pk,
                "environment": company.environment,
                "entry_id": entry_ids[listed.ksef_number],
                "role": role,
                "mode": listed.mode[:16],
                "stored_at": listed.stored,
                **due.columns_of_listed(entry),
            }
            for (listed, _), entry in zip(fresh, entries, strict=True)
        ],
    )
    return len(fresh)
