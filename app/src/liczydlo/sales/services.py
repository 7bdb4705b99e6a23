"""Issuing: a checked document is frozen, becomes a row and goes on its way. Views, demo and tests come through here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from liczydlo.companies.models import Company, User
from liczydlo.documents import index
from liczydlo.documents.models import Document, IndexEntry
from liczydlo.fa3.build import build
from liczydlo.fa3.codec import to_json
from liczydlo.fa3.document import Document as Checked
from liczydlo.fa3.document import inspect
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.write import write
from liczydlo.jobs import failpoints, registry
from liczydlo.jobs.models import Job
from liczydlo.ksef import deadlines
from liczydlo.ksef.modes import Mode
from liczydlo.offline import locks
from liczydlo.offline.models import outages
from liczydlo.rr import build as rr_build
from liczydlo.rr import document as rr
from liczydlo.rr.draft import RrDraft
from liczydlo.sales import lifecycle, modes, numbering, order, proof, states, structures, unseen
from liczydlo.sales.deadlines import release_at
from liczydlo.sales.lifecycle import StaleDraft, lock_draft
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.sending.run import NAME as SEND
from liczydlo.sales.sending.run import waiting
from liczydlo.sales.sending.verdicts import RESENDABLE
from liczydlo.sales.states import State, Step
from liczydlo.web import times
from liczydlo.web.reasons import Reason
from liczydlo.web.rows import stored


class NotIssued(Exception):
    """The document is right, but it cannot be issued by this company or in this way; ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


def check(
    company: Company, xml: bytes, *, today: dt.date | None = None, faktura: Faktura | None = None
) -> Checked:
    """Everything that is checked before an invoice is issued; ``faktura`` is what ``xml`` was just written from.

    Raises ``fa3`` DocumentError for the document itself and NotIssued for the company.
    """
    checked = inspect(xml, today=today or times.today(), faktura=faktura)
    bills_itself = checked.faktura.fa.adnotacje.p_17 == 1  # art. 106d: samofakturowanie
    if checked.seller_nip != company.nip and not (bills_itself and checked.buyer_nip == company.nip):
        raise NotIssued(Reason("foreign-seller", {"seller": checked.seller_nip, "company": company.nip}))
    return checked


def examine(company: Company, xml: bytes) -> structures.Checked:
    """As :func:`check`, of any structure that the company issues."""
    return check_farm(company, xml) if rr.is_rr(xml) else check(company, xml)


def check_farm(company: Company, xml: bytes) -> rr.Document:
    """As :func:`check`, of a VAT RR, which the buyer issues."""
    checked = rr.inspect(xml, today=times.today())
    if checked.buyer_nip != company.nip:
        raise NotIssued(Reason("foreign-buyer", {"buyer": checked.buyer_nip, "company": company.nip}))
    return checked


def warnings(checked: structures.Checked, *, today: dt.date) -> list[Reason]:
    """What the issuer should know before it is irreversible, besides the document's own warnings."""
    reasons = []
    if checked.issue_date < today:
        reasons.append(Reason("date-past"))
    if checked.has_attachment:
        reasons.append(Reason("attachment-needs-batch"))
    return [*reasons, *unseen.warnings(checked.xml)]


def check_number(company: Company, checked: structures.Checked, *, draft: Invoice | None = None) -> None:
    """Refuse a number that another invoice has (``numbering.used_as``); ``draft`` is the row that may hold it already.

    Raises NotIssued. Behind this check stands the constraint ``one_invoice_per_number``.
    """
    kind = numbering.used_as(company, checked, but=draft.pk if draft else None)
    if kind in numbering.PEF:
        raise NotIssued(Reason("number-pef", {"number": checked.number}))
    if kind is not None:
        raise NotIssued(Reason("number-used", {"number": checked.number}))


def holder_of(company: Company, checked: structures.Checked) -> Invoice | None:
    """The invoice or draft that holds these very bytes already."""
    if issued := _issued(company, checked):
        return issued
    drafts = Draft.objects.of(company).select_related("invoice__entry")
    drafts = drafts.filter(invoice__environment=company.environment, invoice__entry__number=checked.number)
    return next((one.invoice for one in drafts if one.content == checked.xml), None)


def issue(
    company: Company,
    xml: bytes,
    *,
    mode: Mode = Mode.ONLINE,
    by: User | None = None,
    send_after: dt.datetime | None = None,
    draft: Invoice | None = None,
) -> Invoice:
    """Issue an invoice: check it, freeze it and send it on its way. The same bytes are issued once: a second call
    gives the first call's invoice.

    An offline invoice waits until ``send_after`` (by default ``deadlines.release_at``) so that it can be printed and
    handed over, then goes out by itself; :func:`send` sends it sooner. One of a total failure is never sent. ``draft``
    is the row to be issued, and ``xml`` what the caller has seen in it; without one, a draft that holds these very
    bytes is taken. What refers to an invoice that has no KSeF number yet waits for it: see ``order``.

    Raises ``fa3`` DocumentError, NotIssued, ``connection`` NotConnected without an offline certificate for an offline
    mode, and StaleDraft when the draft was issued, deleted or changed by somebody else; nothing is stored then.
    """
    uploaded = examine(company, xml)
    originals = structures.resolve(company, uploaded, draft=draft)
    checked = uploaded
    if originals.numbers and isinstance(uploaded, Checked):
        checked = check(company, write(originals.filled(uploaded.faktura)))
    now = times.now()
    try:
        why = modes.why(company, mode, checked.issue_date, now=now)
    except modes.NotAllowed as refusal:
        raise NotIssued(refusal.reason) from refusal
    kod_2 = "" if mode in (Mode.ONLINE, Mode.TOTAL_FAILURE) else _kod_2(company, checked)
    draft = draft or holder_of(company, uploaded)
    if draft is not None and _is_issued_with(draft, xml, checked):
        return draft

    def keep() -> Invoice:
        row = lock_draft(draft) if draft else None
        if row is not None and draft_of(row).content != xml:
            raise StaleDraft("changed", row)
        issued = _issued(company, checked)
        if issued is not None:
            if row is not None:
                row.entry.delete()
            return issued
        check_number(company, checked, draft=row)
        if row is not None:
            check_state_before(row, checked)
        if originals.pending and mode != Mode.TOTAL_FAILURE:
            row = row or _draft(company, uploaded)
            order.wait(row, originals, mode=mode, why=why, by=by, send_after=send_after)
            return row
        row = _stored(company, checked, row)
        locks.hold(company.environment)
        due = deadlines.due(mode, checked.issue_date, outages(company), issued_at=now)
        lifecycle.move(
            row,
            Step.ISSUE,
            by=by,
            mode=mode,
            mode_reason_json=why.as_json(),
            issued_at=now,
            kod_2=kod_2,
            due_date=due,
        )
        if kod_2:
            proof.keep_signature(row)
        Draft.objects.of(company).filter(invoice=row).delete()
        numbering.note(
            company, checked.number, checked.issue_date, seller=numbering.seller_of(company, checked)
        )
        structures.remember(company, checked)
        _on_its_way(row, send_after or release_at(company, due, now=now))
        failpoints.reach("issue.stored")
        return row

    def faster() -> Invoice | None:  # the same bytes or number at the same moment in another session
        issued = _issued(company, checked)
        if issued is None:
            check_number(company, checked, draft=draft)
        return issued

    return stored(keep, instead=faster)


def check_state_before(row: Invoice, checked: structures.Checked) -> None:
    """Refuse what the program made before another correction of the same invoice, or another advance of the same order,
    was issued; for a ready file its issuer answers. Raises NotIssued."""
    if draft_of(row).draft_json is None:
        return
    structures.lock(row, checked)
    if (stale := structures.outdated(row, checked)) is not None:
        raise NotIssued(stale)


def _kod_2(company: Company, checked: structures.Checked) -> str:
    try:
        return proof.signed_kod_2(company, checked.seller_nip, checked.issue_date, checked.sha256)
    except proof.NotProved as error:
        raise NotIssued(error.reason) from error


def _is_issued_with(row: Invoice, xml: bytes, checked: structures.Checked) -> bool:
    if row.state in states.OPEN:
        return order.waits_with(row, xml)
    return row.entry.sha256 == checked.sha256.hex()


def draft_of(invoice: Invoice) -> Draft:
    """What the draft is made of, as it is stored now. Raises StaleDraft when it is a draft no more."""
    drafts = Draft.objects.of(invoice.company).select_related("invoice__entry")
    draft: Draft | None = drafts.filter(invoice=invoice).first()
    if draft is None:
        rows = Invoice.objects.of(invoice.company).select_related("entry")
        row = rows.filter(pk=invoice.pk).first()
        raise StaleDraft("issued" if row else "deleted", row)
    return draft


def _issued(company: Company, checked: structures.Checked) -> Invoice | None:
    """The invoice that was issued with these very bytes."""
    documents = Document.objects.of(company).filter(sha256=checked.sha256.hex())
    rows = Invoice.objects.of(company).filter(environment=company.environment)
    issued: Invoice | None = rows.filter(entry__document__in=documents).first()
    return issued


def _new(company: Company, columns: dict[str, Any]) -> Invoice:
    """A draft's row with its index entry."""
    entry = IndexEntry.objects.create(company=company, **columns)
    return Invoice.objects.create(
        company=company, environment=entry.environment, state=State.DRAFT, entry=entry
    )


def _draft(company: Company, checked: structures.Checked) -> Invoice:
    """A draft of a ready document."""
    row = _new(company, structures.columns(company, checked))
    Draft.objects.create(company=company, invoice=row, xml=checked.xml)
    structures.link(row, checked)
    return row


def _stored(company: Company, checked: structures.Checked, draft: Invoice | None) -> Invoice:
    """The draft's row, or a new one, with its document frozen."""
    document = index.freeze(company, checked.xml, checked.sha256)
    columns = structures.columns(company, checked) | {"document": document}
    if draft is None:
        draft = _new(company, columns)
    else:
        lifecycle.change_draft(draft, columns)
    structures.link(draft, checked)
    return draft


def _on_its_way(row: Invoice, send_after: dt.datetime) -> None:
    transaction.on_commit(lambda: failpoints.reach("issue.committed"))
    if row.mode == Mode.TOTAL_FAILURE:
        lifecycle.move(row, Step.LEAVE)
    elif row.entry.has_attachment:
        lifecycle.move(row, Step.HOLD, reason=Reason("attachment-needs-batch"))
    elif row.is_offline:
        lifecycle.move(row, Step.WAIT, send_after=send_after)
        registry.enqueue(row.company_id, SEND, at=send_after)
    else:
        queue(row)


def queue(invoice: Invoice, *, by: User | None = None) -> None:
    """Put an invoice into its company's outgoing queue, at the end. Raises NotNow when it is not one to be sent."""
    with transaction.atomic():
        lifecycle.move(invoice, Step.QUEUE, by=by, queued_at=times.now(), send_after=None)
        registry.enqueue(invoice.company_id, SEND)


def can_be_sent(invoice: Invoice) -> bool:
    """Whether a person may put this invoice into the queue by hand; one with an attachment once that is declared."""
    if invoice.state == State.REJECTED:
        return invoice.reason is not None and invoice.reason.code in RESENDABLE
    return invoice.state == State.WAITING or (invoice.state == State.ISSUED and invoice.entry.has_attachment)


def send(invoice: Invoice, *, by: User | None = None) -> None:
    """Send by hand: an offline invoice that waits, one with an attachment, or a refused one whose file was right.

    Raises NotNow, and NotIssued when a refused invoice's number has gone to another invoice meanwhile.
    """
    if not can_be_sent(invoice):
        raise states.NotNow(f"{invoice.state} is not to be sent")
    try:
        queue(invoice, by=by)
    except IntegrityError as error:  # only ``one_invoice_per_number`` stands in the way of this step
        raise NotIssued(Reason("number-used", {"number": invoice.entry.number})) from error


def retry(company: Company) -> None:
    """Do not wait for the next try of the company's sending."""
    if waiting(company).exists():
        registry.enqueue(company.pk, SEND)


def once_connected(company: Company, **_: object) -> None:
    """What waited for a connection goes out as soon as there is one."""
    retry(company)


def hindrance(company: Company) -> Reason | None:
    """Why the company's invoices do not go out at the moment, if something is in their way."""
    job = Job.objects.of(company).filter(name=SEND).first()
    return job.reason if job else None


def farm_document_of(company: Company, draft: RrDraft) -> rr.Document:
    """As :func:`document_of`, of a VAT RR. Raises DocumentError and NotIssued."""
    return check_farm(company, rr_build.write(rr_build.build(draft, created=times.now())))


def document_of(company: Company, draft: InvoiceDraft) -> Checked:
    """The document that a draft makes now. Raises as :func:`check` and ``fa3.build``."""
    faktura = build(draft, created=times.now())
    return check(company, write(faktura), faktura=faktura)


def save_draft(
    company: Company,
    content: bytes | InvoiceDraft | RrDraft,
    *,
    file_name: str = "",
    draft: Invoice | None = None,
    seen_digest: str | None = None,
) -> Invoice:
    """Keep an invoice that is not issued: a ready file, or what is meant, of which the document is made now.

    The content of ``draft`` is replaced; ``seen_digest`` is the digest of the content that the editor began with.
    Raises as :func:`check` and ``fa3.build``, NotIssued for a number that is in use, and StaleDraft when the draft was
    issued or deleted, or holds something else than ``seen_digest``.
    """
    checked: structures.Checked
    if isinstance(content, bytes):
        checked, draft_json = examine(company, content), None
    elif isinstance(content, RrDraft):
        checked, draft_json = farm_document_of(company, content), to_json(content)
    else:
        checked, draft_json = document_of(company, content), to_json(content)
    columns = structures.columns(company, checked)

    def keep() -> Invoice:
        row = lock_draft(draft) if draft else None
        if row is not None and seen_digest is not None and draft_of(row).digest != seen_digest:
            raise StaleDraft("changed", row)
        check_number(company, checked, draft=row)
        if row is None:
            row = _new(company, columns)
        else:
            lifecycle.change_draft(row, columns)
        values: dict[str, Any] = {"draft_json": draft_json, "xml": checked.xml}
        if draft_json is None:  # of a file that is edited its name stays
            values["file_name"] = file_name[:255]
        Draft.objects.update_or_create(company=company, invoice=row, defaults=values)
        structures.link(row, checked)
        return row

    return stored(keep, instead=lambda: check_number(company, checked, draft=draft))


def delete_draft(invoice: Invoice) -> None:
    """Throw a draft away. Raises StaleDraft for one that was issued or is gone already."""
    with transaction.atomic():
        lock_draft(invoice).entry.delete()
