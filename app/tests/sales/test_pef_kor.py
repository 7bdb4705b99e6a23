"""The correction of a PEF: made from what it says, handed over as PEF_KOR, and back among the sales, tied to it."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.documents.arrivals import Arrival
from liczydlo.fa3.read import read
from liczydlo.ksef.invoices import InvoiceMetadata, Party
from liczydlo.pef.build import build
from liczydlo.sales import corrections, elsewhere, services
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.receivables import Receivable
from lxml import etree

from app.tests.sales.test_correction_pages import at, fields, text
from app.tests.sales.test_pef import PUBLIC, WORDS, address
from app.tests.sales.world import document

pytestmark = pytest.mark.django_db
DRAWER = "Korekta faktury PEF"
NUMBER = "5265877635-20261123-0A1B2C3D4E5F-17"


def arrival(company: Any, xml: bytes, kind: str, ksef_number: str, *, gross: str) -> Arrival:
    """A document and how KSeF lists it: with the amounts of its body."""
    root, now = etree.fromstring(xml), timezone.now()
    listed = InvoiceMetadata(
        ksef_number=ksef_number,
        invoice_number=root.findtext("{*}ID") or "",
        issue_date=now.date(),
        invoicing_date=now,
        acquired=now,
        stored=now,
        seller=Party(kind="Nip", value=company.nip, name=company.name),
        buyer=Party(kind="Nip", value="8567346215", name="Kupiec"),
        net=Decimal(gross),
        gross=Decimal(gross),
        vat=Decimal(0),
        currency="PLN",
        mode="Online",
        kind=kind,
        form="PEF (3)",
        self_invoicing=False,
        has_attachment=False,
        sha256=hashlib.sha256(xml).digest(),
        corrected_sha256=None,
    )
    return listed, xml


def stored(
    company: Any, xml: bytes, kind: str = "VatPef", ksef: str = NUMBER, *, gross: str = "177"
) -> Invoice:
    assert elsewhere.store(company, [arrival(company, xml, kind, ksef, gross=gross)]).new == 1
    row: Invoice = Invoice.objects.of(company).select_related("entry__document").get(entry__ksef_number=ksef)
    return row


def pef_of(company: Any, number: str = "FV/1", **changes: str) -> bytes:
    return build(read(document(company.nip, number=number, **PUBLIC, **changes)))


def corrected(ala: Client, original: Invoice, **values: str) -> Invoice:
    """The draft after which one piece less was sold."""
    typed = {
        **fields(ala.get(at("correct_values", original))),
        "lines-0-quantity": "1",
        "reason": "Zwrot",
        **values,
    }
    answer = ala.post(at("correct_values", original), typed)
    assert answer.status_code == 302, text(answer)
    found: Invoice = Invoice.objects.get(state="draft", entry__kind="KOR")
    return found


@pytest.fixture
def ala(owner: Any, browse: Any) -> Client:
    client: Client = browse(owner)
    return client


def test_a_pef_is_corrected_from_its_page(ala: Client, company: Any) -> None:
    original = stored(company, pef_of(company))
    assert at("correct", original) in text(ala.get(original.get_absolute_url()))
    assert ala.get(at("correct", original)).status_code == 200
    row = corrected(ala, original)
    shown = text(ala.get(row.get_absolute_url()))
    assert DRAWER in shown and address(company, row) in shown and WORDS not in shown
    assert "FV/1 jest w KSeF jako PEF" in shown  # that the draft is not for KSeF
    answer = ala.get(address(company, row))
    assert f"PEF_KOR-{row.entry.number.replace('/', '-')}.xml" in answer["Content-Disposition"]
    root = etree.fromstring(answer.content)
    assert etree.QName(root).localname == "CreditNote"
    assert root.findtext(".//{*}InvoiceDocumentReference/{*}UUID") == NUMBER
    row.refresh_from_db()
    assert row.state == "draft"  # nothing was issued


def test_it_comes_back_tied_to_its_original(ala: Client, company: Any) -> None:
    """KSeF lists the amounts of the body, the whole invoice after the correction; what counts is the difference."""
    original = stored(company, pef_of(company))
    row = corrected(ala, original)
    xml = ala.get(address(company, row)).content
    back = stored(company, xml, "KorPef", f"{NUMBER[:-2]}18", gross="115.50")
    assert (back.entry.kind, back.entry.net, back.entry.vat, back.entry.gross) == (
        "KOR_PEF",
        Decimal("-50.00"),
        Decimal("-11.50"),
        Decimal("-61.50"),
    )
    assert corrections.originals(back) == [original]
    assert [one.pk for one in corrections.of(original).counted] == [back.pk]
    owed = Receivable.objects.get(entry=original.entry)
    assert (owed.payable, Receivable.objects.get(entry=back.entry).payable) == (Decimal("115.50"), 0)
    shown = text(ala.get(original.get_absolute_url()))
    assert "Po korektach" in shown and "115,50 zł" in shown
    listed = text(ala.get(reverse("sales:list", args=[company.pk])))
    assert "korekta do FV/1" in listed and "po korektach 115,50 zł" in listed
    said = text(ala.get(row.get_absolute_url()))
    assert "jest już w KSeF jako PEF" in said and DRAWER not in said
    ala.post(at("issue", row), {"mode": "online", "seen": services.draft_of(row).digest})
    row.refresh_from_db()
    assert row.state == "draft"


def test_the_next_correction_begins_where_that_one_ended(ala: Client, company: Any) -> None:
    original = stored(company, pef_of(company))
    first = corrected(ala, original)
    stored(company, ala.get(address(company, first)).content, "KorPef", f"{NUMBER[:-2]}18", gross="115.50")
    services.delete_draft(first)
    assert fields(ala.get(at("correct_values", original)))["lines-0-quantity"] == "1"
    second = corrected(ala, original, **{"lines-0-quantity": "3"})
    root = etree.fromstring(ala.get(address(company, second)).content)
    before = root.find(".//{*}OriginalInvoiceData")
    assert before.findtext("{*}InvoiceLine/{*}InvoicedQuantity") == "1"
    assert root.findtext("{*}CreditNoteLine/{*}CreditedQuantity") == "3"
    assert root.findtext(".//{*}InvoiceCorrection/{*}LegalMonetaryTotal/{*}PayableAmount") == "123.00"


def test_the_correction_shows_both_states(ala: Client, company: Any) -> None:
    """Every value of the file is on the page of the sale that came back: lines, sums before, between and after."""
    original = stored(company, pef_of(company))
    xml = ala.get(address(company, corrected(ala, original))).content
    back = stored(company, xml, "KorPef", f"{NUMBER[:-2]}18", gross="115.50")
    shown = text(ala.get(back.get_absolute_url()))
    assert "Faktura PEF korygująca" in shown and "Przyczyna korekty: Zwrot" in shown
    for words in ("przed korektą", "po korekcie", "Do zapłaty, różnica", "-61,50", "115,50", "177,00"):
        assert words in shown.replace("−", "-"), words
    assert "Inne dane" not in shown  # everything has its place


def test_what_the_program_does_not_understand_is_not_corrected(ala: Client, company: Any) -> None:
    charge = b"<cac:AllowanceCharge/>"
    original = stored(company, pef_of(company).replace(b"<cac:TaxTotal>", charge + b"<cac:TaxTotal>", 1))
    answer = ala.get(at("correct", original), follow=True)
    assert "nie rozumie w niej elementu AllowanceCharge" in text(answer)
    assert answer.redirect_chain[0][0] == original.get_absolute_url()
    assert ala.get(at("correct_values", original)).status_code == 404
    assert ala.post(at("correct_to_zero", original), {"effect": "2"}).status_code == 404


def test_a_correction_that_cannot_be_a_pef_kor_says_why(ala: Client, company: Any) -> None:
    original = stored(company, pef_of(company))
    row = corrected(ala, original, buyer_name="Kupiec Zmierzch")
    assert "nie mieści elementu Podmiot2K" in text(ala.get(address(company, row), follow=True))


def test_an_invoice_in_fa3_is_corrected_in_fa3(ala: Client, company: Any) -> None:
    original = services.issue(company, document(company.nip, number="FV/9", **PUBLIC))
    row = corrected(ala, original)
    assert DRAWER not in text(ala.get(row.get_absolute_url()))
    assert "Skoryguj ją w FA(3)" in text(ala.get(address(company, row), follow=True))


def test_a_correction_of_what_is_not_here_says_so(ala: Client, company: Any) -> None:
    kor = {
        "<RodzajFaktury>VAT<": "<RodzajFaktury>KOR<",
        "</RodzajFaktury>": "</RodzajFaktury><DaneFaKorygowanej><DataWystFaKorygowanej>2026-10-01"
        "</DataWystFaKorygowanej><NrFaKorygowanej>OBCA/1</NrFaKorygowanej><NrKSeFN>1</NrKSeFN></DaneFaKorygowanej>",
    }
    row = services.save_draft(company, document(company.nip, number="K/1", **PUBLIC, **kor), draft=None)
    assert DRAWER not in text(ala.get(row.get_absolute_url()))
    assert "faktura korygowana musi być tutaj" in text(ala.get(address(company, row), follow=True))


def test_a_credit_note_of_another_program_takes_off_what_it_shows(company: Any) -> None:
    """Peppol BIS Billing 3.0 without the national extension says above zero what the buyer gets back."""
    original = stored(company, pef_of(company))
    root = etree.fromstring(pef_of(company, "KOR/7"))
    xml = (
        etree.tostring(root)
        .replace(b"Invoice-2", b"CreditNote-2")
        .replace(b"InvoiceTypeCode>380", b"CreditNoteTypeCode>381")
        .replace(b"InvoiceTypeCode", b"CreditNoteTypeCode")
        .replace(b"InvoiceLine", b"CreditNoteLine")
        .replace(b"InvoicedQuantity", b"CreditedQuantity")
        .replace(b"<Invoice ", b"<CreditNote ")
        .replace(b"</Invoice>", b"</CreditNote>")
        .replace(
            b"<cac:AccountingSupplierParty>",
            b"<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>FV/1</cbc:ID><cbc:IssueDate>"
            + original.entry.issue_date.isoformat().encode()
            + b"</cbc:IssueDate></cac:InvoiceDocumentReference></cac:BillingReference><cac:AccountingSupplierParty>",
        )
    )
    back = stored(company, xml, "KorPef", f"{NUMBER[:-2]}18", gross="177")
    assert back.entry.gross == Decimal(-177) and corrections.originals(back) == [original]
    assert Receivable.objects.get(entry=original.entry).left == 0


def test_whose_page_it_is(browse: Any, ala: Client, member: Any, stranger: Any, company: Any) -> None:
    original = stored(company, pef_of(company))
    row = corrected(ala, original)
    assert browse(member("issuer")).get(address(company, row)).status_code == 200
    assert browse(member("viewer")).get(address(company, row)).status_code == 403
    assert browse(stranger).get(address(company, row)).status_code == 404
    assert browse(stranger).get(at("correct", original)).status_code == 404
    assert browse(stranger).get(at("correct", original, stranger.companies.get())).status_code == 404
    assert ala.post(address(company, row)).status_code == 405


def test_the_words_are_english_too(browse: Any, owner: Any, ala: Client, company: Any) -> None:
    row = corrected(ala, stored(company, pef_of(company)))
    shown = text(browse(owner, language="en").get(row.get_absolute_url()))
    assert "Correction of a PEF invoice" in shown and "is in KSeF as PEF" in shown
