"""„Wystaw podobną" to what the form shows a part of: the rest is taken over too, and what is not is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import assume, given, settings
from liczydlo.companies.models import Company
from liczydlo.fa3.build import build
from liczydlo.fa3.draft import Address, InvoiceDraft, Party, ThirdParty
from liczydlo.fa3.model import (
    DaneKontaktowe,
    DodatkowyOpis,
    Informacja,
    Rejestr,
    Stopka,
    ZaplataCzesciowa,
)
from liczydlo.fa3.read import read
from liczydlo.fa3.reverse import reverse as meaning
from liczydlo.fa3.totals import PLN
from liczydlo.fa3.write import write
from liczydlo.sales import composing, services, similar
from liczydlo.sales.editing.similar import SimilarKept
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.recounting import lines_of
from liczydlo.sales.repeating.tables import InvoiceTemplate
from lxml import html

from app.tests.fa3.drafts import DRAFTS
from app.tests.sales.test_correction_pages import at, fields, text
from app.tests.sales.test_preserving import REFUSED, documents, hard, of_the_company, page
from app.tests.sales.test_uploaded_drafts import MADE, sale, upload

RATE: Final = Decimal("4.1")
SUMS, VEHICLES, ATTACHMENT = "sumy podane wprost", "nowe środki transportu", "załącznik"
LEFT: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("przyklad_01.xml", "przyklad_19.xml"), (SUMS,)),
    "f14-zal-impossible-tax.xml": (SUMS,),
    "przyklad_25.xml": (ATTACHMENT,),
}
"""What the page says that it does not take over; of a document that is not here that is nothing."""


def left(page: Any) -> tuple[str, ...]:
    lists = html.fromstring(page.content).xpath("//div[@class='alert alert-warn']//li")
    return tuple(" ".join(one.text_content().split()) for one in lists)


def errors(page: Any) -> list[str]:
    """What a page says that is wrong."""
    found = html.fromstring(page.content).xpath("//*[@class='errors' or contains(@class, 'alert-bad')]")
    return [" ".join(one.text_content().split()) for one in found if one.text_content().strip()]


def of(content: bytes) -> InvoiceDraft:
    """What a similar invoice of today means, its rate of exchange given."""
    taken = similar.moved_to(similar.without_one_time_parts(meaning(read(content))[0]), timezone.localdate())
    return taken if taken.currency == PLN else replace(taken, exchange_rate=RATE)


def repeated(ala: Client, row: Invoice) -> tuple[InvoiceDraft, tuple[str, ...]]:
    """What the similar invoice says, and what its page says that it lacks."""
    answer, named = ala.post(at("make_similar", row)), ()
    if answer["Location"] == at("similar", row):
        shown = ala.get(at("similar", row))
        named = tuple(one for one in left(shown) if "kurs waluty" not in one)
        posted = fields(shown)
        if posted["currency"] != PLN:
            assert ala.post(at("similar", row), posted).status_code == 422
            posted["exchange_rate"] = "4,1"
        answer = ala.post(at("similar", row), posted)
        assert answer.status_code == 302, errors(answer)
    made = Draft.objects.exclude(invoice=row).get()
    assert ala.get(at("edit", made.invoice)).status_code == 200
    return meaning(read(bytes(made.xml or b"")))[0], named


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in documents() if name not in REFUSED])
def test_a_document_repeated_says_what_it_said(ala: Client, company: Any, name: str) -> None:
    content = documents()[name].read_bytes()
    of_the_company(company, content)
    upload(ala, company, content)
    row = Invoice.objects.get()
    if row.entry.kind not in similar.KINDS:
        assert similar.refusal(company, row) is not None
        return
    made, named = repeated(ala, row)
    wanted = replace(of(content), number=made.number, seller=composing.seller(company))
    if wanted.payment is None:
        wanted = replace(wanted, payment=made.payment)
    assert list(similar.differences(made, wanted)) == []
    assert named == LEFT.get(name, ())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        *("mixed prices", "values alone", "both prices", "rounded otherwise", "numbers with gaps"),
        *("several vehicles", "contacts of a third party", "discount above the price", "spaces"),
        *("currency not offered", "rate of each line", "advance in parts", "paid in another way"),
    ],
)
def test_what_other_programs_write_is_repeated(ala: Client, company: Any, name: str) -> None:
    content = write(build(hard(company)[name], created=MADE))
    upload(ala, company, content)
    made, named = repeated(ala, Invoice.objects.get())
    wanted = replace(of(content), number=made.number, seller=composing.seller(company))
    assert list(similar.differences(made, wanted)) == []
    assert named == {"several vehicles": (VEHICLES,), "rounded otherwise": (SUMS,)}.get(name, ())


def rich(company: Any) -> InvoiceDraft:
    """A sale with more of everything than the form has fields for."""
    contacts = tuple(DaneKontaktowe(email=f"osoba{n}@example.com") for n in range(3))
    payer = Party(name="Płatnik", nip="8567346215", address=Address(line1="ul. Inna 2"), contacts=contacts)
    part = ZaplataCzesciowa(kwota_zaplaty_czesciowej=Decimal(5), data_zaplaty_czesciowej=dt.date(2026, 11, 1))
    meant = sale(company)
    assert meant.payment is not None
    return replace(
        meant,
        third_parties=(ThirdParty(party=payer, role=5),),
        remarks=(DodatkowyOpis(klucz="Zamówienie", wartosc="7"),),
        footer=Stopka(
            informacje=(Informacja(stopka_faktury="Dziękujemy"), Informacja(stopka_faktury="Kapitał 5 000 zł")),
            rejestry=(Rejestr(krs="0000123456"),),
        ),
        payment=replace(meant.payment, parts=(part,), terms=()),
        delivery_notes=("WZ/1",),
    )  # fmt: skip


@pytest.mark.django_db
def test_parties_notes_and_registers_go_along_at_once_and_parts_do_not(ala: Client, company: Any) -> None:
    upload(ala, company, write(build(rich(company), created=MADE)))
    row = Invoice.objects.get()
    shown = ala.post(at("make_similar", row), follow=True)
    assert "nie przejęła: zapłaty częściowe, które już były; numery WZ." in text(shown)
    made = Draft.objects.exclude(invoice=row).get()
    faktura = read(bytes(made.xml or b""))
    assert len(faktura.podmiot3[0].dane_kontaktowe) == 3 and faktura.stopka is not None
    assert (len(faktura.stopka.informacje), faktura.stopka.rejestry[0].krs) == (2, "0000123456")
    assert faktura.fa.dodatkowy_opis[0].wartosc == "7"
    assert (faktura.fa.wz, faktura.fa.platnosc and faktura.fa.platnosc.zaplata_czesciowa) == ((), ())
    edit = at("edit", made.invoice)
    assert "Zachowane, nie do zmiany tutaj" in text(ala.get(edit))
    assert ala.post(edit, {**fields(ala.get(edit)), "lines-0-price": "7"}).status_code == 302
    again = read(bytes(Draft.objects.get(invoice=made.invoice).xml or b""))
    assert (again.fa.fa_wiersz[0].p_9a, len(again.podmiot3[0].dane_kontaktowe)) == (7, 3)


@pytest.mark.django_db
def test_a_template_keeps_what_the_form_does_not_show(ala: Client, company: Any) -> None:
    upload(ala, company, write(build(rich(company), created=MADE)))
    row = Invoice.objects.get()
    ala.post(at("keep_template", row))
    template = InvoiceTemplate.objects.get()
    where = [company.pk, template.pk]
    shown = text(ala.get(template.get_absolute_url()))
    assert "numery WZ" in shown and "dalsze dane innych podmiotów" not in shown
    contents = reverse("sales:template_contents", args=where)
    assert ala.post(contents, {**fields(ala.get(contents)), "lines-0-price": "8"}).status_code == 302
    ala.post(reverse("sales:make_from_template", args=where))
    faktura = read(bytes(Draft.objects.exclude(invoice=row).get().xml or b""))
    assert (faktura.fa.fa_wiersz[0].p_9a, len(faktura.podmiot3[0].dane_kontaktowe)) == (8, 3)


@pytest.mark.django_db
def test_who_may_edit_one(ala: Client, company: Any, member: Any, browse: Any, stranger: Any) -> None:
    upload(ala, company, write(build(hard(company)["several vehicles"], created=MADE)))
    row = Invoice.objects.get()
    far, reader = browse(stranger), browse(member("viewer"))
    for address in (at("similar", row), at("similar_totals", row)):
        assert far.post(address, {}).status_code == 404
        assert reader.post(address, {}).status_code == 403
    assert ala.post(at("similar", row), {}).status_code == 422
    sums = ala.post(at("similar_totals", row), {**fields(ala.get(at("similar", row))), "lines-0-price": "9"})
    assert "19,00 zł" in text(sums)


@pytest.mark.django_db
def test_a_rate_on_one_of_its_own_is_of_the_new_day(company: Any) -> None:
    """Tax in złoty that was stated is of the day that has passed."""
    meant = sale(company, currency="EUR", exchange_rate=Decimal(4))
    content = write(build(meant, created=MADE))
    stated = content.replace(b"<P_14_1W>92.00<", b"<P_14_1W>92.01<")
    assert stated != content
    held = services.document_of(company, meaning(read(stated))[0])
    assert meaning(held.faktura)[0].sums is not None
    assert of(stated).sums is None


@pytest.mark.pure
@settings(max_examples=40)
@given(draft=DRAFTS.filter(lambda one: one.kind in similar.KINDS))
def test_a_page_posted_unchanged_makes_what_is_taken_over(draft: InvoiceDraft) -> None:
    company = Company(name="Firma", nip="5261040828")
    today = dt.date(2031, 1, 1)
    taken = similar.moved_to(similar.without_one_time_parts(draft), today)
    assume(taken.sums is None or not lines_of(taken))  # an advance above its order has to be mended
    clock = patch("liczydlo.web.times.today", return_value=today)
    with clock, patch("liczydlo.sales.numbering.is_taken", return_value=False):
        editor = SimilarKept(company, taken)
        with patch("liczydlo.sales.numbering.propose", return_value="FV/1"):
            editor.begin(Invoice(pk=1, company=company), similar.Source(draft=taken), "similar")
            posted = page(editor)
        if taken.currency != PLN:
            posted["exchange_rate"] = "4,1"
        form = editor.form(posted)
        lines = editor.line_set(posted, prices=posted.get("prices"))
        assert form.is_valid(), form.errors
        assert lines.is_valid(), lines.errors
        rows = composing.filled(lines)
        assert editor.check(form, rows), form.errors
        made = editor.draft(form.cleaned_data, rows)
    rate = None if taken.currency == PLN else RATE
    wanted = replace(taken, number="FV/1", exchange_rate=rate, seller=composing.seller(company))
    assert list(similar.differences(made, wanted)) == []
