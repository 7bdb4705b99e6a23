"""Exports from the real emulator: packages in parts, truncated, corrupted, with links whose time has run out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from liczydlo import ksef
from liczydlo.ksef.errors import PackageError, Refused, Unavailable
from liczydlo.ksef.exports import Export
from liczydlo.ksef.invoices import MetadataFilter
from liczydlo.ksef.packing import Compression
from liczydlo.ksef.unpacking import Document

from app.tests.conftest import key_of, make_seal
from app.tests.sales.world import document, new_nip

KEY = ksef.SessionKey.new()


def client(emulator: Any, nip: str) -> ksef.Client:
    key = key_of("EC", 99)
    seal = ksef.Credential(private_key=key, certificate=make_seal(key, nip=nip, name="Firma"))
    return ksef.Client(
        ksef.emulator(emulator.url),
        credential=seal,
        context=ksef.Context(value=nip),
        clock=emulator.clock.now,
        trust_env=False,
    )


@pytest.fixture
def buyer(emulator: Any) -> Iterator[ksef.Client]:
    with client(emulator, new_nip()) as made:
        yield made
    emulator.faults.clear()
    emulator.clock.reset()


def sell(emulator: Any, buyer: ksef.Client, count: int) -> list[bytes]:
    """Invoices of a new firm to the buyer, which KSeF has accepted."""
    seller = new_nip()
    context = buyer._context
    assert context is not None
    sent = [document(seller, context.value) for _ in range(count)]
    with client(emulator, seller) as sending:
        session = sending.open_online()
        for xml in sent:
            reference = sending.send_invoice(session, xml)
            while (status := sending.invoice_status(session.reference, reference)).in_progress:
                pass
            assert status.accepted, status
    return sent


def begin(buyer: ksef.Client, start: datetime | None = None, **options: Any) -> str:
    criteria = MetadataFilter(
        subject=options.pop("subject", "Subject2"),
        date_from=start or datetime.now(UTC) - timedelta(hours=1),
        until_hwm=True,
    )
    return buyer.begin_export(criteria, KEY, **options)


def export(buyer: ksef.Client, start: datetime | None = None, **options: Any) -> Export:
    return buyer.wait_for_export(begin(buyer, start, **options))


def documents(buyer: ksef.Client, package: Export, folder: Path) -> list[bytes]:
    items = list(buyer.download_export(package, KEY, folder))
    assert all(isinstance(one, Document) for one in items), items
    assert not list(folder.iterdir()), "nothing stays behind"
    return [one.xml for one in items if isinstance(one, Document)]


@pytest.mark.parametrize("compression", ["Zip", "TarGz"])
def test_what_was_bought_comes_in_parts(
    emulator: Any,
    buyer: ksef.Client,
    tmp_path: Path,
    compression: Compression,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(emulator.emulator.export_work, "largest_part", 700)
    sent = sell(emulator, buyer, 3)
    package = export(buyer, compression=compression)
    assert (package.count, package.truncated, package.compression) == (3, False, compression)
    assert len(package.parts) > 2
    assert documents(buyer, package, tmp_path) == sent
    downloads = [one for one in emulator.requests if f"/invoice-parts/{package.reference}/" in one.path]
    assert {one.context for one in downloads} == {None}, "without a token"
    assert package.hwm is not None and package.next_start == package.hwm
    assert export(buyer, package.next_start).count == 0, "the next window touches this one"


def test_an_export_of_nothing_has_a_mark_and_no_documents(buyer: ksef.Client, tmp_path: Path) -> None:
    package = export(buyer)
    assert (package.count, package.parts) == (0, ())
    assert package.next_start is not None
    assert documents(buyer, package, tmp_path) == []


def test_each_role_has_its_own(emulator: Any, buyer: ksef.Client) -> None:
    sell(emulator, buyer, 1)
    roles = ("Subject1", "Subject2", "Subject3", "SubjectAuthorized")
    assert [export(buyer, subject=one).count for one in roles] == [0, 1, 0, 0]


def test_a_truncated_package_goes_on_from_its_last_document(
    emulator: Any, buyer: ksef.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = sell(emulator, buyer, 3)
    monkeypatch.setattr(emulator.emulator.export_work, "most", 2)
    first = export(buyer)
    assert first.truncated and first.next_start == first.last_stored
    second = export(buyer, first.next_start)
    got = [*documents(buyer, first, tmp_path), *documents(buyer, second, tmp_path)]
    assert list(dict.fromkeys(got)) == sent, "the last one comes twice"
    assert not second.truncated


def test_links_whose_time_has_run_out_are_asked_for_again(
    emulator: Any, buyer: ksef.Client, tmp_path: Path
) -> None:
    sent = sell(emulator, buyer, 1)
    package = export(buyer)
    emulator.clock.move(timedelta(hours=2))
    assert documents(buyer, package, tmp_path) == sent
    emulator.clock.move(timedelta(days=4))
    with pytest.raises(Refused) as caught:
        documents(buyer, package, tmp_path)
    assert (caught.value.code, caught.value.operation) == ("210", "export")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("spoil", [lambda data: data[:-1] + b"!", lambda data: data + b"!", lambda data: b""])
def test_a_part_that_ksef_keeps_badly_is_refused(
    emulator: Any, buyer: ksef.Client, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    sell(emulator, buyer, 1)
    package = export(buyer)
    (kept,) = emulator.emulator.exports.folder.glob(f"{package.reference}-*")
    kept.write_bytes(spoil(kept.read_bytes()))
    with pytest.raises(PackageError) as caught:
        next(iter(buyer.download_export(package, KEY, tmp_path)))
    assert caught.value.code == "package-differs"
    assert not list(tmp_path.iterdir()), "nothing stays behind"


def test_the_token_stays_out_of_downloads_and_addresses_out_of_sight(
    server: Any, buyer: ksef.Client, emulator: Any, tmp_path: Path
) -> None:
    sell(emulator, buyer, 1)
    package = export(buyer)
    server.handlers = [httpx2.Response(503)] * 3
    with pytest.raises(Unavailable, match="server-error"):
        list(server.client().download_export(package, KEY, tmp_path))
    assert [str(one.url) for one in server.requests] == [package.parts[0].url] * 3
    assert all("authorization" not in one.headers for one in server.requests)
    assert "sig=" not in repr(package)


def test_an_export_that_never_ends_and_one_that_ksef_gave_up(emulator: Any, buyer: ksef.Client) -> None:
    emulator.faults.set("export-stuck")
    with pytest.raises(Unavailable, match="not-finished"):
        buyer.wait_for_export(begin(buyer), patience=0.2)
    emulator.faults.clear()
    emulator.faults.set("export-cancelled")
    with pytest.raises(PackageError, match="550") as caught:
        export(buyer)
    assert caught.value.code == "package-not-made"


def test_an_export_beyond_the_mark_is_refused_by_name(emulator: Any, buyer: ksef.Client) -> None:
    with pytest.raises(Refused) as caught:
        export(buyer, datetime.now(UTC) + timedelta(hours=1))
    assert caught.value.code == "420"


def test_a_stranger_gets_nothing(emulator: Any, buyer: ksef.Client) -> None:
    reference = begin(buyer)
    with client(emulator, new_nip()) as stranger, pytest.raises(Refused) as caught:
        stranger.export_status(reference)
    assert caught.value.code == "21175"
