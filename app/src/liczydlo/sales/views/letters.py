"""Letters to buyers: writing one, what became of those sent, and the firm's settings."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from liczydlo.audit.actions import Action
from liczydlo.audit.services import log
from liczydlo.companies.access import BOOKKEEPERS, ISSUERS, CompanyRequest, member
from liczydlo.companies.bodies import LONG_FORM, accepts
from liczydlo.companies.models import Company
from liczydlo.contacts import trade
from liczydlo.contacts.views.contractors import contractor_of
from liczydlo.prints.typesetting import PrintError
from liczydlo.sales.delivery import letters, links, statement, wording
from liczydlo.sales.delivery.forms import LetterForm, SettingsForm
from liczydlo.sales.delivery.matters import Matter
from liczydlo.sales.delivery.tables import BuyerLetter, LetterSettings, PublicLink
from liczydlo.sales.filters import narrowed
from liczydlo.sales.models import Invoice
from liczydlo.sales.states import REFUSED
from liczydlo.sales.views.invoices import invoice_of
from liczydlo.web import times

MOST = 200
"""Invoices to which one click on the list sends letters."""


def panel(request: CompanyRequest, invoice: Invoice) -> str:
    """The card on an invoice's page; empty for what KSeF does not want."""
    if invoice.state in REFUSED:
        return ""
    return card(request, letters.about_invoice(invoice), can_be_sent=letters.can_be_sent(invoice))


def card(request: CompanyRequest, matter: Matter, *, can_be_sent: bool) -> str:
    """What was sent about a matter, and the button of one more."""
    rows = matter.letters().select_related("by", "link")
    now = times.now()
    return render_to_string(
        "sales/parts/letters.html",
        {
            "company": request.company,
            "matter": matter,
            "letters": [(row, hasattr(row, "link") and row.link.works(now)) for row in rows],
            "may_send": request.membership.role in ISSUERS,
            "can_be_sent": can_be_sent,
            "sends_mail": settings.LICZYDLO_SENDS_MAIL,
        },
        request=request,
    )


@accepts(LONG_FORM)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """„Wyślij do nabywcy"."""
    invoice = invoice_of(company, invoice_id)
    if invoice.entry.document is None or not letters.can_be_sent(invoice):
        messages.warning(request, _("Tej faktury nie można teraz wysłać do nabywcy."))
        return redirect(invoice)
    return compose(request, letters.about_invoice(invoice))


@accepts(LONG_FORM)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def write_statement(request: CompanyRequest, company: Company, contractor_id: int) -> HttpResponse:
    """„Wyślij" of a statement of account."""
    with_settled = statement.WHOLE_HISTORY in request.GET
    return compose(
        request, statement.matter(company, contractor_of(company, contractor_id), with_settled=with_settled)
    )


def compose(request: CompanyRequest, matter: Matter) -> HttpResponse:
    """The letter as it would go, to be changed and sent."""
    company = matter.company
    if not settings.LICZYDLO_SENDS_MAIL:
        messages.warning(request, _("Program nie wysyła poczty: nie ustawiono serwera (LICZYDLO_EMAIL_URL)."))
        return redirect(matter.page)
    if request.method != "POST":
        return _page(request, matter, LetterForm(initial=_proposed(matter, request.GET)))
    form = LetterForm(request.POST)
    if not form.is_valid():
        return _page(request, matter, form)
    typed = form.cleaned_data
    try:
        with transaction.atomic():
            new = letters.request(
                matter,
                typed["to"],
                subject=typed["subject"],
                text=typed["text"],
                language=typed["language"],
                as_link=typed.get("as_link", False),
                by=request.user,
                key=str(typed["key"]),
            )
            if new:
                log(company, matter.action, request=request, **matter.details)
    except PrintError:
        messages.error(request, _("Nie da się zrobić wydruku, więc listu nie wysłano."))
        return _page(request, matter, form)
    messages.success(request, _("List czeka na wysłanie. Stan widać na tej stronie."))
    return redirect(matter.page)


def _proposed(matter: Matter, query: QueryDict) -> dict[str, object]:
    contractor, row = matter.contractor, letters.of(matter.company)
    chosen = query.get("jezyk")
    language = chosen if chosen in wording.TEXTS else letters.language_of(contractor)
    subject, text = letters.texts(row, language, matter.kind)
    return {
        "to": contractor.email if contractor is not None else "",
        "language": language,
        "subject": subject,
        "text": text,
        "as_link": row.as_link,
        "key": uuid.uuid4(),
    }


def _page(request: CompanyRequest, matter: Matter, form: LetterForm) -> HttpResponse:
    language = str(form["language"].value() or "pl")
    values = matter.values(language)
    return render(
        request,
        "sales/letter_form.html",
        {
            "form": form,
            "matter": matter,
            "places": [(name, values.get(name, "")) for name in wording.PLACES],
            "before": matter.letters().count(),
        },
    )


@member(*ISSUERS)
@require_POST
def send_listed(request: CompanyRequest, company: Company) -> HttpResponse:
    """Letters about all invoices that the list's filter lets through, to the addresses of the contractors; what was
    sent to a buyer before, and what has no address, is passed over and counted."""
    query = QueryDict(request.POST.get("query", ""))
    _form, entries = narrowed(company, query, times.today())
    back = redirect(f"{reverse('sales:list', args=[company.pk])}?{query.urlencode()}")
    ids = list(entries.exclude(document=None).order_by("-pk").values_list("sale__pk", flat=True)[: MOST + 1])
    if len(ids) > MOST:
        messages.warning(request, _("Naraz można wysłać najwyżej %(n)d faktur. Zawęź filtr.") % {"n": MOST})
        return back
    letters_sent = BuyerLetter.objects.of(company).filter(kind=BuyerLetter.Kind.INVOICE)
    rows = Invoice.objects.of(company).filter(pk__in=ids).exclude(letters__in=letters_sent)
    sent, passed = 0, len(ids)
    for invoice in rows.select_related("entry", "company").order_by("pk"):
        contractor = trade.buyer_of(company, invoice.entry)
        if contractor is None or not contractor.email or not letters.can_be_sent(invoice):
            continue
        language = letters.language_of(contractor)
        subject, text = letters.texts(letters.of(company), language)
        with transaction.atomic():
            new = letters.request(
                letters.about_invoice(invoice),
                [contractor.email],
                subject=subject,
                text=text,
                language=language,
                as_link=letters.of(company).as_link and links.are_possible(),
                by=request.user,
                key=f"listed:{invoice.pk}",
            )
            if new:
                log(company, Action.INVOICE_MAILED, request=request, number=invoice.entry.number)
        sent += new
    text = _(
        "Listy do wysłania: %(sent)d. Pominięte, bo już wysłane, bez adresu albo jeszcze bez numeru: %(passed)d."
    )
    messages.success(request, text % {"sent": sent, "passed": passed - sent})
    return back


@member(*ISSUERS)
@require_POST
def revoke(request: CompanyRequest, company: Company, letter_id: int) -> HttpResponse:
    """Let the link of a letter work no longer; back to where the button stands."""
    rows = PublicLink.objects.of(company).select_related("letter__invoice__entry")
    link = get_object_or_404(rows, letter_id=letter_id)
    invoice = link.letter.invoice
    with transaction.atomic():
        if links.revoke(link, now=times.now()):
            if invoice is not None:
                log(company, Action.INVOICE_LINK_REVOKED, request=request, number=invoice.entry.number)
            else:
                log(company, Action.LETTER_LINK_REVOKED, request=request)
    messages.success(request, _("Link już nie działa."))
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("sales:list", args=[company.pk])
    return redirect(back)


@accepts(LONG_FORM)
@member(*BOOKKEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: CompanyRequest, company: Company) -> HttpResponse:
    """The firm's settings; only what a person changed is stored."""
    if request.method != "POST":
        return _settings(request, SettingsForm(instance=letters.of(company)))
    row, _made = LetterSettings.objects.get_or_create(company=company)
    form = SettingsForm(request.POST, instance=row)
    if not form.is_valid():
        return _settings(request, form)
    with transaction.atomic():
        stored = form.save_changes()
        if stored and form.changes:
            if {"remind_before", "remind_after"} & form.changes.keys():
                LetterSettings.objects.filter(company=company).update(reminders_since=times.today())
            log(company, Action.BUYER_LETTERS_SET, request=request)
    if not stored:
        messages.error(
            request,
            _(
                "W tym czasie ktoś zmienił te same dane, więc nic nie zapisano. Sprawdź je i zapisz jeszcze raz."
            ),
        )
        return _settings(request, form.over(letters.of(company)))
    messages.success(request, _("Ustawienia listów zostały zapisane."))
    return redirect("sales:letter_settings", company.pk)


def _settings(request: CompanyRequest, form: SettingsForm) -> HttpResponse:
    return render(
        request,
        "sales/letter_settings.html",
        {
            "form": form,
            "places": wording.PLACES,
            "sends_mail": settings.LICZYDLO_SENDS_MAIL,
            "has_address": links.are_possible(),
        },
    )
