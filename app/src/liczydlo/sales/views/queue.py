"""„Kolejka": what waits to get to KSeF, until when it may, and „Wyślij teraz"."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.offline.services import situation
from liczydlo.sales import queue, services, undo
from liczydlo.sales.states import NotNow
from liczydlo.sales.views.invoices import invoice_of
from liczydlo.web import times
from liczydlo.web.templatetags.liczydlo import godzina

LIVELY = dt.timedelta(minutes=1)  # after so long without a change there is no hurry to look again


@member()
@require_safe
def page(request: CompanyRequest, company: Company) -> HttpResponse:
    """The queue, the nearest deadline first."""
    return render(request, "sales/queue.html", _context(request, company))


@member()
@require_safe
def rows(request: CompanyRequest, company: Company) -> HttpResponse:
    """The part that changes by itself, for htmx."""
    return render(request, "sales/parts/queue.html", _context(request, company))


def _context(request: CompanyRequest, company: Company) -> dict[str, object]:
    now = times.now()
    current_queue = queue.queue(company, today=times.today())
    lively = any(
        row.invoice.is_moving and now - row.invoice.changed_at < LIVELY for row in current_queue.rows
    )
    return {
        "queue": current_queue,
        "look_again": 2 if lively else 10 if current_queue.moves else 60,
        "hindrance": services.hindrance(company),
        "situation": situation(company, now=now),
        "is_connected": clients.is_connected(company),
        "may_issue": request.membership.role in ISSUERS,
        "mine": undo.sent_by(company, request.user).count(),
    }


@member(*ISSUERS)
@require_POST
def send(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """„Wyślij teraz" of one row."""
    invoice = invoice_of(company, invoice_id)
    try:
        queue.send_now(invoice, by=request.user)
    except NotNow:
        messages.info(request, _("Ta faktura jest już w drodze albo nie da się jej teraz wysłać."))
    except services.NotIssued as error:
        messages.error(request, str(error.reason))
    else:
        _say(request, company, _("%(number)s: wysyłanie ruszyło.") % {"number": invoice.entry.number})
    return redirect("sales:queue", company.pk)


@member(*ISSUERS)
@require_POST
def send_all(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Wyślij wszystkie teraz"."""
    count = queue.send_all_now(company, by=request.user)
    if count:
        _say(request, company, _("Wysyłanie ruszyło. Faktury, które czekały: %(n)d.") % {"n": count})
    else:
        messages.info(request, _("Nic już nie czeka na wysłanie."))
    return redirect("sales:queue", company.pk)


def _say(request: CompanyRequest, company: Company, words: str) -> None:
    """Tell that it goes now, or after the pause that KSeF has asked for."""
    pause = queue.not_before(company, now=times.now())
    if pause is None:
        messages.success(request, words)
    else:
        moment = {"moment": godzina(pause)}
        text = _("KSeF poprosił o przerwę do %(moment)s, bo pytań było za dużo. Wyślą się zaraz po niej.")
        messages.info(request, text % moment)
