"""Contractors, goods and services that stand on the company's sales and not on its lists: proposed, kept when ticked.

Sales that another program issued count too. Of several invoices the newest says what is proposed, and what is kept is
what the page has shown: a proposal names its invoice, and of an item the line. Private people, who have no number, are
not proposed: their names alone do not tell two of them apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet, Value
from django.db.models.functions import Concat

from liczydlo.companies.models import Company
from liczydlo.contacts import contractors, items
from liczydlo.contacts.models import Contractor, Item
from liczydlo.documents.choices import CURRENCIES, GTU, RATES
from liczydlo.documents.filters import of_environment
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.problems import DocumentError
from liczydlo.fa3.read import read

MOST: Final = 100
"""Proposals on a page; with those saved the next ones come."""
NEWEST: Final = 300
"""So many of the newest sales are read for their lines."""
KINDS: Final = ("VAT", "UPR", "ROZ")
"""Of the invoices whose lines are what is sold now; a correction's are not."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A row for a list: ``key`` names where it stands („12" is an invoice, „12.3" a line of it), ``values`` are the
    columns, ``entry`` is the invoice, ``count`` of how many."""

    key: str
    entry: IndexEntry
    values: Mapping[str, Any]
    count: int


def of_contractors(company: Company) -> list[Proposal]:
    """Buyers with a number who are not on the list, those of the newest invoices first; at most MOST."""
    rows, listed = _sales(company), Contractor.objects.of(company)
    numbers = listed.filter(kind="nip").values("number")
    others = listed.filter(kind__in=("eu", "abroad")).annotate(whole=Concat("country", "number"))
    groups = (
        rows.exclude(Q(buyer_nip="") & Q(buyer_id=""))
        .exclude(buyer_nip__in=numbers)
        .exclude(Q(buyer_nip="") & Q(buyer_id__in=others.values("whole")))
        .annotate(who=Concat("buyer_nip", Value("/"), "buyer_id"))
        .values("buyer_nip", "buyer_id", "who")
        .annotate(count=Count("pk"), last=Max("issue_date"))
        .order_by("-last", "who")
    )
    proposals: dict[str, Proposal] = {}
    for group in groups[:MOST]:
        of_buyer = rows.filter(buyer_nip=group["buyer_nip"], buyer_id=group["buyer_id"])
        entry = of_buyer.select_related("document", "sale").order_by("-issue_date", "-pk").first()
        values = _buyer(company, entry) if entry is not None else None
        if entry is None or values is None:
            continue
        key = contractors.columns_of(values)["key"]
        proposals.setdefault(
            key, Proposal(key=str(entry.pk), entry=entry, values=values, count=group["count"])
        )
    listed_keys = set(listed.filter(key__in=proposals).values_list("key", flat=True))
    return [proposal for key, proposal in proposals.items() if key not in listed_keys]


def keep_contractors(company: Company, keys: Collection[str]) -> int:
    """Put the buyers of these invoices onto the list; how many are new. Who is there already stays as he is."""
    with transaction.atomic():
        _lock(company)
        chosen = {}
        for entry in _entries_of_keys(company, keys):
            faktura = _faktura(entry)
            values = _buyer(company, entry)
            if faktura is not None and values is not None:
                chosen[contractors.columns_of(values)["key"]] = faktura
        here = set(contractors.of(company).filter(key__in=chosen).values_list("key", flat=True))
        for key in sorted(chosen.keys() - here):
            contractors.remember(company, chosen[key])
        return len(chosen.keys() - here)


def of_items(company: Company) -> list[Proposal]:
    """What stands in lines of the newest sales and not on the list, the newest first: one proposal for each name and
    currency, with its unit, price, rate and codes of the newest line; at most MOST."""
    newest = _sales(company).filter(kind__in=KINDS).select_related("document", "sale")
    proposals: dict[tuple[str, str], Proposal] = {}
    for entry in newest.order_by("-issue_date", "-pk")[:NEWEST]:
        for number, values in _lines(entry):
            key = (items.columns_of(values)["name_key"], values["currency"])
            if (first := proposals.get(key)) is None:
                proposals[key] = Proposal(key=f"{entry.pk}.{number}", entry=entry, values=values, count=1)
            else:
                proposals[key] = Proposal(
                    key=first.key, entry=first.entry, values=first.values, count=first.count + 1
                )
    listed_names = set(items.of(company).values_list("name_key", "currency"))
    return [proposal for key, proposal in proposals.items() if key not in listed_names][:MOST]


def keep_items(company: Company, keys: Collection[str]) -> int:
    """Put these lines onto the list; how many are new. What is there already stays as it is."""
    with transaction.atomic():
        _lock(company)
        chosen = {}
        for entry in _entries_of_keys(company, keys):
            for number, values in _lines(entry):
                if f"{entry.pk}.{number}" in keys:
                    columns = items.columns_of(values)
                    chosen[columns["name_key"], columns["currency"]] = columns
        here = set(items.of(company).values_list("name_key", "currency"))
        new = [Item(company=company, **chosen[key]) for key in sorted(chosen.keys() - here)]
        Item.objects.bulk_create(new, ignore_conflicts=True)  # a person may be adding one at this moment
        return len(new)


def _lock(company: Company) -> None:
    """One session of a firm at a time, and none while somebody's data are erased (``privacy.erase``)."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)


def _sales(company: Company) -> QuerySet[IndexEntry]:
    """What was issued: a draft has no document."""
    rows = of_environment(company, Direction.SALE).select_related(None)
    return rows.filter(rejected=False, document__isnull=False)


def _entries_of_keys(company: Company, keys: Iterable[str]) -> QuerySet[IndexEntry]:
    texts = (key.partition(".")[0] for key in keys)
    named = {int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19}
    return _sales(company).filter(pk__in=named).select_related("document").order_by("issue_date", "pk")


def _faktura(entry: IndexEntry) -> Faktura | None:
    """The document, unless an older program kept one that cannot be read."""
    try:
        return read(bytes(entry.document.xml)) if entry.document is not None else None
    except DocumentError:
        return None


def _buyer(company: Company, entry: IndexEntry) -> dict[str, Any] | None:
    faktura = _faktura(entry)
    if faktura is None or faktura.podmiot1.dane_identyfikacyjne.nip != company.nip:
        return None
    values = contractors.of_buyer(faktura)
    return values if values is not None and values["number"] else None


def _lines(entry: IndexEntry) -> Iterator[tuple[int, dict[str, Any]]]:
    """Lines that an item can be made of, by their place: with a name, a rate and a currency that lists have."""
    faktura = _faktura(entry)
    if faktura is None or faktura.fa.kod_waluty not in dict(CURRENCIES):
        return
    for number, line in enumerate(faktura.fa.fa_wiersz, start=1):
        if not line.p_7 or not line.p_7.strip() or line.p_12 not in dict(RATES):
            continue
        yield (
            number,
            {
                "name": line.p_7,
                "unit": line.p_8a or "",
                "net_price": line.p_9a,
                "currency": faktura.fa.kod_waluty,
                "rate": line.p_12,
                "gtu": line.gtu if line.gtu in dict(GTU) else "",
                "pkwiu": line.pkwiu or "",
                "cn": line.cn or "",
                "annex_15": line.p_12_zal_15 == 1,
            },
        )
