"""Synchronisation: KSeF's list by date of permanent storage from the checkpoint on, then each document.

Windows touch, duplicates fall away by KSeF number, and the checkpoint moves in the transaction that stores the
documents it covers (ksef-docs pobieranie-faktur/przyrostowe-pobieranie-faktur.md, hwm.md): interrupted anywhere,
the next run goes on from what is stored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.documents import index
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Clock
from liczydlo.jobs.models import Job
from liczydlo.ksef.client import Client
from liczydlo.ksef.errors import KsefError
from liczydlo.ksef.invoices import InvoiceMetadata
from liczydlo.purchases import set_aside
from liczydlo.purchases.models import Checkpoint, ReceivedInvoice, SetAside
from liczydlo.web import times
from liczydlo.web.reasons import Reason

RECEIVE: Final = "purchases.receive"  # the job of ``purchases.inbox``
BUYER: Final = "Subject2"
BEGINNING: Final = dt.datetime(
    2026, 2, 1, tzinfo=ZoneInfo("Europe/Warsaw")
)  # KSeF 2.0 is in force since then
WINDOW: Final = dt.timedelta(days=85)  # KSeF answers for at most three months at a time
CHUNK: Final = 20  # documents per transaction

Step = Callable[[str], None]


@dataclass(kw_only=True)
class Result:
    """What a synchronisation brought."""

    new: int = 0
    known: int = 0
    set_aside: int = 0
    more: bool = False  # the run yielded: the next one goes on from here
    until: dt.datetime | None = None


@dataclass(kw_only=True)
class _Chunk:
    """Documents that have come and are not stored yet."""

    documents: list[tuple[InvoiceMetadata, bytes]] = field(default_factory=list)
    refused: list[tuple[InvoiceMetadata, Reason]] = field(default_factory=list)
    known: int = 0
    until: dt.datetime | None = None  # the storage date of the last one seen, kept or known
    refusals: int = 0  # in a row


def request(company: Company) -> None:
    """Have the company's invoices brought in by a worker."""
    registry.enqueue(company.pk, RECEIVE)


def job(company: Company) -> Job | None:
    """How the bringing-in stands."""
    return Job.objects.of(company).filter(name=RECEIVE).first()


def synchronise(
    company: Company,
    *,
    clock: Clock = times.now,
    step: Step = lambda _name: None,
    should_yield: Callable[[], bool] = lambda: False,
) -> Result:
    """Bring in, now, every invoice in which the company is the buyer and which is not here yet.

    A document that cannot be taken over is set aside, and the rest goes on. ``step`` is called before each effect;
    where ``should_yield`` says so the rest is left (``Result.more``). Two runs at once do no harm. Raises NotConnected
    and KsefError; what came before is stored, and the next run goes on from there.
    """
    result = Result()
    with clients.client(company, clock=clock) as ksef:
        result.new += _try_again(company, ksef, clock=clock, step=step)
        checkpoint = _checkpoint(company)
        for start, end in _windows(checkpoint.until, clock()):
            _receive(_Window(company, checkpoint, ksef, clock, step, result, should_yield), start, end)
            result.more = result.more or (end is not None and should_yield())
            if result.more:
                return result
    checkpoint.looked_at = clock()
    checkpoint.save(update_fields=["looked_at"])
    result.until = checkpoint.until
    return result


@dataclass(frozen=True)
class _Window:
    company: Company
    checkpoint: Checkpoint
    ksef: Client
    clock: Clock
    step: Step
    result: Result
    should_yield: Callable[[], bool]


def _checkpoint(company: Company) -> Checkpoint:
    row, _ = Checkpoint.objects.get_or_create(
        company=company, environment=company.environment, subject=BUYER, defaults={"until": BEGINNING}
    )
    return row


def _windows(start: dt.datetime, now: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime | None]]:
    """Windows that touch; the last one has no end, so that KSeF's own clock decides."""
    while now - start > WINDOW:
        yield start, start + WINDOW
        start += WINDOW
    yield start, None


def _receive(run: _Window, start: dt.datetime, end: dt.datetime | None) -> None:
    run.step("receive.ask")
    query = run.ksef.query_metadata(BUYER, start, end, until_hwm=True)
    chunk = _Chunk()
    try:
        for found in query:
            _take(run, chunk, found)
            if len(chunk.documents) + len(chunk.refused) >= CHUNK:
                _store(run, chunk)
                chunk = _Chunk()
                if run.should_yield():
                    run.result.more = True
                    return
    except KsefError:
        _store(run, chunk)
        raise
    # everything up to there has been listed: KSeF guarantees it up to the high-water mark
    complete = min((moment for moment in (end, query.hwm) if moment is not None), default=None)
    chunk.until = max((moment for moment in (chunk.until, complete) if moment is not None), default=None)
    _store(run, chunk)


def _take(run: _Window, chunk: _Chunk, found: InvoiceMetadata) -> None:
    is_here = IndexEntry.objects.filter(**_key(run.company, found)).exists()
    if is_here or set_aside.holds(run.company, found.ksef_number):
        chunk.known += 1
    else:
        run.step("receive.document")
        try:
            chunk.documents.append((found, set_aside.document(run.ksef, found)))
            chunk.refusals = 0
        except set_aside.CAUSES as error:
            chunk.refusals += 1
            if chunk.refusals > set_aside.IN_A_ROW:  # it is not the document's fault
                raise
            chunk.refused.append((found, Reason.of(error)))
    chunk.until = found.stored


def _try_again(company: Company, ksef: Client, *, clock: Clock, step: Step) -> int:
    """Take over what was set aside and is due; how many of it are here now."""
    new = 0
    for row in set_aside.due(company, now=clock()):
        step("receive.again")
        try:
            xml = set_aside.document(ksef, row.listed)
        except set_aside.CAUSES as error:
            set_aside.put_off(row, Reason.of(error), now=clock())
            continue
        with transaction.atomic():
            new += _stored(company, row.listed, xml)
            SetAside.objects.filter(pk=row.pk, company=company).delete()
    return new


def _store(run: _Window, chunk: _Chunk) -> None:
    """Documents and checkpoint, all or nothing; the checkpoint never goes back."""
    if chunk.until is None and not chunk.documents and not chunk.refused:
        return
    run.step("receive.store")
    new = 0
    with transaction.atomic():
        for found, xml in chunk.documents:
            new += _stored(run.company, found, xml)
        for found, reason in chunk.refused:
            set_aside.keep(run.company, found, reason, now=run.clock())
        if chunk.until is not None:
            mine = Checkpoint.objects.of(run.company).filter(pk=run.checkpoint.pk, until__lt=chunk.until)
            mine.update(until=chunk.until)
    run.checkpoint.refresh_from_db(fields=["until"])
    run.result.new += new
    run.result.known += chunk.known
    run.result.set_aside += len(chunk.refused)
    run.step("receive.stored")


def _key(company: Company, found: InvoiceMetadata) -> dict[str, Any]:
    return {
        "company": company,
        "environment": company.environment,
        "direction": Direction.PURCHASE,
        "ksef_number": found.ksef_number,
    }


def _stored(company: Company, found: InvoiceMetadata, xml: bytes) -> bool:
    columns = index.of_purchase(company, found) | {"document": index.freeze(company, xml, found.sha256)}
    entry, made = IndexEntry.objects.get_or_create(**_key(company, found), defaults=columns)
    if made:
        ReceivedInvoice.objects.create(
            company=company,
            environment=company.environment,
            entry=entry,
            mode=found.mode[:16],
            stored_at=found.stored,
        )
    return made
