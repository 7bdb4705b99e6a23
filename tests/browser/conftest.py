"""A real Chromium in front of a real application; ``LICZYDLO_SCREENS`` names the folder that keeps its pictures."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ksef_emulator.testing import Running, running_emulator

from tests.chromium import launched, violations
from tests.processes import Application, await_health, migrated


@pytest.fixture
def ksef() -> Iterator[Running]:
    """An emulator of each test's own, so that its pictures show only its own invoices."""
    with running_emulator() as running:
        yield running


@pytest.fixture
def installed(page: Any, fresh: tuple[Application, str], ksef: Running) -> Any:
    """A page of the owner of a connected firm that has sent an invoice and received one."""
    application, _ = fresh
    done = application.drive("working", ksef.control_url)
    assert done.returncode == 0, done.stderr
    return enter(page)


def enter(page: Any) -> Any:
    """Log in as the owner that the driver makes."""
    page.goto("/")
    page.get_by_label("Adres e-mail").fill("ala@example.com")
    page.get_by_label("Hasło", exact=True).fill("Kwiecień-plecień 2026")
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    page.get_by_role("link", name="Sprzedaż").first.wait_for()
    return page


@pytest.fixture
def fresh(ksef: Running, tmp_path: Path) -> Iterator[tuple[Application, str]]:
    """An application that nobody has used yet, and its address."""
    folder = tmp_path / "data"
    shutil.copytree(migrated(), folder)
    application = Application(folder=folder, emulator=ksef.url)
    process, address = application.serve()
    try:
        await_health(address, process)
        yield application, address
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def page(fresh: tuple[Application, str]) -> Iterator[Any]:
    """A page of a new context at the application."""
    with chromium_at(fresh[1]) as shown:
        yield shown


@pytest.fixture
def portal(ksef: Running) -> Iterator[Any]:
    """A page of a new context at the emulator's own side."""
    with chromium_at(ksef.url) as shown:
        yield shown


@contextmanager
def chromium_at(address: str) -> Iterator[Any]:
    """A page of a new context, in Polish, 1280 pixels wide; nothing on it moves by itself, which takes a processor."""
    with launched() as browser:
        context = browser.new_context(
            base_url=address,
            locale="pl-PL",
            viewport={"width": 1280, "height": 860},
            accept_downloads=True,
            reduced_motion="reduce",
        )
        shown = context.new_page()
        shown.set_default_timeout(30_000)
        yield shown
        if os.environ.get("LICZYDLO_SCREENS"):  # where a failed test stopped, for people to look at
            shown.screenshot(path=Path(os.environ["LICZYDLO_SCREENS"]) / "zz-last.png", full_page=True)


@pytest.fixture
def picture(page: Any) -> Callable[[str], None]:
    """Keeps a picture of the application's page under a name, for the guide and for people to look at."""
    return camera(page)


def camera(page: Any) -> Callable[[str], None]:
    """Takes pictures of a page into the folder that the environment names; drawing takes a quarter of a walk, so
    nothing is drawn where none is named."""
    named = os.environ.get("LICZYDLO_SCREENS")

    def take(name: str) -> None:
        if named:
            Path(named).mkdir(parents=True, exist_ok=True)
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=Path(named) / f"{name}.png", full_page=True)

    return take


def reload_until(page: Any, shown: Any) -> None:
    """Load the page anew until it shows a locator's element, for what the application does by itself: a minute."""
    until = time.monotonic() + 60
    page.reload()
    while not shown.first.is_visible():
        assert time.monotonic() < until, f"never seen: {shown}"
        page.wait_for_timeout(250)
        page.reload()


# Amounts and selects: wider than their place, or cut by what scrolls or hides around them.
CUT = """() => {
  const found = [];
  for (const one of document.querySelectorAll(".num, select, .tile-number, .totals td, .due")) {
    const box = one.getBoundingClientRect();
    const words = (one.value || one.textContent).trim().slice(0, 40);
    if (!box.width || !/\\d/.test(words) && one.tagName !== "SELECT") continue;
    const inline = getComputedStyle(one).display === "inline";
    if (one.multiple || one.size > 1) continue;
    if (!inline && one.scrollWidth > one.clientWidth + 1) found.push(`too narrow: ${words}`);
    for (let up = one.parentElement; up; up = up.parentElement) {
      if (!/auto|hidden|scroll|clip/.test(getComputedStyle(up).overflowX)) continue;
      const around = up.getBoundingClientRect();
      if (box.right > around.right + 1 || box.left < around.left - 1) found.push(`cut: ${words}`);
    }
  }
  return found;
}"""


def faults(page: Any) -> list[str]:
    """What axe finds, amounts that are cut, and whether the page is wider than the screen."""
    page.wait_for_load_state()
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    cut: list[str] = page.evaluate(CUT)
    return violations(page) + cut + (["wider than the screen"] if wide else [])
