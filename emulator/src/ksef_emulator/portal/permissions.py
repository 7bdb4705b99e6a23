"""Permissions in the portal: what was given in this context, what was received, what I have; taking away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fastapi import APIRouter, Request, Response

from ..model.access import permission_lists as lists
from ..model.access.granting import DESCRIPTIONS, TAKERS
from ..model.access.grants import Grant, Kind
from ..model.access.logins import Principal
from ..pages import paged
from .frame import CurrentPortal, Member, Portal
from .permission_words import KINDS, NAMES, grant_row
from .permissions_giving import HERE

PAGES = (10, 20, 50)
FILTERS = ("kind", "who", "permission", "state")

router = APIRouter(prefix=HERE)


def grants_of(portal: Portal, principal: Principal) -> list[Grant]:
    """Everything that was given here or is in force here, as far as whoever is logged in may see it."""
    grants: dict[str, Grant] = {}
    if lists.sees(principal, "persons"):
        for current in (True, False):
            grants |= {
                person.uid: person
                for person in lists.persons(portal.emulator.permissions, principal, current=current)
            }
    if lists.sees(principal, "authorizations"):
        grants |= {
            authorization.uid: authorization
            for authorization in lists.authorizations(portal.emulator.permissions, principal, received=False)
        }
    if lists.sees(principal, "foreign"):
        grants |= {grant.uid: grant for grant in lists.foreign(portal.emulator.permissions, principal)}
    return lists.newest_first(grants.values())


def received(portal: Portal, principal: Principal) -> list[Grant]:
    """What other entities gave to this one."""
    grants = (
        lists.entities_received(portal.emulator.permissions, principal)
        if lists.sees(principal, "entities")
        else []
    )
    if lists.sees(principal, "authorizations"):
        grants = [*grants, *lists.authorizations(portal.emulator.permissions, principal, received=True)]
    return lists.newest_first(grants)


def takes(principal: Principal, grant: Grant) -> bool:
    return bool({*TAKERS[grant.kind is Kind.AUTHORIZATION]} & principal.permissions)


def page(
    portal: Portal,
    request: Request,
    template: str,
    grants: Iterable[Grant],
    row: Callable[[Grant], Any],
    **more: Any,
) -> Response:
    """One page of a filtered list."""
    filters = {key: request.query_params.get(key, "").strip() for key in FILTERS}
    fitting = [
        grant for grant in grants if _fits(filters, grant, lists.state(portal.emulator.permissions, grant))
    ]
    return portal.show(
        request,
        template,
        **paged(request, fitting, row, PAGES),
        filters=filters,
        kinds=KINDS,
        names=NAMES,
        **more,
    )


@router.get("")
async def listing(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    allowed = any(lists.sees(principal, which) for which in lists.OTHER_READERS)
    done = request.query_params.get("odebrane", "")
    taken = portal.emulator.granting.operation(principal.context, done) if done else None
    return page(
        portal,
        request,
        "grants.html",
        grants_of(portal, principal),
        lambda grant: grant_row(portal.emulator.permissions, grant) | {"takes": takes(principal, grant)},
        allowed=allowed,
        taken=taken,
        said=DESCRIPTIONS[taken.code] if taken else "",
    )


@router.get("/otrzymane")
async def inbox(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    allowed = lists.sees(principal, "authorizations")
    return page(
        portal,
        request,
        "grants_received.html",
        received(portal, principal),
        lambda grant: grant_row(portal.emulator.permissions, grant) | {"client": grant.context.value},
        allowed=allowed,
    )


@router.get("/moje")
async def mine(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    now = portal.emulator.permissions.of(principal.context, principal.subject)
    owned = lists.owned(portal.emulator.permissions, principal)
    return page(
        portal,
        request,
        "grants_mine.html",
        lists.personal(portal.emulator.permissions, principal),
        lambda grant: grant_row(portal.emulator.permissions, grant),
        owned=[words for name, words in NAMES.items() if name in owned],
        fresh=[words for name, words in NAMES.items() if name in now - principal.permissions],
        lost=[words for name, words in NAMES.items() if name in principal.permissions - now],
    )


@router.get("/{uid}/odbierz")
async def confirm(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    grants = [grant for grant in grants_of(portal, principal) if grant.uid == request.path_params["uid"]]
    if not grants or not takes(principal, grants[0]):
        return portal.show(request, "absent.html", status=404)
    return portal.show(request, "take.html", row=grant_row(portal.emulator.permissions, grants[0]))


@router.post("/{uid}/odbierz")
async def take(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    await portal.form(request)
    grants = [grant for grant in grants_of(portal, principal) if grant.uid == request.path_params["uid"]]
    if not grants or not takes(principal, grants[0]):
        return portal.show(request, "absent.html", status=404)
    authorization = grants[0].kind is Kind.AUTHORIZATION
    reference = portal.emulator.granting.take(principal.context, grants[0].uid, authorization=authorization)
    return portal.go(request, f"{HERE}?odebrane={reference}")


def _fits(filters: dict[str, str], grant: Grant, state: str) -> bool:
    """Whether a grant passes the filter; an identifier can be any part of any of those that it names."""
    values = [grant.subject, grant.context, grant.giver, *([grant.target] if grant.target else [])]
    who = filters["who"].replace(" ", "").upper()
    return (
        filters["kind"] in ("", grant.kind)
        and filters["permission"] in ("", grant.permission)
        and filters["state"] in ("", state)
        and any(who in (value.value or "").upper() for value in values)
    )
