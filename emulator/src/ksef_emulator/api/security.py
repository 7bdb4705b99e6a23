"""Who a request comes from, and whether that is enough: bearer tokens and permissions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from fastapi import Request

from .. import problems
from ..model.access.logins import Principal
from ..model.access.permissions import Permission
from ..model.identity.contexts import ContextType

if TYPE_CHECKING:
    from ..emulator import Emulator

CONTEXT = "ksef_context"
"""Where a request's scope has the context of its token, for the journal."""


def bearer(request: Request) -> str:
    """The token of the header ``Authorization``. Raises problem 401."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise problems.unauthorized()
    return token.strip()


def client_ip(request: Request) -> str:
    """The address that the request came from."""
    return request.client.host if request.client else ""


def authenticated(emulator: Emulator) -> Callable[[Request], Principal]:
    """A dependency: whoever has a valid access token, from an address that its login allows."""

    def dependency(request: Request) -> Principal:
        principal = emulator.auth.principal(bearer(request))
        if principal is None:
            raise problems.unauthorized()
        request.scope[CONTEXT] = str(principal.context)
        if not principal.policy.allows(client_ip(request)):
            raise problems.ip_not_allowed(client_ip(request))
        return principal

    return dependency


def require(
    emulator: Emulator, *any_of: Permission, contexts: tuple[ContextType, ...] = tuple(ContextType)
) -> Callable[..., Awaitable[Principal]]:
    """A dependency: a principal with at least one of the permissions, in a context of one of the types.

    It is a coroutine so that it runs where the request arrived: one row is read, and a change of threads costs more.
    """
    wanted = frozenset(any_of)
    known = authenticated(emulator)

    async def dependency(request: Request) -> Principal:
        principal = known(request)
        if principal.context.type not in contexts:
            raise problems.context_not_allowed(principal.context.type)
        if wanted and not wanted & principal.permissions:
            raise problems.missing_permissions(wanted, principal.permissions)
        return principal

    return dependency
