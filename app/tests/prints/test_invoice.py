"""The print of an invoice: what it says, its codes, its file, and strangers' documents."""

from __future__ import annotations

import io
import re
import threading
from decimal import Decimal
from pathlib import Path

import pypdf
import pypdfium2
import pytest
import zxingcpp
from liczydlo.prints import fonts, reading, typesetting
from liczydlo.prints.choices import KINDS, MARKS, SUMS
from liczydlo.prints.codes import Codes, svg
from liczydlo.prints.content import invoice as content
from liczydlo.prints.invoice import PrintError, invoice_pdf
from liczydlo.prints.labels import LABELS

from app.tests.prints import papers

EXAMPLES = sorted((papers.example_folder() / "fa3").glob("*.xml"))


def test_says_what_the_invoice_says() -> None:
    said = papers.text(invoice_pdf(papers.sample(), codes=papers.ONLINE))

    for words in (
        "Faktura FV/002/11/2026",
        "Data wystawienia 23.11.2026",
        "SPRZEDAWCA Garncarnia Łęg sp. z o.o.",
        "NABYWCA Sklep „Żółw”",
        "Donica szkliwiona, 40 cm",
        "1 134,00",
        "Kwota należności ogółem",
        f"Numer KSeF: {papers.KSEF_NUMBER}",
        "61 1090 1014 0000 0712 1981 2874",
        "Strona 1/1",
    ):
        assert words in said


@pytest.mark.parametrize("name", papers.names())
@pytest.mark.parametrize("language", ["pl", "en", "both"])
def test_every_own_kind_prints_in_both_languages(name: str, language: str) -> None:
    pdf = invoice_pdf(papers.sample(name), codes=papers.OFFLINE, language=language)  # type: ignore[arg-type]

    assert papers.codes_of(pdf) == {papers.KOD_1, papers.KOD_2}


def test_english_words() -> None:
    said = papers.text(invoice_pdf(papers.sample(), codes=papers.OFFLINE, language="en"))

    assert "Total amount due" in said
    assert "SELLER" in said
    assert "Page 1/1" in said


def test_online_has_one_code_with_the_number_below() -> None:
    pdf = invoice_pdf(papers.sample(), codes=papers.ONLINE)
    said = papers.text(pdf)

    assert papers.codes_of(pdf) == {papers.KOD_1}
    assert "CERTYFIKAT" not in said
    assert said.index("Sprawdź, czy Twoja faktura") < said.rindex(
        papers.KSEF_NUMBER, 0, said.index("Nie możesz")
    )


@pytest.mark.parametrize("kod_2", [papers.KOD_2, papers.RSA_KOD_2], ids=["ecdsa", "rsa"])
def test_offline_has_two_codes_with_their_captions(kod_2: str) -> None:
    pdf = invoice_pdf(papers.sample(), codes=Codes(kod_1=papers.KOD_1, caption="OFFLINE", kod_2=kod_2))
    said = papers.text(pdf)

    assert papers.codes_of(pdf) == {papers.KOD_1, kod_2}
    assert said.count("CERTYFIKAT") == 1
    assert "OFFLINE" in said


def test_links_stand_under_the_codes() -> None:
    pdf = invoice_pdf(
        papers.sample(), codes=Codes(kod_1=papers.KOD_1, caption="OFFLINE", kod_2=papers.RSA_KOD_2)
    )
    page = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]
    links = {item.get_object()["/A"]["/URI"] for item in page["/Annots"]}

    assert links == {papers.KOD_1, papers.RSA_KOD_2}
    assert papers.KOD_1 in papers.text(pdf).replace(" ", "")


def test_codes_are_thirty_millimetres_wide() -> None:
    seen = papers.first_code(invoice_pdf(papers.sample(), codes=papers.ONLINE))
    assert seen.text == papers.KOD_1
    assert zxingcpp.BarcodeFormat.QRCode == seen.format
    position = seen.position
    width = (position.top_right.x - position.top_left.x) / papers.DPI * 25.4
    assert width == pytest.approx(30, abs=1)


def test_no_codes_without_an_address() -> None:
    pdf = invoice_pdf(papers.sample(), codes=None)

    assert papers.codes_of(pdf) == set()
    assert "KSeF:" not in papers.text(pdf)


def test_the_file_is_pdf_a_3b_with_the_exact_xml_inside() -> None:
    xml = papers.sample()
    pdf = invoice_pdf(xml, codes=papers.ONLINE)
    root = papers.catalogue(pdf)
    described = root["/Metadata"].get_data().decode()

    assert papers.attachments(pdf) == {"faktura.xml": xml}
    assert [item.get_object()["/AFRelationship"] for item in root["/AF"]] == ["/Source"]
    assert "<pdfaid:part>3</pdfaid:part>" in described
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in described
    assert root["/OutputIntents"]
    assert root["/Lang"] == "pl"


def test_fonts_are_embedded_and_ours() -> None:
    page = pypdf.PdfReader(io.BytesIO(invoice_pdf(papers.sample(), codes=papers.OFFLINE))).pages[0]
    faces = [
        face.get_object()["/DescendantFonts"][0].get_object() for face in page["/Resources"]["/Font"].values()
    ]

    assert faces
    for face in faces:
        assert "Inter" in face["/BaseFont"]
        assert {"/FontFile2", "/FontFile3"} & set(face["/FontDescriptor"].get_object())


def test_the_same_invoice_makes_the_same_file() -> None:
    xml = papers.sample()

    assert invoice_pdf(xml, codes=papers.ONLINE) == invoice_pdf(xml, codes=papers.ONLINE)
    assert invoice_pdf(xml, codes=papers.ONLINE) != invoice_pdf(xml, codes=papers.OFFLINE)


@pytest.mark.parametrize(
    "markup",
    [
        "#panic()",
        "*gruby* _skos_",
        '#read("/etc/passwd")',
        "$x^2$",
        "= Nagłówek",
        "\\u{41}",
        '"); #eval("1"',
        "<b>@a",
    ],
)
def test_texts_are_never_markup(markup: str) -> None:
    xml = papers.sample()
    escaped = markup.replace("&", "&amp;").replace("<", "&lt;")
    for place in ("Donica szkliwiona, 40 cm", "Garncarnia Łęg sp. z o.o.", "FV/002/11/2026"):
        said = papers.text(invoice_pdf(papers.changed(xml, place, escaped), codes=papers.ONLINE))
        assert markup in said


@pytest.mark.parametrize("strange", ["华为技术有限公司", "שלום", "😀 emoji", "ไทย"])
def test_characters_that_the_type_lacks_are_marked(strange: str) -> None:
    xml = papers.changed(papers.sample(), "Donica szkliwiona, 40 cm", f"Donica {strange}")
    pdf = invoice_pdf(xml, codes=papers.ONLINE)
    said = papers.text(pdf)

    assert f"Donica {fonts.MISSING}" in said
    assert "zastępuje znaki" in said
    assert papers.attachments(pdf)["faktura.xml"] == xml


@pytest.mark.parametrize("known", ["Ελληνικά", "Доставка", "Łódź đ ħ ß Ž", "ﬁrma ½ №", "Cafe\u0301"])
def test_the_alphabets_of_europe_are_drawn(known: str) -> None:
    said = papers.text(
        invoice_pdf(papers.changed(papers.sample(), "Donica szkliwiona, 40 cm", known), codes=papers.ONLINE)
    )

    assert fonts.MISSING not in said


def test_directions_cannot_turn_an_amount_round() -> None:
    drawn, lost = fonts.drawable("Do zapłaty \u202e00,1\u202c zł")

    assert drawn == "Do zapłaty 00,1 zł"
    assert not lost


def test_long_names_wrap_and_long_words_break() -> None:
    name = "Nadzwyczajnie długa nazwa przedsiębiorstwa " * 10 + "W" * 60
    xml = papers.changed(papers.sample(), "Garncarnia Łęg sp. z o.o.", name.strip())
    xml = papers.changed(xml, "Donica szkliwiona, 40 cm", "X" * 500)
    said = papers.text(invoice_pdf(xml, codes=papers.OFFLINE)).replace(" ", "").replace("\u200b", "")

    assert "W" * 60 in said
    assert "X" * 500 in said


def test_texts_keep_the_lines_that_were_typed() -> None:
    xml = papers.changed(papers.sample(), "Donica szkliwiona, 40 cm", "Montaż:\n  – hala A\r\n\n– hala B")
    document = pypdfium2.PdfDocument(invoice_pdf(xml))
    said = document[0].get_textpage().get_text_range().splitlines()
    document.close()
    start = next(at for at, line in enumerate(said) if line.endswith("Montaż:"))
    assert said[start + 1 : start + 3] == ["– hala A", "– hala B"]


def test_reasons_and_addresses_keep_their_lines_and_abroad_is_named() -> None:
    xml = papers.changed(
        papers.sample(), "<AdresL1>ul. Gliniana 4</AdresL1>", "<AdresL1>Halle 3\nTor 7</AdresL1>"
    )
    xml = xml.replace(b"<KodKraju>PL<", b"<KodKraju>DE<")
    view = content(xml, codes=None, language="both")
    assert view.parties[1].address == ["Halle 3", "Tor 7", "30-001 Kraków", "Niemcy / Germany"]
    assert content(xml, codes=None, language="en").parties[1].address[-1] == "Germany"


def test_both_languages_stand_on_one_print() -> None:
    said = papers.text(invoice_pdf(papers.sample(), language="both", codes=papers.OFFLINE))
    for words in ("Faktura / Invoice", "Nabywca / Buyer", "Data wystawienia / Issued", "OFFLINE"):
        assert words.casefold() in said.casefold()


def test_five_hundred_lines_repeat_their_head_on_numbered_pages() -> None:
    xml = papers.sample().decode()
    line = re.search(r"<(\w+:)?FaWiersz>.*?</(\w+:)?FaWiersz>", xml, re.S)
    assert line
    many = "".join(
        re.sub(r"(NrWierszaFa>)1(<)", rf"\g<1>{number}\2", line[0]).replace("Donica", f"Donica-{number:03d}")
        for number in range(1, 501)
    )
    long = re.sub(r"<(\w+:)?FaWiersz>.*</(\w+:)?FaWiersz>", many, xml, flags=re.S).encode()
    pdf = invoice_pdf(long, codes=papers.ONLINE)
    pages = [papers.text_of_page(pdf, at) for at in range(papers.page_count(pdf))]

    assert len(pages) > 10
    said = " ".join(pages)
    assert all(f"Donica-{number:03d}" in said for number in range(1, 501))
    for number, page in enumerate(pages, 1):
        assert f"Strona {number}/{len(pages)}" in page
        assert papers.KSEF_NUMBER in page
        if "Donica-" in page:
            assert "Nazwa towaru lub usługi" in page
    assert papers.codes_of(pdf) == {papers.KOD_1}


def test_columns_are_there_only_when_used() -> None:
    xml = papers.sample()
    assert "Rabat" not in papers.text(invoice_pdf(xml))

    said = papers.text(invoice_pdf(re.sub(rb"(<(\w+:)?P_11>)", rb"<\2P_10>12.34</\2P_10>\1", xml, count=1)))
    assert "Rabat" in said
    assert "12,34" in said


def test_a_correction_shows_before_after_and_difference() -> None:
    made = content(papers.before_and_after(papers.sample()), codes=None, language="pl").lines
    states = [row["state"] for row in made["rows"][:3]]

    assert states == ["before", "after", "difference"]
    before, after, difference = (row["cells"] for row in made["rows"][:3])
    labels = [column["label"] for column in made["columns"]]
    at = labels.index("Wartość netto")
    assert (before[at], after[at], difference[at]) == ("2\u202f000,00", "1\u202f134,00", "−866,00")
    assert difference[labels.index("Nazwa towaru lub usługi")] == "różnica"


def test_lines_of_a_correction_that_go_on_counting_find_each_other_by_name() -> None:
    rows = content(papers.sample("correction"), codes=None, language="pl").lines["rows"]

    assert [row["state"] for row in rows] == ["before", "after", "difference"]
    assert "−378,00" in rows[2]["cells"]


@pytest.mark.shared
@pytest.mark.parametrize("name", ["f01", "f02", "f03"])
def test_differences_of_lines_add_up_to_the_sum_of_the_correction(name: str) -> None:
    [path] = (papers.example_folder().parents[1] / "cases/documents").glob(f"{name}-*.xml")
    view = content(path.read_bytes(), codes=None, language="pl")
    assert view.lines is not None and view.sums is not None
    at = [column["label"] for column in view.lines["columns"]].index("Wartość netto")
    changes = [row["cells"][at] for row in view.lines["rows"] if row["state"] == "difference"]
    assert sum(map(number_of, changes)) == number_of(view.sums["rows"][0][1])


def number_of(written: str) -> Decimal:
    return Decimal(written.replace("−", "-").replace("\u202f", "").replace(",", "."))


def test_lines_that_are_only_taken_away_are_the_difference() -> None:
    alone = re.sub(
        rb"<(\w+:)?FaWiersz>((?!StanPrzed).)*?</(\w+:)?FaWiersz>(?=<(\w+:)?Platnosc|</)",
        b"",
        papers.sample("correction"),
        flags=re.S,
    )
    rows = content(alone, codes=None, language="pl").lines["rows"]

    assert [row["state"] for row in rows] == ["before", "difference"]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (b"", "not-xml"),
        (b"%PDF-1.7", "not-xml"),
        (b"<a/>", "not-an-invoice"),
        (b'<Faktura xmlns="x"><Naglowek/></Faktura>', "not-an-invoice"),
        (b'<!DOCTYPE Faktura [<!ENTITY a "b">]><Faktura><Fa/></Faktura>', "not-xml"),
        ("<?xml version='1.0' encoding='utf-16'?><Faktura><Fa/></Faktura>".encode("utf-16"), "not-xml"),
    ],
)
def test_what_is_not_an_invoice_is_refused(bad: bytes, code: str) -> None:
    with pytest.raises(PrintError) as refusal:
        invoice_pdf(bad, codes=None)

    assert refusal.value.code == code


def test_a_link_that_no_code_can_hold_is_refused() -> None:
    with pytest.raises(PrintError) as refusal:
        invoice_pdf(papers.sample(), codes=Codes(kod_1="https://x/" + "a" * 3000, caption="OFFLINE"))

    assert refusal.value.code == "code-too-long"


def test_almost_nothing_still_prints() -> None:
    assert papers.attachments(invoice_pdf(b"<Faktura><Fa/></Faktura>")) == {
        "faktura.xml": b"<Faktura><Fa/></Faktura>"
    }


def test_amounts_that_are_not_numbers_are_shown_as_they_are() -> None:
    said = papers.text(invoice_pdf(re.sub(rb"P_15>[^<]*<", b"P_15>NaN<", papers.sample())))

    assert "NaN PLN" in said


def test_a_warning_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd.typ").write_text('#set text(font: "No Such Type")\na')
    monkeypatch.setattr(typesetting, "TEMPLATES", tmp_path)
    monkeypatch.setattr(typesetting, "_local", threading.local())

    with pytest.raises(PrintError) as refusal:
        typesetting.pdf("odd.typ", {}, attachment=b"", moment=0)

    assert "no such type" in refusal.value.detail.lower()


def test_threads_print_side_by_side() -> None:
    xml = papers.sample()
    expected = [papers.changed(xml, "FV/002/11/2026", f"FV/{number}/2026") for number in range(8)]
    made: dict[int, bytes] = {}

    def work(number: int) -> None:
        made[number] = invoice_pdf(expected[number], codes=papers.ONLINE)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for number, document in enumerate(expected):
        assert made[number] == invoice_pdf(document, codes=papers.ONLINE)


def test_qr_is_one_path_without_margins() -> None:
    drawn = svg("https://example.invalid/")

    assert drawn.count("<path") == 1
    assert 'd="M0 0h7' in drawn


@pytest.mark.shared
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_official_examples_lose_nothing(path: Path) -> None:
    """Every text of the document is on the print, as its kind is written, but for marks that say no."""
    xml = path.read_bytes()
    pdf = invoice_pdf(xml, codes=papers.OFFLINE)
    said = papers.squeezed(papers.text(pdf))

    assert papers.lost(reading.document(xml, "pl"), said) == []
    assert papers.codes_of(pdf) == {papers.KOD_1, papers.KOD_2}
    assert papers.attachments(pdf) == {"faktura.xml": xml}


def test_every_element_of_the_schema_has_a_label_and_a_place() -> None:
    everything = papers.Everything()
    pdf = invoice_pdf(everything.xml, codes=papers.OFFLINE)
    said = papers.squeezed(papers.text(pdf))

    places = {
        "NKom",
        "WKom",
        "SKom",
        "ZNaglowek",
        "ZKlucz",
        "ZWartosc",
        "Akapit",
        "TKlucz",
        "TWartosc",
        "Opis",
    }
    names = {name for name, _ in everything.leaves}
    assert len(names) > 220
    sums = {name for row in SUMS for name in row[2:]}
    assert names - set(LABELS) - set(MARKS) - sums - places - papers.SILENT == set()
    assert papers.lost(reading.document(everything.xml, "pl"), said) == []
    for words in (*MARKS.values(), *KINDS.values()):
        assert papers.squeezed(words[0]) in said or words in KINDS.values()


def test_an_element_that_nobody_knows_is_still_printed() -> None:
    new = rb"\1<NoweZaNiedlugo>wazne 17</NoweZaNiedlugo>"
    said = papers.text(invoice_pdf(re.sub(rb"(</(\w+:)?Adnotacje>)", new, papers.sample())))

    assert "NoweZaNiedlugo" in said
    assert "wazne 17" in said


def test_marks_that_say_no_are_silent() -> None:
    said = papers.text(invoice_pdf(papers.sample("basic")))

    assert "ADNOTACJE" not in said
    assert "POZOSTAŁE DANE" not in said


def test_an_exemption_names_its_basis() -> None:
    said = papers.text(invoice_pdf(papers.sample("exempt")))

    assert "zwolnienie z podatku – art. 43" in said


def test_tax_in_zloty_stands_beside_a_foreign_currency() -> None:
    said = papers.text(invoice_pdf(papers.sample("foreign-currency")))

    assert "EUR" in said
    assert "Kurs waluty" in said


def test_rates_of_lines_tell_which_rate_a_sum_has() -> None:
    made = content(papers.sample(), codes=None, language="pl").sums

    assert "23%" in {row[0] for row in made["rows"]}
    assert not any("lub" in row[0] for row in made["rows"])
