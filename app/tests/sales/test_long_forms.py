"""An invoice of very many lines in the editor: empty fields behind „Więcej" come when they are asked for."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.fa3.read import read
from liczydlo.sales.models import Draft
from lxml import html

from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_editor import LINE, form

pytestmark = pytest.mark.django_db


@pytest.fixture
def new(company: Any) -> str:
    return reverse("sales:new", args=[company.pk])


def fields(answer: Any) -> dict[str, str]:
    (made,) = html.fromstring(text_of(answer)).xpath("//form[@id='invoice-form']")
    return dict(made.form_values())


def discounts(answer: Any) -> list[str]:
    named = html.fromstring(text_of(answer)).xpath("//form[@id='invoice-form']//input/@name")
    return [name for name in named if name.endswith("-discount")]


def test_rare_fields_of_a_long_invoice(ala: Client, new: str) -> None:
    """Those that say something are there, others open by the button, and saving loses nothing."""
    lines = [LINE] * 100
    lines[7] = {**LINE, "discount": "10", "gtu": "GTU_06"}
    page = ala.post(new, form(*lines) | {"redraw": "1"})
    assert discounts(page) == ["lines-7-discount"]
    page = ala.post(new, fields(page) | {"more": "41"})
    assert discounts(page) == ["lines-7-discount", "lines-41-discount"]
    assert 'id="id_lines-41-discount"' in text_of(page) and "autofocus" in text_of(page)
    assert ala.post(new, fields(page) | {"lines-41-discount": "20"}).status_code == 302
    rows = read(bytes(Draft.objects.get().xml or b"")).fa.fa_wiersz
    assert {row.nr_wiersza_fa: row.p_10 for row in rows if row.p_10} == {8: 10, 42: 20}
    assert rows[7].gtu == "GTU_06" and len(rows) == 100


@pytest.mark.parametrize("more", ["", "x", "-1", "999999"])
def test_a_line_that_is_not_there(ala: Client, new: str, more: str) -> None:
    page = ala.post(new, form(*[LINE] * 70) | {"more": more})
    assert page.status_code == 200 and not discounts(page)


def test_a_short_invoice_has_them_all(ala: Client, new: str) -> None:
    page = ala.post(new, form(*[LINE] * 60) | {"redraw": "1"})
    assert len(discounts(page)) == 60 and "Pokaż te pola" not in text_of(page)
