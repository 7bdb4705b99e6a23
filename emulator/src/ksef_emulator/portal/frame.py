"""What every page of the portal does alike: who is logged in, and the page around what it shows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from fastapi import Request, Response

from ..model.access.logins import Principal
from ..pages import page
from ..pages.forms import Foreign, Forms, TooLarge, Visits

if TYPE_CHECKING:
    from ..emulator import Emulator

__all__ = ["Foreign", "Portal", "TooLarge"]
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
        found = auth.principal(visit.access) if visit.access else None
        if found is None and visit.login and visit.access:
            login = auth.poll(visit.login)
            if login is None or auth.verdicts.now(login) != 200:
                visit.forget_login()
                return None
            visit.access = auth.refresh(login).text
            found = auth.principal(visit.access)
        return found

    def show(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        """A page, with the visit's cookie."""
        visit = self.visit(request)
        values |= {"csrf": visit.csrf, "who": self.principal(request), "place": request.url.path}
        return self.with_cookie(request, page(request, template, status=status, **values))

    def for_members(
        self, answer: Callable[[Request, Principal], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """A page for those who are logged in; others are led to the login."""

        async def guarded(request: Request) -> Response:
            principal = self.principal(request)
            if principal is None:
                return self.go(request, START)
            return await answer(request, principal)

        return guarded
