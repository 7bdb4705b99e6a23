"""How much a request may bring: refused before a byte of it is parsed or stored (``BodyLimit``).

A view that takes more than a form says so with ``accepts``; everything else is small.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from liczydlo.companies.access import membership_of
from liczydlo.web import errors

STRANGERS: Final = 64_000
"""Bytes from people who are not logged in: a login, a passkey."""
FORM: Final = 256_000
"""Bytes of an ordinary form."""
LONG_FORM: Final = 5_000_000
"""Bytes of an invoice of some thousand lines in a form."""
CREDENTIALS: Final = 4_000_000
"""Bytes of two certificate files or of a signed document; room for a wrong file, which is then named."""
FILES: Final = 52_000_000
"""Bytes of five scans or photos of 10 MB and of the form around them."""
INVOICES: Final = 301_000_000
"""Bytes of a hundred invoices of 3 MB (ksef-docs limity.md), and what a form adds."""
STATEMENTS: Final = 41_000_000
"""Bytes of two bank statements of the largest size, or of many ordinary ones."""
TABLES: Final = 21_000_000
"""Bytes of two tables of the largest size: room for a file that is too large, which is then named."""
_PIECE: Final = 65_536
View = TypeVar("View", bound=Callable[..., Any])


def accepts(most: int) -> Callable[[View], View]:
    """Let a view take bodies of up to ``most`` bytes; from members of the company in its address, if it has one."""

    def mark(view: View) -> View:
        view.most_bytes = most  # type: ignore[attr-defined]
        return view

    return mark


class BodyLimit:
    """Middleware behind authentication and before anything that reads the body, as the check of forms does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """413 for what is too large, 411 for what comes in chunks, which Django would take for nothing."""
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            most = _most(request)
            return errors.too_large(request, most) if _exceeds(request, most) else errors.no_length(request)
        if _length(request) > STRANGERS and _length(request) > (most := _most(request)):
            return errors.too_large(request, most)
        return self.get_response(request)


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0  # Django reads nothing of it either


def _most(request: HttpRequest) -> int:
    """Bytes that this person may send to this address."""
    if not request.user.is_authenticated:
        return STRANGERS
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return FORM
    most: int = getattr(match.func, "most_bytes", FORM)
    company = match.kwargs.get("company_id")
    if most > FORM and company is not None and membership_of(request.user, company) is None:
        return FORM
    return most


def _exceeds(request: HttpRequest, most: int) -> bool:
    """Read a body of unknown length as far as the limit, and forget it."""
    stream = request.META["wsgi.input"]
    left = most
    while left >= 0:
        piece = stream.read(min(_PIECE, left + 1))
        if not piece:
            return False
        left -= len(piece)
    return True
