"""What is read of statement files: every flavour reads what was written, and what cannot be read is refused by name."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import time
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liczydlo.payments.statements.reading import read
from liczydlo.payments.statements.reading.model import Format, ReadLine, StatementError, cleaned

from app.tests.payments.statements.files import (
    ACCOUNT,
    DAY,
    OTHER_ACCOUNT,
    camt,
    entry,
    line,
    mt940,
    statement,
)

POLISH = "Zażółć gęślą jaźń, ŁÓDŹ"
letters = (
    st.text(alphabet="ABCŁŚŻabcdefąćęłńóśźż0123456789 ./-", min_size=1, max_size=130)
    .map(cleaned)
    .filter(bool)
)
amounts = st.decimals(min_value=-99_999_999, max_value=99_999_999, places=2).filter(bool)
days = st.dates(min_value=dt.date(2026, 2, 1), max_value=dt.date(2030, 12, 31))


@st.composite
def lines(draw: st.DrawFn) -> ReadLine:
    day = draw(days)
    return ReadLine(
        booked_on=day,
        value_on=day,
        amount=draw(amounts),
        title=draw(letters),
        party_name=cleaned(draw(letters)[:50]),
        party_account=draw(st.sampled_from([ACCOUNT, OTHER_ACCOUNT])),
        bank_reference=draw(st.from_regex(r"[A-Z]{2}[0-9]{6}", fullmatch=True)),
        is_reversal=draw(st.booleans()),
    )


@settings(max_examples=60)
@given(
    st.lists(lines(), max_size=4), st.sampled_from("~<^?+|"), st.sampled_from(["\n", "\r\n"]), st.booleans()
)
def test_mt940_reads_what_was_written(rows: list[ReadLine], sign: str, end: str, framed: bool) -> None:
    written = [statement(*rows), statement(*rows, number="13/1", opening="-5.50")]
    form, found = read(mt940(*written, sign=sign, end=end, framed=framed).encode())
    assert form == Format.MT940
    assert found == written


@settings(max_examples=60)
@given(st.lists(lines(), max_size=4), st.sampled_from(["02", "08"]))
def test_camt_reads_what_was_written(rows: list[ReadLine], version: str) -> None:
    written = [statement(*rows), statement(*rows, number="13/1", opening="-5.50")]
    form, found = read(camt(*written, version=version).encode())
    assert form == Format.CAMT
    assert found == written


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "cp852", "iso8859-2"])
@pytest.mark.parametrize(
    "text",
    [
        POLISH,
        "Zapłata za usługę",
        "FAKTURA ŻŁÓBEK",
        "Wójcik i Ślązak sp. z o.o.",
        "za wrzesień",
        "opłata",
        "gęś",
        "książka",
    ],
)
def test_encodings_are_told_by_the_letters(encoding: str, text: str) -> None:
    written = statement(line("-10.00", text, party_name=POLISH, party_account=OTHER_ACCOUNT))
    assert read(mt940(written).encode(encoding))[1] == [written]


@pytest.mark.parametrize("text", ["opłata za książkę", "MĄKA PSZENNA", "Łąka"])
@pytest.mark.parametrize("encoding", ["cp1250", "cp852", "iso8859-2"])
def test_a_few_letters_decide(encoding: str, text: str) -> None:
    assert read(mt940(statement(line("1.00", text))).encode(encoding))[1][0].lines[0].title == text


def test_filler_of_empty_fields_is_no_text() -> None:
    text = mt940(statement(line("1.00", "opłata")), filler="\N{DOT ABOVE}").encode("cp1250")
    assert b"\xff" in text
    assert read(text)[1][0].lines[0].title == "opłata"


def test_a_title_breaks_inside_a_word_and_keeps_its_spaces() -> None:
    title = "Zaplata za fakture nr FV/2026/11/000123 z dnia 16.11.2026"
    written = statement(line("-10.00", title))
    text = mt940(written)
    assert title not in text
    assert read(text.encode())[1][0].lines[0].title == title


def test_ing_writes_the_name_among_the_title_fields() -> None:
    text = mt940(statement(line("-10.00"))).replace(
        text_between(mt940(statement(line("-10.00")))),
        ":86:020<00PRZELEW\r\n<10123\r\n<20FV 1\r\n<27HURTOWNIA \r\n<28SPOLKA Z O.O.\r\n<3110901014\r\n<38"
        + OTHER_ACCOUNT,
    )
    one = read(text.encode())[1][0].lines[0]
    assert (one.title, one.party_name, one.party_account) == (
        "FV 1",
        "HURTOWNIA SPOLKA Z O.O.",
        OTHER_ACCOUNT,
    )


def text_between(text: str) -> str:
    return text[text.index(":86:") : text.index(":62F:")].rstrip()


def test_a_nip_in_place_of_the_iban() -> None:
    one = read(
        mt940(statement(line("5.00", "x", party_account=OTHER_ACCOUNT, party_nip="5265877635"))).encode()
    )
    assert (one[1][0].lines[0].party_nip, one[1][0].lines[0].party_account) == ("5265877635", OTHER_ACCOUNT)


def test_details_without_fields_are_the_title() -> None:
    text = mt940(statement(line("5.00")))
    plain = text.replace(text_between(text), ":86:PRZELEW PRZYCHODZACY FV/1\r\n/2026 DZIEKUJE")
    assert read(plain.encode())[1][0].lines[0].title == "PRZELEW PRZYCHODZACY FV/1/2026 DZIEKUJE"


def test_what_is_said_of_the_whole_statement_is_in_no_title() -> None:
    text = mt940(statement(line("1.00", "Faktura 1")))
    text = f"{text.rstrip()}\n:64:C261116PLN1001,00\n:86:Prowizje w tym miesiącu FV/9/2026\n"
    assert [one.title for one in read(text.encode())[1][0].lines] == ["Faktura 1"]


@pytest.mark.parametrize("behind", ["PLN", " PLN"])
def test_an_account_with_its_currency_behind_it(behind: str) -> None:
    text = mt940(statement(line("1.00"))).replace(f"{ACCOUNT}\r\n:28C", f"{ACCOUNT}{behind}\r\n:28C")
    assert f"{ACCOUNT}{behind}" in text
    assert read(text.encode())[1][0].account == ACCOUNT


def test_a_camt_message_in_its_envelope() -> None:
    head, body = camt(statement(line("1.00", "x"))).split("?>", 1)
    header = (
        '<AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><BizMsgIdr>1</BizMsgIdr></AppHdr>'
    )
    text = f'{head}?><Envelope xmlns="urn:bank">{header}{body}</Envelope>'
    assert [one.title for one in read(text.encode())[1][0].lines] == ["x"]


def test_pages_of_a_camt_statement_end_and_begin_with_interim_balances() -> None:
    text = camt(statement(line("1.00")), statement(line("1.00")), statement(line("1.00")))
    first, middle, last = text.split("<Stmt>")[1:]
    middle = middle.replace("OPBD", "ITBD").replace("CLBD", "ITBD")
    pages = [first.replace("CLBD", "ITBD"), middle, last.replace("OPBD", "ITBD")]
    found = read("<Stmt>".join([text.split("<Stmt>")[0], *pages]).encode())[1]
    assert [(one.opening, one.closing) for one in found] == [(Decimal(1000), Decimal(1001))] * 3


def test_reversals_change_the_sign() -> None:
    text = (
        ":20:1\n:25:61109010140000071219812874\n:28C:1\n:60F:C261116PLN100,\n"
        ":61:2611161116RC30,00NTRFNONREF\n:86:020~20zwrot\n:61:2611161116RD5,NTRFNONREF\n:86:020~20zwrot\n"
        ":62F:C261116PLN75,00\n"
    )
    found = read(text.encode())[1][0]
    assert found.account == ACCOUNT
    assert [(one.amount, one.is_reversal) for one in found.lines] == [
        (Decimal("-30.00"), True),
        (Decimal("5.00"), True),
    ]


def test_a_line_without_type_does_not_swallow_the_next() -> None:
    text = mt940(statement(line("5.00", "a"), line("7.00", "b"))).replace("NTRFNONREF", "")
    assert [one.title for one in read(text.encode())[1][0].lines] == ["a", "b"]


def test_entry_on_the_other_side_of_the_new_year() -> None:
    one = line("5.00", "a", booked_on=dt.date(2027, 1, 2), value_on=dt.date(2026, 12, 31))
    assert read(mt940(statement(one)).encode())[1][0].lines == [one]


def test_several_transactions_of_an_entry_are_lines_each() -> None:
    parts = [line("3.00", "FV 1", bank_reference="A1"), line("4.50", "FV 2", bank_reference="A2")]
    found = read(camt(statement(*parts), entries=[entry(parts)]).encode())[1][0]
    assert found.lines == parts


def test_several_transactions_without_amounts_stay_one_line() -> None:
    parts = [line("3.00", "FV 1"), line("4.50", "FV 2")]
    text = entry(parts)
    for one in parts:
        text = text.replace(
            f'<Amt Ccy="PLN">{one.amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><RltdPties>', "<RltdPties>"
        )
    found = read(camt(statement(*parts), entries=[text]).encode())[1][0]
    assert [(one.amount, one.title) for one in found.lines] == [(Decimal("7.50"), "FV 1 FV 2")]


def test_an_entry_that_is_not_booked_is_no_line() -> None:
    booked = line("3.00", "FV 1")
    entries = [entry([booked], eighth=True), entry([line("9.00", "FV 2")], eighth=True, status="PDNG")]
    assert len(read(camt(statement(booked), version="08", entries=entries).encode())[1][0].lines) == 1


ENTITIES = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
REFUSED = {
    "empty": (b" \r\n", "empty"),
    "pdf": (b"%PDF-1.7", "other-format"),
    "csv": (b"Data;Kwota;Tytul\n2026-11-16;1,00;x\n", "unknown-format"),
    "balance": (mt940(statement(line("1.00"))).replace("C261116PLN1001,00", "C261116PLN1002,00").encode(), "balance"),
    "no closing": (mt940(statement(line("1.00"))).replace(":62F:", ":64:").encode(), "no-balance"),
    "no account": (mt940(statement(line("1.00"))).replace(":25:", ":21:").encode(), "no-account"),
    "bad day": (mt940(statement(line("1.00"))).replace(":61:2611161116", ":61:2602301116").encode(), "line"),
    "bad line": (mt940(statement(line("1.00"))).replace(":61:2611161116C", ":61:16.11.2026 C").encode(), "line"),
    "bad amount": (mt940(statement(line("1.00"))).replace("C1,00N", "C1,0,0N").encode(), "line"),
    "three places": (mt940(statement(line("1.00"))).replace("C1,00N", "C1,001N").encode(), "amount"),
    "currencies": (mt940(statement()).replace("62F:C261116PLN", "62F:C261116EUR").encode(), "two-currencies"),
    "doctype": (camt(statement(), head=ENTITIES).encode(), "doctype"),
    "utf-16": (camt(statement(), head=ENTITIES).replace("UTF-8", "UTF-16").encode("utf-16"), "doctype"),
    "entity": (camt(statement(line("1.00", "x"))).replace("<Ustrd>x", "<Ustrd>&b;").encode(), "not-xml"),
    "torn": (camt(statement(line("1.00")))[:-40].encode(), "not-xml"),
    "camt.052": (camt(statement()).replace("BkToCstmrStmt", "BkToCstmrAcctRpt").encode(), "not-camt"),
    "invoice": (b"<Faktura/>", "not-camt"),
    "camt balance": (camt(statement(line("1.00"))).replace(">1001.00<", ">1002.00<").encode(), "balance"),
    "camt no closing": (camt(statement()).replace("CLBD", "CLAV").encode(), "no-balance"),
    "camt sign": (camt(statement(line("1.00"))).replace("CRDT", "UP").encode(), "sign"),
    "camt day": (camt(statement(line("1.00"))).replace("2026-11-16", "2026-13-16").encode(), "date"),
    "camt amount": (camt(statement(line("1.00"))).replace(">1.00<", ">NaN<").encode(), "amount"),
    "camt exponent": (camt(statement(line("1.00"))).replace(">1.00<", ">1e9<").encode(), "amount"),
    "camt account": (camt(statement()).replace("IBAN", "BBAN").encode(), "no-account"),
    "no statement": (camt().encode(), "no-statement"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_readable_is_refused(name: str) -> None:
    content, code = REFUSED[name]
    with pytest.raises(StatementError) as refused:
        read(content)
    assert refused.value.code == code


def test_a_file_of_too_many_lines_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liczydlo.payments.statements.reading.model.MOST_LINES", 2)
    many = statement(*[line("1.00")] * 3)
    for content in (mt940(many), camt(many), mt940(*[statement()] * 3), camt(*[statement()] * 3)):
        with pytest.raises(StatementError) as refused:
            read(content.encode())
        assert refused.value.code == "too-many-lines"
    for content in (mt940(statement(*[line("1.00")] * 2)), camt(statement(*[line("1.00")] * 2))):
        assert len(read(content.encode())[1][0].lines) == 2


HOSTILE: Final = {
    "spaces": b" " * 150_000 + b"x",
    "letters of no page": b"A" * 150_000 + b" \xb9\xff",
    "frames without end": b"{5:" * 50_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_keeps_the_reader_busy(name: str) -> None:
    """A megabyte of each took from minutes to hours, in which nothing else of the program ran."""
    content = mt940(statement(line("1.00", "tytuł"))).encode().replace("tytuł".encode(), HOSTILE[name], 1)
    start = time.process_time()
    with contextlib.suppress(StatementError):
        read(content)
    assert time.process_time() - start < 2


def test_a_bad_line_is_not_written_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    text = mt940(statement(line("1.00", "tajny tytuł"))).replace(":61:2611161116C", ":61:Jan Tajny C")
    with caplog.at_level(logging.INFO), pytest.raises(StatementError):
        read(text.encode())
    assert "Tajny" not in caplog.text


@settings(max_examples=150)
@given(st.binary(max_size=300), st.integers(min_value=0, max_value=400))
def test_any_bytes_are_read_or_refused(noise: bytes, at: int) -> None:
    whole = mt940(statement(line("1.00", "x"), line("-2.00", "y"))).encode()
    for content in (noise, whole[:at] + noise + whole[at:], camt(statement()).encode()[:at] + noise):
        with contextlib.suppress(StatementError):
            read(content)


def test_dates_of_the_day() -> None:
    assert read(mt940(statement()).encode())[1][0].opened_on == DAY
