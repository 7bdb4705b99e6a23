"""Addresses that take no letters: from when on the program does not write there by itself, and until when.

The log names what came back and never the address: a log is not rewritten when somebody's data are erased.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest

from liczydlo.audit.actions import Action
from liczydlo.audit.services import log
from liczydlo.companies.models import Company
from liczydlo.contacts.models import Contractor, StoppedAddress
from liczydlo.web.reasons import Reason


def of(company: Company) -> QuerySet[StoppedAddress]:
    """Stopped addresses of a company, the newest first."""
    rows: QuerySet[StoppedAddress] = StoppedAddress.objects.of(company)
    return rows.order_by("-stopped_at", "-pk")


def in_use(company: Company) -> QuerySet[StoppedAddress]:
    """Those to which the program would write: the address of some contractor."""
    theirs = Contractor.objects.of(company).annotate(lower=Lower("email")).filter(lower=OuterRef("address"))
    return of(company).filter(Exists(theirs))


def of_address(company: Company, address: str) -> StoppedAddress | None:
    """The stop of an address, where there is one."""
    return of(company).filter(address=address.lower()).first() if address else None


def kept_of(company: Company, contractor: Contractor) -> QuerySet[StoppedAddress]:
    """The stop of a contractor's address (``privacy.erase``)."""
    return of(company).filter(address=contractor.email.lower())


def stop(company: Company, address: str, reason: Reason, *, about: str, now: dt.datetime) -> None:
    """Write to an address by oneself no more; ``about`` says for the log which letter came back."""
    with transaction.atomic():
        _row, is_new = StoppedAddress.objects.update_or_create(
            company=company,
            address=address.lower(),
            defaults={"reason_json": reason.as_json(), "stopped_at": now},
        )
        if is_new:
            log(company, Action.ADDRESS_STOPPED, letter=about)


def resume(row: StoppedAddress, *, why: str, request: HttpRequest | None = None) -> bool:
    """Write to the address again; False where that has been said already. ``why`` is for the log: ``person``, ``typed``
    or ``delivered``."""
    with transaction.atomic():
        count, _models = StoppedAddress.objects.of(row.company).filter(pk=row.pk).delete()
        if count:
            log(row.company, Action.ADDRESS_RESUMED, request=request, why=why)
    return bool(count)


def typed(company: Company, before: str, after: str, request: HttpRequest) -> None:
    """A person has typed another address of a contractor: what is known of either is of yesterday."""
    if before.lower() == after.lower():
        return
    for row in of(company).filter(address__in={before.lower(), after.lower()}).select_related("company"):
        resume(row, why="typed", request=request)
