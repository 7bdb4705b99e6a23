"""Recurrences for people: in words, the days to come with the texts that they will have, what became of the others."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.sales.repeating import making
from liczydlo.sales.repeating.days import LAST, Period
from liczydlo.sales.repeating.tables import InvoiceTemplate, Recurrence
from liczydlo.sales.repeating.wording import PLACES

SHOWN: Final = 4
"""Days of a preview."""
EARLIEST: Final = dt.timedelta(days=60)
"""So long before the delivery an invoice may be issued (art. 106i ust. 7 ustawy o VAT), but for those of periods."""
_BRACES: Final = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """A day to come, and what its invoice would say if the template stays as it is."""

    recurrence: Recurrence
    nominal: dt.date
    planned: dt.date
    period: Period
    draft: InvoiceDraft

    @property
    def texts(self) -> Sequence[str]:
        """Names of the lines, and the notes."""
        notes = self.draft.footer.informacje if self.draft.footer is not None else ()
        texts = [one.name for one in self.draft.lines] + [one.stopka_faktury for one in notes]
        return [text for text in texts if text]

    @property
    def delivery(self) -> dt.date:
        """P_6, or the day of issue."""
        return self.draft.sale_date or self.planned

    @property
    def term(self) -> dt.date | None:
        """The first day of payment that its invoice names."""
        terms = self.draft.payment.terms if self.draft.payment is not None else ()
        return next((one.termin for one in terms if one.termin), None)

    @property
    def is_too_early(self) -> bool:
        """Whether the invoice comes more than 60 days before the delivery."""
        return self.delivery - self.planned > EARLIEST


def ahead(row: Recurrence, count: int = SHOWN) -> list[Ahead]:
    """The next days of a recurrence."""
    days = []
    for nominal in itertools.islice(row.ahead(), count):
        planned = row.rhythm.planned(nominal)
        days.append(
            Ahead(
                recurrence=row,
                nominal=nominal,
                planned=planned,
                period=row.period(nominal),
                draft=making.draft_of(row, nominal, planned),
            )
        )
    return days


def unknown(template: InvoiceTemplate) -> list[str]:
    """What stands in braces in the template's texts and is no place that is filled in."""
    draft = template.draft
    notes = draft.footer.informacje if draft.footer is not None else ()
    texts = [one.name for one in draft.lines] + [one.stopka_faktury for one in notes]
    places = [place for text in texts if text for place in _BRACES.findall(text)]
    return list(dict.fromkeys(place for place in places if place[1:-1].strip().lower() not in PLACES))


def words(row: Recurrence) -> str:
    """``co 2 miesiące, 31. albo ostatniego dnia``."""
    every = _every(row)
    if row.unit == Recurrence.Unit.WEEK:
        return f"{every}, {_weekday(row.first_day.weekday())}"
    if row.day == LAST:
        return _("%(every)s, ostatniego dnia miesiąca") % {"every": every}
    return _("%(every)s, dnia %(day)d.") % {"every": every, "day": row.day}


def _every(row: Recurrence) -> str:
    n = row.every
    few = 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14
    match row.unit:
        case Recurrence.Unit.WEEK:
            text = _("co tydzień") if n == 1 else _("co %(n)d tygodnie") if few else _("co %(n)d tygodni")
        case Recurrence.Unit.MONTH:
            text = _("co miesiąc") if n == 1 else _("co %(n)d miesiące") if few else _("co %(n)d miesięcy")
        case Recurrence.Unit.QUARTER:
            text = _("co kwartał") if n == 1 else _("co %(n)d kwartały") if few else _("co %(n)d kwartałów")
        case _:
            text = _("co rok") if n == 1 else _("co %(n)d lata") if few else _("co %(n)d lat")
    return text % {"n": n}


def _weekday(index: int) -> str:
    return (
        _("w poniedziałki"),
        _("we wtorki"),
        _("w środy"),
        _("w czwartki"),
        _("w piątki"),
        _("w soboty"),
        _("w niedziele"),
    )[index]
