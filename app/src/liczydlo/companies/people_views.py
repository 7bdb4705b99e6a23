"""„Osoby" under „Dane i ustawienia", and the page that an invitation's link opens."""

from __future__ import annotations

import logging
import smtplib
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.mail import send_mail
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from liczydlo.companies import people
from liczydlo.companies.access import OWNERS, CompanyRequest, member
from liczydlo.companies.forms import InvitationForm, JoiningForm
from liczydlo.companies.models import Company, Invitation, Membership, Role, User

log = logging.getLogger(__name__)


@member()
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """Who belongs to the company and who is invited; an owner invites, by letter or by a link to hand over."""
    is_owner = request.membership.role in OWNERS
    form = InvitationForm(request.POST if request.method == "POST" and is_owner else None)
    link = ""
    if is_owner and request.method == "POST" and form.is_valid():
        email, role = form.cleaned_data["email"].lower(), Role(form.cleaned_data["role"])
        try:
            code = people.invite(company, email, role, request)
        except people.NotInvited as refusal:
            form.add_error("email", _refusals()[refusal.code])
        else:
            address = request.build_absolute_uri(f"{reverse('companies:join')}?{urlencode({'kod': code})}")
            if settings.LICZYDLO_SENDS_MAIL:
                _send(request, company, email, address)
                return redirect("companies:members", company.pk)
            link, form = address, InvitationForm()
    members = Membership.objects.filter(company=company).select_related("user").order_by("user__name", "pk")
    confirmed = set(
        EmailAddress.objects.filter(user__memberships__company=company, verified=True).values_list(
            "user_id", "email"
        )
    )
    rows = [
        {
            "member": one,
            "confirmed": (one.user_id, one.user.email) in confirmed,
            "may_vouch": is_owner and people.may_vouch(request.user, one.user),
        }
        for one in members
    ]
    open_now = Invitation.objects.of(company).filter(expires_at__gt=timezone.now()).order_by("email")
    values = {"rows": rows, "invitations": open_now if is_owner else [], "roles": Role, "form": form}
    return render(request, "companies/members.html", {**values, "link": link, "is_owner": is_owner})


def _refusals() -> dict[str, str]:
    return {
        "member": _("Ta osoba już należy do firmy."),
        "too-many": _("Firma ma za dużo otwartych zaproszeń. Wycofaj te, które są już niepotrzebne."),
    }


def _send(request: CompanyRequest, company: Company, email: str, address: str) -> None:
    values = {"company": company, "person": request.user, "address": address, "days": people.LASTS.days}
    subject = _("Zaproszenie do firmy %(firm)s w programie Liczydło") % {"firm": company.name}
    text = render_to_string("companies/invitation.txt", values, request=request)
    try:
        send_mail(" ".join(subject.split()), text, None, [email])
    except (smtplib.SMTPException, OSError) as error:
        log.warning("company %s: an invitation could not be mailed: %s", company.pk, type(error).__name__)
        messages.error(
            request,
            _("Serwer poczty nie przyjął listu do %(email)s. Sprawdź adres i zaproś tę osobę jeszcze raz.")
            % {"email": email},
        )
    else:
        messages.success(request, _("Zaproszenie zostało wysłane na adres %(email)s.") % {"email": email})


@member(*OWNERS)
@require_POST
def withdraw(request: CompanyRequest, company: Company, invitation_id: int) -> HttpResponse:
    """„Wycofaj": the link opens nothing any more."""
    people.withdraw(company, invitation_id, request)
    messages.success(request, _("Zaproszenie zostało wycofane."))
    return redirect("companies:members", company.pk)


@member(*OWNERS)
@require_POST
def change(request: CompanyRequest, company: Company, membership_id: int) -> HttpResponse:
    """„Zapisz rolę", „Usuń z firmy", „Potwierdzam adres"; the button says which."""
    membership = Membership.objects.filter(company=company, pk=membership_id).select_related(
        "user", "company"
    )
    if (one := membership.first()) is None:
        raise Http404("no such member")
    what = request.POST.get("what")
    try:
        if what == "remove":
            people.remove(one, request)
            messages.success(request, _("%(person)s nie należy już do firmy.") % {"person": one.user})
        elif what == "vouch":
            _vouch(request, one)
        elif what == "role" and request.POST.get("role") in Role.values:
            people.set_role(one, Role(request.POST["role"]), request)
            messages.success(request, _("Rola została zmieniona."))
    except people.LastOwner:
        messages.error(request, _("Firma musi mieć właściciela. Najpierw daj rolę właściciela komuś innemu."))
    if one.user_id == request.user.pk and what == "remove":
        return redirect("companies:list")
    return redirect("companies:members", company.pk)


def _vouch(request: CompanyRequest, membership: Membership) -> None:
    if people.vouch(membership, request):
        messages.success(request, _("Adres %(email)s jest potwierdzony.") % {"email": membership.user.email})
    else:
        text = _(
            "Nie możesz potwierdzić adresu %(email)s: ta osoba należy też do firm innych właścicieli albo adres jest "
            "potwierdzony u kogoś innego. Może to zrobić sama, listem: Twoje konto → Adresy e-mail."
        )
        messages.error(request, text % {"email": membership.user.email})


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """What the link of an invitation opens: a new account, or joining with the one that is there."""
    code = request.POST.get("code") or request.GET.get("kod", "")
    try:
        row = people.invitation(code)
        account = people.account_of(row)
        if account is not None:
            return _join_with(request, row, account, code)
        form = JoiningForm(request.POST or None, email=row.email)
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            person = people.join_anew(row, request, name=values["name"], password=values["password"])
            get_adapter().login(request, person)
            return redirect("home:dashboard", row.company_id)
    except people.InvitationGone:
        return render(request, "companies/invitation_gone.html", status=410)
    except people.AccountExists:
        return redirect(f"{reverse('companies:join')}?{urlencode({'kod': code})}")
    return render(request, "companies/join.html", {"row": row, "form": form, "code": code})


def _join_with(request: HttpRequest, row: Invitation, account: User, code: str) -> HttpResponse:
    """For an address that has an account: only whoever is logged in to it joins."""
    if request.user == account and request.method == "POST":
        people.join(row, account, request)
        return redirect("home:dashboard", row.company_id)
    back = f"{reverse('companies:join')}?{urlencode({'kod': code})}"
    return render(
        request, "companies/join.html", {"row": row, "account": account, "code": code, "back": back}
    )
