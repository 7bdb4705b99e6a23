"""„Połącz w 3 krokach": one page that gives out the document and takes it signed, and one that shows progress."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.companies.access import OWNERS, CompanyRequest, member
from liczydlo.companies.bodies import CREDENTIALS, accepts
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.connection.errors import NotStored
from liczydlo.connection.forms.credentials import SignedForm, SigningKeyForm, uploaded
from liczydlo.connection.models import Purpose, SignIn, SignInState
from liczydlo.connection.signin import services
from liczydlo.connection.signin.progress import stages
from liczydlo.jobs.models import Job
from liczydlo.ksef.signed_request import SignedRequestError
from liczydlo.web import times
from liczydlo.web.caller import address_of
from liczydlo.web.reasons import Reason, language

DOCUMENT = "Logowanie-do-KSeF-{nip}.xml"


@member(*OWNERS)
@require_safe
def start(request: CompanyRequest, company: Company) -> HttpResponse:
    """The three steps on one page; what is being worked on leads to its progress."""
    row = services.current(company)
    if row is not None and row.state == SignInState.WORKING:
        return redirect("connection:signin-progress", company.pk)
    return _page(request, company, row, fetch="pobierz" in request.GET)


@member(*OWNERS)
@require_POST
def prepare(request: CompanyRequest, company: Company) -> HttpResponse:
    """A new document; the page that comes next begins its download."""
    try:
        services.begin(company, by=request.user)
    except NotStored as error:
        return _page(request, company, services.current(company), problem=Reason.of(error), status=503)
    return redirect(reverse("connection:signin", args=[company.pk]) + "?pobierz=1")


@member(*OWNERS)
@require_safe
def document(request: CompanyRequest, company: Company) -> HttpResponse:  # noqa: ARG001 - the owner's
    """The document to be signed, as a file."""
    row = services.current(company)
    if row is None or row.state != SignInState.SIGNING:
        raise Http404("nothing to be signed")
    headers = {
        "Content-Disposition": f'attachment; filename="{DOCUMENT.format(nip=company.nip)}"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(bytes(row.document), content_type="application/xml", headers=headers)


@accepts(CREDENTIALS)
@member(*OWNERS)
@require_POST
def upload(request: CompanyRequest, company: Company) -> HttpResponse:
    """The document signed outside."""
    row = services.current(company)
    signed = uploaded(SignedForm(request.POST, request.FILES), "signed")
    if signed is None:
        return _refused(request, company, row, NO_FILE, "signed")
    return _accept(request, company, row, signed)


@accepts(CREDENTIALS)
@sensitive_post_parameters("password")
@member(*OWNERS)
@require_POST
def bundle(request: CompanyRequest, company: Company) -> HttpResponse:
    """A ``.p12`` that signs the document here and is forgotten."""
    row = services.current(company)
    form = SigningKeyForm(request.POST, request.FILES)
    chosen = uploaded(form, "bundle")
    if row is None or row.state != SignInState.SIGNING:
        return _accept(request, company, row, b"")
    if chosen is None:
        return _refused(request, company, row, NO_FILE, "bundle")
    try:
        signed = services.sign_with(row, chosen, form.cleaned_data["password"] or None)
    except NotStored as error:
        field = "password" if error.file == "password" else "bundle"
        return _refused(request, company, row, Reason.of(error), field)
    return _accept(request, company, row, signed)


@member(*OWNERS)
@require_POST
def stop(request: CompanyRequest, company: Company) -> HttpResponse:
    """Stop waiting; what KSeF has issued meanwhile is used by the next attempt."""
    services.abandon(company)
    audit.log(company, Action.SIGNIN_STOPPED, request=request)
    return redirect("connection:signin", company.pk)


@member(*OWNERS)
@require_safe
def progress(request: CompanyRequest, company: Company) -> HttpResponse:
    """How far it has come; asks for itself again until it has ended."""
    row = services.current(company)
    if row is None or row.state == SignInState.SIGNING:
        return redirect("connection:signin", company.pk)
    job = Job.objects.of(company).filter(name=services.JOB).first()
    values = {
        "row": row,
        "stages": stages(row),
        "waits_for": job.reason if job is not None and row.state == SignInState.WORKING else None,
        "pair": [one for purpose in Purpose if (one := clients.certificate(company, purpose)) is not None],
    }
    if request.headers.get("HX-Request"):
        if row.state != SignInState.WORKING:  # the strip and the heading have something new to say, too
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return render(request, "connection/signin/stages.html", values)
    return render(request, "connection/signin/progress.html", values)


NO_FILE = Reason("no-file")


def _accept(request: CompanyRequest, company: Company, row: SignIn | None, signed: bytes) -> HttpResponse:
    if row is None or row.state in (SignInState.DONE, SignInState.FAILED):
        messages.warning(request, _("Najpierw pobierz dokument do podpisu."))
        return redirect("connection:signin", company.pk)
    try:
        services.take(company, row, signed, by=request.user, address=address_of(request))
    except SignedRequestError as error:
        return _refused(request, company, row, Reason.of(error), "signed")
    except services.NoDocument:
        if services.current(company) != row or row.state == SignInState.WORKING:
            return redirect("connection:signin-progress", company.pk)
        messages.warning(request, _("Minęło 10 minut i ten dokument nie jest już ważny. Pobierz nowy."))
        return redirect("connection:signin", company.pk)
    return redirect("connection:signin-progress", company.pk)


def _refused(
    request: CompanyRequest, company: Company, row: SignIn | None, reason: Reason, field: str
) -> HttpResponse:
    return _page(request, company, row, problem=reason, field=field, status=422)


def _page(
    request: HttpRequest,
    company: Company,
    row: SignIn | None,
    *,
    problem: Reason | None = None,
    field: str = "",
    fetch: bool = False,
    status: int = 200,
) -> HttpResponse:
    signing = row if row is not None and row.state == SignInState.SIGNING else None
    live = signing is not None and times.now() <= signing.valid_until
    values: dict[str, Any] = {
        "row": row,
        "live": live,
        "expired": signing is not None and not live,
        "fetch": fetch and live,
        "problem": problem,
        "field": field,
        "failure": row.reason if row is not None and row.state == SignInState.FAILED else None,
        "form": SignedForm(),
        "bundle_form": SigningKeyForm(),
        "where": clients.environment(company),
        "file_name": DOCUMENT.format(nip=company.nip),
        "connected": clients.is_connected(company),
        "language": language(),
    }
    return render(request, "connection/signin/start.html", values, status=status)
