"""Giving permissions in the portal: the kind first, then its own form, then how the operation went."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from ..api.permissions_requests import grants_of
from ..model.access import permission_lists as lists
from ..model.access.granting import ACCEPTED, DESCRIPTIONS, DONE, NEEDED
from ..model.access.grants import Grant, Kind
from ..model.access.logins import Principal
from ..model.access.permissions import Permission
from ..model.identity.contexts import ContextType
from ..pages.fields import Wrong
from ..problems import Problem
from .frame import CurrentPortal, Member, Portal
from .permission_forms import PARTS, chosen, refused, request_of
from .permission_words import KINDS, NAMES, OTHER_SCOPES, SCOPES, advice, grant_row

HERE = "/portal/uprawnienia"
_KINDS = {
    ContextType.NIP: tuple(kind for kind in Kind if kind is not Kind.EU),
    ContextType.INTERNAL_ID: (Kind.PERSON, Kind.ENTITY, Kind.AUTHORIZATION, Kind.INDIRECT),
    ContextType.NIP_VAT_UE: (Kind.EU,),
}
"""What a context offers; the first is its usual one."""
AUTHORIZATIONS = ("SelfInvoicing", "RRInvoicing", "TaxRepresentative", "PefInvoicing")
_EMPTY = {
    "identifier": "Pesel",
    "who": "identified",
    "known": "yes",
    "target": "AllPartners",
    "unit_kind": "InternalId",
    "permission": "SelfInvoicing",
}
_TEXTS = (
    *("value", "first", "last", "fingerprint", "own", "birth", "document", "number", "country", "full_name"),
    *("address", "description", "target_value", "unit", "unit_name", "eu_name", "eu_address"),
)

router = APIRouter(prefix=HERE)


@router.get("/nadaj")
async def form(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    query = request.query_params
    kind = _kind(principal, query.get("kind", ""))
    client = query.get("klient", "")
    target = {"target": "InternalId" if "-" in client else "Nip", "target_value": client}
    fields = target if client else {}
    return _form(portal, request, principal, kind, fields=fields)


@router.post("/nadaj")
async def give(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    fields = await portal.form(request)
    kind, picked = (_kind(principal, fields.get(name, "")) for name in ("kind", "wanted"))
    if "wanted" in fields and ("pick" in fields or picked is not kind):
        return _form(portal, request, principal, picked, fields=_shared(fields))
    if NEEDED[kind] not in principal.permissions:
        return _form(portal, request, principal, kind, status=403)
    try:
        grants, reference = _give(portal, principal, kind, fields)
    except Wrong as wrong:
        return _form(portal, request, principal, kind, status=400, error=wrong, fields=fields)
    portal.visit(request).given = {
        "reference": reference,
        "kind": kind,
        "fields": fields,
        "row": grant_row(portal.emulator.permissions, grants[0]),
        "permissions": [NAMES[grant.permission] for grant in grants],
        "further": [NAMES[grant.permission] for grant in grants if grant.can_delegate],
    }
    return portal.go(request, f"{HERE}/nadane")


@router.get("/nadane")
async def result(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    granted = portal.visit(request).given
    operation = (
        portal.emulator.granting.operation(principal.context, granted["reference"]) if granted else None
    )
    if operation is None:
        return portal.go(request, HERE)
    if operation.code not in (ACCEPTED, DONE):
        wrong = _failure(granted["kind"], operation.code)
        return _form(portal, request, principal, granted["kind"], error=wrong, fields=granted["fields"])
    answer = portal.show(request, "grant_done.html", code=operation.code, granted=granted)
    if operation.code == ACCEPTED:
        answer.headers["Refresh"] = "1"
    return answer


def _give(portal: Portal, principal: Principal, kind: Kind, fields: Any) -> tuple[list[Grant], str]:
    """What was given and the operation's number. Raises Wrong, also for an operation that failed at once."""
    body = request_of(kind, principal, fields)
    try:
        grants = grants_of(portal.emulator.permissions, principal, body)
    except Problem as problem:
        raise refused(problem, fields) from problem
    reference = portal.emulator.granting.give(principal.context, grants)
    operation = portal.emulator.granting.operation(principal.context, reference)
    if operation is not None and operation.code not in (ACCEPTED, DONE):
        raise _failure(kind, operation.code)
    return grants, reference


def _form(
    portal: Portal,
    request: Request,
    principal: Principal,
    kind: Kind,
    *,
    status: int = 200,
    error: Any = "",
    fields: Any = None,
) -> Response:
    foreign = kind in lists.FOREIGN
    unit = f"{principal.context.value}-" if kind is Kind.SUBUNIT else ""
    fields_again = {
        **dict.fromkeys(_TEXTS, ""),
        **_EMPTY,
        "unit": unit,
        **({"who": "person"} if foreign else {}),
        **({"identifier": "Nip"} if kind is Kind.AUTHORIZATION else {}),
        **(fields or {}),
    }
    may = portal.emulator.granting.for_persons(principal.context)
    received = lists.entities_received(portal.emulator.permissions, principal)
    return portal.show(
        request,
        "grant.html",
        status=status,
        error=error,
        fields=fields_again,
        chosen=chosen(fields_again, "scope"),
        further=chosen(fields_again, "delegate"),
        kind=kind,
        kinds={permission: KINDS[permission] for permission in _KINDS[principal.context.type]},
        scopes=SCOPES,
        others={scope: words for scope, words in OTHER_SCOPES.items() if scope in may},
        parts={part: {**SCOPES, **OTHER_SCOPES}[Permission(part)] for part in PARTS},
        authorizations={authorization: NAMES[authorization] for authorization in AUTHORIZATIONS},
        clients=sorted({str(permission.context.value) for permission in received if permission.can_delegate}),
        needed=NEEDED[kind],
        manages=NEEDED[kind] in principal.permissions,
    )


def _kind(principal: Principal, text: str) -> Kind:
    """The kind that was chosen, or the usual one of the context."""
    offered = _KINDS[principal.context.type]
    return next((kind for kind in offered if kind == text), offered[0])


def _shared(fields: Any) -> dict[str, Any]:
    """What a form of another kind can still use: who the person is."""
    names = (
        "value",
        "first",
        "last",
        "fingerprint",
        "known",
        "own",
        "birth",
        "document",
        "number",
        "country",
    )
    return {name: fields[name] for name in names if name in fields}


def _failure(kind: Kind, code: int) -> Wrong:
    """An operation that failed: KSeF's words, and what to do."""
    polish, english, field = advice(kind, code)
    description = DESCRIPTIONS[code]
    return Wrong(f"{description}. {polish}".strip(), f"{description}. {english}".strip(), field, code)
