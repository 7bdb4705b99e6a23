"""Pages of what went wrong, in the reader's language: what happened, why, and what to do now."""

from __future__ import annotations

import sys

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from liczydlo.web import disk


def _page(request: HttpRequest, status: int, title: str, why: str, now: str) -> HttpResponse:
    return render(
        request, "web/error.html", {"status": status, "title": title, "why": why, "now": now}, status=status
    )


@login_not_required
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, 413 for a form with more fields or files than any of ours has, or 507 where the session cannot be kept
    because the disk is full."""
    if disk.is_full(exception):
        return _no_space(request)
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_large(request)
    return _page(
        request,
        400,
        _("Nie da się odczytać żądania"),
        _("Przeglądarka przysłała dane, których ta strona nie rozumie."),
        _("Wróć do poprzedniej strony i spróbuj jeszcze raz."),
    )


def too_large(request: HttpRequest, most: int | None = None) -> HttpResponse:
    """413: more than ``most`` bytes, where it is known."""
    why = _("Przysłano więcej danych, niż przyjmuje ta strona. Nic nie zostało zapisane.")
    if most is not None:
        why = _("Ta strona przyjmuje najwyżej %(most)s kB danych naraz. Nic nie zostało zapisane.") % {
            "most": f"{most // 1000:,}".replace(",", "\N{NO-BREAK SPACE}")
        }
    now = _("Wybierz mniejszy plik albo wgraj pliki w kilku częściach.")
    if not request.user.is_authenticated:
        now = _("Zaloguj się i spróbuj jeszcze raz; jeśli wybrano plik, sprawdź, czy to ten właściwy.")
    return _page(request, 413, _("Za dużo danych"), why, now)


def no_length(request: HttpRequest) -> HttpResponse:
    """411: a body that does not say how long it is."""
    return _page(
        request,
        411,
        _("Nie podano długości danych"),
        _("Program przyjmuje tylko żądania z nagłówkiem Content-Length; przeglądarki wysyłają go same."),
        _("Wyślij dane jeszcze raz z podaną długością, nie w kawałkach (chunked)."),
    )


@login_not_required
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's protocol
    """403: a member in a role that does not allow it."""
    return _page(
        request,
        403,
        _("Twoja rola na to nie pozwala"),
        _("Należysz do tej firmy, ale ta czynność wymaga innej roli."),
        _("Poproś właściciela firmy, żeby ją wykonał albo zmienił Twoją rolę."),
    )


@login_not_required
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's protocol
    """404: nothing here, or nothing that this reader may know of."""
    return _page(
        request,
        404,
        _("Nie ma takiej strony"),
        _("Adres jest nieprawidłowy, strona została przeniesiona albo nie masz do niej dostępu."),
        _("Sprawdź adres albo przejdź na pulpit."),
    )


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; 507 where the disk is full, which is not."""
    if disk.is_full(sys.exc_info()[1]):
        return _no_space(request)
    return _bare_page(
        request,
        500,
        _("Błąd programu"),
        _(
            "Coś poszło nie tak po naszej stronie. Twoje dokumenty są bezpieczne: to, co zostało zapisane, nie ginie."
        ),
        _(
            "Spróbuj ponownie za chwilę. Jeśli błąd się powtarza, przekaż administratorowi godzinę zdarzenia; "
            "szczegóły są w dzienniku programu."
        ),
    )


def _no_space(request: HttpRequest) -> HttpResponse:
    return _bare_page(
        request,
        507,
        _("Na dysku serwera zabrakło miejsca"),
        _("Nic z tego, co teraz wysłano, nie zostało zapisane. Wcześniejsze dane są nienaruszone."),
        _("Zwolnij miejsce na dysku, na którym program trzyma dane, i wyślij to jeszcze raz."),
    )


def _bare_page(request: HttpRequest, status: int, title: str, why: str, now: str) -> HttpResponse:
    """A page that asks the database nothing."""
    values = {"status": status, "title": title, "why": why, "now": now}
    return render(request, "web/500.html", values, status=status)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's protocol
    """403 for a form without its token: cookies are off, or the page is older than the last login."""
    return _page(
        request,
        403,
        _("Formularz stracił ważność"),
        _("Od otwarcia strony zmieniła się Twoja sesja albo przeglądarka nie przyjmuje ciasteczek."),
        _("Odśwież stronę i wyślij formularz jeszcze raz."),
    )
