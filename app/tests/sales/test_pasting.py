"""Lines pasted from a spreadsheet: as they stand there, all or none, and the rows that are wrong are named."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from app.tests.sales.test_editor import LINE, form

pytestmark = pytest.mark.django_db
EMPTY = {"name": "", "quantity": "1", "unit": "szt.", "price": "", "rate": "23"}


@pytest.fixture
def paste(owner: Any, company: Any, browse: Any) -> Any:
    """Press „Wklej pozycje" with a text: the page, as a tree."""
    client: Client = browse(owner)
    address = reverse("sales:new", args=[company.pk])

    def press(text: str, *lines: dict[str, str], **fields: str) -> Any:
        typed = form(*(lines or (EMPTY,)), paste="1", pasted=text, **fields)
        return html.fromstring(client.post(address, typed).content.decode())

    return press


def shown(page: Any) -> list[tuple[str, ...]]:
    """The plain fields of the lines."""
    count = int(page.get_element_by_id("id_lines-TOTAL_FORMS").get("value"))

    def value(number: int, name: str) -> str:
        field = page.get_element_by_id(f"id_lines-{number}-{name}")
        if field.tag == "select":
            return field.xpath("string(option[@selected]/@value)") or ""
        return field.get("value") or ""

    names = ("name", "quantity", "unit", "price", "rate")
    return [tuple(value(number, name) for name in names) for number in range(count)]


def faults(page: Any) -> list[str]:
    return [one.text_content().strip() for one in page.xpath("//*[@id='id_pasted_error']//li")]


def test_columns_are_those_of_the_table(paste: Any) -> None:
    page = paste("Meble kuchenne\t2\tszt.\t1 234,50 zł\t23%\r\nTransport\t1\tusł.\t100,00\tzw\r\n")
    assert shown(page) == [
        ("Meble kuchenne", "2", "szt.", "1234,50", "23"),
        ("Transport", "1", "usł.", "100,00", "zw"),
    ]
    assert not faults(page) and "Wklejono pozycje: 2." in page.text_content()
    assert page.get_element_by_id("id_pasted").text.strip() == ""


def test_a_header_names_the_columns_in_any_order(paste: Any) -> None:
    page = paste(
        "Lp.\tVAT\tIlość\tNazwa towaru\tCena netto\tWartość netto\tJ.m.\tGTU\n"
        '1\t8%\t1,5\tRura 1/2"\t10,1234\t15,19\tm\tGTU_06\n2\t0,23\t3\t"Świt" sp. z o.o.\t7\t21\tkg\t\n'
    )
    assert shown(page) == [
        ('Rura 1/2"', "1,5", "m", "10,1234", "8"),
        ('"Świt" sp. z o.o.', "3", "kg", "7", "23"),
    ]
    chosen = page.get_element_by_id("id_lines-0-gtu").xpath("string(option[@selected]/@value)")
    assert chosen == "GTU_06"


def test_what_is_typed_stays_and_empty_lines_give_way(paste: Any) -> None:
    page = paste("Nazwa\tCena\nkawa\t12", {**LINE, "rate": "8"}, EMPTY)
    assert shown(page) == [("usługa", "1", "usł.", "100", "8"), ("kawa", "1", "szt.", "12", "8")]


def test_rows_that_are_wrong_are_named_and_nothing_is_lost(paste: Any) -> None:
    text = "kawa\t1\tszt.\tdużo\t23\nherbata\t-2\tszt.\t5\t99\n\t1\tszt.\t5\t23\ncukier\t1\tkg\t4\t23"
    page = paste(text, LINE)
    assert shown(page) == [("usługa", "1", "usł.", "100", "23")]
    assert page.get_element_by_id("id_pasted").text.strip() == text
    said = faults(page)
    assert said[0] == "Wiersz 1, cena netto: nie da się odczytać „dużo”."
    assert any(one.startswith("Wiersz 2, ilość: Ilość musi być większa od zera") for one in said)
    assert any(one.startswith("Wiersz 2, stawka vat: nie da się odczytać „99”") for one in said)
    assert any(one.startswith("Wiersz 3, nazwa towaru lub usługi") for one in said)
    assert not any("Wiersz 4" in one for one in said)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Nie ma tu żadnego wiersza"),
        ("\t\t\n\n", "Nie ma tu żadnego wiersza"),
        ("Nazwa\tCena brutto\nkawa\t12,30", "wybierz u góry „Ceny brutto”"),
        ("\n".join("kawa\t1\tszt.\t1\t23" for _ in range(1001)), "najwyżej 1000 pozycji"),
        ("kawa\t1\tszt.\t1\t23\tx" + "\ty" * 300, "kolumn"),
        ("\u202egnp.exe\t1\tszt.\t1,123456789\t23", "Wiersz 1, cena netto"),
    ],
)
def test_bad_tables_are_refused_in_words(text: str, words: str, paste: Any) -> None:
    page = paste(text)
    assert words in " ".join(faults(page))
    assert shown(page) == [("", "1", "szt.", "", "23")]


def test_gross_prices_where_the_invoice_has_them(paste: Any) -> None:
    page = paste("Nazwa\tCena netto\tCena brutto\nkawa\t10\t12,30", prices="gross")
    assert shown(page)[0][3] == "12,30"


def test_a_hundred_rows_come_in_at_once(paste: Any) -> None:
    page = paste("\n".join(f"towar {n}\t1\tszt.\t1,00\t23" for n in range(100)))
    assert page.get_element_by_id("id_lines-TOTAL_FORMS").get("value") == "100"
    names = page.xpath("//input[starts-with(@name, 'lines-') and contains(@name, '-name')]/@value")
    assert names == [f"towar {n}" for n in range(100)]


def test_whoever_only_looks_and_strangers_paste_nothing(
    company: Any, member: Any, stranger: Any, browse: Any
) -> None:
    address = reverse("sales:new", args=[company.pk])
    typed = form(EMPTY, paste="1", pasted="kawa\t1\tszt.\t1\t23")
    assert browse(member("viewer")).post(address, typed).status_code == 403
    assert browse(stranger).post(address, typed).status_code == 404
