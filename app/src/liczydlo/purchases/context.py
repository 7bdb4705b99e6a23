"""The number of new purchases beside „Zakupy" in the navigation."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from liczydlo.companies.models import Company
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.states import State

MOST: Final = 99
"""More are „99+": counting them would cost more than the number is worth."""


def badge(request: HttpRequest) -> dict[str, Any]:
    """``new_purchases`` of the page's company, as the badge shows it; empty without any."""
    company: Company | None = getattr(request, "company", None)
    return {"new_purchases": "" if company is None else SimpleLazyObject(lambda: _shown(company))}


def _shown(company: Company) -> str:
    rows = ReceivedInvoice.objects.of(company).filter(environment=company.environment, state=State.NEW)
    number: int = rows.order_by()[: MOST + 1].count()
    return f"{MOST}+" if number > MOST else str(number or "")
