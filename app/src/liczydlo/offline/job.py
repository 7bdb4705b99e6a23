"""The installation's job that keeps outages as Latarnia announces them."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Final

from django.db import transaction
from django.db.models import Q

from liczydlo.companies.environments import environment_of
from liczydlo.companies.models import Company, Environment
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.ksef import deadlines, latarnia
from liczydlo.ksef.errors import KsefError
from liczydlo.offline import locks
from liczydlo.offline.models import Latarnia, Outage
from liczydlo.offline.signals import outages_changed
from liczydlo.web import times

NAME: Final = "offline.latarnia"
EVERY: Final = dt.timedelta(minutes=5)
TITLE: Final = 500  # characters of an announcement's title that are kept
WHILE_ON: Final = dt.timedelta(minutes=1)
"""While something is on, or will be within ``EVERY``."""

log = logging.getLogger(__name__)


@registry.job(NAME, standing=True)
def learn(claim: Claim) -> dt.datetime:
    """Ask the Latarnia of every environment that a company works in. Raises ClaimLost.

    A Latarnia that is silent says nothing: what it announced before stays, and it is asked again as always.
    """
    now = claim.clock()
    for name in Company.objects.order_by("environment").values_list("environment", flat=True).distinct():
        try:
            environment = environment_of(Environment(name))
            announced = latarnia.outages(
                latarnia.messages(environment, patience=0.0)
            )  # it is asked again soon
        except KsefError as error:
            log.info("Latarnia of %s is silent: %s", name, error)
            Latarnia.objects.update_or_create(environment=name, defaults={"asked_at": now})
            continue
        claim.step("outages.store")
        keep(name, announced)
        Latarnia.objects.update_or_create(environment=name, defaults={"asked_at": now, "answered_at": now})
    not_over = Q(ended_at=None) | Q(ended_at__gt=now)
    is_on = Outage.objects.filter(not_over, started_at__lte=now + EVERY).exists()
    return claim.clock() + (WHILE_ON if is_on else EVERY)


def once_connected(**_: object) -> None:
    """Ask Latarnia at once: the environment may be new here."""
    registry.enqueue(None, NAME)


def keep(environment: str, announced: tuple[deadlines.Outage, ...]) -> bool:
    """Store what is new or was corrected; whether anything was. What Latarnia no longer lists stays."""
    changed = False
    with transaction.atomic():
        locks.change(environment)
        for one in announced:
            values = {
                "kind": one.kind,
                "started_at": one.start,
                "ended_at": one.end,
                "title": one.title[:TITLE],
            }
            row, is_new = Outage.objects.get_or_create(
                environment=environment, event=one.event, defaults=values
            )
            if not is_new and row.announced != one:
                Outage.objects.filter(pk=row.pk).update(**values, changed_at=times.now())
                is_new = True
            changed = changed or is_new
        if changed:
            transaction.on_commit(lambda: outages_changed.send(sender=Outage, environment=environment))
    return changed
