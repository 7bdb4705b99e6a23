"""What the present login may do, and KSeF's clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from liczydlo.ksef import login
from liczydlo.ksef.conversation import Conversation, Request
from liczydlo.ksef.runner import Runner

__all__ = ["ClockReading", "OwnPermissions", "StandingOperations"]

_PAGE: Final = 100


@dataclass(frozen=True, kw_only=True)
class OwnPermissions:
    """KSeF's names of what the login may do in its context; ``is_owner`` when the context is its own."""

    names: frozenset[str]
    is_owner: bool


@dataclass(frozen=True, kw_only=True)
class ClockReading:
    """``ahead`` is how much our clock is ahead of KSeF's; negative when it is behind. Right to half of ``within``."""

    ahead: timedelta
    within: timedelta


def own_permissions() -> Conversation[OwnPermissions]:
    """``POST /permissions/query/personal/grants``, all pages, active ones."""
    names: set[str] = set()
    is_owner, offset = False, 0
    while True:
        answer = yield Request(
            method="POST",
            path="/permissions/query/personal/grants",
            query={"pageOffset": str(offset), "pageSize": str(_PAGE)},
            json={"permissionState": "Active"},
            repeatable=True,
        )
        node = answer.object()
        names.update(item.text("permissionScope") for item in node.nodes("permissions"))
        owned = node.texts("ownerPermissions")
        is_owner = is_owner or bool(owned)
        names.update(owned)
        if not node.flag("hasMore"):
            return OwnPermissions(names=frozenset(names), is_owner=is_owner)
        offset += 1


def clock_reading(clock: Callable[[], datetime]) -> Conversation[ClockReading]:
    """Compare clocks by the time inside a challenge, taken to be the middle of the exchange."""
    before = clock()
    challenged = yield from login.challenge()
    after = clock()
    return ClockReading(ahead=before + (after - before) / 2 - challenged.timestamp, within=after - before)


class StandingOperations(Runner):
    """Permissions of the login and the difference of clocks."""

    def own_permissions(self) -> OwnPermissions:
        """What the logged-in subject may do in this context."""
        return self._run(own_permissions())

    def clock_reading(self) -> ClockReading:
        """How far our clock is from KSeF's; asks without a login."""
        return self._run(clock_reading(self._clock))
