"""KSeF certificates: asking, waiting, fetching, listing, revoking."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

import pytest
from liczydlo.ksef import certificates
from liczydlo.ksef.certificates import issued
from liczydlo.ksef.conversation import Answer
from liczydlo.ksef.errors import Refused, Unavailable
from liczydlo.web.reasons import explain

SERIAL = "01F20A5D352AE590"


def state(code: int, serial: str | None = None, *details: str) -> dict[str, Any]:
    return {
        "requestDate": "2026-03-02T12:00:00+00:00",
        "status": {"code": code, "description": "opis", "details": list(details)},
        "certificateSerialNumber": serial,
    }


def fetched(serial: str) -> dict[str, Any]:
    return {
        "certificate": base64.b64encode(b"DER").decode(),
        "certificateName": "Komputer",
        "certificateSerialNumber": serial,
        "certificateType": "Offline",
    }


def test_limits_and_data(script: Any) -> None:
    limit = {"remaining": 5, "limit": 6}
    answer = {"canRequest": True, "enrollment": limit, "certificate": limit}
    result = script([answer]).play(certificates.limits())
    assert (result.can_request, result.certificate.limit, result.enrollment.remaining) == (True, 6, 5)
    answer = {"commonName": "Jan", "countryName": "PL", "surname": None}
    assert script([answer]).play(certificates.enrollment_data()).common_name == "Jan"


@pytest.mark.parametrize("dated", [True, False])
def test_asking(dated: bool, script: Any, now: datetime) -> None:
    played = script([{"referenceNumber": "R", "timestamp": "x"}])
    assert played.play(certificates.request("Komputer", "Offline", b"CSR", now if dated else None)) == "R"
    expected = {"certificateName": "Komputer", "certificateType": "Offline", "csr": "Q1NS"}
    if dated:
        expected["validFrom"] = "2026-03-02T12:00:00+00:00"
    assert played.requests[0].json == expected
    assert not played.requests[0].repeatable


def test_waiting(script: Any) -> None:
    played = script([state(100), state(200, SERIAL), {"certificates": [fetched(SERIAL)]}])
    result = played.play(issued("R", 60))
    assert (result.serial, result.certificate, result.purpose) == (SERIAL, b"DER", "Offline")
    assert len(played.pauses) == 1


def test_waiting_in_vain(script: Any) -> None:
    with pytest.raises(Refused) as refused:
        script([state(400, None, "Osiągnięto limit")]).play(issued("R", 60))
    assert refused.value.details == ("Osiągnięto limit",)
    assert explain(refused.value, "pl") == "KSeF odrzucił wniosek o certyfikat. KSeF podaje: Osiągnięto limit"
    with pytest.raises(Unavailable) as failed:
        script([state(550)]).play(issued("R", 60))
    assert failed.value.code == "server-error"
    with pytest.raises(Unavailable) as slow:
        script([state(100)]).play(issued("R", 0.04))
    assert slow.value.code == "not-finished"


def test_fetching_ten_at_a_time(script: Any) -> None:
    serials = [f"{number:016X}" for number in range(12)]
    answers = [
        {"certificates": [fetched(serial) for serial in part]} for part in (serials[:10], serials[10:])
    ]
    played = script(answers)
    assert [one.serial for one in played.play(certificates.retrieve(serials))] == serials
    assert [len(r.json["certificateSerialNumbers"]) for r in played.requests] == [10, 2]


def test_listing_all_pages(script: Any) -> None:
    def listed(serial: str) -> dict[str, Any]:
        return {
            "certificateSerialNumber": serial,
            "name": "Komputer",
            "type": "Offline",
            "commonName": "Jan",
            "status": "Active",
            "subjectIdentifier": {"type": "Nip", "value": "5265877635"},
            "validFrom": "2026-03-02T12:00:00+00:00",
            "validTo": "2028-03-02T12:00:00+00:00",
            "lastUseDate": None,
            "requestDate": "2026-03-02T12:00:00+00:00",
        }

    played = script(
        [
            {"certificates": [listed("A" * 16)], "hasMore": True},
            {"certificates": [listed("B" * 16)], "hasMore": False},
        ]
    )
    result = played.play(certificates.query(purpose="Offline", status="Active"))
    assert [one.serial for one in result] == ["A" * 16, "B" * 16]
    assert played.requests[1].query["pageOffset"] == "1"
    assert played.requests[0].json == {"type": "Offline", "status": "Active"}


def test_revoking_is_done_once(script: Any) -> None:
    played = script([Answer()])
    played.play(certificates.revoke(SERIAL, "KeyCompromise"))
    (request,) = played.requests
    assert request.path == f"/certificates/{SERIAL}/revoke"
    assert request.json == {"revocationReason": "KeyCompromise"}
    assert not request.repeatable
