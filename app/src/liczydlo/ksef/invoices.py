"""Invoices that KSeF holds: by number, and by query (guide ``pobieranie-faktur``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, Protocol

from liczydlo.ksef.conversation import Conversation, Request, part
from liczydlo.ksef.errors import Unavailable
from liczydlo.ksef.runner import Runner
from liczydlo.ksef.sessions import document
from liczydlo.ksef.wire import Node

Subject = Literal["Subject1", "Subject2", "Subject3", "SubjectAuthorized"]
"""The firm's part in the invoice: seller, buyer, third party, authorised party."""
DateType = Literal["Issue", "Invoicing", "PermanentStorage"]

_PAGE: Final = 250


@dataclass(frozen=True, kw_only=True)
class Party:
    """A side of an invoice: its identifier's kind (``Nip``, ``VatUe``, ``Other``, ``None``…) and its name."""

    kind: str
    value: str | None
    name: str | None


@dataclass(frozen=True, kw_only=True)
class InvoiceMetadata:
    """An invoice as KSeF lists it. Amounts are in ``currency``, VAT in PLN."""

    ksef_number: str
    invoice_number: str
    issue_date: date
    invoicing_date: datetime
    acquired: datetime
    stored: datetime
    seller: Party
    buyer: Party
    net: Decimal
    gross: Decimal
    vat: Decimal
    currency: str
    mode: str
    kind: str
    form: str
    self_invoicing: bool
    has_attachment: bool
    sha256: bytes
    corrected_sha256: bytes | None


@dataclass(frozen=True, kw_only=True)
class MetadataPage:
    """One page of an answer to a metadata query."""

    invoices: tuple[InvoiceMetadata, ...]
    has_more: bool
    truncated: bool
    hwm: datetime | None


@dataclass(frozen=True, kw_only=True)
class MetadataFilter:
    """What to ask for; ``date_from`` and ``date_to`` are aware. No ``date_to`` means until now.

    ``until_hwm`` keeps the answer within what KSeF guarantees to be complete; for ``PermanentStorage`` only
    (``pobieranie-faktur/hwm.md``).
    """

    subject: Subject
    date_from: datetime
    date_to: datetime | None = None
    date_type: DateType = "PermanentStorage"
    until_hwm: bool = False
    ksef_number: str | None = None
    invoice_number: str | None = None
    seller_nip: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The body that the OpenAPI calls ``InvoiceQueryFilters``."""
        dates: dict[str, Any] = {"dateType": self.date_type, "from": self.date_from.isoformat()}
        if self.date_to is not None:
            dates["to"] = self.date_to.isoformat()
        if self.date_type == "PermanentStorage":
            dates["restrictToPermanentStorageHwmDate"] = self.until_hwm
        others = {
            "ksefNumber": self.ksef_number,
            "invoiceNumber": self.invoice_number,
            "sellerNip": self.seller_nip,
        }
        return {
            "subjectType": self.subject,
            "dateRange": dates,
            **{name: value for name, value in others.items() if value is not None},
        }


def invoice(ksef_number: str) -> Conversation[bytes]:
    """``GET /invoices/ksef/{ksefNumber}``: the document exactly as it was sent."""
    return (yield from document(f"/invoices/ksef/{part(ksef_number)}"))


def metadata_page(criteria: MetadataFilter, page: int) -> Conversation[MetadataPage]:
    """``POST /invoices/query/metadata``, oldest first; it changes nothing, so it may be repeated."""
    answer = yield Request(
        method="POST",
        path="/invoices/query/metadata",
        query={"sortOrder": "Asc", "pageOffset": str(page), "pageSize": str(_PAGE)},
        json=criteria.to_json(),
        repeatable=True,
    )
    node = answer.object()
    return MetadataPage(
        invoices=tuple(metadata_of(item) for item in node.nodes("invoices")),
        has_more=node.flag("hasMore"),
        truncated=node.flag("isTruncated"),
        hwm=node.optional_moment("permanentStorageHwmDate"),
    )


class _Ask(Protocol):
    def __call__(self, conversation: Conversation[MetadataPage]) -> MetadataPage: ...


class MetadataQuery:
    """Iterates over all the invoices of a query, page after page, each KSeF number once.

    After 10 000 results KSeF asks to go on from the date of the last one; that is done here. ``hwm`` is known
    once iteration has begun: up to it the results are complete, so the next query may begin there. Of several
    answers the earliest counts. ``has_more``: what has been listed so far is not all.
    """

    def __init__(self, ask: _Ask, criteria: MetadataFilter) -> None:
        self._ask = ask
        self._criteria = criteria
        self.hwm: datetime | None = None
        self.has_more = False

    def __iter__(self) -> Iterator[InvoiceMetadata]:
        criteria, number, numbers = self._criteria, 0, set[str]()
        while True:
            page = self._ask(metadata_page(criteria, number))
            if page.hwm is not None:
                self.hwm = page.hwm if self.hwm is None else min(self.hwm, page.hwm)
            self.has_more = page.has_more
            for metadata in page.invoices:
                if metadata.ksef_number not in numbers:
                    numbers.add(metadata.ksef_number)
                    yield metadata
            if not page.has_more:
                return
            if page.truncated:
                criteria, number = _narrowed(criteria, page), 0
            else:
                number += 1


_DATE_OF: Final[dict[DateType, Callable[[InvoiceMetadata], datetime]]] = {
    "PermanentStorage": lambda metadata: metadata.stored,
    "Invoicing": lambda metadata: metadata.invoicing_date,
}


def _narrowed(criteria: MetadataFilter, page: MetadataPage) -> MetadataFilter:
    """The same question from the last result's date on.

    Raises :class:`Unavailable` when that would ask the same thing for ever: an empty page, or 10 000 of one
    moment.
    """
    date_of = _DATE_OF.get(criteria.date_type)
    if not page.invoices:
        raise Unavailable("unreadable-answer")
    last = page.invoices[-1]
    start = date_of(last) if date_of else datetime.combine(last.issue_date, criteria.date_from.timetz())
    if start <= criteria.date_from:
        raise Unavailable("unreadable-answer")
    return MetadataFilter(
        subject=criteria.subject,
        date_from=start,
        date_to=criteria.date_to,
        date_type=criteria.date_type,
        until_hwm=criteria.until_hwm,
        ksef_number=criteria.ksef_number,
        invoice_number=criteria.invoice_number,
        seller_nip=criteria.seller_nip,
    )


def metadata_of(node: Node) -> InvoiceMetadata:
    """The OpenAPI's ``InvoiceMetadata``."""
    seller, buyer = node.node("seller"), node.node("buyer")
    identifier = buyer.node("identifier")
    return InvoiceMetadata(
        ksef_number=node.text("ksefNumber"),
        invoice_number=node.text("invoiceNumber"),
        issue_date=node.day("issueDate"),
        invoicing_date=node.moment("invoicingDate"),
        acquired=node.moment("acquisitionDate"),
        stored=node.moment("permanentStorageDate"),
        seller=Party(kind="Nip", value=seller.text("nip"), name=seller.optional_text("name")),
        buyer=Party(
            kind=identifier.text("type"),
            value=identifier.optional_text("value"),
            name=buyer.optional_text("name"),
        ),
        net=node.decimal("netAmount"),
        gross=node.decimal("grossAmount"),
        vat=node.decimal("vatAmount"),
        currency=node.text("currency"),
        mode=node.text("invoicingMode"),
        kind=node.text("invoiceType"),
        form=node.node("formCode").text("systemCode"),
        self_invoicing=node.flag("isSelfInvoicing"),
        has_attachment=node.flag("hasAttachment"),
        sha256=node.octets("invoiceHash"),
        corrected_sha256=node.optional_octets("hashOfCorrectedInvoice"),
    )


class ReceivingOperations(Runner):
    """Invoices that KSeF holds for the context."""

    def invoice(self, ksef_number: str) -> bytes:
        """A document by its KSeF number, byte for byte, compared with the hash that came with it."""
        return self._run(invoice(ksef_number))

    def query_metadata(
        self,
        subject: Subject,
        date_from: datetime,
        date_to: datetime | None = None,
        date_type: DateType = "PermanentStorage",
        *,
        until_hwm: bool = False,
        ksef_number: str | None = None,
        invoice_number: str | None = None,
        seller_nip: str | None = None,
    ) -> MetadataQuery:
        """Invoices in which the context has the part ``subject``, oldest first, asked for as they are
        iterated.

        Dates are aware. The result's ``hwm`` tells up to when it is complete.
        """
        criteria = MetadataFilter(
            subject=subject,
            date_from=date_from,
            date_to=date_to,
            date_type=date_type,
            until_hwm=until_hwm,
            ksef_number=ksef_number,
            invoice_number=invoice_number,
            seller_nip=seller_nip,
        )
        return MetadataQuery(self._run, criteria)
