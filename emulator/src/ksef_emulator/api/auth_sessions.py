"""Active sessions of logins: the operations under ``/auth/sessions`` (ksef-docs auth/sesje.md)."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from .. import problems
from ..model.access.logins import Principal
from ..model.access.tokens import TokenType
from ..model.time.moments import micros
from .auth import login_status
from .paging import continued, newest_before
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
        before = newest_before(continuation)
        found = [each for each in auth.active(principal) if (micros(each.started), each.id) < before]
        page = found[:size]
        more = len(found) > size
        last = [micros(page[-1].started), page[-1].id] if more else None
        return continued(emulator.behaviour, last) | {
            "items": [
                {
                    "referenceNumber": login.reference,
                    "isCurrent": login.reference == principal.login,
                    **login_status(login),
                }
                for login in page
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
