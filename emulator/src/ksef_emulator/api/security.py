"""Who a request comes from, and whether that is enough: bearer tokens and permissions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request

from .. import problems
from ..emulator import Emulator
from ..model.access.logins import Principal
from ..model.access.permissions import Permission

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


async def running_emulator(request: Request) -> Emulator:
    """The emulator that an application was made for."""
    emulator: Emulator = request.app.state.emulator
    return emulator


CurrentEmulator = Annotated[Emulator, Depends(running_emulator)]


def principal_of(request: Request) -> Principal:
    """Whoever has a valid access token, from an address that its login allows. Raises problems 401 and 403."""
    principal: Principal | None = request.app.state.emulator.auth.principal(bearer(request))
    if principal is None:
        raise problems.unauthorized()
    request.scope[CONTEXT] = str(principal.context)
    if not principal.policy.allows(client_ip(request)):
        raise problems.ip_not_allowed(client_ip(request))
    return principal


def require(*any_of: Permission) -> Callable[[Request], Awaitable[Principal]]:
    """A dependency: whoever calls, with at least one of the permissions if any are named.

    It is a coroutine so that it runs where the request arrived: one row is read, and a change of threads costs more.
    """
    accepted = frozenset(any_of)

    async def dependency(request: Request) -> Principal:
        principal = principal_of(request)
        if accepted and not accepted & principal.permissions:
            raise problems.missing_permissions(accepted, principal.permissions)
        return principal

    return dependency


Caller = Annotated[Principal, Depends(require())]
