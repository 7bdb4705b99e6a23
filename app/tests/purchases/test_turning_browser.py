"""A stranger's name that turns letters round turns none but its own, on every page that shows it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from app.tests.connection.test_browser import page
from app.tests.purchases.test_warnings import OLD, came
from app.tests.sales.test_browser import look

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REACHING = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), result = [];
  let count = 0;
  while (walker.nextNode()) {
    const text = walker.currentNode, holder = text.parentElement;
    if (!/[\\u202a-\\u202e\\u2066-\\u2069]/.test(text.data) || !holder.getClientRects().length) continue;
    count += 1;
    const alone = [...holder.childNodes].every((one) => one === text || one.nodeType !== 3 || !one.data.trim());
    if (getComputedStyle(holder).unicodeBidi !== "isolate" || !alone) result.push(holder.outerHTML);
  }
  return [count, result];
}"""


def test_lists_and_details(page: Any, company: Any) -> None:
    row = came(company, "D/\u202e2", OLD, seller_name="Świt \u202eOPOKS", gross=Decimal(171))
    for address in (
        reverse("purchases:list", args=[company.pk]),
        row.get_absolute_url(),
        reverse("home:dashboard", args=[company.pk]),
    ):
        page.goto(address)
        count, reaching = page.evaluate(REACHING)
        assert reaching == [], address
        assert count or "zakupy" not in address
        look(page, f"odwrocone-{len(address)}")
    page.goto(row.get_absolute_url())
    look(page, "odwrocone", phone=True)
