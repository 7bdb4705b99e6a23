"""FA_RR(1): the document of what the buyer means, its rules, and the Ministry's schema where it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ksef_emulator.intake.schemas import FA_RR, Schemas
from liczydlo.fa3.codec import from_json, to_json
from liczydlo.fa3.problems import DocumentError
from liczydlo.rr import document, wording
from liczydlo.rr.build import build, write
from liczydlo.rr.draft import Correction, Deduction, RrDraft, ThirdParty
from liczydlo.rr.reverse import reverse
from lxml import etree

from .drafts import APPLES, BUYER, DAY, DRAFTS, FARMER, PLAIN

MADE = datetime(2026, 11, 27, 9, tzinfo=UTC)
OFFICIAL = Path(__file__).parents[4] / "shared" / "spec" / "xsd"
shared = [
    pytest.mark.shared,
    pytest.mark.skipif(not OFFICIAL.exists(), reason="the official schemas are not beside the repository"),
]
CHEAPER = replace(APPLES, price=Decimal("1.50"))
CORRECTED = replace(
    PLAIN,
    number="RR/2026/11/002",
    lines=(CHEAPER,),
    deductions=(),
    correction=Correction(
        number=PLAIN.number,
        issue_date=DAY,
        before=(APPLES,),
        ksef_number="8567346215-20261127-0A1B2C3D4E5F-5D",
        reason="Cena po ważeniu",
        effect=2,
    ),
)


def xml(draft: RrDraft) -> bytes:
    return write(build(draft, created=MADE))


def codes(draft: RrDraft, today: date = DAY) -> set[str]:
    """What is wrong with a draft, errors or warnings."""
    try:
        return {one.code for one in document.inspect(xml(draft), today=today).warnings}
    except DocumentError as error:
        return {one.code for one in error.problems}


def of_file(content: bytes) -> set[str]:
    """What a file has against it, errors or warnings."""
    try:
        return {one.code for one in document.inspect(content, today=DAY).warnings}
    except DocumentError as error:
        return {one.code for one in error.problems}


def test_amounts() -> None:
    checked = document.inspect(xml(PLAIN), today=DAY)
    content = checked.faktura.faktura_rr
    assert (content.p_11_1, content.p_11_2, content.p_12_1) == (
        Decimal("1550"),
        Decimal("108.50"),
        Decimal("1658.50"),
    )
    assert content.p_12_2 == "tysiąc sześćset pięćdziesiąt osiem złotych 50/100"
    assert content.rozliczenie is not None and content.rozliczenie.do_zaplaty == Decimal("1656.95")
    assert (checked.seller_nip, checked.buyer_nip, checked.kind) == (FARMER.nip, BUYER.nip, "VAT_RR")
    assert checked.warnings == ()


def test_a_correction_states_the_differences() -> None:
    checked = document.inspect(xml(CORRECTED), today=DAY)
    content = checked.faktura.faktura_rr
    assert (checked.kind, content.p_11_1, content.p_11_2) == (
        "KOR_VAT_RR",
        Decimal("-50.00"),
        Decimal("-3.50"),
    )
    assert content.p_12_2 == "minus pięćdziesiąt trzy złote 50/100"
    assert [(row.nr_wiersza_fa, row.stan_przed) for row in content.faktura_rr_wiersz] == [(1, 1), (1, None)]


@given(DRAFTS)
def test_the_document_leads_back(draft: RrDraft) -> None:
    built = build(draft, created=MADE)
    assert reverse(built) == draft
    assert document.read(write(built)) == built
    assert from_json(RrDraft, to_json(draft)) == draft


class TestWithTheSchema:
    pytestmark = shared

    @given(DRAFTS)
    def test_what_has_a_right_form_is_valid(self, draft: RrDraft) -> None:
        Schemas(OFFICIAL).check(etree.fromstring(xml(draft)), FA_RR)

    @pytest.mark.parametrize(
        "change",
        [
            {"number": "x" * 257},
            {"number": " "},
            {"account": "123"},
            {"account": "1" * 35},
            {"note": "x" * 3501},
            {"farmer": replace(FARMER, nip="0123456789")},
            {"farmer": replace(FARMER, email="jan")},
            {"farmer": replace(FARMER, phone="1" * 17)},
            {"lines": (replace(APPLES, pkwiu="x" * 51),)},
            {"lines": (replace(APPLES, gtin="1" * 21),)},
            {"lines": (replace(APPLES, price=Decimal("0.123456789")),)},
            {"lines": (replace(APPLES, quantity=Decimal("0.1234567")),)},
            {"lines": (replace(APPLES, quantity=Decimal("12345678901234567")),)},
            {"purchase_date": date(2005, 12, 31)},
        ],
    )
    def test_what_the_schema_refuses_is_refused_before(self, change: dict[str, Any]) -> None:
        from ksef_emulator.intake.refusals import Refusal

        draft = replace(PLAIN, **change)
        with pytest.raises(Refusal):
            Schemas(OFFICIAL).check(etree.fromstring(xml(draft)), FA_RR)
        assert any(code.startswith("schema-") for code in codes(draft))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"issue_date": date(2026, 11, 28)}, "rr-date-future"),
        ({"purchase_date": None}, "rr-no-day"),
        ({"lines": (replace(APPLES, day=DAY),)}, "rr-two-days"),
        ({"purchase_date": date(2026, 11, 28)}, "rr-bought-later"),
        ({"farmer": replace(FARMER, nip="5265877634")}, "rr-nip"),
        ({"farmer": replace(FARMER, nip=BUYER.nip)}, "rr-own"),
        ({"lines": ()}, "rr-no-lines"),
        ({"lines": (replace(APPLES, rate=Decimal("6.5")),)}, "rr-rate"),
        ({"lines": (replace(APPLES, quantity=Decimal("-1")),)}, "rr-negative"),
        ({"lines": (replace(APPLES, quantity=Decimal("999999999999")),)}, "rr-too-much"),
        ({"deductions": (Deduction(amount=Decimal(2000), reason="Pasza"),)}, "rr-deducted-too-much"),
        ({"account": None}, "rr-no-account"),
        ({"third_parties": (ThirdParty(name="X", role=1, nip="5265877634"),)}, "rr-nip"),
        ({"declares": False}, "rr-no-declaration"),
    ],
)
def test_rules(change: dict[str, Any], code: str) -> None:
    assert code in codes(replace(PLAIN, **change))


def test_rules_of_corrections() -> None:
    correction = CORRECTED.correction
    assert correction is not None
    assert codes(replace(CORRECTED, number=PLAIN.number)) == {"rr-corrects-itself"}
    assert codes(replace(CORRECTED, correction=replace(correction, reason=None))) == {"rr-no-reason"}
    older = replace(correction, issue_date=date(2026, 11, 28))
    assert codes(replace(CORRECTED, correction=older)) == {"rr-corrects-later"}
    nothing = replace(CORRECTED, lines=(replace(APPLES, quantity=Decimal(0)),))
    assert codes(nothing) == set()
    was = replace(CORRECTED, correction=replace(correction, before=(replace(APPLES, rate=Decimal("6.5")),)))
    assert codes(was) == set()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"<P_8>1550.00<", b"<P_8>1551.00<", "rr-sum"),
        (b"<P_11_1>1550.00<", b"<P_11_1>1551.00<", "rr-sum"),
        (b"<DoZaplaty>1656.95<", b"<DoZaplaty>1656.00<", "rr-sum"),
        (b"<P_12_2>tysi", b"<P_12_2>dwa tysi", "rr-words"),
        (b"<KodWaluty>PLN<", b"<KodWaluty>EUR<", "rr-not-converted"),
        (b"wzor/2026/03/06/14189/", b"wzor/2025/06/25/13775/", "not-fa3"),
    ],
)
def test_a_document_that_was_changed(old: bytes, new: bytes, code: str) -> None:
    """KSeF adds nothing up: wrong sums are the buyer's to know of before."""
    content = xml(PLAIN)
    assert old in content
    assert code in of_file(content.replace(old, new))


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "zero złotych 00/100"),
        ("0.07", "zero złotych 07/100"),
        ("1", "jeden złoty 00/100"),
        ("2", "dwa złote 00/100"),
        ("5", "pięć złotych 00/100"),
        ("12", "dwanaście złotych 00/100"),
        ("22.50", "dwadzieścia dwa złote 50/100"),
        ("107", "sto siedem złotych 00/100"),
        ("112", "sto dwanaście złotych 00/100"),
        ("1000", "tysiąc złotych 00/100"),
        ("1001", "tysiąc jeden złotych 00/100"),
        ("2000", "dwa tysiące złotych 00/100"),
        ("12344", "dwanaście tysięcy trzysta czterdzieści cztery złote 00/100"),
        ("1000000", "milion złotych 00/100"),
        ("2001005", "dwa miliony tysiąc pięć złotych 00/100"),
        ("5000000000", "pięć miliardów złotych 00/100"),
        ("-1.01", "minus jeden złoty 01/100"),
    ],
)
def test_words(amount: str, words: str) -> None:
    assert wording.amount(Decimal(amount)) == words


@given(st.decimals(-wording.LARGEST, wording.LARGEST, places=2))
def test_words_of_any_amount_fit(amount: Decimal) -> None:
    assert len(wording.amount(amount)) <= 256
