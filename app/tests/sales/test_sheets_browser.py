"""Without JavaScript what cannot be undone is asked first too: sending, deleting a template, deleting a cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.sales.models import Invoice
from liczydlo.sales.repeating.tables import InvoiceTemplate
from playwright.sync_api import expect

from app.tests.connection.test_browser import page
from app.tests.purchases.test_outside import outside
from app.tests.sales.test_browser import look
from app.tests.sales.test_editor import form

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def plain(page: Any, live_server: Any) -> Any:
    """The owner's page in a browser without JavaScript."""
    context = page.context.browser.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies(page.context.cookies())
    return context.new_page()


def asked(plain: Any, button: str, sheet: str) -> Any:
    """The sheet that a click on ``button`` of the page shows, after „Anuluj" once."""
    plain.get_by_role("button", name=button).or_(plain.get_by_role("link", name=button)).first.click()
    shown = plain.locator(f"dialog#{sheet}")
    expect(shown).to_be_visible()
    shown.locator("[data-closes]").click()
    expect(shown).to_be_hidden()
    plain.get_by_role("button", name=button).or_(plain.get_by_role("link", name=button)).first.click()
    return shown


def test_sending(page: Any, plain: Any, ala: Client, company: Any) -> None:
    ala.post(reverse("sales:new", args=[company.pk]), form())
    row = Invoice.objects.get()
    plain.goto(row.get_absolute_url())
    sheet = asked(plain, "Wyślij do KSeF", "sheet-online")
    assert Invoice.objects.get().state == "draft"
    page.goto(f"{row.get_absolute_url()}#sheet-online")
    look(page, "bez-js-wyslij")
    look(page, "bez-js-wyslij", phone=True)
    sheet.get_by_role("button", name="Wyślij do KSeF").click()
    plain.get_by_role("heading", name="Historia").wait_for()
    assert Invoice.objects.get().state == "queued"


def test_deleting_a_template(plain: Any, ala: Client, company: Any) -> None:
    ala.post(reverse("sales:new", args=[company.pk]), form(template="1"))
    template = InvoiceTemplate.objects.get()
    plain.goto(template.get_absolute_url())
    sheet = asked(plain, "Usuń szablon", "usun")
    assert InvoiceTemplate.objects.exists()
    sheet.get_by_role("button", name="Usuń szablon").click()
    plain.get_by_text("Szablon został usunięty").wait_for()
    assert not InvoiceTemplate.objects.exists()


def test_deleting_a_cost(plain: Any, company: Any, owner: Any) -> None:
    row = outside(company, owner)
    plain.goto(reverse("purchases:detail", args=[company.pk, row.pk]))
    sheet = asked(plain, "Usuń", "usun")
    assert ReceivedInvoice.objects.exists()
    sheet.get_by_role("button", name="Usuń koszt").click()
    plain.wait_for_url(f"**{reverse('purchases:list', args=[company.pk])}**")
    assert not ReceivedInvoice.objects.exists()
