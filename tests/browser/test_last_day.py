"""A failure in Chromium, in the emulator's time: from the announcement to the late invoice, a page at every turn."""

from __future__ import annotations

import os
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pypdfium2
import pytest
from ksef_emulator.testing import Running
from liczydlo.demo.proofs import scan
from liczydlo.ksef.deadlines import add_business_days, next_business_day
from playwright.sync_api import expect

from tests.browser.conftest import faults, reload_until
from tests.browser.test_first_day import fill_invoice
from tests.processes import Application, await_health, migrated

pytestmark = pytest.mark.browser
WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.fixture
def fresh(ksef: Running, tmp_path: Path) -> Iterator[tuple[Application, str]]:
    """An application that follows the emulator's clock."""
    folder = tmp_path / "data"
    shutil.copytree(migrated(), folder)
    application = Application(folder=folder, emulator=ksef.url)
    process, address = application.serve(LICZYDLO_EMULATOR_CLOCK=ksef.control_url)
    try:
        await_health(address, process)
        yield application, address
    finally:
        process.terminate()
        process.wait(timeout=20)


def first_page(pdf: Path) -> bytes:
    """A print as a picture: PNG, grey (RFC 2083)."""
    with pypdfium2.PdfDocument(pdf) as document:
        drawn = document[0].render(scale=1.4, grayscale=True)
        width, height, stride, pixels = drawn.width, drawn.height, drawn.stride, bytes(drawn.buffer)
    lines = b"".join(b"\0" + pixels[row * stride : row * stride + width] for row in range(height))

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_from_the_announcement_to_the_late_invoice(
    installed: Any, ksef: Running, picture: Callable[[str], None], tmp_path: Path
) -> None:
    page = installed

    def at(day: date, hour: int, minute: int = 0) -> None:
        ksef.clock.set(datetime.combine(day, time(hour, minute), WARSAW))
        page.wait_for_timeout(600)  # the application asks twice a second

    def announce(path: str) -> Any:
        return httpx2.post(f"{ksef.control_url}/latarnia/failures{path}", json={}, trust_env=False).json()

    today = next_business_day(datetime.now(WARSAW).date())
    ended, last = today, add_business_days(today, 7)
    at(today, 9)
    ksef.faults.set("bad-gateway", path="/v2/*")
    event = announce("")["eventId"]
    at(today, 9, 10)
    page.get_by_role("link", name="Sprzedaż").first.click()
    page.get_by_text("Zegar szkoleniowy:").wait_for()
    page.get_by_role("link", name="Nowa faktura").first.click()
    fill_invoice(page)
    page.get_by_role("button", name="Dalej: podgląd").last.click()
    page.get_by_role("heading", name="Co zostanie wysłane").wait_for()
    reload_until(page, page.get_by_text("Ministerstwo ogłosiło awarię KSeF"))
    page.get_by_role("button", name="Wystaw w trybie awaryjnym").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Wystaw w trybie awaryjnym").click()
    page.get_by_text("Termin to siódmy dzień roboczy po jej końcu").first.wait_for()
    with page.expect_download() as started:
        page.get_by_role("link", name="Pobierz PDF (OFFLINE)").click()
    printed = tmp_path / "awaryjna.pdf"
    started.value.save_as(printed)
    assert len(scan(printed.read_bytes())) == 2
    if named := os.environ.get("LICZYDLO_SCREENS"):
        (Path(named) / "167-wydruk-awaryjny.png").write_bytes(first_page(printed))

    announce(f"/{event}/end")
    at(ended, 12)
    reload_until(page, page.get_by_text(f"{last:%d.%m.%Y}"))
    page.get_by_text("Siódmy dzień roboczy po końcu awarii KSeF").first.wait_for()
    picture("168-termin-po-awarii")
    assert not faults(page)

    at(last, 23, 50)
    page.reload()
    expect(page.get_by_text("Termin wysłania minął")).to_have_count(0)
    at(next_business_day(last), 9)
    reload_until(page, page.get_by_text(f"Termin wysłania minął {last:%d.%m.%Y}"))
    picture("169-po-terminie")
    assert not faults(page)

    ksef.faults.clear()
    ksef.clock.move(timedelta(minutes=11))
    reload_until(page, page.get_by_text("Wysłana po terminie, który minął"))
    expect(page.get_by_text("Numer KSeF").first).to_be_visible()
