"""Goods and services: their list, and lines of an invoice taken from it and put onto it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.contacts.models import Item
from liczydlo.fa3.read import read
from liczydlo.sales.models import Draft

from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_editor import LINE, form

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "Gęśle jesionowe",
    "unit": "kpl.",
    "net_price": "1 234,56789",
    "currency": "PLN",
    "rate": "8",
    "gtu": "GTU_06",
    "pkwiu": "32.20.12.0",
    "cn": "9202 90 80",
    "annex_15": "on",
}
EMPTY = {"name": "", "quantity": "2", "unit": "szt.", "price": "", "rate": "23"}


def address(name: str, company: Any, *arguments: Any) -> str:
    return reverse(f"contacts:{name}", args=[company.pk, *arguments])


@pytest.fixture
def item(ala: Client, company: Any) -> Item:
    assert ala.post(address("add_item", company), TYPED).status_code == 302
    return Item.objects.of(company).get()


@pytest.fixture
def new(company: Any) -> str:
    return reverse("sales:new", args=[company.pk])


def test_a_typed_item_is_on_the_list_and_can_change(ala: Client, company: Any, item: Item) -> None:
    assert (item.net_price, item.rate, item.gtu) == (Decimal("1234.56789"), "8", "GTU_06")
    listed = ala.get(address("items", company), {"q": "JESION gesle"})
    assert listed.context["page"].rows == [item] and "1 234,56789 PLN" in text_of(listed)
    assert not ala.get(address("items", company), {"q": "skrzypce"}).context["page"].rows
    edit = address("edit_item", company, item.pk)
    assert ala.get(edit).context["form"].initial["net_price"] == "1234,56789"
    assert ala.post(edit, TYPED | {"version": "1", "net_price": "9,5"}).status_code == 302
    outrun = ala.post(edit, TYPED | {"version": "1", "net_price": "7"})
    assert outrun.status_code == 409 and "Ktoś zmienił" in text_of(outrun)
    item.refresh_from_db()
    assert item.net_price == Decimal("9.5")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": "GĘŚLE  jesionowe"}, "jest już na liście"),
        ({"name": ""}, "To pole jest wymagane"),
        ({"name": "inne", "net_price": "drogo"}, "liczbę"),
        ({"name": "inne", "net_price": "1,123456789"}, "po przecinku"),
        ({"name": "inne", "rate": "99"}, "99"),
    ],
)
def test_what_cannot_be_an_item_is_refused(
    ala: Client, company: Any, item: Item, values: dict[str, str], said: str
) -> None:
    refused = ala.post(address("add_item", company), TYPED | values)
    assert refused.status_code == 400 and said in text_of(refused)
    assert Item.objects.get() == item
    assert ala.post(address("add_item", company), TYPED | {"currency": "EUR"}).status_code == 302


def test_a_picked_item_fills_the_line_and_reaches_the_invoice(
    ala: Client, company: Any, new: str, item: Item
) -> None:
    hints = ala.get(address("item_hints", company), {"lines-1-name": "gesle"})
    assert f'value="1.{item.pk}"' in text_of(hints) and 'role="option"' in text_of(hints)
    page = ala.post(new, form(LINE, EMPTY) | {"item": f"1.{item.pk}"})
    first, second = (one.initial for one in page.context["lines"].forms)
    assert first["name"] == LINE["name"], "other lines stay"
    filled = EMPTY | {
        "name": item.name,
        "unit": "kpl.",
        "price": "1234,56789",
        "rate": "8",
        "gtu": "GTU_06",
        "pkwiu": "32.20.12.0",
        "cn": "9202 90 80",
        "annex_15": True,
    }
    assert filled.items() <= second.items()
    ala.post(new, form(second | {"annex_15": "on"}))
    draft = Draft.objects.get()
    (line,) = read(bytes(draft.xml or b"")).fa.fa_wiersz
    assert (line.gtu, line.pkwiu, line.cn, line.p_9a) == (
        "GTU_06",
        "32.20.12.0",
        "9202 90 80",
        item.net_price,
    )
    assert line.p_12_zal_15 == 1
    edit = ala.get(reverse("sales:edit", args=[company.pk, draft.invoice_id]))
    assert edit.context["lines"].forms[0].initial["gtu"] == "GTU_06"


def test_a_price_of_another_currency_is_not_taken(ala: Client, new: str, item: Item) -> None:
    page = ala.post(new, form(EMPTY, currency="EUR") | {"item": f"0.{item.pk}"})
    line = page.context["lines"].forms[0].initial
    assert (line["name"], line["price"]) == (item.name, "")


def test_a_line_is_put_onto_the_list_once(ala: Client, company: Any, new: str) -> None:
    kept = ala.post(new, form(LINE) | {"save_item": "0"})
    assert "Zapamiętano na liście" in text_of(kept)
    item = Item.objects.of(company).get()
    assert (item.name, item.net_price, item.unit, item.rate) == (LINE["name"], 100, "usł.", "23")
    assert "jest już na liście" in text_of(ala.post(new, form(LINE) | {"save_item": "0"}))
    assert "nie zapamiętano" in text_of(ala.post(new, form(EMPTY) | {"save_item": "0"}))
    assert ala.post(new, form(LINE) | {"save_item": "7"}).status_code == 200
    assert Item.objects.count() == 1 and not Draft.objects.exists()


def test_without_javascript_items_are_buttons(ala: Client, new: str, item: Item) -> None:
    page = ala.post(new, form(LINE) | {"show_items": "1"})
    assert f'value="1.{item.pk}"' in text_of(page)
    taken = ala.post(new, form(LINE) | {"item": f"1.{item.pk}"})
    assert [one.initial["name"] for one in taken.context["lines"].forms] == [LINE["name"], item.name]


def test_a_hidden_one_gives_no_hints(ala: Client, company: Any, item: Item) -> None:
    ala.post(address("hide_item", company, item.pk), {"hidden": "1"})
    hints = ala.get(address("item_hints", company), {"lines-0-name": "gesle"})
    assert "jesionowe" not in text_of(hints)
    assert not ala.get(address("items", company)).context["page"].rows
    assert ala.get(address("items", company), {"ukryci": "1"}).context["page"].rows == [item]


def test_a_viewer_reads_and_a_stranger_does_not(
    company: Any, item: Item, member: Any, stranger: Any, browse: Any
) -> None:
    viewer, outside, other = browse(member("viewer")), browse(stranger), stranger.companies.get()
    assert "jesionowe" in text_of(viewer.get(address("items", company)))
    assert outside.get(address("items", company)).status_code == 404
    assert "jesionowe" not in text_of(outside.get(address("item_hints", other), {"lines-0-name": "gesle"}))
    for name, arguments in (("add_item", ()), ("edit_item", (item.pk,)), ("hide_item", (item.pk,))):
        assert viewer.post(address(name, company, *arguments), TYPED).status_code == 403
        assert outside.post(address(name, company, *arguments), TYPED).status_code == 404
        if arguments:
            assert outside.post(address(name, other, *arguments), TYPED).status_code == 404
    theirs = reverse("sales:new", args=[other.pk])
    taken = outside.post(theirs, form(EMPTY) | {"item": f"0.{item.pk}"})
    assert taken.context["lines"].forms[0].initial["name"] == ""
    assert Item.objects.get().version == 1
