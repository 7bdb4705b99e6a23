"""„Z faktur": what stands on sales and not on the lists, for ticking."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.contacts import from_invoices
from liczydlo.contacts.from_invoices import Proposal
from liczydlo.contacts.models import ImportKind


@dataclass(frozen=True, kw_only=True)
class _Kind:
    title: str | Promise
    list_page: str
    propose: Callable[[Company], list[Proposal]]
    keep: Callable[[Company, Collection[str]], int]
    kept: str | Promise


KINDS: Final[dict[str, _Kind]] = {
    ImportKind.CONTRACTORS: _Kind(
        title=gettext_lazy("Kontrahenci z faktur"),
        list_page="contacts:contractors",
        propose=from_invoices.of_contractors,
        keep=from_invoices.keep_contractors,
        kept=gettext_lazy("Nowi kontrahenci na liście: %(n)d."),
    ),
    ImportKind.ITEMS: _Kind(
        title=gettext_lazy("Towary i usługi z faktur"),
        list_page="contacts:items",
        propose=from_invoices.of_items,
        keep=from_invoices.keep_items,
        kept=gettext_lazy("Nowe pozycje na liście: %(n)d."),
    ),
}


@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: CompanyRequest, company: Company, kind: str) -> HttpResponse:
    """The proposals; ``all`` keeps those that the page has shown, ``keep`` the ticked ones."""
    what = KINDS[kind]
    if request.method == "POST":
        keys = set(request.POST.getlist("shown" if "all" in request.POST else "key"))
        if keys:
            messages.success(request, str(what.kept) % {"n": what.keep(company, keys)})
        else:
            messages.warning(request, _("Niczego nie zaznaczono."))
        return redirect(request.path)
    context = {
        "kind": kind,
        "title": what.title,
        "list": what.list_page,
        "proposals": what.propose(company),
        "most": from_invoices.MOST,
        "newest": from_invoices.NEWEST,
    }
    return render(request, "contacts/from_invoices.html", context)
