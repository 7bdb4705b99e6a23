"""„KSeF" under „Dane i ustawienia": the two certificates, their state, and how KSeF is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liczydlo import ksef
from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.companies.access import OWNERS, CompanyRequest, member
from liczydlo.companies.bodies import CREDENTIALS, accepts
from liczydlo.companies.models import Company
from liczydlo.connection import clients, zawfa
from liczydlo.connection.credentials import storing
from liczydlo.connection.credentials.files import look
from liczydlo.connection.errors import NotConnected, NotStored
from liczydlo.connection.forms.credentials import CertificateForm
from liczydlo.connection.models import Purpose, StoredCertificate, passphrase_of
from liczydlo.ksef import latarnia
from liczydlo.web import times
from liczydlo.web.reasons import explain

STATUS_SECONDS = 60  # seconds that Latarnia's word is kept


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One of the two tabs; ``form`` is the page that takes its certificate."""

    view: str
    form: str
    purpose: Purpose
    done: str | Promise


TABS = {
    Purpose.AUTHENTICATION: Tab(
        view="connection:authentication",
        form="connection:certificate",
        purpose=Purpose.AUTHENTICATION,
        done=lazy("Połączenie z KSeF działa. Klucz jest zapisany w postaci zaszyfrowanej."),
    ),
    Purpose.OFFLINE: Tab(
        view="connection:offline",
        form="connection:offline",
        purpose=Purpose.OFFLINE,
        done=lazy("Certyfikat offline jest gotowy do pracy. Klucz jest zapisany w postaci zaszyfrowanej."),
    ),
}


@member()
@require_safe
def authentication(request: CompanyRequest, company: Company) -> HttpResponse:
    """The tab „Połączenie z KSeF": the certificate's state; without one, the choice of a way in."""
    tab = TABS[Purpose.AUTHENTICATION]
    if clients.certificate(company, tab.purpose) is not None:
        return _response(request, company, tab)
    values = {
        "here": "way-in",
        "may_change": request.membership.role in OWNERS,
        "token": clients.token(company),
        "zawfa": zawfa.current(company),
        "elsewhere": _elsewhere(company, tab.purpose),
    }
    return render(request, "connection/choice.html", values)


@accepts(CREDENTIALS)
@sensitive_post_parameters("password")
@member()
@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request: CompanyRequest, company: Company) -> HttpResponse:
    """The way in by files from the portal."""
    return _tab(request, company, TABS[Purpose.AUTHENTICATION], "connection/certificate.html")


@accepts(CREDENTIALS)
@sensitive_post_parameters("password")
@member()
@require_http_methods(["GET", "HEAD", "POST"])
def offline(request: CompanyRequest, company: Company) -> HttpResponse:
    """The tab „Praca w trybie offline"."""
    return _tab(request, company, TABS[Purpose.OFFLINE], "connection/offline.html")


def _tab(request: CompanyRequest, company: Company, tab: Tab, template: str) -> HttpResponse:
    """Show the form, or take a certificate. With htmx an error comes alone, so that the chosen files stay chosen."""
    error = None
    if request.method == "POST":
        if request.membership.role not in OWNERS:
            return render(request, "connection/owner_only.html", {"tab": tab}, status=403)
        error = _take(request, company, tab.purpose)
        if error is None:
            messages.success(request, str(tab.done))
            return _to(request, reverse(tab.view, args=[company.pk]))
        if request.headers.get("HX-Request"):
            return render(request, "connection/error.html", _of_error(error), status=422)
    return _response(request, company, tab, template, error)


def _response(
    request: CompanyRequest,
    company: Company,
    tab: Tab,
    template: str = "connection/authentication.html",
    error: NotStored | None = None,
) -> HttpResponse:
    values = {
        "tab": tab,
        "form": CertificateForm(),
        "may_change": request.membership.role in OWNERS,
        "where": clients.environment(company),
        "stored": clients.certificate(company, tab.purpose),
        "authentication": clients.certificate(company, Purpose.AUTHENTICATION),
        "offline": clients.certificate(company, Purpose.OFFLINE),
        "elsewhere": _elsewhere(company, tab.purpose),
        **(_of_error(error) if error else {}),
    }
    return render(request, template, values, status=422 if error else 200)


def _elsewhere(company: Company, purpose: Purpose) -> QuerySet[StoredCertificate]:
    """The company's certificates of other environments, which this one cannot use."""
    return (
        StoredCertificate.objects.of(company).filter(purpose=purpose).exclude(environment=company.environment)
    )


@sensitive_variables()
def _take(request: HttpRequest, company: Company, purpose: Purpose) -> NotStored | None:
    """Read the form and store what came; the refusal, or None when it is done."""
    form = CertificateForm(request.POST, request.FILES)
    if not form.is_valid():
        return NotStored("no-files")
    if any(len(request.FILES.getlist(name)) > 1 for name in request.FILES):
        return NotStored("too-many-files")
    files = form.contents()
    if not files:
        return NotStored("no-files", file="key")
    store = storing.store_authentication if purpose == Purpose.AUTHENTICATION else storing.store_offline
    by = request.user if request.user.is_authenticated else None
    before = clients.certificate(company, purpose)
    try:
        stored = store(
            company,
            files[0],
            files[1] if len(files) > 1 else None,
            form.cleaned_data["password"] or None,
            by,
            name=form.cleaned_data["name"],
        )
    except NotStored as refusal:
        return refusal
    audit.log(
        company,
        Action.REPLACED if before is not None else Action.CONNECTED,
        request=request,
        purpose=purpose.value,
        holder=stored.subject_name,
        serial=stored.serial,
    )
    return None


def _of_error(error: NotStored) -> dict[str, Any]:
    return {"error": error, "error_text": explain(error)}


def _to(request: HttpRequest, address: str) -> HttpResponse:
    """Lead on, whether htmx or the browser asks."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


@accepts(CREDENTIALS)
@member()
@require_POST
def peek(request: CompanyRequest, company: Company) -> HttpResponse:  # noqa: ARG001 - members only
    """What a chosen file is; nothing is kept."""
    file = "key" if "key" in request.FILES else "certificate"
    chosen = request.FILES.get(file)
    seen = look(chosen.read(), file=file, now=times.now()) if chosen is not None else None
    text = explain(seen.error) if seen and seen.error else ""
    return render(request, "connection/peek.html", {"seen": seen, "text": text})


@member(*OWNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: CompanyRequest, company: Company, purpose: str) -> HttpResponse:
    """„Usuń certyfikat": asks first, then deletes the certificate and its key."""
    tab = next((tab for tab in TABS.values() if tab.purpose.lower() == purpose), None)
    if tab is None:
        raise Http404("no such tab")
    stored = clients.certificate(company, tab.purpose)
    if request.method == "POST":
        storing.remove(company, tab.purpose)
        if stored is not None:
            audit.log(
                company,
                Action.DELETED,
                request=request,
                purpose=tab.purpose.value,
                holder=stored.subject_name,
                serial=stored.serial,
            )
            messages.success(request, _("Certyfikat i jego klucz zostały usunięte z programu."))
        return redirect(tab.view, company.pk)
    if stored is None:
        return redirect(tab.view, company.pk)
    return render(request, "connection/remove.html", {"tab": tab, "stored": stored})


@member()
@require_POST
def prove(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Sprawdź połączenie": a question to KSeF that only a good login gets answered."""
    try:
        storing.prove(company)
    except (NotConnected, ksef.KsefError) as error:
        messages.error(request, explain(error))
    else:
        messages.success(request, _("KSeF odpowiedział: połączenie działa."))
    return redirect("connection:authentication", company.pk)


@member()
@require_safe
def status(request: CompanyRequest, company: Company) -> HttpResponse:
    """The strip's word on how KSeF is, by Latarnia; asked at most once a minute."""
    where = clients.environment(company)
    name = f"latarnia:{where.latarnia or where.name}"
    cached = cache.get(name)
    if (
        cached is None or abs((times.now() - cached[1]).total_seconds()) >= STATUS_SECONDS
    ):  # a training clock was turned
        cached = (latarnia.status(where, http=clients.connections(where)), times.now())
        cache.set(name, cached, STATUS_SECONDS)
    lock = passphrase_of(company)
    return render(
        request,
        "connection/status.html",
        {
            "ksef": cached[0],
            "seen_at": cached[1],
            "has_latarnia": where.latarnia is not None,
            "connected": clients.is_connected(company),
            "locked": lock is not None and not lock.is_open(),
        },
    )
