"""What is read out of received documents after they are stored: for lists, search and ties."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from liczydlo.documents import facts
from liczydlo.jobs import registry
from liczydlo.jobs.models import Job
from liczydlo.purchases import reading
from liczydlo.purchases.models import LineWord, ReceivedInvoice, Reference

from app.tests.purchases.test_pages import bought

NUMBER = "8567346215-20261123-0123456789AB-7F"
FA = "<Faktura xmlns='http://crd.gov.pl/wzor/2025/06/25/13775/'><Fa>{}</Fa></Faktura>"
RR = (
    "<Faktura xmlns='http://crd.gov.pl/wzor/2026/03/06/14189/'><FakturaRR><FakturaRRWiersz><P_5>Żyto ozime</P_5>"
    "<P_7>700.00</P_7></FakturaRRWiersz></FakturaRR></Faktura>"
)
UBL = f"""<CreditNote xmlns='urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2' xmlns:c='urn:a' xmlns:b='urn:b'>
<c:BillingReference><c:InvoiceDocumentReference><b:ID>{NUMBER}</b:ID></c:InvoiceDocumentReference></c:BillingReference>
<c:PaymentMeans><b:PaymentDueDate>2026-12-24</b:PaymentDueDate></c:PaymentMeans>
<c:CreditNoteLine><c:Item><b:Name>Bandaż elastyczny</b:Name></c:Item></c:CreditNoteLine></CreditNote>"""


@pytest.mark.pure
def test_payment_of_an_fa() -> None:
    due = "<Platnosc>{}<TerminPlatnosci><Termin>2026-12-09</Termin></TerminPlatnosci>{}</Platnosc>"
    later = "<TerminPlatnosci><Termin>2026-12-01</Termin></TerminPlatnosci>"
    assert facts.of(FA.format(due.format("", later)).encode()).payment_due == dt.date(2026, 12, 1)
    paid = facts.of(
        FA.format(due.format("<Zaplacono>1</Zaplacono><DataZaplaty>2026-11-02</DataZaplaty>", "")).encode()
    )
    assert paid.is_paid and paid.paid_on == dt.date(2026, 11, 2)
    part = "<ZaplataCzesciowa><KwotaZaplatyCzesciowej>{}</KwotaZaplatyCzesciowej></ZaplataCzesciowa>"
    parts = facts.of(FA.format(part.format("10.50") + part.format("4")).encode())
    assert parts.paid_amount == Decimal("14.50") and not parts.is_paid


@pytest.mark.pure
@pytest.mark.parametrize(
    ("count", "unit", "event", "due"),
    [
        ("14", "dni", "wystawienie faktury", "2026-03-16"),
        ("2", "tygodnie", "od daty wystawienia", "2026-03-16"),
        ("14", "Dni", "Data wystawienia faktury VAT", "2026-03-16"),
        ("14", "dni roboczych", "wystawienie faktury", None),
        ("1", "miesiąc", "wystawienie faktury", None),
        ("14", "dni", "otrzymanie faktury", None),
        ("14", "dni", "wystawienie protokołu", None),
        ("-1", "dni", "wystawienie faktury", None),
        ("99999", "dni", "wystawienie faktury", None),
    ],
)
def test_a_term_by_description(count: str, unit: str, event: str, due: str | None) -> None:
    described = f"<Ilosc>{count}</Ilosc><Jednostka>{unit}</Jednostka><ZdarzeniePoczatkowe>{event}</ZdarzeniePoczatkowe>"
    term = f"<TerminPlatnosci><TerminOpis>{described}</TerminOpis></TerminPlatnosci>"
    read = facts.of(FA.format(f"<P_1>2026-03-02</P_1><Platnosc>{term}</Platnosc>").encode())
    assert read.payment_due == (dt.date.fromisoformat(due) if due else None)
    assert read.payment_term.startswith(f"{count} {unit} od") and event in read.payment_term
    two = facts.of(FA.format(f"<P_1>2026-03-02</P_1>{term}{term}").encode())
    assert two.payment_due is None
    dated = facts.of(FA.format(f"<Termin>2026-05-01</Termin>{term}").encode())
    assert (dated.payment_due, dated.payment_term) == (dt.date(2026, 5, 1), "")


@pytest.mark.pure
def test_references_of_an_fa() -> None:
    corrected = "<DaneFaKorygowanej><NrKSeFFaKorygowanej>{}</NrKSeFFaKorygowanej></DaneFaKorygowanej>"
    advance = "<FakturaZaliczkowa><NrKSeFFaZaliczkowej>{}</NrKSeFFaZaliczkowej></FakturaZaliczkowa>"
    read = facts.of(FA.format(corrected.format(NUMBER) * 2 + advance.format(NUMBER)).encode())
    assert (read.corrects, read.settles) == ((NUMBER,), (NUMBER,))
    assert facts.of(FA.format(corrected.format("nonsense")).encode()).corrects == ()


@pytest.mark.pure
def test_other_forms() -> None:
    assert facts.of(RR.encode()).words == {"zyto", "ozime"}
    credit = facts.of(UBL.encode())
    assert credit.payment_due == dt.date(2026, 12, 24)
    assert (credit.corrects, credit.words) == ((NUMBER,), {"bandaz", "elastyczny"})


@pytest.mark.pure
@pytest.mark.parametrize(
    "xml", [b"", b"no XML", b"<a>", b"<Faktura/>", b"<Fa><Termin>31 grudnia</Termin></Fa>"]
)
def test_of_anything_else_nothing_is_known(xml: bytes) -> None:
    assert facts.of(xml) == facts.Facts()


@pytest.mark.django_db
def test_everything_unread_is_read_once(company: Any) -> None:
    many = [bought(company, number=f"D/{number}") for number in range(3)]
    bad = bought(company, b"no XML at all", number="zepsuta")
    registry.enqueue(None, reading.ROUND)
    assert registry.run(Job.objects.get(name=reading.ROUND).pk)
    job = Job.objects.get(company=company, name=reading.READ_JOB)
    assert registry.run(job.pk)
    assert not ReceivedInvoice.objects.filter(read_at=None).exists()
    many[0].entry.refresh_from_db()
    assert many[0].entry.seller_key == "dostawca swit"
    assert set(LineWord.objects.filter(entry=many[0].entry).values_list("word", flat=True)) >= {
        "liczydlo",
        "debowe",
    }
    assert not LineWord.objects.filter(entry=bad.entry).exists()
    words = LineWord.objects.count()
    ReceivedInvoice.objects.update(read_at=None)
    registry.enqueue(company.pk, reading.READ_JOB)
    assert registry.run(job.pk)
    assert LineWord.objects.count() == words


@pytest.mark.django_db
def test_a_reference_is_kept_before_the_other_invoice_is_here(company: Any) -> None:
    xml = FA.format(f"<NrKSeFFaKorygowanej>{NUMBER}</NrKSeFFaKorygowanej>").encode()
    row = bought(company, xml)
    registry.enqueue(company.pk, reading.READ_JOB)
    registry.run(Job.objects.get(company=company, name=reading.READ_JOB).pk)
    reference = Reference.objects.of(company).get()
    assert (reference.entry, reference.kind, reference.ksef_number) == (row.entry, "correction", NUMBER)
    assert ReceivedInvoice.objects.get().read_at <= timezone.now()


@pytest.mark.django_db
def test_a_page_says_that_a_day_was_computed(company: Any, owner: Any, browse: Any) -> None:
    count = "<Ilosc>14</Ilosc><Jednostka>dni</Jednostka>"
    term = f"<TerminOpis>{count}<ZdarzeniePoczatkowe>{{}}</ZdarzeniePoczatkowe></TerminOpis>"
    for number, event in (("A", "wystawienie"), ("B", "odbiór")):
        bought(company, FA.format(f"<P_1>2026-03-02</P_1>{term.format(event)}").encode(), number=number)
    registry.enqueue(company.pk, reading.READ_JOB)
    registry.run(Job.objects.get(company=company, name=reading.READ_JOB).pk)
    rows = ReceivedInvoice.objects.order_by("pk")
    shown = [browse(owner).get(row.get_absolute_url()).content.decode() for row in rows]
    assert "16.03.2026" in shown[0] and "obliczony, na fakturze: 14 dni od: wystawienie" in shown[0]
    assert "14 dni od: odbiór" in shown[1] and "obliczony" not in shown[1]
