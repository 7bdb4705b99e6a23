"""How long a login lasts, and what a page that asks by itself hears when it has ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone

SEEN: Final = "seen"  # in the session: when its person last did something, in seconds since 1970
STEP: Final = 300
"""Seconds within which no second time is written, so that reading pages costs the database no write each."""


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
                UserSession.objects.create_from_request(request)
        return self.get_response(request)


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
