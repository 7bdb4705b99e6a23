"""„Towary i usługi": the list and the form."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.contacts import items
from liczydlo.contacts.contractors import ChangedMeanwhile
from liczydlo.contacts.forms import ItemForm
from liczydlo.contacts.models import Item
from liczydlo.web.paging import Order, page


@member()
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """By name, narrowed by what was typed; hidden ones on demand."""
    text, hidden = request.GET.get("q", "").strip()[:100], request.GET.get("ukryci") == "1"
    rows = items.matching(company, text).filter(is_hidden=hidden)
    return render(
        request,
        "contacts/items.html",
        {
            "page": page(rows, request.GET, order=Order(column="name_key"), base=items.of(company)),
            "text": text,
            "hidden": hidden,
            "has_hidden": items.of(company).filter(is_hidden=True).exists(),
            "may_change": request.membership.role in ISSUERS,
        },
    )


def _item(company: Company, item_id: int) -> Item:
    item: Item = get_object_or_404(items.of(company).select_related("company"), pk=item_id)
    return item


@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: CompanyRequest, company: Company) -> HttpResponse:
    """A new good or service."""
    form = ItemForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_valid():
        try:
            items.add(company, form.columns())
        except items.AlreadyThere:
            form.add_error(
                "name", _("Pozycja o tej nazwie albo tym symbolu jest już na liście w tej walucie.")
            )
        else:
            messages.success(request, _("Pozycję dodano."))
            return redirect("contacts:items", company.pk)
    return _form(request, form, None)


@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: CompanyRequest, company: Company, item_id: int) -> HttpResponse:
    """Another name, price, rate …; invoices stay as they are."""
    item = _item(company, item_id)
    initial = {name: getattr(item, name) for name in ItemForm.base_fields}
    if item.net_price is not None:
        initial["net_price"] = items.price_text(item.net_price)
    form = ItemForm(request.POST if request.method == "POST" else None, initial=initial, label_suffix="")
    if form.is_valid():
        try:
            items.change(item, form.columns(), version=form.cleaned_data["version"] or 0)
        except items.AlreadyThere:
            form.add_error(
                "name", _("Pozycja o tej nazwie albo tym symbolu jest już na liście w tej walucie.")
            )
        except ChangedMeanwhile:
            messages.warning(
                request,
                _(
                    "Ktoś zmienił tę pozycję w międzyczasie. Poniżej jest to, co wpisano tutaj:"
                    " „Zapisz” zastąpi tamtą zmianę."
                ),
            )
            form.data = data = request.POST.copy()
            data["version"] = str(item.version)
            return _form(request, form, item, HTTPStatus.CONFLICT)
        else:
            messages.success(request, _("Pozycję zmieniono."))
            return redirect("contacts:items", company.pk)
    return _form(request, form, item)


def _form(
    request: CompanyRequest, form: ItemForm, item: Item | None, status: HTTPStatus | None = None
) -> HttpResponse:
    status = status or (HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK)
    return render(request, "contacts/item.html", {"form": form, "item": item}, status=status)


@member(*ISSUERS)
@require_POST
def hide(request: CompanyRequest, company: Company, item_id: int) -> HttpResponse:
    """Hide the item from the list, or show it again."""
    item, hidden = _item(company, item_id), request.POST.get("hidden") == "1"
    items.hide(item, hidden=hidden)
    messages.success(request, _("Pozycja jest ukryta.") if hidden else _("Pozycja wróciła na listę."))
    return redirect("contacts:items", company.pk)
