"""Writing the audit log, and checking that nobody rewrote it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.db import transaction
from django.http import HttpRequest

from liczydlo.audit.actions import Action
from liczydlo.audit.models import BEGINNING, Entry
from liczydlo.companies.models import Company, User
from liczydlo.web import times
from liczydlo.web.caller import address_of

logger = logging.getLogger(__name__)
SECRETS: Final = frozenset({"key", "passphrase", "password", "secret", "token"})


def log(
    company: Company,
    action: Action,
    *,
    request: HttpRequest | None = None,
    by: User | None = None,
    address: str = "",
    reference: str = "",
    clock: Callable[[], dt.datetime] = times.now,
    **details: str,
) -> Entry:
    """Add an entry to the company's audit log, within the caller's transaction if there is one.

    ``request`` tells who and from where; background work gives ``by`` and ``address`` that it kept, or nothing when
    the program acted by itself. ``reference`` is KSeF's number. ``details`` are shown to people; a secret has no
    place there: the names in ``SECRETS`` raise ValueError.
    """
    if secrets := SECRETS & details.keys():
        raise ValueError(f"an audit log keeps no secrets: {sorted(secrets)}")
    if request is not None:
        address = address or address_of(request)
        if by is None and isinstance(request.user, User):
            by = request.user
    with transaction.atomic():
        # The company's row is the queue in which writers wait, so that numbers have no gaps. ``no_key``: a row with a
        # foreign key to the company holds KEY SHARE on it, and two writers that had both inserted one would deadlock.
        environment = Company.objects.select_for_update(no_key=True).get(pk=company.pk).environment
        last = Entry.objects.of(company).order_by("-number").only("number", "digest").first()
        entry = Entry(
            company=company,
            number=last.number + 1 if last else 1,
            at=clock(),
            action=action,
            environment=environment,
            by=by,
            who=_name(by),
            address=address[:45],
            reference=reference[:100],
            details={name: str(value) for name, value in details.items() if value != ""},
            previous=last.digest if last else BEGINNING,
        )
        entry.digest = entry.computed_digest()
        entry.save(force_insert=True)
    # a copy in the log, wherever that is kept, shows later whether the end of the audit log was cut off
    logger.info(
        "audit log of company %s: entry %s %s %s", company.pk, entry.number, action.value, entry.digest
    )
    return entry


def log_act(
    *,
    company: Company,
    action: str,
    request: HttpRequest,
    by: User | None,
    details: dict[str, Any],
    **_: object,
) -> None:
    """Log what ``companies.signals.acted`` reports."""
    log(company, Action(action), request=request, by=by, **details)


def _name(by: User | None) -> str:
    return f"{by.name} <{by.email}>".strip()[:512] if by is not None else ""


@dataclass(frozen=True, kw_only=True)
class Chain:
    """What a check of a company's audit log found; ``broken_at`` is the first entry that does not fit, or None."""

    length: int
    digest: str
    broken_at: int | None = None
    reason: Literal["", "gap", "link", "contents"] = ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing was changed, taken out or put in."""
        return self.broken_at is None


def check(company: Company) -> Chain:
    """Compute the whole chain anew. A cut-off end shows only against an earlier ``length`` and ``digest``."""
    previous, length = BEGINNING, 0
    for entry in Entry.objects.of(company).order_by("number").iterator(chunk_size=2000):
        reason: Literal["", "gap", "link", "contents"] = ""
        if entry.number != length + 1:
            reason = "gap"
        elif entry.previous != previous:
            reason = "link"
        elif entry.computed_digest() != entry.digest:
            reason = "contents"
        if reason:
            return Chain(length=length, digest=previous, broken_at=entry.number, reason=reason)
        previous, length = entry.digest, entry.number
    return Chain(length=length, digest=previous)
