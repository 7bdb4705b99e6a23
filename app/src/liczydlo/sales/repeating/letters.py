"""Letters about recurring invoices: what waits for a person, and what rests.

They go to the owners, and of a recurrence to the person in whose name it works; a matter is written to a person
once. What the mail server does not take is tried again.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from liczydlo.companies import letters
from liczydlo.companies.models import Company, User
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.jobs.letters import try_again
from liczydlo.sales.models import Notice
from liczydlo.sales.repeating import making, recurrences
from liczydlo.sales.repeating.tables import Occurrence, Recurrence

KIND: Final = "recurring"
"""Of ``Notice``."""
LISTED: Final = 50
"""Matters named in one letter; the rest is a number."""


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One thing to write about: a day that waits, or a recurrence that rests."""

    recurrence: Recurrence
    occurrence: Occurrence | None = None


@registry.job(making.LETTERS)
def write(claim: Claim) -> None:
    """Write what a person has not been written yet. Raises Later when the mail server took not all."""
    company = claim.company
    if not settings.LICZYDLO_SENDS_MAIL:
        return
    undelivered = 0
    matters = _matters(company)
    owners = letters.owners(company)
    setters = {one.recurrence.set_by for one in matters.values()}
    others = [one for one in setters if one is not None and one.email and one not in owners]
    for person in [*owners, *sorted(others, key=lambda one: one.pk)]:
        matters_of_person = {
            key: one
            for key, one in _unwritten(company, person, matters).items()
            if person in owners or (one.recurrence.set_by == person and making.is_vouched(one.recurrence))
        }
        if matters_of_person and not _send_letter(claim, company, person, matters_of_person):
            undelivered += 1
    try_again(undelivered)


def _matters(company: Company) -> dict[str, Matter]:
    """By the keys of their notices."""
    matters = {}
    days = recurrences.waiting(company).select_related(
        "recurrence__template", "recurrence__set_by", "invoice__entry"
    )
    for day in days.order_by("pk"):
        matters[f"day {day.pk}"] = Matter(recurrence=day.recurrence, occurrence=day)
    resting = Recurrence.objects.of(company).filter(is_active=False, reason_json__isnull=False)
    for row in resting.select_related("template", "set_by").order_by("pk"):
        matters[f"rest {row.pk} {row.version}"] = Matter(recurrence=row)
    return matters


def _unwritten(company: Company, person: User, matters: Mapping[str, Matter]) -> dict[str, Matter]:
    notices = Notice.objects.of(company).filter(person=person, kind=KIND, key__in=matters)
    noticed = set(notices.values_list("key", flat=True))
    return {key: one for key, one in matters.items() if key not in noticed}


def _send_letter(claim: Claim, company: Company, person: User, matters: Mapping[str, Matter]) -> bool:
    claim.step("recurring.write")
    values = {
        "company": company,
        "matters": list(matters.values())[:LISTED],
        "more": max(0, len(matters) - LISTED),
        "link": letters.link(reverse("sales:recurring", args=[company.pk])),
    }
    subject = functools.partial(_subject, company, len(matters))
    if not letters.write(person, subject, "sales/recurring.txt", values):
        return False
    claim.step("recurring.written")
    Notice.objects.bulk_create(
        (Notice(company=company, person=person, kind=KIND, key=key) for key in matters), ignore_conflicts=True
    )
    return True


def _subject(company: Company, count: int) -> str:
    return _("%(firm)s: faktury cykliczne czekają na Ciebie (%(n)d)") % {"firm": company.name, "n": count}
