"""Days that were held because NBP had no rate yet, or did not answer: tried again until a working day has passed.

After that a person is told, and the day is that person's: the program does not make its invoice behind their back.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from liczydlo.companies.models import Company
from liczydlo.fa3.totals import PLN
from liczydlo.jobs import registry
from liczydlo.ksef.deadlines import is_business_day, next_business_day
from liczydlo.sales import foreign_currency
from liczydlo.sales.repeating import making
from liczydlo.sales.repeating.tables import RATE_SOON, Occurrence
from liczydlo.web import times
from liczydlo.web.reasons import Reason

EVERY: Final = dt.timedelta(hours=1)


def held_occurrences(company: Company) -> QuerySet[Occurrence]:
    """Days that wait for a rate and of which nobody is told yet."""
    rows: QuerySet[Occurrence] = Occurrence.objects.of(company)
    return rows.filter(outcome=Occurrence.Outcome.HELD, invoice=None, reason_json__code=RATE_SOON).order_by(
        "nominal", "pk"
    )


def retry(company: Company, occurrence_id: int) -> bool:
    """Do the work of a held day, where the rate is to be had now; whether it was done. All of it is committed, or
    nothing. The date of issue is today's, and the rate that of its day.

    NBP is asked before rows are locked. A person who finishes or skips the day at the same moment is not overruled.
    """
    today = times.today()
    rows = held_occurrences(company).filter(recurrence__is_active=True)
    day = rows.select_related("recurrence__template__contractor").filter(pk=occurrence_id).first()
    if day is None:
        return False
    day.recurrence.company = company
    draft = making.draft_of(day.recurrence, day.nominal, today)
    if draft.currency != PLN and foreign_currency.rated(company, draft) is None:
        return False
    with transaction.atomic():
        is_made = _make(company, day, today)
        if (
            not is_made or times.today() != today
        ):  # midnight came: the next call makes it with the new day's date
            transaction.set_rollback(True)
            return False
    return True


def _make(company: Company, day: Occurrence, today: dt.date) -> bool:
    row = making.locked(company, day.recurrence_id)
    if row is None or not row.is_active or not making.is_vouched(row):
        return False
    columns = making.columns_after(row, day.nominal, today)
    reason = Reason.from_json(columns["reason_json"])
    if reason is not None and reason.code == RATE_SOON:
        return False
    registry.enqueue(company.pk, making.LETTERS)
    # last, as the form does it that a person finishes the day with: of the two, one makes the invoice
    return bool(held_occurrences(company).filter(pk=day.pk).update(**columns))


def notify(company: Company, today: dt.date) -> None:
    """Have people told of the days for which a whole working day has brought no rate."""
    late = [day.pk for day in held_occurrences(company) if today > _last_day(day.made_on)]
    if late:
        with transaction.atomic():
            rows = held_occurrences(company).filter(pk__in=late)
            if rows.update(reason_json=Reason("recurring-rate").as_json()):
                registry.enqueue(company.pk, making.LETTERS)


def _last_day(day: dt.date) -> dt.date:
    """The working day that has to pass."""
    return day if is_business_day(day) else next_business_day(day)
