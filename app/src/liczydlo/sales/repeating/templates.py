"""Templates: kept from an invoice or from the form, renamed, changed, removed."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from liczydlo.companies.models import Company
from liczydlo.contacts import contractors
from liczydlo.contacts.models import Contractor
from liczydlo.documents import index
from liczydlo.fa3.codec import to_json
from liczydlo.fa3.draft import InvoiceDraft, Party
from liczydlo.sales import composing, services, similar
from liczydlo.sales.models import Invoice
from liczydlo.sales.repeating.tables import LONGEST_NAME, InvoiceTemplate
from liczydlo.web import times

NUMBER: Final = "1"
"""Of the document by which the contents of a template are checked; it is never stored."""


class NameTaken(Exception):
    """The company has another template of this name."""


class ChangedMeanwhile(Exception):
    """Somebody else has changed the template since the page was opened."""


def keep_invoice(company: Company, invoice: Invoice) -> InvoiceTemplate:
    """A template of an invoice. Raises NotIssued with the reason where there is none, ValueError for a document that a
    draft cannot hold, and as :func:`keep`."""
    if (reason := similar.refusal(company, invoice)) is not None:
        raise services.NotIssued(reason)
    similar_draft = similar.template_of(invoice)
    return keep(company, similar_draft.draft, unread=[*similar_draft.fields_left, *similar_draft.unread])


def keep(company: Company, draft: InvoiceDraft, *, unread: Any = ()) -> InvoiceTemplate:
    """A template of a draft, named by its buyer and its first line. Raises as ``services.check`` and ``fa3.build``."""
    columns = _columns(company, draft)
    for name in _names(draft):
        try:
            with transaction.atomic():
                return InvoiceTemplate.objects.create(
                    company=company, name=name, unread=list(unread), **columns
                )
        except IntegrityError:
            if not InvoiceTemplate.objects.of(company).filter(name=name).exists():
                raise
    raise AssertionError("names have no end")


def _names(draft: InvoiceDraft) -> Any:
    other = composing.other_party(draft)
    lines = draft.lines or (draft.order.lines if draft.order is not None else ())
    parts = (other and other.name, next((one.name for one in lines if one.name), None))
    first = " – ".join(" ".join(part.split()) for part in parts if part) or NUMBER
    yield first[:LONGEST_NAME]
    for count in itertools.count(2):
        suffix = f" ({count})"
        yield first[: LONGEST_NAME - len(suffix)] + suffix


def _columns(company: Company, draft: InvoiceDraft) -> dict[str, Any]:
    today = times.today()
    dated = similar.moved_to(draft, draft.issue_date or today)
    document = replace(similar.moved_to(draft, today), number=NUMBER, exchange_rate=draft.exchange_rate)
    checked = services.document_of(company, document)
    columns = index.of_fa3(company, checked.faktura)
    return {
        "draft_json": to_json(dated),
        "buyer_name": columns["seller_name" if draft.marks.self_billing else "buyer_name"],
        "currency": columns["currency"],
        "gross": columns["gross"],
        "contractor": contractor_of(company, composing.other_party(draft)),
    }


def contractor_of(company: Company, buyer: Party | None) -> Contractor | None:
    """The buyer on the company's list of contractors."""
    if buyer is None:
        return None
    kind = "nip" if buyer.nip else "eu" if buyer.vat_ue else "abroad" if buyer.tax_id else "person"
    place = buyer.address
    key = contractors.key_of(
        kind,
        buyer.vat_ue_country or buyer.tax_country or "",
        buyer.nip or buyer.vat_ue or buyer.tax_id or "",
        buyer.name or "",
        place.line1 if place else "",
        (place.line2 if place else None) or "",
    )
    return contractors.of(company).filter(key=key).first()


def contractor_now(template: InvoiceTemplate) -> Contractor | None:
    """The buyer on the list, also where he came onto it after the template was made. Nothing is stored."""
    if template.contractor_id is None:
        template.contractor = contractor_of(template.company, composing.other_party(template.draft))
    return template.contractor


def tie(template: InvoiceTemplate) -> None:
    """Remember who its buyer is on the list, so that it goes with him whatever he is called by then."""
    rows = InvoiceTemplate.objects.of(template.company).filter(pk=template.pk, contractor=None)
    if (contractor := contractor_now(template)) is not None:
        rows.update(contractor=contractor)


def kept_of(company: Company, contractor: Contractor) -> QuerySet[InvoiceTemplate]:
    """The templates of invoices for a contractor, tied to him or not yet (``privacy.KEEPERS``)."""
    rows = InvoiceTemplate.objects.of(company)
    loose = [row.pk for row in rows.filter(contractor=None) if contractor_now(row) == contractor]
    templates: QuerySet[InvoiceTemplate] = rows.filter(Q(contractor=contractor) | Q(pk__in=loose))
    return templates


def change(template: InvoiceTemplate, draft: InvoiceDraft, *, version: int) -> None:
    """Put other contents into it; ``version`` is what the page began with. Raises ChangedMeanwhile and as keep."""
    columns = _columns(template.company, draft)
    rows = InvoiceTemplate.objects.of(template.company).filter(pk=template.pk, version=version)
    if not rows.update(**columns, unread=[], version=F("version") + 1):
        raise ChangedMeanwhile


def rename(template: InvoiceTemplate, name: str) -> None:
    """Raises NameTaken."""
    try:
        with transaction.atomic():
            InvoiceTemplate.objects.of(template.company).filter(pk=template.pk).update(name=name)
    except IntegrityError as error:
        raise NameTaken from error


def source(template: InvoiceTemplate, today: dt.date) -> similar.Source:
    """What a new invoice takes over from it, issued ``today``, due by the contractor's days."""
    draft = similar.moved_to(template.draft, today)
    contractor = contractor_now(template)
    days = contractor.payment_days if contractor is not None else None
    return similar.Source(draft=similar.due_in(draft, days), unread=template.unread)
