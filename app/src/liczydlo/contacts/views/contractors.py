"""„Kontrahenci": the list, a contractor's page and form."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liczydlo.companies.access import BOOKKEEPERS, ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.contacts import contractors, firms, stopped, trade
from liczydlo.contacts.forms import ContractorForm, initial_of
from liczydlo.contacts.models import Contractor
from liczydlo.documents.choices import payments
from liczydlo.documents.models import Direction
from liczydlo.lookups import vies
from liczydlo.lookups.models import Service
from liczydlo.lookups.services import is_on
from liczydlo.web.paging import Order, page

SHOWN = 10
"""So many of the newest invoices stand on a contractor's page."""


def contractor_of(company: Company, contractor_id: int) -> Contractor:
    """The company's contractor. Raises Http404."""
    rows = contractors.of(company).select_related("company")
    contractor: Contractor = get_object_or_404(rows, pk=contractor_id)
    return contractor


@member()
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """By name, narrowed by what was typed; hidden ones on demand."""
    text, hidden = request.GET.get("q", "").strip()[:100], request.GET.get("ukryci") == "1"
    rows = contractors.matching(company, text).filter(is_hidden=hidden)
    rows_page = page(rows, request.GET, order=Order(column="name_key"), base=contractors.of(company))
    return render(
        request,
        "contacts/contractors.html",
        {
            "page": rows_page,
            "text": text,
            "hidden": hidden,
            "has_hidden": contractors.of(company).filter(is_hidden=True).exists(),
            "may_change": request.membership.role in ISSUERS,
        },
    )


@member()
@require_safe
def detail(request: CompanyRequest, company: Company, contractor_id: int) -> HttpResponse:
    """The facts, the addresses, and the newest invoices both ways."""
    contractor = contractor_of(company, contractor_id)
    lists = {
        direction.value: list(trade.invoices(company, contractor, direction)[: SHOWN + 1])
        for direction in Direction
    }
    return render(
        request,
        "contacts/contractor.html",
        {
            "contractor": contractor,
            "stop": stopped.of_address(company, contractor.email),
            "addresses": contractor.addresses.all(),
            "recipients": contractor.recipients.all(),
            "vies": vies.answers(company, contractor.country, contractor.number)[:SHOWN],
            "vies_on": is_on(company, Service.VIES),
            "payment": dict(payments()).get(contractor.payment_form or 0, ""),
            "sales": lists["sale"][:SHOWN],
            "purchases": lists["purchase"][:SHOWN],
            "self_billed": lists["self"][:SHOWN],
            "more_self_billed": len(lists["self"]) > SHOWN,
            "more_sales": len(lists["sale"]) > SHOWN,
            "more_purchases": len(lists["purchase"]) > SHOWN,
            "query": trade.query(contractor),
            "may_change": request.membership.role in ISSUERS,
            "may_erase": request.membership.role in BOOKKEEPERS,
        },
    )


@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: CompanyRequest, company: Company) -> HttpResponse:
    """Show the form of a new contractor, and store it; one of the same number or name is shown first."""
    if firms.BUTTON in request.POST:
        return _form(request, ContractorForm(label_suffix=""), None, None)
    form = ContractorForm(request.POST if request.method == "POST" else None, label_suffix="")
    namesake = None
    if form.is_valid():
        try:
            contractor = contractors.add(company, form.columns())
        except contractors.AlreadyThere as error:
            namesake = error.contractor
        except contractors.ErasedMeanwhile:
            return _erased(request, form, None)
        else:
            messages.success(request, _("Kontrahenta dodano."))
            return redirect(contractor)
    return _form(request, form, None, namesake)


@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: CompanyRequest, company: Company, contractor_id: int) -> HttpResponse:
    """Change a contractor; invoices already issued stay as they are."""
    contractor = contractor_of(company, contractor_id)
    if firms.BUTTON in request.POST:
        return _form(request, ContractorForm(label_suffix=""), contractor, None)
    initial = initial_of(contractor, contractors.default_address(contractor))
    form = ContractorForm(
        request.POST if request.method == "POST" else None, initial=initial, label_suffix=""
    )
    namesake, version = None, contractor.version
    if form.is_valid():
        try:
            before, columns = contractor.email, form.columns()
            contractors.change(contractor, columns, version=form.cleaned_data["version"] or 0)
            stopped.typed(company, before, columns["email"], request)
        except contractors.AlreadyThere as error:
            namesake = error.contractor
        except contractors.ErasedMeanwhile:
            return _erased(request, form, contractor)
        except contractors.ChangedMeanwhile:
            version = contractor_of(company, contractor_id).version  # or he was erased
            messages.warning(
                request,
                _(
                    "Ktoś zmienił tego kontrahenta w międzyczasie. Poniżej jest to, co wpisano tutaj:"
                    " „Zapisz” zastąpi tamtą zmianę."
                ),
            )
            form.data = data = request.POST.copy()
            data["version"] = str(version)
            return _form(request, form, contractor, None, HTTPStatus.CONFLICT)
        else:
            messages.success(request, _("Kontrahenta zmieniono."))
            return redirect(contractor)
    return _form(request, form, contractor, namesake)


def _erased(request: CompanyRequest, form: ContractorForm, contractor: Contractor | None) -> HttpResponse:
    messages.warning(
        request,
        _(
            "Kontrahent z tym numerem był na liście, ale ktoś właśnie usunął jego dane. Niczego nie zapisano:"
            " „Zapisz” zapisze to, co wpisano poniżej."
        ),
    )
    return _form(request, form, contractor, None, HTTPStatus.CONFLICT)


def _form(
    request: CompanyRequest,
    form: ContractorForm,
    contractor: Contractor | None,
    namesake: Contractor | None,
    status: HTTPStatus | None = None,
) -> HttpResponse:
    firm = firms.look(request.company, request.POST)
    if firms.BUTTON in request.POST:
        form.initial = request.POST.dict() | dict(firm.values)
    wrong = form.errors or namesake is not None
    return render(
        request,
        "contacts/contractor_form.html",
        {"form": form, "contractor": contractor, "there": namesake, "firm": firm},
        status=status or (HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK),
    )


@member(*ISSUERS)
@require_POST
def resume_letters(request: CompanyRequest, company: Company, contractor_id: int) -> HttpResponse:
    """„Wysyłaj mimo to": the program may write to the address that gave a letter back."""
    contractor = contractor_of(company, contractor_id)
    row = stopped.of_address(company, contractor.email)
    if row is not None and stopped.resume(row, why="person", request=request):
        messages.success(request, _("Program znowu wysyła listy na ten adres."))
    return redirect(contractor)


@member(*ISSUERS)
@require_POST
def hide(request: CompanyRequest, company: Company, contractor_id: int) -> HttpResponse:
    """Hide the contractor from the list, or show it again."""
    contractor, hidden = contractor_of(company, contractor_id), request.POST.get("hidden") == "1"
    contractors.hide(contractor, hidden=hidden)
    messages.success(
        request,
        _("Kontrahent jest ukryty: nie ma go na liście ani w podpowiedziach.")
        if hidden
        else _("Kontrahent wrócił na listę."),
    )
    return redirect(contractor)
