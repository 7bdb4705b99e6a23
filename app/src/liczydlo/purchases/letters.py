"""Letters to people who want to know of new purchases: at once, or once a day.

A person is told of each invoice once: ``LetterChoice.last_notified_id`` moves when the mail server
has taken the letter.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liczydlo.companies import letters
from liczydlo.companies.models import Company, User
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.jobs.letters import try_again
from liczydlo.purchases.models import LetterChoice, ReceivedInvoice

NAME: Final = "purchases.letters"
MORNING: Final = dt.time(8)
LISTED: Final = 50
"""Invoices named in one letter; of the rest their number is told."""
When = LetterChoice.When


def request(company: Company, *, now: dt.datetime) -> None:
    """Have letters written about what has come, when the first person wants one."""
    choices = LetterChoice.objects.of(company).exclude(when=When.NEVER)
    first = choices.order_by("next_at").values_list("next_at", flat=True).first()
    if settings.LICZYDLO_SENDS_MAIL and first is not None:
        registry.enqueue(company.pk, NAME, at=max(first, now))


def set_frequency(company: Company, person: User, when: str, *, now: dt.datetime) -> None:
    """Keep what a person wants; they are told of what comes from now on."""
    latest = ReceivedInvoice.objects.of(company).aggregate(latest=Max("pk"))["latest"] or 0
    LetterChoice.objects.update_or_create(
        company=company,
        person=person,
        defaults={"when": when, "last_notified_id": latest, "next_at": _next(when, now)},
    )


def frequency_of(company: Company, person: User) -> str:
    """What the person wants."""
    row = LetterChoice.objects.of(company).filter(person=person).first()
    return row.when if row is not None else When.NEVER


@registry.job(NAME)
def write(claim: Claim) -> dt.datetime | None:
    """Write what is due; returns when the next letter may be. Raises Later when the mail server took not all."""
    company, now = claim.company, claim.clock()
    if not settings.LICZYDLO_SENDS_MAIL:
        return None
    # who has left the firm is told nothing more
    choices = LetterChoice.objects.of(company).exclude(when=When.NEVER)
    choices = choices.filter(person__memberships__company=company, person__is_active=True)
    undelivered, waiting = 0, []
    for choice in choices.select_related("person"):
        rows = _news(company, choice)
        if not rows:
            continue
        if choice.next_at > now:
            waiting.append(choice.next_at)
        elif not _send_letter(claim, company, choice, rows):
            undelivered += 1
    try_again(undelivered)
    return min(waiting, default=None)


def _news(company: Company, choice: LetterChoice) -> list[ReceivedInvoice]:
    rows = ReceivedInvoice.objects.of(company).filter(
        environment=company.environment, pk__gt=choice.last_notified_id
    )
    rows = rows.exclude(read_at=None).exclude(entry__ksef_number="")  # who typed a cost in needs no letter
    return list(rows.order_by("pk").select_related("entry"))


def _send_letter(
    claim: Claim, company: Company, choice: LetterChoice, rows: Sequence[ReceivedInvoice]
) -> bool:
    claim.step("letters.write")
    values = {
        "company": company,
        "rows": rows[:LISTED],
        "more": max(0, len(rows) - LISTED),
        "link": letters.link(reverse("purchases:list", args=[company.pk])),
    }
    subject = functools.partial(_subject, company, len(rows))
    if not letters.write(choice.person, subject, "purchases/letter.txt", values):
        return False
    claim.step("letters.written")
    unchanged = LetterChoice.objects.of(company).filter(pk=choice.pk, when=choice.when)
    unchanged.update(last_notified_id=rows[-1].pk, next_at=_next(choice.when, claim.clock()))
    return True


def _subject(company: Company, count: int) -> str:
    return _("%(firm)s: nowe faktury zakupu (%(n)d)") % {"firm": company.name, "n": count}


def _next(when: str, now: dt.datetime) -> dt.datetime:
    """The moment before which the next letter is not written."""
    if when != When.DAILY:
        return now
    local = timezone.localtime(now)
    morning = timezone.make_aware(dt.datetime.combine(local.date(), MORNING))
    return (
        morning
        if local < morning
        else timezone.make_aware(dt.datetime.combine(local.date() + dt.timedelta(days=1), MORNING))
    )
