"""Pages with forms: the visit of a browser, its cookie, and the secret that every form must repeat."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile

if TYPE_CHECKING:
    from .portal.visits import Visit, Visits

MOST = 1_000_000  # bytes of an uploaded file


class Foreign(Exception):
    """A form that these pages did not give to this visit."""


class TooLarge(Exception):
    """A file that nobody signs."""


class Forms:
    """What the portal and the control panel do alike with every request."""

    def __init__(self, visits: Visits, *, cookie: str, path: str) -> None:
        """The cookie's name, and the path under which the browser sends it."""
        self.visits = visits
        self._cookie, self._path = cookie, path

    def visit(self, request: Request) -> Visit:
        """The visit of this browser, a new one if need be; the same all through a request."""
        known: Visit | None = getattr(request.state, "visit", None)
        if known is None:
            known = self.visits.find(request.cookies.get(self._cookie)) or self.visits.begin()
            request.state.visit = known
        return known

    def go(self, request: Request, path: str) -> Response:
        """See another page next (303)."""
        return self.with_cookie(request, RedirectResponse(path, status_code=303))

    def with_cookie(self, request: Request, response: Response) -> Response:
        """The cookie is these pages' alone, unreadable to scripts, and never sent by another site's form."""
        response.headers["Cache-Control"] = "no-store"
        response.set_cookie(
            self._cookie,
            self.visit(request).id,
            path=self._path,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    async def form(self, request: Request) -> Mapping[str, Any]:
        """The fields of a form of this visit: texts without blanks at their ends, files as bytes; ``name_all`` are all
        values of a field that came more than once.

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
