"""Orders of transfers: the list, one order, its file, and what a person says of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import BOOKKEEPERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.payments.models import FileFormat, TransferItem, TransferOrder
from liczydlo.payments.transfers import identifiers, orders, titles, white_list
from liczydlo.payments.transfers.orders import ENDINGS
from liczydlo.payments.transfers.planning import Refusal
from liczydlo.payments.views.prepare import text_of
from liczydlo.purchases.lifecycle import ChangedMeanwhile
from liczydlo.web import times
from liczydlo.web.files import XML, as_file, file_name
from liczydlo.web.paging import ids, page

KINDS: Final = {FileFormat.PAIN: XML, FileFormat.ELIXIR: "text/plain"}


@member()
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """Orders of the present environment, the latest first."""
    rows = TransferOrder.objects.of(company).filter(environment=company.environment)
    rows_page = page(rows.prefetch_related("transfers"), request.GET)
    context = {"page": rows_page, "orders": [(one, *_sums(one)) for one in rows_page.rows]}
    return render(request, "payments/orders.html", context)


def _sums(order: TransferOrder) -> tuple[int, object]:
    amounts = [one.amount for one in order.transfers.all()]
    return len(amounts), sum(amounts)


def _order(company: Company, order_id: int) -> TransferOrder:
    rows = TransferOrder.objects.of(company).select_related("company", "made_by")
    order: TransferOrder = get_object_or_404(rows, pk=order_id)
    return order


def _lacks_numbers(order: TransferOrder, items: list[TransferItem]) -> bool:
    """Whether a title that art. 108g concerns on the day of the transfer has no KSeF number; of split payment each has
    one."""
    if order.with_numbers or order.day < titles.NUMBERS_FROM:
        return False
    return any(one.purchase.entry.ksef_number and not one.transfer.is_split for one in items)


@member()
@require_safe
def detail(request: CompanyRequest, company: Company, order_id: int) -> HttpResponse:
    """Everything that the file says."""
    return _page(request, _order(company, order_id))


def _page(
    request: CompanyRequest, order: TransferOrder, *, status: int = 200, **more: object
) -> HttpResponse:
    items = orders.items_of(order)
    transfers = [
        (one, identifiers.title_of(one), [item for item in items if item.transfer_id == one.pk])
        for one in order.transfers.select_related("change")
    ]
    count, total = _sums(order)
    return render(
        request,
        "payments/order.html",
        {
            "order": order,
            "transfers": transfers,
            "is_ready": all(one.is_ready for one, _title, _items in transfers),
            "lacks_numbers": order.is_open and _lacks_numbers(order, items),
            "count": count,
            "total": total,
            "seen": orders.last_events(items),
            "today": times.today(),
            "events": order.events.select_related("by", "line"),
            "may_pay": request.membership.role in BOOKKEEPERS,
            **more,
        },
        status=status,
    )


@member(*BOOKKEEPERS)
@require_POST
def download(request: CompanyRequest, company: Company, order_id: int) -> HttpResponse:
    """The file for the bank, once Biała lista confirms its accounts or a person has decided to pay all the same."""
    order = _order(company, order_id)
    checks, decided = white_list.ask(order), request.POST.getlist("anyway")
    if undecided := white_list.undecided(checks, decided):
        tokens_accepted = [one.token for one in checks if one.token in decided]
        return _page(request, order, status=HTTPStatus.CONFLICT, checks=undecided, decided=tokens_accepted)
    try:
        content = orders.download(order, request, checks)
    except Refusal as refusal:
        messages.error(request, text_of(refusal))
        return redirect(order)
    if not content:
        messages.warning(request, _("Zlecenie jest anulowane, więc nie ma pliku."))
        return redirect(order)
    kind = FileFormat(order.file_format)
    name = file_name("przelewy", f"{order.day:%Y-%m-%d}", str(order.pk), ending=ENDINGS[kind])
    return as_file(content, KINDS[kind], name)


@member(*BOOKKEEPERS)
@require_POST
def ask_again(request: CompanyRequest, company: Company, order_id: int) -> HttpResponse:
    """Collective identifiers that KSeF did not make are asked for once more."""
    order = _order(company, order_id)
    if order.is_open:
        identifiers.renew(order, request)
    return redirect(order)


@member(*BOOKKEEPERS)
@require_POST
def mark_paid(request: CompanyRequest, company: Company, order_id: int) -> HttpResponse:
    """A person says that the bank has carried it out."""
    order = _order(company, order_id)
    pairs = [text.partition(":") for text in request.POST.getlist("seen")]
    last_seen_events = {int(pk): int(event) for pk, _colon, event in pairs if ids([pk]) and ids([event])}
    try:
        done = orders.mark_paid(
            order, on=times.today(), last_seen_events=last_seen_events, by=request.user, request=request
        )
    except ChangedMeanwhile:
        return _stale(request, order)
    messages.success(request, _("Oznaczono faktury jako zapłacone: %(n)d.") % {"n": done})
    return redirect(order)


@member(*BOOKKEEPERS)
@require_POST
def cancel(request: CompanyRequest, company: Company, order_id: int) -> HttpResponse:
    """Nothing of it is to be paid."""
    order = _order(company, order_id)
    try:
        orders.cancel(order, request)
    except ChangedMeanwhile:
        return _stale(request, order)
    messages.success(request, _("Zlecenie anulowano. Faktury znów można zapłacić."))
    return redirect(order)


def _stale(request: CompanyRequest, order: TransferOrder) -> HttpResponse:
    messages.warning(
        request, _("Zlecenie albo zapłata którejś z faktur zmieniły się w międzyczasie. Nic nie zmieniono.")
    )
    return redirect(order)
