"""Scams of the emulator's contractors, received like any purchase: each is caught by the warning meant for it."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from liczydlo.purchases import services
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.warnings.rules import ENOUGH, Code

from app.tests.purchases.test_warnings import codes, read
from app.tests.sales.world import Worker

pytestmark = pytest.mark.django_db
CAUGHT_BY = {
    "account": Code.ACCOUNT,
    "look-alike": Code.ALIKE,
    "double-number": Code.NUMBER,
    "double-amount": Code.DOUBLE,
    "stranger": Code.URGENT,
}


def test_every_scam_is_caught(connected: Any, emulator: Any, receiver: Worker) -> None:
    def order(**what: Any) -> list[str]:
        body = {"buyer": connected.nip, "buyerName": connected.name, **what}
        answer = httpx2.post(f"{emulator.control_url}/invoices", json=body, trust_env=False)
        answer.raise_for_status()
        return [str(one["ksefNumber"]) for one in answer.json()["invoices"]]

    honest = order(count=ENOUGH)
    scams = {scam: order(scam=scam) for scam in CAUGHT_BY}
    services.request(connected)
    assert receiver.run(connected)
    read(connected)
    rows = {row.entry.ksef_number: row for row in ReceivedInvoice.objects.of(connected)}
    assert {number: codes(rows[numbers[-1]]) & {CAUGHT_BY[number]} for number, numbers in scams.items()} == {
        scam: {code} for scam, code in CAUGHT_BY.items()
    }
    grave = {*CAUGHT_BY.values()} - {Code.DOUBLE}
    for number in honest:
        assert not codes(rows[number]) & grave
