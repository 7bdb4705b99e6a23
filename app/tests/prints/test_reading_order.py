"""What a reader of an invoice meets first: what a correction corrects, which currency, what an order is worth."""

from __future__ import annotations

from typing import Any

import pytest
from liczydlo.prints.content import invoice
from liczydlo.prints.fonts import BREAK
from liczydlo.prints.invoice import invoice_html, invoice_pdf
from liczydlo.prints.labels import Language
from liczydlo.prints.reading import fitted
from lxml import etree

from app.tests.prints import papers

pytestmark = pytest.mark.pure

OF = (
    "<DaneFaKorygowanej><DataWystFaKorygowanej>2026-0{at}-15</DataWystFaKorygowanej>"
    "<NrFaKorygowanej>FV/{at}</NrFaKorygowanej><NrKSeFN>1</NrKSeFN></DaneFaKorygowanej>"
)
PERIOD = "<OkresFaKorygowanej>pierwsze półrocze</OkresFaKorygowanej>"


def view(xml: bytes, language: Language = "pl") -> Any:
    return invoice(xml, codes=None, language=language)


def corrects(*, invoices: int, more: str = "") -> bytes:
    """A correction of so many invoices."""
    kind = "<RodzajFaktury>VAT</RodzajFaktury>"
    of = "".join(OF.format(at=at) for at in range(1, invoices + 1))
    new = f"<RodzajFaktury>KOR</RodzajFaktury><PrzyczynaKorekty>zwrot</PrzyczynaKorekty>{of}{more}"
    return papers.changed(papers.sample(), kind, new)


def test_what_is_corrected_stands_before_the_lines() -> None:
    xml = corrects(invoices=1)
    page = invoice_html(xml, language="pl")
    assert page is not None
    for said in (papers.text(invoice_pdf(xml)), page):
        result = [said.index(words) for words in ("zwrot", "FV/1", "Donica szkliwiona")]
        assert result == sorted(result)


def test_several_corrected_invoices_are_a_table_before_the_lines() -> None:
    xml = corrects(invoices=3, more=PERIOD)
    shown = view(xml)
    assert [row[0] for row in shown.corrected["rows"]] == ["FV/1", "FV/2", "FV/3"]
    assert [len(column) for column in shown.correction] == [1]
    said = papers.text(invoice_pdf(xml))
    assert said.index("FV/3") < said.index("Donica szkliwiona")


@pytest.mark.parametrize(
    ("language", "title"), [("pl", "Faktura korygująca zbiorcza"), ("en", "Collective correcting invoice")]
)
def test_a_rebate_for_a_period_is_a_collective_correction(language: Language, title: str) -> None:
    assert view(corrects(invoices=3, more=PERIOD), language).title == title
    assert view(corrects(invoices=1), language).title != title


def test_no_correction_has_no_such_place() -> None:
    shown = view(papers.sample())
    assert (shown.correction, shown.corrected) == ([], None)


def test_the_value_of_an_order_stands_under_its_lines() -> None:
    xml = papers.sample("advance")
    ((title, value),) = view(xml).order["value"]
    assert (title, value[-4:]) == ("Wartość zamówienia z podatkiem", "\u00a0PLN")
    said = papers.text(invoice_pdf(xml))
    assert said.count(title) == 1
    bare = etree.fromstring(xml)
    for row in list(bare.iter("{*}ZamowienieWiersz")):
        row.getparent().remove(row)
    without = view(etree.tostring(bare))
    assert without.order is None
    assert [group["title"] for column in without.groups for group in column].count("Zamówienie") == 1


@pytest.mark.parametrize(("name", "written"), [("foreign-currency", 1), ("several-rates", 0)])
def test_a_foreign_currency_is_named_in_the_head(name: str, written: int) -> None:
    assert [title for title, _ in view(papers.sample(name)).dates].count("Waluta") == written


def test_hundreds_of_numbers_with_hyphens_in_one_text_print() -> None:
    """A show rule of Typst gave up at some 500 of them."""
    numbers = [f"1-{at:03}" for at in range(580)]
    note = f"<Stopka><Informacje><StopkaFaktury>{' '.join(numbers)}</StopkaFaktury></Informacje></Stopka>"
    said = papers.text(invoice_pdf(papers.changed(papers.sample(), "</Faktura>", f"{note}</Faktura>")))
    assert [number for number in numbers if number not in said] == []


def test_a_label_wider_than_its_column_stands_above_its_value() -> None:
    ((_, _, is_under, is_one),) = fitted([("FullyPaidSharesIndicator", "tak")])
    assert is_under and not is_one


def test_days_in_an_attachment_are_written_as_people_write_them() -> None:
    pair = "<MetaDane><ZKlucz>Od</ZKlucz><ZWartosc>2026-02-01</ZWartosc></MetaDane>"
    xml = papers.changed(
        papers.sample(), "</Faktura>", f"<Zalacznik><BlokDanych>{pair}</BlokDanych></Zalacznik></Faktura>"
    )
    assert view(xml).attachment["blocks"][0]["pairs"][0][:2] == ("Od", "01.02.2026")


def test_an_identifier_of_a_line_is_copied_as_it_is() -> None:
    identifier = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
    xml = papers.changed(papers.sample(), "<P_7>Donica", f"<UU_ID>{identifier}</UU_ID><P_7>Donica")
    assert f"ID wiersza: {identifier}" in [row["below"] for row in view(xml).lines["rows"]]
    long = papers.changed(papers.sample(), "Donica szkliwiona", "x" * 150)
    assert BREAK in view(long).lines["rows"][0]["cells"][1]
