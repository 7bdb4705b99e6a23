"""What every page's frame shows of a company's connection."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from liczydlo.companies.models import Company
from liczydlo.connection import clients, machine_clock


def login(request: HttpRequest) -> dict[str, Any]:
    """``refused_login``: the row that says that KSeF does not let the page's company in, or nothing; ``wrong_clock``:
    the reading that says that the machine's clock is wrong, or nothing."""
    company: Company | None = getattr(request, "company", None)
    if company is None:
        return {"refused_login": None, "wrong_clock": None}
    return {
        "refused_login": SimpleLazyObject(lambda: clients.refused_login(company)),
        "wrong_clock": SimpleLazyObject(lambda: machine_clock.wrong_clock(company.environment)),
    }
