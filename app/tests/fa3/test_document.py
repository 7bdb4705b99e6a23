"""The inspection before sending: each refusal with its code and line, the order of the steps, what is known after."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from liczydlo.demo.samples import faktura_of, samples
from liczydlo.fa3 import source
from liczydlo.fa3.document import Document, inspect
from liczydlo.fa3.draft import Address, Party
from liczydlo.fa3.model import BlokDanych, Faktura, MetaDane, Tekst, Zalacznik
from liczydlo.fa3.problems import DocumentError, Problem
from liczydlo.fa3.write import write
from liczydlo.web.reasons import explain

EXAMPLES = Path(__file__).parents[4] / "shared" / "spec" / "examples" / "fa3"
TODAY = date(2026, 11, 23)
SELLER = Party(nip="5265877635", name="Pracownia", address=Address(line1="ul. Garncarska 3"))
BUYER = Party(nip="1111111111", name="Sklep", address=Address(line1="ul. Sklepowa 7"))
FAKTURA: Faktura = faktura_of(samples(SELLER, BUYER, TODAY)["basic"])
PLAIN = write(FAKTURA).decode().replace("><", ">\n<")
HEAD, _, BODY = PLAIN.partition("\n")


def refused(xml: bytes, *, today: date = TODAY) -> Problem:
    """The first problem."""
    with pytest.raises(DocumentError) as caught:
        inspect(xml, today=today)
    problem = caught.value.problems[0]
    assert caught.value.code == problem.code
    assert explain(caught.value, "en") == explain(problem, "en") != explain(problem, "pl")
    return problem


def with_attachment(paragraphs: int) -> bytes:
    """The invoice with an attachment of so many paragraphs of 512 characters."""
    blocks = tuple(
        BlokDanych(meta_dane=(MetaDane(z_klucz="k", z_wartosc="w"),), tekst=Tekst(akapit=("a" * 512,)))
        for _ in range(paragraphs)
    )
    return write(replace(FAKTURA, zalacznik=Zalacznik(blok_danych=blocks)))


def test_a_document_knows_what_it_says() -> None:
    xml = PLAIN.encode()
    document = inspect(xml, today=TODAY)
    assert isinstance(document, Document)
    assert (document.xml, document.sha256) == (xml, hashlib.sha256(xml).digest())
    assert document.faktura == FAKTURA
    assert (document.seller_nip, document.buyer_nip) == (SELLER.nip, BUYER.nip)
    assert (document.number, document.issue_date) == (FAKTURA.fa.p_2, TODAY)
    assert (document.kind, document.currency) == ("VAT", "PLN")
    assert document.gross == FAKTURA.fa.p_15 > Decimal(0)
    assert not document.has_attachment
    assert document.warnings == ()
    assert "Faktura" not in repr(document)


def test_what_was_just_written_need_not_be_read_again() -> None:
    xml = write(FAKTURA)
    assert inspect(xml, today=TODAY, faktura=FAKTURA) == inspect(xml, today=TODAY)
    with pytest.raises(DocumentError):
        inspect(xml.replace(b"<KodWaluty>PLN", b"<KodWaluty>PLX"), today=TODAY, faktura=FAKTURA)


@pytest.mark.shared
@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.xml")), ids=lambda path: path.stem)
def test_the_published_examples_pass(path: Path) -> None:
    xml = path.read_bytes()
    document = inspect(xml, today=TODAY)
    assert document.sha256 == hashlib.sha256(xml).digest()
    assert document.has_attachment == (path.stem == "przyklad_25")


@pytest.mark.parametrize("xml", [b"", b" \r\n\t"])
def test_empty(xml: bytes) -> None:
    assert refused(xml).code == "empty"


def test_a_megabyte_is_counted_in_bytes_and_is_a_million() -> None:
    room = source.LIMIT - len(PLAIN.encode()) - len("<!---->")
    for filling, size in (("a" * room, 1_000_000), ("ą" * (room // 2) + "a" * (room % 2), 1_000_000)):
        xml = PLAIN.replace("<Fa>", f"<!--{filling}--><Fa>").encode()
        assert len(xml) == size
        assert inspect(xml, today=TODAY).number == FAKTURA.fa.p_2
        problem = refused(xml + b"\n")
        assert problem.code == "too-large"
        assert problem.params == {"size": "1000001", "limit": "1000000"}


def test_three_megabytes_with_an_attachment() -> None:
    xml = with_attachment(10)
    assert inspect(xml, today=TODAY).has_attachment
    for size in (1_000_001, 3_000_000):
        filled = xml.replace(b"<Fa>", b"<!--" + b"a" * (size - len(xml) - 7) + b"--><Fa>")
        assert len(filled) == size
        assert inspect(filled, today=TODAY).has_attachment
    assert refused(filled + b"\n").params["limit"] == "3000000"


def test_fifty_megabytes_are_refused_unread() -> None:
    assert refused(b"<" * 50_000_000).code == "too-large"


@pytest.mark.parametrize(
    "xml",
    [
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        BODY.encode("utf-16-le"),
        PLAIN.encode("utf-32"),
        PLAIN.replace("UTF-8", "utf-16").encode(),
        PLAIN.replace("UTF-8", "windows-1250").encode("windows-1250"),
        PLAIN.replace('"UTF-8"', "'ISO-8859-2'").encode("iso-8859-2"),
    ],
)
def test_another_encoding(xml: bytes) -> None:
    problem = refused(xml)
    assert (problem.code, problem.line) == ("encoding", 1)
    assert problem.params["encoding"] in explain(problem)


def test_a_declaration_may_be_absent_or_in_small_letters() -> None:
    assert inspect(BODY.encode(), today=TODAY)
    assert inspect(PLAIN.replace('"UTF-8"', "'utf-8'").encode(), today=TODAY)


def test_a_byte_order_mark() -> None:
    problem = refused(PLAIN.encode("utf-8-sig"))
    assert (problem.code, problem.line) == ("bom", 1)


def test_bytes_that_are_not_utf_8() -> None:
    problem = refused(PLAIN.encode().replace(b"<P_2>", b"<P_2>\xb1", 1))
    assert (problem.code, problem.line) == ("not-utf-8", line("<P_2>"))
    lone = replace(FAKTURA, naglowek=replace(FAKTURA.naglowek, system_info="a\ud800"))
    assert refused(write(lone)).code == "not-utf-8"


def line(text: str) -> int:
    """Of the first place of ``text`` in the plain invoice."""
    return PLAIN[: PLAIN.index(text)].count("\n") + 1


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE Faktura>",
        '<!DOCTYPE Faktura SYSTEM "http://127.0.0.1:1/x.dtd">',
        '<!DOCTYPE Faktura [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>',
        "<!-- > ' -->\n<!DOCTYPE Faktura>",
    ],
)
def test_a_doctype(doctype: str) -> None:
    problem = refused(f"{HEAD}\n{doctype}\n{BODY}".encode())
    assert (problem.code, problem.line) == ("doctype", 2 + doctype.count("\n"))


def test_the_word_doctype_is_text_in_text() -> None:
    info = "<SystemInfo>"
    assert info in PLAIN
    assert inspect(PLAIN.replace(info, f"{info}<![CDATA[<!DOCTYPE x>]]>").encode(), today=TODAY)
    assert inspect(PLAIN.replace("<Fa>", "<!--<!DOCTYPE x>--><Fa>").encode(), today=TODAY)


@pytest.mark.parametrize("before", ["<Faktura ", "<P_2>", None])
def test_a_processing_instruction(before: str | None) -> None:
    instruction = '<?xml-stylesheet href="faktura.xsl"?>'
    xml = f"{PLAIN}\n{instruction}" if before is None else PLAIN.replace(before, instruction + before, 1)
    problem = refused(xml.encode())
    assert problem.code == "processing-instruction"
    assert problem.line == (PLAIN.count("\n") + 2 if before is None else line(before))
    assert "xml-stylesheet" in explain(problem)


@pytest.mark.parametrize(
    "character", ["\x00", "\x0b", "\x1f", "\x7f", "\x80", "\x9f", "\ufdd0", "\U0001fffe", "\ufffe"]
)
def test_a_control_character(character: str) -> None:
    problem = refused(PLAIN.replace("<P_2>", f"<P_2>{character}", 1).encode())
    assert (problem.code, problem.line) == ("control-character", line("<P_2>"))
    assert f"U+{ord(character):04X}" in explain(problem)


@pytest.mark.parametrize("written", ["&#x7f;", "&#128;", "&#xFDD0;", "&#x1FFFE;"])
def test_a_control_character_written_as_a_number(written: str) -> None:
    problem = refused(PLAIN.replace("<P_2>", f"<P_2>{written}", 1).encode())
    assert (problem.code, problem.line) == ("control-character", line("<P_2>"))


UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
DOUBTFUL = [
    *map(chr, range(0xA1)),
    *"\ufdcf\ufdd0\ufdef\ufdf0\ufffd\ufffe\uffff\U0001fffd\U0001fffe\U0010ffff",
]


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(DOUBTFUL) | st.characters(codec="utf-8"))
def test_any_other_character_is_taken(character: str) -> None:
    """Those that XML 1.0 forbids or advises against are refused, no other one is."""
    xml = PLAIN.replace("<SystemInfo>", f"<SystemInfo>a<![CDATA[{character}]]>", 1).encode()
    if UNWANTED.match(character) or ord(character) & 0xFFFE == 0xFFFE:
        assert refused(xml).code == "control-character"
    else:
        assert inspect(xml, today=TODAY).number == FAKTURA.fa.p_2


@pytest.mark.parametrize(
    ("xml", "at"),
    [
        (PLAIN.replace("</KodWaluty>", "</KodWaluta>", 1), line("<KodWaluty>")),
        (PLAIN.replace("<P_2>", "<P_2>a & b", 1), line("<P_2>")),
        (PLAIN[: PLAIN.index("<KodWaluty>")], line("<KodWaluty>")),
        (PLAIN.replace("<P_2>", "<P_2>&nieznana;", 1), line("<P_2>")),
        ("%PDF-1.7\n", 1),
        ('{"faktura": 1}', 1),
    ],
)
def test_not_well_formed(xml: str, at: int) -> None:
    problem = refused(xml.encode())
    assert (problem.code, problem.line) == ("not-xml", at)


@pytest.mark.parametrize(
    ("root", "found"),
    [
        ('<Faktura xmlns="http://crd.gov.pl/wzor/2023/06/29/12648/"/>', "FA(2)"),
        ('<Faktura xmlns="http://crd.gov.pl/wzor/2021/11/29/11089/"/>', "FA(1)"),
        ('<Potwierdzenie xmlns="http://upo.schematy.mf.gov.pl/KSeF/v4-3"/>', "UPO"),
        ("<Faktura/>", "<Faktura>"),
        ("\n<html/>", "<html>"),
        (f'<Fa xmlns="{source.NAMESPACE}"/>', "<Fa>"),
    ],
)
def test_not_fa3(root: str, found: str) -> None:
    problem = refused(root.encode())
    assert (problem.code, problem.line) == ("not-fa3", root.count("\n") + 1)
    assert found in explain(problem)


def test_the_schema_comes_before_the_rules() -> None:
    xml = PLAIN.replace("<KodWaluty>PLN", "<KodWaluty>PLX").encode()
    problem = refused(xml, today=TODAY - timedelta(days=1))
    assert (problem.code, problem.line, problem.path) == (
        "schema-enumeration",
        line("<KodWaluty>"),
        "Fa/KodWaluty",
    )


def test_a_rule_has_the_line_of_its_element() -> None:
    problem = refused(PLAIN.encode(), today=TODAY - timedelta(days=1))
    assert (problem.code, problem.line, problem.severity) == ("issue-date-future", line("<P_1>"), "error")


def test_a_warning_lets_the_document_through_with_its_line() -> None:
    (warning,) = inspect(PLAIN.replace("5265877635", "5265877636").encode(), today=TODAY).warnings
    assert (warning.code, warning.severity) == ("nip-checksum", "warning")
    assert warning.line == line("<NIP>")


def test_problems_are_values() -> None:
    one = Problem(code="empty", params={"a": "b"})
    assert one == Problem(code="empty", params={"a": "b"})
    assert len({one, Problem(code="empty")}) == 2
    assert str(Problem(code="sum", line=3, path="Fa/P_13_1")) == "line 3: Fa/P_13_1: sum"
