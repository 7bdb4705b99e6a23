"""What every page of the portal does alike: who is logged in, and the page around what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request, Response

from ..model.access.logins import Principal
from ..pages import page
from ..pages.forms import Forms, Visits

if TYPE_CHECKING:
    from ..emulator import Emulator

COOKIE = "ksef_portal"
START = "/portal/logowanie"


class Portal(Forms):
    """The portal's side of every request."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(Visits(emulator.clock), cookie=COOKIE, path="/portal")
        self.emulator = emulator

    def principal(self, request: Request) -> Principal | None:
        """Who is logged in; the access token is renewed when it ran out."""
        visit = self.visit(request)
        auth = self.emulator.auth
        principal = auth.principal(visit.access) if visit.access else None
        if principal is None and visit.login and visit.access:
            login = auth.poll(visit.login)
            if login is None or auth.verdicts.now(login) != 200:
                visit.forget_login()
                return None
            visit.access = auth.refresh(login).text
            principal = auth.principal(visit.access)
        return principal

    def show(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        """A page, with the visit's cookie."""
        visit = self.visit(request)
        values |= {"csrf": visit.csrf, "who": self.principal(request), "place": request.url.path}
        return self.with_cookie(request, page(request, template, status=status, **values))


class NotLoggedIn(Exception):
    """A page for members, asked for by somebody else, who is led to the login."""


async def running_portal(request: Request) -> Portal:
    """The portal that an application was made for."""
    portal: Portal = request.app.state.portal
    return portal


CurrentPortal = Annotated[Portal, Depends(running_portal)]


async def member(portal: CurrentPortal, request: Request) -> Principal:
    """Who is logged in. Raises NotLoggedIn."""
    principal = portal.principal(request)
    if principal is None:
        raise NotLoggedIn
    return principal


Member = Annotated[Principal, Depends(member)]
