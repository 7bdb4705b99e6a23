"""„Tokeny i sesje": who else gets into KSeF in the company's name, and shutting the door."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from liczydlo import ksef
from liczydlo.companies.access import OWNERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.connection import clients, words
from liczydlo.connection.errors import NotConnected
from liczydlo.connection.forms.tokens import TokenForm
from liczydlo.connection.tokens import services
from liczydlo.web.reasons import Reason

ALIVE = {"Pending", "Active"}


@member()
@require_safe
def tokens(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Tokeny KSeF": each with what it may do, who made it and when it was used."""
    found = services.tokens(company)
    rows = [(one, words.permissions(one.permissions), one.status in ALIVE) for one in found.rows]
    kept = clients.token(company)
    return _page(request, "list", found, rows=rows, ours=kept.reference if kept else "")


@member()
@require_safe
def sessions(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Sesje logowania": logins of whoever the program logs in as."""
    return _page(request, "sessions", services.sessions(company))


def _page(request: CompanyRequest, page: str, found: services.Found[Any], **more: Any) -> HttpResponse:
    values = {
        "here": "tokens",
        "page": page,
        "found": found,
        "missing": words.permissions(found.missing),
        "may_change": request.membership.role in OWNERS,
        **more,
    }
    return render(request, f"connection/tokens/{page}.html", values)


@never_cache
@member(*OWNERS)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def make(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Nowy token": the answer to the form is the only page that ever shows it."""
    own = services.own_permissions(company)
    if own.away is not None:
        return _page(request, "list", own)
    form = TokenForm(request.POST or None, own=own.rows)
    problem: Reason | None = None
    unknown = False
    if request.method == "POST" and form.is_valid():
        chosen, description = form.cleaned_data["permissions"], form.cleaned_data["description"]
        try:
            made = services.make(company, chosen, description, request=request)
        except (NotConnected, ksef.KsefError) as error:
            problem = Reason.of(error)
            unknown = isinstance(error, ksef.Unavailable) and error.answer_lost
        else:
            values = {"made": made, "description": description, "granted": words.permissions(chosen)}
            return render(request, "connection/tokens/made.html", values)
    values = {"form": form, "problem": problem, "unknown": unknown, "by_token": _by_token(company)}
    return render(
        request, "connection/tokens/make.html", values, status=422 if problem or form.errors else 200
    )


def _by_token(company: Company) -> bool:
    """Whether the program itself gets in with a token; KSeF lets no token make tokens."""
    return isinstance(clients.credential(company)[1], ksef.KsefToken)


@member(*OWNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: CompanyRequest, company: Company, reference: str) -> HttpResponse:
    """„Unieważnij": a GET shows the token, a POST revokes it at KSeF for good."""
    found = services.tokens(company)
    if found.away is not None:
        return _page(request, "list", found)
    token = next((one for one in found.rows if one.reference == reference and one.status in ALIVE), None)
    if token is None:
        raise Http404("KSeF lists no such token that is alive")
    problem: Reason | None = None
    if request.method == "POST":
        try:
            services.revoke(company, token, request=request)
        except (NotConnected, ksef.KsefError) as error:
            problem = Reason.of(error)
        else:
            messages.success(request, _("Token „%(what)s” jest unieważniony.") % {"what": token.description})
            return redirect("connection:tokens", company.pk)
    kept = clients.token(company)
    values = {"token": token, "granted": words.permissions(token.permissions), "problem": problem}
    own = kept is not None and kept.reference == token.reference
    return render(
        request, "connection/tokens/revoke.html", {**values, "own": own}, status=422 if problem else 200
    )


@member(*OWNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: CompanyRequest, company: Company, reference: str) -> HttpResponse:
    """„Zakończ": a GET shows the login, a POST ends it at KSeF."""
    found = services.sessions(company)
    if found.away is not None:
        return _page(request, "sessions", found)
    session = next((one for one in found.rows if one.reference == reference), None)
    if session is None:
        raise Http404("KSeF lists no such login")
    problem: Reason | None = None
    if request.method == "POST":
        try:
            services.end(company, session, request=request)
        except (NotConnected, ksef.KsefError) as error:
            problem = Reason.of(error)
        else:
            messages.success(request, _("Sesja logowania jest zakończona."))
            return redirect("connection:sessions", company.pk)
    values = {"session": session, "problem": problem}
    return render(request, "connection/tokens/end.html", values, status=422 if problem else 200)
