"""Elixir-0 line by line: its fields, the signs of its code pages, and what it cannot carry."""

from __future__ import annotations

import csv
import functools
import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.payments.transfers import elixir, titles
from liczydlo.payments.transfers.addresses import Address
from liczydlo.payments.transfers.payees import Party

from app.tests.payments.test_files import HOME, NUMBER, OURS, THEIRS, order, payment

pytestmark = pytest.mark.pure


def fields_of(**values: Any) -> list[str]:
    """Of the only line of a file in UTF-8, without its end."""
    (fields,) = csv.reader([elixir.write(order(payment(**values)), "utf-8").decode().removesuffix("\r\n")])
    return fields


def test_a_line_of_elixir() -> None:
    text = elixir.write(order(), "cp1250").decode("cp1250")
    assert text.endswith("\r\n") and text.count("\r\n") == 1
    (fields,) = csv.reader([text.strip()])
    assert fields == [
        "110",
        "20261130",
        "123450",
        "10901014",
        "0",
        OURS[2:],
        THEIRS[2:],
        "Żółta Łódź – Jan Gęśl|ul. Kręta 3, 00-001 Warszawa",
        "Dostawca „Świt” sp. z o.o.|ul. Kręta 3, 00-001 Warszawa",
        "0",
        "11402004",
        f"{NUMBER}|Faktura D/1",
        "",
        "",
        "51",
        "",
    ]


def test_split_payment_in_elixir_breaks_at_35_signs_and_nowhere_else() -> None:
    title = titles.split(vat=Decimal("230.84"), nip="8567346215", invoice=NUMBER, text="D/1")
    text = elixir.write(order(payment(is_split=True, title=title)), "cp1250").decode("cp1250")
    (fields,) = csv.reader([text.strip()])
    assert fields[14] == "53" and fields[11].replace("|", "") == title
    assert [len(part) for part in fields[11].split("|")][:2] == [35, 35]


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("cp1250", "Žluťoučký – „kůň” AEro"),
        ("iso8859-2", "Žluťoučký - 'kůň' AEro"),
        ("cp852", "Žluťoučký - 'kůň' AEro"),
        ("utf-8", "Žluťoučký – „kůň” Ærø"),
    ],
)
def test_signs_that_a_code_page_lacks_are_written_otherwise(encoding: str, shown: str) -> None:
    written = elixir.encoded("Žluťoučký – „kůň” Ærø", encoding)
    assert written == shown
    assert written.encode(encoding).decode(encoding) == written


@functools.cache
def parted() -> list[str]:
    """All signs whose parts hold one that ends a field; looking at a million takes half a second."""
    return [one for one in map(chr, range(0x110000)) if {'"', "|"} & {*unicodedata.normalize("NFKD", one)}]


@pytest.mark.parametrize("encoding", ["cp1250", "iso8859-2", "cp852", "utf-8"])
def test_no_sign_becomes_one_that_ends_a_field(encoding: str) -> None:
    """A seller's name with a wide quotation mark would say the rest of its line, account and title too."""
    assert len(parted()) > 2
    for sign in parted():
        written = elixir.encoded(titles.clean(sign), encoding)
        assert not {'"', "|"} & {*written}, (hex(ord(sign)), written)


@pytest.mark.parametrize("encoding", ["cp1250", "iso8859-2", "cp852"])
def test_a_letter_loses_a_mark_that_the_code_page_lacks(encoding: str) -> None:
    assert elixir.encoded("Peña Ağaoğlu, Żółć", encoding) == "Pena Agaoglu, Żółć"


@pytest.mark.parametrize("encoding", ["cp1250", "iso8859-2", "cp852"])
def test_a_sign_without_a_substitute_is_refused(encoding: str) -> None:
    with pytest.raises(elixir.ElixirError) as caught:
        elixir.write(order(payment(payee=Party(name="漢字", address=HOME))), encoding)
    assert (caught.value.code, caught.value.value) == ("character", "漢")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"iban": "DE89370400440532013000"}, "account"),
        ({"amount": Decimal(0)}, "amount"),
        ({"title": "x" * 141}, "too-long"),
    ],
)
def test_what_elixir_cannot_carry_is_refused(values: dict[str, Any], code: str) -> None:
    with pytest.raises(elixir.ElixirError) as caught:
        elixir.write(order(payment(**values)), "utf-8")
    assert caught.value.code == code


def test_a_title_whose_words_would_take_five_lines_is_broken_inside_them() -> None:
    title = " ".join(["D/123456789012345678"] * 6)
    lines = fields_of(title=title)[11].split("|")
    assert lines == [title[at : at + 35] for at in range(0, len(title), 35)]


def test_a_name_and_an_address_have_two_lines_each() -> None:
    """Three words of which no two fit into a line: whoever reads four lines would miss the last one."""
    name = " ".join(letter * 22 for letter in "ABC")
    street = " ".join(letter * 18 for letter in "DEF")
    who = Party(name=name, address=Address(street=street, postcode="00-001", town="Łódź"))
    lines = fields_of(payee=who)[8].split("|")
    line = f"{street}, 00-001 Łódź"
    assert lines == [name[:35], name[35:70], line[:35], line[35:70]]


def test_a_payee_without_an_address_is_one_line() -> None:
    assert fields_of(payee=Party(name="Kiosk", address=Address()))[8] == "Kiosk"


POLISH = st.text(
    st.sampled_from("abcxyzĄąĆćĘęŁłŃńÓóŚśŹźŻż0123456789 .,;:-/&\"|„”–'\t\n"), min_size=1, max_size=140
)


@given(POLISH, POLISH, st.sampled_from(["cp1250", "iso8859-2", "cp852", "utf-8"]), st.booleans())
def test_every_line_has_sixteen_fields_of_at_most_four_lines(
    name: str, title: str, encoding: str, is_split: bool
) -> None:
    who = Party(name=name, address=HOME)
    text = elixir.write(order(payment(payee=who, title=title, is_split=is_split)), encoding).decode(encoding)
    (fields,) = csv.reader([text.removesuffix("\r\n")])
    assert len(fields) == 16 and text.count("\n") == 1
    for at in (7, 8, 11):
        lines = fields[at].split("|")
        assert len(lines) <= 4 and all(len(one) <= 35 for one in lines)
    title_signs = "".join(titles.clean(title).split())
    assert len("".join(fields[11].replace("|", "").split())) == len(title_signs), "nothing of a title is lost"
