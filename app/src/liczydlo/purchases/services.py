"""Synchronisation: KSeF's list by date of permanent storage from each role's checkpoint on, then the documents, one by
one where few are new and in a package (``packages``) where many are.

Windows touch, duplicates fall away by KSeF number, and the checkpoint moves in the transaction that stores the
documents it covers (ksef-docs pobieranie-faktur/przyrostowe-pobieranie-faktur.md, hwm.md): interrupted anywhere,
the next run goes on from what is stored.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Clock
from liczydlo.jobs.models import Job
from liczydlo.ksef.client import Client
from liczydlo.ksef.errors import KsefError
from liczydlo.ksef.invoices import InvoiceMetadata, Subject
from liczydlo.purchases import packages, set_aside
from liczydlo.purchases.chunks import Chunk, Result, Run, Step, store, store_documents
from liczydlo.purchases.models import BUYER, Checkpoint, SetAside
from liczydlo.web import times
from liczydlo.web.reasons import Reason

RECEIVE: Final = "purchases.receive"  # the job of ``purchases.inbox``
ROLES: Final[tuple[Subject, ...]] = (BUYER, "Subject3", "SubjectAuthorized")
OTHERS_EVERY: Final = dt.timedelta(hours=6)
"""Roles other than the buyer's are rare, and KSeF's limits are per company: the guide advises to ask for them less."""
BEGINNING: Final = dt.datetime(
    2026, 2, 1, tzinfo=ZoneInfo("Europe/Warsaw")
)  # KSeF 2.0 is in force since then
WINDOW: Final = dt.timedelta(days=85)  # KSeF answers for at most three months at a time
CHUNK: Final = 20  # documents per transaction
FEW: Final = 15
"""As many new documents are downloaded one by one: an export costs about as many requests."""
_PAGE: Final = 250  # of KSeF's list; a second one is asked for only where an export costs more


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
    """Bring in, now, every invoice that others issued, in which the company is named and which is not here yet.

    A document that cannot be taken over is set aside, and the rest goes on. ``step`` is called before each effect;
    where ``should_yield`` says so the rest is left (``Result.more``). Two runs at once do no harm. Raises NotConnected
    and KsefError; what came before is stored, and the next run goes on from there.
    """
    result = Result()
    with clients.client(company, clock=clock) as ksef:
        result.new += _try_again(company, ksef, clock=clock, step=step)
        for role in ROLES:
            checkpoint = _checkpoint(company, role)
            if role != BUYER and _is_recent(checkpoint, clock()):
                continue
            run = Run(company, role, checkpoint, ksef, clock, step, result, should_yield)
            for start, end in _windows(checkpoint.until, clock()):
                _receive(run, start, end)
                result.more = result.more or (end is not None and should_yield())
                if result.more:
                    return result
            checkpoint.looked_at = clock()
            checkpoint.save(update_fields=["looked_at"])
            if role == BUYER:
                result.until = checkpoint.until
    return result


def _is_recent(checkpoint: Checkpoint, now: dt.datetime) -> bool:
    looked_at = checkpoint.looked_at
    return looked_at is not None and dt.timedelta(0) <= now - looked_at < OTHERS_EVERY


def _checkpoint(company: Company, role: Subject = BUYER) -> Checkpoint:
    row, _ = Checkpoint.objects.get_or_create(
        company=company, environment=company.environment, subject=role, defaults={"until": BEGINNING}
    )
    return row


def _windows(start: dt.datetime, now: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime | None]]:
    """Windows that touch; the last one has no end, so that KSeF's own clock decides."""
    while now - start > WINDOW:
        yield start, start + WINDOW
        start += WINDOW
    yield start, None


def _receive(run: Run, start: dt.datetime, end: dt.datetime | None) -> None:
    run.step("receive.ask")
    query = run.ksef.query_metadata(run.role, start, end, until_hwm=True)
    pages = iter(query)
    listed = list(itertools.islice(pages, _PAGE))
    if len(listed) - len(run.known(listed)) > FEW or next(pages, None) is not None:
        packages.receive(run, start, end)
        return
    chunk = Chunk()
    try:
        for found in listed:
            _take(run, chunk, found)
            if len(chunk) >= CHUNK:
                store(run, chunk)
                chunk = Chunk()
                if run.should_yield():
                    run.result.more = True
                    return
    except KsefError:
        store(run, chunk)
        raise
    # everything up to there has been listed: KSeF guarantees it up to the high-water mark
    complete = min((moment for moment in (end, query.hwm) if moment is not None), default=None)
    chunk.reach(complete)
    store(run, chunk)


def _take(run: Run, chunk: Chunk, found: InvoiceMetadata) -> None:
    if run.is_known(found):
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
            new += store_documents(company, [(row.listed, xml)], role=row.role)
            SetAside.objects.filter(pk=row.pk, company=company).delete()
    return new
