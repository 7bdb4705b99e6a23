"""The order that the law wants: a correction, or a settlement of advances, goes after what it refers to.

What it names by number and date may be an invoice of ours that has its KSeF number by now, which is filled in, or one
that is issued and still on its way: then the document waits, and ``awaiting`` goes on with it. What the program does
not know changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from liczydlo.companies.models import Company, User
from liczydlo.documents.models import Direction
from liczydlo.fa3.document import Document as Checked
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.originals import Reference, numbered, unnumbered
from liczydlo.jobs import registry
from liczydlo.ksef.modes import Mode
from liczydlo.sales import lifecycle
from liczydlo.sales.models import Awaited, Draft, Invoice
from liczydlo.sales.states import UNSENT, State, Step
from liczydlo.web.reasons import Reason

ON_THE_WAY: Final = UNSENT | {State.PROCESSING, State.AWAITING, State.LEAVING}
"""States of an invoice that will get a KSeF number, or may."""
KINDS: Final = ("VAT", "KOR", "ZAL", "ROZ", "UPR", "KOR_ZAL", "KOR_ROZ")


@dataclass(frozen=True, kw_only=True)
class Originals:
    """What a document refers to, of our own invoices. ``drafts`` are not issued yet, so nothing waits for them."""

    numbers: Mapping[Reference, str]
    pending: tuple[Invoice, ...] = ()
    drafts: tuple[Invoice, ...] = ()

    def filled(self, faktura: Faktura) -> Faktura:
        """The document with the numbers that are known."""
        return numbered(faktura, self.numbers)


def resolve(company: Company, checked: Checked, *, draft: Invoice | None = None) -> Originals:
    """Look up what a document refers to without a KSeF number; ``draft`` is the document's own row."""
    references = unnumbered(checked.faktura)
    if not references:
        return Originals(numbers={})
    candidates = list(_candidates(company, checked, references, draft))
    numbers: dict[Reference, str] = {}
    pending: dict[int, Invoice] = {}
    drafts: dict[int, Invoice] = {}
    for reference in references:
        row = _best(reference, candidates)
        if row is None:
            continue
        if row.entry.ksef_number:
            numbers[reference] = row.entry.ksef_number
        elif row.state in ON_THE_WAY:
            pending[row.pk] = row
        elif row.state == State.DRAFT:
            drafts[row.pk] = row
    return Originals(numbers=numbers, pending=tuple(pending.values()), drafts=tuple(drafts.values()))


def _candidates(
    company: Company, checked: Checked, references: Iterable[Reference], draft: Invoice | None
) -> Iterable[Invoice]:
    rows = Invoice.objects.of(company).filter(
        environment=company.environment,
        entry__company=company,  # these are the columns of the index of ``one_invoice_per_number``
        entry__environment=company.environment,
        entry__direction=Direction.of_issued(company, checked.seller_nip),
        entry__rejected=False,
        entry__seller_nip=checked.seller_nip,
        entry__kind__in=KINDS,
        entry__number__in={one.number for one in references},
    )
    rows = rows.exclude(state=State.CORRECTED)  # its technical correction has the same number
    rows = rows.exclude(pk=draft.pk) if draft is not None else rows
    return rows.select_related("entry").order_by("pk")


def _best(reference: Reference, rows: Iterable[Invoice]) -> Invoice | None:
    """Of several of one number that of the likeliest kind."""
    same = [
        row
        for row in rows
        if row.entry.number == reference.number and reference.issue_date in (None, row.entry.issue_date)
    ]
    return min(same, key=lambda row: row.entry.kind not in reference.kinds, default=None)


def warnings(company: Company, checked: Checked, *, draft: Invoice | None = None) -> list[Reason]:
    """What the issuer should know of a document's originals before it is issued."""
    resolved = resolve(company, checked, draft=draft)
    filled = [
        Reason("original-filled", {"number": reference.number, "ksef": number})
        for reference, number in resolved.numbers.items()
    ]
    pending = [Reason("original-pending", {"number": row.entry.number}) for row in resolved.pending]
    return [
        *filled,
        *pending,
        *(Reason("original-draft", {"number": row.entry.number}) for row in resolved.drafts),
    ]


def wait(
    draft: Invoice,
    originals: Originals,
    *,
    mode: Mode,
    why: Reason,
    by: User | None,
    send_after: dt.datetime | None,
) -> None:
    """Issued, but not frozen before its originals have their numbers. Raises NotNow."""
    names = ", ".join(row.entry.number for row in originals.pending)
    with transaction.atomic():
        lifecycle.move(
            draft,
            Step.AWAIT,
            by=by,
            reason=Reason("awaits-original", {"number": names}),
            mode=mode,
            mode_reason_json=why.as_json(),
            send_after=send_after,
        )
        Awaited.objects.bulk_create(
            Awaited(company_id=draft.company_id, invoice=draft, original=row) for row in originals.pending
        )
        registry.enqueue(draft.company_id, lifecycle.ORDER)  # an original may have got its number meanwhile


def waits_with(row: Invoice, xml: bytes) -> bool:
    """Whether the row waits, for its originals or for the end of its pause, with this very content."""
    drafts = Draft.objects.of(row.company).filter(invoice=row)
    return row.state in (State.AWAITING, State.LEAVING) and any(one.content == xml for one in drafts)
