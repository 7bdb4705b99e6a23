"""A draft in a foreign currency with NBP's rate of its day, where nobody looks at a form."""

from __future__ import annotations

from dataclasses import replace

from liczydlo.companies.models import Company
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.lookups import rates
from liczydlo.sales import exchange


def rated(company: Company, draft: InvoiceDraft, *, asks: bool = True) -> InvoiceDraft | None:
    """The draft with the rate and the remark that names its table; None where there is no rate to be had.

    With ``asks`` off only rates that are kept here count: nobody waits for NBP while rows are locked.
    """
    basis = exchange.basis_of(draft)
    if basis is None:
        return None
    quote = rates.rate_before(company, draft.currency, basis.day, asks=asks)
    if quote.rate is None:
        return None
    remark = exchange.stated(quote.rate).remark
    return replace(draft, exchange_rate=quote.rate.mid, remarks=(*draft.remarks, remark))


def rerated(company: Company, before: InvoiceDraft, draft: InvoiceDraft) -> InvoiceDraft | None:
    """A draft whose days have moved, with the rate of its new day; None where there is none to be had.

    Where the rate's day is the same, what ``before`` has stays, typed or not.
    """
    old, new = exchange.basis_of(before), exchange.basis_of(draft)
    if old is None or new is None or old.rate_day != new.rate_day:
        return rated(company, draft)
    remarks = tuple(one for one in before.remarks if one.klucz == exchange.KEY)
    return replace(draft, exchange_rate=before.exchange_rate, remarks=(*draft.remarks, *remarks))
