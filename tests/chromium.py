"""Debian's Chromium without a window, for tests that look at pages: one of each process, a context of each test."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
from asyncio import AbstractEventLoop, events
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

NAMES: Final = ("chromium-headless-shell", "chromium", "chromium-browser")
"""Commands, the best first. The shell is the same engine without the desktop browser around it: it starts in a third
of the processor time, and pages with axe take 2.2 s instead of 3.5 s (six pages, three with axe)."""


def executable() -> str | None:
    """The path of the first of `NAMES` that is installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@functools.cache
def started() -> tuple[Any, AbstractEventLoop]:
    """A Playwright ``Browser``, which ends with this process, and the loop that speaks to it.

    Playwright's server and Chromium take 0.8 s of processor time to start; a context takes 0.05 s.
    """
    from playwright.sync_api import sync_playwright

    playwright = sync_playwright().start()
    loop = events.get_running_loop()
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    browser = playwright.chromium.launch(executable_path=executable(), args=arguments)

    def end() -> None:
        events._set_running_loop(loop)
        browser.close()
        playwright.stop()

    atexit.register(end)
    return browser, loop


@contextmanager
def launched() -> Iterator[Any]:
    """A Playwright ``Browser``; what the block opens in it, cookies and all, is gone after the block.

    Playwright runs its loop in this thread, in a greenlet of its own. Outside of the blocks the loop rests and is not
    the thread's running one, so that what comes next may run a loop itself, and Django takes the thread for what it is.
    """
    outside = events._get_running_loop()
    browser, loop = started()
    events._set_running_loop(loop)
    others = browser.contexts
    try:
        yield browser
    finally:
        for context in browser.contexts:
            if context not in others:
                context.close()
        events._set_running_loop(outside)


def violations(page: Any) -> list[str]:
    """What axe finds wrong on a page as it stands: each rule with the first place that breaks it.

    The rest of its answer, all rules that are kept and do not apply, stays in the browser: reading it here takes as
    long as making it.
    """
    from axe_playwright_python.base import AXE_SCRIPT

    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    broken: list[dict[str, Any]] = page.evaluate(_AXE)
    return [f"{one['id']}: {one['target']}" for one in broken]


_AXE: Final = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map(({id, nodes}) => ({id, target: nodes[0].target}));
}"""
