"""Uploaded files in the editor: what it shows of them is edited, and nothing is lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.companies.models import Company
from liczydlo.fa3.build import build
from liczydlo.fa3.draft import Address, InvoiceDraft, Line, Party, Payment
from liczydlo.fa3.model import DaneKontaktowe, TerminPlatnosci
from liczydlo.fa3.problems import DocumentError
from liczydlo.fa3.read import read
from liczydlo.fa3.reverse import reverse as meaning
from liczydlo.fa3.write import write
from liczydlo.sales import composing, similar
from liczydlo.sales.models import Draft, Invoice

from app.tests.sales.section_forms import fields

MADE = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
SHARED = Path(__file__).parents[4] / "shared"


def sale(company: Any, **change: Any) -> InvoiceDraft:
    """An invoice of another program, whose seller has a contact that the firm's settings lack."""
    seller = Party(
        name=company.name,
        nip=company.nip,
        address=Address(line1="ul. Dawna 1"),
        contacts=(DaneKontaktowe(email="dawny@example.com"),),
    )
    buyer = Party(
        nip="8567346215", name="Kupiec", address=Address(line1="ul. Prosta 1"), customer_number="K-1"
    )
    draft = InvoiceDraft(
        number="INNY/1",
        issue_date=timezone.localdate(),
        seller=seller,
        buyer=buyer,
        lines=(Line(name="usługa", rate="23", net_price=Decimal("100.00")),),
        payment=Payment(terms=(TerminPlatnosci(termin=dt.date(2026, 12, 24)),)),
    )
    return replace(draft, **change)


def upload(ala: Client, company: Any, content: bytes) -> Any:
    file = SimpleUploadedFile("inny.xml", content, "application/xml")
    return ala.post(reverse("sales:upload", args=[company.pk]), {"files": file}, follow=True)


@pytest.mark.django_db
def test_a_file_is_edited_without_losing_anything(ala: Client, company: Any) -> None:
    meant = sale(company)
    page = upload(ala, company, write(build(meant, created=MADE))).content.decode()
    edit = reverse("sales:edit", args=[company.pk, Invoice.objects.get().pk])
    assert edit in page and "inny.xml" in page
    for _ in range(2):
        assert ala.post(edit, fields(ala.get(edit))).status_code == 302
        held, unread = meaning(read(bytes(Draft.objects.get().xml or b"")))
        assert (held, unread) == (meaning(build(meant, created=MADE))[0], ())
    assert "inny.xml" not in ala.get(Invoice.objects.get().get_absolute_url()).content.decode()
    changed = {**fields(ala.get(edit)), "lines-0-price": "200"}
    assert ala.post(edit, changed).status_code == 302
    faktura = read(bytes(Draft.objects.get().xml or b""))
    assert (faktura.fa.p_15, faktura.podmiot1.dane_kontaktowe[0].email) == (246, "dawny@example.com")


@pytest.mark.django_db
def test_who_may(ala: Client, company: Any, member: Any, browse: Any, stranger: Any) -> None:
    upload(ala, company, write(build(sale(company), created=MADE)))
    edit = reverse("sales:edit", args=[company.pk, Invoice.objects.get().pk])
    assert browse(stranger).get(edit).status_code == 404
    assert browse(member("viewer")).get(edit).status_code == 403
    assert browse(member("accountant")).get(edit).status_code == 200


OF_LINES = (
    *("lines", "sums", "total", "marks", "order", "advance", "correction", "kind", "period", "part_payments"),
    *("to_receipt", "linked", "excise_refund"),
)
"""Fields of a draft that belong to lines, VAT, its marks, advances and corrections."""


def folders() -> list[Path]:
    found = [one for one in (SHARED / "spec/examples/fa3", SHARED / "cases/documents") if one.is_dir()]
    return found or pytest.skip("no ../shared")


@pytest.mark.pure
def test_parties_payment_and_texts_of_others_are_shown_whole() -> None:
    """What the form lacks of the official examples and of the corpus is in lines, VAT, advances and corrections."""
    lacking = {}
    for one in (one for folder in folders() for one in folder.glob("*.xml")):
        try:
            held, _ = meaning(read(one.read_bytes()))
        except DocumentError:
            continue
        buyer = held.buyer and replace(held.buyer, name=held.buyer.name or "")  # a simplified one needs none
        held = replace(held, kind="VAT", buyer=buyer)
        shown = composing.as_typed(Company(), held)
        names = {
            name
            for name in similar.differences(replace(held, seller=shown.seller), shown)
            if not name.startswith(OF_LINES)
        }
        if names:
            lacking[one.name] = names
    assert lacking == {}
