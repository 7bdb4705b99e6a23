"""„Uprawnienia": who may do what in KSeF in the company's name, and giving and taking away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liczydlo import ksef
from liczydlo.companies.access import OWNERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.connection import clients, words
from liczydlo.connection.errors import NotConnected
from liczydlo.connection.forms.permissions import FIVE_SCOPES, KINDS, MORE_SCOPES, ForeignForm, GrantForm
from liczydlo.connection.models import Purpose
from liczydlo.connection.permissions import listing, services
from liczydlo.web.reasons import Reason

MANAGING = "CredentialsManage"


@member()
@require_safe
def given(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Nadane": by receiver, each with „Odbierz"."""
    return _list(request, "given", listing.given(company))


@member()
@require_safe
def received(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Otrzymane": permissions that others have given to the company."""
    return _list(request, "received", listing.received(company))


@member()
@require_safe
def mine(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Moje uprawnienia": what the program itself may do, and what it cannot."""
    found = listing.mine(company)
    own = set(found.own)
    all_scopes = [*FIVE_SCOPES, *MORE_SCOPES[:2]]
    values = {
        "scopes": [(words.permission(name), name in own, name) for name, _label in all_scopes],
        "others": words.permissions(name for name in found.own if name not in dict(all_scopes)),
        "manages": MANAGING in own,
        "holder": clients.certificate(company, Purpose.AUTHENTICATION),
        "by_token": clients.token(company),
    }
    return _list(request, "mine", found, **values)


def _list(request: CompanyRequest, page: str, found: listing.Listing, **more: Any) -> HttpResponse:
    values = {
        "here": "permissions",
        "page": page,
        "found": found,
        "missing": words.permissions(found.missing),
        "may_change": request.membership.role in OWNERS,
        **more,
    }
    return render(request, f"connection/permissions/{page}.html", values)


@member(*OWNERS)
@require_safe
def choose(request: CompanyRequest, company: Company) -> HttpResponse:  # noqa: ARG001 - the owner's
    """„Nadaj uprawnienie": to whom."""
    return render(request, "connection/permissions/choose.html", {"here": "permissions", "kinds": KINDS})


@member(*OWNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: CompanyRequest, company: Company, kind: str) -> HttpResponse:
    """One kind's form; „sobie" in the address fills in whoever the program logs in as."""
    if kind not in KINDS:
        raise Http404("no such kind of permission")
    form = _form(request, company, KINDS[kind])
    problem: Reason | None = None
    missing: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            outcome = services.give(company, form, request=request)
        except (NotConnected, ksef.KsefError) as error:
            problem = Reason.of(error)
            missing = error.missing_permissions if isinstance(error, ksef.Refusal) else ()
        else:
            _tell(request, outcome, _("KSeF nadał uprawnienia: %(who)s.") % {"who": form.receiver()})
            return redirect("connection:permissions", company.pk)
    values = {
        "here": "permissions",
        "kind": kind,
        "form": form,
        "problem": problem,
        "missing": words.permissions(missing),
    }
    return render(
        request, "connection/permissions/grant.html", values, status=422 if problem or form.errors else 200
    )


def _form(request: CompanyRequest, company: Company, kind: type[GrantForm]) -> GrantForm:
    more: dict[str, Any] = {"nip": company.nip} if kind is ForeignForm else {}
    if request.method == "POST":
        return kind(request.POST, **more)
    stored = clients.certificate(company, Purpose.AUTHENTICATION)
    if "sobie" in request.GET and stored is not None:
        holder = stored.holder
        more["initial"] = {
            "first_name": holder.first_name,
            "surname": holder.surname,
            "number": holder.pesel or holder.nip,
            "permissions": [request.GET["sobie"]],
            "description": _("Praca w programie"),
        }
    return kind(**more)


@member(*OWNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: CompanyRequest, company: Company, kind: str, permission: str) -> HttpResponse:
    """„Odbierz": a GET shows what would be taken away, a POST takes it away."""
    found = listing.given(company)
    if found.away is not None:
        return _list(request, "given", found)
    party, line = _found(found, kind, permission)
    problem: Reason | None = None
    if request.method == "POST":
        try:
            outcome = services.take_away(company, line.grant, request=request)
        except (NotConnected, ksef.KsefError) as error:
            problem = Reason.of(error)
        else:
            done = _("KSeF odebrał uprawnienie: %(what)s (%(who)s).")
            _tell(request, outcome, done % {"what": line.permission, "who": party.name or party.number})
            return redirect("connection:permissions", company.pk)
    own = line.grant.to in services.own_identifiers(company)
    values = {"here": "permissions", "party": party, "line": line, "problem": problem, "own": own}
    return render(request, "connection/permissions/revoke.html", values, status=422 if problem else 200)


def _found(found: listing.Listing, kind: str, permission: str) -> tuple[listing.Party, listing.Line]:
    for party in found.parties:
        for line in party.lines:
            if (line.grant.list, line.grant.id) == (kind, permission):
                return party, line
    raise Http404("KSeF does not list it")


def _tell(request: CompanyRequest, outcome: services.Outcome, done: str) -> None:
    if outcome.finished:
        messages.success(request, done)
    else:
        messages.info(
            request,
            _("KSeF przyjął żądanie i jeszcze je wykonuje (numer %(reference)s). Zajrzyj tu za chwilę.")
            % {"reference": outcome.reference},
        )
