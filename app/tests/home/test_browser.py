"""„Pulpit" of a firm to which very many owe something, in Chromium: the sums come by themselves; axe, phone, dark."""

from __future__ import annotations

from typing import Any

import pytest
from liczydlo.documents import filters
from playwright.sync_api import expect

from app.tests.connection.test_browser import page
from app.tests.sales.test_browser import look
from app.tests.sales.test_pages import accepted

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_many_owe_comes_after_the_page(page: Any, company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "MANY", 0)
    accepted(company)
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/*suma=1*", hold)
    with page.expect_request("**/*suma=1*"):
        page.goto(f"/firmy/{company.pk}/")
    expect(page.get_by_role("link", name="Policz należności")).to_be_visible()
    held.pop().continue_()
    expect(page.locator(".tiles-money").get_by_text("Do otrzymania")).to_be_visible()
    expect(page.locator("#naleznosci-razem")).to_have_count(1)
    look(page, "pulpit-z-sumami")
    look(page, "pulpit-z-sumami", phone=True)
