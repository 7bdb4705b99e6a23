"""„Wyciąg rozrachunków" of a contractor: what of the sales to him is open on a day, and what was paid of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from django.utils.translation import gettext as _

from liczydlo.companies.models import Company
from liczydlo.contacts import trade
from liczydlo.contacts.models import Contractor
from liczydlo.documents.models import Direction
from liczydlo.prints import typesetting
from liczydlo.sales.models.receivables import Receivable
from liczydlo.web.templatetags.liczydlo import data, zl

NOTHING: Final = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Row:
    """An invoice with its corrections; ``days`` after the day of payment, none before it."""

    number: str
    page: int  # of the sale
    issued: dt.date
    balance: Receivable
    days: int


@dataclass(frozen=True, kw_only=True)
class Account:
    """Invoices of one currency, the longest due first, with their sums."""

    currency: str
    rows: Sequence[Row]
    payable: Decimal
    paid: Decimal
    left: Decimal
    overdue: Decimal


def of(
    company: Company, contractor: Contractor, today: dt.date, *, with_settled: bool = False
) -> list[Account]:
    """By currency; ``with_settled``: with what is settled."""
    entries = trade.invoices(company, contractor, Direction.SALE).filter(receivable__isnull=False)
    entries = entries.select_related("receivable", "sale")
    rows = [_row(entry, today) for entry in entries if entry.receivable.counts]
    rows = [row for row in rows if with_settled or row.balance.left]
    rows.sort(key=lambda row: (row.balance.currency, row.balance.payment_due or dt.date.max, row.issued))
    return [
        _account(currency, list(some)) for currency, some in groupby(rows, lambda row: row.balance.currency)
    ]


def _row(entry: Any, today: dt.date) -> Row:
    balance: Receivable = entry.receivable
    late = balance.payment_due is not None and balance.is_overdue(today)
    return Row(
        number=entry.number,
        page=entry.sale.pk,
        issued=entry.issue_date,
        balance=balance,
        days=(today - balance.payment_due).days if late and balance.payment_due else 0,
    )


def _account(currency: str, rows: Sequence[Row]) -> Account:
    return Account(
        currency=currency,
        rows=rows,
        payable=sum((row.balance.payable for row in rows), NOTHING),
        paid=sum((row.balance.paid for row in rows), NOTHING),
        left=sum((row.balance.left for row in rows), NOTHING),
        overdue=sum((row.balance.left for row in rows if row.days), NOTHING),
    )


def pdf(
    company: Company, contractor: Contractor, accounts: Sequence[Account], *, at: dt.datetime, language: str
) -> bytes:
    """The statement on paper, in the language that is in force. Raises PrintError."""
    address = contractor.addresses.filter(is_default=True).first()
    content = {
        "language": language,
        "words": {
            "title": _("Wyciąg rozrachunków"),
            "day": _("Stan na dzień %(day)s") % {"day": data(at)},
            "seller": _("Sprzedawca"),
            "buyer": _("Nabywca"),
            "nothing": _("Nic nie jest do zapłaty."),
            "sum": _("Razem"),
            "overdue": _("w tym po terminie"),
            "page": _("strona"),
            "lost": _("Znaki, których nie da się wydrukować, zastąpiono."),
        },
        "heads": [
            _("Faktura"),
            _("Wystawiono"),
            _("Termin płatności"),
            _("Kwota"),
            _("Zapłacono"),
            _("Zostało"),
            _("Dni po terminie"),
        ],
        "seller": [company.name, f"NIP {company.nip}", company.line1, company.line2],
        "buyer": [
            contractor.name,
            f"NIP {contractor.number}" if contractor.kind == "nip" else contractor.identifier,
            *([address.line1, address.line2] if address is not None else []),
        ],
        "accounts": [_printed(one) for one in accounts],
    }
    return typesetting.pdf("statement.typ", content, attachment=b"", moment=int(at.timestamp()))


def _printed(account: Account) -> dict[str, Any]:
    def money(amount: Decimal) -> str:
        return zl(amount, account.currency)

    return {
        "rows": [
            [
                row.number,
                data(row.issued),
                data(row.balance.payment_due),
                money(row.balance.payable),
                money(row.balance.paid),
                money(row.balance.left),
                str(row.days or ""),
            ]
            for row in account.rows
        ],
        "sums": [money(account.payable), money(account.paid), money(account.left)],
        "overdue": money(account.overdue) if account.overdue else "",
    }
