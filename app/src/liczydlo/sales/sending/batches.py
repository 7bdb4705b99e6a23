"""Many invoices in one package of a batch session (guide ``sesja-wsadowa.md``).

KSeF is told of a package by its digests, so it is made first: in encrypted files of the data folder, under a key that
is kept sealed. Until the session is closed KSeF has begun with nothing. A package whose time runs out, or a part of
which cannot be made again, is given up, and its invoices go back to the queue; there they go one by one.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import shutil
import uuid
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet

from liczydlo.companies.models import Company
from liczydlo.connection import limits, vault
from liczydlo.documents.models import Direction
from liczydlo.jobs.claims import HOUR, Claim, delay
from liczydlo.ksef import packing
from liczydlo.ksef.client import Client
from liczydlo.ksef.conversation import Upload
from liczydlo.ksef.envelope import SessionKey
from liczydlo.ksef.errors import Refused
from liczydlo.ksef.limits import Limits
from liczydlo.ksef.modes import Mode
from liczydlo.ksef.packing import Package
from liczydlo.ksef.session_states import SessionStatus
from liczydlo.sales import lifecycle
from liczydlo.sales.models import BatchPart, Event, Invoice, Session
from liczydlo.sales.sending import choice, listing
from liczydlo.sales.sending.outcomes import FIRST_LOOK, LAST_LOOK, Outcomes
from liczydlo.sales.sending.sessions import seal_key, unseal_key
from liczydlo.sales.states import State, Step
from liczydlo.web.reasons import Reason

WORTHWHILE: Final = 100
"""So many queued invoices go as a package whatever else: one by one they would take longer. See ``choice``."""
CHUNK: Final = 200  # documents read at once
UPLOADS: Final = 4  # parts on their way at the same time
PATIENCE: Final = 20.0  # seconds between two looks at the lease while parts are on their way
MARGIN: Final = dt.timedelta(minutes=1)  # of a session's time that no upload is begun in
URL_PURPOSE: Final = "ksef-upload"
AGAIN: Final = dt.timedelta(minutes=5)
"""The wait of an invoice that goes in packages alone, when its package came to nothing."""
CANCELLED: Final = 440
OPEN: Final = 100
FAILED: Final = 400  # from here on the session itself failed
FORBIDDEN: Final = 403

log = logging.getLogger(__name__)


def folder_of(name: str) -> Path:
    """Where the parts of a package are until KSeF has them."""
    return Path(settings.LICZYDLO_DATA) / "packages" / name


class Batch:
    """The carrier of one company's packages during one run: see ``carrier``."""

    def __init__(self, claim: Claim, company: Company, ksef: Client, outcomes: Outcomes) -> None:
        """``claim`` is that of the job."""
        self._claim, self._company, self._ksef, self._outcomes = claim, company, ksef, outcomes

    def _rows(self, state: State) -> QuerySet[Invoice]:
        return Invoice.objects.of(self._company).filter(environment=self._company.environment, state=state)

    def _sessions(self) -> QuerySet[Session]:
        rows = Session.objects.of(self._company).filter(environment=self._company.environment)
        return rows.filter(kind=Session.Kind.BATCH).order_by("id")

    # a package

    def reserve(self) -> Session | None:
        """A package of what is queued and was never sent, when it is worth while; its rows say that they are sent.

        What has an attachment goes whatever there is beside it, and again after a package that came to nothing.
        """
        due = Q(send_after=None) | Q(send_after__lte=self._claim.clock())
        fresh = Q(attempts=0, looks=0) | Q(entry__has_attachment=True)
        queued = self._rows(State.QUEUED).filter(due & fresh, corrects=None).select_related("entry")
        # few, those of farmers of another form: they go one by one, but for what only a package takes
        queued = queued.exclude(entry__direction=Direction.SELF_BILLED, entry__has_attachment=False)
        queued = queued.order_by("-entry__has_attachment", *Invoice.nearest_deadline())
        first = queued.first()
        if first is None:
            return None
        of_mode = ~Q(mode=Mode.ONLINE) if first.is_offline else Q(mode=Mode.ONLINE)
        queued = queued.filter(of_mode)
        allowed = self._limits(queued)
        most = max(1, allowed.context.batch_invoices)
        ids = sorted(queued.values_list("pk", flat=True)[:most])
        if not first.entry.has_attachment and not self._is_quicker(len(ids), allowed):
            return None
        self._ksef.ensure_login()
        key, folder = SessionKey.new(), folder_of(f"new-{uuid.uuid4().hex}")
        folder.mkdir(parents=True)
        try:
            package = self._packed(ids, key, folder)
            self._claim.step("batch.packed")
            opened = self._ksef.open_batch(package, key, offline=first.is_offline)
            self._claim.step("batch.opened")
            folder = folder.rename(folder_of(opened.reference))
            session = self._stored(
                of_mode, ids, package, key, opened.reference, opened.uploads, opened.valid_until
            )
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        if session is None:  # KSeF cancels the declared session by itself; what is left goes one by one
            shutil.rmtree(folder, ignore_errors=True)
            return None
        self._claim.step("batch.marked")
        return session

    def _limits(self, queued: QuerySet[Invoice]) -> Limits:
        """KSeF is asked where there is a choice."""
        if queued[:2].count() < 2:
            return limits.limits_of(self._company)
        return limits.current(self._company, self._ksef, clock=self._claim.clock)

    def _is_quicker(self, queued: int, allowed: Limits) -> bool:
        since = self._claim.clock() - choice.HOUR
        sessions = Session.objects.of(self._company).filter(
            environment=self._company.environment, used_at__gt=since
        )
        online = sessions.filter(kind=Session.Kind.ONLINE)
        sent = Invoice.objects.of(self._company).filter(session__in=online, sent_at__gt=since).count()
        opened = sessions.filter(kind=Session.Kind.BATCH, opened_at__gt=since).count()
        return choice.packs(queued, allowed, worthwhile=WORTHWHILE, sent=sent, opened=opened)

    def _packed(self, ids: list[int], key: SessionKey, folder: Path) -> Package:
        return packing.pack(
            self._documents(ids),
            key,
            folder,
            compression=packing.smaller(self._documents(ids[: packing.SAMPLE])),
            most=len(ids),
            part_size=packing.PART_SIZE,
        )

    def _documents(self, ids: list[int]) -> Iterator[tuple[str, bytes]]:
        for start in range(0, len(ids), CHUNK):
            rows = Invoice.objects.of(self._company).filter(pk__in=ids[start : start + CHUNK])
            for invoice in rows.select_related("entry__document").order_by("pk"):
                yield f"{invoice.pk}.xml", invoice.entry.xml

    def _stored(
        self,
        of_mode: Q,
        ids: list[int],
        package: Package,
        key: SessionKey,
        reference: str,
        uploads: tuple[Upload, ...],
        valid_until: dt.datetime,
    ) -> Session | None:
        """Commit the session, its parts and that its invoices are sent now; None when one left the queue."""
        now = self._claim.clock()
        with transaction.atomic():
            session = Session.objects.create(
                company=self._company,
                environment=self._company.environment,
                kind=Session.Kind.BATCH,
                reference=reference,
                sealed_key=seal_key(self._company, reference, key),
                opened_at=now,
                used_at=now,
                valid_until=valid_until,
                sent=len(ids),
            )
            parts = {part.ordinal: part for part in package.parts}
            BatchPart.objects.bulk_create(
                BatchPart(
                    company=self._company,
                    session=session,
                    ordinal=upload.ordinal,
                    size=parts[upload.ordinal].size,
                    sha256=parts[upload.ordinal].sha256.hex(),
                    sealed_upload=self._sealed(reference, upload),
                )
                for upload in uploads
            )
            moved_count = lifecycle.move_all(
                Invoice.objects.of(self._company).filter(of_mode, pk__in=ids),
                State.QUEUED,
                Step.SEND,
                session=session,
                session_reference=reference,
                invoice_reference="",
                sent_at=now,
                send_after=None,
            )
            if moved_count == len(ids):
                return session
            transaction.set_rollback(True)
        return None

    def _label(self, reference: str, ordinal: int) -> vault.Label:
        return {
            "company_id": self._company.pk,
            "row": f"{reference}/{ordinal}",
            "purpose": URL_PURPOSE,
        }

    def _sealed(self, reference: str, upload: Upload) -> bytes:
        """Where a part goes; whoever knows the address may write there."""
        address = {"method": upload.method, "url": upload.url, "headers": dict(upload.headers)}
        return vault.seal(json.dumps(address).encode(), **self._label(reference, upload.ordinal))

    def _upload(self, session: Session, part: BatchPart) -> Upload:
        sealed = bytes(part.sealed_upload)
        address = json.loads(vault.unseal(sealed, **self._label(session.reference, part.ordinal)))
        return Upload(ordinal=part.ordinal, **address)

    # its way to KSeF

    def recover(self) -> None:
        """Go on with packages whose upload was interrupted."""
        for session in self._sessions().filter(closed_at=None):
            self.send(session)

    def send(self, load: Session) -> None:
        """Upload the parts that KSeF has not got, close the session, and wait for the verdicts."""
        try:
            self._send_parts(load)
            if self._claim.stopping and load.parts.filter(uploaded_at=None).exists():
                return
            self._claim.step("batch.close")
            self._ksef.close_batch(load.reference)
        except vault.VaultError as error:
            self._give_up(load, str(error.code))
            return
        except Refused as error:
            if error.status == FORBIDDEN and error.code != "upload-refused":
                raise
            status = self._ksef.session_status(load.reference)
            if status.code == OPEN or status.code >= FAILED:  # closed before, it is neither
                self._give_up(load, str(error.code), status)
                return
        self._claim.step("batch.closed")
        with transaction.atomic():
            self._end(load)
            lifecycle.move_all(
                Invoice.objects.of(self._company).filter(session=load),
                State.SENDING,
                Step.ARRIVE,
                attempts=1,
                looks=0,
                poll_at=self._claim.clock() + FIRST_LOOK,
            )
        shutil.rmtree(folder_of(load.reference), ignore_errors=True)
        self._claim.progressed()

    def _send_parts(self, session: Session) -> None:
        """Raises Refused ``upload-refused``, KsefError of a part that got no answer."""
        unsent_parts = list(session.parts.filter(uploaded_at=None).order_by("ordinal"))
        if not unsent_parts:
            return
        if session.valid_until <= self._claim.clock() + MARGIN:
            raise Refused(status=CANCELLED, code="upload-refused")
        folder = self._files(session, unsent_parts)
        failure: BaseException | None = None
        pending: dict[Future[None], BatchPart] = {}
        with ThreadPoolExecutor(UPLOADS) as pool:
            try:
                while unsent_parts or pending:
                    while (
                        unsent_parts and not failure and len(pending) < UPLOADS and not self._claim.stopping
                    ):
                        part = unsent_parts.pop(0)
                        path = folder / f"{part.ordinal:02}.aes"
                        pending[pool.submit(self._ksef.upload_part, self._upload(session, part), path)] = part
                    if not pending:
                        break
                    done, _ = wait(pending, timeout=PATIENCE, return_when=FIRST_COMPLETED)
                    self._claim.step("batch.upload")
                    for future in done:
                        part = pending.pop(future)
                        if error := future.exception():
                            failure = failure or error  # what the others have done is written down first
                            continue
                        session.parts.filter(pk=part.pk).update(uploaded_at=self._claim.clock())
                        self._claim.step("batch.uploaded")
            finally:
                pool.shutdown(cancel_futures=True)
        if failure is not None:
            raise failure

    def _files(self, session: Session, left: list[BatchPart]) -> Path:
        """The folder of the parts; made again where a file is gone or another machine has it. Raises Refused."""
        folder = folder_of(session.reference)
        if all((folder / f"{part.ordinal:02}.aes").exists() for part in left):
            return folder
        folder.mkdir(parents=True, exist_ok=True)
        invoices = Invoice.objects.of(self._company).filter(session=session).order_by("pk")
        key = unseal_key(self._company, session)
        package = self._packed(list(invoices.values_list("pk", flat=True)), key, folder)
        digests = {part.ordinal: part.sha256.hex() for part in package.parts}
        if any(digests.get(part.ordinal) != part.sha256 for part in left):
            raise Refused(status=CANCELLED, code="upload-refused")  # another version of zlib packed it
        return folder

    def _give_up(self, session: Session, code: str, status: SessionStatus | None = None) -> None:
        """The session takes nothing more: its invoices are queued again and go one by one."""
        log.warning(
            "batch session %s of company %s is given up: %s", session.reference, self._company.pk, code
        )
        details = (status.description, *status.details) if status else ()
        with transaction.atomic():
            self._end(session)
            reason = Reason("session-broken", ksef_code=code, details=details)
            Session.objects.of(self._company).filter(pk=session.pk).update(
                broken=True, reason_json=reason.as_json()
            )
            for state in (State.SENDING, State.PROCESSING):
                lifecycle.move_all(
                    Invoice.objects.of(self._company).filter(session=session),
                    state,
                    Step.RETURN,
                    reason=Reason("session-failed", ksef_code=code, details=details),
                    looks=1,
                    poll_at=None,
                )
            queued = Invoice.objects.of(self._company).filter(session=session, state=State.QUEUED)
            self._put_off(queued.filter(entry__has_attachment=True))
        shutil.rmtree(folder_of(session.reference), ignore_errors=True)

    def _put_off(self, rows: QuerySet[Invoice]) -> None:
        """What goes in packages alone waits longer each time that it came back."""
        returns = Event.objects.of(self._company).filter(invoice__in=rows.values("pk"), step=Step.RETURN)
        times = dict(returns.order_by().values_list("invoice").annotate(n=Count("pk")))
        for count in set(times.values()):
            same = [pk for pk, n in times.items() if n == count]
            next_at = self._claim.clock() + delay(count, first=AGAIN, longest=HOUR)
            Invoice.objects.of(self._company).filter(pk__in=same).update(send_after=next_at)

    def _end(self, session: Session) -> None:
        Session.objects.of(self._company).filter(pk=session.pk).update(closed_at=self._claim.clock())

    # what became of its invoices

    def poll(self) -> None:
        """Ask about packages that are due: the session first, then its list of invoices, as far as the run may last."""
        due = Q(poll_at=None) | Q(poll_at__lte=self._claim.clock())
        rows = self._rows(State.PROCESSING).filter(due, session__kind=Session.Kind.BATCH)
        for session in self._sessions().filter(pk__in=rows.values("session")):
            self._claim.step("poll.ask")
            self._poll(session)
            if self._claim.should_yield:
                return

    def _poll(self, session: Session) -> None:
        invoices = Invoice.objects.of(self._company).filter(session=session, state=State.PROCESSING)
        status = self._ksef.session_status(session.reference)
        if not status.finished:
            looks = (invoices.aggregate(looks=Min("looks"))["looks"] or 0) + 1
            next_at = self._claim.clock() + delay(looks, first=FIRST_LOOK, longest=LAST_LOOK)
            invoices.update(looks=looks, poll_at=next_at)
            return
        done = listing.settle(session, invoices, claim=self._claim, ksef=self._ksef, outcomes=self._outcomes)
        if done and invoices.filter(invoice_reference="").exists():  # KSeF lists them not
            self._give_up(session, str(status.code), status)

    def close(self) -> None:
        """Remove the files of packages that were never opened: their process died."""
        for folder in folder_of("").glob("new-*"):
            with suppress(OSError):
                if (
                    self._claim.clock().timestamp() - folder.stat().st_mtime
                    > dt.timedelta(days=1).total_seconds()
                ):
                    shutil.rmtree(folder)

    def next_due(self) -> dt.datetime | None:
        """When a package is to be gone on with or asked about."""
        if self._sessions().filter(closed_at=None).exists():
            return self._claim.clock()
        rows = self._rows(State.PROCESSING).filter(session__kind=Session.Kind.BATCH)
        attached = self._rows(State.QUEUED).filter(entry__has_attachment=True, corrects=None)
        moments = (
            rows.aggregate(at=Min("poll_at"))["at"],
            attached.aggregate(at=Min("send_after"))["at"],
            self._claim.clock() if attached.filter(send_after=None).exists() else None,
        )
        return min((moment for moment in moments if moment is not None), default=None)
