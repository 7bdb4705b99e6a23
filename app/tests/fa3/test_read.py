"""What the reader makes of the text of elements, and how it refuses what the schema would have refused before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from liczydlo.fa3.model import Informacja, Stopka
from liczydlo.fa3.problems import DocumentError, Problem
from liczydlo.fa3.read import read
from liczydlo.fa3.write import write

from app.tests.fa3.cases import PLAIN

XML = write(PLAIN).decode().replace("><", ">\n<")


def changed(name: str, text: str) -> bytes:
    """The invoice with another text in its first element of a name."""
    before, _, rest = XML.partition(f"<{name}>")
    return f"{before}<{name}>{text}{rest[rest.index(f'</{name}>') :]}".encode()


def refused(xml: bytes) -> Problem:
    with pytest.raises(DocumentError) as caught:
        read(xml)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    "text", ["FV 1/2", " FV 1/2", "FV 1/2 ", "FV  1/2", "FV\t1/2", "\n FV\r\n 1/2\n", "FV    1/2\t"]
)
def test_white_space_is_that_of_a_token(text: str) -> None:
    assert read(changed("P_2", text)).fa.p_2 == "FV 1/2"


@pytest.mark.parametrize("text", ["", " ", "\t\n"])
def test_nothing_is_nothing(text: str) -> None:
    assert read(changed("P_2", text)).fa.p_2 == ""


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-11-23T08:00:00", 8),
        ("2026-11-23T08:00:00Z", 8),
        ("2026-11-23T08:00:00+01:00", 7),
        ("2026-11-23T08:00:00.5-02:00", 10),
    ],
)
def test_a_moment_is_that_of_its_zone_and_of_utc_without_one(text: str, hour: int) -> None:
    moment = read(changed("DataWytworzeniaFa", text)).naglowek.data_wytworzenia_fa
    assert moment.replace(microsecond=0) == datetime(2026, 11, 23, hour, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-11-23Z", " 2026-11-23+01:00 "])
def test_a_day_has_no_zone(text: str) -> None:
    assert read(changed("P_1", text)).fa.p_1.isoformat() == "2026-11-23"


@pytest.mark.parametrize("text", ["20261123", "2026-W48-1", "2026-11/23", "2026-1123", "23.11.2026", ""])
def test_another_way_to_write_a_day_is_refused(text: str) -> None:
    problem = refused(changed("P_1", text))
    assert (problem.code, problem.path) == ("schema-type", "Fa/P_1")
    assert problem.line == XML[: XML.index("<P_1>")].count("\n") + 1
    assert (problem.params["element"], problem.params["value"]) == ("P_1", text)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1,00", "x" * 100, ""])
def test_what_is_no_number_is_refused(text: str) -> None:
    problem = refused(changed("P_15", text))
    assert (problem.code, problem.path, problem.params["value"]) == ("schema-type", "Fa/P_15", text[:80])


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        (
            ' kodSystemowy="FA (3)"',
            "",
            "schema-attribute-missing",
            "Naglowek/KodFormularza/@kodSystemowy",
        ),
        ("<P_2>", "<P_2>1</P_2>\n<P_2>", "schema-too-often", "Fa/P_2[2]"),
        ("<P_2>", "<P_2x>1</P_2x>\n<P_2>", "schema-unexpected", "Fa/P_2x"),
        ("<P_2>", "<P_2><b>1</b>", "schema-unexpected", "Fa/P_2/b"),
        ("<KodWaluty>PLN</KodWaluty>", "", "schema-missing", "Fa"),
    ],
)
def test_what_is_absent_or_too_much_is_named(old: str, new: str, code: str, path: str) -> None:
    assert old in XML
    problem = refused(XML.replace(old, new, 1).encode())
    assert (problem.code, problem.path) == (code, path)


def test_lines_of_a_footer_are_kept() -> None:
    """StopkaFaktury is xsd:string; what is written comes back, its ends cut."""
    footer = Stopka(informacje=(Informacja(stopka_faktury="Pierwsza linia\nDruga  linia"),))
    written = write(replace(read(write(PLAIN)), stopka=footer))
    assert read(written.replace(b"<StopkaFaktury>", b"<StopkaFaktury>\r\n ")).stopka == footer
