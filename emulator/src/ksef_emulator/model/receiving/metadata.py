"""The metadata query: an invoice is found by the role of the context in it, a range of one of its dates, and
filters.

Behaviour: `POST /invoices/query/metadata` of the OpenAPI 2.9.0 and the guide's `pobieranie-faktur/hwm.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...clock import Clock
from ...intake.polish_time import polish_day
from ...store import Store
from ..identity.contexts import Context
from ..sending.invoice_records import AUTHORIZED, BUYER, SELLER, THIRD, Invoice, invoice_of, subject_key
from ..time.moments import micros, moment
from .storage import STORED, Storage

MAX_RESULTS = 10_000
TOGETHER = 250
"""Invoices that are read in one transaction of a walk."""
MOST = 2**63 - 1
"""The greatest number of a column."""
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
class MetadataPage:
    """One page. `mark` is the high water mark within the query's range, for PermanentStorage only."""

    invoices: tuple[Invoice, ...]
    has_more: bool
    truncated: bool
    mark: datetime | None


class BeyondMark(Exception):
    """The range starts after the high water mark, and was to be restricted to it."""


class Metadata:
    """Answers queries of a context."""

    def __init__(self, store: Store, clock: Clock, storage: Storage) -> None:
        self.store = store
        self.clock = clock
        self.storage = storage

    @property
    def lag(self) -> timedelta:
        """How far the high water mark stays behind, and how long after its acceptance an invoice may take to show;
        it can be set while the emulator runs."""
        return self.storage.lag

    @lag.setter
    def lag(self, value: timedelta) -> None:
        self.storage.lag = value

    def mark(self) -> datetime:
        """`PermanentStorageHwmDate` now."""
        return moment(self.storage.high_water_mark(micros(self.clock.now())))

    def search(self, query: Query, context: Context) -> Search:
        """What a context asks, as of now. Raises `BeyondMark`."""
        mark = self.mark()
        end = query.end or max(self.clock.now(), mark)
        stored = query.date_type == "PermanentStorage"
        if stored and query.up_to_mark:
            if query.start > mark:
                raise BeyondMark
            end = min(end, mark)
        clauses, values = _clauses(query, end, context)
        return Search(
            clauses=tuple(clauses),
            values=tuple(values),
            column=DATES[query.date_type],
            order="DESC" if query.descending else "ASC",
            mark=min(end, mark) if stored else None,
        )

    def page(self, query: Query, context: Context, *, offset: int, size: int) -> MetadataPage:
        """Invoices `offset`… (below 10 000) of the answer; raises `BeyondMark`."""
        search = self.search(query, context)
        left = min(size, MAX_RESULTS - offset)
        with self.store.transaction() as db:
            rows = db.execute(
                f"SELECT register.* {search.sql} LIMIT ? OFFSET ?", (*search.values, left + 1, offset)
            ).fetchall()
        more = len(rows) > left
        return MetadataPage(
            invoices=tuple(invoice_of(row) for row in rows[:left]),
            has_more=more,
            truncated=more and offset + left >= MAX_RESULTS,
            mark=search.mark,
        )

    def walk(self, search: Search, *, documents: bool) -> Iterator[tuple[Invoice, bytes]]:
        """Every invoice of an ascending search with its document, deflated by zlib (empty unless asked for). Others
        may write meanwhile."""
        what = f"parties.{search.column} AS place, register.*"
        if documents:
            what += ", (SELECT deflated FROM documents WHERE documents.id = register.id) AS deflated"
        later, place = "", tuple[object, ...]()
        while True:
            with self.store.transaction() as db:
                rows = db.execute(
                    f"SELECT {what} {search.beyond(later)} LIMIT ?",
                    (*search.values, *place, TOGETHER),
                ).fetchall()
            for row in rows:
                yield invoice_of(row), row["deflated"] if documents else b""
            if len(rows) < TOGETHER:
                return
            later = f"(parties.{search.column}, parties.id) > (?, ?)"
            place = (rows[-1]["place"], rows[-1]["id"])


@dataclass(frozen=True, kw_only=True)
class Search:
    """A question as SQL, with its answer's mark."""

    clauses: tuple[str, ...]
    values: tuple[object, ...]
    column: str
    order: str
    mark: datetime | None

    @property
    def sql(self) -> str:
        """All of it but what is wanted and how much."""
        return self.beyond("")

    def beyond(self, condition: str) -> str:
        """With one more condition."""
        clauses = " AND ".join([*self.clauses, condition] if condition else self.clauses)
        return (
            f"FROM parties JOIN register ON register.id = parties.id WHERE {clauses}"
            f" ORDER BY parties.{self.column} {self.order}, parties.id {self.order}"
        )


def _clauses(query: Query, end: datetime, context: Context) -> tuple[list[str], list[object]]:
    who, bound_seller = subject_key(context)
    role = ROLES[query.subject]
    if bound_seller is not None and role == SELLER:
        role = BUYER
    column = DATES[query.date_type]
    low: object = micros(query.start)
    high: object = micros(end)
    if query.date_type == "Issue":
        low, high = polish_day(query.start).isoformat(), polish_day(end).isoformat()
    clauses = [
        "parties.role = ?",
        "parties.who = ?",
        f"parties.{column} >= ?",
        f"parties.{column} <= ?",
        STORED,
    ]
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
                values.append(max(-MOST, min(bound, MOST)))
    return clauses, values
