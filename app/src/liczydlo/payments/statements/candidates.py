"""Invoices that lines of statements may pay, loaded with one set of queries for all lines together."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Max, Q, QuerySet, Sum

from liczydlo.companies.models import Company
from liczydlo.connection.models import ChangeKind
from liczydlo.documents.facts import account_number
from liczydlo.documents.filters import NOT_HIDDEN
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.payments.models import Settlement, StatementLine, TransferItem
from liczydlo.payments.statements import titles
from liczydlo.payments.statements.storing import CHUNK
from liczydlo.payments.statements.titles import Title
from liczydlo.purchases.lifecycle import PAYMENTS
from liczydlo.purchases.models import Event
from liczydlo.purchases.states import Payment
from liczydlo.purchases.warnings.models import SellerAccount
from liczydlo.web.search import fold

MOST: Final = 20_000
"""Invoices that are compared with the lines of one page or one statement."""
Ordered = dict[tuple[str, Decimal], list[list[tuple[int, Decimal]]]]
"""What transfers of open orders pay (index entry and amount), by the account and the amount of the transfer."""
_COLUMNS: Final = (
    "pk", "direction", "number", "ksef_number", "issue_date", "gross", "currency", "seller_nip", "seller_name",
    "buyer_nip", "buyer_name", "purchase__pk", "purchase__payable", "purchase__left", "sale__pk",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An invoice: ``whole`` is to be paid of it, ``left`` is still to pay as far as is known, with the sign of the
    whole; ``settled`` is what lines and people have settled of it."""

    pk: int
    direction: str
    number: str
    ksef_number: str
    issue_date: dt.date
    payable: Decimal
    unpaid: Decimal
    currency: str
    party_nip: str
    party_name: str
    settled: Decimal
    page: int  # of the purchase or the sale
    folded: str  # its number, for titles

    @property
    def sign(self) -> int:
        """Of what a line moves when it pays the invoice: purchases go out."""
        return 1 if self.direction == Direction.SALE else -1

    @property
    def room(self) -> Decimal:
        """What lines may still settle of it: more than is to pay where somebody has marked it as paid."""
        return self.payable - self.settled

    @property
    def move(self) -> Decimal:
        """What a line that pays the rest of it moves."""
        return self.sign * self.unpaid


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Candidates by what a line may know of them."""

    by_pk: dict[int, Candidate]
    by_ksef_number: dict[str, Candidate]
    by_party: dict[str, list[Candidate]]  # open ones, by NIP
    by_move: dict[Decimal, list[Candidate]]  # open ones
    by_token: dict[str, list[Candidate]]
    of_account: dict[str, frozenset[str]]  # NIPs that were paid from or to an account
    ordered: Ordered
    of_collective: dict[str, list[tuple[int, Decimal]]]  # index entry and amount, by collective identifier


def load(
    company: Company,
    currency: str,
    lines: Sequence[StatementLine],
    titles: dict[int, Title],
    *,
    named_only: bool = False,
) -> Pool:
    """The invoices that these lines may pay. ``named_only``: no more than those that a title names by KSeF number or
    collective identifier."""
    numbers = {number for title in titles.values() for number in title.ksef_numbers}
    rows: dict[int, dict[str, Any]] = {}
    sales = _entries(company, currency, Direction.SALE)
    purchases = _entries(company, currency, Direction.PURCHASE)
    for invoices in (sales, purchases):
        _add(rows, invoices, "ksef_number", numbers)
    accounts: dict[str, frozenset[str]] = {}
    ordered: Ordered = {}
    collective = _of_collective(company, {number for title in titles.values() for number in title.collective})
    _add(rows, purchases, "pk", {pk for items in collective.values() for pk, _ in items})
    if not named_only and lines:
        accounts = _accounts(company, {line.party_account for line in lines if line.party_account})
        nips = {nip for title in titles.values() for nip in title.nips}
        nips |= {line.party_nip for line in lines if line.party_nip}
        nips |= {nip for known in accounts.values() for nip in known}
        nips.discard(company.nip)
        tokens = {token for title in titles.values() for token in title.tokens}
        for invoices in (sales, purchases):
            _add(rows, invoices, "number", tokens)
        unpaid = purchases.exclude(purchase__payment=Payment.PAID)
        _add(rows, sales, "buyer_nip", nips)
        _add(rows, unpaid, "seller_nip", nips)
        _add(rows, sales.filter(NOT_HIDDEN), "gross", {line.left for line in lines})
        _add(rows, unpaid, "purchase__left", {-line.left for line in lines})
        ordered = _ordered(company, {line.party_account for line in lines if line.amount < 0})
        _add(rows, purchases, "pk", {pk for some in ordered.values() for items in some for pk, _ in items})
    return _pool(company, rows, accounts, ordered, collective)


def of_entries(company: Company, pks: Iterable[int]) -> dict[int, Candidate]:
    """The company's invoices of these index entries, in its present environment."""
    rows: dict[int, dict[str, Any]] = {}
    for chunk in _chunks(pks):
        for row in _issued(company).filter(pk__in=chunk).values(*_COLUMNS):
            rows[row["pk"]] = row
    return _candidates(company, rows)


def matching(company: Company, condition: Q, currency: str, *, most: int) -> list[Candidate]:
    """Open and paid invoices that a person searches for, the latest first."""
    rows = _issued(company).filter(condition, currency=currency).order_by("-issue_date", "-pk")
    return list(_candidates(company, {row["pk"]: row for row in rows.values(*_COLUMNS)[:most]}).values())


def _issued(company: Company) -> QuerySet[IndexEntry]:
    """Issued and received invoices, and typed costs; what KSeF rejected and what is a draft is paid by nobody. A VAT RR
    is paid as the purchase as which it comes back from KSeF."""
    rows: QuerySet[IndexEntry] = IndexEntry.objects.of(company)
    rows = rows.filter(environment=company.environment, rejected=False).order_by()
    return rows.exclude(direction=Direction.SALE, document=None).exclude(direction=Direction.SELF_BILLED)


def _entries(company: Company, currency: str, direction: Direction) -> QuerySet[IndexEntry]:
    return _issued(company).filter(direction=direction, currency=currency)


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    ordered = sorted(values)
    for at in range(0, len(ordered), CHUNK):
        yield ordered[at : at + CHUNK]


def _add(
    rows: dict[int, dict[str, Any]], invoices: QuerySet[IndexEntry], column: str, values: Iterable[Any]
) -> None:
    """Add those of the values. Without an order: SQLite would walk its index through all invoices for it."""
    for chunk in _chunks(values):
        for row in invoices.filter(**{f"{column}__in": chunk}).values(*_COLUMNS)[
            : MOST - min(len(rows), MOST)
        ]:
            rows[row["pk"]] = row


def _accounts(company: Company, accounts: set[str]) -> dict[str, frozenset[str]]:
    """Whose accounts these are, as invoices name them without a doubt, and as earlier decisions of people say."""
    nips_of_account: dict[str, set[str]] = defaultdict(set)
    # invoices' accounts are compared without the country where it is Poland
    spelt = {account_number(account): account for account in accounts}
    for chunk in _chunks(spelt):
        accounts_of_sellers = SellerAccount.objects.of(company).filter(
            number__in=chunk, doubted=False, is_factor=False
        )
        for number, nip in accounts_of_sellers.filter(seller__environment=company.environment).values_list(
            "number", "seller__nip"
        ):
            nips_of_account[spelt[number]].add(nip)
    for chunk in _chunks(accounts):
        rows = Settlement.objects.of(company).filter(line__party_account__in=chunk).order_by()
        for account, direction, seller, buyer in rows.values_list(
            "line__party_account", "entry__direction", "entry__seller_nip", "entry__buyer_nip"
        ).distinct():
            if nip := buyer if direction == Direction.SALE else seller:
                nips_of_account[account].add(nip)
    return {account: frozenset(nips) for account, nips in nips_of_account.items()}


def _ordered(company: Company, accounts: set[str]) -> Ordered:
    """Transfers of open orders to these accounts: what each pays, by the account and the amount."""
    transfers: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    keys: dict[int, tuple[str, Decimal]] = {}
    for chunk in _chunks(accounts - {""}):
        items = TransferItem.objects.of(company).filter(is_open=True, transfer__iban__in=chunk)
        for transfer, iban, total, entry, amount in items.order_by("pk").values_list(
            "transfer", "transfer__iban", "transfer__amount", "purchase__entry", "amount"
        ):
            keys[transfer] = (iban, total)
            transfers[transfer].append((entry, amount))
    ordered: Ordered = defaultdict(list)
    for transfer, entries_of_transfer in transfers.items():
        ordered[keys[transfer]].append(entries_of_transfer)
    return ordered


def _of_collective(company: Company, numbers: set[str]) -> dict[str, list[tuple[int, Decimal]]]:
    """What the transfers pay for which the firm had KSeF make these identifiers."""
    entries_of_number: dict[str, list[tuple[int, Decimal]]] = defaultdict(list)
    for chunk in _chunks(numbers):
        items = TransferItem.objects.of(company).filter(
            transfer__change__reference__in=chunk, transfer__change__kind=ChangeKind.COLLECTIVE
        )
        for number, entry, amount in items.order_by("pk").values_list(
            "transfer__change__reference", "purchase__entry", "amount"
        ):
            entries_of_number[number].append((entry, amount))
    return entries_of_number


def _candidates(company: Company, rows: dict[int, dict[str, Any]]) -> dict[int, Candidate]:
    settled: dict[int, Decimal] = {}
    for chunk in _chunks(rows):
        sums = Settlement.objects.of(company).filter(entry__in=chunk).order_by()
        settled |= dict(sums.values_list("entry").annotate(total=Sum("amount")))
    return {pk: _candidate(row, settled.get(pk, Decimal(0))) for pk, row in rows.items()}


def _candidate(row: dict[str, Any], settled: Decimal) -> Candidate:
    sale = row["direction"] == Direction.SALE
    return Candidate(
        pk=row["pk"],
        direction=row["direction"],
        number=row["number"],
        ksef_number=row["ksef_number"],
        issue_date=row["issue_date"],
        payable=row["gross"] if sale else row["purchase__payable"],
        unpaid=row["gross"] - settled if sale else row["purchase__left"],
        currency=row["currency"],
        party_nip=row["buyer_nip"] if sale else row["seller_nip"],
        party_name=row["buyer_name"] if sale else row["seller_name"],
        settled=settled,
        page=row["sale__pk"] if sale else row["purchase__pk"],
        folded=fold(row["number"]),
    )


def _pool(
    company: Company,
    rows: dict[int, dict[str, Any]],
    accounts: dict[str, frozenset[str]],
    ordered: Ordered,
    collective: dict[str, list[tuple[int, Decimal]]],
) -> Pool:
    by_pk = _candidates(company, rows)
    by_party: dict[str, list[Candidate]] = defaultdict(list)
    by_move: dict[Decimal, list[Candidate]] = defaultdict(list)
    by_token: dict[str, list[Candidate]] = defaultdict(list)
    for one in by_pk.values():
        by_token[one.number].append(one)
        if one.unpaid:
            by_move[one.move].append(one)
            if one.party_nip:
                by_party[one.party_nip].append(one)
    return Pool(
        by_pk=by_pk,
        by_ksef_number={one.ksef_number: one for one in by_pk.values() if one.ksef_number},
        by_party=by_party,
        by_move=by_move,
        by_token=by_token,
        of_account=accounts,
        ordered=ordered,
        of_collective=collective,
    )


def last_events(company: Company, pks: Iterable[int]) -> dict[int, int]:
    """The last event of the payment of each purchase, by index entry; sales have none."""
    last: dict[int, int] = {}
    for chunk in _chunks(pks):
        events = Event.objects.of(company).filter(invoice__entry__in=chunk, step__in=PAYMENTS).order_by()
        last |= dict(events.values_list("invoice__entry").annotate(last=Max("pk")))
    return last


def parse_titles(lines: Iterable[StatementLine]) -> dict[int, Title]:
    """What the title of each line says, by line."""
    return {line.pk: titles.parse(line.title) for line in lines}


def same_party(line: StatementLine, candidate: Candidate) -> bool:
    """Whether the line's party is named as the invoice's: all words of the shorter name stand in the longer."""
    left, right = set(fold(line.party_name).split()), set(fold(candidate.party_name).split())
    shorter, longer = sorted((left, right), key=len)
    return len(shorter) > 1 and shorter <= longer
