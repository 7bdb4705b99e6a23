"""The first account, the reader's companies, a company's data."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from liczydlo.companies import start_code
from liczydlo.companies.access import OWNERS, CompanyRequest, member
from liczydlo.companies.first_run import AlreadySetUp, make_owner
from liczydlo.companies.forms import ENVIRONMENT_NOTES, KIND_NOTES, CompanyForm, OwnerForm
from liczydlo.companies.models import Company, Environment, Membership, Role, User
from liczydlo.companies.signals import environment_changed, report


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    """Make the owner's account, once; afterwards this page leads to the login."""
    if User.objects.exists():
        return redirect("account_login")
    code = request.POST.get("code") or request.GET.get("kod", "")
    form = OwnerForm(request.POST or None, code=code)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            user = make_owner(email=values["email"], password=values["password"], name=values["name"])
        except AlreadySetUp:
            return redirect("account_login")
        start_code.forget()
        login(request, user)
        return redirect("companies:new")
    return render(request, "companies/first_run.html", {"form": form})


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The reader's companies; the memberships come with every page's frame."""
    return render(request, "companies/list.html")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a company by its NIP; who adds it owns it."""
    form = CompanyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, User)
        company = _add(form, request.user)
        if company is not None:
            messages.success(request, _("Firma została dodana. Teraz połącz ją z KSeF."))
            return redirect("connection:authentication", company.pk)
        form.add_error("nip", _("Masz już w programie firmę o tym NIP."))
    return render(
        request,
        "companies/new.html",
        {"form": form, "environment_notes": ENVIRONMENT_NOTES, "kind_notes": KIND_NOTES},
    )


def _add(form: CompanyForm, owner: User) -> Company | None:
    """The new company with its owner; None where they have one of this NIP, clicked twice or added before.

    Somebody else's company of the same NIP is no obstacle: whose it is is decided by the login to KSeF (``nips``).
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=owner.pk)
        if Membership.objects.filter(user=owner, company__nip=form.cleaned_data["nip"]).exists():
            return None
        company: Company = form.save()
        Membership.objects.create(user=owner, company=company, role=Role.OWNER)
    return company


@member()
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: CompanyRequest, company: Company) -> HttpResponse:
    """The company's data; everybody may look, the owner may change."""
    may_change = request.membership.role in OWNERS
    form = CompanyForm(request.POST if request.method == "POST" and may_change else None, instance=company)
    if request.method == "POST" and may_change and form.is_valid():
        if _goes_real(form) and "really" not in request.POST:
            return render(request, "companies/production.html", {"form": form})
        if _save(form, request):
            messages.success(request, _("Dane firmy zostały zapisane."))
            return redirect("companies:settings", company.pk)
        company.refresh_from_db()
        form = form.over(company)
        messages.error(
            request,
            _(
                "W tym czasie ktoś zmienił te same dane, więc nic nie zapisano. Sprawdź je i zapisz jeszcze raz."
            ),
        )
    if not may_change:
        for field in form.fields.values():
            field.disabled = True
    return render(
        request,
        "companies/settings.html",
        {
            "form": form,
            "may_change": may_change,
            "environment_notes": ENVIRONMENT_NOTES,
            "kind_notes": KIND_NOTES,
        },
    )


def _save(form: CompanyForm, request: CompanyRequest) -> bool:
    """Store what was changed, with the audit log's entry for another environment; False when others changed it too."""
    with transaction.atomic():
        if not form.save_changes():
            return False
        if "environment" in form.changes:
            before, after = form.shown["environment"], str(form.changes["environment"])
            report(request.company, "environment-changed", request=request, before=before, after=after)
            moved = Company.objects.get(pk=request.company.pk)
            environment_changed.send(sender=Company, company=moved)
    return True


def _goes_real(form: CompanyForm) -> bool:
    """Whether saving it would move the company to the KSeF in which everything counts."""
    return form.changes.get("environment") == Environment.PRODUKCJA
