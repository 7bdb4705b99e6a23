"""Purchases that are to be paid, and the forms in which an order is made of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.payments.models import BankAccount
from liczydlo.purchases.models import ReceivedInvoice

from app.tests.payments.test_files import OURS, THEIRS
from app.tests.purchases.test_pages import bought
from app.tests.sales.world import document, new_nip

OTHER = "PL10105000997603123456789123"


@pytest.fixture
def account(company: Any) -> BankAccount:
    row: BankAccount = BankAccount.objects.create(company=company, iban=OURS, name="główny", is_default=True)
    return row


def address(name: str, company: Any, *arguments: Any) -> str:
    return reverse(f"payments:{name}", args=[company.pk, *arguments])


def invoice(
    company: Any, number: str = "D/1", *, paid_to: str = THEIRS[2:], **columns: Any
) -> ReceivedInvoice:
    xml = document(new_nip(), company.nip, number=number).decode()
    if paid_to:
        paid = f"<Platnosc><RachunekBankowy><NrRB>{paid_to}</NrRB></RachunekBankowy></Platnosc></Fa>"
        xml = xml.replace("</Fa>", paid)
    if columns.pop("split", False):
        xml = xml.replace("<P_18A>2", "<P_18A>1")
    if columns.pop("homeless", False):
        xml = xml.replace("<AdresL2>00-001 Warszawa</AdresL2>", "")
    return bought(company, xml.encode(), number=number, **columns)


def filled(page: Any) -> dict[str, Any]:
    """What a browser sends of the page of preparing, as it was shown."""
    context = page.context
    form = context["form"]
    values: dict[str, Any] = {"day": form.initial["day"].isoformat(), "account": form.initial["account"].pk}
    values |= {name: "on" for name in ("together", "with_numbers") if form.initial.get(name)}
    values["id"] = [line.row.proposal.purchase.pk for line in context["lines"]]
    for line in context["lines"]:
        for name, value in line.form.initial.items():
            if value is not False:
                values[f"{line.form.prefix}-{name}"] = value
    return values


def prepare(client: Client, company: Any, *purchases: ReceivedInvoice, **changes: Any) -> Any:
    """Prepares an order as it is proposed, with ``changes``; of the first purchase ``__amount`` and so on."""
    page = client.get(address("prepare", company), {"id": [row.pk for row in purchases]})
    values = filled(page)
    for name, value in changes.items():
        values[name.replace("__", f"{purchases[0].pk}-", 1) if name.startswith("__") else name] = value
    return client.post(address("prepare", company), values)


def paid_state(row: ReceivedInvoice) -> tuple[str, Decimal | None]:
    row.refresh_from_db()
    return row.payment, row.paid_amount
