"""Synchronisation by exports: one request for up to ten thousand documents, where single downloads would take hours
(ksef-docs limity/limity-api.md: 64 of them an hour, 20 exports).

The order with its key is a row before KSeF is asked how far it is: whatever dies, the next run goes on with the same
export. A role whose packages fail one after another gets its documents one by one (``services``).
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from django.conf import settings
from django.db.models import QuerySet

from liczydlo.companies.models import Company
from liczydlo.connection import vault
from liczydlo.ksef.envelope import SessionKey
from liczydlo.ksef.errors import PackageError, Refused, Unavailable
from liczydlo.ksef.exports import Export
from liczydlo.ksef.invoices import MetadataFilter
from liczydlo.ksef.unpacking import Document, DocumentProblem
from liczydlo.purchases.chunks import Chunk, Run, store
from liczydlo.purchases.models import Checkpoint, Order, SetAside
from liczydlo.purchases.plan import NotYet
from liczydlo.web.reasons import Reason

CHUNK: Final = 500  # documents per transaction
CHUNK_SIZE: Final = 32 * 1024 * 1024  # bytes of documents per transaction
IN_ORDER: Final = "Zip"
"""Its documents come in the order of permanent storage; those of a tar.gz in any."""
PATIENCE: Final = 8.0
"""Seconds to wait for a package at once; afterwards the work is given back and looked at again."""
LOOK_AGAIN: Final = dt.timedelta(seconds=20)
"""The first waits; later ones are a quarter of the time that it has taken so far."""
SLOW: Final = dt.timedelta(minutes=10)
"""What is new need not wait any longer for an export: it comes one by one meanwhile."""
GIVE_UP: Final = dt.timedelta(hours=4)
"""An export that is not packed by then never ends; the next run orders another."""
TOO_MANY: Final = 2
"""So many packages that failed one after another: the next one would, too."""
PURPOSE: Final = "ksef-export-key"
_LONGEST_NUMBER: Final = SetAside._meta.get_field("ksef_number").max_length or 0

log = logging.getLogger(__name__)


def orders(company: Company) -> QuerySet[Order]:
    """What KSeF packs for the company in its present environment."""
    rows: QuerySet[Order] = Order.objects.of(company)
    return rows.filter(environment=company.environment)


def order_of(run: Run) -> Order | None:
    """The export that the role waits for."""
    return orders(run.company).filter(subject=run.role, purpose=run.purpose).first()


def receive(run: Run, start: dt.datetime, end: dt.datetime | None) -> None:
    """Take over a window, package after package; each begins where the one before ended.

    Raises KsefError, and NotYet while KSeF packs or its limit of exports is used up.
    """
    with _counted(run):
        _take_all(run, _place(run, start, end))


def go_on(run: Run, order: Order) -> None:
    """Take over what was ordered, and what is left of its window. Raises as :func:`receive`."""
    with _counted(run):
        _take_all(run, order)


def are_to_be_had(run: Run) -> bool:
    """Whether the role's packages come, or nothing is known against them."""
    return run.checkpoint.failed_packages < TOO_MANY


def is_late(run: Run, order: Order) -> bool:
    """Whether the role waits for an order in vain, or has waited for long."""
    return not are_to_be_had(run) or run.clock() - order.placed_at >= SLOW


@contextmanager
def _counted(run: Run) -> Iterator[None]:
    """Count packages that fail one after another."""
    try:
        yield
    except (PackageError, Unavailable):
        _note_failures(run, run.checkpoint.failed_packages + 1)
        raise


def _note_failures(run: Run, number: int) -> None:
    run.checkpoint.failed_packages = min(number, TOO_MANY)
    Checkpoint.objects.of(run.company).filter(pk=run.checkpoint.pk).update(
        failed_packages=run.checkpoint.failed_packages
    )


def _take_all(run: Run, order: Order) -> None:
    while True:
        key = _key(run.company, order)
        package = None if key is None else _ready(run, order)
        if key is None or package is None:  # nothing of it can be had any more
            _forget(order)
            order = _place(run, order.start, order.end)
            continue
        try:
            if not _take_over(run, package, key, order):
                run.result.more = True
                return
        except PackageError:
            _forget(order)  # it would be the same package again
            raise
        _forget(order)
        if run.checkpoint.failed_packages:
            _note_failures(run, 0)
        if not package.truncated:
            return
        if package.next_start is None or package.next_start <= order.start:  # the same package for ever
            raise Unavailable("unreadable-answer", reference=package.reference)
        order = _place(run, package.next_start, order.end)


def _place(run: Run, start: dt.datetime, end: dt.datetime | None) -> Order:
    run.plan.take("export")
    run.step("receive.export")
    key = SessionKey.new()
    criteria = MetadataFilter(subject=run.role, date_from=start, date_to=end, until_hwm=True)
    reference = run.ksef.begin_export(criteria, key)
    run.step("receive.ordered")
    sealed = vault.seal(key.to_bytes(), company_id=run.company.pk, row=reference, purpose=PURPOSE)
    order: Order
    order, _ = Order.objects.update_or_create(
        company=run.company,
        environment=run.company.environment,
        subject=run.role,
        purpose=run.purpose,
        defaults={
            "start": start,
            "end": end,
            "reference": reference,
            "sealed_key": sealed,
            "placed_at": run.clock(),
        },
    )
    return order


def _key(company: Company, order: Order) -> SessionKey | None:
    sealed = bytes(order.sealed_key)
    try:
        plain = vault.unseal(sealed, company_id=company.pk, row=order.reference, purpose=PURPOSE)
    except vault.VaultError as error:  # its master key is gone: another export costs one request
        log.warning("the key of export %s does not open: %s", order.reference, error.code)
        return None
    return SessionKey.from_bytes(plain)


def _forget(order: Order) -> None:
    Order.objects.filter(pk=order.pk, reference=order.reference).delete()


def _ready(run: Run, order: Order) -> Export | None:
    """The package; None for one that KSeF does not have any more. Raises NotYet, KsefError."""
    run.step("receive.wait")
    try:
        return run.ksef.wait_for_export(order.reference, patience=PATIENCE)
    except Refused as error:
        log.warning("export %s is lost: %s", order.reference, error)
        if run.clock() - order.placed_at < LOOK_AGAIN:  # refused at once: it would be so again
            _forget(order)
            raise
        return None
    except PackageError:  # KSeF gave it up, and always will say so
        _forget(order)
        raise
    except Unavailable as error:
        age = run.clock() - order.placed_at
        if age >= GIVE_UP:
            _forget(order)
            _note_failures(run, TOO_MANY)  # it has been waited for long enough
            raise PackageError("package-not-made", f"export {order.reference}: {error}") from error
        if error.code != "not-finished":
            raise
        raise NotYet(run.clock() + max(LOOK_AGAIN, age / 4)) from error


def _take_over(run: Run, package: Export, key: SessionKey, order: Order) -> bool:
    """Store a package; False where the run yields before its end.

    A document of which the package does not say enough to set it aside leaves the time line as it is: the others
    are stored, and PackageError ``package-differs`` is raised at the end.
    """
    nameless = new = 0

    def part() -> None:
        run.step("receive.part")

    with (
        TemporaryDirectory(prefix="export-", dir=settings.LICZYDLO_DATA) as folder,
        closing(run.ksef.download_export(package, key, Path(folder), before_part=part)) as items,
    ):
        for batch in _batches(items):
            chunk = Chunk(start=order.start, how="package")
            stored_numbers = run.stored_numbers(
                [item.metadata for item in batch if item.metadata is not None]
            )
            nameless += sum(not _add(chunk, item, stored_numbers) for item in batch)
            if nameless or package.compression != IN_ORDER:
                chunk.until = None  # what is stored so far does not cover a stretch of time
            new += len(chunk)
            store(run, chunk)
            if len(batch) == CHUNK and new and run.should_yield():
                return False  # without anything new the next run would not get any further
    if nameless:
        raise PackageError("package-differs", f"{nameless} documents without a description")
    chunk = Chunk(start=order.start, how="package")
    ends = [package.next_start] if package.truncated else [package.hwm, order.end]
    chunk.reach(min((one for one in ends if one is not None), default=None))
    store(run, chunk)
    return True


def _batches(items: Iterable[Document | DocumentProblem]) -> Iterator[list[Document | DocumentProblem]]:
    """So many that one statement stores them, and that memory holds them."""
    batch: list[Document | DocumentProblem] = []
    size = 0
    for item in items:
        batch.append(item)
        size += len(item.xml) if isinstance(item, Document) else 0
        if len(batch) >= CHUNK or size >= CHUNK_SIZE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _add(chunk: Chunk, item: Document | DocumentProblem, stored_numbers: Collection[str]) -> bool:
    """Whether the document can be named."""
    listed = item.metadata
    if listed is None or len(listed.ksef_number) > _LONGEST_NUMBER:
        return False
    if listed.ksef_number in stored_numbers:
        chunk.already_stored += 1
    elif isinstance(item, Document):
        chunk.documents.append((listed, item.xml))
    else:
        chunk.refused.append((listed, Reason.of(item)))
    if isinstance(item, Document):
        chunk.reach(listed.stored)
    return True
