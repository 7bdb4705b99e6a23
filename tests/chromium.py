"""Debian's Chromium without a window, for tests that look at pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

NAMES: Final = ("chromium-headless-shell", "chromium", "chromium-browser")
"""Commands, the best first. The shell is the same engine without the desktop browser around it: it starts in a third
of the processor time, and pages with axe take 2.2 s instead of 3.5 s (six pages, three with axe)."""


def executable() -> str | None:
    """The path of the first of `NAMES` that is installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def launched() -> Iterator[Any]:
    """A Playwright ``Browser`` of a process of its own, closed with the block."""
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=arguments)
        yield browser
        browser.close()
