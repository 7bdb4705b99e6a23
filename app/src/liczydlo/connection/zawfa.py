"""The steps of a ZAW-FA, each with its line in the audit log."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.http import HttpRequest

from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.companies.models import Company
from liczydlo.connection.models import ZawFa, ZawFaState
from liczydlo.web.rows import stored


def current(company: Company) -> ZawFa | None:
    """The company's ZAW-FA in its present environment, if it said that it needs one."""
    return ZawFa.objects.of(company).filter(environment=company.environment).first()


def begin(company: Company, *, request: HttpRequest) -> ZawFa:
    """„Nie mamy pieczęci": from now on its state is kept; said twice it changes nothing."""

    def write() -> ZawFa:
        row, is_new = ZawFa.objects.get_or_create(company=company, environment=company.environment)
        if is_new:
            audit.log(company, Action.ZAWFA_PREPARED, request=request)
        return row

    return stored(write)


class MovedOn(Exception):
    """Somebody else has taken a step in the meantime; nothing was changed."""


def filed(row: ZawFa, person: str, day: dt.date, *, request: HttpRequest) -> None:
    """Note that ZAW-FA was filed on ``day`` for ``person``. Raises MovedOn."""
    with transaction.atomic():
        _move(row, ZawFaState.TO_FILE, state=ZawFaState.FILED, person=person, filed_on=day, accepted_on=None)
        audit.log(row.company, Action.ZAWFA_FILED, request=request, person=person, day=day.isoformat())


def accepted(row: ZawFa, day: dt.date, *, request: HttpRequest) -> None:
    """Note that the tax office accepted it on ``day``. Raises MovedOn."""
    with transaction.atomic():
        _move(row, ZawFaState.FILED, state=ZawFaState.ACCEPTED, accepted_on=day)
        audit.log(row.company, Action.ZAWFA_ACCEPTED, request=request, person=row.person, day=day.isoformat())


def back(row: ZawFa) -> None:
    """One step back, when a button was pressed too soon; what was written stays in the form. Raises MovedOn."""
    before = ZawFaState.TO_FILE if row.state == ZawFaState.FILED else ZawFaState.FILED
    _move(row, ZawFaState(row.state), state=before, accepted_on=None)


def _move(row: ZawFa, expected: ZawFaState, **values: object) -> None:
    """Write a step, if the row is still as it was seen. Raises MovedOn."""
    there = ZawFa.objects.of(row.company).filter(
        pk=row.pk, state=expected, person=row.person, filed_on=row.filed_on
    )
    if not there.update(**values):
        raise MovedOn
    for name, value in values.items():
        setattr(row, name, value)


def forget(company: Company) -> None:
    """„Mamy jednak pieczęć": the notice of the present environment is deleted."""
    ZawFa.objects.of(company).filter(environment=company.environment).delete()
