"""What the invoices of a list come to."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import BigIntegerField, Count, DecimalField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import Cast, Round
from django.http import QueryDict

from liczydlo.documents.models import IndexEntry
from liczydlo.web import times
from liczydlo.web.paging import AFTER, Page

_AMOUNTS: Final = ("net", "vat", "gross")
_STEP: Final = 10**9
SUMS_PARAMETER: Final = "suma"  # query parameter: add up the whole list, which takes longer than a page of it


@dataclass(frozen=True, kw_only=True)
class Total:
    """Invoices of one currency. VAT is in PLN, as KSeF lists it; documents without amounts add nothing."""

    currency: str
    number: int
    net: Decimal
    vat: Decimal
    gross: Decimal


def of_rows(rows: Iterable[IndexEntry]) -> list[Total]:
    """The sum of rows that are in memory."""
    by_currency: dict[str, list[IndexEntry]] = {}
    for row in rows:
        by_currency.setdefault(row.currency, []).append(row)
    return [
        Total(
            currency=currency,
            number=len(some),
            net=sum((one.net for one in some if one.net is not None), Decimal(0)),
            vat=sum((one.vat for one in some if one.vat is not None), Decimal(0)),
            gross=sum((one.gross for one in some), Decimal(0)),
        )
        for currency, some in sorted(by_currency.items())
    ]


def of_query(rows: QuerySet[IndexEntry]) -> list[Total]:
    """The sum of a list, by the database."""
    sums: Any = rows.select_related(None).order_by().values("currency")
    sums = sums.annotate(
        number=Count("pk"),
        **{part: one for name in _AMOUNTS for part, one in split_sums(f"{name}_sum", name).items()},
    )
    return [
        Total(
            currency=one["currency"],
            number=one["number"],
            **{name: joined_sum(one, f"{name}_sum") for name in _AMOUNTS},
        )
        for one in sorted(sums, key=lambda one: one["currency"])
    ]


def split_sums(name: str, column: str, only: Q | None = None) -> dict[str, Sum]:
    """Aggregates of the sum of a column of amounts, of the rows of ``only``; ``whole`` puts them together.

    PostgreSQL adds decimals up exactly. SQLite adds them up as floats, and integers larger than 64 bits not at all:
    there high and low digits of grosze are added up by themselves.
    """
    if connection.vendor != "sqlite":
        return {name: Sum(column, filter=only)}
    cents = Cast(Round(ExpressionWrapper(F(column) * 100, DecimalField())), BigIntegerField())
    return {
        f"{name}_high": Sum(cents / _STEP, filter=only),
        f"{name}_low": Sum(cents % _STEP, filter=only),
    }


def joined_sum(row: Mapping[str, Any], name: str) -> Decimal:
    """The sum made of the partial sums that the database has ``added`` up."""
    if connection.vendor != "sqlite":
        return row[name] or Decimal(0)
    return Decimal(int(row[f"{name}_high"] or 0) * _STEP + int(row[f"{name}_low"] or 0)).scaleb(-2)


@dataclass(frozen=True, kw_only=True)
class UnpaidSum:
    """What is still to be paid in a currency, and what of it after its day of payment."""

    currency: str
    left: Decimal
    overdue: Decimal


def unpaid_sums(rows: QuerySet[Any], today: dt.date) -> list[UnpaidSum]:
    """What rows with ``currency``, ``left`` and ``payment_due`` come to, by currency, PLN first."""
    parts = split_sums("all", "left") | split_sums("late", "left", Q(payment_due__lt=today))
    by_currency = [
        UnpaidSum(currency=row["currency"], left=joined_sum(row, "all"), overdue=joined_sum(row, "late"))
        for row in rows.order_by().values("currency").annotate(**parts)
    ]
    return sorted(by_currency, key=lambda one: (one.currency != "PLN", one.currency))


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What stands under a list: the sum of all of it, or where that was not wanted of the page; and of this month."""

    whole: list[Total] | None
    page: list[Total]
    month: list[Total] | None
    address: str  # of the whole


def sums_of(
    rows: QuerySet[IndexEntry], page: Page, query: QueryDict, *, everything: QuerySet[IndexEntry]
) -> Sums:
    """The sums of a list, and of what of ``everything`` was issued this month; what KSeF rejected counts nowhere."""
    page_totals = of_rows(row for row in page.rows if not row.rejected)
    if SUMS_PARAMETER not in query:
        is_all = page.is_first and not page.older
        return Sums(
            whole=page_totals if is_all else None, page=page_totals, month=None, address=asking(query)
        )
    today = times.today()
    days = (today.replace(day=1), today.replace(day=calendar.monthrange(today.year, today.month)[1]))
    month = everything.filter(issue_date__range=days, rejected=False)
    return Sums(
        whole=of_query(rows.filter(rejected=False)), page=page_totals, month=of_query(month), address=""
    )


def asking(query: QueryDict) -> str:
    """The address of the first page of a list with the sum of all of it."""
    whole_query = query.copy()
    whole_query.pop(AFTER, None)
    whole_query[SUMS_PARAMETER] = "1"
    return f"?{whole_query.urlencode()}"
