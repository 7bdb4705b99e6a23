"""The check of a file, invoice by invoice, as rows: it goes on where it stood, whichever process or request does it.

A chunk of invoices is committed with the count of those that are done, under the file's lock, so that two who check one
file, a death at any line and a file that is given up meanwhile leave whole chunks or nothing. The request that
brings a file checks for ``PATIENCE``, which is enough for some hundred invoices; the company's job does the rest.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from django.db import transaction
from django.db.models import Count, F, Max, Q
from django.forms.models import model_to_dict
from django.utils import translation

from liczydlo.companies.models import Company
from liczydlo.contacts.importing import uploads
from liczydlo.contacts.importing.plan import Outcome, Progress
from liczydlo.contacts.models import ImportKind, Upload
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.jobs import failpoints, registry
from liczydlo.jobs.claims import Claim
from liczydlo.jobs.models import Job
from liczydlo.lookups import services
from liczydlo.lookups.models import Service
from liczydlo.sales import number_patterns, numbering
from liczydlo.sales.importing import planning
from liczydlo.sales.importing.planning import InvoiceLine
from liczydlo.sales.importing.tables import ImportedSale, Report, ReportLine
from liczydlo.spreadsheets.columns import Columns
from liczydlo.web import times

JOB: Final = "sales.imports"
CHUNK: Final = 50
"""Invoices of one transaction."""
PATIENCE: Final = 1.5
"""Seconds that the request which brings a file checks it itself: a chunk at least, 0 for none."""
NET: Final = dt.timedelta(seconds=10)
"""After so long the job looks for what a request that died has left."""


def of(upload: Upload, columns: Columns, options: Mapping[str, str]) -> Report:
    """The report of a file as it would be stored now: begun, and as far as it has come. Raises uploads.UploadGone."""
    report: Report | None
    report, is_begun = _begin(upload, columns, options)
    if is_begun and PATIENCE:
        ends = time.monotonic() + PATIENCE
        _check(report, stop=lambda: time.monotonic() >= ends)
        if (report := current(upload)) is None:
            raise uploads.UploadGone
    if not report.is_finished:
        registry.enqueue(upload.company_id, JOB)
    return report


def current(upload: Upload) -> Report | None:
    """How far the check for the reader's language has come."""
    report: Report | None = (
        Report.objects.of(upload.company).filter(upload=upload, language=translation.get_language()).first()
    )
    return report


def progress(report: Report) -> Progress:
    """How far the check has come, and why it does not get on."""
    job = Job.objects.of(report.company).filter(name=JOB).first()
    return Progress(done=report.done, total=report.total, reason=job.reason if job is not None else None)


def forget(upload: Upload) -> None:
    """Have the file checked anew: what it would do has changed."""
    with transaction.atomic():
        if uploads.lock(upload):
            Report.objects.of(upload.company).filter(upload=upload).delete()


@registry.job(JOB)
def carry_on(claim: Claim) -> dt.datetime | None:
    """Go on with files whose check was begun, the oldest first. Raises ClaimLost."""
    claim.step("import.claimed")
    rows = Report.objects.of(claim.company).filter(
        done__lt=F("total"), upload__in=uploads.of(claim.company, ImportKind.INVOICES)
    )
    for report in rows.order_by("pk").select_related("upload__company"):

        def stop() -> bool:
            claim.step("import.chunk")
            return claim.should_yield

        with translation.override(report.language):
            _check(report, stop=stop)
        claim.step("import.checked")
        claim.progressed()
        if claim.should_yield:
            return claim.clock()
    return None


def _begin(upload: Upload, columns: Columns, options: Mapping[str, str]) -> tuple[Report, bool]:
    """The report, and whether it has just been begun: there was none, or what it depends on has changed.

    Raises uploads.UploadGone.
    """
    company = upload.company
    key, state = _key(upload, columns.header.number, columns.places, options), _state_of(company)
    report = current(upload)
    if report is not None and report.key == key and (report.list_state == state or _holds(report, state)):
        return report, False
    with transaction.atomic():
        if not uploads.lock(upload):
            raise uploads.UploadGone
        report = current(upload)
        if report is not None and report.key == key and report.list_state == state:
            return report, False
        Report.objects.of(company).filter(upload=upload, language=translation.get_language()).delete()
        report = Report.objects.create(
            company=company,
            upload=upload,
            language=translation.get_language(),
            key=key,
            list_state=state,
            header=columns.header.number,
            places=dict(columns.places),
            options=dict(options),
            total=len(planning.invoices(uploads.table(upload), columns)),
        )
        registry.enqueue(company.pk, JOB, at=times.now() + NET)
    return report, True


def _holds(report: Report, state: str) -> bool:
    """Whether what changed in the list of invoices changes nothing for the lines that are there."""
    rows = report.lines.filter(Q(outcome=Outcome.NEW) | Q(is_known=True))
    values = list(rows.values_list("key", "order", "number", "is_known"))
    stored = planning.existing(
        report.company,
        {key for key, *_ in values},
        {order for _, order, *_ in values if order},
        {number for _, _, number, _ in values},
    )
    for key, order, number, is_known in values:
        if (key in stored.keys or order in stored.orders or number in stored.numbers) != is_known:
            return False
    Report.objects.of(report.company).filter(pk=report.pk, key=report.key).update(list_state=state)
    return True


def _check(report: Report, *, stop: Callable[[], bool]) -> None:
    """Check a chunk of invoices, and others until ``stop``; no more where the file is gone, or others came further."""
    upload, table = report.upload, uploads.table(report.upload)
    header = next((row for row in table.rows if row.number == report.header), None)
    if header is None:
        return
    if report.key != _key(upload, report.header, report.places, report.options):
        return  # the page begins anew when somebody looks at it
    keyed = planning.invoices(table, Columns(header=header, places=report.places))
    numbers = report.lines.filter(is_ours=True, outcome=Outcome.NEW).values_list("number", flat=True)
    planner = planning.Planner(upload.company, report.options, keyed, used=numbers)
    digest, done = report.digest, report.done
    while done < len(keyed):
        lines = planner.planned(keyed[done : done + CHUNK])
        digest = _chained(digest, lines)
        if not _keep(report, lines, done=done, digest=digest):
            return
        done += len(lines)
        if stop():
            return


def _keep(report: Report, lines: Sequence[InvoiceLine], *, done: int, digest: str) -> bool:
    """Commit a chunk; False where the file is gone or somebody else has come further."""
    with transaction.atomic():
        unchanged = Report.objects.of(report.company).filter(pk=report.pk, done=done)
        if not uploads.lock(report.upload) or not unchanged.update(done=done + len(lines), digest=digest):
            return False
        ReportLine.objects.bulk_create(
            ReportLine(
                company=report.company,
                report=report,
                position=position,
                outcome=line.outcome,
                content={
                    "number": line.number,
                    "rows": line.rows,
                    "title": line.title,
                    "detail": line.detail,
                    "faults": line.faults,
                    "warnings": line.warnings,
                },
                key=line.key,
                order=line.order,
                number=line.title if line.outcome == Outcome.NEW or not line.is_ours else "",
                is_ours=line.is_ours,
                is_known=line.is_known,
                draft=line.draft_json,
                entry=line.entry,
                xml=line.xml,
            )
            for position, line in enumerate(lines, start=done)
        )
        failpoints.reach("import.kept")
    return True


def _chained(digest: str, lines: Sequence[InvoiceLine]) -> str:
    """The digest of all that would be stored, these lines included."""
    for line in lines:
        line_json = json.dumps((line.number, line.outcome, line.values), default=dict, sort_keys=True)
        digest = hashlib.sha256(f"{digest}{line_json}".encode()).hexdigest()
    return digest


def _hashed(*values: object) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()


def _key(upload: Upload, header: int, places: Mapping[str, int], options: Mapping[str, str]) -> str:
    """Of all that a check depends on but the list of invoices."""
    company = Company.objects.get(pk=upload.company_id)
    return _hashed(
        upload.pk,
        header,
        sorted(places.items()),
        sorted(options.items()),
        times.today(),
        sorted(model_to_dict(company, exclude=("members",)).items()),
        number_patterns.of(company)[numbering.SALES].text,
        services.is_on(company, Service.NBP),
    )


def _state_of(company: Company) -> str:
    """Of the list of invoices, as far as a look at it shows a change: another draft's number that was edited is refused
    by the database when the file is stored."""
    sales = IndexEntry.objects.of(company).filter(environment=company.environment, direction=Direction.SALE)
    imported = ImportedSale.objects.of(company).aggregate(Count("id"), Max("id"))
    return _hashed(
        sorted(
            sales.aggregate(Count("id"), Max("id"), rejected=Count("id", filter=Q(rejected=True))).items()
        ),
        sorted(imported.items()),
    )
