"""The high water mark with a lag: invoices show late and out of order, and never at or below it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from ksef_emulator.config import Config
from ksef_emulator.emulator import Emulator
from ksef_emulator.model.receiving.storage import Storage

from ..invoicing.conftest import Firm, problem
from ..login.conftest import Door
from .conftest import Receiver, described, filters

LAG = timedelta(seconds=60)


@pytest.fixture(autouse=True)
def _anew(door: Door) -> None:
    """Marks never go back: those of a test that turned the clock ahead lie in the future of the next."""
    door.emulator.reset()


def seen(firm: Firm, **dates: object) -> tuple[set[str], str]:
    """Numbers of the invoices that the metadata query shows, and its mark."""
    answer = firm.post("/invoices/query/metadata?pageSize=250", filters(dateRange=dates))
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    return {invoice["ksefNumber"] for invoice in shown["invoices"]}, shown["permanentStorageHwmDate"]


def test_an_invoice_is_accepted_before_it_is_stored(receiver: Receiver) -> None:
    firm, emulator = receiver.firm, receiver.firm.door.emulator
    emulator.metadata.lag = LAG
    session = firm.open()
    one = firm.issue(session)
    assert "permanentStorageDate" not in one
    assert problem(firm.get(f"/invoices/ksef/{one['ksefNumber']}"))[0] == 21165
    assert seen(firm)[0] == set()
    assert receiver.package()["invoiceCount"] == 0
    emulator.clock.move(LAG)
    assert seen(firm)[0] == {one["ksefNumber"]}
    shown = firm.status(session, one["referenceNumber"])
    assert shown["acquisitionDate"] <= shown["permanentStorageDate"]
    assert firm.get(f"/invoices/ksef/{one['ksefNumber']}").content == one["xml"]


def test_a_fault_lets_one_appear_below_the_mark(firm: Firm) -> None:
    emulator = firm.door.emulator
    session = firm.open()
    try:
        emulator.faults.set("stored-late", times=1, seconds=300)
        late, other = (firm.issue(session, number=number)["ksefNumber"] for number in "12")
        shown, mark = seen(firm)
        assert shown == {other}
        emulator.clock.move(timedelta(seconds=301))
        assert seen(firm)[0] == {late, other}
        result = emulator.invoices.by_ksef_number(late)
        assert result is not None
        assert result.storage < datetime.fromisoformat(mark)
    finally:
        emulator.faults.clear()


def test_nothing_appears_below_the_mark(firm: Firm) -> None:
    emulator = firm.door.emulator
    emulator.metadata.lag = LAG
    session, kept = firm.open(), set[str]()
    sent, early = [], False
    checkpoint = (datetime.fromisoformat(seen(firm)[1]) - timedelta(days=1)).isoformat()
    for step in range(24):
        if step < 12:
            sent.append(firm.issue(session, number=str(step))["ksefNumber"])
        everything, _ = seen(firm)
        early = early or sent[: len(everything)] != [item for item in sent if item in everything]
        result, mark = seen(firm, **{"from": checkpoint, "restrictToPermanentStorageHwmDate": True})
        assert mark >= checkpoint
        again, same = seen(firm, to=mark)
        kept |= result
        assert again == kept, "an invoice appeared below a mark that was handed out"
        assert same == mark
        checkpoint = mark
        emulator.clock.move(timedelta(seconds=7))
        if step == 8:
            emulator.metadata.lag = LAG / 3
        if step == 10:
            emulator.metadata.lag = LAG * 2
    assert early, "invoices showed in the order of their dates"
    emulator.clock.move(LAG)
    assert kept | seen(firm, **{"from": checkpoint, "restrictToPermanentStorageHwmDate": True})[0] == set(
        sent
    )


def test_an_export_up_to_the_mark(receiver: Receiver) -> None:
    firm, emulator = receiver.firm, receiver.firm.door.emulator
    one = firm.issue(firm.open(), number="1")
    emulator.metadata.lag = LAG
    emulator.clock.move(LAG * 2)
    two = firm.issue(firm.open(), number="2")
    emulator.clock.move(LAG * 0.99)
    expected = {"dateRange": {"restrictToPermanentStorageHwmDate": True}}
    package = receiver.package(filters=expected)
    assert [item["ksefNumber"] for item in described(receiver.files(package))] == [one["ksefNumber"]]
    emulator.clock.move(LAG)
    expected["dateRange"]["from"] = package["permanentStorageHwmDate"]
    package = receiver.package(filters=expected)
    assert [item["ksefNumber"] for item in described(receiver.files(package))] == [two["ksefNumber"]]


def test_the_lag_outlives_a_restart_and_not_a_reset(tmp_path: Path) -> None:
    config = Config(data_dir=tmp_path)
    one = Emulator(config)
    one.metadata.lag = LAG
    one.close()
    two = Emulator(config)
    assert two.metadata.lag == LAG
    two.reset()
    assert two.metadata.lag == timedelta()
    mark: Storage = two.intake_queue.storage
    assert mark.high_water_mark(5) == 5
    two.close()
