"""Which limit is used up, and the day on which there is room again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest
from django.utils import timezone
from liczydlo import ksef
from liczydlo.connection import clients
from liczydlo.connection.certificates.enrollments import used_up
from liczydlo.ksef.certificates import Limit
from liczydlo.web.reasons import Reason

from app.tests.sales.world import connect

FULL = Limit(limit=2, remaining=0)
ROOM = Limit(limit=300, remaining=7)
NEW_YEARS_EVE = dt.datetime(2027, 12, 31, 23, 30, tzinfo=dt.UTC)


def limits(certificate: Limit, enrollment: Limit) -> ksef.CertificateLimits:
    can = bool(certificate.remaining and enrollment.remaining)
    return ksef.CertificateLimits(can_request=can, certificate=certificate, enrollment=enrollment)


def one(valid_to: dt.datetime, status: str = "Active") -> Any:
    """As much of a certificate as matters."""

    class Listed:
        pass

    listed = Listed()
    listed.valid_to, listed.status = valid_to, status  # type: ignore[attr-defined]
    return listed


def told(reason: Reason | None) -> str:
    assert reason is not None
    return reason.text("pl")


def test_the_first_valid_one_that_ends_makes_room_by_polish_time() -> None:
    listed = [
        one(NEW_YEARS_EVE + dt.timedelta(days=90)),
        one(NEW_YEARS_EVE),
        one(NEW_YEARS_EVE - dt.timedelta(days=300), "Revoked"),
    ]
    text = told(used_up(limits(FULL, ROOM), listed))
    assert "zwolni się samo 01.01.2028" in text and "może być 2" in text, "00:30 in Warsaw"


def test_no_day_is_made_up() -> None:
    assert "zwolni się samo" not in told(used_up(limits(FULL, ROOM), []))
    requests = told(used_up(limits(ROOM, FULL), [one(NEW_YEARS_EVE)]))
    assert "nie podaje dnia" in requests and "2028" not in requests


def test_where_there_is_room_nothing_is_said() -> None:
    assert used_up(limits(ROOM, ROOM), [one(NEW_YEARS_EVE)]) is None


@pytest.mark.django_db
def test_the_page_says_it_with_the_real_day(
    company: Any, owner: Any, browse: Any, ksef_files: Any, use_emulator: Any
) -> None:
    connect(company, ksef_files, "Authentication", "Offline")
    with clients.client(company) as client:
        token = client.login().access
        address = f"{use_emulator.url}/v2/testdata/limits/subject/certificate"
        headers = {"Authorization": f"Bearer {token}"}
        wanted = {"subjectIdentifierType": "Nip", "certificate": {"maxCertificates": 1}}
        assert (
            httpx2.post(address, json=wanted, headers=headers, trust_env=False).status_code == httpx2.codes.OK
        )
        ends = [each.valid_to for each in client.query_certificates() if each.status == "Active"]
    page = browse(owner).get(f"/firmy/{company.pk}/ustawienia/ksef/certyfikaty/").content.decode()
    httpx2.request("DELETE", address, headers=headers, trust_env=False)
    assert f"zwolni się samo {timezone.localtime(min(ends)):%d.%m.%Y}" in page
