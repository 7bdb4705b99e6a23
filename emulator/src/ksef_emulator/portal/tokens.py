"""KSeF tokens in the portal: making one, which is shown once, the list, revoking."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from ..api.contract.tokens import GenerateTokenRequest, TokenPermissionType
from ..api.tokens import issue_token, sees, take_back
from ..intake.polish_time import in_poland
from ..model.access.ksef_tokens import KsefToken
from ..model.access.logins import Principal
from ..pages.fields import DESCRIPTION, Wrong, of_problem, required_text
from ..problems import Problem
from .frame import CurrentPortal, Member, Portal
from .permission_words import NAMES

HERE = "/portal/tokeny"

router = APIRouter(prefix=HERE)


@router.get("")
async def listing(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    rows = [
        _row(token)
        for token in portal.emulator.ksef_tokens.of(principal.context)
        if sees(portal.emulator, principal, token)
    ]
    return portal.show(request, "tokens.html", rows=rows, done=request.query_params.get("done", ""))


@router.get("/nowy")
async def form(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    return _form(portal, request, principal)


@router.post("/nowy")
async def make(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    fields = await portal.form(request)
    try:
        token, text = issue_token(portal.emulator, principal, _request(fields))
    except Wrong as wrong:
        return _form(portal, request, principal, status=400, error=wrong, fields=fields)
    except Problem as problem:
        refusal = of_problem(problem, "KSeF nie utworzył tokena", "KSeF has not made the token")
        return _form(portal, request, principal, status=400, error=refusal, fields=fields)
    # the answer of the form itself: the text is told once, and no address leads to it again
    return portal.show(request, "token_made.html", row=_row(token), text=text)


@router.get("/{reference}/uniewaznij")
async def confirm(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    token = portal.emulator.ksef_tokens.find(request.path_params["reference"], principal.context)
    if token is None or not sees(portal.emulator, principal, token):
        return portal.show(request, "absent.html", status=404)
    return portal.show(request, "token_revoke.html", row=_row(token))


@router.post("/{reference}/uniewaznij")
async def revoke(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    await portal.form(request)
    reference = request.path_params["reference"]
    try:
        take_back(portal.emulator, principal, reference)
    except Problem:
        return portal.show(request, "absent.html", status=404)
    return portal.go(request, f"{HERE}?done={reference}")


def _form(
    portal: Portal,
    request: Request,
    principal: Principal,
    *,
    status: int = 200,
    error: Any = "",
    fields: Any = None,
) -> Response:
    values = {"description": "", **(fields or {})}
    return portal.show(
        request,
        "token_new.html",
        status=status,
        error=error,
        fields=values,
        chosen=_chosen(values),
        scopes={
            permission.value: NAMES[permission.value]
            for permission in TokenPermissionType
            if permission.value in principal.permissions
        },
    )


def _chosen(fields: Any) -> list[str]:
    return list(fields.get("scope_all", [fields["scope"]] if fields.get("scope") else []))


def _request(fields: Any) -> GenerateTokenRequest:
    """The API's own request out of the form. Raises Wrong."""
    description = required_text(fields, "description", DESCRIPTION)
    chosen = [permission for permission in TokenPermissionType if permission.value in _chosen(fields)]
    if not chosen:
        raise Wrong("Zaznacz co najmniej jedno uprawnienie.", "Tick at least one permission.", "scope")
    return GenerateTokenRequest(permissions=chosen, description=description)


def _row(token: KsefToken) -> dict[str, Any]:
    return {
        "reference": token.reference,
        "description": token.description,
        "author": f"{token.author.type.upper()} {token.author.value}",
        "permissions": [NAMES[permission] for permission in token.permissions],
        "created": in_poland(token.created).strftime("%d.%m.%Y %H:%M"),
        "used": in_poland(token.used).strftime("%d.%m.%Y %H:%M") if token.used else "",
        "status": token.status.value,
    }
