"""Synchronisation: KSeF's list by date of permanent storage, then the documents, one by one where few are new and in a
package (``packages``) where many are; whichever KSeF's limits leave room for.

The last hours are read again each time, then what has never been read, newest first (``coverage``). Duplicates fall
away by KSeF number, and the time line grows in the transaction that stores the documents it covers (ksef-docs
pobieranie-faktur/przyrostowe-pobieranie-faktur.md, hwm.md): interrupted anywhere, the next run goes on from there.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from typing import Final

from django.db import transaction
from django.db.models import Q

from liczydlo.companies.models import Company
from liczydlo.connection import clients, limits
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Clock
from liczydlo.jobs.models import Job
from liczydlo.ksef.client import Client
from liczydlo.ksef.errors import KsefError, PackageError, RateLimited, Unavailable
from liczydlo.ksef.invoices import InvoiceMetadata, MetadataQuery, Subject
from liczydlo.purchases import coverage, packages, set_aside
from liczydlo.purchases.chunks import Chunk, Result, Run, Step, store, store_documents
from liczydlo.purchases.models import BEGINNING, BUYER, SELLER, Checkpoint, Order, SetAside
from liczydlo.purchases.plan import RESERVE, NotYet, Plan
from liczydlo.web import times
from liczydlo.web.reasons import Reason

RECEIVE: Final = "purchases.receive"  # the job of ``purchases.inbox``
ROLES: Final[tuple[Subject, ...]] = (BUYER, SELLER, "Subject3", "SubjectAuthorized")
OTHERS_EVERY: Final = dt.timedelta(hours=6)
"""Roles other than the buyer's are rare, and KSeF's limits are per company: the guide advises to ask for them less."""
CHUNK: Final = 20  # documents per transaction
FEW: Final = 15
"""As many new documents are downloaded one by one: an export costs about as many requests."""
PAGE: Final = 250  # of KSeF's list; a second one is asked for only where an export costs more


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
    """Bring in, now, every invoice in which the company is named and which is not here yet; own sales that another
    program issued become sales.

    A document that cannot be taken over is set aside, and the rest goes on; so does another role where KSeF still
    packs or its limits are used up (``Result.again_at``). ``step`` is called before each effect; where ``should_yield``
    says so the rest is left (``Result.more``). Two runs at once do no harm. Raises NotConnected and KsefError; what
    came before is stored, and the next run goes on from there.
    """
    result, plan = Result(), Plan(company, clock)
    failure: PackageError | None = None
    with clients.client(company, clock=clock) as ksef:
        limits.current(company, ksef, clock=clock)
        result.new += _try_again(company, ksef, plan, result, clock=clock, step=step)
        for role in ROLES:
            checkpoint = checkpoint_of(company, role)
            if role != BUYER and _is_recent(checkpoint, clock()):
                continue
            run = Run(
                company=company,
                role=role,
                checkpoint=checkpoint,
                ksef=ksef,
                plan=plan,
                clock=clock,
                step=step,
                result=result,
                should_yield=should_yield,
            )
            try:
                _bring_in(run)
            except NotYet as wait:
                result.wait_until(wait.at)
                continue
            except PackageError as error:  # another role's packages may be right
                failure = failure or error
                continue
            if result.more:
                return result
            if role == BUYER:
                result.until = checkpoint.until
    if failure is not None:
        raise failure
    return result


def _bring_in(run: Run) -> None:
    """All windows of a role. Raises NotYet, KsefError."""
    order = packages.order_of(run)
    if order is not None:
        _go_on(run, order)
    windows = coverage.windows(run.checkpoint.timeline, run.checkpoint.since, run.clock())
    for start, end in windows:
        if not run.result.more:
            receive_window(run, start, end)
        run.result.more = run.result.more or (end is not None and run.should_yield())
        if run.result.more:
            return
    Checkpoint.objects.of(run.company).filter(pk=run.checkpoint.pk).update(looked_at=run.clock())


def _go_on(run: Run, order: Order) -> None:
    """Raises NotYet, KsefError; where the package does not come soon, what is new has come one by one by then."""
    try:
        packages.go_on(run, order)
    except (NotYet, Unavailable, PackageError):
        if packages.is_late(run, order):
            start, _end = next(coverage.windows(run.checkpoint.timeline, run.checkpoint.since, run.clock()))
            with contextlib.suppress(NotYet):  # the order is looked at again before
                receive_window(run, start, None, singly=True)
        raise


def _is_recent(checkpoint: Checkpoint, now: dt.datetime) -> bool:
    looked_at = checkpoint.looked_at
    return looked_at is not None and dt.timedelta(0) <= now - looked_at < OTHERS_EVERY


def checkpoint_of(company: Company, role: Subject = BUYER) -> Checkpoint:
    """The role's row in the company's present environment."""
    row, _ = Checkpoint.objects.get_or_create(
        company=company, environment=company.environment, subject=role, defaults={"until": BEGINNING}
    )
    return row


def receive_window(run: Run, start: dt.datetime, end: dt.datetime | None, *, singly: bool = False) -> None:
    """Everything of a window, ``singly`` without an export; the time line grows with it. Raises NotYet, KsefError."""
    run.plan.take("list", reserve=RESERVE if end is not None else 0)
    run.step("receive.ask")
    query = run.ksef.query_metadata(run.role, start, end, until_hwm=True)
    pages = iter(query)
    try:
        listed = list(itertools.islice(pages, PAGE))
    except RateLimited as error:
        raise NotYet(run.plan.refused("list", error.retry_after)) from error
    _note_mark(run, query)
    fresh = len(listed) - len(run.stored_numbers(listed))
    if not singly and _wants_package(run, fresh, more=query.has_more):
        try:
            packages.receive(run, start, end)
        except RateLimited as error:  # the other way, as far as its own limits go
            run.plan.refused("export", error.retry_after)
        else:
            return
    _one_by_one(run, query, itertools.chain(listed, _paced(run, query, pages)), start, end)


def _wants_package(run: Run, fresh: int, *, more: bool) -> bool:
    """Whether an export is the way, and there is room for one."""
    downloads_left = run.plan.budget("document").left
    if (not more and fresh <= min(FEW, downloads_left)) or (
        downloads_left > 0 and not packages.are_to_be_had(run)
    ):
        return False
    return run.plan.budget("export").left > 0


def _paced(run: Run, query: MetadataQuery, pages: Iterator[InvoiceMetadata]) -> Iterator[InvoiceMetadata]:
    """The further pages of KSeF's list, each counted. Raises NotYet."""
    while query.has_more:
        run.plan.take("list", reserve=RESERVE)
        yield from itertools.islice(pages, PAGE)


def _note_mark(run: Run, query: MetadataQuery) -> None:
    """Keep the furthest mark: that of a window which lies in the past is the window's end."""
    if query.hwm is not None:
        further = Q(hwm=None) | Q(hwm__lt=query.hwm)
        Checkpoint.objects.of(run.company).filter(further, pk=run.checkpoint.pk).update(hwm=query.hwm)


def _one_by_one(
    run: Run,
    query: MetadataQuery,
    listed: Iterator[InvoiceMetadata],
    start: dt.datetime,
    end: dt.datetime | None,
) -> None:
    chunk = Chunk(start=start)
    try:
        for one in listed:
            _take(run, chunk, one)
            if len(chunk) >= CHUNK:
                store(run, chunk)
                chunk = Chunk(start=start)
                if run.should_yield():
                    run.result.more = True
                    return
    except RateLimited as error:
        store(run, chunk)
        raise NotYet(run.plan.refused("document", error.retry_after)) from error
    except (KsefError, NotYet):
        store(run, chunk)
        raise
    # everything up to there has been listed: KSeF guarantees it up to the high-water mark
    complete = min((moment for moment in (end, query.hwm) if moment is not None), default=None)
    chunk.reach(complete)
    store(run, chunk)


def _take(run: Run, chunk: Chunk, metadata: InvoiceMetadata) -> None:
    """Raises NotYet, KsefError."""
    if run.is_stored(metadata):
        chunk.already_stored += 1
    else:
        run.plan.take("document")
        run.step("receive.document")
        try:
            chunk.documents.append((metadata, set_aside.document(run.ksef, metadata)))
            chunk.refusals = 0
        except set_aside.CAUSES as error:
            chunk.refusals += 1
            if chunk.refusals > set_aside.IN_A_ROW:  # it is not the document's fault
                raise
            chunk.refused.append((metadata, Reason.of(error)))
    chunk.until = metadata.stored


def _try_again(
    company: Company, ksef: Client, plan: Plan, result: Result, *, clock: Clock, step: Step
) -> int:
    """Take over what was set aside and is due; how many of it are here now."""
    new = 0
    for row in set_aside.due_for_retry(company, now=clock()):
        differed = row.reason is not None and row.reason.code == set_aside.HashMismatch.code
        try:
            if differed:
                plan.take("list")
            plan.take("document")
        except NotYet as wait:
            result.wait_until(wait.at)
            break
        step("receive.again")
        try:
            listed = set_aside.listed_again(ksef, row) if differed else row.listed
            xml = set_aside.document(ksef, listed)
        except set_aside.CAUSES as error:
            set_aside.put_off(row, Reason.of(error), now=clock())
            continue
        with transaction.atomic():
            stored = store_documents(company, [(listed, xml)], role=row.role)
            if not stored.refused:
                SetAside.objects.filter(pk=row.pk, company=company).delete()
        new += stored.new
        for _listed, reason in stored.refused:
            set_aside.put_off(row, reason, now=clock())
    return new
