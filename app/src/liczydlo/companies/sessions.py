"""How long a login lasts, where a person is logged in, and what an open page hears when that has ended."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone

from liczydlo.web import disk

SEEN: Final = "seen"  # in the session: when its person last did something, in seconds since 1970
STEP: Final = 300
"""Seconds within which no second time is written, so that reading pages costs the database no write each."""
NOTED: Final = frozenset((SEEN, "_session_expiry"))
"""What :class:`Activity` changes in a session."""

log = logging.getLogger(__name__)


class Sessions(SessionMiddleware):
    """Django's own. With a full disk an answer goes out all the same where only the note of activity is not kept."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Raises SessionInterrupted where something that was put into the session cannot be kept."""
        try:
            return super().process_response(request, response)
        except SessionInterrupted as error:
            if not disk.is_full(error) or self._is_changed(request.session):
                raise
        log.warning("the disk is full: the activity of a session was not noted")
        request.session.modified = False
        return super().process_response(request, response)

    def _is_changed(self, session: SessionBase) -> bool:
        stored = self.SessionStore(session.session_key).load()
        return any(session.get(key) != stored.get(key) for key in (session.keys() | stored.keys()) - NOTED)


class Activity:
    """Middleware that lets a session live on from what its person does: it ends ``SESSION_COOKIE_AGE`` after that.

    What an open page asks by itself (htmx, GET) does not count. The list of the person's sessions is kept by the way,
    so that every session is on it, however it began.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note the time, at most once in ``STEP``."""
        if request.user.is_authenticated and not _by_itself(request):
            now = int(timezone.now().timestamp())
            if now - request.session.get(SEEN, 0) >= STEP:
                request.session[SEEN] = now
                request.session.set_expiry(settings.SESSION_COOKIE_AGE)
                with disk.dispensable():
                    UserSession.objects.create_from_request(request)
        return self.get_response(request)


class Devices(ListUserSessionsView):  # type: ignore[misc]  # allauth has no types
    """Where a person is logged in. What has ended is forgotten by the way, where the disk has space for that."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """With ``sessions``, those that live, in the order of their beginning."""
        rows = UserSession.objects.filter(user=self.request.user).order_by("created_at")
        sessions = [row for row in rows if not _has_ended(row)]
        more = {"sessions": sessions, "session_count": len(sessions)}
        values: dict[str, Any] = super(ListUserSessionsView, self).get_context_data(**context, **more)
        return values


class LoginRequired(LoginRequiredMiddleware):
    """Django's own; a part of a page that asks for itself leads the whole page to the login."""

    def handle_no_permission(  # type: ignore[override]  # a redirect that htmx follows
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        """To the login, and back to where the reader was."""
        if "HX-Request" not in request.headers:
            return super().handle_no_permission(request, view_func)
        where = urlsplit(request.headers.get("HX-Current-URL", "/"))
        query = urlencode({"next": f"{where.path}?{where.query}" if where.query else where.path})
        return HttpResponse(status=204, headers={"HX-Redirect": f"{resolve_url(settings.LOGIN_URL)}?{query}"})


def _by_itself(request: HttpRequest) -> bool:
    return request.method == "GET" and "HX-Request" in request.headers


def _has_ended(row: UserSession) -> bool:
    with disk.dispensable():
        ended: bool = row.purge()
        return ended
    return True  # only what has ended is deleted
