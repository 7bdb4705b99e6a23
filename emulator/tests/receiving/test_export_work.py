"""Exports whose machine fails, whose package is cut at its edges, and what they leave on the disk."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Receiver, described


def left(receiver: Receiver, reference: str) -> list[str]:
    folder = receiver.firm.door.emulator.exports.folder
    return [item.name for item in folder.iterdir() if item.name.startswith(reference)]


@pytest.mark.parametrize(
    "error", [OSError("no space left on device"), ValueError("broken"), LookupError("x")]
)
def test_a_machine_that_fails(receiver: Receiver, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    session = receiver.firm.open()
    for number in range(3):
        receiver.firm.issue(session, number=str(number))
    work = receiver.firm.door.emulator.export_work
    describe, seen = work.describe, []

    def fail(invoice: Any) -> Any:
        seen.append(invoice)
        if len(seen) == 2:
            raise error
        return describe(invoice)

    monkeypatch.setattr(work, "largest_part", 100)
    with monkeypatch.context() as patch:
        patch.setattr(work, "describe", fail)
        reference = receiver.begun()
        shown = receiver.end(reference)
    assert shown["status"]["code"] == 500
    assert "package" not in shown
    assert left(receiver, reference) == []
    assert receiver.package()["invoiceCount"] == 3


def test_parts_stay_with_their_package(receiver: Receiver) -> None:
    receiver.firm.issue(receiver.firm.open())
    one, two = receiver.begun(), receiver.begun()
    for reference in (one, two):
        receiver.end(reference)
        assert len(left(receiver, reference)) == 1


def test_nothing_found_leaves_nothing(receiver: Receiver) -> None:
    reference = receiver.begun()
    assert receiver.end(reference)["package"]["invoiceCount"] == 0
    assert left(receiver, reference) == []


def test_a_package_is_cut_before_the_invoice_that_is_too_much(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An invoice larger than a package goes alone: otherwise nobody would ever get beyond it."""
    session = receiver.firm.open()
    for number in range(3):
        receiver.firm.issue(session, number=str(number))
    work = receiver.firm.door.emulator.export_work
    monkeypatch.setattr(work, "largest_package", 1)
    assert receiver.package()["invoiceCount"] == 1
    whole = receiver.package(onlyMetadata=True)
    assert (whole["invoiceCount"], whole["isTruncated"]) == (3, False)
    assert len(described(receiver.files(whole))) == 3


def test_a_description_that_leaves_memory(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    session = receiver.firm.open()
    for number in range(3):
        receiver.firm.issue(session, number=f"ż/{number}")
    monkeypatch.setattr("ksef_emulator.model.receiving.export_work.IN_MEMORY", 10)
    monkeypatch.setattr("ksef_emulator.model.receiving.export_work.CHUNK", 7)
    files = receiver.files(receiver.package())
    assert [item["invoiceNumber"] for item in described(files)] == ["ż/0", "ż/1", "ż/2"]
    assert "ż/0".encode() in files["_metadata.json"]
