"""„Odsetki" of a contractor: what may be asked for, a note of it, and rates that are newer than this program."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.forms import model_to_dict
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liczydlo.audit.actions import Action
from liczydlo.audit.services import log
from liczydlo.companies.access import BOOKKEEPERS, ISSUERS, CompanyRequest, member
from liczydlo.companies.bodies import LONG_FORM, accepts
from liczydlo.companies.models import Company
from liczydlo.contacts.models import Contractor
from liczydlo.contacts.views.contractors import contractor_of
from liczydlo.payments.interest import letters as delivery
from liczydlo.payments.interest import notes, paper
from liczydlo.payments.interest.rates import PUBLISHED, Kind, half_year_end, overlap
from liczydlo.payments.models import InterestKind, InterestNote, InterestRate
from liczydlo.sales.views import letters
from liczydlo.web import times
from liczydlo.web.fields import Amount, day_input
from liczydlo.web.files import PDF, as_file, file_name
from liczydlo.web.paging import ids
from liczydlo.web.reasons import language


class WhatForm(forms.Form):
    """Whose debt it is, and the day up to which interest is counted."""

    kind = forms.ChoiceField(label=gettext_lazy("Rodzaj odsetek"), choices=InterestKind)
    day = forms.DateField(label=gettext_lazy("Dzień noty"), widget=day_input())

    def clean_day(self) -> dt.date:
        """Not a day to come."""
        day: dt.date = self.cleaned_data["day"]
        if day > times.today():
            raise forms.ValidationError(_("Dzień noty nie może być z przyszłości."))
        return day


class RateForm(forms.Form):
    """A rate from Monitor Polski."""

    kind = forms.ChoiceField(label=gettext_lazy("Rodzaj odsetek"), choices=InterestKind)
    since = forms.DateField(label=gettext_lazy("Obowiązuje od"), widget=day_input())
    until = forms.DateField(label=gettext_lazy("Obowiązuje do"), widget=day_input())
    percent = Amount(
        label=gettext_lazy("Stawka roczna (%)"),
        max_digits=5,
        decimal_places=2,
        min_value=Decimal("0.01"),
        max_value=Decimal(100),
    )
    source = forms.CharField(
        label=gettext_lazy("Źródło"),
        max_length=60,
        help_text=gettext_lazy("Na przykład: M.P. 2026 poz. 642."),
    )

    def clean(self) -> dict[str, Any]:
        """In commercial transactions a rate is of days of one half-year (art. 11b)."""
        values = super().clean() or self.cleaned_data
        since, until, kind = (values.get(name) for name in ("since", "until", "kind"))
        if since and until and until < since:
            self.add_error("until", _("Ten dzień jest przed pierwszym."))
        elif since and until and kind != InterestKind.CIVIL and until > half_year_end(since):
            self.add_error("until", _("W transakcjach handlowych stawka jest na jedno półrocze."))
        return values


@member()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: CompanyRequest, company: Company, contractor_id: int) -> HttpResponse:
    """What was not asked for yet, for ticking; a post makes the note."""
    contractor = contractor_of(company, contractor_id)
    may_make = request.membership.role in ISSUERS
    if request.method == "POST" and may_make:
        return _make(request, company, contractor)
    return _page(request, company, contractor, request.GET)


def _make(request: CompanyRequest, company: Company, contractor: Contractor) -> HttpResponse:
    form = WhatForm(request.POST)
    chosen = set(ids(request.POST.getlist("debt")))
    if not form.is_valid():
        return _page(request, company, contractor, request.POST)
    if not chosen:
        messages.warning(request, _("Nie zaznaczono żadnej faktury."))
        return _page(request, company, contractor, request.POST)
    try:
        note = notes.make(
            company,
            contractor,
            Kind(form.cleaned_data["kind"]),
            form.cleaned_data["day"],
            chosen_debts=chosen,
            compensated=set(ids(request.POST.getlist("compensation"))),
            seen_digest=request.POST.get("seen", ""),
            by=request.user,
        )
    except notes.ChangedMeanwhile:
        say = _("Rozrachunki zmieniły się w międzyczasie i noty nie wystawiono. Poniżej jest stan obecny.")
        messages.warning(request, say)
        return _page(request, company, contractor, request.POST, status=HTTPStatus.CONFLICT)
    amount = f"{note.total} PLN"
    log(company, Action.INTEREST_NOTE_MADE, request=request, number=note.number, amount=amount)
    messages.success(request, _("Wystawiono notę %(number)s.") % {"number": note.number})
    return redirect(note)


def _page(
    request: CompanyRequest,
    company: Company,
    contractor: Contractor,
    query: QueryDict,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    kind, day = Kind.CIVIL if contractor.kind == "person" else Kind.TRADE, times.today()
    typed = {name: query[name] for name in ("kind", "day") if name in query}
    form = WhatForm({"kind": kind, "day": day} | typed, label_suffix="")
    counted = notes.Count()
    if form.is_valid():
        kind, day = Kind(form.cleaned_data["kind"]), form.cleaned_data["day"]
        counted = notes.count(company, contractor, kind, day)
    elif status == HTTPStatus.OK:
        status = HTTPStatus.BAD_REQUEST
    context = {
        "contractor": contractor,
        "form": form,
        "counted": counted,
        "kind": kind,
        "day": day,
        "seen": notes.digest(counted.debts, kind, day),
        "notes": notes.of(company, contractor),
        "may_make": request.membership.role in ISSUERS,
        "may_rates": request.membership.role in BOOKKEEPERS,
    }
    return render(request, "payments/interest/page.html", context, status=status)


def _note(company: Company, note_id: int) -> InterestNote:
    rows = InterestNote.objects.of(company).select_related("contractor", "company")
    note: InterestNote = get_object_or_404(rows, pk=note_id)
    return note


@member()
@require_safe
def note(request: CompanyRequest, company: Company, note_id: int) -> HttpResponse:
    """What the note says."""
    row = _note(company, note_id)
    debts = row.content["debts"]
    context = {
        "note": row,
        "rows": [
            {
                "number": debt["number"],
                "since": dt.date.fromisoformat(part["since"]),
                "until": dt.date.fromisoformat(part["until"]),
                "amount": Decimal(part["amount"]),
                "days": part["days"],
                "percent": paper.percent(part),
                "interest": Decimal(part["interest"]),
            }
            for debt in debts
            for part in debt["parts"]
        ],
        "remarks": [*paper.basis(row), *filter(None, map(paper.compensation, debts))],
        "letters": letters.card(request, delivery.matter(row), can_be_sent=True),
    }
    return render(request, "payments/interest/note.html", context)


@accepts(LONG_FORM)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: CompanyRequest, company: Company, note_id: int) -> HttpResponse:
    """„Wyślij do nabywcy" of a note."""
    return letters.compose(request, delivery.matter(_note(company, note_id)))


@member()
@require_safe
def download(_request: CompanyRequest, company: Company, note_id: int) -> HttpResponse:
    """The note on paper."""
    row = _note(company, note_id)
    name = file_name("nota-odsetkowa", row.number, ending=".pdf")
    return as_file(paper.pdf(row, language=language()), PDF, name)


@member(*BOOKKEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def rates(request: CompanyRequest, company: Company) -> HttpResponse:
    """The firm's own rates, and one more."""
    form = RateForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_valid() and _add_rate(company, form):
        log(company, Action.INTEREST_RATE_ADDED, request=request, name=_rate_title(form.cleaned_data))
        messages.success(request, _("Stawkę dodano."))
        return redirect("payments:interest_rates", company.pk)
    published = [(InterestKind(kind).label, known[:-4:-1]) for kind, known in PUBLISHED.items()]
    context = {"form": form, "rates": InterestRate.objects.of(company), "published": published}
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return render(request, "payments/interest/rates.html", context, status=status)


def _rate_title(rate: Mapping[str, Any]) -> str:
    kind = InterestKind(rate["kind"]).label
    return f"{kind}: {rate['percent']}% {rate['since']:%d.%m.%Y}–{rate['until']:%d.%m.%Y}, {rate['source']}"


def _add_rate(company: Company, form: RateForm) -> bool:
    typed = form.cleaned_data
    with transaction.atomic():
        Company.objects.select_for_update(no_key=True).get(pk=company.pk)
        overlapping = overlap(notes.rates(company, Kind(typed["kind"])), typed["since"], typed["until"])
        if overlapping is None:
            InterestRate.objects.create(company=company, **typed)
            return True
    say = _("Dla części tych dni stawka już jest: %(percent)s%% (%(source)s).")
    form.add_error("since", say % {"percent": overlapping.percent, "source": overlapping.source})
    return False


@member(*BOOKKEEPERS)
@require_POST
def remove_rate(request: CompanyRequest, company: Company, rate_id: int) -> HttpResponse:
    """Forget a rate of the firm's; notes that were made with it stay as they are."""
    rate = get_object_or_404(InterestRate.objects.of(company), pk=rate_id)
    if rate.delete()[0]:
        log(company, Action.INTEREST_RATE_REMOVED, request=request, name=_rate_title(model_to_dict(rate)))
    messages.success(request, _("Stawkę usunięto."))
    return redirect("payments:interest_rates", company.pk)
