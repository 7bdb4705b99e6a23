"""What KSeF takes is what it says, not what was published: asked for, kept, doubted after a 429."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest
from liczydlo.connection import clients, limits, waiting
from liczydlo.connection.models import KsefLimits
from liczydlo.ksef.errors import RateLimited
from liczydlo.ksef.limits import USUAL, Limits
from liczydlo.sales.sending import batches

from app.tests.sales.test_run import issue
from app.tests.sales.test_sending import fresh, settled
from app.tests.sales.world import Wire, Worker

pytestmark = pytest.mark.django_db


def _post(company: Any, path: str, body: dict[str, Any]) -> None:
    with clients.client(company) as ksef:
        ksef.ensure_login()
        assert ksef.tokens is not None
        bearer = {"Authorization": f"Bearer {ksef.tokens.access}"}
        answer = httpx2.post(ksef.environment.api + path, json=body, headers=bearer, trust_env=False)
    assert answer.is_success, answer.text


def set_rates(company: Any, **per_hour: int) -> None:
    """Other limits in the company's context, in an hour."""
    rates: dict[str, Any] = {
        name: {"perSecond": rate.second, "perMinute": rate.minute, "perHour": rate.hour}
        for name, rate in USUAL.rates.items()
        if not name.endswith("Close")
    }
    for name, number in per_hour.items():
        rates[name]["perHour"] = number
    _post(company, "/testdata/rate-limits", {"rateLimits": rates})


def set_sessions(company: Any, invoices: int) -> None:
    """So many invoices fit into one session of the company's context."""
    session = {"maxInvoices": invoices, "maxInvoiceSizeInMB": 1, "maxInvoiceWithAttachmentSizeInMB": 3}
    both = {"onlineSession": session, "batchSession": session}
    _post(company, "/testdata/limits/context/session", both)


def ask(company: Any, sender: Worker) -> Limits:
    with clients.client(company, clock=sender.clock) as ksef:
        return limits.current(company, ksef, clock=sender.clock)


def asked(wire: Wire) -> int:
    return wire.count("GET", "/rate-limits")


def test_they_are_asked_for_once_a_day_and_kept(connected: Any, sender: Worker, wire: Wire) -> None:
    set_rates(connected, invoiceSend=7, invoiceMetadata=3)
    assert limits.limits_of(connected) == USUAL
    assert ask(connected, sender).rate("invoiceSend").hour == 7
    assert limits.limits_of(connected).rate("invoiceMetadata").hour == 3
    set_rates(connected, invoiceSend=9)
    assert ask(connected, sender).rate("invoiceSend").hour == 7
    assert asked(wire) == 1
    sender.clock.ahead = limits.EVERY
    assert ask(connected, sender).rate("invoiceSend").hour == 9
    connected.environment = "TEST"
    assert limits.limits_of(connected) == USUAL


def test_after_a_refusal_for_too_many_they_are_asked_for_again(
    connected: Any, sender: Worker, wire: Wire
) -> None:
    ask(connected, sender)
    set_rates(connected, invoiceSend=2)
    waiting.later(RateLimited(5.0), connected, clock=sender.clock)
    assert ask(connected, sender).rate("invoiceSend").hour != 2  # not at once, and not with each refusal
    sender.clock.ahead = limits.LEAST
    assert ask(connected, sender).rate("invoiceSend").hour == 2


def test_without_an_answer_what_is_known_stays(connected: Any, sender: Worker, wire: Wire) -> None:
    wire.rules.append(
        lambda request: httpx2.Response(503) if request.url.path.endswith("/rate-limits") else None
    )
    with clients.client(connected, clock=sender.clock, patience=0.0) as ksef:
        assert limits.current(connected, ksef, clock=sender.clock) == USUAL
        before = asked(wire)
        assert limits.current(connected, ksef, clock=sender.clock) == USUAL
    assert asked(wire) == before
    wire.rules.clear()
    sender.clock.ahead = limits.LEAST
    set_rates(connected, invoiceSend=2)
    assert ask(connected, sender).rate("invoiceSend").hour == 2


def test_of_another_firm_nothing_is_known(connected: Any, sender: Worker, stranger: Any) -> None:
    set_rates(connected, invoiceSend=7)
    ask(connected, sender)
    assert limits.limits_of(stranger.companies.get()) == USUAL
    assert KsefLimits.objects.of(connected).get().again_at - sender.clock() > dt.timedelta(hours=23)


def test_a_package_goes_where_ksef_takes_fewer_singly(connected: Any, sender: Worker, wire: Wire) -> None:
    set_rates(connected, invoiceSend=2)
    invoices = issue(connected, 3)
    sender.until(connected, lambda: all(map(settled, invoices)))
    assert {fresh(one).session.kind for one in invoices} == {"batch"}
    assert asked(wire) == 1


def test_a_package_holds_what_the_context_may_send(
    connected: Any, sender: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "WORTHWHILE", 2)
    set_sessions(connected, 2)
    invoices = issue(connected, 4)
    sender.until(connected, lambda: all(map(settled, invoices)))
    first, second, third, fourth = (fresh(one).session_id for one in invoices)
    assert first == second != third == fourth


def test_an_interactive_session_holds_no_more_either(connected: Any, sender: Worker) -> None:
    set_sessions(connected, 1)
    invoices = issue(connected, 2)
    sender.until(connected, lambda: all(map(settled, invoices)))
    assert len({fresh(one).session_id for one in invoices}) == 2
