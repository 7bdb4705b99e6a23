"""What people do with recurrences: set, change, rest, go on, skip a day, remove. Each is in the audit log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from liczydlo.audit.actions import Action
from liczydlo.audit.services import log
from liczydlo.companies.access import CompanyRequest
from liczydlo.companies.models import Company
from liczydlo.jobs import registry
from liczydlo.sales.repeating import making
from liczydlo.sales.repeating.tables import RATE_SOON, InvoiceTemplate, Occurrence, Recurrence
from liczydlo.sales.repeating.templates import ChangedMeanwhile
from liczydlo.web import times
from liczydlo.web.reasons import Reason

DAY = dt.timedelta(days=1)


class DaysAreDue(Exception):
    """The recurrence has days that are due and not made yet: they are made by what it says now, first."""


def set_on(template: InvoiceTemplate, values: Mapping[str, Any], request: CompanyRequest) -> None:
    """Let invoices of a template recur; ``values`` are columns. Raises ChangedMeanwhile where they do already."""
    company = template.company
    try:
        with transaction.atomic():
            Company.objects.select_for_update(no_key=True).get(pk=company.pk)
            row = Recurrence.objects.create(company=company, template=template, set_by=request.user, **values)
            _note(row, Action.RECURRENCE_SET, request, automatic=row.automatic)
            registry.enqueue(company.pk, making.JOB)
    except IntegrityError as error:  # somebody else at the same moment, or the template is gone
        raise ChangedMeanwhile from error


def change(row: Recurrence, values: Mapping[str, Any], request: CompanyRequest, *, version: int) -> None:
    """Other days from now on; what is made stays. Days before today are none of the new ones.

    Raises ChangedMeanwhile, and DaysAreDue where the program has not made all of the old ones yet.
    """
    today = times.today()
    with transaction.atomic():
        now = _locked(row)
        if now.version != version:
            raise ChangedMeanwhile
        if now.is_active and missed(now, today):
            registry.enqueue(row.company_id, making.JOB)
        else:
            Recurrence.objects.filter(pk=row.pk).update(
                **values,
                done_until=max(now.done_until or today - DAY, today - DAY),
                set_by=request.user,
                version=F("version") + 1,
            )
            _note(now, Action.RECURRENCE_SET, request, automatic=bool(values["automatic"]))
            registry.enqueue(row.company_id, making.JOB)
            return
    raise DaysAreDue


def missed(row: Recurrence, today: dt.date) -> list[dt.date]:
    """Nominal days that are due and not done."""
    days = []
    for nominal in row.ahead():
        if row.rhythm.planned(nominal) > today:
            break
        days.append(nominal)
    return days


def pause(row: Recurrence, request: CompanyRequest) -> None:
    """Make nothing until somebody resumes it. Raises ChangedMeanwhile where it is gone."""
    with transaction.atomic():
        now = _locked(row)
        if now.is_active:
            making.pause(now, None)
            _note(now, Action.RECURRENCE_PAUSED, request)


def resume(row: Recurrence, request: CompanyRequest, *, make_up: bool) -> None:
    """Go on, in the name of the person who resumes it; with ``make_up`` also with the days that have passed meanwhile.

    Raises ChangedMeanwhile where it is gone.
    """
    yesterday = times.today() - DAY
    with transaction.atomic():
        now = _locked(row)
        if now.is_active:
            return
        done = now.done_until if make_up else max(now.done_until or yesterday, yesterday)
        Recurrence.objects.filter(pk=row.pk).update(
            is_active=True,
            reason_json=None,
            paused_at=None,
            done_until=done,
            set_by=request.user,
            version=F("version") + 1,
        )
        _note(now, Action.RECURRENCE_RESUMED, request)
        registry.enqueue(row.company_id, making.JOB)


def skip(row: Recurrence, nominal: dt.date, request: CompanyRequest) -> bool:
    """Pass over the next day, if that is still ``nominal``; whether it was."""
    with transaction.atomic():
        now = _locked(row)
        if now.next() != nominal:
            return False
        Occurrence.objects.create(
            company=now.company,
            recurrence=now,
            nominal=nominal,
            planned=now.rhythm.planned(nominal),
            made_on=times.today(),
            outcome=Occurrence.Outcome.SKIPPED,
        )
        Recurrence.objects.filter(pk=now.pk).update(done_until=nominal)
        _note(now, Action.RECURRENCE_SKIPPED, request, day=nominal)
        return True


def dismiss(day: Occurrence, request: CompanyRequest) -> None:
    """Give a day that waits for a person no invoice; harmless where it has one."""
    with transaction.atomic():
        row = _locked(day.recurrence)
        waits = Occurrence.objects.of(row.company).filter(
            pk=day.pk, outcome=Occurrence.Outcome.HELD, invoice=None
        )
        if waits.update(outcome=Occurrence.Outcome.SKIPPED, reason_json=None):
            _note(row, Action.RECURRENCE_SKIPPED, request, day=day.nominal)


def remove(row: Recurrence, request: CompanyRequest) -> None:
    """Take it off its template; what was made stays. Raises ChangedMeanwhile where it is gone."""
    with transaction.atomic():
        now = _locked(row)
        Recurrence.objects.of(now.company).filter(pk=now.pk).delete()
        _note(now, Action.RECURRENCE_REMOVED, request)


def remove_template(template: InvoiceTemplate, request: CompanyRequest) -> None:
    """Take a template away, and its recurrence with it; invoices made of it stay."""
    with transaction.atomic():
        Company.objects.select_for_update(no_key=True).get(pk=template.company_id)
        row = Recurrence.objects.of(template.company).filter(template=template.pk).first()
        if row is not None:
            _note(row, Action.RECURRENCE_REMOVED, request)
        InvoiceTemplate.objects.of(template.company).filter(pk=template.pk).delete()


def once_people_changed(*, company: Company, action: str, **_: object) -> None:
    """Somebody left the firm, or may issue no more: what works in their name rests. In the transaction of that."""
    if action not in (Action.MEMBER_REMOVED, Action.MEMBER_ROLE_CHANGED):
        return
    for row in Recurrence.objects.of(company).filter(is_active=True):
        if not making.is_vouched(row):
            making.pause(row, Reason("recurring-person-left"))


def once_moved(company: Company, **_: object) -> None:
    """The company works with another KSeF: nothing goes there by itself before a person says so."""
    for row in Recurrence.objects.of(company).filter(is_active=True):
        making.pause(row, Reason("recurring-environment"))


def waiting(company: Company) -> Any:
    """Occurrences that wait for a person: a draft to be looked at, or one that the form has to finish; not those that
    the program tries again by itself."""
    rows = Occurrence.objects.of(company).select_related("recurrence__template", "invoice__entry")
    unfinished = rows.filter(outcome=Occurrence.Outcome.HELD, invoice=None, reason_json__isnull=False)
    unfinished = unfinished.exclude(reason_json__code=RATE_SOON)
    return unfinished | rows.filter(invoice__state="draft")


def _locked(row: Recurrence) -> Recurrence:
    now = making.locked(row.company, row.pk)
    if now is None:
        raise ChangedMeanwhile
    return now


def _note(
    row: Recurrence,
    action: Action,
    request: CompanyRequest,
    *,
    day: dt.date | None = None,
    automatic: bool | None = None,
) -> None:
    way = "" if automatic is None else "automatic" if automatic else "with-approval"
    day_text = day.isoformat() if day is not None else ""
    log(row.company, action, request=request, name=row.template.name, day=day_text, way=way)
