"""What every page of the portal does alike: the visit, its form's secret, who is logged in."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile

from ..model.logins import Principal
from ..pages import page
from .visits import Visit, Visits

if TYPE_CHECKING:
    from ..emulator import Emulator

COOKIE = "ksef_portal"
START = "/portal/logowanie"
MOST = 1_000_000  # bytes of an uploaded file


class Foreign(Exception):
    """A form that this portal did not give to this visit."""


class TooLarge(Exception):
    """A file that nobody signs."""


class Portal:
    """The portal's side of every request."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.visits = Visits(emulator.clock)

    def visit(self, request: Request) -> Visit:
        """The visit of this browser, a new one if need be; the same all through a request."""
        known: Visit | None = getattr(request.state, "visit", None)
        if known is None:
            known = self.visits.find(request.cookies.get(COOKIE)) or self.visits.begin()
            request.state.visit = known
        return known

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

    def go(self, request: Request, path: str) -> Response:
        """See another page next (303)."""
        return self.with_cookie(request, RedirectResponse(path, status_code=303))

    def with_cookie(self, request: Request, response: Response) -> Response:
        """The cookie is the portal's alone, unreadable to scripts, and never sent by another site's form."""
        response.headers["Cache-Control"] = "no-store"
        response.set_cookie(
            COOKIE,
            self.visit(request).id,
            path="/portal",
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    async def form(self, request: Request) -> Mapping[str, Any]:
        """The fields of a form of this visit: texts without blanks at their ends, files as bytes.

        Raises Foreign for a form of somebody else, TooLarge for a file of over a million bytes.
        """
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
            raise Foreign
        fields: dict[str, Any] = {}
        async with request.form(max_files=2, max_fields=50) as form:
            for name, value in form.items():
                if isinstance(value, UploadFile):
                    fields[name] = await value.read(MOST + 1)
                    fields[f"{name}_name"] = value.filename or ""
                    if len(fields[name]) > MOST:
                        raise TooLarge
                else:
                    fields[name] = value.strip()
            for name in form:
                if len(form.getlist(name)) > 1:
                    fields[f"{name}_all"] = [str(each) for each in form.getlist(name)]
        if not secrets.compare_digest(fields.get("csrf", "").encode(), self.visit(request).csrf.encode()):
            raise Foreign
        return fields

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
