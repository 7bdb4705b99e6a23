"""An attachment of thousands of cells: rows become lines, and nothing that it says is lost or looks otherwise."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from liczydlo.prints import attachment, content, large, reading, typesetting
from liczydlo.prints.invoice import PrintError, invoice_html, invoice_pdf
from liczydlo.prints.look import Look

from app.tests.prints import papers

pytestmark = pytest.mark.pure

KINDS = ("date", "txt", "dec", "txt", "dec", "int", "txt", "dec")
TEXTS = (
    "G11",
    "Opłata sieciowa zmienna, strefa szczytowa i pozaszczytowa",
    "590322420000000000123456789012345",
    "Energia czynna",
)


def cell(row: int, column: int, kind: str) -> str:
    figure = (row * 7919 + column * 104729) % 1000003
    if kind == "date":
        return f"2026-{1 + row % 12:02}-{1 + row % 28:02}"
    if kind == "txt":
        return TEXTS[(row + column) % len(TEXTS)]
    return str(figure) if kind == "int" else f"{figure / 37:.{2 + column % 3}f}"


def table(rows: int) -> str:
    """With a heading across its columns, an empty cell, and a sum."""
    head = "".join(f'<Kol Typ="{kind}"><NKom>Kolumna {at}</NKom></Kol>' for at, kind in enumerate(KINDS))
    lines = [
        "".join(f"<WKom>{cell(row, at, kind)}</WKom>" for at, kind in enumerate(KINDS)) for row in range(rows)
    ]
    lines[1:1] = ["<WKom>Strefa nocna</WKom>", f"<WKom/><WKom>あ</WKom>{'<WKom>1</WKom>' * 6}"]
    body = "".join(f"<Wiersz>{line}</Wiersz>" for line in lines)
    total = "".join(f"<SKom>{'Razem' if not at else at * 11}</SKom>" for at in range(len(KINDS)))
    return f"<Tabela><Opis>Profil</Opis><TNaglowek>{head}</TNaglowek>{body}<Suma>{total}</Suma></Tabela>"


def document(tables: int, rows: int) -> bytes:
    block = (
        "<BlokDanych><ZNaglowek>Punkt {0}</ZNaglowek>"
        "<MetaDane><ZKlucz>Adres</ZKlucz><ZWartosc>Polna {0}</ZWartosc></MetaDane>{1}</BlokDanych>"
    )
    blocks = "".join(block.format(at, table(rows)) for at in range(tables))
    return papers.changed(papers.sample(), "</Faktura>", f"<Zalacznik>{blocks}</Zalacznik></Faktura>")


def places(pdf: bytes, page: int) -> list[tuple[str, float, float]]:
    """The characters of a page with their left and lower edges, in points."""
    paper = pypdfium2.PdfDocument(pdf)
    try:
        text = paper[page].get_textpage()
        boxes = [(text.get_text_range(at, 1), *text.get_charbox(at)) for at in range(text.count_chars())]
    finally:
        paper.close()
    return [
        (character, left, bottom) for character, left, bottom, *_ in boxes if character.strip("\u200b \r\n")
    ]


def test_every_value_of_a_large_attachment_is_printed() -> None:
    xml = document(tables=3, rows=140)
    read = attachment.attachment(reading.document(xml, "pl"))
    assert read is not None and read["lines"]
    said = papers.squeezed(papers.text(invoice_pdf(xml)))
    lost = papers.lost(reading.document(xml, "pl"), said)
    assert [one for one in lost if one[1] != "あ"] == []


def test_rows_set_as_lines_look_like_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    xml = document(tables=1, rows=15)
    cells = invoice_pdf(xml)
    monkeypatch.setattr(attachment, "_MANY", 0)
    lines = invoice_pdf(xml)
    assert papers.page_count(lines) == papers.page_count(cells)
    assert papers.squeezed(papers.text(lines)) == papers.squeezed(papers.text(cells))
    pairs = list(zip(places(cells, 1), places(lines, 1), strict=True))
    assert len(pairs) > 700
    moved = [
        (one, other) for one, other in pairs if max(abs(one[1] - other[1]), abs(one[2] - other[2])) > 1.5
    ]
    assert moved == []


def test_a_word_wider_than_its_column_is_cut() -> None:
    """Of a column between many others, in which no word was long enough to get places to break."""
    row: list[Any] = ["WWWWWWWWWWWWWWWW", "1"]
    made = attachment._line(row, [(1.0, 9.0, False), (11.0, 20.0, True)], 5.4)
    assert isinstance(made, dict) and made["lines"] > 2
    (_, wrapped, width, to_right), (_, figure) = made["pieces"]
    assert (wrapped.replace("\n", ""), width, to_right, figure) == (row[0], 8.0, False, "1")


def test_a_large_document_is_printed_in_a_process_of_its_own() -> None:
    """The same bytes as here, with all that was chosen."""
    xml = document(tables=6, rows=300)
    assert len(xml) > large.LARGE
    look = Look(language="both", accent="#aa0000", note="Dziękujemy", duplicate=date(2026, 11, 30))
    done = invoice_pdf(xml, codes=papers.OFFLINE, look=look)
    view = content.invoice(xml, codes=papers.OFFLINE, language="both", look=look)
    here = typesetting.pdf(typesetting.INVOICE, view, attachment=xml, moment=view.moment, accent=look.accent)
    assert done == here


def test_what_cannot_be_printed_there_is_refused_here() -> None:
    broken = document(tables=6, rows=300)[:-20]
    with pytest.raises(PrintError, match="not-xml"):
        invoice_pdf(broken)
    with pytest.raises(PrintError, match="too-long"):
        large.pdf(broken, codes=None, language="pl", look=Look(), patience=0.01)


def test_a_process_that_breaks_down_refuses_the_print(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "broken.py"
    program.write_text("import os; os.abort()")
    monkeypatch.setattr(large, "_PROGRAM", program)
    with pytest.raises(PrintError, match="too-large"):
        large.pdf(papers.sample(), codes=None, language="pl", look=Look())


def test_a_page_shows_the_beginning_of_a_large_attachment_and_says_how_much_is_left() -> None:
    xml = document(tables=30, rows=140)
    page = invoice_html(xml, language="pl")
    assert page is not None
    assert len(page) < 600_000
    assert page.count("Dalsze wiersze są w PDF i w XML: 122.") == page.count("<h4>Punkt ")
    assert f"Dalsze części są w PDF i w XML: {30 - page.count('<h4>Punkt ')}." in page
    assert "Inne dane" not in page
    assert page.count("Razem\n") == page.count("<h4>Punkt ")


def test_a_page_shows_a_small_attachment_whole() -> None:
    page = invoice_html(document(tables=2, rows=60), language="pl")
    assert page is not None
    assert page.count("Energia czynna") == 2 * 45 and "są w PDF" not in page
