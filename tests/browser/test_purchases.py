"""„Zakupy" in Chromium: a document that KSeF does not give is set aside by name, and comes in once it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ksef_emulator.testing import Running
from playwright.sync_api import expect

from tests.browser.conftest import enter, faults
from tests.processes import Application

pytestmark = pytest.mark.browser


@pytest.fixture
def supplied(page: Any, fresh: tuple[Application, str], ksef: Running) -> Any:
    """A page of the owner of a connected firm for which a document was set aside, as KSeF did not give it."""
    for command in ("connect", "supply", "set_aside"):
        done = fresh[0].drive(command, ksef.control_url)
        assert done.returncode == 0, done.stderr
    return enter(page)


def test_a_document_is_set_aside_and_comes_in_later(supplied: Any, picture: Callable[[str], None]) -> None:
    page = supplied
    page.get_by_role("link", name="Zakupy").first.click()
    page.get_by_role("heading", name="Odłożone dokumenty").wait_for()
    page.locator("#progress[hx-get]").wait_for(state="detached")  # the page comes anew when the fetching ends
    picture("180-odlozone")
    assert not faults(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    picture("181-odlozone-telefon-ciemny")
    assert not faults(page)
    page.get_by_role("button", name="Pobierz z KSeF").click()
    page.get_by_text("Nowa", exact=True).first.wait_for()
    expect(page.get_by_role("heading", name="Odłożone dokumenty")).to_have_count(0)
