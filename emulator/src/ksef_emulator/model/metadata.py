"""The metadata query: an invoice is found by the role of the context in it, a range of one of its dates, and
filters.

Behaviour: `POST /invoices/query/metadata` of the OpenAPI 2.9.0 and the guide's `pobieranie-faktur/hwm.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..clock import Clock
from ..intake.polish_time import polish_day
from ..store import Store
from .invoice_records import AUTHORIZED, BUYER, SELLER, THIRD, Invoice, invoice_of, subject_key
from .moments import StorageStamps, micros, moment

MAX_RESULTS = 10_000
ROLES = {"Subject1": SELLER, "Subject2": BUYER, "Subject3": THIRD, "SubjectAuthorized": AUTHORIZED}
DATES = {"Issue": "issue", "Invoicing": "invoicing", "PermanentStorage": "storage"}
AMOUNTS = {"Brutto": "gross", "Netto": "net", "Vat": "vat"}
FORMS = {"FA": ("FA (3)", "FA (2)"), "PEF": ("PEF (3)", "PEF_KOR (3)"), "FA_RR": ("FA_RR (1)",)}


@dataclass(frozen=True, kw_only=True)
class Query:
    """One question. Dates are aware; amounts are grosze; None means „not asked"."""

    subject: str
    date_type: str
    start: datetime
    end: datetime | None = None
    up_to_mark: bool = False
    descending: bool = False
    ksef_number: str | None = None
    invoice_number: str | None = None
    amount: tuple[str, int | None, int | None] | None = None
    seller_nip: str | None = None
    buyer: tuple[str, str | None] | None = None
    currencies: tuple[str, ...] | None = None
    mode: str | None = None
    self_invoicing: bool | None = None
    form_type: str | None = None
    invoice_types: tuple[str, ...] | None = None
    has_attachment: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page. `mark` is the high water mark within the query's range, for PermanentStorage only."""

    invoices: tuple[Invoice, ...]
    has_more: bool
    truncated: bool
    mark: datetime | None


class BeyondMark(Exception):
    """The range starts after the high water mark, and was to be restricted to it."""


class Metadata:
    """Answers queries of a context."""

    def __init__(self, store: Store, clock: Clock, stamps: StorageStamps) -> None:
        self.store = store
        self.clock = clock
        self.stamps = stamps

    def mark(self) -> datetime:
        """`PermanentStorageHwmDate` now."""
        return moment(self.stamps.high_water_mark(micros(self.clock.now())))

    def page(self, query: Query, *, context_type: str, context_value: str, offset: int, size: int) -> Found:
        """Invoices `offset`… (below 10 000) of the answer; raises `BeyondMark`."""
        mark = self.mark()
        end = query.end or mark
        if query.date_type == "PermanentStorage":
            if query.up_to_mark and query.start > mark:
                raise BeyondMark
            if query.up_to_mark:
                end = min(end, mark)
        clauses, values = _clauses(query, end, context_type, context_value)
        column = DATES[query.date_type]
        order = "DESC" if query.descending else "ASC"
        wanted = min(size, MAX_RESULTS - offset)
        with self.store.transaction() as db:
            rows = db.execute(
                "SELECT register.* FROM parties JOIN register ON register.id = parties.id"  # noqa: S608
                f" WHERE {' AND '.join(clauses)}"
                f" ORDER BY parties.{column} {order}, parties.id {order} LIMIT ? OFFSET ?",
                (*values, wanted + 1, offset),
            ).fetchall()
        more = len(rows) > wanted
        return Found(
            invoices=tuple(invoice_of(row) for row in rows[:wanted]),
            has_more=more,
            truncated=more and offset + wanted >= MAX_RESULTS,
            mark=min(end, mark) if query.date_type == "PermanentStorage" else None,
        )


def _clauses(
    query: Query, end: datetime, context_type: str, context_value: str
) -> tuple[list[str], list[object]]:
    who, bound_seller = subject_key(context_type, context_value)
    role = ROLES[query.subject]
    if bound_seller is not None and role == SELLER:
        role = BUYER
    column = DATES[query.date_type]
    low: object = micros(query.start)
    high: object = micros(end)
    if query.date_type == "Issue":
        low, high = polish_day(query.start).isoformat(), polish_day(end).isoformat()
    clauses = ["parties.role = ?", "parties.who = ?", f"parties.{column} >= ?", f"parties.{column} <= ?"]
    values: list[object] = [role, who, low, high]
    equal: list[tuple[str, object]] = [
        ("ksef_number", query.ksef_number),
        ("number", query.invoice_number),
        ("seller_nip", query.seller_nip),
        ("seller_nip", bound_seller),
        ("mode", query.mode),
        ("self_invoicing", query.self_invoicing),
        ("has_attachment", query.has_attachment),
    ]
    if query.buyer:
        equal += [("buyer_kind", query.buyer[0]), ("buyer_value", query.buyer[1])]
    for name, value in equal:
        if value is not None:
            clauses.append(f"register.{name} = ?")
            values.append(value)
    among = [
        ("currency", query.currencies),
        ("invoice_type", query.invoice_types),
        ("form", FORMS[query.form_type] if query.form_type else None),
    ]
    for name, choices in among:
        if choices:
            clauses.append(f"register.{name} IN ({','.join('?' * len(choices))})")
            values.extend(choices)
    if query.amount:
        kind, least, most = query.amount
        for sign, bound in ((">=", least), ("<=", most)):
            if bound is not None:
                clauses.append(f"register.{AMOUNTS[kind]} {sign} ?")
                values.append(bound)
    return clauses, values
