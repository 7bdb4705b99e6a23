"""Ready FA_RR files, one and many: those of this program, of others, and what is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from liczydlo.documents.models import Direction
from liczydlo.rr import document as rr
from liczydlo.rr.build import build, write
from liczydlo.rr.draft import Correction, Party, RrDraft
from liczydlo.sales.models import Draft, Invoice
from liczydlo.web import times
from lxml import html

from app.tests.farm.test_pages import at, text
from app.tests.rr.drafts import PLAIN
from app.tests.rr.test_strangers import whole
from app.tests.sales.test_order import accept
from app.tests.sales.world import document

pytestmark = pytest.mark.django_db


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
    assert answer.url == row.get_absolute_url() and row.entry.direction == Direction.SELF_BILLED
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
    assert ala.post(at("issue_drafts", company), {"id": ids, "seen": seen}).url == at("self_billed", company)


def test_in_a_foreign_currency(ala: Client, company: Any) -> None:
    content = file_of(meant(company)).replace(b"<KodWaluty>PLN", b"<KodWaluty>EUR")
    take(ala, company, content)
    entry = Invoice.objects.get().entry
    assert (entry.currency, str(entry.vat)) == ("EUR", "2.00"), "the refund is kept in złoty"


def test_the_list_leads_to_the_upload(ala: Client, company: Any, member: Any, browse: Any) -> None:
    assert at("upload", company) in text(ala.get(at("self_billed", company)))
    assert at("upload", company) not in text(browse(member("viewer")).get(at("self_billed", company)))


# editing an uploaded one


def typed_again(page: Any) -> dict[str, str]:
    """The fields of the form as a browser posts them."""
    shown = html.fromstring(page.content.decode()).get_element_by_id("invoice-form")
    return {name: value or "" for name, value in shown.fields.items() if name}


@pytest.fixture
def uploaded(ala: Client, company: Any) -> Invoice:
    take(ala, company, file_of(meant(company)))
    return Invoice.objects.select_related("company", "entry").get()  # type: ignore[no-any-return]


def test_what_the_form_does_not_show_is_named(ala: Client, company: Any, uploaded: Invoice) -> None:
    edit = at("farm_edit", company, uploaded.pk)
    assert edit in text(ala.get(uploaded.get_absolute_url()))
    page = text(ala.get(edit))
    assert "To zostanie bez zmian" in page and "Kompensata" in page and "Faktor" in page


def test_saved_without_a_change_it_is_the_same_file(ala: Client, company: Any, uploaded: Invoice) -> None:
    before, edit = Draft.objects.get().content, at("farm_edit", company, uploaded.pk)
    assert ala.post(edit, typed_again(ala.get(edit))).url == uploaded.get_absolute_url()
    draft = Draft.objects.get()
    assert (draft.content, draft.file_name) == (before, "rr-1.xml")


def test_what_is_changed_is_changed_and_the_rest_stays(ala: Client, company: Any, uploaded: Invoice) -> None:
    held, edit = rr.read(Draft.objects.get().content), at("farm_edit", company, uploaded.pk)
    fields = typed_again(ala.get(edit)) | {"lines-0-price": "1,60", "farmer_name": "Jan Nowy"}
    ala.post(edit, fields)
    draft = Draft.objects.get()
    found = rr.read(draft.content)
    assert (found.podmiot3, found.podmiot2, found.stopka) == (held.podmiot3, held.podmiot2, held.stopka)
    assert found.podmiot1.adres_koresp == held.podmiot1.adres_koresp
    assert found.faktura_rr.platnosc == held.faktura_rr.platnosc
    content, settlement = found.faktura_rr, found.faktura_rr.rozliczenie
    assert found.podmiot1.dane_identyfikacyjne.nazwa == "Jan Nowy"
    assert (content.faktura_rr_wiersz[0].p_7, content.p_12_1) == (Decimal("1.60"), Decimal("1712.00"))
    assert content.faktura_rr_wiersz[0].kurs_waluty == Decimal("4.25")
    assert settlement is not None and settlement.do_zaplaty == Decimal("1712.45")
    assert Invoice.objects.select_related("entry").get().entry.gross == Decimal("1712.00")
    assert draft.draft_json is None and draft.file_name == "rr-1.xml"
    again = ala.post(edit, fields)
    assert again.status_code == 409 and Draft.objects.get().content == draft.content, (
        "another page was faster"
    )


def test_lines_are_added_and_taken_away(ala: Client, company: Any, uploaded: Invoice) -> None:
    edit = at("farm_edit", company, uploaded.pk)
    more = {
        "lines-TOTAL_FORMS": "2",
        "lines-1-name": "Gruszki",
        "lines-1-quality": "II",
        "lines-1-quantity": "1",
        "lines-1-unit": "kg",
        "lines-1-price": "2",
    }
    ala.post(edit, typed_again(ala.get(edit)) | more)
    rows = rr.read(Draft.objects.get().content).faktura_rr.faktura_rr_wiersz
    assert [row.p_5 for row in rows] == ["Jabłka", "Gruszki"] and rows[1].uu_id
    fields = typed_again(ala.post(edit, typed_again(ala.get(edit)) | {"remove": "1"}))
    del fields["declares"]
    assert ala.post(edit, fields).status_code == 302
    found = rr.read(Draft.objects.get().content).faktura_rr
    assert [row.p_5 for row in found.faktura_rr_wiersz] == ["Gruszki"] and found.dodatkowy_opis == ()


def test_bad_input_changes_nothing(ala: Client, company: Any, uploaded: Invoice) -> None:
    before, edit = Draft.objects.get().content, at("farm_edit", company, uploaded.pk)
    fields = typed_again(ala.get(edit))
    assert ala.post(edit, fields | {"lines-0-price": "x"}).status_code == 422
    assert ala.post(edit, fields | {"farmer_nip": company.nip}).status_code == 422
    assert Draft.objects.get().content == before


EUR = (b"<KodWaluty>PLN", b"<KodWaluty>EUR")


def test_a_foreign_currency_at_one_rate_is_edited(ala: Client, company: Any) -> None:
    """Sums in both currencies follow from the lines, also of one that is added; words name the currency."""
    take(ala, company, file_of(meant(company)).replace(*EUR))
    row = Invoice.objects.select_related("entry").get()
    edit = at("farm_edit", company, row.pk)
    assert edit in text(ala.get(row.get_absolute_url()))
    page = ala.get(edit)
    assert "Kwoty są w EUR, po kursie 4,25 PLN" in text(page)
    before = Draft.objects.get().content
    assert ala.post(edit, typed_again(page)).status_code == 302 and Draft.objects.get().content == before
    more = {
        "lines-0-price": "1,60", "lines-TOTAL_FORMS": "2", "lines-1-name": "Gruszki", "lines-1-quality": "II",
        "lines-1-quantity": "1", "lines-1-unit": "kg", "lines-1-price": "100",
    }  # fmt: skip
    assert ala.post(edit, typed_again(page) | more).status_code == 302
    content = rr.read(Draft.objects.get().content).faktura_rr
    assert (content.kod_waluty, content.p_11_1, content.p_11_2) == (
        "EUR",
        Decimal("1700.00"),
        Decimal("119.00"),
    )
    assert (content.p_11_1w, content.p_11_2w) == (Decimal("7225.00"), Decimal("505.75"))
    assert content.p_12_1w == Decimal("7730.75")
    assert content.p_12_2 == "tysiąc osiemset dziewiętnaście EUR 00/100"
    assert [line.kurs_waluty for line in content.faktura_rr_wiersz] == [Decimal("4.25")] * 2
    row.entry.refresh_from_db()
    assert (row.entry.gross, row.entry.vat) == (Decimal("1819.00"), Decimal("505.75"))


def test_without_one_rate_it_is_not_edited(ala: Client, company: Any) -> None:
    content = file_of(meant(company)).replace(*EUR)
    take(ala, company, re.sub(rb"\s*<KursWaluty>[^<]*</KursWaluty>", b"", content))
    row = Invoice.objects.get()
    edit = at("farm_edit", company, row.pk)
    assert edit not in text(ala.get(row.get_absolute_url()))
    assert "Tę fakturę wgrano z pliku" in text(ala.get(edit, follow=True))


# an uploaded correction

KSEF = "8567346215-20261127-0A1B2C3D4E5F-5D"


@pytest.fixture
def bought(ala: Client, company: Any) -> Invoice:
    """An invoice of two lines that KSeF has accepted."""
    lines = (PLAIN.lines[0], replace(PLAIN.lines[0], name="Gruszki", uid="b"))
    take(ala, company, write(build(meant(company, lines=lines, number="RR/1"), created=times.now())))
    row = Invoice.objects.select_related("entry", "company").get()
    ala.post(at("issue", company, row.pk), {"mode": "online", "seen": Draft.objects.get().digest})
    accept(Invoice.objects.get(), KSEF)
    return Invoice.objects.select_related("entry", "company").get()  # type: ignore[no-any-return]


def correction(company: Any, bought: Invoice, ksef: str = KSEF, **changes: Any) -> bytes:
    """As another program would write it: the second pears fell from the lorry."""
    before = (PLAIN.lines[0], replace(PLAIN.lines[0], name="Gruszki", uid="b"))
    said = Correction(
        number="RR/1",
        issue_date=bought.entry.issue_date,
        before=before,
        ksef_number=ksef,
        reason="Waga",
        effect=3,
    )
    after = (before[0], replace(before[1], quantity=Decimal(400)))
    draft = meant(company, number="KOR/RR/1", lines=after, correction=said, deductions=(), **changes)
    content = write(build(replace(draft, declares=False), created=times.now()))
    return content.replace(b"><", b">\n  <")


def of_correction() -> Draft:
    return Draft.objects.select_related("invoice__entry").get(invoice__entry__number="KOR/RR/1")


def test_an_uploaded_correction_is_edited(ala: Client, company: Any, bought: Invoice) -> None:
    take(ala, company, correction(company, bought, place="Grójec"))
    before = of_correction()
    edit = at("farm_edit", company, before.invoice_id)
    assert edit in text(ala.get(before.invoice.get_absolute_url()))
    page = ala.get(edit)
    assert "Korekta faktury VAT RR" in text(page)
    fields = typed_again(page)
    assert (fields["lines-1-quantity"], fields["reason"], fields["effect"]) == ("400", "Waga", "3")
    assert ala.post(edit, fields).status_code == 302
    assert of_correction().content == before.content  # nothing was changed
    assert (
        ala.post(edit, fields | {"lines-1-quantity": "500", "reason": "Ponowne ważenie"}).status_code == 302
    )
    draft = of_correction()
    content, held = rr.read(draft.content).faktura_rr, rr.read(before.content).faktura_rr
    rows = [(row.stan_przed, row.p_5, row.p_6b) for row in content.faktura_rr_wiersz]
    assert rows[:3] == [(row.stan_przed, row.p_5, row.p_6b) for row in held.faktura_rr_wiersz][:3]
    assert rows[3] == (None, "Gruszki", 500)
    assert (content.przyczyna_korekty, content.typ_korekty, content.p_1m) == ("Ponowne ważenie", 3, "Grójec")
    assert content.dane_fa_korygowanej == held.dane_fa_korygowanej
    assert content.p_12_1 == Decimal("-829.25") == draft.invoice.entry.gross
    assert (draft.draft_json, draft.file_name) == (None, "rr-1.xml")


def test_a_line_that_is_taken_out_comes_down_to_zero(ala: Client, company: Any, bought: Invoice) -> None:
    take(ala, company, correction(company, bought))
    edit = at("farm_edit", company, of_correction().invoice_id)
    fields = typed_again(ala.post(edit, typed_again(ala.get(edit)) | {"remove": "2"}))
    assert ala.post(edit, fields).status_code == 302
    rows = rr.read(of_correction().content).faktura_rr.faktura_rr_wiersz
    assert [(row.p_5, row.p_6b) for row in rows if not row.stan_przed] == [("Jabłka", 1000), ("Gruszki", 0)]
    page = text(ala.post(edit, fields | {"zero": "1"}))
    assert 'value="0"' in page and "Gruszki" in page


def test_whose_correction_it_is(
    ala: Client, company: Any, bought: Invoice, browse: Any, member: Any, stranger: Any
) -> None:
    take(ala, company, correction(company, bought))
    row = of_correction().invoice
    edit, before = at("farm_edit", company, row.pk), of_correction().content
    fields = typed_again(ala.get(edit))
    assert browse(member("viewer")).post(edit, fields).status_code == 403
    assert browse(stranger).post(edit, fields).status_code == 404
    assert ala.post(edit, fields | {"lines-1-quantity": "x"}).status_code == 422
    assert of_correction().content == before


def test_a_correction_without_its_original_is_not_edited(ala: Client, company: Any, bought: Invoice) -> None:
    take(ala, company, correction(company, bought, ksef="8567346215-20261127-0A1B2C3D4E5F-6A"))
    row = of_correction().invoice
    edit = at("farm_edit", company, row.pk)
    assert edit not in text(ala.get(row.get_absolute_url()))
    assert "Tę fakturę wgrano z pliku" in text(ala.get(edit, follow=True))
