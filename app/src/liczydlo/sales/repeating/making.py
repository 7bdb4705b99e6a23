"""The invoice of one day of a recurrence: its draft, and that the day is done, in one transaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, Final

from django.db import transaction

from liczydlo.audit.actions import Action
from liczydlo.audit.services import log
from liczydlo.companies.access import ISSUERS
from liczydlo.companies.models import Company, Membership
from liczydlo.connection import clients
from liczydlo.fa3.draft import IncompleteDraft, InvoiceDraft
from liczydlo.fa3.model import OkresFa
from liczydlo.fa3.problems import DocumentError
from liczydlo.fa3.totals import PLN
from liczydlo.jobs import failpoints, registry
from liczydlo.ksef.credentials import CredentialError
from liczydlo.lookups.models import Service
from liczydlo.lookups.services import is_on
from liczydlo.sales import composing, foreign_currency, number_patterns, numbering, services, similar
from liczydlo.sales.models import Invoice
from liczydlo.sales.repeating import templates
from liczydlo.sales.repeating.tables import RATE_SOON, InvoiceTemplate, Occurrence, Recurrence
from liczydlo.sales.repeating.wording import Language, filled
from liczydlo.web import times
from liczydlo.web.reasons import Reason

JOB: Final = "sales.recurring"
LETTERS: Final = "sales.recurring.letters"
KINDS: Final = ("VAT", "UPR")
"""Kinds of invoices that may repeat by themselves: an advance documents a payment, which comes when it comes."""


def locked(company: Company, recurrence_id: int) -> Recurrence | None:
    """The row as it is now, kept until the transaction ends; None where it is gone.

    The company's row comes first, in which those who change its people or write its audit log wait too, so that no
    two of them can deadlock.
    """
    now = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    rows = Recurrence.objects.of(company).filter(pk=recurrence_id).select_related("template__contractor")
    row: Recurrence | None = rows.select_for_update(no_key=True, of=("self",)).first()
    if row is not None:
        row.company = now
    return row


def language_of(template: InvoiceTemplate) -> Language:
    """The language of its invoices' texts: the contractor's."""
    contractor = templates.contractor_now(template)
    return "en" if contractor is not None and contractor.language == "en" else "pl"


def draft_of(row: Recurrence, nominal: dt.date, today: dt.date) -> InvoiceDraft:
    """What the invoice of a nominal day means when it is issued ``today``; it has no number yet. A template with a
    period has that of the recurrence, which stands instead of a day of sale."""
    template = row.template
    draft = templates.source(template, today).draft
    period = row.period(nominal)
    ends = row.delivery == Recurrence.Delivery.PERIOD_END and period.last != today
    sold = period.last if ends and draft.period is None else None
    spans = OkresFa(p_6_od=period.first, p_6_do=period.last) if draft.period is not None else None
    draft = composing.as_now(row.company, replace(draft, sale_date=sold, period=spans))
    return filled(draft, period, language_of(template))


def draft_by_hand(template: InvoiceTemplate, today: dt.date) -> similar.Source:
    """What a person's invoice of a template means ``today``: of the period that the day is in, or of its month."""
    source = templates.source(template, today)
    row = Recurrence.objects.of(template.company).filter(template=template).first()
    period = (row or Recurrence(first_day=today)).period(today)
    return replace(source, draft=filled(source.draft, period, language_of(template)))


def is_vouched(row: Recurrence) -> bool:
    """Whether the person in whose name it works may still issue invoices of the firm."""
    people = Membership.objects.filter(company=row.company_id, role__in=ISSUERS, user__is_active=True)
    return people.filter(user=row.set_by_id).exists()


def pause(row: Recurrence, reason: Reason | None) -> None:
    """Let it rest; with a reason, the people are written to."""
    Recurrence.objects.filter(pk=row.pk).update(
        is_active=False, reason_json=reason.as_json() if reason else None, paused_at=times.now()
    )
    if reason is not None:
        registry.enqueue(row.company_id, LETTERS)


def make(company: Company, recurrence_id: int) -> bool:
    """Do the work of the earliest nominal day that is due; whether there was any. All of it is committed, or nothing.

    A rate of exchange is asked for before rows are locked. The document's date of issue is today's, however late that
    is (art. 106e ust. 1 pkt 1: the day of issue).
    """
    today = times.today()
    _ask_for_rate(company, recurrence_id, today)
    with transaction.atomic():
        is_made = _make_next(company, recurrence_id, today)
        if (
            is_made and times.today() != today
        ):  # midnight came: the next call makes it with the new day's date
            transaction.set_rollback(True)
    return is_made


def _ask_for_rate(company: Company, recurrence_id: int, today: dt.date) -> None:
    """Have the rate here that the next invoice needs, if it is in a foreign currency and can be had."""
    rows = Recurrence.objects.of(company).filter(pk=recurrence_id, is_active=True)
    row: Recurrence | None = rows.select_related("template__contractor", "company").first()
    nominal = row.next() if row is not None else None
    if row is None or nominal is None or row.rhythm.planned(nominal) > today:
        return
    draft = draft_of(row, nominal, today)
    if draft.currency != PLN:
        foreign_currency.rated(company, draft)


def _make_next(company: Company, recurrence_id: int, today: dt.date) -> bool:
    row = locked(company, recurrence_id)
    if row is None or not row.is_active:
        return False
    nominal = row.next()
    if nominal is None or row.rhythm.planned(nominal) > today:
        return False
    if not is_vouched(row):
        pause(row, Reason("recurring-person-left"))
        return False
    _make(row, nominal, today)
    failpoints.reach("recurring.stored")
    return True


def _make(row: Recurrence, nominal: dt.date, today: dt.date) -> None:
    Occurrence.objects.create(
        company=row.company,
        recurrence=row,
        nominal=nominal,
        planned=row.rhythm.planned(nominal),
        **columns_after(row, nominal, today),
    )
    Recurrence.objects.filter(pk=row.pk).update(done_until=nominal)
    templates.tie(row.template)
    registry.enqueue(row.company_id, LETTERS)


def columns_after(row: Recurrence, nominal: dt.date, today: dt.date) -> dict[str, Any]:
    """Do the work of a nominal day ``today``: the columns of its occurrence that say how it ended. In a transaction
    that has the recurrence locked."""
    outcome = Occurrence.Outcome.ISSUED if row.automatic else Occurrence.Outcome.DRAFTED
    invoice, reason = _drafted(row, nominal, today)
    if invoice is not None:
        failpoints.reach("recurring.drafted")
        reason = _issued(row, invoice) if row.automatic else None
        if reason is not None:
            say(invoice, reason)
    return {
        "made_on": today,
        "outcome": outcome if reason is None else Occurrence.Outcome.HELD,
        "invoice": invoice,
        "reason_json": reason.as_json() if reason is not None and invoice is None else None,
    }


def _drafted(row: Recurrence, nominal: dt.date, today: dt.date) -> tuple[Invoice | None, Reason | None]:
    """The stored draft, or why there is none."""
    draft = draft_of(row, nominal, today)
    rated = draft if draft.currency == PLN else foreign_currency.rated(row.company, draft, asks=False)
    if rated is None:
        return None, Reason(RATE_SOON if is_on(row.company, Service.NBP) else "recurring-rate")
    try:
        return similar.store(row.company, rated, numbering.of_draft(rated)["series"]), None
    except IncompleteDraft:
        return None, Reason("recurring-incomplete")
    except DocumentError as error:
        return None, Reason.of(error)
    except services.NotIssued as error:
        return None, error.reason


def _issued(row: Recurrence, invoice: Invoice) -> Reason | None:
    """Issue a draft as a person's „Wyślij" does, the program in the name of who set it; or why it was not.

    It goes out only where the firm can log in to KSeF: what cannot be sent would miss its day in the queue.
    """
    company = row.company
    try:
        clients.credential(company)
        if (refused := clients.refused_login(company)) is not None:
            return Reason.of(refused.error)
        with transaction.atomic():
            services.issue(company, services.draft_of(invoice).content, draft=invoice)
    except (clients.NotConnected, CredentialError, DocumentError) as error:
        return Reason.of(error)
    except services.NotIssued as error:
        return error.reason
    log(
        company,
        Action.RECURRENCE_ISSUED,
        number=invoice.entry.number,
        name=row.template.name,
        behalf=f"{row.set_by.name} <{row.set_by.email}>" if row.set_by is not None else "",
    )
    return None


def redate(invoice: Invoice, today: dt.date) -> None:
    """Give the draft of a day ``today``'s date of issue, as if it had been made today; its number stays while it is one
    of the same period of its pattern. What a person changed in it stays, but a rate of exchange of another day.

    Raises as ``services.save_draft``, StaleDraft, and NotIssued where the new day's rate is not to be had. What was not
    made by a recurrence stays as it is.
    """
    draft = services.draft_of(invoice)
    draft_before, day = draft.invoice_draft, occurrence_of(invoice)
    if draft_before is None or draft_before.issue_date is None or day is None:
        return
    sold = draft_of(day.recurrence, day.nominal, today).sale_date
    dated = replace(similar.moved_to(draft_before, today), sale_date=sold)
    if draft_before.currency != PLN:
        rated = foreign_currency.rerated(invoice.company, draft_before, dated)
        if rated is None:
            raise services.NotIssued(Reason("recurring-rate"))
        dated = rated
    series = numbering.of_draft(draft_before)["series"]
    pattern = number_patterns.of(invoice.company)[series]
    if pattern.period(draft_before.issue_date) == pattern.period(today):
        redated = replace(dated, number=draft_before.number)
        services.save_draft(invoice.company, redated, draft=invoice, seen_digest=draft.digest)
    else:
        similar.store(invoice.company, dated, series, into=invoice)


def occurrence_of(invoice: Invoice) -> Occurrence | None:
    """The day of a recurrence that an invoice was made for."""
    days = Occurrence.objects.of(invoice.company).filter(invoice=invoice)
    day: Occurrence | None = days.select_related("recurrence__template__contractor").first()
    return day


def say(invoice: Invoice, reason: Reason) -> None:
    """Why a draft waits, on its page and in the list."""
    Invoice.objects.filter(pk=invoice.pk).update(reason_json=reason.as_json())
