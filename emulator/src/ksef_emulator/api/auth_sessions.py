"""Active sessions of logins: the operations under ``/auth/sessions`` (ksef-docs auth/sesje.md)."""

from typing import Any

from fastapi import APIRouter, Request, Response

from .. import problems
from ..model.access.tokens import TokenType
from ..model.time.moments import micros
from .auth import login_status
from .paging import continued, newest_before
from .parameters import Continuation, PageSize100, Reference
from .security import Caller, CurrentEmulator, bearer, principal_of

router = APIRouter(tags=["Aktywne sesje"])


@router.get("/auth/sessions")
def list_login_sessions(
    emulator: CurrentEmulator, principal: Caller, size: PageSize100 = 10, continuation: Continuation = None
) -> dict[str, Any]:
    before = newest_before(continuation)
    logins = [item for item in emulator.auth.active(principal) if (micros(item.started), item.id) < before]
    page = logins[:size]
    more = len(logins) > size
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


@router.delete("/auth/sessions/current", status_code=204)
def end_current_session(request: Request, emulator: CurrentEmulator) -> Response:
    renewing = emulator.auth.tokens.read(bearer(request), TokenType.REFRESH)
    emulator.auth.revoke(renewing["arn"] if renewing else principal_of(request).login)
    return Response(status_code=204)


@router.delete("/auth/sessions/{referenceNumber}", status_code=204)
def end_session(reference: Reference, emulator: CurrentEmulator, principal: Caller) -> Response:
    if reference not in {login.reference for login in emulator.auth.active(principal)}:
        raise problems.no_access_to_resource()
    emulator.auth.revoke(reference)
    return Response(status_code=204)
