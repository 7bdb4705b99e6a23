"""What can be paid of purchases, to whom, and what stands in the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import QuerySet

from liczydlo.companies.models import Company
from liczydlo.documents import sums
from liczydlo.documents.models import Document, IndexEntry
from liczydlo.documents.remembered import Remembered
from liczydlo.payments.models import BankAccount, TransferItem, TransferOrder
from liczydlo.payments.transfers import payees
from liczydlo.payments.transfers.payees import Account, Payee
from liczydlo.purchases.models import BUYER, ReceivedInvoice
from liczydlo.purchases.states import Payment, State
from liczydlo.web import times

ADVANCES: Final = ("ZAL", "KOR_ZAL")
STOPS: Final = ("ordered", "paid", "reported", "hidden", "nothing", "currency")
"""Obstacles that no correction on the page of preparing removes."""
ADDED_UP: Final = 2000
"""So many purchases are added up whenever a page wants it; more take longer than the rest of the page."""
CACHED_PAYEES: Final = 4096
"""Documents whose payees a process keeps, about 1 kB each: reading fifty takes longer than the rest of their page."""
_payees: Remembered[str, Payee] = Remembered(CACHED_PAYEES)  # by SHA-256


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A purchase with what its document says of paying. ``order`` is the open one that it stands in."""

    purchase: ReceivedInvoice
    payee: Payee
    order: TransferOrder | None = None
    currencies: frozenset[str] = frozenset()

    @property
    def entry(self) -> IndexEntry:
        """What lists show of it."""
        return self.purchase.entry

    @property
    def due(self) -> Decimal:
        """What is still to pay; negative of a correction that lowers."""
        left: Decimal = self.purchase.left
        return left

    @property
    def account(self) -> Account | None:
        """The first account that can be right."""
        return next((one for one in self.payee.accounts if one.iban), None)

    @property
    def obstacles(self) -> list[str]:
        """Codes of what stands in the way, the hardest first (``words.OBSTACLES``)."""
        reasons = {
            "ordered": self.order is not None,
            "paid": self.purchase.payment == Payment.PAID,
            "reported": self.purchase.reported_at is not None,
            "hidden": self.purchase.state == State.HIDDEN,
            "nothing": self.due == 0,
            "currency": self.entry.currency not in self.currencies,
            "no-account": self.due > 0 and not self.payee.accounts,
            "bad-account": self.due > 0 and bool(self.payee.accounts) and self.account is None,
        }
        return [code for code, is_so in reasons.items() if is_so]

    @property
    def is_stopped(self) -> bool:
        """Whether it cannot go into an order at all."""
        return any(code in STOPS for code in self.obstacles)

    @property
    def hints(self) -> list[str]:
        """Codes of what a person should know before paying (``words.HINTS``)."""
        reasons = {
            "warnings": self.purchase.open_warnings > 0,
            "advance": self.entry.kind in ADVANCES,
            "cash": self.payee.in_cash,
            "factor": self.account is not None and self.account.is_factor,
            "several": len([one for one in self.payee.accounts if one.iban]) > 1,
            "bad-one": self.account is not None and any(not one.iban for one in self.payee.accounts),
            "other-amount": self.purchase.payable != self.entry.gross,
            "not-buyer": not self.purchase.is_outside and self.purchase.role != BUYER,
        }
        return [code for code, is_so in reasons.items() if is_so]


def payees_by_purchase(rows: Sequence[ReceivedInvoice]) -> dict[int, Payee]:
    """Whom to pay, by the purchases' ids: what a document says; of a cost outside KSeF what people typed."""
    payees = _payees_of_documents(
        [row.entry.document_id for row in rows if row.entry.document_id is not None]
    )
    return {
        row.pk: _typed(row) if row.entry.document_id is None else payees[row.entry.document_id]
        for row in rows
    }


def _payees_of_documents(documents: Sequence[int]) -> dict[int, Payee]:
    """By the documents' ids. Bytes never change: those of a digest that was read a moment ago are not read again."""
    digests = dict(Document.objects.filter(pk__in=documents).values_list("pk", "sha256"))

    def read(unread: Collection[str]) -> dict[str, Payee]:
        rows = Document.objects.filter(pk__in=documents, sha256__in=unread)
        return {digest: payees.of(bytes(xml)) for digest, xml in rows.values_list("sha256", "xml")}

    known = _payees.of(digests.values(), read)
    return {pk: known[digest] for pk, digest in digests.items()}


def _typed(row: ReceivedInvoice) -> Payee:
    entry = row.entry
    country = entry.seller_id[:2] if not entry.seller_nip and entry.seller_id[:2].isalpha() else "PL"
    return payees.typed(entry.seller_name, row.account, country=country)


def unsettled(company: Company) -> QuerySet[ReceivedInvoice]:
    """Purchases of the present environment with something left, hidden ones aside; the index is ``received_due``."""
    rows: QuerySet[ReceivedInvoice] = ReceivedInvoice.objects.of(company)
    rows = rows.filter(environment=company.environment).exclude(payment=Payment.PAID)
    return rows.exclude(state=State.HIDDEN)


def unpaid(company: Company) -> QuerySet[ReceivedInvoice]:
    """Those that are to pay, without corrections that lower."""
    return unsettled(company).filter(left__gt=0)


def are_many(rows: QuerySet[ReceivedInvoice]) -> bool:
    """Whether adding the rows up takes longer than a page that shows them."""
    return rows.order_by("payment_due", "id")[: ADDED_UP + 1].count() > ADDED_UP


def unpaid_sums(company: Company) -> list[sums.UnpaidSum]:
    """What :func:`unpaid` comes to, by currency."""
    return sums.unpaid_sums(unpaid(company), times.today())


def credits_of(company: Company, nips: Iterable[str], currency: str) -> QuerySet[ReceivedInvoice]:
    """Corrections that lower what is due to these sellers and have not been settled."""
    rows = unsettled(company).filter(left__lt=0, currency=currency)
    rows = rows.filter(entry__seller_nip__in=[nip for nip in nips if nip])
    return rows.exclude(transfer_items__is_open=True).select_related("entry")


def of_purchases(company: Company, purchases: Iterable[ReceivedInvoice]) -> list[Proposal]:
    """Proposals of purchases, which come with their entries."""
    rows = list(purchases)
    payee_of = payees_by_purchase(rows)
    items = TransferItem.objects.of(company).filter(purchase__in=[row.pk for row in rows], is_open=True)
    orders = {item.purchase_id: item.transfer.order for item in items.select_related("transfer__order")}
    known = frozenset(company_currencies(company))
    return [
        Proposal(
            purchase=row,
            payee=payee_of[row.pk],
            order=orders.get(row.pk),
            currencies=known or frozenset({row.entry.currency}),
        )
        for row in rows
    ]


def company_currencies(company: Company) -> list[str]:
    """Of the firm's accounts."""
    return list(BankAccount.objects.of(company).order_by().values_list("currency", flat=True).distinct())
