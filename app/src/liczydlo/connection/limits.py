"""How much KSeF takes of a company (``ksef.limits``): asked for once a day and after a refusal for too many requests,
kept in a row. While KSeF has not said, the published limits hold.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Final

from liczydlo.companies.models import Company
from liczydlo.connection.models import KsefLimits
from liczydlo.jobs.claims import Clock
from liczydlo.ksef import Client, KsefError, Limits, LoginRefused
from liczydlo.ksef.limits import USUAL

EVERY: Final = dt.timedelta(days=1)
LEAST: Final = dt.timedelta(minutes=10)
"""Between two questions, whatever was refused meanwhile."""

log = logging.getLogger(__name__)


def _row(company: Company) -> KsefLimits | None:
    row: KsefLimits | None = KsefLimits.objects.of(company).filter(environment=company.environment).first()
    return row


def _limits(row: KsefLimits | None) -> Limits:
    return USUAL if row is None or row.limits is None else Limits.from_json(row.limits)


def limits_of(company: Company) -> Limits:
    """What KSeF said last, or what is published; asks nobody."""
    return _limits(_row(company))


def current(company: Company, ksef: Client, *, clock: Clock) -> Limits:
    """The same, asked for anew when it is time; no answer leaves what is known. Raises LoginRefused."""
    row, now = _row(company), clock()
    if row is not None and row.asked_at <= now < row.again_at:
        return _limits(row)
    try:
        limits = ksef.limits()
    except LoginRefused:
        raise
    except KsefError as error:
        log.info("company %s: KSeF did not say its limits: %s", company.pk, error.code)
        limits = _limits(row)
        values: dict[str, object] = {"asked_at": now, "again_at": now + LEAST}
    else:
        values = {"limits": limits.to_json(), "asked_at": now, "again_at": now + EVERY}
    KsefLimits.objects.update_or_create(company=company, environment=company.environment, defaults=values)
    return limits


def doubt(company: Company) -> None:
    """KSeF has refused a request as one too many: the limits may be lower than those that are known."""
    for row in KsefLimits.objects.of(company).filter(environment=company.environment):
        KsefLimits.objects.filter(pk=row.pk).update(again_at=row.asked_at + LEAST)
