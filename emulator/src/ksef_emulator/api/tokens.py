"""KSeF tokens: making, looking at and revoking them (ksef-docs tokeny-ksef.md)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from .. import problems
from ..emulator import Emulator
from ..model.access.ksef_tokens import KsefToken
from ..model.access.logins import Method, Principal
from ..model.access.permissions import Permission
from ..model.identity.contexts import ContextType
from ..model.time.moments import micros, timestamp
from .contract.tokens import AuthenticationTokenStatus, GenerateTokenRequest, TokenAuthorIdentifierType
from .paging import continued, newest_before
from .parameters import Continuation, PageSize100, Reference
from .security import Caller, CurrentEmulator

CONTEXTS = (ContextType.NIP, ContextType.INTERNAL_ID)
_SEERS = frozenset({Permission.CREDENTIALS_MANAGE, Permission.CREDENTIALS_READ})

router = APIRouter(tags=["Tokeny KSeF"])


@router.post("/tokens", status_code=202)
def make_token(body: GenerateTokenRequest, emulator: CurrentEmulator, principal: Caller) -> dict[str, Any]:
    token, text = issue_token(emulator, principal, body)
    return {"referenceNumber": token.reference, "token": text}


@router.get("/tokens")
def list_tokens(
    emulator: CurrentEmulator,
    principal: Caller,
    size: PageSize100 = 10,
    statuses: Annotated[list[AuthenticationTokenStatus] | None, Query(alias="status")] = None,
    description: Annotated[str | None, Query(min_length=3)] = None,
    author: Annotated[str | None, Query(alias="authorIdentifier", min_length=3)] = None,
    author_type: Annotated[TokenAuthorIdentifierType | None, Query(alias="authorIdentifierType")] = None,
    continuation: Continuation = None,
) -> dict[str, Any]:
    before = newest_before(continuation)
    tokens = [
        token
        for token in emulator.ksef_tokens.of(principal.context)
        if (micros(token.created), token.id) < before
        and sees(emulator, principal, token)
        and (not statuses or token.status in [status.value for status in statuses])
        and (description is None or description.lower() in token.description.lower())
        and (author is None or author.lower() in token.author.value.lower())
        and (author_type is None or token.author.type == author_type.value)
    ]
    page = tokens[:size]
    more = len(tokens) > size
    last = [micros(page[-1].created), page[-1].id] if more else None
    return continued(emulator.behaviour, last) | {
        "tokens": [_item(token) for token in page],
    }


@router.get("/tokens/{referenceNumber}")
def get_token(reference: Reference, emulator: CurrentEmulator, principal: Caller) -> dict[str, Any]:
    token = emulator.ksef_tokens.find(reference, principal.context)
    if token is None or not (
        sees(emulator, principal, token) or emulator.ksef_tokens.is_author(token, principal.subject)
    ):
        raise problems.no_access_to_resource()
    return _item(token)


@router.delete("/tokens/{referenceNumber}", status_code=204)
def revoke_token(reference: Reference, emulator: CurrentEmulator, principal: Caller) -> Response:
    take_back(emulator, principal, reference)
    return Response(status_code=204)


def issue_token(
    emulator: Emulator, principal: Principal, body: GenerateTokenRequest
) -> tuple[KsefToken, str]:
    """A new token of somebody and its text. Raises problems 26001, 26002, 21405 and 403."""
    if principal.method is Method.TOKEN:
        raise problems.method_not_allowed("Token")
    if principal.context.type not in CONTEXTS:
        raise problems.bad(
            26002,
            "Nie można wygenerować tokena dla obecnego typu kontekstu.",
            f"Aktualny typ kontekstu: {principal.context.type}. Dozwolone: {', '.join(CONTEXTS)}.",
        )
    if not body.permissions:
        raise problems.invalid_input("permissions: Wymagane jest co najmniej jedno uprawnienie.")
    permissions = tuple(dict.fromkeys(Permission(permission) for permission in body.permissions))
    missing = [token for token in permissions if token not in principal.permissions]
    if missing:
        raise problems.bad(
            26001,
            "Nie można nadać tokenowi uprawnień których nie posiadasz.",
            f"Brakujące uprawnienia: {', '.join(missing)}.",
        )
    return emulator.ksef_tokens.make(principal.context, principal.subject, permissions, body.description)


def sees(emulator: Emulator, principal: Principal, token: KsefToken) -> bool:
    """Whether somebody may look at a token of the context."""
    return bool(_SEERS & principal.permissions) or _own(emulator, principal, token)


def take_back(emulator: Emulator, principal: Principal, reference: str) -> None:
    """Revoke a token of the context. Raises problem 403 for others' tokens."""
    token = emulator.ksef_tokens.find(reference, principal.context)
    if token is None or not (
        Permission.CREDENTIALS_MANAGE in principal.permissions or _own(emulator, principal, token)
    ):
        raise problems.no_access_to_resource()
    emulator.ksef_tokens.revoke(token)


def _own(emulator: Emulator, principal: Principal, token: KsefToken) -> bool:
    """A token speaks for itself alone; everybody else for all that they made."""
    if principal.method is Method.TOKEN:
        return token.reference == principal.token
    return emulator.ksef_tokens.is_author(token, principal.subject)


def _item(token: KsefToken) -> dict[str, Any]:
    item = {
        "referenceNumber": token.reference,
        "authorIdentifier": {"type": token.author.type, "value": token.author.value},
        "contextIdentifier": {"type": token.context.type, "value": token.context.value},
        "description": token.description,
        "requestedPermissions": list(token.permissions),
        "dateCreated": timestamp(token.created),
        "status": token.status,
    }
    return item | ({"lastUseDate": timestamp(token.used)} if token.used is not None else {})
