"""What tests do at less cost than life, and to the same effect: fixtures of all tests of the application."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client


def enter(client: Client, person: Any) -> None:
    """Give ``client`` the session that a log-in and a first page leave: two rows written instead of twenty statements.

    Nothing that listens to log-ins hears of it, and ``last_login`` stays; tests of these log in by the page, or by
    Django's ``force_login``.
    """
    from allauth.usersessions.models import UserSession
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.models import Session
    from django.utils import timezone
    from liczydlo.companies.sessions import SEEN

    now, age, key = timezone.now(), settings.SESSION_COOKIE_AGE, secrets.token_hex(16)
    said = {
        SESSION_KEY: str(person.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: person.get_session_auth_hash(),
        SEEN: int(now.timestamp()),
        "_session_expiry": age,
    }
    data = Session.get_session_store_class()().encode(said)
    Session.objects.create(session_key=key, session_data=data, expire_date=now + dt.timedelta(seconds=age))
    UserSession.objects.create(session_key=key, user=person, ip="127.0.0.1")
    client.cookies[settings.SESSION_COOKIE_NAME] = key


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> Iterator[None]:
    """Argon2 as in life, with the least memory that it takes: at its real cost making people is half of a test."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Argon2PasswordHasher, "memory_cost", 8)
        patch.setattr(Argon2PasswordHasher, "time_cost", 1)
        patch.setattr(Argon2PasswordHasher, "parallelism", 1)
        yield


@pytest.fixture(autouse=True, scope="session")
def whole_runs() -> Iterator[None]:
    """A run of a job is not cut short by the seconds that a busy machine takes: tests of yielding set the time."""
    from liczydlo.jobs import claims

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claims, "SLICE", dt.timedelta(hours=1))
        yield


@pytest.fixture(autouse=True)
def own_cache() -> Iterator[None]:
    """No test meets a limit of requests that another has used up: on SQLite they are counted in this process."""
    from django.core.cache import caches
    from django.core.cache.backends.locmem import LocMemCache

    yield
    if isinstance(caches["default"], LocMemCache):
        caches["default"].clear()


@pytest.fixture(autouse=True, scope="session")
def one_list_of_static_files() -> Iterator[None]:
    """The middleware of each test client would list the files of all applications again: 6 ms each."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    listing: dict[str, Any] = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def once(middleware: WhiteNoiseMiddleware) -> None:
        if not listing:
            look(middleware)
            listing.update(middleware.files)
        middleware.files.update(listing)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", once)
        yield


@pytest.fixture(autouse=True, scope="session")
def quick_flush() -> Iterator[None]:
    """A test that commits is cleaned by emptying every table, which the database's guards refuse: they stand aside.

    Django's own way ends with ``post_migrate``, which makes content types and permissions again, and on PostgreSQL
    truncates each table's file: 70 and 120 ms of a test, ten times what deleting a few rows takes.
    """
    from django.db import connection, transaction
    from django.test import TransactionTestCase
    from liczydlo import guards

    stay = {"django_migrations", "django_content_type", "auth_permission"}

    def empty(case: TransactionTestCase) -> None:
        names = set(connection.introspection.django_table_names(only_existing=True, include_views=False))
        statements = [f"DELETE FROM {connection.ops.quote_name(name)}" for name in sorted(names - stay)]
        if connection.vendor == "sqlite":
            guards.remove(connection)
            connection.ops.execute_sql_flush(statements)
        else:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("; ".join(["SET LOCAL session_replication_role = replica", *statements]))
        if guards.missing(connection):
            guards.install(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture(autouse=True, scope="session")
def quick_pages(django_test_environment: None) -> Iterator[None]:
    """Of the templates of an answer only the page's own is noted for ``response.context``: the test environment copies
    the context of each part and each field, an eighth of drawing a form of many fields."""
    from django.template.base import Template
    from django.template.context import Context
    from django.test.utils import instrumented_test_render

    def draw(template: Template, context: Context) -> Any:
        if context.template is template and not (template.name or "").startswith("django/forms/"):
            return instrumented_test_render(template, context)
        return template.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", draw)
        yield
