"""What every page's frame shows: whose company, which environment, how KSeF is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from liczydlo.companies.access import memberships_of
from liczydlo.companies.models import Company


def frame(request: HttpRequest) -> dict[str, Any]:
    """The company of the page, the reader's other companies, and the part of the application it is in."""
    company: Company | None = getattr(request, "company", None)
    user = getattr(request, "user", None)
    match = request.resolver_match
    return {
        "company": company,
        "membership": getattr(request, "membership", None),
        "memberships": SimpleLazyObject(lambda: [] if user is None else memberships_of(user)),
        "has_mail": not settings.EMAIL_BACKEND.endswith(".NoMailServer"),
        "section": match.namespace if match else "",
    }
