"""An FA document as a person reads it."""

from __future__ import annotations

from typing import Any

import pytest
from ksef_emulator.pages import grosze_of, written
from ksef_emulator.pages.reading import read

from ..invoicing.conftest import fa3

PAYMENT = (
    "<Platnosc><ZaplataCzesciowa><KwotaZaplatyCzesciowej>20.00</KwotaZaplatyCzesciowej>"
    "<DataZaplatyCzesciowej>2026-11-20</DataZaplatyCzesciowej></ZaplataCzesciowa>"
    "<TerminPlatnosci><Termin>2026-12-24</Termin></TerminPlatnosci><FormaPlatnosci>6</FormaPlatnosci>"
    "<RachunekBankowy><NrRB>89999999990000009995627491</NrRB><NazwaBanku>Bank</NazwaBanku></RachunekBankowy></Platnosc>"
)


def reading(change: tuple[str, str] = ("", ""), **parts: Any) -> Any:
    """What is read of a document, of which one piece of text is another."""
    value = read(
        fa3(**parts).replace(change[0].encode(), change[1].encode(), 1) if change[0] else fa3(**parts)
    )
    assert value is not None
    return value


def test_an_invoice() -> None:
    it = reading(("</FaWiersz></Fa>", f"</FaWiersz>{PAYMENT}</Fa>"))
    assert it.kind[0] == "Faktura" and it.number == "FV/1/2026"
    seller, buyer = it.parties
    assert (seller.name, seller.identifier, seller.lines) == ("Sprzedawca", "NIP 5265877635", ("Polna 1",))
    assert buyer.role == ("Nabywca", "Buyer")
    (line,) = it.lines
    assert (line.quantity, line.price, line.amount, line.rate, line.before) == (
        "1 szt",
        "100.00",
        "100.00",
        "23%",
        False,
    )
    assert it.totals == ((("23% lub 22%", "23% or 22%"), "100.00", "23.00"),)
    assert [said[0] for _, said in it.payment] == [
        "20,00 PLN · 20.11.2026",
        "24.12.2026",
        "przelew",
        "89 9999 9999 0000 0099 9562 7491 · Bank",
    ]


def test_a_correction_tells_what_it_corrects() -> None:
    corrected = (
        "<RodzajFaktury>KOR</RodzajFaktury><PrzyczynaKorekty>Zwrot</PrzyczynaKorekty><DaneFaKorygowanej>"
        "<DataWystFaKorygowanej>2026-10-01</DataWystFaKorygowanej><NrFaKorygowanej>FV/0/2026</NrFaKorygowanej>"
        "<NrKSeF>1</NrKSeF><NrKSeFFaKorygowanej>NUMER</NrKSeFFaKorygowanej></DaneFaKorygowanej>"
        "<Podmiot2K><DaneIdentyfikacyjne><BrakID>1</BrakID><Nazwa>Dawny</Nazwa></DaneIdentyfikacyjne></Podmiot2K>"
    )
    it = reading(("<RodzajFaktury>VAT</RodzajFaktury>", corrected))
    message = {words[0]: said[0] for words, said in it.facts}
    assert message == {
        "Koryguje fakturę": "FV/0/2026 · 01.10.2026 · KSeF: NUMER",
        "Przyczyna korekty": "Zwrot",
    }
    assert (it.parties[-1].role[0], it.parties[-1].name) == ("Nabywca przed korektą", "Dawny")
    assert reading(("</P_12>", "</P_12><StanPrzed>1</StanPrzed>")).lines[0].before


def test_an_advance_has_the_lines_of_its_order() -> None:
    xml = fa3(kind="ZAL").decode()
    start, end = xml.index("<FaWiersz>"), xml.index("</FaWiersz>") + len("</FaWiersz>")
    order = (
        "<Zamowienie><WartoscZamowienia>246.00</WartoscZamowienia><ZamowienieWiersz><NrWierszaZam>1</NrWierszaZam>"
        "<P_7Z>Stół</P_7Z><P_8AZ>szt</P_8AZ><P_8BZ>2</P_8BZ><P_9AZ>100</P_9AZ><P_11NettoZ>200</P_11NettoZ>"
        "<P_11VatZ>46</P_11VatZ><P_12Z>23</P_12Z></ZamowienieWiersz></Zamowienie>"
    )
    it = read((xml[:start] + order + xml[end:]).encode())
    assert it is not None
    (line,) = it.lines
    assert (line.name, line.quantity, line.price, line.amount, line.tax, line.rate) == (
        "Stół",
        "2 szt",
        "100",
        "200",
        "46",
        "23%",
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("<P_18A>2", "<P_18A>1"), "Mechanizm podzielonej płatności"),
        (("<P_17>2", "<P_17>1"), "Samofakturowanie"),
        (("<P_19N>1</P_19N>", "<P_19>1</P_19><P_19A>art. 43</P_19A>"), "Zwolnienie z VAT: art. 43"),
        (
            ("<P_PMarzyN>1</P_PMarzyN>", "<P_PMarzy>1</P_PMarzy><P_PMarzy_2>1</P_PMarzy_2>"),
            "Procedura marży dla biur podróży",
        ),
    ],
)
def test_what_the_law_wants_said(change: tuple[str, str], said: str) -> None:
    assert [words[0] for words in reading(change).notes] == [said]
    assert reading().notes == ()


def test_other_kinds_are_not_read() -> None:
    assert read(b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>") is None


@pytest.mark.parametrize(
    ("text", "grosze"),
    [
        ("1 234,50", 123450),
        ("1234.5", 123450),
        ("−1", -100),
        ("0", 0),
        ("", None),
        ("1,234", None),
        ("1e9", None),
    ],
)
def test_amounts_that_people_write(text: str, grosze: int | None) -> None:
    assert grosze_of(text) == grosze


def test_amounts_as_they_are_shown() -> None:
    assert written("-1234567.8") == "−1\u202f234\u202f567,80"
    assert (written("1.2345"), written(""), written("NaN")) == ("1,2345", "", "NaN")
