"""One index over what is issued and what is received: both sides of an invoice say the same of it."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from liczydlo.demo.samples import faktura_of, samples
from liczydlo.documents import index
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.fa3.draft import Address, Party
from liczydlo.fa3.read import read
from liczydlo.fa3.write import write
from liczydlo.purchases import services as purchases
from liczydlo.sales import services as sales

from app.tests.purchases.test_pages import bought
from app.tests.purchases.test_synchronising import sell, seller
from app.tests.sales.world import connected, document, firm, wire

__all__ = ["connected", "firm", "seller", "wire"]

EXAMPLES = sorted((Path(__file__).parents[4] / "shared/spec/examples/fa3").glob("*.xml"))


def party(company: Any) -> Party:
    return Party(nip=company.nip, name=company.name, address=Address(line1="ul. Kręta 3"))


@pytest.mark.django_db
def test_a_document_says_what_ksef_lists_of_it(seller: Any, connected: Any) -> None:
    """The seller's entry, from the document, against the buyer's, from KSeF's list: each kind, and another currency."""
    drafts = samples(party(seller), party(connected), timezone.localdate())
    basic = drafts["basic"]
    drafts["foreign"] = replace(basic, number="EUR/1", currency="EUR", exchange_rate=Decimal("4.25"))
    sent = {one.number: faktura_of(one) for one in drafts.values() if one.buyer == basic.buyer}
    assert len({faktura.fa.rodzaj_faktury for faktura in sent.values()}) > 2
    sell(seller, connected, documents=[write(faktura) for faktura in sent.values()])
    assert purchases.synchronise(connected).new == len(sent)
    for entry in IndexEntry.objects.of(connected):
        expected = index.of_fa3(seller, read(entry.xml)) | {"direction": "purchase"}
        del expected["words"]  # the name of the other party, which is another one
        assert {name: getattr(entry, name) for name in expected} == expected


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.shared
def test_net_and_vat_are_those_that_the_document_states(path: Path, company: Any) -> None:
    text = path.read_text()
    stated = {name: Decimal(value) for name, value in re.findall(r"<(P_1[34]_\w+)>(-?[\d.]+)<", text)}
    net = sum(value for name, value in stated.items() if name.startswith("P_13"))
    vat = sum(
        stated.get(f"{name}W", value) for name, value in stated.items() if re.fullmatch(r"P_14_\d", name)
    )
    result = index.of_fa3(company, read(path.read_bytes()))
    assert (result["net"], result["vat"]) == (net, vat)


@pytest.mark.parametrize(
    ("identity", "kept"),
    [
        ("<NIP>8567346215</NIP>", ("8567346215", "")),
        ("<KodUE>DE</KodUE><NrVatUE>123456789</NrVatUE>", ("", "DE123456789")),
        ("<KodKraju>US</KodKraju><NrID>EIN 98-7654321</NrID>", ("", "USEIN 98-7654321")),
        ("<NrID>X1</NrID>", ("", "X1")),
        ("<BrakID>1</BrakID>", ("", "")),
    ],
)
@pytest.mark.django_db
def test_a_buyer_is_known_by_whatever_number_it_has(
    company: Any, identity: str, kept: tuple[str, str]
) -> None:
    xml = document(company.nip, **{"<NIP>8567346215</NIP>": identity})
    entry = sales.save_draft(company, xml).entry
    assert (entry.buyer_nip, entry.buyer_id) == kept


@pytest.mark.parametrize(
    ("listed", "kind"), [("Vat", "VAT"), ("KorZal", "KOR_ZAL"), ("VatPefSp", "VAT_PEF_SP")]
)
def test_kinds_are_written_as_documents_write_them(listed: str, kind: str) -> None:
    assert index.kind(listed) == kind


@pytest.mark.django_db
def test_a_months_books_are_one_question(company: Any, stranger: Any) -> None:
    """Issued and received, without drafts, without what KSeF refused, without another firm's."""
    sales.issue(company, document(company.nip))
    refused = sales.issue(company, document(company.nip))
    IndexEntry.objects.filter(pk=refused.entry_id).update(rejected=True)
    sales.save_draft(company, document(company.nip))
    bought(company)
    bought(stranger.companies.get())
    rows = IndexEntry.objects.of(company).filter(
        document__isnull=False, rejected=False, issue_date=timezone.localdate()
    )
    sums = rows.values("direction").annotate(net=Sum("net"), vat=Sum("vat")).order_by("direction")
    assert list(sums) == [
        {"direction": Direction.PURCHASE, "net": 150, "vat": 27},
        {"direction": Direction.SALE, "net": 150, "vat": 27},
    ]


@pytest.mark.django_db
def test_the_same_bytes_are_issued_once_and_may_be_received_besides(company: Any) -> None:
    """A buyer that bills itself (art. 106d) has one document as its sale and as its purchase."""
    entry = sales.issue(company, document(company.nip)).entry
    columns = index.of_fa3(company, read(entry.xml)) | {"company": company, "document": entry.document}
    with pytest.raises(IntegrityError, match=r"document_id|one_invoice_per_document"), transaction.atomic():
        IndexEntry.objects.create(**columns | {"number": "another"})
    IndexEntry.objects.create(**columns | {"direction": Direction.PURCHASE, "ksef_number": "A"})
