"""The invoice on the application's pages: whatever its print says, before it is sent and after it has come."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from liczydlo.demo.samples import faktura_of, samples
from liczydlo.fa3.draft import Address, Party
from liczydlo.fa3.write import write
from liczydlo.prints import content, reading
from liczydlo.prints.fonts import BREAK
from liczydlo.prints.labels import Language
from liczydlo.sales import services
from liczydlo.sales.states import State
from lxml import html

from app.tests.prints import papers
from app.tests.purchases.test_pages import bought

SHARED = papers.example_folder().parents[1]
OFFICIAL = sorted((SHARED / "spec/examples/fa3").glob("*.xml"))
CASES = sorted((SHARED / "cases/documents").glob("*.xml"))
LAYOUT = {
    "codes",
    "kind",
    "ksef",
    "language",
    "state",
    "words",
}  # of the view: what is not a text of the invoice

pytestmark = pytest.mark.django_db


@pytest.fixture
def ala(owner: Any, browse: Any) -> Client:
    return browse(owner)  # type: ignore[no-any-return]


def party(nip: str, name: str) -> Party:
    return Party(nip=nip, name=name, address=Address(line1="ul. Gliniana 4", line2="30-001 Kraków"))


def shown(client: Client, address: str) -> str:
    """The invoice's part of a page, as text without spaces."""
    page = html.fromstring(client.get(address).content.decode())
    (article,) = page.xpath("//article")
    return papers.squeezed(article.text_content())


def texts(view: Any) -> Iterator[str]:
    """Every text of a view."""
    if isinstance(view, str):
        yield view
    elif isinstance(view, (list, tuple)):
        for one in view:
            yield from texts(one)
    elif view is not None and not isinstance(view, (int, float)):
        fields = view if isinstance(view, dict) else vars(view)
        for name, value in fields.items():
            if name not in LAYOUT:
                yield from texts(value)


def missing(xml: bytes, said: str, language: Language = "pl") -> list[Any]:
    """Leaves of the document and texts of its print that a page does not show."""
    view = content.invoice(xml, codes=None, language=language)
    unsaid = [text for text in texts(view) if papers.squeezed(text) not in said]
    return [*papers.lost(reading.document(xml, language), said), *unsaid]


@pytest.mark.shared
@pytest.mark.parametrize("path", [*OFFICIAL, *CASES], ids=lambda path: path.stem)
def test_a_received_invoice_shows_what_its_print_says(path: Path, ala: Client, company: Any) -> None:
    xml = path.read_bytes()
    assert missing(xml, shown(ala, bought(company, xml).get_absolute_url())) == []


def test_every_element_of_the_schema_is_on_the_page(ala: Client, company: Any) -> None:
    xml = papers.Everything().xml
    assert missing(xml, shown(ala, bought(company, xml).get_absolute_url())) == []


def test_it_is_called_in_the_language_of_the_reader(owner: Any, browse: Any, company: Any) -> None:
    xml = papers.sample("advance")
    said = shown(browse(owner, language="en"), bought(company, xml).get_absolute_url())
    assert missing(xml, said, "en") == []
    assert "paymentreceived" in said


def test_texts_keep_the_lines_that_were_typed(ala: Client, company: Any) -> None:
    xml = papers.changed(papers.sample(), "Donica szkliwiona, 40 cm", "Montaż:\n– hala A\n– hala B")
    page = ala.get(bought(company, xml).get_absolute_url()).content.decode()
    assert "Montaż:<br>– hala A<br>– hala B" in page


def test_an_unknown_element_and_a_text_that_would_be_markup_are_shown(ala: Client, company: Any) -> None:
    xml = papers.changed(papers.sample(), "Donica szkliwiona, 40 cm", "&lt;script&gt;" + "x" * 60)
    xml = papers.changed(xml, "</Adnotacje>", "</Adnotacje><NoweZaNiedlugo>ważne 17</NoweZaNiedlugo>")
    page = ala.get(bought(company, xml).get_absolute_url()).content.decode()
    assert "&lt;script&gt;" + "x" * 60 in page  # whole when it is copied
    assert "NoweZaNiedlugo" in page and "ważne 17" in page
    assert BREAK not in page


@pytest.mark.parametrize("name", papers.names())
def test_a_draft_shows_before_it_is_sent_what_its_print_will_say(
    name: str, ala: Client, company: Any
) -> None:
    seller = party(company.nip, "Garncarnia Łęg")
    buyer = party("8567346215", "Sklep „Żółw”")
    xml = write(faktura_of(samples(seller, buyer, papers.TODAY)[name]))
    draft = services.save_draft(company, xml)
    assert draft.state == State.DRAFT
    assert missing(services.draft_of(draft).content, shown(ala, draft.get_absolute_url())) == []


def test_an_advance_shows_its_order_before_it_is_sent(ala: Client, company: Any) -> None:
    seller = party(company.nip, "Garncarnia Łęg")
    sample = faktura_of(samples(seller, seller, papers.TODAY)["advance"])
    faktura = replace(sample, fa=replace(sample.fa, p_6=papers.TODAY))
    assert faktura.fa.zamowienie is not None
    said = shown(ala, services.save_draft(company, write(faktura)).get_absolute_url())
    for row in faktura.fa.zamowienie.zamowienie_wiersz:
        assert papers.squeezed(str(row.p_7z)) in said
    assert "otrzymanazapłata" in said
    assert "dataotrzymaniazapłaty" in said
    assert "datasprzedaży" not in said


def test_tables_and_headings_can_be_walked(ala: Client, company: Any) -> None:
    page = html.fromstring(
        ala.get(bought(company, papers.Everything().xml).get_absolute_url()).content.decode()
    )
    levels = [int(one.tag[1]) for one in page.iter("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    for table in page.xpath("//article//table"):
        heads = table.xpath("thead/tr/*")
        assert all(head.get("scope") == "col" or not head.text for head in heads)
        spans = [sum(int(cell.get("colspan", 1)) for cell in row) for row in table.xpath(".//tr")]
        assert set(spans) == {len(heads)}
