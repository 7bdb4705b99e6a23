"""The print of a receipt: every field, its file, what is not a receipt."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from liczydlo.prints import reading
from liczydlo.prints.typesetting import PrintError
from liczydlo.prints.upo import upo_pdf
from lxml import etree

from app.tests.prints import papers

EXAMPLES = sorted((papers.example_folder() / "upo").glob("*.xml"))
RECEIPT = """<?xml version="1.0" encoding="UTF-8"?>
<Potwierdzenie xmlns="http://upo.schematy.mf.gov.pl/KSeF/v4-3"><NazwaPodmiotuPrzyjmujacego>Ministerstwo Finansów\
</NazwaPodmiotuPrzyjmujacego><NumerReferencyjnySesji>20261123-SO-0123456789-ABCDEF0123-45</NumerReferencyjnySesji>\
<Uwierzytelnienie><IdKontekstu><Nip>5265877635</Nip></IdKontekstu></Uwierzytelnienie>{documents}</Potwierdzenie>"""
DOCUMENT = """<Dokument><NipSprzedawcy>5265877635</NipSprzedawcy><NumerKSeFDokumentu>5265877635-20261123-{at:012X}-9A\
</NumerKSeFDokumentu><NumerFaktury>FV/{at}/2026</NumerFaktury><DataWystawieniaFaktury>2026-11-23\
</DataWystawieniaFaktury><DataPrzeslaniaDokumentu>2026-11-23T09:10:11.5+01:00</DataPrzeslaniaDokumentu>\
<DataNadaniaNumeruKSeF>2026-11-23T09:10:12Z</DataNadaniaNumeruKSeF><SkrotDokumentu>UtQp9Gpc51y+u3xApZjIjgkpZ01js/J8KflSPW8WzIE=\
</SkrotDokumentu><TrybWysylki>Offline</TrybWysylki><Nowe>coś nowego</Nowe></Dokument>"""


def receipt(count: int = 1) -> bytes:
    return RECEIPT.format(documents="".join(DOCUMENT.format(at=at) for at in range(count))).encode()


def test_all_fields_are_there_even_new_ones() -> None:
    xml = receipt()
    pdf = upo_pdf(xml)
    said = papers.text(pdf)

    assert papers.lost(reading.document(xml, "pl"), papers.squeezed(said)) == []
    assert "Urzędowe poświadczenie odbioru" in said
    assert "23.11.2026 09:10:11 (czas polski)" in said
    assert "23.11.2026 10:10:12 (czas polski)" in said
    assert papers.attachments(pdf) == {"upo.xml": xml}
    assert "<pdfaid:part>3</pdfaid:part>" in papers.catalogue(pdf)["/Metadata"].get_data().decode()


def test_in_english() -> None:
    assert "Official confirmation of receipt" in papers.text(upo_pdf(receipt(), language="en"))


def test_many_documents_take_many_pages() -> None:
    pdf = upo_pdf(receipt(40))
    said = papers.text(pdf)

    assert papers.page_count(pdf) > 3
    assert all(f"FV/{at}/2026" in said for at in range(40))


def test_of_a_receipt_of_many_one_invoice_can_be_printed_alone() -> None:
    xml = receipt(40)
    pdf = upo_pdf(xml, ksef_number=f"5265877635-20261123-{7:012X}-9A")
    said = papers.text(pdf)

    assert papers.page_count(pdf) == 1
    assert "FV/7/2026" in said and "FV/8/2026" not in said
    assert papers.attachments(pdf) == {"upo.xml": xml}, "what is signed is whole"
    with pytest.raises(PrintError):
        upo_pdf(xml, ksef_number="5265877635-20261123-0000000000FF-9A")


@pytest.mark.parametrize("bad", [b"", b"<a/>", b"<Potwierdzenie/>", b"\xff\xfe<"])
def test_what_is_not_a_receipt_is_refused(bad: bytes) -> None:
    with pytest.raises(PrintError):
        upo_pdf(bad)


@pytest.mark.shared
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_official_examples_lose_nothing(path: Path) -> None:
    said = papers.squeezed(papers.text(upo_pdf(path.read_bytes())))

    assert papers.lost(reading.document(path.read_bytes(), "pl"), said) == []


def test_a_digest_is_copied_as_it_is() -> None:
    """Places where a long word may break are characters too: a digest that was copied with them was another one."""
    root = etree.fromstring(receipt())
    document = pypdfium2.PdfDocument(upo_pdf(receipt()))
    copied = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    digests = [element.text for element in root.iter("{*}SkrotDokumentu")]
    assert digests and [digest for digest in digests if digest not in copied] == []
