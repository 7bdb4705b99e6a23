"""Letters to people about letters that came back: to who sent one, or to the owners where it went by itself.

Each is written about once; what the mail server does not take is tried again.
"""

from __future__ import annotations

import functools
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from liczydlo.companies import letters
from liczydlo.companies.access import ISSUERS
from liczydlo.companies.models import Company, Membership, User
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.jobs.letters import try_again
from liczydlo.sales.delivery.tables import BuyerLetter
from liczydlo.sales.models import Notice

JOB: Final = "sales.returned_letters"
KIND: Final = "returned"
"""Of ``Notice``."""
LISTED: Final = 50
"""Letters named in one; the rest is a number."""


def returned(company: Company) -> QuerySet[BuyerLetter]:
    """Letters that came back and of which nobody has said yet that they know, the oldest first."""
    rows: QuerySet[BuyerLetter] = BuyerLetter.objects.of(company)
    rows = rows.filter(state=BuyerLetter.State.RETURNED, noticed_at=None)
    return rows.select_related("invoice__entry", "contractor", "by").order_by("returned_at", "pk")


@registry.job(JOB)
def write(claim: Claim) -> None:
    """Write what a person has not been written yet. Raises Later when the mail server took not all."""
    company = claim.company
    if not settings.LICZYDLO_SENDS_MAIL:
        return
    undelivered = 0
    for person, rows in _by_person(company, list(returned(company))).items():
        notices = Notice.objects.of(company).filter(person=person, kind=KIND)
        noticed = set(notices.values_list("key", flat=True))
        unnoticed = [row for row in rows if str(row.pk) not in noticed]
        if unnoticed and not _send_notice(claim, company, person, unnoticed):
            undelivered += 1
    try_again(undelivered)


def _by_person(company: Company, rows: list[BuyerLetter]) -> dict[User, list[BuyerLetter]]:
    here = Membership.objects.filter(company=company, role__in=ISSUERS, user__is_active=True)
    members, owners = set(here.values_list("user", flat=True)), letters.owners(company)
    by_person: dict[User, list[BuyerLetter]] = {}
    for row in rows:
        people = [row.by] if row.by is not None and row.by_id in members and row.by.email else owners
        for person in people:
            by_person.setdefault(person, []).append(row)
    return by_person


def _send_notice(claim: Claim, company: Company, person: User, rows: list[BuyerLetter]) -> bool:
    claim.step("bounces.write")
    values = {
        "company": company,
        "letters": rows[:LISTED],
        "more": max(0, len(rows) - LISTED),
        "link": letters.link(reverse("sales:returned_letters", args=[company.pk])),
    }
    subject = functools.partial(_subject, company, len(rows))
    if not letters.write(person, subject, "sales/returned.txt", values):
        return False
    Notice.objects.bulk_create(
        (Notice(company=company, person=person, kind=KIND, key=str(row.pk)) for row in rows),
        ignore_conflicts=True,
    )
    return True


def _subject(company: Company, count: int) -> str:
    return _("%(firm)s: listy do nabywców wróciły (%(n)d)") % {"firm": company.name, "n": count}
