"""An endpoint that is removed while an event is sent to it: two real sessions, on SQLite and on PostgreSQL.

``LICZYDLO_RACE_ROUNDS`` says how often they meet.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import RequestFactory
from liczydlo.audit.actions import Action
from liczydlo.audit.models import Entry
from liczydlo.webhooks import services
from liczydlo.webhooks.models import Delivery, Endpoint

from app.tests.sales.test_races import ROUNDS
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_endpoint_that_is_removed_meanwhile_breaks_no_transaction(
    company: Any, owner: Any, rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = rf.post("/")
    request.user, request.company = owner, company  # type: ignore[attr-defined]
    removed = at_once(partial(Endpoint.objects.create, company=company, url="https://example.com/0"))[0]
    insert = QuerySet.bulk_create

    def after_the_removal(rows: Any, *given: Any, **named: Any) -> Any:
        """The removal gets its chance between the list of endpoints and the deliveries to them."""
        late.set()
        gone.wait(0.3)
        return insert(rows, *given, **named)

    late, gone = threading.Event(), threading.Event()
    monkeypatch.setattr(QuerySet, "bulk_create", after_the_removal)

    def remove() -> None:
        late.wait(20)
        services.remove(company, removed, request)
        gone.set()

    assert at_once(partial(services.emit, company, "ping", [("1", {})]), remove) == [None, None]
    assert at_once(Endpoint.objects.count, Delivery.objects.count) == [0, 0]
    assert at_once(Entry.objects.filter(action=Action.WEBHOOK_REMOVED).count) == [1]


def test_events_and_removals_in_any_order(company: Any, owner: Any, rf: RequestFactory) -> None:
    request = rf.post("/")
    request.user, request.company = owner, company  # type: ignore[attr-defined]
    for turn in range(ROUNDS):
        made = at_once(
            *(
                partial(Endpoint.objects.create, company=company, url=f"https://example.com/{n}")
                for n in range(2)
            )
        )
        acts = [partial(services.emit, company, "ping", [(f"{turn}-{n}", {})]) for n in range(2)]
        acts.append(partial(services.remove, company, made[0], request))
        assert at_once(*acts) == [None, None, None]
        assert at_once(Delivery.objects.filter(endpoint=made[1]).count) == [2]
        assert at_once(partial(Endpoint.objects.all().delete))[0]
