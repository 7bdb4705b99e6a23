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
from .permission_words import KINDS, NAMES, shown
from .permissions_giving import HERE

PAGES = (10, 20, 50)
FILTERS = ("kind", "who", "permission", "state")

router = APIRouter(prefix=HERE)


def given(portal: Portal, principal: Principal) -> list[Grant]:
    """Everything that was given here or is in force here, as far as whoever is logged in may see it."""
    found: dict[str, Grant] = {}
    if lists.sees(principal, "persons"):
        for current in (True, False):
            found |= {
                each.uid: each
                for each in lists.persons(portal.emulator.permissions, principal, current=current)
            }
    if lists.sees(principal, "authorizations"):
        found |= {
            each.uid: each
            for each in lists.authorizations(portal.emulator.permissions, principal, received=False)
        }
    if lists.sees(principal, "foreign"):
        found |= {each.uid: each for each in lists.foreign(portal.emulator.permissions, principal)}
    return lists.newest_first(found.values())


def received(portal: Portal, principal: Principal) -> list[Grant]:
    """What other entities gave to this one."""
    found = (
        lists.entities_received(portal.emulator.permissions, principal)
        if lists.sees(principal, "entities")
        else []
    )
    if lists.sees(principal, "authorizations"):
        found = [*found, *lists.authorizations(portal.emulator.permissions, principal, received=True)]
    return lists.newest_first(found)


def takes(principal: Principal, grant: Grant) -> bool:
    return bool({*TAKERS[grant.kind is Kind.AUTHORIZATION]} & principal.permissions)


def page(
    portal: Portal,
    request: Request,
    template: str,
    found: Iterable[Grant],
    row: Callable[[Grant], Any],
    **more: Any,
) -> Response:
    """One page of a filtered list."""
    asked = {key: request.query_params.get(key, "").strip() for key in FILTERS}
    fitting = [each for each in found if _fits(asked, each, lists.state(portal.emulator.permissions, each))]
    return portal.show(
        request,
        template,
        **paged(request, fitting, row, PAGES),
        asked=asked,
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
        given(portal, principal),
        lambda grant: shown(portal.emulator.permissions, grant) | {"takes": takes(principal, grant)},
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
        lambda grant: shown(portal.emulator.permissions, grant) | {"client": grant.context.value},
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
        lambda grant: shown(portal.emulator.permissions, grant),
        owned=[words for name, words in NAMES.items() if name in owned],
        fresh=[words for name, words in NAMES.items() if name in now - principal.permissions],
        lost=[words for name, words in NAMES.items() if name in principal.permissions - now],
    )


@router.get("/{uid}/odbierz")
async def confirm(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    found = [each for each in given(portal, principal) if each.uid == request.path_params["uid"]]
    if not found or not takes(principal, found[0]):
        return portal.show(request, "absent.html", status=404)
    return portal.show(request, "take.html", row=shown(portal.emulator.permissions, found[0]))


@router.post("/{uid}/odbierz")
async def take(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    await portal.form(request)
    found = [each for each in given(portal, principal) if each.uid == request.path_params["uid"]]
    if not found or not takes(principal, found[0]):
        return portal.show(request, "absent.html", status=404)
    authorization = found[0].kind is Kind.AUTHORIZATION
    reference = portal.emulator.granting.take(principal.context, found[0].uid, authorization=authorization)
    return portal.go(request, f"{HERE}?odebrane={reference}")


def _fits(asked: dict[str, str], grant: Grant, state: str) -> bool:
    """Whether a grant passes the filter; an identifier can be any part of any of those that it names."""
    values = [grant.subject, grant.context, grant.giver, *([grant.target] if grant.target else [])]
    wanted = asked["who"].replace(" ", "").upper()
    return (
        asked["kind"] in ("", grant.kind)
        and asked["permission"] in ("", grant.permission)
        and asked["state"] in ("", state)
        and any(wanted in (each.value or "").upper() for each in values)
    )
