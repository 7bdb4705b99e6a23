"""„Hasło do kluczy": set, open for a working session, close, take off."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import OWNERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.connection.forms.credentials import NewPassphraseForm, PassphraseForm
from liczydlo.connection.models import Passphrase, passphrase_of
from liczydlo.connection.passphrase import services
from liczydlo.connection.passphrase.services import NoPassphraseError, TooManyTriesError
from liczydlo.connection.passphrase.wrapping import WrongPassphraseError


@member()
@require_safe
def page(request: CompanyRequest, company: Company) -> HttpResponse:
    """How it stands, with the form for the next step."""
    return _response(request, passphrase_of(company))


@sensitive_post_parameters()
@member(*OWNERS)
@require_POST
def put_on(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Zabezpiecz klucze hasłem": the keys are wrapped with the passphrase and left open for a working session."""
    form = NewPassphraseForm(request.POST)
    row = passphrase_of(company)
    if row is None and not form.is_valid():
        return _response(request, None, form)
    if row is None:
        services.put_on(company, form.cleaned_data["passphrase"], request=request)
        messages.success(request, _("Klucze są pod hasłem. Teraz są otwarte na czas pracy."))
    return redirect("connection:passphrase", company.pk)


@sensitive_post_parameters()
@member(*OWNERS)
@require_POST
def open_up(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Otwórz na czas pracy"."""
    return _with(request, company, services.open_up, _("Klucze są otwarte."), "open")


@member()
@require_POST
def close(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Zamknij teraz": anybody of the company may."""
    row = passphrase_of(company)
    if row is not None:
        services.close(row, request=request)
        messages.success(request, _("Klucze są zamknięte."))
    return redirect("connection:passphrase", company.pk)


@sensitive_post_parameters()
@member(*OWNERS)
@require_POST
def take_off(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Zdejmij hasło": the right passphrase makes the keys usable without it again."""
    return _with(request, company, services.take_off, _("Klucze są znowu bez hasła."), "take-off")


def _with(
    request: CompanyRequest, company: Company, act: Callable[..., None], done: str, which: str
) -> HttpResponse:
    row = passphrase_of(company)
    if row is None:
        raise Http404("no passphrase is set")
    form = PassphraseForm(request.POST)
    if form.is_valid():
        try:
            act(row, form.cleaned_data["passphrase"], request=request)
        except WrongPassphraseError:
            form.add_error("passphrase", _("To nie jest hasło do kluczy tej firmy. Nic się nie zmieniło."))
        except NoPassphraseError:
            messages.warning(request, _("Hasło do kluczy zmieniono w międzyczasie. Sprawdź, jak jest teraz."))
            return redirect("connection:passphrase", company.pk)
        except TooManyTriesError:
            form.add_error("passphrase", _("Za dużo prób. Odczekaj 5 minut i spróbuj jeszcze raz."))
        else:
            messages.success(request, done)
            return redirect("connection:passphrase", company.pk)
    return _response(request, row, form, which)


def _response(
    request: CompanyRequest,
    row: Passphrase | None,
    form: forms.Form | None = None,
    which: str = "",
) -> HttpResponse:
    values = {
        "here": "certificates",
        "row": row,
        "is_open": row is not None and row.is_open(),
        "set_form": form if row is None and form else NewPassphraseForm(),
        "open_form": form if which == "open" else PassphraseForm(auto_id="open_%s"),
        "off_form": form if which == "take-off" else PassphraseForm(auto_id="off_%s"),
        "which": which,
        "may_change": request.membership.role in OWNERS,
    }
    return render(request, "connection/passphrase/page.html", values, status=422 if form is not None else 200)
