"""The pages of purchases: who may see and do what, and what they answer."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.connection import clients
from liczydlo.documents import facts
from liczydlo.documents.models import Direction, Document, IndexEntry
from liczydlo.jobs.models import Job
from liczydlo.prints import large
from liczydlo.purchases import due, services
from liczydlo.purchases.models import Checkpoint, ReceivedInvoice
from liczydlo.web import search
from liczydlo.web.reasons import Reason

from app.tests.sales.world import document, new_nip

pytestmark = pytest.mark.django_db


def address(name: str, company: Any, *arguments: Any) -> str:
    return reverse(f"purchases:{name}", args=[company.pk, *arguments])


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")  # type: ignore[no-any-return]


def bought(company: Any, xml: bytes = b"", *, number: str = "D/1", **columns: Any) -> ReceivedInvoice:
    """A received invoice as the synchronisation leaves it; ``columns`` of its index entry are other ones."""
    xml = xml or document(new_nip(), company.nip, number=number)
    kept = Document.objects.create(company=company, sha256=hashlib.sha256(xml).hexdigest(), xml=xml)
    values = {
        "environment": company.environment,
        "direction": Direction.PURCHASE,
        "document": kept,
        "ksef_number": f"8567346215-20261123-{kept.pk:012X}-00",
        "number": number,
        "kind": "VAT",
        "issue_date": timezone.localdate(),
        "acquired_at": timezone.now(),
        "seller_nip": "8567346215",
        "seller_name": "Dostawca „Świt”",
        "currency": "PLN",
        "net": Decimal(150),
        "vat": Decimal(27),
        "gross": Decimal(177),
        **columns,
    }
    words = search.fold(f"{number} {values['seller_name']}")
    entry = IndexEntry.objects.create(company=company, **{"words": words, **values})
    return ReceivedInvoice.objects.create(
        company=company,
        environment=entry.environment,
        entry=entry,
        mode="Online",
        stored_at=timezone.now(),
        **due.columns(entry, facts.of(xml)),
    )


def test_a_stranger_finds_nothing(company: Any, stranger: Any, browse: Any) -> None:
    invoice = bought(company)
    client = browse(stranger)
    for name in ("list", "progress"):
        assert client.get(address(name, company)).status_code == 404
    for name in ("detail", "pdf", "xml"):
        assert client.get(address(name, company, invoice.pk)).status_code == 404
    assert client.post(address("fetch", company)).status_code == 404
    assert not Job.objects.exists()


def test_nobody_reaches_an_invoice_through_another_company(ala: Client, company: Any, stranger: Any) -> None:
    invoice = bought(stranger.companies.get())
    for name in ("detail", "pdf", "xml"):
        assert ala.get(address(name, company, invoice.pk)).status_code == 404


def test_a_viewer_sees_and_does_not_fetch(
    company: Any, member: Any, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "is_connected", lambda _company: True)
    client = browse(member("viewer"))
    shown = client.get(address("list", company))
    assert shown.status_code == 200
    assert address("fetch", company) not in text_of(shown)
    assert client.post(address("fetch", company)).status_code == 403


def test_an_empty_list_says_what_to_do(ala: Client, company: Any) -> None:
    shown = text_of(ala.get(address("list", company)))
    assert "Nie ma jeszcze faktur zakupu" in shown
    assert "Firma nie jest połączona z KSeF." in shown
    Checkpoint.objects.create(
        company=company,
        environment=company.environment,
        subject=services.BUYER,
        until=timezone.now(),
        looked_at=timezone.now(),
    )
    assert "W KSeF nie było faktur" in text_of(ala.get(address("list", company)))


def test_fetching_is_asked_for_and_its_progress_shown(ala: Client, company: Any) -> None:
    assert ala.get(address("fetch", company)).status_code == 405
    response = ala.post(address("fetch", company))
    assert response["Location"] == address("list", company)
    assert "Pobieranie faktur z KSeF" in text_of(ala.get(address("list", company)))
    going = ala.get(address("progress", company))
    assert "HX-Refresh" not in going
    Job.objects.update(due_at=None)
    assert ala.get(address("progress", company))["HX-Refresh"] == "true"


def test_why_nothing_comes_is_told(ala: Client, company: Any) -> None:
    services.request(company)
    away = Reason("network")
    Job.objects.update(reason_json=away.as_json())
    shown = text_of(ala.get(address("list", company)))
    assert away.text("pl") in shown
    assert "Następna próba" in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "d/1"}, 1),
        ({"q": "świt"}, 2),
        ({"q": "856 734 62 15"}, 2),
        ({"q": "nikt"}, 0),
        ({"do": "2001-01-01"}, 0),
    ],
)
def test_the_list_is_narrowed(ala: Client, company: Any, query: dict[str, str], found: int) -> None:
    bought(company, number="D/1")
    bought(company, number="E/2")
    shown = text_of(ala.get(address("list", company), query))
    assert shown.count("Nowa</span>") == found


def test_an_invoice_stays_new_when_somebody_opens_it(ala: Client, company: Any) -> None:
    invoice = bought(company)
    shown = text_of(ala.get(invoice.get_absolute_url()))
    assert invoice.entry.ksef_number in shown
    assert "liczydło dębowe" in shown
    assert "Nowa</span>" in text_of(ala.get(address("list", company)))


def test_its_xml_is_what_ksef_holds(ala: Client, company: Any) -> None:
    invoice = bought(company)
    assert ala.get(address("xml", company, invoice.pk)).content == invoice.entry.xml


def test_a_document_of_another_structure_is_listed_and_downloaded(ala: Client, company: Any) -> None:
    invoice = bought(company, b"<Order xmlns='urn:oasis:names:specification:ubl'/>")
    shown = text_of(ala.get(invoice.get_absolute_url()))
    assert "nieznaną strukturę" in shown
    assert ala.get(address("pdf", company, invoice.pk)).status_code == 404


def test_it_is_printed_with_its_number(ala: Client, company: Any) -> None:
    pdf = ala.get(address("pdf", company, bought(company).pk))
    assert pdf.content.startswith(b"%PDF")


def test_the_day_of_receipt_is_the_day_of_the_number(ala: Client, company: Any) -> None:
    invoice = bought(company, acquired_at=dt.datetime(2026, 3, 4, 23, 30, tzinfo=dt.UTC))
    assert "05.03.2026" in text_of(ala.get(invoice.get_absolute_url()))


def test_a_document_that_cannot_be_printed_now_says_so_and_stays(
    ala: Client, company: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    invoice = bought(company)
    program = tmp_path / "stopped.py"
    program.write_text("raise MemoryError")
    monkeypatch.setattr(large, "LARGE", 10)
    monkeypatch.setattr(large, "_PROGRAM", program)
    answer = ala.get(reverse("purchases:pdf", args=[company.pk, invoice.pk]), follow=True)
    assert answer.redirect_chain == [(invoice.get_absolute_url(), 302)]
    assert "za duży, żeby zrobić z niego teraz wydruk" in text_of(answer)
