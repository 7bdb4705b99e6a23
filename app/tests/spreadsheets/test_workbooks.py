"""XLSX: values as text, and what a file may not do to its reader."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.spreadsheets import TableError, read, workbooks
from liczydlo.spreadsheets.numbers import parse_decimal
from openpyxl import Workbook

pytestmark = pytest.mark.pure
HEAD, TAIL = "<?xml version='1.0'?>", "</sheetData></worksheet>"
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def book(*rows: list[Any], title: str = "Arkusz") -> bytes:
    made = Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    return saved(made)


def saved(made: Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The same workbook with another part in the place of one, or beside all."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info.filename, old.read(info))
        new.writestr(name, part)
    return out.getvalue()


def with_sheet(rows: str) -> bytes:
    return with_part(book(["x"]), "xl/worksheets/sheet1.xml", (HEAD + SHEET + rows + TAIL).encode())


def test_values_are_what_a_person_would_type() -> None:
    moment = dt.datetime(2026, 11, 29, 8, 30)  # noqa: DTZ001 - as spreadsheets have them
    content = book(
        ["Nazwa", "NIP", "Cena", "Dzień"],
        ["Żółta Gęśl", 8567346215, 0.1 + 0.2, dt.date(2026, 11, 29)],
        [None, None, None],
        [" x ", True, 1234.5, moment],
    )
    table = read(content)
    assert (table.sheet, table.others) == ("Arkusz", ())
    assert [(row.number, row.cells) for row in table.rows] == [
        (1, ("Nazwa", "NIP", "Cena", "Dzień")),
        (2, ("Żółta Gęśl", "8567346215", "0.3", "2026-11-29")),
        (4, (" x ", "1", "1234.5", "2026-11-29 08:30:00")),
    ]


@given(
    st.decimals(min_value=0, max_value=10**6, places=8).filter(
        lambda one: len(one.normalize().as_tuple().digits) < 15
    )
)
def test_a_price_is_read_as_it_was_typed(price: Decimal) -> None:
    assert parse_decimal(workbooks._text(float(price))) == price


def test_the_first_visible_sheet_that_says_something() -> None:
    made = Workbook()
    made.active.title = "Pusty"
    made.create_sheet("Ukryty").append(["tajne"])
    made["Ukryty"].sheet_state = "hidden"
    made.create_sheet("Dane").append(["Nazwa"])
    table = read(saved(made))
    assert (table.sheet, table.others, table.rows[0].cells) == ("Dane", ("Pusty", "Ukryty"), ("Nazwa",))


def test_a_formula_has_the_value_that_was_kept() -> None:
    table = read(
        with_sheet('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>""</f><v></v></c></row>')
    )
    assert table.rows[0].cells == ("2",)


@pytest.mark.parametrize(
    "cell",
    ["<f>1+1</f>", '<f t="shared" si="0"/>', "<f>WEBSERVICE(1)</f> ", "<f>1+1</f><v></v>", "<f>1</f><v/>"],
)
def test_a_formula_without_a_value_is_said(cell: str) -> None:
    assert refusal(with_sheet(f'<row r="1"><c r="A1">{cell}</c></row>')) == "not-computed"


def refusal(content: bytes) -> str:
    with pytest.raises(TableError) as refused:
        read(content)
    return refused.value.code


def test_a_bomb_is_not_unpacked() -> None:
    bomb = with_part(book(["x"]), "xl/media/a.xml", b"0" * (workbooks.MOST_UNPACKED + 1))
    assert len(bomb) < 1_000_000 and refusal(bomb) == "unpacks-too-large"


def test_a_part_that_is_larger_than_it_says_is_damaged() -> None:
    content = book(["x"] * 50, ["y"] * 50)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lied = content.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lied != content and refusal(lied) == "damaged"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding: str) -> None:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        + SHEET
    )
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row>'
    content = with_part(book(["x"]), "xl/worksheets/sheet1.xml", (text + row + TAIL).encode(encoding))
    assert refusal(content) == "doctype"


def test_macros_are_refused() -> None:
    assert refusal(with_part(book(["x"]), "xl/vbaProject.bin", b"x")) == "macros"


@pytest.mark.parametrize(("last", "is_read"), [(20_000, True), (1_000_000, False)])
def test_empty_rows_are_nothing_and_a_million_is_refused(last: int, is_read: bool) -> None:
    rows = "".join(f'<row r="{number}"><c r="A{number}" s="0"/></row>' for number in range(2, last + 1))
    content = with_sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>Nazwa</t></is></c></row>' + rows)
    if is_read:
        assert [row.cells for row in read(content).rows] == [("Nazwa",)]
    else:
        assert refusal(content) == "too-many-cells"


def test_an_empty_row_far_away_costs_nothing() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576" s="0"/></row>'
    assert len(read(with_sheet(rows)).rows) == 1


@pytest.mark.parametrize("number", [1_048_577, 10**18])
def test_a_row_that_no_sheet_has_is_no_endless_reading(number: int) -> None:
    assert refusal(with_sheet(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>')) == "damaged"


def test_a_column_far_away_is_refused() -> None:
    assert refusal(with_sheet('<row r="1"><c r="XFD1"><v>1</v></c></row>')) == "too-many-columns"


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 100])
def test_an_archive_that_is_no_workbook(content: bytes) -> None:
    assert refusal(content) == "other-format"


def test_a_workbook_without_rows_is_empty() -> None:
    assert refusal(book()) == "empty" and refusal(book([None, ""])) == "empty"


@given(st.data())
def test_a_damaged_file_is_a_table_or_a_refusal(data: Any) -> None:
    content = bytearray(CONTENT)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    _try(bytes(content))


@given(
    st.sampled_from(
        ["xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"]
    ),
    st.data(),
)
def test_a_damaged_part_is_a_table_or_a_refusal(name: str, data: Any) -> None:
    with zipfile.ZipFile(io.BytesIO(CONTENT)) as archive:
        part = archive.read(name)
    at = data.draw(st.integers(0, len(part)))
    cut = (
        part[:at]
        + data.draw(st.sampled_from([b"", b"<", b"9", b'"', b"\xff", b"<c r='A'/>"]))
        + part[at + data.draw(st.integers(0, 9)) :]
    )
    _try(with_part(CONTENT, name, cut))


def _try(content: bytes) -> None:
    try:
        assert read(content).rows
    except TableError as error:
        assert error.code


CONTENT = book(["Nazwa", "NIP"], ["Gęśla", 8567346215])
