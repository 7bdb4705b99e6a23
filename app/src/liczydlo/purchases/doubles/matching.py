"""Finding invoices from KSeF that may be costs that were typed in: the same seller's NIP, and the same number within a
year or the same gross amount within a week.

The job looks after new arrivals were read, and whoever types a cost in looks at once. Each look holds the company's
lock and begins after the change it is for was committed: the later of two looks sees both sides.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from liczydlo.companies.models import Company
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.purchases.doubles.models import PossibleDouble
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.web.search import number_key

LOOK: Final = "purchases.doubles"
NUMBER_WITHIN: Final = dt.timedelta(days=366)
"""Sellers begin their numbers anew each year."""
AMOUNT_WITHIN: Final = dt.timedelta(days=7)
SELLERS: Final = 300  # of one query


def same(one: IndexEntry, other: IndexEntry) -> str:
    """Why two entries of one seller may be one invoice: ``number``, ``amount``, or nothing."""
    apart = abs(one.issue_date - other.issue_date)
    key = number_key(one.number)
    if key and key == number_key(other.number) and apart <= NUMBER_WITHIN:
        return "number"
    is_near = apart <= AMOUNT_WITHIN
    return "amount" if is_near and (one.gross, one.currency) == (other.gross, other.currency) else ""


def request(company: Company) -> None:
    """Have a worker look, where there is anything to look for."""
    if _outside(company).exists():
        registry.enqueue(company.pk, LOOK)


@registry.job(LOOK)
def work(claim: Claim) -> dt.datetime | None:
    """Look through all costs of the company. Raises ClaimLost."""
    claim.step("doubles.look")
    look(claim.company)
    return None


def look(company: Company, ids: Collection[int] | None = None) -> None:
    """Bring the pairs of the company's costs (of these ``ids``, or all) up to date; decided ones stay."""
    with transaction.atomic():
        lock(company.pk)
        costs = _outside(company).select_related("entry")
        rows = list(costs if ids is None else costs.filter(pk__in=ids))
        matches = {(cost.pk, pk): by for cost, pk, by in _matches(company, rows)}
        pairs = PossibleDouble.objects.of(company)
        pairs = pairs if ids is None else pairs.filter(outside__in=ids)
        stale = [
            pk
            for pk, outside, invoice in pairs.filter(dismissed_at=None).values_list(
                "pk", "outside", "invoice"
            )
            if (outside, invoice) not in matches
        ]
        for at in range(0, len(stale), SELLERS):
            pairs.filter(pk__in=stale[at : at + SELLERS]).delete()
        PossibleDouble.objects.bulk_create(
            (
                PossibleDouble(
                    company=company, outside_id=outside, invoice_id=invoice, same_number=by == "number"
                )
                for (outside, invoice), by in matches.items()
            ),
            ignore_conflicts=True,
            batch_size=100,
        )


def lock(company_id: int) -> None:
    """Wait for other looks, and for those who take costs away: no pair may be made of a cost that goes. Before any
    lock on a purchase."""
    Company.objects.select_for_update(no_key=True).get(pk=company_id)


def _outside(company: Company) -> QuerySet[ReceivedInvoice]:
    rows: QuerySet[ReceivedInvoice] = ReceivedInvoice.objects.of(company)
    return rows.filter(entry__ksef_number="").exclude(entry__seller_nip="").order_by("pk")


def _matches(company: Company, costs: list[ReceivedInvoice]) -> Iterator[tuple[ReceivedInvoice, int, str]]:
    """Costs with what may be the same as each, by its id."""
    by_seller: dict[tuple[str, str], list[ReceivedInvoice]] = defaultdict(list)
    for cost in costs:
        by_seller[cost.environment, cost.entry.seller_nip].append(cost)
    for environment in {environment for environment, _nip in by_seller}:
        nips = sorted(nip for place, nip in by_seller if place == environment)
        for at in range(0, len(nips), SELLERS):
            some = nips[at : at + SELLERS]
            days = [cost.entry.issue_date for nip in some for cost in by_seller[environment, nip]]
            entries = IndexEntry.objects.of(company).filter(
                environment=environment,
                direction=Direction.PURCHASE,
                seller_nip__in=some,
                issue_date__range=(min(days) - NUMBER_WITHIN, max(days) + NUMBER_WITHIN),
            )
            columns = ("number", "issue_date", "gross", "currency", "seller_nip", "purchase__id")
            entries = entries.exclude(ksef_number="").only(*columns).select_related("purchase")
            for entry in entries.order_by().iterator(chunk_size=2000):
                for cost in by_seller[environment, entry.seller_nip]:
                    if by := same(cost.entry, entry):
                        yield cost, entry.purchase.pk, by
