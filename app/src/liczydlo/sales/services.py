"""Issuing: a checked document is frozen, becomes a row and goes on its way. Views, demo and tests come through here."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.utils import timezone

from liczydlo.companies.models import Company, User
from liczydlo.connection import access
from liczydlo.fa3.document import Document as Checked
from liczydlo.fa3.document import inspect
from liczydlo.ksef import deadlines, qr
from liczydlo.ksef.context import Context
from liczydlo.sales import lifecycle, numbering, texts
from liczydlo.sales.lifecycle import State, Step
from liczydlo.sales.models import Document, Draft, Invoice
from liczydlo.sales.outbox import NAME as SEND
from liczydlo.sales.outbox import waiting
from liczydlo.sales.verdicts import RESENDABLE
from liczydlo.work import failpoints, jobs
from liczydlo.work.models import Errand
from liczydlo.work.reasons import Language, Reason

OFFLINE_PAUSE = dt.timedelta(hours=1)
IssueMode = Literal["online", "offline24"]


class NotIssued(Exception):
    """The document is right, but it cannot be issued by this company or in this way; ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        """See the class."""
        super().__init__(reason.code)
        self.reason = reason
        self.code = reason.code

    def text(self, language: Language = "pl") -> str:
        """What happened, why, and what to do now."""
        return self.reason.text(language)


def check(company: Company, xml: bytes, *, today: dt.date | None = None) -> Checked:
    """Everything that is checked before an invoice is issued.

    Raises ``fa3`` DocumentError for the document itself and NotIssued for the company.
    """
    checked = inspect(xml, today=today or timezone.localdate())
    if checked.seller_nip != company.nip and not _bills_itself(company, checked):
        raise NotIssued(texts.reason("foreign-seller", seller=checked.seller_nip, company=company.nip))
    return checked


def _bills_itself(company: Company, checked: Checked) -> bool:
    # art. 106d: samofakturowanie
    return checked.faktura.fa.adnotacje.p_17 == 1 and checked.buyer_nip == company.nip


def warnings(company: Company, checked: Checked, *, today: dt.date) -> list[Reason]:
    """What the issuer should know before it is irreversible, besides the document's own warnings."""
    found = []
    if checked.issue_date < today:
        found.append(texts.reason("date-past"))
    if _same_number(company, checked.number, checked.kind):
        found.append(texts.reason("number-used"))
    if checked.has_attachment:
        found.append(texts.reason("attachment-needs-batch"))
    return found


def _same_number(company: Company, number: str, kind: str) -> bool:
    rows = Invoice.objects.of(company).filter(environment=company.environment, number=number, kind=kind)
    return rows.exclude(state__in=[State.DRAFT, State.REJECTED]).exists()


def describe(company: Company, checked: Checked) -> dict[str, object]:
    """The columns of an invoice's row that its document decides."""
    buyer = checked.faktura.podmiot2.dane_identyfikacyjne
    return {
        "environment": company.environment,
        "number": checked.number,
        "kind": checked.kind,
        "issue_date": checked.issue_date,
        "seller_nip": checked.seller_nip,
        "buyer_nip": checked.buyer_nip or "",
        "buyer_name": buyer.nazwa or "",
        "currency": checked.currency,
        "gross": checked.gross,
        "has_attachment": checked.has_attachment,
        "words": f"{checked.number} {buyer.nazwa or ''}".casefold(),
    }


def freeze(company: Company, xml: bytes, sha256: bytes) -> Document:
    """The company's frozen document of these bytes, made once."""
    document, _ = Document.objects.get_or_create(company=company, sha256=sha256.hex(), defaults={"xml": xml})
    return document


def issue(
    company: Company,
    xml: bytes,
    *,
    mode: IssueMode = "online",
    by: User | None = None,
    send_after: dt.datetime | None = None,
    draft: Invoice | None = None,
) -> Invoice:
    """Issue an invoice: check it, freeze it and send it on its way. The same bytes are issued once: a second call
    gives the first call's invoice.

    An offline invoice waits until ``send_after`` (by default ``OFFLINE_PAUSE`` from now) so that it can be printed and
    handed over, then goes out by itself; :func:`send` sends it sooner. ``draft`` is the row to be issued, if there is
    one already. Raises ``fa3`` DocumentError, NotIssued, and ``connection`` NotConnected without an offline
    certificate for an offline mode; nothing is stored then.
    """
    checked = check(company, xml)
    kod_2 = _kod_2(company, checked) if mode != "online" else ""
    try:
        with transaction.atomic():
            row = _already(company, checked, draft)
            if row is None:
                row = _stored(company, checked, mode=mode, kod_2=kod_2, by=by, draft=draft)
                _on_its_way(row, send_after or timezone.now() + OFFLINE_PAUSE)
                failpoints.reach("issue.stored")
    except IntegrityError:  # the same bytes at the same moment: the other process was faster
        with transaction.atomic():
            row = _already(company, checked, draft)
        if row is None:
            raise
    return row


def _already(company: Company, checked: Checked, draft: Invoice | None) -> Invoice | None:
    rows = Invoice.objects.of(company)
    known = rows.filter(environment=company.environment, sha256=checked.sha256.hex()).first()
    if known is not None and draft is not None and draft.pk != known.pk:
        rows.filter(pk=draft.pk, state=State.DRAFT).delete()
    return known


def _stored(
    company: Company, checked: Checked, *, mode: IssueMode, kod_2: str, by: User | None, draft: Invoice | None
) -> Invoice:
    row = draft or Invoice(company=company, state=State.DRAFT)
    for name, value in describe(company, checked).items():
        setattr(row, name, value)
    row.mode, row.kod_2 = mode, kod_2
    row.due_date = None if mode == "online" else deadlines.due(mode, checked.issue_date)
    row.save()
    document = freeze(company, checked.xml, checked.sha256)
    lifecycle.move(row, Step.ISSUE, by=by, document=document, sha256=checked.sha256.hex())
    Draft.objects.of(company).filter(invoice=row).delete()
    numbering.note(company, checked.number, checked.issue_date)
    return row


def _on_its_way(row: Invoice, send_after: dt.datetime) -> None:
    transaction.on_commit(lambda: failpoints.reach("issue.committed"))
    if row.has_attachment:
        lifecycle.move(row, Step.HOLD, reason=texts.reason("attachment-needs-batch"))
    elif row.is_offline:
        lifecycle.move(row, Step.WAIT, send_after=send_after)
        jobs.wake(row.company_id, SEND, at=send_after)
    else:
        queue(row)


def _kod_2(company: Company, checked: Checked) -> str:
    return qr.kod_2(
        access.environment(company),
        context=Context(value=company.nip),
        seller_nip=checked.seller_nip,
        sha256=checked.sha256,
        credential=access.offline_credential(company),
    )


def queue(invoice: Invoice, *, by: User | None = None) -> None:
    """Put an invoice into its company's outgoing queue, at the end. Raises NotNow when it is not one to be sent."""
    with transaction.atomic():
        lifecycle.move(invoice, Step.QUEUE, by=by, queued_at=timezone.now(), send_after=None)
        jobs.wake(invoice.company_id, SEND)


def can_be_sent(invoice: Invoice) -> bool:
    """Whether a person may put this invoice into the queue by hand."""
    if invoice.state == State.REJECTED:
        return invoice.reason is not None and invoice.reason.code in RESENDABLE
    return invoice.state == State.WAITING


def send(invoice: Invoice, *, by: User | None = None) -> None:
    """Send by hand: an offline invoice that waits, or a refused one whose file was right. Raises NotNow."""
    if not can_be_sent(invoice):
        raise lifecycle.NotNow(f"{invoice.state} is not to be sent")
    queue(invoice, by=by)


def retry(company: Company) -> None:
    """Do not wait for the next try of the company's sending."""
    if waiting(company).exists():
        jobs.wake(company.pk, SEND)


def once_connected(company: Company, **_: object) -> None:
    """What waited for a connection goes out as soon as there is one."""
    retry(company)


def hindrance(company: Company) -> Reason | None:
    """Why the company's invoices do not go out at the moment, if something is in their way."""
    errand = Errand.objects.of(company).filter(name=SEND).first()
    return errand.reason if errand else None


def save_draft(
    company: Company,
    xml: bytes,
    *,
    form: dict[str, Any] | None = None,
    file_name: str = "",
    draft: Invoice | None = None,
) -> Invoice:
    """Keep an invoice that has been checked and not issued; ``draft`` is overwritten. Raises as :func:`check`."""
    checked = check(company, xml)
    with transaction.atomic():
        row = draft or Invoice(company=company, state=State.DRAFT)
        for name, value in describe(company, checked).items():
            setattr(row, name, value)
        row.changed_at = timezone.now()
        row.save()
        Draft.objects.update_or_create(
            company=company, invoice=row, defaults={"form": form, "xml": xml, "file_name": file_name[:255]}
        )
    return row


def delete_draft(invoice: Invoice) -> None:
    """Throw a draft away. Raises NotNow for an invoice that has been issued."""
    deleted, _ = Invoice.objects.of(invoice.company).filter(pk=invoice.pk, state=State.DRAFT).delete()
    if not deleted:
        raise lifecycle.NotNow("only a draft can be deleted")
