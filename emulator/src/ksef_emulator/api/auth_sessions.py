"""Active sessions of logins: the operations under ``/auth/sessions`` (ksef-docs auth/sesje.md)."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from .. import problems
from ..model.logins import Principal
from ..model.tokens import TokenType
from .auth import login_status
from .paging import decode, encode
from .parameters import Continuation, PageSize100, Reference
from .security import authenticated, bearer

if TYPE_CHECKING:
    from ..emulator import Emulator


def router(emulator: "Emulator") -> APIRouter:
    """The operations. They come before ``/auth/{referenceNumber}``, which would take them for a login's."""
    api = APIRouter(prefix="/auth/sessions", tags=["Aktywne sesje"])
    auth = emulator.auth
    caller = authenticated(emulator)
    Caller = Annotated[Principal, Depends(caller)]  # noqa: N806 - a type

    @api.get("")
    def sessions(
        principal: Caller, size: PageSize100 = 10, continuation: Continuation = None
    ) -> dict[str, Any]:
        start = decode(continuation) if continuation else 0
        if not isinstance(start, int) or start < 0:
            raise problems.invalid_continuation()
        everything = auth.active(principal)
        more = start + size < len(everything)
        return {
            "continuationToken": encode(start + size) if more else None,
            "items": [
                {
                    "referenceNumber": login.reference,
                    "isCurrent": login.reference == principal.login,
                    **login_status(login),
                }
                for login in everything[start : start + size]
            ],
        }

    @api.delete("/current", status_code=204)
    def end_current(request: Request) -> Response:
        renewing = auth.tokens.read(bearer(request), TokenType.REFRESH)
        auth.revoke(renewing["arn"] if renewing else caller(request).login)
        return Response(status_code=204)

    @api.delete("/{referenceNumber}", status_code=204)
    def end(reference: Reference, principal: Caller) -> Response:
        if reference not in {login.reference for login in auth.active(principal)}:
            raise problems.no_access_to_resource()
        auth.revoke(reference)
        return Response(status_code=204)

    return api
