"""The sections of the editor on the form of a correction: said by the correction, seen again, kept where not shown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from hypothesis import given, settings
from liczydlo.companies.models import Company
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.fa3.build import build
from liczydlo.fa3.corrections import bare
from liczydlo.fa3.draft import Address, Correction, InvoiceDraft, Line, Marks, Original, Party, ThirdParty
from liczydlo.fa3.model import DaneKontaktowe, DodatkowyOpis, NowySrodekTransportu, Rejestr, Stopka
from liczydlo.fa3.read import read
from liczydlo.fa3.reverse import reverse as meaning
from liczydlo.fa3.standing import standing
from liczydlo.fa3.write import write
from liczydlo.sales import composing, sections
from liczydlo.sales.composing import LINES
from liczydlo.sales.editing.correction import Correcting
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.similar import differences

from app.tests.connection.test_browser import faults, page
from app.tests.fa3.drafts import DRAFTS
from app.tests.sales.section_forms import rows
from app.tests.sales.test_browser import look
from app.tests.sales.test_correction_pages import at, fields, text
from app.tests.sales.test_order import issue
from app.tests.sales.test_similar_kept import errors
from app.tests.sales.test_uploaded_drafts import MADE, sale, upload

__all__ = ["page"]
DAY = dt.date(2031, 1, 1)
SAID = {
    **rows("parties-parties", {"role": "5", "id_kind": "nip", "number": "8567346215", "name": "Płatnik",
                              "line1": "ul. Inna 2", "country": "PL"}),
    **rows("notes-notes", {"key": "Reklamacja", "value": "R/7", "line": ""}),
    **rows("payment-accounts", {"number": "11114000005555123412341234", "bank": "Bank B"}),
    **rows("settlement-charges", {"reason": "przesyłka", "amount": "12,50"}),
    **rows("footer-notes", {"text": "Kapitał 5 000 zł"}),
    "payment": "6",
    "account": "11114000005555123412341234",
    "terms-place": "Poznań",
    "buyer-customer_number": "K-7",
}  # fmt: skip


def sold(company: Any, **change: Any) -> Invoice:
    return issue(company, write(build(sale(company, **change), created=MADE)))


def made() -> Any:
    return read(bytes(Draft.objects.get().xml or b""))


@pytest.mark.django_db
def test_a_correction_says_more_than_lines(ala: Client, company: Any) -> None:
    first = sold(company)
    shown = ala.get(at("correct_values", first))
    assert "Inne podmioty" in text(shown) and "Odbiorca inny niż nabywca" in text(shown)
    typed = {**fields(shown), **SAID, "lines-0-price": "90"}
    assert "Do zapłaty: 0,20 zł" in text(ala.post(at("correct_values_totals", first), typed))
    answer = ala.post(at("correct_values", first), typed)
    assert answer.status_code == 302, errors(answer)
    document = made()
    fa = document.fa
    assert (fa.rodzaj_faktury, fa.p_15, fa.p_1m) == ("KOR", Decimal("-12.30"), "Poznań")
    assert (document.podmiot3[0].rola, document.podmiot3[0].dane_identyfikacyjne.nip) == (5, "8567346215")
    assert (fa.dodatkowy_opis[0].klucz, fa.rozliczenie.suma_obciazen) == ("Reklamacja", Decimal("12.50"))
    assert [one.nazwa_banku for one in fa.platnosc.rachunek_bankowy] == [None, "Bank B"]
    assert document.podmiot2.nr_klienta == "K-7"
    edit = at("edit", Invoice.objects.get(state="draft"))
    assert ala.post(edit, fields(ala.get(edit))).status_code == 302
    again = made()
    assert replace(again, naglowek=document.naglowek) == document


@pytest.mark.django_db
def test_what_goes_with_lines_stays(ala: Client, company: Any) -> None:
    """New means of transport stand on no form of a correction, whose price is another now."""
    car = NowySrodekTransportu(p_22a=dt.date(2026, 5, 1), p_nr_wiersza_nst=1, p_22b="100", p_22b1="VIN1")
    party = Party(
        vat_ue_country="DE",
        vat_ue="123456789",
        name="Käufer",
        address=Address(line1="Straße 1", country="DE"),
    )
    line = Line(name="auto", rate="0 WDT", quantity=Decimal(1), net_price=Decimal("90000.00"))
    first = sold(company, buyer=party, lines=(line,), marks=Marks(new_transport=(car,), art_42_5=True))
    typed = fields(ala.get(at("correct_values", first)))
    answer = ala.post(at("correct_values", first), {**typed, "lines-0-price": "80000"})
    assert answer.status_code == 302, errors(answer)
    marks = made().fa.adnotacje.nowe_srodki_transportu
    assert (marks.nowy_srodek_transportu[0].p_22b1, marks.p_42_5) == ("VIN1", 1)
    edit = at("edit", Invoice.objects.get(state="draft"))
    assert ala.post(edit, fields(ala.get(edit))).status_code == 302
    assert made().fa.adnotacje.nowe_srodki_transportu == marks


@pytest.mark.django_db
def test_parties_alone_are_corrected_and_nothing_is_no_correction(ala: Client, company: Any) -> None:
    first = sold(company)
    typed = fields(ala.get(at("correct_values", first)))
    same = ala.post(at("correct_values", first), typed)
    assert same.status_code == 422 and "Nic się jeszcze nie zmieniło" in text(same)
    remarks = ala.post(at("correct_values", first), {**typed, "remarks": "sama uwaga"})
    assert remarks.status_code == 422
    party = {name: value for name, value in SAID.items() if name.startswith("parties-")}
    answer = ala.post(at("correct_values", first), {**typed, **party})
    assert answer.status_code == 302, errors(answer)
    document = made()
    assert (document.fa.p_15, document.fa.fa_wiersz, len(document.podmiot3)) == (0, (), 1)


@pytest.mark.django_db
def test_what_sections_do_not_show_of_the_original_stays(ala: Client, company: Any) -> None:
    contacts = tuple(DaneKontaktowe(email=f"osoba{n}@example.com") for n in range(3))
    payer = Party(name="Płatnik", nip="8567346215", address=Address(line1="ul. Inna 2"), contacts=contacts)
    first = sold(
        company,
        third_parties=(ThirdParty(party=payer, role=5),),
        remarks=(DodatkowyOpis(klucz="Zamówienie", wartosc="7"),),
        footer=Stopka(rejestry=(Rejestr(krs="0000123456"),)),
    )
    typed = {**fields(ala.get(at("correct_values", first))), "lines-0-price": "90"}
    assert typed["parties-parties-0-name"] == "Płatnik" and "notes-notes-0-key" not in typed
    ala.post(at("correct_values", first), typed)
    document = made()
    assert len(document.podmiot3[0].dane_kontaktowe) == 3
    assert document.stopka.rejestry[0].krs == "0000123456"
    edit = at("edit", Invoice.objects.get(state="draft"))
    assert ala.post(edit, {**fields(ala.get(edit)), "parties-parties-0-role": "4"}).status_code == 302
    assert (made().podmiot3[0].rola, len(made().podmiot3[0].dane_kontaktowe)) == (4, 3)


@pytest.mark.django_db
def test_rows_without_javascript_and_what_is_wrong(ala: Client, company: Any) -> None:
    first = sold(company)
    page = at("correct_values", first)
    typed = fields(ala.get(page))
    more = ala.post(page, {**typed, "reason": "pomyłka", "add_row": "notes-notes"})
    shown = fields(more)
    assert (shown["notes-notes-rows"], shown["reason"]) == ("1", "pomyłka")
    wrong = ala.post(page, {**shown, "notes-notes-0-key": "Reklamacja"})
    assert wrong.status_code == 422 and "To pole jest wymagane" in text(wrong)
    less = ala.post(page, {**shown, "remove_row": "notes-notes.0"})
    assert fields(less)["notes-notes-rows"] == "0"


@pytest.mark.pure
@settings(max_examples=30)
@given(draft=DRAFTS.filter(lambda one: one.kind in ("VAT", "UPR", "ROZ")))
def test_what_any_invoice_says_beside_its_lines_stays_on_its_correction(draft: InvoiceDraft) -> None:
    """Added is one description, so that there is a correction at all; then nothing, in the draft that it made."""
    company = Company(name="Firma", nip="5261040828")
    document = build(draft, created=MADE)
    original = Invoice(pk=1, company=company, entry=IndexEntry(direction=Direction.SALE))
    with (
        patch("liczydlo.sales.corrections.standing_of", return_value=standing(document)),
        patch("liczydlo.sales.corrections.original_of", return_value=Original(number="FV/1", issue_date=DAY)),
        patch("liczydlo.sales.numbering.propose", return_value="KOR/1"),
        patch("liczydlo.sales.numbering.is_taken", return_value=False),
        patch("liczydlo.web.times.today", return_value=DAY),
    ):
        added = rows("notes-notes", {"key": "Reklamacja", "value": "R/7", "line": ""})
        first = corrected(Correcting(original), None, added)
        again = corrected(Correcting(original, first), first, {})
    plain = bare(standing(document).draft)
    assert list(differences(again, first)) == []
    assert [one.klucz for one in first.remarks] == ["Reklamacja"]
    for name in (
        "third_parties",
        "authorised",
        "seller_status",
        "local_authority",
        "vat_group",
        "footer",
        "buyer",
    ):
        assert getattr(first, name) == getattr(plain, name), name


def corrected(editor: Correcting, said: InvoiceDraft | None, change: Mapping[str, str]) -> InvoiceDraft:
    """What the page means as it is shown, with a change."""
    shows = editor.initial(said)
    lines = editor.line_set(initial=shows[LINES], prices=None)
    posted = sections.posted(editor.form(initial=shows)) | sections.posted(lines.management_form)
    for one in lines:
        posted |= sections.posted(one)
    posted |= change
    form, lines = editor.form(posted), editor.line_set(posted, prices=None)
    assert form.is_valid(), (form.errors, [one.section.name for one in form.parts if not one.valid])  # type: ignore[attr-defined]
    assert lines.is_valid(), lines.errors
    return editor.draft(form.cleaned_data, composing.filled(lines))


def of_another_program(ala: Client, company: Any, first: Invoice, **change: str) -> tuple[bytes, str]:
    """A correction as a file with its own keys between lines, uploaded; the page that edits it."""
    page = at("correct_values", first)
    assert ala.post(page, {**fields(ala.get(page)), **change}).status_code == 302
    content = bytes(Draft.objects.get().xml or b"")
    Invoice.objects.filter(state="draft").delete()
    content = content.replace(b"<P_2>KOR/", b"<P_2>OBCA/")
    number = iter(range(100))
    names: dict[bytes, bytes] = {}
    for key in re.findall(rb"<UU_ID>(.*?)</UU_ID>", content):
        names.setdefault(key, b"obcy-%d" % next(number))
    for key, other in names.items():
        content = content.replace(key, other)
    upload(ala, company, content)
    return content, at("edit", Invoice.objects.get(state="draft"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("shape", "price", "total"), [("pairs", "90", "-24.60"), ("differences", "100,00", "-36.90")]
)
def test_a_file_that_corrects_an_invoice_of_ours_opens_as_a_correction(
    ala: Client, company: Any, shape: str, price: str, total: str
) -> None:
    """A difference under a key of its own stands as a line of its own."""
    first = sold(company)
    content, edit = of_another_program(ala, company, first, **{"lines-0-price": "90", "shape": shape})
    shown = ala.get(edit)
    typed = fields(shown)
    assert (typed["kind"], typed["lines-0-price"], typed["shape"]) == ("correction", price, shape)
    assert "Zachowane, nie do zmiany tutaj" not in text(shown) and "Przyczyna korekty" in text(shown)
    assert ala.post(edit, typed).status_code == 302
    held = read(content)
    assert replace(made(), naglowek=held.naglowek) == held
    changed = {**fields(ala.get(edit)), "lines-0-price": "80", "reason": "rabat"}
    assert ala.post(edit, changed).status_code == 302
    fa = made().fa
    assert (fa.p_15, fa.przyczyna_korekty) == (Decimal(total), "rabat")
    assert fields(ala.get(edit))["kind"] == "correction"


@pytest.mark.django_db
def test_a_file_that_says_what_that_editor_cannot_opens_as_before(ala: Client, company: Any) -> None:
    first = sold(company)
    page = at("correct_values", first)
    ala.post(page, {**fields(ala.get(page)), "lines-0-price": "90"})
    content = bytes(Draft.objects.get().xml or b"")
    Invoice.objects.filter(state="draft").delete()
    said = meaning(read(content))[0]
    changes: dict[str, InvoiceDraft] = {
        "another state before": replace(
            said, lines=(replace(said.lines[0], net_price=Decimal(77)), said.lines[1])
        ),
        "no effect": replace(said, correction=replace(said.correction or Correction(), effect=None)),
        "the seller too": replace(
            said,
            correction=replace(
                said.correction or Correction(), seller=replace(said.seller or Party(), contacts=())
            ),
        ),
    }
    for name, draft in changes.items():
        upload(ala, company, write(build(replace(draft, number=name), created=MADE)))
        row = Invoice.objects.get(entry__number=name)
        shown = ala.get(at("edit", row))
        assert "dane korekty" in text(shown), name
        held = read(bytes(Draft.objects.get(invoice=row).xml or b""))
        assert ala.post(at("edit", row), fields(shown)).status_code == 302
        assert replace(read(bytes(Draft.objects.get(invoice=row).xml or b"")), naglowek=held.naglowek) == held


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser(page: Any, company: Any) -> None:
    first = sold(company)
    page.goto(at("correct_values", first))
    page.get_by_text("Dodatkowe opisy").click()
    page.get_by_role("button", name="Dodaj opis").click()
    page.locator("#id_notes-notes-0-key").fill("Reklamacja")
    page.locator("#id_notes-notes-0-value").fill("R/7")
    page.locator("#id_lines-0-price").fill("90")
    look(page, "korekta-wiecej", phone=True)
    assert not faults(page)
    page.get_by_role("button", name="Dalej: podgląd").last.click()
    page.get_by_text("Reklamacja").first.wait_for()
