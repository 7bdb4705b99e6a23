"""How values are written."""

from __future__ import annotations

import struct
from decimal import Decimal
from pathlib import Path

import fontpkg_inter
import pytest
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.fa3 import xsd
from liczydlo.prints import fonts, values
from liczydlo.prints.countries import COUNTRIES
from liczydlo.prints.labels import pick
from liczydlo.prints.reading import fitted
from liczydlo.prints.typesetting import TEMPLATES
from lxml import etree


@pytest.mark.parametrize(
    ("value", "least", "written"),
    [
        ("1234.5", 2, "1\u202f234,50"),
        ("-0.1", 2, "−0,10"),
        ("3", 0, "3"),
        ("3.000", 0, "3"),
        ("0.123456", 2, "0,123456"),
        ("1000000", 2, "1\u202f000\u202f000,00"),
        ("abc", 2, "abc"),
        ("Infinity", 2, "Infinity"),
    ],
)
def test_amounts(value: str, least: int, written: str) -> None:
    assert values.amount(value, least=least) == written


@given(st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**12), max_value=10**12))
def test_amounts_keep_their_value(number: Decimal) -> None:
    written = values.amount(str(number))
    back = written.replace("\u202f", "").replace("−", "-").replace(",", ".")

    assert Decimal(back) == number
    assert len(back.partition(".")[2]) >= 2


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("P_1", "2026-01-15", "15.01.2026"),
        ("P_1", "wkrótce", "wkrótce"),
        ("NrUmowy", "2026-01-15", "2026-01-15"),
        (
            "NrRB",
            "61109010140000071219812874",
            "61\u00a01090\u00a01014\u00a00000\u00a00712\u00a01981\u00a02874",
        ),
        (
            "NrRB",
            "PL61109010140000071219812874",
            "PL61\u00a01090\u00a01014\u00a00000\u00a00712\u00a01981\u00a02874",
        ),
        ("NrRB", "12-34", "12-34"),
        ("NrRB", "1234567890", "12\u00a03456\u00a07890"),
        ("NrRB", "123456789", "123456789"),
        ("NrRB", "DE89370400440532013000", "DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000"),
        ("FormaPlatnosci", "6", "przelew"),
        ("FormaPlatnosci", "99", "99"),
        ("P_12", "8", "8%"),
        ("P_12", "0 WDT", "0% WDT"),
        ("P_12", "np II", "np II"),
        ("KursWaluty", "4.5", "4,5000"),
        ("DataGodzRozpTransportu", "2026-01-15T06:07:08Z", "15.01.2026 07:07:08 (czas polski)"),
        ("DataGodzRozpTransportu", "2026-01-15T06:07:00", "15.01.2026 06:07"),
        ("DataGodzRozpTransportu", "2026-01-15T06:07:08+01:30", "15.01.2026 05:37:08 (czas polski)"),
        ("SigningTime", "2026-01-15T23:59:00+00:00", "16.01.2026 00:59 (czas polski)"),
        ("SigningTime", "2026-07-15T23:59:00Z", "16.07.2026 01:59 (czas polski)"),
        ("SigningTime", "9999-12-31T23:59:00Z", "9999-12-31T23:59:00Z"),
        ("SigningTime", "dziś", "dziś"),
        ("KodKraju", "DE", "Niemcy"),
        ("KodKraju", "XI", "Zjednoczone Królestwo (Irlandia Północna)"),
        ("KodKraju", "??", "??"),
        ("Termin", "2026-01-15Z", "15.01.2026"),
        ("P_12", "23", "23%"),
        ("P_12", "0 KR", "0% KR"),
        ("P_12Z", "zw", "zw"),
        ("P_15", "-1234567.5", "−1\u202f234\u202f567,50"),
        ("P_8B", "0.50", "0,5"),
        ("P_13_1", "0", "0,00"),
        ("P_13_1", "-0", "0,00"),
        ("KursWaluty", "4.26371", "4,26371"),
    ],
)
def test_kinds(name: str, value: str, written: str) -> None:
    assert values.show(name, value, "pl") == written


def test_short_words_stay_whole_when_copied() -> None:
    number = "5265877635-20261123-0A1B2C3D4E5F-9A"

    assert values.soft(number) == number
    assert values.soft("x" * 37) == fonts.BREAK.join("x" * 37)


@given(st.text())
def test_whatever_is_drawn_has_a_glyph(text: str) -> None:
    drawn, _ = fonts.drawable(text)

    assert all(character in fonts.metrics().plain for character in drawn)


def test_moments_of_files() -> None:
    assert values.seconds("1970-01-02") == 86400
    assert values.seconds("1970-01-01T01:00:00+01:00") == 0
    assert values.seconds("kiedyś") is None
    assert values.seconds("1970-01-01T00:00:07") == 7
    assert values.seconds("1969-12-31") == 0


def test_every_country_of_the_schema_has_a_name_in_both_languages() -> None:
    schema = etree.fromstring(xsd.files()["KodyKrajow_v10-0E.xsd"])
    codes = {element.get("value") for element in schema.iter("{http://www.w3.org/2001/XMLSchema}enumeration")}
    assert codes == set(COUNTRIES)
    assert not [code for code, names in COUNTRIES.items() if code in names or not all(names)]


def test_both_languages_say_once_what_is_the_same() -> None:
    assert pick(("Nabywca", "Buyer"), "both") == "Nabywca / Buyer"
    assert pick(("VAT", "VAT"), "both") == "VAT"
    assert values.show("KodKraju", "DE", "both") == "Niemcy / Germany"


def test_the_height_of_a_line_is_that_of_our_type() -> None:
    """Rows of one line get this height (``style.typ``); another version of the type could have another."""
    data = (fonts.FOLDER / "Inter-Regular.ttf").read_bytes()
    tables = {
        data[at : at + 4]: struct.unpack_from(">L", data, at + 8)[0]
        for at in range(12, 12 + 16 * struct.unpack_from(">H", data, 4)[0], 16)
    }
    capital, em = (
        struct.unpack_from(">H", data, tables[tag] + skip)[0] for tag, skip in ((b"OS/2", 88), (b"head", 18))
    )
    style = (TEMPLATES / "style.typ").read_text()
    assert f"#let line-height = {capital} / {em} * 1em" in style


def test_pairs_say_what_surely_has_one_line() -> None:
    long = "słowo " * 12
    pairs = [
        ("Bank", "Bank Spółdzielczy"),
        ("Bank", long),
        ("Rodzaj transportu drogowego", "drogowy"),
        ("A", "x\ny"),
    ]
    assert [one for *_, one in fitted(pairs)] == [True, False, False, False]


def test_letters_with_marks_become_one_glyph() -> None:
    assert fonts.drawable("a\u0328z\u0307") == ("ąż", False)


@pytest.mark.parametrize("style", ["Regular", "SemiBold"])
def test_our_type_draws_whatever_inter_draws(style: str) -> None:
    inter = next(path for path in Path(fontpkg_inter.ROOT).rglob("*.ttf") if "Italic" not in path.name)
    ours, whole = fonts.metrics(fonts.FOLDER / f"Inter-{style}.ttf"), fonts.metrics(inter)

    assert ours.plain == whole.plain
    assert (ours.advances == whole.advances) is (style == "Regular")
