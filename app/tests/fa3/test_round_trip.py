"""Reading and writing are each other's inverse: for invoices of every shape, and for the published examples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from liczydlo.demo.samples import faktura_of, samples
from liczydlo.fa3.draft import Address, Party
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.problems import DocumentError
from liczydlo.fa3.read import read
from liczydlo.fa3.write import write
from liczydlo.web.reasons import explain
from lxml import etree

from app.tests.fa3.made import FAKTURY

EXAMPLES = Path(__file__).parents[4] / "shared" / "spec" / "examples" / "fa3"
PARTY = Party(nip="5265877635", name="Pracownia", address=Address(line1="ul. Garncarska 3"))


@pytest.fixture
def faktura() -> Faktura:
    """An ordinary invoice."""
    return faktura_of(samples(PARTY, PARTY, date(2026, 11, 23))["basic"])


def said(element: Any) -> Iterator[tuple[int, str, dict[str, str], str]]:
    """What a document says: elements in order with depth, attributes and text; not comments, prefixes, white space."""
    for item in element.iter(etree.Element):
        depth = sum(1 for _ in item.iterancestors())
        own = {} if depth == 0 else dict(item.attrib)  # of the root: xsi:schemaLocation
        yield depth, item.tag, own, " ".join("".join(item.itertext()).split()) if len(item) == 0 else ""


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(FAKTURY)
def test_what_is_written_is_read_again(faktura: Faktura) -> None:
    xml = write(faktura)
    again = read(xml)
    assert again == faktura
    assert write(again) == xml  # amounts keep their scale


@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.xml")) or ["absent"])
def test_a_published_example_is_read_whole(name: str) -> None:
    original = (EXAMPLES / name).read_bytes()
    faktura = read(original)
    written = write(faktura)
    assert list(said(etree.fromstring(written))) == list(said(etree.fromstring(original)))
    assert read(written) == faktura


def test_a_file_is_utf_8_with_markup_escaped(faktura: Faktura) -> None:
    head = replace(faktura.naglowek, system_info="Łęg & <Żółw> \"x\" 'y' ]]> 🫖")
    xml = write(replace(faktura, naglowek=head))
    assert xml.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<Faktura xmlns=')
    assert "Łęg &amp; &lt;Żółw&gt; \"x\" 'y' ]]&gt; 🫖".encode() in xml
    assert read(xml).naglowek == head


def test_a_moment_is_written_in_utc(faktura: Faktura) -> None:
    moment = datetime(2026, 11, 23, 10, 30, tzinfo=timezone(timedelta(hours=2)))
    for given_moment, expected in ((moment, "08:30"), (moment.replace(tzinfo=None), "10:30")):
        xml = write(replace(faktura, naglowek=replace(faktura.naglowek, data_wytworzenia_fa=given_moment)))
        assert f"<DataWytworzeniaFa>2026-11-23T{expected}:00Z</DataWytworzeniaFa>".encode() in xml
        assert read(xml).naglowek.data_wytworzenia_fa.tzinfo is UTC


def test_prefixes_comments_cdata_and_white_space_say_nothing(faktura: Faktura) -> None:
    plain = write(faktura).decode()
    number = faktura.fa.p_2
    dressed = plain.replace(
        f"<P_2>{number}", f"<P_2>\n  <!-- a -->{number[:2]}<!-- b --><![CDATA[{number[2:]}]]>\t"
    )
    assert dressed != plain
    assert read(dressed.encode()) == faktura
    prefixed = (
        plain.replace("</", "</@").replace("<", "<fa:").replace("<fa:/@", "</fa:").replace("<fa:?", "<?")
    )
    prefixed = prefixed.replace("xmlns=", "xmlns:fa=")
    assert "<fa:Podmiot1>" in prefixed
    assert read(prefixed.encode()) == faktura


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        ("<JST>2</JST>", "<JST>dwa</JST>", "schema-type", "Podmiot2/JST"),
        ("<KodWaluty>", "<Obcy/><KodWaluty>", "schema-unexpected", "Fa/Obcy"),
        ("<KodWaluty>PLN", "<KodWaluty>P<b/>LN", "schema-unexpected", "Fa/KodWaluty/b"),
        ("<P_2>", "<P_2>x</P_2><P_2>", "schema-too-often", "Fa/P_2[2]"),
        ("<P_15>", "<P_15>NaN</P_15><P_15>", "schema-type", "Fa/P_15[1]"),
        ("<P_1>", "<P_1>2026-W01-1</P_1><P_1>", "schema-type", "Fa/P_1[1]"),
        (
            ' kodSystemowy="FA (3)"',
            "",
            "schema-attribute-missing",
            "Naglowek/KodFormularza/@kodSystemowy",
        ),
        ("<RodzajFaktury>VAT</RodzajFaktury>", "", "schema-missing", "Fa"),
    ],
)
def test_what_is_not_of_the_schema_is_refused_by_the_reader(
    faktura: Faktura, old: str, new: str, code: str, path: str
) -> None:
    xml = write(faktura).decode()
    assert old in xml
    with pytest.raises(DocumentError) as caught:
        read(xml.replace(old, new, 1).encode())
    (problem,) = caught.value.problems
    assert (problem.code, problem.path, problem.line) == (code, path, 2)
    assert explain(problem, "pl") != explain(problem, "en")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-23T10:30:00Z", "2026-11-23T10:30:00+00:00"),
        ("2026-11-23T10:30:00", "2026-11-23T10:30:00+00:00"),  # without a zone: UTC
        ("2026-11-23T10:30:00+01:00", "2026-11-23T10:30:00+01:00"),
        ("2026-11-23T10:30:00.1234567Z", "2026-11-23T10:30:00.123456+00:00"),
        (" 2026-11-23T10:30:00Z\n", "2026-11-23T10:30:00+00:00"),
    ],
)
def test_a_moment_is_aware_whatever_the_file_says(faktura: Faktura, written: str, moment: str) -> None:
    xml = write(faktura)
    start, end = xml.index(b"<DataWytworzeniaFa>") + 19, xml.index(b"</DataWytworzeniaFa>")
    result = read(xml[:start] + written.encode() + xml[end:]).naglowek.data_wytworzenia_fa
    assert result.isoformat() == moment


@pytest.mark.parametrize(
    ("written", "day"),
    [("2026-11-23", 23), ("2026-11-23Z", 23), ("2026-11-23+01:00", 23), ("\t2026-11-23 ", 23)],
)
def test_a_zone_says_nothing_of_a_day(faktura: Faktura, written: str, day: int) -> None:
    xml = write(faktura).replace(b"<P_1>2026-11-23<", f"<P_1>{written}<".encode())
    assert read(xml).fa.p_1 == date(2026, 11, day)


@pytest.mark.parametrize(
    "written", ["20261123", "2026-W48-1", "2026-11-3", "23.11.2026", "2026/11/23", "2026-1123"]
)
def test_a_day_is_written_in_one_way(faktura: Faktura, written: str) -> None:
    xml = write(faktura).replace(b"<P_1>2026-11-23<", f"<P_1>{written}<".encode())
    with pytest.raises(DocumentError) as caught:
        read(xml)
    (problem,) = caught.value.problems
    assert (problem.code, problem.path, problem.params["element"], problem.params["value"]) == (
        "schema-type", "Fa/P_1", "P_1", written
    )  # fmt: skip
    assert problem.line is not None


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "sNaN", "1,00", "", "1 0"])
def test_an_amount_is_a_finite_number(faktura: Faktura, amount: str) -> None:
    xml = write(faktura)
    start, end = xml.index(b"<P_15>") + 6, xml.index(b"</P_15>")
    with pytest.raises(DocumentError) as caught:
        read(xml[:start] + amount.encode() + xml[end:])
    assert caught.value.problems[0].code == "schema-type"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("  a  b ", "a b"),
        ("a\n\tb", "a b"),
        ("a\u00a0b", "a\u00a0b"),
        (" a", "a"),
        ("a ", "a"),
        ("a  b", "a b"),
    ],
)
def test_white_space_is_that_of_a_token(faktura: Faktura, written: str, text: str) -> None:
    """xsd:token: ends cut, runs made one; a hard space is text."""
    xml = write(faktura).replace(f"<P_2>{faktura.fa.p_2}<".encode(), f"<P_2>{written}<".encode())
    assert read(xml).fa.p_2 == text


def test_what_is_refused_tells_its_value_briefly(faktura: Faktura) -> None:
    xml = write(faktura).replace(b"<P_1>2026-11-23<", b"<P_1> " + b"x" * 100 + b"<")
    with pytest.raises(DocumentError) as caught:
        read(xml)
    assert caught.value.problems[0].params["value"] == "x" * 80
