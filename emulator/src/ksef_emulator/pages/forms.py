"""Pages with forms: the visit of a browser, its cookie, and the secret that every form must repeat."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile

from ..clock import Clock
from ..model.identity.contexts import Context

LARGEST_FILE = 1_000_000  # bytes of an uploaded one


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
        with self._lock:
            self._visits.pop(visit.id, None)


class Foreign(Exception):
    """A form that these pages did not give to this visit."""


class TooLarge(Exception):
    """A file that nobody signs."""


class Forms:
    """What the portal and the control panel do alike with every request."""

    def __init__(self, visits: Visits, *, cookie: str, path: str) -> None:
        """The cookie's name, and the path under which the browser sends it."""
        self.visits = visits
        self._cookie, self._path = cookie, path

    def visit(self, request: Request) -> Visit:
        """The visit of this browser, a new one if need be; the same all through a request."""
        visit: Visit | None = getattr(request.state, "visit", None)
        if visit is None:
            visit = self.visits.find(request.cookies.get(self._cookie)) or self.visits.begin()
            request.state.visit = visit
        return visit

    def go(self, request: Request, path: str) -> Response:
        """See another page next (303)."""
        return self.with_cookie(request, RedirectResponse(path, status_code=303))

    def with_cookie(self, request: Request, response: Response) -> Response:
        """The cookie is these pages' alone, unreadable to scripts, and never sent by another site's form."""
        response.headers["Cache-Control"] = "no-store"
        response.set_cookie(
            self._cookie,
            self.visit(request).id,
            path=self._path,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    async def form(self, request: Request) -> Mapping[str, Any]:
        """The fields of a form of this visit: texts without blanks at their ends, files as bytes; ``name_all`` are all
        values of a field that came more than once.

        Raises Foreign for a form of somebody else, TooLarge for a file of over a million bytes.
        """
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
            raise Foreign
        fields: dict[str, Any] = {}
        async with request.form(max_files=2, max_fields=50) as form:
            for name, value in form.items():
                if isinstance(value, UploadFile):
                    fields[name] = await value.read(LARGEST_FILE + 1)
                    fields[f"{name}_name"] = value.filename or ""
                    if len(fields[name]) > LARGEST_FILE:
                        raise TooLarge
                else:
                    fields[name] = value.strip()
            for name in form:
                if len(form.getlist(name)) > 1:
                    fields[f"{name}_all"] = [str(item) for item in form.getlist(name)]
        if not secrets.compare_digest(fields.get("csrf", "").encode(), self.visit(request).csrf.encode()):
            raise Foreign
        return fields
