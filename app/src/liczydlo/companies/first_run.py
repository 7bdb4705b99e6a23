"""The first start: as long as there is no account, every page leads to the one that makes the owner's."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from liczydlo.companies import addresses
from liczydlo.companies.models import User

OPEN = ("companies:first_run", "web:health", "web:favicon", "set_language")


class AlreadySetUp(Exception):
    """Somebody else made the first account in the meantime."""


class FirstRun:
    """Middleware that leads to the set-up page until there is an account."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._done = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Once an account has been seen, nothing is asked any more."""
        if not self._done:
            self._done = request.user.is_authenticated or User.objects.exists()
            start = reverse("companies:first_run")
            is_open = request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/") or request.path in {
                reverse(name) for name in OPEN
            }
            if not self._done and not is_open:
                return redirect(start)
        return self.get_response(request)


def make_owner(*, email: str, password: str, name: str) -> User:
    """Make the first account, its address confirmed by the installation; of two at the same moment one wins.

    Raises AlreadySetUp when there is one.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":  # SQLite's BEGIN IMMEDIATE already lets in one writer at a time
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(7106270)")
        if User.objects.exists():
            raise AlreadySetUp
        user = User.objects.create_user(email, password, name=name)
        addresses.confirm(user)
        return user
