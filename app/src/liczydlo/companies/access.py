"""Who may see a company's pages. A stranger gets 404: not even the company's existence is told."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponseBase

from liczydlo.companies.models import Company, Membership, Role, User

EVERYONE = (Role.OWNER, Role.ACCOUNTANT, Role.ISSUER, Role.VIEWER)
ISSUERS = (Role.OWNER, Role.ACCOUNTANT, Role.ISSUER)
BOOKKEEPERS = (Role.OWNER, Role.ACCOUNTANT)
OWNERS = (Role.OWNER,)


class CompanyRequest(HttpRequest):
    """What a view behind ``member`` receives."""

    user: User
    company: Company
    membership: Membership


def memberships_of(user: Any) -> list[Membership]:
    """A user's memberships with their companies, by the companies' names; read once for each user object, which lives
    as long as a request: a page's view and its frame both ask."""
    if not user.is_authenticated:
        return []
    rows = Membership.objects.select_related("company").order_by("company__name")
    prefetch_related_objects([user], Prefetch("memberships", queryset=rows))
    return list(user.memberships.all())


def membership_of(user: Any, company_id: int) -> Membership | None:
    """The membership of a user in a company with the company loaded, or None for a stranger."""
    return next((one for one in memberships_of(user) if one.company_id == company_id), None)


P = ParamSpec("P")
View = Callable[Concatenate[CompanyRequest, Company, P], HttpResponseBase]


def member(*roles: Role) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Give a view under ``/firmy/<company_id>/`` its ``company``; members only, in one of ``roles`` (none: any).

    The view is called as ``view(request, company, ...)``; ``request.company`` and ``request.membership`` are set.
    Raises Http404 for strangers and PermissionDenied for members in another role.
    """
    allowed = roles or EVERYONE

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        @functools.wraps(view)
        def inner(
            request: HttpRequest, company_id: int, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            membership = membership_of(request.user, company_id)
            if membership is None:
                raise Http404("no such company for this user")
            if membership.role not in allowed:
                raise PermissionDenied("the member's role does not allow this")
            member_request = cast("CompanyRequest", request)
            member_request.company, member_request.membership = membership.company, membership
            return view(member_request, membership.company, *args, **kwargs)

        return inner

    return decorate
