"""Technical correction (guide ``offline/korekta-techniczna.md``): an offline invoice that KSeF refused for its file is
sent again with the same content in another file, which names the refused one by its hash.

The refused invoice is the original of every try: what was handed over with its codes is what the buyer holds. Each try
is an invoice of its own under the same number, and at most one of them is not refused.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import IntegrityError, transaction

from liczydlo.companies.models import Company, User
from liczydlo.connection.errors import NotConnected
from liczydlo.documents import index
from liczydlo.documents.models import IndexEntry
from liczydlo.fa3.compare import Field, compare, differences
from liczydlo.fa3.problems import DocumentError, Problem
from liczydlo.ksef.credentials import CredentialError
from liczydlo.offline import locks
from liczydlo.sales import advances, corrections, lifecycle, proof, services, structures
from liczydlo.sales.deadlines import deadline_of
from liczydlo.sales.models import Event, Invoice, MendedFile
from liczydlo.sales.sending.verdicts import TECHNICAL
from liczydlo.sales.services import NotIssued
from liczydlo.sales.states import NotNow, State, Step
from liczydlo.web import times
from liczydlo.web.reasons import Reason

log = logging.getLogger(__name__)
MOST_NAMED = 5  # differences that a refusal names


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What would be sent, beside the original: ``file_name`` is empty for what the program rebuilt."""

    checked: structures.Checked
    fields: Sequence[Field] = field(repr=False)
    file_name: str = ""

    @property
    def digest(self) -> str:
        """SHA-256, in hex; the page keeps it in its form, so that a click is about what was seen."""
        return self.checked.sha256.hex()


def original_of(invoice: Invoice) -> Invoice:
    """The refused invoice that a correction mends; an invoice that corrects none is its own."""
    return invoice.corrects or invoice


def correction_of(original: Invoice) -> Invoice | None:
    """The last technical correction of an invoice, whatever became of it."""
    return Invoice.objects.of(original.company).filter(corrects=original).order_by("-pk").first()


def can_be_corrected(original: Invoice) -> bool:
    """Whether a technical correction may be sent: offline, refused for its file, and no correction on its way."""
    if not original.is_offline or original.corrects_id is not None:
        return False
    if original.state == State.REJECTED:
        return original.reason is not None and original.reason.code in TECHNICAL
    if original.state != State.CORRECTED:
        return False
    return not Invoice.objects.filter(corrects=original).exclude(state=State.REJECTED).exists()


def refusal_of(original: Invoice) -> Event | None:
    """The last refusal by KSeF, of the original or of a correction of it."""
    tries = Invoice.objects.filter(corrects=original).values_list("pk", flat=True)
    return Event.objects.filter(invoice__in=[original.pk, *tries], step=Step.REJECT).order_by("pk").last()


def own_problems(original: Invoice) -> tuple[Problem, ...]:
    """What the program itself finds wrong with the refused file, by the schema and the rules of today."""
    try:
        return structures.inspect(original.entry.xml, today=times.today()).warnings
    except DocumentError as error:
        return error.problems


def proposal(company: Company, original: Invoice) -> Proposal:
    """The uploaded file, or else the document built anew. Raises DocumentError, NotIssued."""
    mended = MendedFile.objects.of(company).filter(invoice=original).first()
    if mended is not None:
        return check(company, original, bytes(mended.xml), file_name=mended.file_name)
    return check(company, original, _rebuilt(original))


def _rebuilt(original: Invoice) -> bytes:
    """The frozen document read and written anew; it differs at least in when it was made: after the last refusal."""
    try:
        faktura = structures.read(original.entry.xml)
    except DocumentError as error:
        raise NotIssued(Reason("not-rebuilt")) from error
    refusal = refusal_of(original)
    moment = (refusal.at if refusal is not None else original.changed_at).replace(microsecond=0)
    tries = Invoice.objects.filter(corrects=original).count()
    moment += dt.timedelta(seconds=tries)  # two refusals within a second make two files all the same
    head: Any = replace(faktura.naglowek, data_wytworzenia_fa=moment)
    return structures.write(replace(faktura, naglowek=head))


def check(company: Company, original: Invoice, xml: bytes, *, file_name: str = "") -> Proposal:
    """Whether a file may replace the refused one: right by itself, of the same content, and not refused before.

    Raises DocumentError for the file, NotIssued ``same-bytes``, ``other-form``, ``other-content`` and what
    ``services.examine`` raises.
    """
    checked = services.examine(company, xml)
    tries = [original, *Invoice.objects.filter(corrects=original).select_related("entry__document")]
    if checked.sha256.hex() in {one.entry.sha256 for one in tries}:
        raise NotIssued(Reason("same-bytes"))
    refused = structures.read(original.entry.xml)
    if type(refused) is not type(checked.faktura):
        raise NotIssued(Reason("other-form"))
    fields = compare(refused, checked.faktura)
    if differing := differences(fields):
        names = ", ".join(one.path for one in differing[:MOST_NAMED]) + (
            " …" if len(differing) > MOST_NAMED else ""
        )
        raise NotIssued(Reason("other-content", {"fields": names}))
    return Proposal(checked=checked, fields=fields, file_name=file_name)


def keep_file(company: Company, original: Invoice, xml: bytes, *, file_name: str) -> None:
    """Propose an uploaded file instead of the rebuilt document. Raises as ``check``; nothing is stored then."""
    check(company, original, xml, file_name=file_name)
    MendedFile.objects.update_or_create(
        company=company, invoice=original, defaults={"xml": xml, "file_name": file_name[:255]}
    )


def drop_file(company: Company, original: Invoice) -> None:
    """Go back to the rebuilt document."""
    MendedFile.objects.of(company).filter(invoice=original).delete()


def send(company: Company, original: Invoice, *, by: User, seen_digest: str) -> Invoice:
    """Issue what is proposed as the technical correction of a refused invoice, and queue it.

    ``seen_digest`` is the digest of the proposal that the person saw.

    Raises NotNow when the original may not be corrected (any more) or the proposal has changed, DocumentError,
    NotIssued; nothing is stored then.
    """
    if original.environment != company.environment:
        raise NotIssued(Reason("environment-changed"))
    try:
        return _send_correction(company, original, by=by, seen_digest=seen_digest)
    except (NotIssued, IntegrityError) as error:
        row = Invoice.objects.of(company).select_related("entry").get(pk=original.pk)
        if not can_be_corrected(row):  # what stands in the way is the correction of another session
            raise NotNow("another session was faster") from error
        raise


def _send_correction(company: Company, original: Invoice, *, by: User, seen_digest: str) -> Invoice:
    proposed = proposal(company, original)
    if proposed.digest != seen_digest:
        raise NotNow("the proposal has changed")
    kod_2 = _kod_2(company, proposed.checked)
    with transaction.atomic():
        rows = Invoice.objects.of(company).filter(pk=original.pk)
        row = rows.select_for_update(no_key=True, of=("self",)).select_related("entry").get()
        if not can_be_corrected(row):
            raise NotNow("not to be corrected technically")
        services.check_number(company, proposed.checked)
        correction = _stored(company, row, proposed.checked, kod_2=kod_2, by=by)
        MendedFile.objects.of(company).filter(invoice=row).delete()
        services.queue(correction)
        return correction


def _stored(
    company: Company, original: Invoice, checked: structures.Checked, *, kod_2: str, by: User
) -> Invoice:
    document = index.freeze(company, checked.xml, checked.sha256)
    columns = structures.columns(company, checked) | {"document": document}
    entry = IndexEntry.objects.create(company=company, **columns)
    row: Invoice = Invoice.objects.create(
        company=company,
        environment=original.environment,
        state=State.DRAFT,
        entry=entry,
        corrects=original,
    )
    lifecycle.move(original, Step.CORRECT, by=by)
    structures.link(row, checked)
    corrections.take_over(original, row)
    advances.take_over(original, row)
    locks.hold(original.environment)  # the deadline of what was refused has not followed outages since
    lifecycle.move(
        row,
        Step.ISSUE,
        by=by,
        mode=original.mode,
        mode_reason_json=original.mode_reason_json,
        issued_at=original.issued_at,
        due_date=deadline_of(original).due,
        kod_2=kod_2,
    )
    if kod_2:
        proof.keep_signature(row)
    return row


def _kod_2(company: Company, checked: structures.Checked) -> str:
    """KOD II of the new document, for a print before its number; a correction without one goes out all the same."""
    try:
        return proof.signed_kod_2(company, checked.seller_nip, checked.issue_date, checked.sha256)
    except (NotConnected, CredentialError, proof.NotProved) as error:
        log.info("company %s: a technical correction goes without KOD II: %s", company.pk, error)
        return ""
