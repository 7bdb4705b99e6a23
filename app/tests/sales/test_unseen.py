"""What hands and other programs leave in fields: characters that nobody sees, signs of minus, days out of range."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.contacts.models import Contractor, Item
from liczydlo.fa3.read import read
from liczydlo.sales import unseen
from liczydlo.sales.models import Draft, Invoice
from liczydlo.web import texts

from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_editor import LINE, form
from app.tests.sales.test_uploaded_drafts import upload
from app.tests.sales.world import document

pytestmark = pytest.mark.django_db


@pytest.fixture
def new(company: Any) -> str:
    return reverse("sales:new", args=[company.pk])


def refusal(ala: Client, address: str, typed: dict[str, str]) -> str:
    """What the page says; nothing is stored."""
    answer = ala.post(address, typed)
    assert answer.status_code == 422 and not Invoice.objects.exists()
    return text_of(answer)


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (form({**LINE, "name": "usługa\x07"}), "U+0007"),
        (form({**LINE, "name": "usługa \u202eagułsu"}), "U+202E"),
        (form({**LINE, "pkwiu": "32\ufffe"}), "U+FFFE"),
        (form(LINE, number="FV/1\u200b"), "U+200B"),
        (form(LINE, buyer_name="Kupiec\u2066"), "U+2066"),
        (form(LINE, buyer_recipient_line1="ul.\x7f"), "U+007F"),
        (form(LINE, remarks="uwa\x0bga"), "U+000B"),
        (form(LINE, **{"terms-place": "Kra\u202dków"}), "U+202D"),
    ],
)
def test_an_invisible_character_is_named_beside_its_field(
    ala: Client, new: str, typed: dict[str, str], named: str
) -> None:
    shown = refusal(ala, new, typed)
    assert f"Usuń z tego pola niewidoczny znak {named}." in shown and "wiersz 2" not in shown


@pytest.mark.parametrize("field", ["lines-0-name", "buyer_name"])
def test_a_text_that_shows_nothing_is_missing(ala: Client, new: str, field: str) -> None:
    assert "To pole jest wymagane" in refusal(ala, new, form(LINE) | {field: "\u2060"})


def test_other_scripts_and_signs_stay(ala: Client, new: str) -> None:
    name = "שולחן – طاولة 👩\u200d🔧 stół"
    assert ala.post(new, form({**LINE, "name": name})).status_code == 302
    assert read(bytes(Draft.objects.get().xml or b"")).fa.fa_wiersz[0].p_7 == name


@pytest.mark.parametrize("price", ["−0,00", "-0,00", "–0"])
def test_minus_zero_is_zero(ala: Client, new: str, price: str) -> None:
    assert ala.post(new, form({**LINE, "price": price, "discount": price})).status_code == 302
    line = read(bytes(Draft.objects.get().xml or b"")).fa.fa_wiersz[0]
    assert {str(one) for one in (line.p_9a, line.p_11, line.p_10)} <= {"0", "0.00"}


@pytest.mark.parametrize(
    ("typed", "worth"), [("1\u202f234,50 zł", "1234.50"), ("1.234,50", "1234.50"), ("−12,5", "-12.50")]
)
def test_an_amount_as_lists_and_spreadsheets_show_it(ala: Client, new: str, typed: str, worth: str) -> None:
    assert ala.post(new, form({**LINE, "price": typed})).status_code == 302
    assert read(bytes(Draft.objects.get().xml or b"")).fa.fa_wiersz[0].p_11 == Decimal(worth)


@pytest.mark.parametrize("price", ["1e5", "١٢٣", "NaN", "12 EUR", "1,2,3"])
def test_what_is_no_amount(ala: Client, new: str, price: str) -> None:
    assert "Wpisz liczbę" in refusal(ala, new, form({**LINE, "price": price}))


@pytest.mark.parametrize(
    "typed",
    [
        form(LINE, issue_date="1999-12-31"),
        form(LINE, sale_date="0001-01-01"),
        form(LINE, due_date="9999-12-31"),
        form({**LINE, "sale_date": "2005-12-31"}),
        form(LINE, period_begins="2005-01-01", period_ends="2026-01-31"),
    ],
)
def test_a_day_that_no_invoice_can_have(ala: Client, new: str, typed: dict[str, str]) -> None:
    shown = refusal(ala, new, typed)
    assert "Wpisz dzień od 1.01.2006 do 1.01.2050" in shown and "P_1" not in shown and "Termin:" not in shown


@pytest.mark.parametrize(
    ("count", "said"), [("1001", "najwyżej 1000 pozycji"), ("dużo", "Strona nie wysłała pozycji")]
)
def test_lines_that_no_page_sends(ala: Client, new: str, count: str, said: str) -> None:
    assert said in refusal(ala, new, form(LINE, **{"lines-TOTAL_FORMS": count}))


def test_the_lists_too(ala: Client, company: Any) -> None:
    item = {"name": "stół\u202e", "currency": "PLN", "rate": "23"}
    assert "U+202E" in text_of(ala.post(reverse("contacts:add_item", args=[company.pk]), item))
    buyer = {"buyer_kind": "person", "buyer_name": "Jan\x1b"}
    assert "U+001B" in text_of(ala.post(reverse("contacts:add_contractor", args=[company.pk]), buyer))
    assert not Item.objects.exists() and not Contractor.objects.exists()


def test_what_is_seen() -> None:
    assert not any(map(texts.is_seen, ("", " ", "\u00a0", "\u200b\u2060", "\ufeff")))
    assert all(map(texts.is_seen, ("a", "\u200b1", "–", "字")))


@pytest.mark.parametrize("written", ["\u202e", "&#x202E;", "&#8238;"])
def test_an_own_file_is_warned_of_by_field_and_not_refused(ala: Client, company: Any, written: str) -> None:
    xml = document(company.nip, number="FV/1").replace(b"</P_7>", f"{written}ywok</P_7>".encode(), 1)
    said = "W polach P_7 są znaki, których nie widać"
    assert [one.code for one in unseen.warnings(xml)] == ["turning-characters"]
    shown = text_of(upload(ala, company, xml))
    assert said in shown and "U+202E" in shown
    assert "⟨U+202E⟩ywok" in shown and "\u202e" not in shown


def test_letters_of_right_to_left_scripts_are_not_warned_of(company: Any) -> None:
    xml = document(company.nip).replace(b"</P_7>", "שולחן „x” – &#8211; طاولة</P_7>".encode(), 1)
    assert unseen.warnings(xml) == []
