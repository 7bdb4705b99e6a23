"""An invoice in a supplier's name typed in the editor: its parties, its number, who may, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.contacts.models import Contractor
from liczydlo.fa3.build import build
from liczydlo.fa3.draft import Address, InvoiceDraft, Marks, Party
from liczydlo.fa3.read import read
from liczydlo.fa3.write import write
from liczydlo.sales import numbering, services
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.repeating.tables import InvoiceTemplate
from liczydlo.web import times
from lxml import html

from app.tests.sales.test_editor import LINE, fields_of, form
from app.tests.sales.test_races import ROUNDS, posted_at_once
from app.tests.sales.world import new_nip

pytestmark = pytest.mark.django_db


def at(name: str, company: Any, *more: int) -> str:
    return reverse(f"sales:{name}", args=[company.pk, *more])


def text(response: Any) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def number(count: int) -> str:
    return f"SF/{times.today():%Y/%m}/{count:03}"


def typed(supplier: str, **fields: str) -> dict[str, str]:
    first = {"number": number(1), "proposed": number(1), "kind": "self-billed"}
    return form(LINE, **{**first, "buyer_nip": supplier, "buyer_name": "Dostawca sp. z o.o.", **fields})


@pytest.fixture
def new(company: Any) -> str:
    return at("new_self_billed", company)


def test_the_supplier_sells_and_the_firm_buys(ala: Client, company: Any, new: str, supplier: str) -> None:
    page = text(ala.get(new))
    assert "Nowa samofaktura" in page and f'value="{number(1)}"' in page
    answer = ala.post(new, typed(supplier))
    row = Invoice.objects.get()
    assert answer.status_code == 302 and answer.url == row.get_absolute_url()
    said = read(bytes(Draft.objects.get().xml or b""))
    assert said.podmiot1.dane_identyfikacyjne.nip == supplier
    assert said.podmiot2.dane_identyfikacyjne.nip == company.nip
    assert said.fa.adnotacje.p_17 == 1 and row.entry.is_self_billed
    shown = text(ala.get(row.get_absolute_url()))
    assert "Dostawca sp. z o.o." in shown and "Wystawia fakturę w imieniu sprzedawcy" in shown
    edit = at("edit", company, row.pk)
    again = fields_of(ala.get(edit).content)
    assert (again["buyer_nip"], again["number"]) == (supplier, number(1))
    changed = ala.post(edit, {**again, "remarks": "Umowa 7"})
    assert changed.status_code == 302
    held = services.draft_of(row).invoice_draft
    assert held is not None and held.seller is not None and held.seller.nip == supplier


def test_each_supplier_has_numbers_of_his_own(ala: Client, company: Any, new: str, supplier: str) -> None:
    other = new_nip()
    for nip in (supplier, other, supplier):
        answer = ala.post(new, typed(nip))
        assert answer.status_code == 302, text(answer)
    rows = Invoice.objects.order_by("pk").values_list("entry__seller_nip", "entry__number")
    assert list(rows) == [(supplier, number(1)), (other, number(1)), (supplier, number(2))]
    assert numbering.propose(company, times.today(), numbering.SELF_BILLED, seller=other) == number(2)
    assert numbering.propose(company, times.today()).endswith("001"), "sales have theirs"
    own = {"number": number(2), "proposed": ""}
    assert "Faktura o tym numerze jest już w programie" in text(ala.post(new, typed(supplier, **own)))
    assert ala.post(new, typed(other, **own)).status_code == 302
    sale = form(LINE, number=number(1))
    assert ala.post(at("new", company), sale).status_code == 302, "a sale may have the number of a supplier's"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_for_one_supplier(
    owner: Any, company: Any, member: Any, browse: Any, supplier: str
) -> None:
    two = [browse(owner), browse(member("accountant"))]
    for _ in range(ROUNDS):
        answers = posted_at_once(two, *((at("new_self_billed", company), typed(supplier)) for _ in two))
        assert [answer.status_code for answer in answers] == [302, 302]
    numbers = sorted(Invoice.objects.values_list("entry__number", flat=True))
    assert numbers == [number(count) for count in range(1, 2 * ROUNDS + 1)]


def test_a_supplier_of_the_list_brings_his_number(ala: Client, company: Any, new: str, supplier: str) -> None:
    ala.post(new, typed(supplier))
    row = Contractor.objects.create(
        company=company,
        kind="nip",
        number=supplier,
        name="Dostawca",
        key=f"nip:{supplier}",
        name_key="dostawca",
    )
    shown = fields_of(ala.get(f"{new}?kontrahent={row.pk}").content)
    assert (shown["buyer_nip"], shown["number"], shown["proposed"]) == (supplier, number(2), number(2))
    picked = fields_of(ala.post(new, {**typed(""), "pick": str(row.pk)}).content)
    assert (picked["buyer_nip"], picked["number"], picked["proposed"]) == (supplier, number(2), number(2))


def test_what_is_refused(ala: Client, company: Any, new: str, supplier: str) -> None:
    for nip, said in (
        (company.nip, "Dostawcą nie może być Twoja firma"),
        ("1234567890", "To nie jest poprawny NIP"),
        ("", "To nie jest poprawny NIP"),
    ):
        answer = ala.post(new, typed(nip))
        assert answer.status_code == 422 and said in text(answer)
    assert not Invoice.objects.exists()


def test_a_file_of_the_sellers_own_that_is_marked_so_is_a_sale(ala: Client, company: Any, new: str) -> None:
    """KSeF takes it from the seller; no form of ours makes it, and the preview says what the mark means."""
    ala.post(at("new", company), form(LINE))
    meant = services.draft_of(Invoice.objects.get()).invoice_draft
    assert meant is not None
    marked = replace(meant, number="FV/17", marks=Marks(self_billing=True))
    row = services.save_draft(company, write(build(marked, created=times.now())), file_name="marked.xml")
    page = text(ala.get(row.get_absolute_url()))
    assert "a sprzedawcą jest Twoja firma" in page and "samofakturowanie" in page
    assert ala.get(at("edit", company, row.pk)).status_code == 404
    issued = services.issue(company, services.draft_of(row).content, draft=row)
    assert not issued.entry.is_self_billed and issued.state == "queued"


def test_what_a_file_says_beyond_the_form_stays(
    ala: Client, company: Any, draft: Callable[..., InvoiceDraft], supplier: str
) -> None:
    place = Address(line1="Krzywa 2")
    seller = Party(name="Dostawca", nip=supplier, eori="PL1234567890", address=place, post_address=place)
    row = services.save_draft(
        company, write(build(draft(company, seller=seller), created=times.now())), file_name="a"
    )
    edit = at("edit", company, row.pk)
    shown = fields_of(ala.get(edit).content)
    assert (shown["buyer_nip"], shown["buyer_name"]) == (supplier, "Dostawca")
    assert ala.post(edit, {**shown, "buyer_name": "Dostawca SA"}).status_code == 302
    said = read(bytes(Draft.objects.get().xml or b"")).podmiot1
    assert (said.dane_identyfikacyjne.nazwa, said.nr_eori) == ("Dostawca SA", "PL1234567890")


def test_corrected_repeated_and_kept_as_a_template(
    ala: Client, company: Any, draft: Callable[..., InvoiceDraft], supplier: str
) -> None:
    row = services.save_draft(company, draft(company))
    issued = services.issue(company, services.draft_of(row).content, draft=row)
    again = ala.post(at("make_similar", company, issued.pk))
    similar = Invoice.objects.latest("pk")
    assert again.url == similar.get_absolute_url()
    assert (similar.entry.number, similar.entry.seller_nip) == (number(2), supplier)
    correct = at("correct_values", company, issued.pk)
    shown = fields_of(ala.get(correct).content)
    assert shown["number"] == number(3)
    answer = ala.post(correct, {**shown, "lines-0-price": "40", "reason": "Cena"})
    assert answer.status_code == 302, text(answer)
    correction = Invoice.objects.latest("pk")
    assert (correction.entry.kind, correction.entry.is_self_billed) == ("KOR", True)
    assert correction.entry.seller_nip == supplier and str(correction.entry.gross) == "-24.60"
    ala.post(at("keep_template", company, issued.pk))
    template = InvoiceTemplate.objects.get()
    assert template.buyer_name == "Dostawca sp. z o.o."
    page = fields_of(ala.get(at("from_template", company, template.pk)).content)
    assert (page["buyer_nip"], page["number"]) == (supplier, number(4))
    assert ala.post(at("from_template", company, template.pk), page).status_code == 302
    assert Invoice.objects.latest("pk").entry.seller_nip == supplier


def test_what_is_typed_is_kept_and_thrown_away(ala: Client, company: Any, new: str, supplier: str) -> None:
    kept = ala.post(at("new_self_billed_unfinished", company), {**typed(supplier), "tab": "a" * 22})
    assert kept.status_code == 204
    assert "Niezapisane zmiany" in text(ala.get(new))
    back = fields_of(ala.post(new, {"restore": "1", "tab": "b" * 22}).content)
    assert back["buyer_nip"] == supplier
    assert ala.post(new, {**fields_of(ala.get(new).content), "cancel": "1"}).url == at("self_billed", company)


def test_who_may(company: Any, member: Any, browse: Any, stranger: Any, new: str, supplier: str) -> None:
    for role, may in (("accountant", True), ("viewer", False)):
        person = browse(member(role))
        assert person.get(new).status_code == (200 if may else 403)
        assert person.post(new, typed(supplier)).status_code == (302 if may else 403)
        listed = person.get(at("self_billed", company))
        assert listed.status_code == 200 and (new in text(listed)) is may
    row = Invoice.objects.get()
    person = browse(stranger)
    for address in (new, at("self_billed", company), at("edit", company, row.pk), row.get_absolute_url()):
        assert person.get(address).status_code == 404


def test_the_kind_is_offered_beside_the_others(ala: Client, company: Any, new: str) -> None:
    page = html.fromstring(ala.get(at("new", company)).content)
    assert page.xpath(f'//nav[@class="tabs"]/a[@href="{new}"]/text()') == ["Samofaktura"]
