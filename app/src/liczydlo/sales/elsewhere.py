"""Own sales that another program sent to KSeF: they come in as accepted invoices with a mark, and are never sent."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from liczydlo.companies.models import Company
from liczydlo.documents import index
from liczydlo.documents.arrivals import Arrival, Stored, in_order
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.fa3.problems import DocumentError
from liczydlo.ksef.invoices import InvoiceMetadata
from liczydlo.ksef.modes import Mode
from liczydlo.sales import advances, balances, corrections, lifecycle, numbering
from liczydlo.sales.models import Event, Invoice
from liczydlo.sales.states import TRANSITIONS, NotNow, State, Step
from liczydlo.web.reasons import Reason

ADOPTABLE: Final = frozenset(state for state, step in TRANSITIONS if step == Step.ADOPT)
"""States in which our own row gets no number by itself."""

ONLINE: Final = "Online"  # KSeF's invoicingMode

log = logging.getLogger(__name__)


def stored_numbers(company: Company, listed: Sequence[InvoiceMetadata]) -> set[str]:
    """What is here with its number, and what this program is sending itself: its number comes with the answer."""
    rows = _entries(company)
    stored = rows.filter(ksef_number__in=[one.ksef_number for one in listed])
    own = rows.filter(document__sha256__in=[one.sha256.hex() for one in listed])
    on_the_way = set(
        own.exclude(sale__state__in=ADOPTABLE | {State.CORRECTED}).values_list("document__sha256", flat=True)
    )
    return {one.ksef_number for one in listed if one.sha256.hex() in on_the_way} | set(
        stored.values_list("ksef_number", flat=True)
    )


def store(company: Company, documents: Sequence[Arrival]) -> Stored:
    """Keep each once. Refused is what has the number of another invoice or draft of the company."""
    documents = in_order(documents)
    try:
        with transaction.atomic():
            return _store(company, documents)
    except IntegrityError:  # at this very moment another session issued or stored one of them
        if len(documents) == 1:
            listed = documents[0][0]
            return (
                Stored() if stored_numbers(company, [listed]) else Stored(refused=[(listed, _used(listed))])
            )
        singly = [store(company, [one]) for one in documents]
        refused = [one for stored in singly for one in stored.refused]
        return Stored(new=sum(one.new for one in singly), refused=refused)


def _store(company: Company, documents: Sequence[Arrival]) -> Stored:
    stored = stored_numbers(company, [listed for listed, _ in documents])
    missing = {
        listed.ksef_number: (listed, xml) for listed, xml in documents if listed.ksef_number not in stored
    }
    result = Stored()
    for listed, row in _own(company, missing.values()):
        result.new += _adopt(row, listed)
        del missing[listed.ksef_number]
    used = _keys(company, [listed.invoice_number for listed, _ in missing.values()])
    result.refused = [(listed, _used(listed)) for listed, _ in missing.values() if _key(listed) in used]
    fresh = [(listed, xml) for listed, xml in missing.values() if _key(listed) not in used]
    _insert(company, fresh)
    result.new += len(fresh)
    return result


def _own(company: Company, documents: Iterable[Arrival]) -> list[tuple[InvoiceMetadata, Invoice]]:
    """Rows of ours with the very bytes, which get no number by themselves."""
    by_sha = {listed.sha256.hex(): listed for listed, _ in documents}
    rows = Invoice.objects.of(company).filter(
        environment=company.environment, state__in=ADOPTABLE, entry__document__sha256__in=by_sha
    )
    return [
        (by_sha[row.entry.sha256], row)
        for row in rows.select_related("entry__document").defer("entry__document__xml")
    ]


def _adopt(row: Invoice, listed: InvoiceMetadata) -> bool:
    entry = {"ksef_number": listed.ksef_number, "acquired_at": listed.acquired}
    try:
        lifecycle.move(row, Step.ADOPT, entry=entry, poll_at=None, send_after=None)
    except NotNow:  # somebody sends it at this moment: its number comes with KSeF's answer
        log.info("invoice %s is on its way", row.pk)
        return False
    return True


def _insert(company: Company, documents: Sequence[Arrival]) -> None:
    frozen = index.freeze_all(company, {listed.sha256: xml for listed, xml in documents})
    entries = IndexEntry.objects.bulk_create(
        IndexEntry(
            company=company,
            document_id=frozen[listed.sha256],
            **index.of_listed(company, listed, Direction.SALE, xml),
        )
        for listed, xml in documents
    )
    rows = Invoice.objects.bulk_create(
        Invoice(
            company=company,
            environment=company.environment,
            entry=entry,
            state=State.ACCEPTED,
            # KSeF tells offline from online and not which of the offline modes it was
            mode=Mode.ONLINE if listed.mode == ONLINE else Mode.OFFLINE24,
            issued_at=listed.invoicing_date,
            issued_elsewhere=True,
        )
        for entry, (listed, _) in zip(entries, documents, strict=True)
    )
    Event.objects.bulk_create(Event(company=company, invoice=row, step=Step.IMPORT) for row in rows)
    numbering.note_all(company, ((listed.invoice_number, listed.issue_date) for listed, _ in documents))
    for row, (listed, xml) in zip(rows, documents, strict=True):
        if row.entry.kind in (*corrections.KINDS, *advances.KINDS):
            _link(row, listed, xml)
    balances.refresh(company.pk, [row.entry_id for row in rows])


def _link(row: Invoice, listed: InvoiceMetadata, xml: bytes) -> None:
    try:
        faktura = corrections.read_back(row.entry.kind, xml)
    except (DocumentError, ValueError) as error:  # of a structure that is not understood
        log.info("%s is tied to no invoice: %s", listed.ksef_number, error)
        return
    corrections.link(row, faktura)
    advances.link(row, faktura)


def _keys(company: Company, numbers: Sequence[str]) -> set[tuple[str, str, str]]:
    rows = _entries(company).filter(number__in=numbers, rejected=False)
    return set(rows.values_list("seller_nip", "kind", "number"))


def _key(listed: InvoiceMetadata) -> tuple[str, str, str]:
    """KSeF's own key (weryfikacja-faktury.md)."""
    return listed.seller.value or "", index.kind(listed.kind), listed.invoice_number


def _used(listed: InvoiceMetadata) -> Reason:
    return Reason("number-used-here", {"ksef_number": listed.ksef_number, "number": listed.invoice_number})


def _entries(company: Company) -> QuerySet[IndexEntry]:
    rows: QuerySet[IndexEntry] = IndexEntry.objects.of(company)
    return rows.filter(environment=company.environment, direction=Direction.SALE)
