"""Visits of the portal: who sits at a browser, what they began, and the secret that their forms must repeat."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..clock import Clock
from ..model.identity.contexts import Context

IDLE = timedelta(minutes=30)
MOST = 1000
"""Visits that are remembered; the one that was silent longest goes first."""


@dataclass(kw_only=True)
class Visit:
    """One browser. ``road`` is how its login goes: ``gov`` or ``certyfikat``; ``login`` the reference number of the
    operation that is being checked; ``access`` and ``refresh`` the tokens that came of it; ``given`` what was granted
    last, for the page that tells of it. Secrets never show."""

    id: str = field(repr=False)
    csrf: str = field(repr=False)
    seen: datetime
    road: str = ""
    context: Context | None = None
    by_fingerprint: bool = False
    challenge: str = ""
    login: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    access: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)

    def forget_login(self) -> None:
        """Back to a stranger, who may begin anew."""
        self.road, self.context, self.by_fingerprint = "", None, False
        self.challenge = self.login = self.access = self.refresh = ""
        self.given = {}


class Visits:
    """All visits, in memory: a restart logs everybody out. Thread-safe."""

    def __init__(self, clock: Clock, idle: timedelta = IDLE) -> None:
        """A visit that was silent for longer than ``idle`` is over."""
        self.clock = clock
        self.idle = idle
        self._visits: dict[str, Visit] = {}
        self._lock = threading.Lock()

    def find(self, key: str | None) -> Visit | None:
        """The visit of a cookie, unless it has been idle for too long."""
        now = self.clock.now()
        with self._lock:
            visit = self._visits.get(key or "")
            if visit is None:
                return None
            if abs(now - visit.seen) > self.idle:
                del self._visits[visit.id]
                return None
            visit.seen = now
            return visit

    def begin(self) -> Visit:
        """A new one, of somebody unknown."""
        visit = Visit(id=secrets.token_urlsafe(32), csrf=secrets.token_urlsafe(32), seen=self.clock.now())
        with self._lock:
            self._visits[visit.id] = visit
            while len(self._visits) > MOST:
                del self._visits[min(self._visits, key=lambda key: self._visits[key].seen)]
        return visit

    def renew(self, visit: Visit) -> None:
        """Another name for the same visit, so that nobody who knew the old one is logged in with it."""
        with self._lock:
            self._visits.pop(visit.id, None)
            visit.id, visit.csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
            self._visits[visit.id] = visit

    def end(self, visit: Visit) -> None:
        """Forget it."""
        with self._lock:
            self._visits.pop(visit.id, None)
