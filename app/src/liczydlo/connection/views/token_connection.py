"""„Połącz tokenem": the third way in, its state, and its removal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from liczydlo import ksef
from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.companies.access import OWNERS, CompanyRequest, member
from liczydlo.companies.bodies import CREDENTIALS, accepts
from liczydlo.companies.models import Company
from liczydlo.connection import clients, words
from liczydlo.connection.errors import NotConnected, NotStored
from liczydlo.connection.forms.credentials import StoredTokenForm
from liczydlo.connection.models import Purpose
from liczydlo.connection.tokens import connecting
from liczydlo.web.reasons import explain


@accepts(CREDENTIALS)
@sensitive_post_parameters("token")
@member()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: CompanyRequest, company: Company) -> HttpResponse:
    """The state of the stored token; by POST a token is stored."""
    may_change = request.membership.role in OWNERS
    error = None
    if request.method == "POST":
        if not may_change:
            return render(request, "connection/token/owner_only.html", status=403)
        error = _take(request, company)
        if error is None:
            messages.success(
                request, _("Połączenie z KSeF działa. Token jest zapisany w postaci zaszyfrowanej.")
            )
            return redirect("connection:token", company.pk)
    stored = clients.token(company)
    certificate = clients.certificate(company, Purpose.AUTHENTICATION)
    return render(
        request,
        "connection/token/page.html",
        {
            "here": "way-in",
            "form": StoredTokenForm(),
            "may_change": may_change,
            "stored": stored,
            "permissions": [(name, words.permission(name)) for name in stored.permissions] if stored else [],
            "certificate_first": certificate is not None and not certificate.expired,
            "where": clients.environment(company),
            "error": error,
            "error_text": explain(error) if error else "",
        },
        status=422 if error else 200,
    )


@sensitive_variables()
def _take(request: CompanyRequest, company: Company) -> NotStored | None:
    """Read the form and store what came; the refusal, or None when it is done."""
    form = StoredTokenForm(request.POST, request.FILES)
    if not form.is_valid():
        return NotStored("token-shape")
    try:
        stored = connecting.store(company, form.text(), request.user)
    except NotStored as refusal:
        return refusal
    audit.log(
        company,
        Action.TOKEN_STORED,
        request=request,
        reference=stored.reference,
        permissions=", ".join(stored.permissions),
    )
    return None


@member()
@require_POST
def prove(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Sprawdź token": a real login with it."""
    try:
        connecting.prove(company)
    except (NotConnected, ksef.KsefError) as error:
        messages.error(request, explain(error))
    else:
        messages.success(request, _("KSeF odpowiedział: token działa."))
    return redirect("connection:token", company.pk)


@member(*OWNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Usuń token": asks first."""
    if request.method == "POST":
        if reference := connecting.remove(company):
            audit.log(company, Action.TOKEN_DELETED, request=request, reference=reference)
            messages.success(request, _("Token został usunięty z programu."))
        return redirect("connection:token", company.pk)
    stored = clients.token(company)
    if stored is None:
        return redirect("connection:token", company.pk)
    return render(request, "connection/token/remove.html", {"stored": stored, "here": "way-in"})
