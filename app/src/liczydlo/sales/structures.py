"""What differs between the documents that the company issues: an FA(3), and a VAT RR, which it issues as the buyer.

Issuing, the queue, sending, deadlines and receipts are the same of both; they come here for the rest.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from liczydlo.companies.models import Company
from liczydlo.contacts import contractors
from liczydlo.documents import index
from liczydlo.fa3 import document as fa3
from liczydlo.fa3.document import Document as Fa3Document
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.read import read as read_fa3
from liczydlo.fa3.write import write as write_fa3
from liczydlo.rr import document as rr
from liczydlo.rr.build import write as write_rr
from liczydlo.rr.document import Document as RrDocument
from liczydlo.rr.model import Faktura as RrFaktura
from liczydlo.sales import advances, corrections, order
from liczydlo.sales.farm import corrections as farm_corrections
from liczydlo.sales.models import Invoice
from liczydlo.sales.order import Originals
from liczydlo.web.reasons import Reason

Checked = Fa3Document | RrDocument
Content = Faktura | RrFaktura


def inspect(xml: bytes, *, today: date) -> Checked:
    """Check a file of whichever structure. Raises DocumentError."""
    return rr.inspect(xml, today=today) if rr.is_rr(xml) else fa3.inspect(xml, today=today)


def read(xml: bytes) -> Content:
    """What a file of whichever structure says. Raises DocumentError."""
    return rr.read(xml) if rr.is_rr(xml) else read_fa3(xml)


def write(content: Content) -> bytes:
    """The bytes of a document."""
    return write_rr(content) if isinstance(content, RrFaktura) else write_fa3(content)


def columns(company: Company, checked: Checked) -> dict[str, Any]:
    """Those of the index entry that the document decides."""
    if isinstance(checked, RrDocument):
        return index.of_farm(company, checked.faktura)
    return index.of_fa3(company, checked.faktura)


def link(row: Invoice, checked: Checked) -> None:
    """Note which invoices of ours a document refers to."""
    if isinstance(checked, RrDocument):
        farm_corrections.link(row, checked.faktura)
        return
    corrections.link(row, checked.faktura)
    advances.link(row, checked.faktura)


def remember(company: Company, checked: Checked) -> None:
    """Keep the buyer among the contractors; a farmer is found by the invoices already issued to him."""
    if isinstance(checked, Fa3Document):
        contractors.remember(company, checked.faktura)


def resolve(company: Company, checked: Checked, *, draft: Invoice | None = None) -> Originals:
    """What a document refers to without a KSeF number; a VAT RR is corrected once it has one."""
    if isinstance(checked, RrDocument):
        return Originals(numbers={})
    return order.resolve(company, checked, draft=draft)


def lock(row: Invoice, checked: Checked) -> None:
    """Lock what a draft follows, until the transaction ends."""
    if isinstance(checked, RrDocument) or checked.kind in corrections.KINDS:
        corrections.lock(row)
    elif checked.kind in advances.KINDS:
        advances.lock(row)


def outdated(row: Invoice, checked: Checked) -> Reason | None:
    """Whether a draft follows a state of other invoices that is not the present one, and which."""
    if isinstance(checked, RrDocument):
        return farm_corrections.outdated(row, checked.faktura)
    return corrections.outdated(row, checked.faktura) or advances.outdated(row, checked.faktura)


def warnings(company: Company, checked: Checked, *, draft: Invoice) -> list[Reason]:
    """What the issuer should know of the other invoices to which a document refers, and of the part it has itself."""
    if isinstance(checked, RrDocument):
        return farm_corrections.warnings(draft)
    notes = [*order.warnings(company, checked, draft=draft), *corrections.warnings(checked, draft=draft)]
    bills_itself = checked.faktura.fa.adnotacje.p_17 == 1  # art. 106d: samofakturowanie
    if bills_itself and checked.seller_nip == company.nip and checked.kind not in corrections.KINDS:
        notes.append(Reason("self-billing-seller"))  # KSeF takes it: the seller may issue whatever is his
    return notes
