"""What is known of sellers, kept in rows of their own, so that a warning costs no look at earlier invoices."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.utils import timezone

from liczydlo.companies.models import Company
from liczydlo.documents import bulk
from liczydlo.documents.facts import Account
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.purchases.warnings import names
from liczydlo.purchases.warnings.models import AccountUse, Seller, SellerAccount
from liczydlo.purchases.warnings.rules import COMPARED, ENOUGH, NEAR, Invoice, OtherPurchase, Past
from liczydlo.web.search import number_key

Key = tuple[str, str]
"""Environment and NIP."""
MOST_ALIKE: Final = 200
"""Sellers whose names begin alike and are compared letter by letter."""


@dataclass(kw_only=True)
class SellerHistory:
    """One seller while a batch is read. ``came_earlier``: an invoice has come that is older than what was known."""

    row: Seller
    accounts: dict[str, SellerAccount] = field(default_factory=dict)
    came_earlier: bool = False
    cleared: set[str] = field(default_factory=set)  # accounts that an older invoice names too
    _amounts: dict[str, list[Decimal]] = field(default_factory=dict)
    _by_number: dict[str, list[OtherPurchase]] = field(default_factory=dict)
    _by_amount: dict[tuple[Decimal, str], list[OtherPurchase]] = field(default_factory=dict)

    def amounts(self, currency: str) -> list[Decimal]:
        """The latest amounts in the currency."""
        if currency not in self._amounts:
            self._amounts[currency] = [Decimal(text) for text in self.row.amounts.get(currency, ())]
        return self._amounts[currency]

    def add_amount(self, currency: str, gross: Decimal) -> None:
        """One more; the earliest is forgotten."""
        amounts = self.amounts(currency)
        amounts.append(gross)
        del amounts[:-COMPARED]

    def add_other(self, entry: IndexEntry) -> None:
        """A purchase with which those that follow are compared."""
        other = other_of(entry)
        self._by_number.setdefault(number_key(entry.number), []).append(other)
        self._by_amount.setdefault((entry.gross, entry.currency), []).append(other)

    def like(self, entry: IndexEntry) -> list[OtherPurchase]:
        """Other purchases of the same number, then those of the same amount."""
        numbered = self._by_number.get(number_key(entry.number), ())
        priced = self._by_amount.get((entry.gross, entry.currency), ())
        return [one for one in (*numbered, *priced) if one.ref != entry.pk]

    def store(self) -> None:
        """Write into the row what the batch has added; the caller saves it."""
        amounts_by_currency = {
            currency: [str(one) for one in amounts] for currency, amounts in self._amounts.items()
        }
        self.row.amounts = {
            **self.row.amounts,
            **{key: some for key, some in amounts_by_currency.items() if some},
        }


@dataclass(kw_only=True)
class History:
    """The sellers of a batch, locked until the transaction ends."""

    company: Company
    sellers: dict[Key, SellerHistory]
    firm_has: dict[str, int]
    uses: list[tuple[SellerAccount, IndexEntry]] = field(default_factory=list)
    changed: list[SellerAccount] = field(default_factory=list)  # stored ones that an older invoice names

    def of(self, entry: IndexEntry) -> SellerHistory | None:
        """The seller of a purchase; None without a NIP."""
        return self.sellers.get((entry.environment, entry.seller_nip))

    def past(self, entry: IndexEntry, seller: SellerHistory, received: dt.datetime) -> Past:
        """What was known of the seller when the purchase came."""
        row = seller.row
        return Past(
            invoices=row.invoices,
            firm_has=self.firm_has[entry.environment],
            amounts=seller.amounts(entry.currency),
            accounts={
                number: timezone.localdate(one.since)
                for number, one in seller.accounts.items()
                if not one.doubted and one.since <= received
            },
            namesake=None if row.invoices else self._namesake(entry, received),
            others=seller.like(entry),
            trusted=row.trusted_at is not None,
        )

    def _namesake(self, entry: IndexEntry, received: dt.datetime) -> tuple[str, str] | None:
        key = names.key(entry.seller_name)
        beginning = key[: names.BEGINNING]
        if len(beginning) < names.BEGINNING:
            return None
        rows = Seller.objects.of(self.company).filter(
            environment=entry.environment,
            name_key__gte=beginning,
            name_key__lt=f"{beginning}\U0010ffff",
            invoices__gt=0,
            since__lt=received,
        )
        rows = rows.exclude(nip=entry.seller_nip).order_by("name_key", "pk")
        stored = rows.values_list("name_key", "nip", "name")[:MOST_ALIKE]
        in_batch = [
            (one.row.name_key, one.row.nip, one.row.name)
            for (environment, nip), one in self.sellers.items()
            if environment == entry.environment and nip != entry.seller_nip and one.row.invoices
        ]
        return next(
            ((nip, name) for other, nip, name in (*stored, *in_batch) if names.alike(key, other)), None
        )

    def add(self, entry: IndexEntry, invoice: Invoice, *, received: dt.datetime, doubted: set[str]) -> None:
        """The purchase is history now; accounts in ``doubted`` came as a change."""
        seller = self.of(entry)
        if seller is None:
            return
        row = seller.row
        seller.came_earlier |= row.since is not None and received < row.since
        row.since = min(received, row.since or received)
        row.latest = max(received, row.latest or received)
        row.invoices += 1
        row.name = entry.seller_name or row.name
        row.name_key = names.key(row.name)
        if not invoice.is_correction and invoice.gross > 0:
            seller.add_amount(entry.currency, invoice.gross)
        self.firm_has[entry.environment] = min(ENOUGH, self.firm_has[entry.environment] + 1)
        seller.add_other(entry)
        for account in invoice.accounts:
            self._use(seller, entry, account, received=received, doubted=account.number in doubted)

    def _use(
        self,
        seller: SellerHistory,
        entry: IndexEntry,
        account: Account,
        *,
        received: dt.datetime,
        doubted: bool,
    ) -> None:
        one = seller.accounts.get(account.number)
        if one is None:
            one = SellerAccount(
                company=self.company,
                seller=seller.row,
                number=account.number,
                is_factor=account.is_factor,
                since=received,
                doubted=doubted,
            )
            seller.accounts[account.number] = one
        elif received < one.since:
            one.since = received
            if one.pk is not None:
                self.changed.append(one)
            if one.doubted and not doubted:
                one.doubted = False
                seller.cleared.add(account.number)
        self.uses.append((one, entry))

    def store(self) -> None:
        """Store what the batch has added."""
        for one in self.sellers.values():
            one.store()
        rows = [one.row for one in self.sellers.values()]
        columns = ["name", "name_key", "since", "latest", "invoices", "amounts"]
        bulk.update_all(rows, columns)
        accounts = [account for one in self.sellers.values() for account in one.accounts.values()]
        SellerAccount.objects.bulk_create([one for one in accounts if one.pk is None])
        bulk.update_all(self.changed, ["since", "doubted"])
        bulk.insert_missing(
            AccountUse,
            ("company_id", "account_id", "entry_id"),
            ((self.company.pk, one.pk, entry.pk) for one, entry in self.uses),
        )


def locked(company: Company, entries: Sequence[IndexEntry]) -> History:
    """The history of a batch's sellers. Their rows are locked, in the order in which everybody locks them."""
    keys = sorted({(one.environment, one.seller_nip) for one in entries if one.seller_nip})
    Seller.objects.bulk_create(
        [Seller(company=company, environment=environment, nip=nip) for environment, nip in keys],
        ignore_conflicts=True,
    )
    distinct = set(keys)
    nips = {nip for _, nip in keys}
    rows = Seller.objects.of(company).filter(nip__in=nips).order_by("pk").select_for_update(no_key=True)
    sellers = {
        (row.environment, row.nip): SellerHistory(row=row)
        for row in rows
        if (row.environment, row.nip) in distinct
    }
    by_id = {one.row.pk: one for one in sellers.values()}
    for account in SellerAccount.objects.of(company).filter(seller__in=by_id):
        by_id[account.seller_id].accounts[account.number] = account
    for entry in _near(company, entries):
        if (seller := sellers.get((entry.environment, entry.seller_nip))) is not None:
            seller.add_other(entry)
    return History(company=company, sellers=sellers, firm_has=_firm_has(company, entries))


def _firm_has(company: Company, entries: Iterable[IndexEntry]) -> dict[str, int]:
    """Purchases that were read before, counted up to ``ENOUGH``."""
    counts: dict[str, int] = {}
    for environment in {one.environment for one in entries}:
        rows = Seller.objects.of(company).filter(environment=environment, invoices__gt=0)
        counts[environment] = min(ENOUGH, sum(rows.values_list("invoices", flat=True)[:ENOUGH]))
    return counts


def _near(company: Company, entries: Sequence[IndexEntry]) -> list[IndexEntry]:
    """Purchases that are stored and may be doubles of one of the batch; those of the batch join by ``add``."""
    batch = {one.pk for one in entries}
    rows = (
        IndexEntry.objects.of(company)
        .filter(direction=Direction.PURCHASE, seller_nip__in={one.seller_nip for one in entries} - {""})
        .exclude(pk__in=batch)
        .exclude(ksef_number="")  # of costs outside KSeF ``doubles`` speaks
        .order_by()
    )
    columns = ("environment", "seller_nip", "number", "currency", "gross", "issue_date")
    days = [one.issue_date for one in entries]
    numbered = rows.filter(number__in={one.number for one in entries}).only(*columns)
    priced = rows.filter(
        gross__in={one.gross for one in entries}, issue_date__range=(min(days) - NEAR, max(days) + NEAR)
    ).only(*columns)
    near = defaultdict(list)
    for row in (*numbered, *priced):
        near[row.pk].append(row)
    return [same[0] for same in near.values()]


def other_of(entry: IndexEntry) -> OtherPurchase:
    """A purchase as another one is compared with it."""
    return OtherPurchase(
        ref=entry.pk, number=entry.number, currency=entry.currency, gross=entry.gross, issued=entry.issue_date
    )
