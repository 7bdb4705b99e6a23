"""What a firm or a reader chooses of a print: the code of the transfer, a duplicate, logo, colour, note, window."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any

import pypdfium2
import pytest
from liczydlo.prints.content import invoice as content
from liczydlo.prints.invoice import invoice_pdf
from liczydlo.prints.look import Look
from liczydlo.prints.upo import upo_pdf

from app.tests.prints import papers
from app.tests.prints.test_upo import receipt

WITH_CODE = Look(transfer_code=True)
ACCOUNT = "61109010140000071219812874"


def payable(xml: bytes | None = None, *, payment: str = "", more: str = "") -> bytes:
    """The sample to be paid by transfer to a known account."""
    text = (xml or papers.sample()).decode()
    start, end = text.index("<Platnosc>"), text.index("</Platnosc>")
    account = f"<RachunekBankowy><NrRB>{ACCOUNT}</NrRB></RachunekBankowy>"
    return (text[:start] + f"{more}<Platnosc>{payment}{account}" + text[end:]).encode()


def codes(xml: bytes) -> set[str]:
    return {
        one for one in papers.codes_of(invoice_pdf(xml, codes=papers.ONLINE, look=WITH_CODE)) if "|" in one
    }


def test_the_code_of_the_transfer_is_read_back() -> None:
    gross = papers.sample().decode().split("<P_15>")[1].split("<")[0].replace(".", "")
    (code,) = codes(payable())
    nip, country, account, amount, name, title, *rest = code.split("|")
    assert (nip, country, account) == ("5265877635", "PL", ACCOUNT)
    assert amount == gross.zfill(6)
    assert name == "Garncarnia Łęg sp. z"
    assert papers.text(invoice_pdf(payable())).count(title) >= 1
    assert rest == ["", "", ""]


@pytest.mark.parametrize(
    ("payment", "more"),
    [
        ("<Zaplacono>1</Zaplacono>", ""),
        ("<ZnacznikZaplatyCzesciowej>2</ZnacznikZaplatyCzesciowej>", ""),
        ("<FormaPlatnosci>1</FormaPlatnosci>", ""),
        ("<RachunekBankowyFaktora><NrRB>27114020040000300201355387</NrRB></RachunekBankowyFaktora>", ""),
        ("", "<Rozliczenie><DoZaplaty>0.00</DoZaplaty></Rozliczenie>"),
    ],
)
def test_nothing_to_transfer_has_no_code(payment: str, more: str) -> None:
    assert codes(payable(payment=payment, more=more)) == set()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<KodWaluty>PLN", "<KodWaluty>EUR"),
        ("<RodzajFaktury>VAT", "<RodzajFaktury>ZAL"),
        ("<RodzajFaktury>VAT", "<RodzajFaktury>KOR"),
        ("<P_18A>2", "<P_18A>1"),
        (ACCOUNT, "61109010140000071219812875"),
        (ACCOUNT, "DE89370400440532013000"),
    ],
)
def test_what_the_code_cannot_say_has_none(old: str, new: str) -> None:
    assert codes(papers.changed(payable(), old, new)) == set()


def test_what_is_left_is_what_is_transferred() -> None:
    beside = "<Rozliczenie><DoZaplaty>130.00</DoZaplaty></Rozliczenie>"
    part = "<ZaplataCzesciowa><KwotaZaplatyCzesciowej>30.00</KwotaZaplatyCzesciowej></ZaplataCzesciowa>"
    (code,) = codes(payable(payment=part, more=beside))
    assert code.split("|")[3] == "010000"


def test_a_duplicate_names_its_day_on_every_page() -> None:
    said = papers.text(invoice_pdf(papers.sample(), look=Look(duplicate=date(2026, 12, 1))))
    assert "DUPLIKAT Z DNIA 01.12.2026" in said
    assert said.count("Duplikat z dnia 01.12.2026") == 1  # the footer
    assert "uplikat" not in papers.text(invoice_pdf(papers.sample()))


def test_note_and_colour_of_the_firm() -> None:
    note = "Dziękujemy.\n#set text(red) *nie* $1$"
    said = papers.text(invoice_pdf(papers.sample(), look=Look(note=note, accent="#aa0000")))
    assert "Dziękujemy. #set text(red) *nie* $1$" in said
    assert invoice_pdf(papers.sample(), look=Look(accent="#aa0000")) != invoice_pdf(papers.sample())
    assert upo_pdf(receipt()).startswith(b"%PDF")


def images(pdf: bytes) -> int:
    document = pypdfium2.PdfDocument(pdf)
    kinds: Any = [one.type for one in document[0].get_objects(max_depth=4)]
    document.close()
    return len(kinds)


def test_a_logo_is_drawn() -> None:
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path fill="#c00" d="M0 0h9v9z"/></svg>'
    )
    assert images(invoice_pdf(papers.sample(), look=Look(logo=drawn))) > images(invoice_pdf(papers.sample()))
    pixel = base64.b64encode(
        base64.b64decode(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        )
    ).decode()
    inside = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">'
        f'<image width="1" height="1" href="data:image/png;base64,{pixel}"/></svg>'
    )
    assert images(invoice_pdf(papers.sample(), look=Look(logo=inside))) > images(invoice_pdf(papers.sample()))


@pytest.mark.parametrize(("window", "left", "right"), [("left", 20, 105), ("right", 110, 195)])
def test_the_address_stands_in_the_window_of_an_envelope(window: Any, left: float, right: float) -> None:
    """Whole in the part that any window shows: 45 to 90 mm from the top."""
    pdf = invoice_pdf(papers.sample(), look=Look(window=window), codes=papers.ONLINE)
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    words, height = page.get_textpage(), page.get_height()
    result = words.search("Sklep „Żółw”").get_next()
    assert result is not None
    box = words.get_charbox(result[0])
    document.close()
    x, y = box[0] * 0.352778, (height - box[3]) * 0.352778
    assert left <= x <= right - 75
    assert 45 <= y <= 82


def test_a_view_says_to_whom_it_is_posted() -> None:
    view = content(papers.sample(), codes=None, language="pl")
    assert view.addressee == ["Sklep „Żółw”", "ul. Gliniana 4", "30-001 Kraków"]


def test_a_logo_stands_at_the_margin_as_large_as_it_may() -> None:
    """A wide one is 60 mm wide, another 15 mm high, none of them in the middle of its place."""
    shape = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} 10"><path d="M0 0h{w}v10H0z"/></svg>'
    for wide, across in ((100, 60), (20, 30)):
        logo = shape.format(w=wide)
        document = pypdfium2.PdfDocument(invoice_pdf(papers.sample(), look=Look(logo=logo)))
        bitmap = document[0].render(scale=4, grayscale=True)
        row = bytes(bitmap.buffer)[200 * bitmap.stride :][: bitmap.width // 2]  # the dates stand to the right
        document.close()
        dark = [at / 4 * 25.4 / 72 for at, dot in enumerate(row) if dot < 60]
        assert dark[0] == pytest.approx(18, abs=0.3)
        assert dark[-1] - dark[0] == pytest.approx(across, abs=0.5)
