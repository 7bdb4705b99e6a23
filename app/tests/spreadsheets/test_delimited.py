"""CSV in every encoding and spelling that programs write."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.spreadsheets import TableError, read
from liczydlo.spreadsheets.columns import Columns, plain, recognise
from liczydlo.spreadsheets.model import LONGEST, MOST_BYTES, MOST_COLUMNS, MOST_ROWS

pytestmark = pytest.mark.pure
ENCODINGS = ("utf-8", "utf-8-sig", "cp1250", "iso8859-2", "cp852", "utf-16", "utf-16-le", "utf-16-be")
SEPARATORS = (";", ",", "\t", "|")
WORDS = st.text(alphabet="abcłŁóżŻźĆąę ŚśńNO", min_size=1, max_size=12).map(str.strip).filter(bool)
CELLS = st.one_of(
    WORDS, st.sampled_from(["1,50", "1 234,5", 'FHU "Świt"', "a;b", "a,b", "x\ty", "dwa\nwiersze"])
)


def cells(content: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in read(content).rows]


def written(rows: list[list[str]], separator: str = ";", end: str = "\r\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", SEPARATORS)
def test_any_encoding_and_separator(encoding: str, separator: str) -> None:
    rows = [
        ["Nazwa", "Miejscowość", "Cena"],
        ["Żółta Gęśl", "Łódź", "1,50"],
        ["Świt sp. k.", "Kraków", "2,00"],
    ]
    assert cells(written(rows, separator).encode(encoding)) == [tuple(row) for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=3, max_size=8))
def test_what_a_program_quoted_is_read_back(encoding: str, rows: list[list[str]]) -> None:
    table = [["Nazwa", "Ulica", "Miasto"], *rows]
    assert cells(written(table).encode(encoding)) == [tuple(row) for row in table]


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_refusal(content: bytes) -> None:
    try:
        assert read(content).rows
    except TableError as error:
        assert error.code


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_numbered_as_an_editor_does(end: str) -> None:
    text = end.join(["sep=;", "Nazwa;Uwagi", "", '"A";"dwa', 'wiersze"', ";;", "B;c", ""])
    assert [(row.number, row.cells[0]) for row in read(text.encode()).rows] == [
        (2, "Nazwa"),
        (4, "A"),
        (7, "B"),
    ]


def test_quotes_of_a_name_that_nobody_doubled() -> None:
    text = 'Nazwa;NIP\n"Świt" sp. z o.o.;1\nFHU "Zorza";2\n'
    assert cells(text.encode("cp1250"))[1:] == [('"Świt" sp. z o.o.', "1"), ('FHU "Zorza"', "2")]


@pytest.mark.parametrize(
    ("content", "code", "params"),
    [
        (b"", "empty", {}),
        (b" \n;;\n\t", "empty", {}),
        (b"%PDF-1.7", "other-format", {"format": "PDF"}),
        (b"\xd0\xcf\x11\xe0rest", "other-format", {"format": "XLS"}),
        (b"Nazwa\x00;x", "not-text", {}),
        (b'Nazwa;NIP\nA;1\n"B;2;3\nC;3\n', "quotes", {"line": 3}),
        (b'"Nazwa";"NIP"\n"A";"1"\n"B;"2"\n', "quotes", {"line": 3}),
        (b";" * MOST_COLUMNS + b"x", "too-many-columns", {"most": MOST_COLUMNS, "line": 1}),
        (b"x" * (LONGEST + 1), "too-long", {"most": LONGEST, "line": 1}),
        (b"x\n" * (MOST_ROWS + 1), "too-many-rows", {"most": MOST_ROWS}),
        (b"x" * (MOST_BYTES + 1), "too-large", {"most": 10}),
    ],
)
def test_what_is_refused_whole(content: bytes, code: str, params: dict[str, object]) -> None:
    with pytest.raises(TableError) as refused:
        read(content)
    assert (refused.value.code, refused.value.params) == (code, params)


def test_a_million_empty_lines_are_nothing() -> None:
    assert len(read(b"Nazwa;NIP\nA;1\n" + b";\n" * 1_000_000).rows) == 2


def test_the_header_is_the_line_with_the_most_known_names() -> None:
    text = "Moja firma;;\nKontrahenci;stan na dziś;\n\nNAZWA;Kod_pocztowy:;E-mail\nA;00-001;a@b.pl\n"
    names = {"name": ("nazwa",), "postcode": ("kod pocztowy",), "email": ("e mail",), "note": ("uwagi",)}
    table = read(text.encode())
    columns = recognise(table, names)
    assert (columns.header.number, columns.places) == (4, {"name": 0, "postcode": 1, "email": 2})
    assert [row.cells[0] for row in columns.rows(table)] == ["A"]
    respelt = recognise(read(text.replace("NAZWA", "nazwa").encode()), names)
    assert respelt.digest == columns.digest, "the same header in another case is the same header"


def test_a_surer_name_takes_the_column() -> None:
    table = read(b"Nazwa skr\xf3cona;Nazwa;Firma\nA;B;C\n")
    names = {"name": ("nazwa", "firma", "nazwa skrocona"), "other": ("nazwa", "firma")}
    assert recognise(table, names).places == {"name": 1, "other": 2}


def test_without_a_known_name_the_first_line_is_the_header() -> None:
    table = read(b"x;y\n1;2\n")
    assert recognise(table, {"name": ("nazwa",)}) == Columns(header=table.rows[0], places={})


@pytest.mark.parametrize(
    ("name", "meant"),
    [("Kod_pocztowy:", "kod pocztowy"), ("J.m.", "j m"), ("  Świeża ŁĄKA ", "swieza laka"), ("™", "tm")],
)
def test_names_without_case_diacritics_and_marks(name: str, meant: str) -> None:
    assert plain(name) == meant
