"""„Wystaw podobną" and templates: what a new invoice takes over from an earlier one, and what it cannot take.

Taken is whatever an invoice says, whether the form shows it or not. The days move so that the new invoice is issued
today: the sale and the term are as many days from it as they were. Never taken are the number, the rate of exchange and
KSeF's numbers; sums that were stated are worked out anew. What belongs to one sale alone is left out and named: see
:func:`carried`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final

from liczydlo.companies.models import Company
from liczydlo.fa3.build import amounts
from liczydlo.fa3.build import lines as rows_of
from liczydlo.fa3.draft import InvoiceDraft, Line, Payment
from liczydlo.fa3.model import OkresFa, WarunkiTransakcji
from liczydlo.fa3.read import read
from liczydlo.fa3.reverse import reverse
from liczydlo.sales import corrections, exchange, numbering, recounting, services
from liczydlo.sales.models import Invoice
from liczydlo.web import times
from liczydlo.web.reasons import Reason

KINDS: Final = ("VAT", "UPR", "ZAL")
"""Kinds of invoices that can be repeated."""
_DAY: Final = dt.timedelta(days=1)
OF_ONE_SALE: Final = ("delivery_notes", "part_payments", "payment", "seller")
"""Fields that are plainly another one's, so that a new invoice without them needs no look at the form."""
TRIES: Final = 5
"""So often the next number is taken anew when somebody else is faster."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """What an earlier invoice means, made ready for a new one; ``left`` are names of fields that it does not take over,
    and ``unread`` paths in its document that a draft does not hold."""

    draft: InvoiceDraft
    fields_left: Sequence[str] = ()
    unread: Sequence[str] = ()


def refusal(company: Company, invoice: Invoice) -> Reason | None:
    """Why no similar invoice is issued to this one; None when it can be."""
    if invoice.entry.seller_nip != company.nip and not invoice.entry.is_self_billed:
        return Reason("similar-foreign")
    if invoice.entry.kind in corrections.KINDS:
        return Reason("similar-correction")
    return None if invoice.entry.kind in KINDS else Reason("similar-settlement")


def source(invoice: Invoice, today: dt.date) -> Source:
    """What is taken over, issued ``today``. Raises ValueError for a document that a draft cannot hold."""
    earlier = template_of(invoice)
    return replace(earlier, draft=moved_to(earlier.draft, today))


def template_of(invoice: Invoice) -> Source:
    """As :func:`source`, with the days of the earlier invoice."""
    earlier = content_of(invoice)
    draft = without_one_time_parts(earlier.draft, self_billing=invoice.entry.is_self_billed)
    return replace(earlier, draft=draft, fields_left=tuple(_fields_left(earlier.draft, draft)))


def content_of(invoice: Invoice) -> Source:
    """All that an invoice means, as it stands. Raises ValueError for a document that a draft cannot hold."""
    if invoice.entry.document_id is None:
        draft = services.draft_of(invoice)
        if draft.invoice_draft is not None:
            return Source(draft=draft.invoice_draft)
        draft_of_document, unread = reverse(read(draft.content))
    else:
        draft_of_document, unread = reverse(read(invoice.entry.xml))
    return Source(draft=draft_of_document, unread=unread)


def without_one_time_parts(draft: InvoiceDraft, *, self_billing: bool = False) -> InvoiceDraft:
    """A draft without what belongs to the sale that it was issued for.

    That are the attachment (its tables are of one period), new means of transport (there is one of each), payments of
    parts, delivery notes, links of a payment, and, unless the company is that buyer (``self_billing``), that the buyer
    issued it in the seller's name (art. 106d ustawy o VAT). Parties, registers, descriptions, terms, orders, charges
    and deductions stay.
    """
    payment = draft.payment
    return replace(
        draft,
        marks=replace(draft.marks, self_billing=self_billing, new_transport=(), art_42_5=False),
        payment=None if payment is None else _unpaid(payment),
        part_payments=(),
        delivery_notes=(),
        attachment=None,
    )


def _fields_left(earlier: InvoiceDraft, draft: InvoiceDraft) -> Iterator[str]:
    yield from differences(earlier, draft)
    if (earlier.sums, earlier.total) != (None, None) and _unsummed(draft).sums is None:
        yield "sums"
    if earlier.seller is not None and (earlier.seller.eori or earlier.seller.post_address):
        yield "seller"


def moved_to(draft: InvoiceDraft, today: dt.date) -> InvoiceDraft:
    """A draft without its number and without references, its days moved to ``today`` and its sums worked out anew."""
    draft = recounting.unsettled(_unsummed(draft))
    issued = draft.issue_date or today
    by = today - issued
    payment, order = draft.payment, draft.order
    return replace(
        draft,
        number=None,
        issue_date=today,
        sale_date=draft.sale_date + by if draft.sale_date is not None else None,
        period=_period(draft.period, issued, today) if draft.period is not None else None,
        exchange_rate=None,
        advance_rate=None,
        lines=tuple(_line(line, by) for line in draft.lines),
        order=None if order is None else replace(order, lines=tuple(_line(line, by) for line in order.lines)),
        payment=_payment(payment, by) if payment is not None else None,
        remarks=tuple(one for one in draft.remarks if one.klucz != exchange.KEY),
        advances=(),
        part_payments=(),
        delivery_notes=(),
        terms=_terms(draft.terms) if draft.terms is not None else None,
    )


def _unsummed(draft: InvoiceDraft) -> InvoiceDraft:
    """Sums are stated no more, unless they follow from nothing else; tax in złoty is of the old rate of exchange."""
    if draft.sums is None and draft.total is None:
        return draft
    lines = recounting.lines_of(draft)
    paid = recounting.amount_due(draft) if draft.kind == "ZAL" and draft.advance is None else draft.advance
    free = replace(draft, sums=None, total=None, advance=paid)
    try:
        if lines and not any(line.unvalued for line in lines):
            amounts(free, rows_of.rows(free))
            return free
    except ValueError:
        pass  # an advance above its order
    return replace(draft, sums=tuple(replace(one, tax_pln=None) for one in draft.sums or ()) or None)


def _terms(terms: WarunkiTransakcji) -> WarunkiTransakcji:
    """The terms without the times of carriages."""
    carriages = tuple(
        replace(one, data_godz_rozp_transportu=None, data_godz_zak_transportu=None) for one in terms.transport
    )
    return replace(terms, transport=carriages)


def _line(line: Line, by: dt.timedelta) -> Line:
    sold = line.sale_date + by if line.sale_date is not None else None
    return replace(line, uu_id=None, number=None, exchange_rate=None, sale_date=sold)


def _period(period: OkresFa, issued: dt.date, today: dt.date) -> OkresFa:
    """Whole months stay whole, as many months later as the issue is; another period moves by days."""
    begins, ends = period.p_6_od, period.p_6_do
    if begins.day != 1 or (ends + _DAY).day != 1:
        return OkresFa(p_6_od=begins + (today - issued), p_6_do=ends + (today - issued))
    months = _months(today) - _months(issued)
    return OkresFa(p_6_od=_first(_months(begins) + months), p_6_do=_first(_months(ends) + months + 1) - _DAY)


def _months(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


def _first(month: int) -> dt.date:
    return dt.date(month // 12, month % 12 + 1, 1)


def _payment(payment: Payment, by: dt.timedelta) -> Payment:
    terms = tuple(
        replace(one, termin=one.termin + by) if one.termin is not None else one for one in payment.terms
    )
    paid = payment.paid + by if payment.paid is not None else None
    return replace(_unpaid(payment), paid=paid, terms=terms)


def _unpaid(payment: Payment) -> Payment:
    """The payment without its parts and without what names it to a bank."""
    return replace(payment, parts=(), settled_in_parts=False, ipksef=None, link=None)


def due_in(draft: InvoiceDraft, days: int | None) -> InvoiceDraft:
    """The one term of a draft so many days after its day of issue; what has none, or several, stays as it is."""
    payment, issued = draft.payment, draft.issue_date
    if days is None or payment is None or issued is None or len(payment.terms) != 1:
        return draft
    (term,) = payment.terms
    if term.termin is None:
        return draft
    return replace(
        draft, payment=replace(payment, terms=(replace(term, termin=issued + dt.timedelta(days)),))
    )


def store(company: Company, draft: InvoiceDraft, series: str, *, into: Invoice | None = None) -> Invoice:
    """The draft stored with the next number of a series, taken anew when somebody else is faster; in place of ``into``.

    Raises as ``services.save_draft``.
    """
    seller = numbering.of_draft(draft)["seller"]
    for tries_left in reversed(range(TRIES)):
        number = numbering.propose(company, draft.issue_date or times.today(), series, seller=seller)
        try:
            return services.save_draft(company, replace(draft, number=number), draft=into)
        except services.NotIssued as error:
            if error.reason.code != "number-used" or not tries_left:
                raise
    raise AssertionError("the last try returns or raises")


def differences(one_value: Any, other_value: Any, path: str = "") -> Iterator[str]:
    """Names of the fields (``lines.discount``) in which one draft differs from another, each once."""
    seen = set()
    for name in _differences(one_value, other_value, path):
        if name not in seen:
            seen.add(name)
            yield name


def _differences(one_value: Any, other_value: Any, path: str) -> Iterator[str]:
    if one_value == other_value:
        return
    if isinstance(one_value, tuple) and isinstance(other_value, tuple) and len(one_value) == len(other_value):
        for one, other in zip(one_value, other_value, strict=True):
            yield from _differences(one, other, path)
    elif _is_of_draft(one_value) and type(one_value) is type(other_value):
        for item in fields(one_value):
            inner = f"{path}.{item.name}".lstrip(".")
            yield from _differences(getattr(one_value, item.name), getattr(other_value, item.name), inner)
    else:
        yield path


def _is_of_draft(value: Any) -> bool:
    return is_dataclass(value) and type(value).__module__ == InvoiceDraft.__module__
