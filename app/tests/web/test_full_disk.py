"""On a full disk everything can still be read: what a page notes by the way is left out, and no page needs it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from liczydlo.companies import addresses
from liczydlo.companies.models import Membership
from liczydlo.companies.sessions import SEEN
from liczydlo.connection import clients, machine_clock

from app.tests.conftest import PASSWORD
from app.tests.full_disk import no_writes
from app.tests.sales.world import connected, firm, wire

__all__ = ["connected", "firm", "wire"]
pytestmark = pytest.mark.django_db(transaction=True)
OF_COMPANY = {"company_id"}


def pages(company: Any) -> Iterator[str]:
    """Addresses of all pages that are of a company or of nobody; those of one row are not among them."""

    def walk(patterns: list[Any], before: str, names: set[str]) -> Iterator[str]:
        for one in patterns:
            if not isinstance(one.pattern, RoutePattern):
                continue  # static files and allauth's links in letters
            route, needs = before + str(one.pattern), names | one.pattern.converters.keys()
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, route, needs)
            elif isinstance(one, URLPattern) and needs <= OF_COMPANY:
                yield "/" + route.replace("<int:company_id>", str(company.pk))

    return walk(get_resolver().url_patterns, "", set())


@pytest.fixture
def reader(connected: Any, owner: Any) -> Client:
    """The company's owner, whose last page is longer ago than activity is noted for; the login to KSeF is over."""
    Membership.objects.get_or_create(user=owner, company=connected, defaults={"role": "owner"})
    addresses.confirm(owner)
    client = Client(raise_request_exception=False)
    client.force_login(owner)
    clients.drop_login(connected)
    machine_clock.forget()
    return client


def seen(client: Client) -> int:
    return int(client.session.get(SEEN, 0))


def test_every_page_can_be_read(reader: Client, connected: Any) -> None:
    refused, expected = {}, {}
    addresses_ = [one for one in pages(connected) if "/logout/" not in one]
    with no_writes():
        for address in addresses_:
            refused[address] = reader.get(address).status_code
    assert not seen(reader) and not UserSession.objects.exists()
    for address in addresses_:
        expected[address] = reader.get(address).status_code
    assert refused == expected
    assert list(expected.values()).count(200) > 60, "they are pages indeed"


def test_activity_is_noted_once_there_is_space(reader: Client, connected: Any) -> None:
    address = connected.get_absolute_url()
    with no_writes():
        answer = reader.get(address)
        assert answer.status_code == 200 and settings.SESSION_COOKIE_NAME not in answer.cookies
        assert "Cookie" in answer["Vary"]
    answer = reader.get(address)
    assert answer.status_code == 200 and settings.SESSION_COOKIE_NAME in answer.cookies
    assert seen(reader) and UserSession.objects.count() == 1


def test_what_the_session_must_keep_is_refused(reader: Client) -> None:
    """The key of a second factor waits there for the code that proves it."""
    reader.post("/konto/reauthenticate/", {"password": PASSWORD})
    session = reader.session
    session[SEEN] = 0
    session.save()
    with no_writes():
        answer = reader.get("/konto/2fa/totp/activate/")
    assert answer.status_code == 507 and "zabrakło miejsca" in answer.content.decode()
    assert reader.get("/konto/2fa/totp/activate/").status_code == 200


def test_sessions_that_have_ended_are_not_listed(reader: Client, connected: Any, owner: Any) -> None:
    """Their rows are forgotten as soon as there is space."""
    other = Client(
        headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}
    )
    other.force_login(owner)
    other.get("/firmy/")
    Session.objects.filter(session_key=other.session.session_key).delete()
    with no_writes():
        answer = reader.get("/konto/sessions/")
    assert answer.status_code == 200 and "Firefox" not in answer.content.decode()
    assert UserSession.objects.filter(user=owner).count() == 1
    answer = reader.get("/konto/sessions/")
    assert "Firefox" not in answer.content.decode()
    assert UserSession.objects.get().session_key == reader.session.session_key
