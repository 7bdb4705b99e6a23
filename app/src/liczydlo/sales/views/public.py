"""What a buyer sees who follows a link of a letter: one invoice or one enclosure, without a login, without a trace to
search engines."""

from __future__ import annotations

from allauth.core.internal import ratelimit  # its public door limits no GET
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from liczydlo.documents import files
from liczydlo.prints.typesetting import PrintError
from liczydlo.sales import proof
from liczydlo.sales.delivery import letters, links
from liczydlo.sales.delivery.tables import PublicLink
from liczydlo.web import times
from liczydlo.web.files import PDF, XML, as_file

LIMIT = {"invoice_link": "60/m/ip"}
HEADERS = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store, private",
}


@login_not_required
@require_safe
def invoice(request: HttpRequest, token: str) -> HttpResponse:
    """The invoice or the enclosure, with files to download."""
    link = _link(request, token)
    if link is None or isinstance(link, HttpResponse):
        return _closed(request, link)
    if request.method == "GET":
        links.note_opened(link, now=times.now())
    chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    with translation.override(translation.get_language() if chosen else link.letter.language):
        content = {
            "invoice": link.letter.invoice,
            "link": link,
            "token": token,
        }
        return _quiet(render(request, "sales/public_invoice.html", content))


@login_not_required
@require_safe
def file(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    """The invoice of a public link as a file, ``kind`` „pdf" or „xml"."""
    link = _link(request, token)
    if link is None or isinstance(link, HttpResponse) or kind not in ("pdf", "xml"):
        return _closed(request, link if isinstance(link, HttpResponse) else None)
    row = link.letter.invoice
    if row is None:
        return _enclosed(request, link, kind)
    if kind == "xml":
        return _quiet(files.response(row.entry, row.entry.xml, XML))
    try:
        content = letters.printed(row, link.letter.language)
    except (PrintError, proof.NotProved):
        return _closed(request, None)
    return _quiet(files.response(row.entry, content, PDF))


def _enclosed(request: HttpRequest, link: PublicLink, kind: str) -> HttpResponse:
    if kind != "pdf":
        return _closed(request, None)
    enclosure = link.letter.enclosure
    return _quiet(as_file(bytes(enclosure.content), PDF, enclosure.name))


def _link(request: HttpRequest, token: str) -> PublicLink | HttpResponse | None:
    """The link while it works; an answer where one address asks too often."""
    if not ratelimit.consume(request, app="sales", action="invoice_link", config=LIMIT, limit_get=True):
        return HttpResponse(status=429)
    link = links.find(token, now=times.now())
    invoice = link.letter.invoice if link is not None else None
    return link if invoice is None or invoice.is_printable else None


def _closed(request: HttpRequest, answer: HttpResponse | None) -> HttpResponse:
    """The same for what never was, what has expired and what was revoked."""
    return _quiet(answer or render(request, "sales/public_closed.html", status=404))


def _quiet(response: HttpResponse) -> HttpResponse:
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
