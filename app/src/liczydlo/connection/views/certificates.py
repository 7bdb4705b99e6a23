"""„Certyfikaty": renewing by hand, and a copy of a key."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from liczydlo import ksef
from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.companies.access import OWNERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.connection.certificates import renewal
from liczydlo.connection.credentials.files import bundle
from liczydlo.connection.errors import NotConnected
from liczydlo.connection.forms.credentials import CopyForm
from liczydlo.connection.models import Purpose, StoredCertificate
from liczydlo.web.reasons import Reason, explain


@member(*OWNERS)
@require_POST
def renew(request: CompanyRequest, company: Company, purpose: str) -> HttpResponse:
    """„Odnów", or the first of its purpose: begin at once; the job does the rest."""
    kind = _purpose(purpose)
    first = clients.certificate(company, kind) is None
    try:
        renewal.ask(company, kind, by=request.user)
    except (NotConnected, ksef.KsefError) as error:
        messages.error(request, explain(error))
    else:
        messages.success(
            request,
            _("KSeF dostanie wniosek za chwilę. Certyfikat pojawi się na tej liście.")
            if first
            else _("KSeF dostanie wniosek za chwilę. Obecny certyfikat działa do czasu wymiany."),
        )
    return redirect("connection:certificates", company.pk)


@sensitive_post_parameters()
@member(*OWNERS)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("content")
def copy(request: CompanyRequest, company: Company, purpose: str) -> HttpResponse:
    """„Kopia klucza": a ``.p12`` under a password that the owner chooses."""
    stored = clients.certificate(company, _purpose(purpose))
    if stored is None:
        raise Http404("no such certificate")
    form = CopyForm(request.POST or None)
    problem: Reason | None = None
    if request.method == "POST" and form.is_valid():
        try:
            content = bundle(stored, form.cleaned_data["password"])
        except NotConnected as error:
            problem = Reason.of(error)
        else:
            audit.log(company, Action.COPIED, request=request, purpose=stored.purpose, serial=stored.serial)
            return _download(stored, content)
    values = {"here": "certificates", "stored": stored, "form": form, "problem": problem}
    return render(
        request, "connection/certificates/copy.html", values, status=422 if problem or form.errors else 200
    )


def _download(stored: StoredCertificate, content: bytes) -> HttpResponse:
    name = f"{stored.company.nip}-{stored.purpose}-{stored.serial}.p12"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/x-pkcs12", headers=headers)


def _purpose(word: str) -> Purpose:
    purpose = next((purpose for purpose in Purpose if purpose.lower() == word), None)
    if purpose is None:
        raise Http404("no such purpose")
    return purpose
