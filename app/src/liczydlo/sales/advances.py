"""Advances of an order, and its settlement: what was paid, what is left, what is settled (art. 106f).

An order is known by its first advance. Later advances are tied to it where they are made, settlements by the advances
that their documents name. Counted is what was issued and is not refused, after its corrections.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Q, QuerySet

from liczydlo.companies.models import Company
from liczydlo.documents.models import Direction
from liczydlo.fa3 import advances, money, totals
from liczydlo.fa3.draft import Advance, InvoiceDraft
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.read import read
from liczydlo.sales import corrections
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.links import OrderLink
from liczydlo.sales.states import OPEN, REFUSED, State
from liczydlo.web.reasons import Reason

KINDS: Final = ("ZAL", "ROZ")


@dataclass(frozen=True, kw_only=True)
class PaidAdvance:
    """An advance that counts, and what it comes to after its corrections."""

    invoice: Invoice
    total: Decimal


@dataclass(frozen=True, kw_only=True)
class OrderBalance:
    """An order with its advances and settlements, the oldest first; ``open`` are not issued yet. ``value`` is gross."""

    first: Invoice
    value: Decimal
    advances: Sequence[PaidAdvance]
    settlements: Sequence[Invoice]
    open: Sequence[Invoice]

    @property
    def paid(self) -> Decimal:
        """All advances that count."""
        return money.total(one.total for one in self.advances)

    @property
    def left(self) -> Decimal:
        """What no advance has paid; below nothing where a correction made the order smaller than its advances."""
        return money.difference(self.value, self.paid)

    @property
    def is_settled(self) -> bool:
        """Whether a settlement was issued."""
        return bool(self.settlements)


def link(row: Invoice, faktura: Faktura) -> None:
    """Tie the document of ``row`` to the order of the advances that it names; call it where it is stored."""
    referenced = list(_referenced(row.company, faktura, but=row)) if faktura.fa.faktura_zaliczkowa else []
    if referenced:
        join(row, first_of(referenced[0]))


def join(row: Invoice, first: Invoice) -> None:
    """The invoice belongs to the order of that first advance."""
    OrderLink.objects.update_or_create(company=row.company, invoice=row, defaults={"first": first})


def take_over(refused: Invoice, row: Invoice) -> None:
    """A technical correction stands for the refused invoice."""
    links = OrderLink.objects.of(row.company)
    for one in links.filter(invoice=refused):
        join(row, one.first)
    links.filter(first=refused).update(first=row)


def first_of(invoice: Invoice) -> Invoice:
    """The first advance of the invoice's order; itself where it is tied to none."""
    order = (
        OrderLink.objects.of(invoice.company).filter(invoice=invoice).select_related("first__entry").first()
    )
    return invoice if order is None else order.first


def balance(invoice: Invoice) -> OrderBalance | None:
    """The order of an advance or a settlement; None for an invoice that has none, or whose order cannot be read."""
    first = first_of(invoice)
    if first.entry.kind != "ZAL" or first.entry.document_id is None:
        return None
    value = _value(first)
    if value is None:
        return None
    links = OrderLink.objects.of(first.company).filter(first=first).order_by("invoice_id")
    rows = [first, *(one.invoice for one in links.select_related("invoice__entry"))]
    rows = [row for row in rows if row.state not in REFUSED]
    issued = [row for row in rows if row.state not in OPEN]
    return OrderBalance(
        first=first,
        value=value,
        advances=[
            PaidAdvance(invoice=row, total=corrections.of(row).total)
            for row in issued
            if row.entry.kind == "ZAL"
        ],
        settlements=[row for row in issued if row.entry.kind == "ROZ"],
        open=[row for row in rows if row.state in OPEN],
    )


def _value(first: Invoice) -> Decimal | None:
    """What the order comes to now; as the document states it where a draft cannot hold the document."""
    order = read(first.entry.xml).fa.zamowienie
    if order is None:
        return None
    try:
        original_order = corrections.standing_of(first).draft.order
        return order.wartosc_zamowienia if original_order is None else advances.worth(original_order)
    except ValueError:
        return order.wartosc_zamowienia


def can_be_settled(order: OrderBalance | None) -> bool:
    """Whether the program can go on with the order: its first advance is one that it can make again."""
    if order is None or order.is_settled or not corrections.can_be_corrected(order.first):
        return False
    try:
        corrections.standing_of(order.first)
    except ValueError:
        return False
    return True


def advances_of(company: Company, draft: InvoiceDraft) -> list[Invoice] | None:
    """The advances that a draft names, all ours; None when one is not."""
    orders, nip = [], (draft.seller and draft.seller.nip) or company.nip
    for advance in draft.advances:
        rows = _rows(company, nip, ksef=[advance.ksef_number], numbers=[advance.number])
        if (row := rows.first()) is None:
            return None
        orders.append(row)
    return orders


def name(row: Invoice) -> Advance:
    """How a document names an advance: by its KSeF number, or until it has one by its own."""
    ksef_number = row.entry.ksef_number or None
    return Advance(ksef_number=ksef_number, number=None if ksef_number else row.entry.number)


def with_advances(sale: InvoiceDraft, rows: Iterable[Invoice]) -> InvoiceDraft:
    """The settlement of a sale. Raises ``fa3.advances`` NotSettled, and ValueError for an advance that a draft cannot
    hold."""
    return advances.settlement(sale, [(name(row), corrections.standing_of(row).amounts) for row in rows])


def outdated(draft: Invoice, faktura: Faktura) -> Reason | None:
    """Whether an advance or a settlement was made when its order was another one: what has changed since. A correction
    of a settlement names the advances too, and goes by what ``corrections.outdated`` says of it."""
    if faktura.fa.rodzaj_faktury not in ("ZAL", "ROZ"):
        return None
    order_balance = balance(draft)
    if order_balance is None or draft.pk == order_balance.first.pk:
        return None
    number = order_balance.first.entry.number
    if order_balance.is_settled:
        return Reason("order-settled", {"number": number})
    if faktura.fa.rodzaj_faktury == "ZAL":
        order = faktura.fa.zamowienie
        worth = order_balance.value if order is None else order.wartosc_zamowienia
        over = money.total((order_balance.paid, faktura.fa.p_15)) > worth
        return Reason("advance-over-order", {"number": number}) if over else None
    counted = {one.invoice.pk: one.total for one in order_balance.advances}
    fa = faktura.fa
    gross_total = totals.gross(totals.fields(totals.shares(fa.fa_wiersz)))
    rows = {row.pk for row in _referenced(draft.company, faktura, but=draft)}
    if rows == set(counted) and money.total((fa.p_15, *counted.values())) == gross_total:
        return None
    return Reason("settlement-outdated", {"number": number})


def lock(draft: Invoice) -> None:
    """Lock the order until the transaction ends, so that of two documents of it one is issued after the other."""
    rows = Invoice.objects.filter(company_id=draft.company_id, order_links__invoice=draft).order_by("pk")
    list(rows.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))


def _referenced(company: Company, faktura: Faktura, *, but: Invoice) -> Iterable[Invoice]:
    said = faktura.fa.faktura_zaliczkowa
    rows = _rows(
        company,
        faktura.podmiot1.dane_identyfikacyjne.nip,
        ksef=[one.nr_ksef_fa_zaliczkowej for one in said],
        numbers=[one.nr_fa_zaliczkowej for one in said],
    )
    return rows.exclude(pk=but.pk)


def _rows(
    company: Company, nip: str, *, ksef: Sequence[str | None], numbers: Sequence[str | None]
) -> QuerySet[Invoice]:
    """Our advances of these numbers with this seller, the oldest first."""
    rows = Invoice.objects.of(company).filter(
        environment=company.environment,
        entry__company=company,
        entry__environment=company.environment,
        entry__direction=Direction.of_issued(company, nip),
        entry__seller_nip=nip,
        entry__rejected=False,
        entry__kind="ZAL",
    )
    which = Q(entry__ksef_number__in=[one for one in ksef if one])
    which |= Q(entry__number__in=[one for one in numbers if one])
    return rows.filter(which).exclude(state=State.CORRECTED).select_related("entry", "company").order_by("pk")
