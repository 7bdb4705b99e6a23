"""Exports over HTTP: packages, their parts, statuses, refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ksef_emulator.faults import Fault, Setting

from ..invoicing.conftest import Firm, problem
from .conftest import Receiver, described, digest


@pytest.mark.parametrize("compression", [None, "Zip", "TarGz"])
def test_a_package(receiver: Receiver, compression: str | None) -> None:
    session = receiver.firm.open()
    sent = [receiver.firm.issue(session, number=f"FV/{i}") for i in range(3)]
    shown = receiver.end(receiver.begun(compressionType=compression))
    package = shown["package"]
    assert (package["invoiceCount"], package["isTruncated"]) == (3, False)
    assert package["compressionType"] == (compression or "Zip")
    assert shown["completedDate"] < shown["packageExpirationDate"]
    files = receiver.files(package)
    assert list(files) == [*(f"{item['ksefNumber']}.xml" for item in sent), "_metadata.json"]
    for item in sent:
        assert files[f"{item['ksefNumber']}.xml"] == item["xml"]
    queried = receiver.firm.post(
        "/invoices/query/metadata", {"subjectType": "Subject1", "dateRange": _range("PermanentStorage")}
    ).json()
    assert described(files) == queried["invoices"]
    assert not {"lastIssueDate", "lastInvoicingDate", "lastPermanentStorageDate"} & set(package)
    assert sent[-1]["permanentStorageDate"] <= package["permanentStorageHwmDate"]
    extension = "tar.gz" if compression == "TarGz" else "zip"
    (part,) = package["parts"]
    assert part["partName"].endswith(f"-001.{extension}.aes")


def _range(kind: str) -> dict[str, Any]:
    return {"dateType": kind, "from": (datetime.now(UTC) - timedelta(days=2)).isoformat()}


@pytest.mark.parametrize("compression", ["Zip", "TarGz"])
def test_only_metadata(receiver: Receiver, compression: str) -> None:
    one = receiver.firm.issue(receiver.firm.open())
    files = receiver.files(receiver.package(onlyMetadata=True, compressionType=compression))
    assert list(files) == ["_metadata.json"]
    (shown,) = described(files)
    assert shown["ksefNumber"] == one["ksefNumber"]


def test_nothing_found(receiver: Receiver) -> None:
    package = receiver.package()
    assert (package["invoiceCount"], package["size"], package["parts"]) == (0, 0, [])
    assert "permanentStorageHwmDate" in package


def test_filters_and_roles(receiver: Receiver, enter: Callable[..., Firm]) -> None:
    buyer = Receiver(firm=enter())
    session = receiver.firm.open()
    for number, nip in (("A", buyer.firm.nip), ("B", "1111111111")):
        receiver.firm.issue(session, number=number, buyer=f"<NIP>{nip}</NIP>")
    assert receiver.package(filters={"invoiceNumber": "B"})["invoiceCount"] == 1
    (one,) = described(buyer.files(buyer.package(filters={"subjectType": "Subject2"})))
    assert one["invoiceNumber"] == "A"
    assert buyer.package(filters={"subjectType": "Subject1"})["invoiceCount"] == 0


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Issue", "lastIssueDate"),
        ("Invoicing", "lastInvoicingDate"),
        ("PermanentStorage", "lastPermanentStorageDate"),
    ],
)
def test_truncated(receiver: Receiver, monkeypatch: pytest.MonkeyPatch, kind: str, name: str) -> None:
    session = receiver.firm.open()
    for i in range(3):
        receiver.firm.issue(session, number=str(i))
    monkeypatch.setattr(receiver.firm.door.emulator.export_work, "most", 2)
    dates = {"dateRange": _range(kind)}
    for metadata in (False, True):
        package = receiver.package(filters=dates, onlyMetadata=metadata)
        assert (package["invoiceCount"], package["isTruncated"]) == (2, True)
        last = described(receiver.files(package))[-1]
        assert package[name] == last[name[4].lower() + name[5:]]
        assert len([item for item in package if item.startswith("last")]) == 1
        assert ("permanentStorageHwmDate" in package) == (kind == "PermanentStorage")
    monkeypatch.setattr(receiver.firm.door.emulator.export_work, "most", 3)
    assert not receiver.package(filters=dates)["isTruncated"]


def test_truncated_by_size(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    session = receiver.firm.open()
    for i in range(3):
        receiver.firm.issue(session, number=str(i))
    monkeypatch.setattr(receiver.firm.door.emulator.export_work, "largest_package", 1000)
    package = receiver.package()
    assert (package["invoiceCount"], package["isTruncated"]) == (1, True)
    following = {"from": package["lastPermanentStorageDate"]}
    assert [item["invoiceNumber"] for item in described(receiver.files(receiver.package()))] == ["0"]
    monkeypatch.undo()
    rest = described(receiver.files(receiver.package(filters={"dateRange": following})))
    assert [item["invoiceNumber"] for item in rest] == ["0", "1", "2"]


@pytest.mark.parametrize("compression", ["Zip", "TarGz"])
def test_parts(receiver: Receiver, monkeypatch: pytest.MonkeyPatch, compression: str) -> None:
    session = receiver.firm.open()
    sent = [receiver.firm.issue(session, number=str(i)) for i in range(3)]
    monkeypatch.setattr(receiver.firm.door.emulator.export_work, "largest_part", 500)
    package = receiver.package(compressionType=compression)
    assert len(package["parts"]) > 2
    assert {part["partSize"] for part in package["parts"][:-1]} == {500}
    assert len(receiver.files(package)) == len(sent) + 1


def test_links(receiver: Receiver) -> None:
    receiver.firm.issue(receiver.firm.open())
    reference = receiver.begun()
    (part,) = receiver.end(reference)["package"]["parts"]
    clock = receiver.firm.door.emulator.clock
    assert receiver.fetch(part["url"] + "0").status_code == 403
    assert receiver.fetch(part["url"].split("?")[0]).status_code == 403
    head = receiver.firm.door.http.head(part["url"])
    assert head.headers["x-ms-meta-hash"] == part["encryptedPartHash"]
    tail = receiver.firm.door.http.get(part["url"], headers={"Range": "bytes=-16"})
    assert (tail.status_code, len(tail.content)) == (206, 16)
    clock.move(timedelta(hours=1, minutes=1))
    assert receiver.fetch(part["url"]).status_code == 403
    (again,) = Receiver(firm=receiver.firm).firm.door.emulator.exports.find(reference).package.parts  # type: ignore[union-attr]
    assert again.sealed_size == part["encryptedPartSize"]


def test_a_package_expires_and_then_its_status(receiver: Receiver, enter: Callable[..., Firm]) -> None:
    receiver.firm.issue(receiver.firm.open())
    reference = receiver.begun()
    receiver.end(reference)
    clock = receiver.firm.door.emulator.clock
    clock.move(timedelta(days=3, minutes=1))
    later = Receiver(firm=enter(receiver.firm.nip))
    shown = later.status(reference)
    assert shown["status"]["code"] == 210
    assert "package" not in shown
    clock.move(timedelta(days=4))
    gone = enter(receiver.firm.nip).get(f"/invoices/exports/{reference}")
    assert (gone.status_code, gone.json()["detail"]) == (410, "Operacja wygasła i nie jest już dostępna.")


def test_polls_and_faults(receiver: Receiver) -> None:
    emulator = receiver.firm.door.emulator
    emulator.faults.set(Fault.EXPORT_CANCELLED, Setting())
    try:
        shown = receiver.end(receiver.begun())
        assert (shown["status"]["code"], shown["status"]["details"]) == (
            550,
            ["Przetwarzanie zostało przerwane z przyczyn wewnętrznych systemu. Spróbuj ponownie"],
        )
        assert "package" not in shown
        emulator.faults.clear()
        emulator.faults.set(Fault.EXPORT_STUCK, Setting())
        stuck = [receiver.begun() for _ in range(10)]
        assert receiver.status(stuck[0])["status"]["code"] == 100
        assert problem(receiver.begin())[0] == 21182
        emulator.faults.clear()
        assert receiver.end(stuck[0])["status"]["code"] == 200
        assert receiver.begin().status_code == 201
    finally:
        emulator.faults.clear()


def test_a_corrupted_part_and_a_list_that_differs(receiver: Receiver) -> None:
    emulator = receiver.firm.door.emulator
    session = receiver.firm.open()
    sent = [receiver.firm.issue(session, number=number)["xml"] for number in "123"]
    hashes = {digest(xml) for xml in sent}
    try:
        emulator.faults.set(Fault.EXPORT_CORRUPTED, times=1)
        (part,) = receiver.package()["parts"]
        corrupted = receiver.fetch(part["url"]).content
        assert len(corrupted) == part["encryptedPartSize"]
        assert digest(corrupted) != part["encryptedPartHash"]
        emulator.faults.set(Fault.EXPORT_DIFFERS, times=1)
        listed = [one["invoiceHash"] for one in described(receiver.files(receiver.package()))]
        assert len(set(listed) & hashes) == 2, "one of the three is said to be another document"
        listed = [one["invoiceHash"] for one in described(receiver.files(receiver.package()))]
        assert set(listed) == hashes
    finally:
        emulator.faults.clear()


def test_beyond_the_mark(receiver: Receiver) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    expected = {"from": tomorrow, "to": None, "restrictToPermanentStorageHwmDate": True}
    shown = receiver.end(receiver.begun(filters={"dateRange": expected}))
    assert shown["status"] == {
        "code": 420,
        "description": "Zakres filtrowania wykracza poza dostępny zakres danych",
        "details": [
            "Parametr dateRange.from jest późniejszy niż PermanentStorageHwmDate przy włączonym"
            " restrictToPermanentStorageHwmDate."
        ],
    }


@pytest.mark.parametrize(
    "encryption",
    [{"encryptedSymmetricKey": "AAAA"}, {"initializationVector": "AAAA"}],
)
def test_a_key_that_cannot_be_used(receiver: Receiver, encryption: dict[str, Any]) -> None:
    shown = receiver.end(receiver.begun(encryption=encryption))
    assert shown["status"] == {"code": 415, "description": "Błąd odszyfrowania dostarczonego klucza"}


def test_wrong_requests(receiver: Receiver) -> None:
    assert problem(receiver.begin(encryption={"publicKeyId": "A" * 43 + "="}))[0] == 21470
    for changes in (
        {"compressionType": "Rar"},
        {"filters": {"subjectType": "Subject4"}},
        {"filters": {"dateRange": {"from": "2026-01-01T00:00:00Z", "to": "2026-05-01T00:00:00Z"}}},
        {"encryption": {"initializationVector": "?"}},
        {"onlyMetadata": "yes"},
    ):
        assert problem(receiver.begin(**changes))[0] == 21405, changes
    assert problem(receiver.firm.post("/invoices/exports", {}))[0] == 21405
    assert problem(receiver.firm.get("/invoices/exports/short"))[0] == 21405


def test_strangers(receiver: Receiver, enter: Callable[..., Firm]) -> None:
    reference = receiver.begun()
    receiver.end(reference)
    stranger = enter()
    absent = (21175, "Wynik zapytania o podanym identyfikatorze nie istnieje.", [])
    assert problem(stranger.get(f"/invoices/exports/{reference}")) == absent
    nobody = Firm(door=stranger.door, nip="", token="none")
    assert nobody.get(f"/invoices/exports/{reference}").status_code == 401
    assert nobody.post("/invoices/exports", {}).status_code == 401


def test_huge_amounts(receiver: Receiver) -> None:
    receiver.firm.issue(receiver.firm.open())
    expected = {"amount": {"type": "Brutto", "from": -1e300, "to": 1e300}}
    assert receiver.package(filters=expected)["invoiceCount"] == 1
