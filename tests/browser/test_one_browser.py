"""The browser that tests of a worker share keeps nothing of one for the next, and lets loops run between them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.chromium import launched

pytestmark = pytest.mark.browser
KEPT = "[document.cookie, localStorage.length, sessionStorage.length]"


def page_of(browser: Any) -> Any:
    """A page of a site that is nowhere but here."""
    context = browser.new_context(base_url="https://liczydlo.test")
    context.route("**/*", lambda route: route.fulfill(body="<h1>Strona</h1>", content_type="text/html"))
    shown = context.new_page()
    shown.goto("/")
    return shown


def test_a_context_begins_with_nothing_of_the_last() -> None:
    with launched() as browser:
        first = page_of(browser)
        first.evaluate(
            "document.cookie = 'a=1; max-age=1000'; localStorage.b = 2; sessionStorage.c = 3; undefined"
        )
        assert first.evaluate(KEPT) == ["a=1", 1, 1]
    assert first.is_closed() and not browser.contexts
    with launched() as again:
        assert again is browser, "the same process"
        assert page_of(again).evaluate(KEPT) == ["", 0, 0]


def test_a_block_within_another_leaves_it_its_page() -> None:
    with launched() as browser:
        outer = page_of(browser)
        with launched() as within:
            inner = page_of(within)
        assert inner.is_closed() and outer.evaluate("document.title") == ""


def test_what_comes_between_may_run_a_loop() -> None:
    async def answer() -> int:
        return 42

    with launched() as browser:
        page_of(browser)
    assert asyncio.run(answer()) == 42
    with launched() as browser:
        assert page_of(browser).inner_text("h1") == "Strona"


def test_a_failure_in_the_block_closes_too() -> None:
    with pytest.raises(ZeroDivisionError), launched() as browser:
        left = page_of(browser)
        _ = 1 / 0
    assert left.is_closed() and not browser.contexts
