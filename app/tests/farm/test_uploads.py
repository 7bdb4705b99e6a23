"""Ready FA_RR files, one and many: those of this program, of others, and what is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from liczydlo.documents.models import Direction
from liczydlo.rr.build import build, write
from liczydlo.rr.draft import Party, RrDraft
from liczydlo.sales.models import Draft, Invoice
from liczydlo.web import times

from app.tests.farm.test_pages import at, text
from app.tests.rr.drafts import PLAIN
from app.tests.rr.test_strangers import whole
from app.tests.sales.world import document

pytestmark = pytest.mark.django_db


@pytest.fixture
def ala(owner: Any, company: Any, browse: Any) -> Client:
    return browse(owner)  # type: ignore[no-any-return]


def meant(company: Any, **changes: Any) -> RrDraft:
    today = times.today()
    buyer = Party(nip=company.nip, name=company.name, address_1=company.line1)
    return replace(PLAIN, buyer=buyer, issue_date=today, purchase_date=today, **changes)


def file_of(draft: RrDraft) -> bytes:
    """As another program would write it."""
    content = write(whole(build(draft, created=times.now())))
    return content.replace(b"><", b">\n  <")


def take(client: Client, company: Any, *files: bytes) -> Any:
    named = [SimpleUploadedFile(f"rr-{at}.xml", one, "application/xml") for at, one in enumerate(files, 1)]
    return client.post(at("upload", company), {"files": named})


def test_one_leads_to_its_preview(ala: Client, company: Any) -> None:
    content = file_of(meant(company))
    answer = take(ala, company, content)
    row = Invoice.objects.get()
    assert answer.url == row.get_absolute_url() and row.entry.direction == Direction.FARM
    draft = Draft.objects.get()
    assert (draft.content, draft.draft_json, draft.file_name) == (content, None, "rr-1.xml")
    page = text(ala.get(answer.url))
    assert (
        "Jan Rolny" in page
        and "Faktor" in page
        and "rr-1.xml" in page
        and "Tej faktury nie można" not in page
    )
    again = take(ala, company, content)
    assert again.url == answer.url and Invoice.objects.count() == 1


def test_many_with_sales_among_them(ala: Client, company: Any) -> None:
    files = [file_of(meant(company, number=f"RR/{number}")) for number in (1, 2)]
    stranger = file_of(meant(company, number="RR/3")).replace(company.nip.encode(), b"1111111111")
    broken = files[0].replace(b"<P_9>7<", b"<P_9>8<")
    page = text(take(ala, company, *files, document(company.nip), stranger, broken))
    assert page.count("zapisany jako szkic") == 3 and "Jan Rolny" in page
    assert page.count("nic z niego nie zapisano") == 2
    assert "Fakturę VAT RR wystawia nabywca" in page and "P_9" in page
    sheet = text(ala.post(at("issue_drafts", company), {"id": re.findall(r'name="id" value="(\d+)"', page)}))
    assert "Jan Rolny" in sheet and company.name not in sheet.partition('id="planned"')[2]
    seen = re.findall(r'name="seen" value="([^"]+)"', sheet)[0]
    ids = [row.pk for row in Invoice.objects.all()]
    ala.post(at("issue_drafts", company), {"id": ids, "seen": seen})
    assert set(Invoice.objects.values_list("state", flat=True)) == {"queued"}


def test_sent_together_they_lead_to_their_own_list(ala: Client, company: Any) -> None:
    take(ala, company, file_of(meant(company, number="RR/1")), file_of(meant(company, number="RR/2")))
    ids = [row.pk for row in Invoice.objects.all()]
    sheet = text(ala.post(at("issue_drafts", company), {"id": ids}))
    seen = re.findall(r'name="seen" value="([^"]+)"', sheet)[0]
    assert ala.post(at("issue_drafts", company), {"id": ids, "seen": seen}).url == at("farm", company)


def test_in_a_foreign_currency(ala: Client, company: Any) -> None:
    content = file_of(meant(company)).replace(b"<KodWaluty>PLN", b"<KodWaluty>EUR")
    take(ala, company, content)
    entry = Invoice.objects.get().entry
    assert (entry.currency, str(entry.vat)) == ("EUR", "2.00"), "the refund is kept in złoty"


def test_the_list_leads_to_the_upload(ala: Client, company: Any, member: Any, browse: Any) -> None:
    assert at("upload", company) in text(ala.get(at("farm", company)))
    assert at("upload", company) not in text(browse(member("viewer")).get(at("farm", company)))
