"""What the tests' world makes at less cost is what the application itself makes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from liczydlo.companies.models import ProvedNip
from liczydlo.connection import clients
from liczydlo.connection.models import KsefLogin, StoredCertificate
from liczydlo.jobs.models import Job

from app.tests.conftest import make_company
from app.tests.sales.world import Wire, connect, let_in, new_nip

pytestmark = pytest.mark.django_db
OWN = {"id", "company_id", "certificate", "sealed_key", "sealed_tokens", "fingerprint", "serial", "nip"}
SLACK = dt.timedelta(minutes=2)


def same(mine: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two rows say the same; moments may be apart as far as two tests are."""

    def agree(name: str) -> bool:
        one, two = mine[name], other[name]
        if isinstance(one, dt.datetime) and isinstance(two, dt.datetime):
            return abs(one - two) < SLACK
        return bool(one == two)

    return mine.keys() == other.keys() and all(agree(name) for name in mine.keys() - OWN)


def test_a_firm_let_in_is_a_connected_firm(owner: Any, ksef_files: Any, emulator: Any, wire: Wire) -> None:
    by_files, by_rows = (make_company(new_nip(), "Żółta Łódź", owner) for _ in range(2))
    connect(by_files, ksef_files)
    wire.seen.clear()
    let_in(by_rows, ksef_files, emulator)
    assert not wire.seen
    for model in (StoredCertificate, KsefLogin, ProvedNip, Job):
        one, two = (
            list(model.objects.filter(company=firm).order_by("pk").values()) for firm in (by_files, by_rows)
        )
        assert len(one) == len(two) > 0 and all(map(same, one, two)), (one, two)
    for firm in (by_files, by_rows):
        with clients.client(firm) as client:
            (login,) = client.active_sessions()
            assert login.is_current and login.status == 200
    assert [path for _, path in wire.seen if "challenge" in path] == []


def test_a_session_of_a_test_is_that_of_a_person_who_has_logged_in(owner: Any, browse: Any) -> None:
    real, quick = Client(), browse(owner)
    real.force_login(owner)
    sessions = []
    for client in (real, quick):
        assert client.get("/firmy/").status_code == 200
        key = client.session.session_key
        kept = Session.objects.get(session_key=key)
        listed = UserSession.objects.values("user_id", "ip", "user_agent", "data").get(session_key=key)
        sessions.append((kept.get_decoded(), listed, kept.expire_date))
    one, two = sessions
    assert abs(one[0].pop("seen") - two[0].pop("seen")) < SLACK.total_seconds()
    assert one[:2] == two[:2]
    assert abs(one[2] - two[2]) < SLACK
