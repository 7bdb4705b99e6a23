"""PEF_KOR(3) of a correction: the invoice before, after and what changed; what is refused; the Ministry's schema."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ksef_emulator.intake.facts_pef import read_pef
from ksef_emulator.intake.refusals import Refusal
from ksef_emulator.intake.schemas import PEF_KOR, Schemas
from liczydlo.fa3.build import build as fa3
from liczydlo.fa3.corrections import NotCorrected, between, zeroed
from liczydlo.fa3.draft import Correction, InvoiceDraft, Line, Original
from liczydlo.fa3.model import Adnotacje, Faktura, OkresFa, Zwolnienie
from liczydlo.fa3.problems import DocumentError
from liczydlo.fa3.standing import Standing, standing, with_lines
from liczydlo.pef.kor import PROCESS, PROFILE, build_correction
from lxml import etree

from app.tests.pef.test_build import DRAFT, LINES, NAMES, OFFICIAL, POT, texts

MADE = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = date(2026, 11, 28)
KSEF = "5265877635-20261123-0A1B2C3D4E5F-17"
ORIGINAL = Original(number="FV/1", issue_date=date(2026, 11, 23), ksef_number=KSEF)
NAMES = {
    **NAMES,
    "ext": "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2",
    "cac-pl": "urn:pl:extended:CommonAggregateComponents-2",
    "cbc-pl": "urn:pl:extended:CommonBasicComponents-2",
}
BEFORE, CHANGES = ".//cac-pl:OriginalInvoiceData", ".//cac-pl:InvoiceCorrection"
PLANT = Line(name="Bluszcz", unit="szt.", quantity=Decimal(2), net_price=Decimal(50), rate="8")
TWO = replace(DRAFT, lines=(POT, PLANT))


def state(draft: InvoiceDraft = TWO, **fa: Any) -> Standing:
    document = fa3(draft, created=MADE)
    return standing(replace(document, fa=replace(document.fa, **fa)))


def correction(now: Standing, right: InvoiceDraft, **options: Any) -> Faktura:
    said = Correction(originals=(ORIGINAL,), reason="Zwrot donic", effect=2)
    return fa3(
        between(now, right, said, number="KOR/1", issue_date=LATER, **options), created=MADE.replace(day=28)
    )


def fewer(now: Standing, quantity: str = "4") -> InvoiceDraft:
    first, *others = now.lines
    return with_lines(now.draft, (replace(first, quantity=Decimal(quantity)), *others))


def made(now: Standing, document: Faktura) -> Any:
    """The root of the PEF_KOR, which the schema takes where it is here, its extensions too."""
    root = etree.fromstring(build_correction(now, document))
    if OFFICIAL.exists():
        Schemas(OFFICIAL).check(root, PEF_KOR)
    return root


def found(root: Any, path: str) -> list[str]:
    return [one.text for one in root.findall(path, NAMES)]


def codes(now: Standing, document: Faktura) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        build_correction(now, document)
    return [problem.code for problem in refused.value.problems]


@pytest.mark.parametrize("differences", [False, True])
def test_fewer_are_delivered(differences: bool) -> None:
    """Two of six pots came back: before, after and between them, whichever way the FA(3) shows it."""
    now = state()
    root = made(now, correction(now, fewer(now), differences=differences))
    assert texts(root, "cbc:ID") == ["KOR/1"] and texts(root, "cbc:IssueDate") == ["2026-11-28"]
    assert texts(root, "cbc:CreditNoteTypeCode") == ["381"]
    assert texts(root, "cbc:CustomizationID") == [PROFILE] and texts(root, "cbc:ProfileID") == [PROCESS]
    assert found(root, ".//ext:ExtensionContent/cbc:Comment") == ["FAKTURA KORYGUJĄCA"]
    assert found(root, f"{BEFORE}//cbc-pl:InvoicedQuantity") == ["6", "2"]
    assert [Decimal(one) for one in texts(root, ".//cbc:CreditedQuantity")] == [4, 2]
    total = "LegalMonetaryTotal/{}:TaxInclusiveAmount"
    assert found(root, f"{BEFORE}/cac-pl:{total.format('cbc-pl')}") == ["1502.82"]
    assert found(root, f"{CHANGES}/cac-pl:{total.format('cbc-pl')}") == ["-464.94"]
    assert found(root, f"cac:{total.format('cbc')}") == ["1037.88"]
    assert found(root, f"{CHANGES}/cac-pl:TaxTotal/cbc-pl:TaxAmount") == ["-86.94"]


def test_what_is_corrected_and_why() -> None:
    now = state()
    root = made(now, correction(now, fewer(now)))
    reference = "cac:BillingReference/cac:InvoiceDocumentReference/cbc:"
    assert [texts(root, f"{reference}{name}") for name in ("ID", "UUID", "IssueDate")] == [
        ["FV/1"],
        [KSEF],
        ["2026-11-23"],
    ]
    (note,) = texts(root, "cbc:Note")
    assert note == "Przyczyna korekty: Zwrot donic\nSkutek w ewidencji VAT: w dacie wystawienia korekty"
    assert texts(root, "cbc:BuyerReference") == ["WZP-7"]  # of the invoice; a correction says it again


def test_the_whole_is_taken_back() -> None:
    now = state()
    root = made(now, correction(now, zeroed(now)))
    assert texts(root, ".//cbc:CreditedQuantity") == ["0", "0"]
    assert texts(root, ".//cbc:PriceAmount") == ["189.00", "50"]
    assert texts(root, "cac:LegalMonetaryTotal/cbc:PayableAmount") == ["0.00"]
    assert found(root, f"{CHANGES}//cbc-pl:PayableAmount") == ["-1502.82"]


def test_a_rate_is_put_right() -> None:
    """What stood at 8% stands at 23%: the first rate loses it, the second has it."""
    now = state()
    first, second = now.lines
    right = with_lines(now.draft, (first, replace(second, rate="23")))
    root = made(now, correction(now, right))
    rates = f"{CHANGES}/cac-pl:TaxTotal/cac-pl:TaxSubtotal"
    assert found(root, f"{rates}/cac-pl:TaxCategory/cbc-pl:Percent") == ["23", "8"]
    assert found(root, f"{rates}/cbc-pl:TaxableAmount") == ["100.00", "-100.00"]
    assert found(root, f"{rates}/cbc-pl:TaxAmount") == ["23.00", "-8.00"]


def test_the_second_correction_begins_where_the_first_ended() -> None:
    original = fa3(TWO, created=MADE)
    now = standing(original)
    first = correction(now, fewer(now))
    later = standing(original, [first])
    root = made(later, correction(later, fewer(later, "3")))
    assert found(root, f"{BEFORE}//cbc-pl:InvoicedQuantity") == ["4", "2"]
    assert texts(root, ".//cbc:CreditedQuantity") == ["3", "2"]
    assert codes(later, first) == ["pef-kor-outdated"]


def test_a_foreign_currency_has_the_tax_in_zloty() -> None:
    now = state(replace(TWO, currency="EUR", exchange_rate=Decimal("4.25")))
    root = made(now, correction(now, fewer(now)))
    assert texts(root, "cbc:TaxCurrencyCode") == ["PLN"]
    assert texts(root, "cac:TaxTotal/cbc:TaxAmount") == ["181.88", "772.99"]
    assert found(root, f"{BEFORE}/cac-pl:TaxTotal/cbc-pl:TaxAmount") == ["268.82", "1142.49"]
    assert found(root, f"{CHANGES}/cac-pl:TaxTotal/cbc-pl:TaxAmount") == ["-86.94", "-369.50"]


def test_the_emulator_reads_whose_and_which_it_is() -> None:
    now = state()
    facts = read_pef(made(now, correction(now, fewer(now))))
    assert (facts.kind, facts.number, facts.issue_date) == ("KOR_PEF", "KOR/1", LATER)
    assert (facts.seller.value, facts.buyer.value) == ("5265877635", "1111111111")


@pytest.mark.shared
@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official schemas are not beside the repository")
@pytest.mark.parametrize(
    "path",
    [
        "cbc:ID",
        "cac:LegalMonetaryTotal",
        "cac:CreditNoteLine",
        f"{BEFORE}/cac-pl:LegalMonetaryTotal",
        f"{CHANGES}/cac-pl:LegalMonetaryTotal",
        f"{CHANGES}/cac-pl:TaxTotal",
    ],
)
def test_the_schema_misses_what_is_taken_away(path: str) -> None:
    """The extensions are looked at as closely as the body."""
    now = state()
    root = made(now, correction(now, fewer(now)))
    for element in root.findall(path, NAMES):
        element.getparent().remove(element)
    with pytest.raises(Refusal):
        Schemas(OFFICIAL).check(root, PEF_KOR)


def said(**fa: Any) -> tuple[Standing, Faktura]:
    now = state()
    document = correction(now, fewer(now))
    return now, replace(document, fa=replace(document.fa, **fa))


def two_originals() -> tuple[Standing, Faktura]:
    _now, document = said()
    (one,) = document.fa.dane_fa_korygowanej
    return said(dane_fa_korygowanej=(one, replace(one, nr_fa_korygowanej="FV/2")))


def another_buyer() -> tuple[Standing, Faktura]:
    now = state()
    assert now.draft.buyer is not None
    right = replace(now.draft, buyer=replace(now.draft.buyer, name="Gmina Zmierzch"))
    return now, correction(now, right)


def of_a_simplified() -> tuple[Standing, Faktura]:
    now = state(replace(TWO, kind="UPR"))
    return now, correction(now, fewer(now))


def exported() -> tuple[Standing, Faktura]:
    now = state(replace(TWO, lines=(replace(POT, rate="0 EX"), PLANT)))
    return now, correction(now, fewer(now))


def no_reference() -> tuple[Standing, Faktura]:
    assert TWO.buyer is not None
    now = state(replace(TWO, buyer=replace(TWO.buyer, customer_number=None)))
    return now, correction(now, fewer(now))


def sums_of_no_lines() -> tuple[Standing, Faktura]:
    now = state(p_15=Decimal("1502.83"))
    return now, correction(now, fewer(now))


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (two_originals(), ["pef-kor-one"]),
        (said(okres_fa_korygowanej="listopad"), ["pef-unheld"]),
        (said(nr_fa_korygowany="FV/7"), ["pef-unheld"]),
        (said(rodzaj_faktury="KOR_ROZ"), ["pef-kind"]),
        (said(rodzaj_faktury="VAT"), ["pef-kind"]),
        (another_buyer(), ["pef-unheld"]),
        (of_a_simplified(), ["pef-kind"]),
        (exported(), ["pef-rate"]),
        (no_reference(), ["pef-reference"]),
        (sums_of_no_lines(), ["pef-sums"]),
        (said(okres_fa=OkresFa(p_6_od=LATER, p_6_do=LATER), p_15=Decimal("-464.95")), ["pef-sums"]),
    ],
)
def test_what_pef_kor_cannot_say_is_refused(case: tuple[Standing, Faktura], expected: list[str]) -> None:
    assert codes(*case) == expected


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(LINES, min_size=1, max_size=4),
    st.lists(LINES, max_size=2),
    st.lists(st.none() | st.decimals("-99", "999", places=3), min_size=4, max_size=4),
    st.booleans(),
)
def test_before_and_the_changes_make_after(
    lines: list[Line], more: list[Line], quantities: list[Decimal | None], differences: bool
) -> None:
    """BR-CO-10, 13, 14 and 15 of the states before and after, and each amount of the first with the change is the
    second's; PEPPOL-EN16931-R120 of all lines."""
    marks = Adnotacje(zwolnienie=Zwolnienie(p_19=1, p_19a="art. 43"))
    now = state(replace(TWO, lines=tuple(lines)), adnotacje=marks)
    right = [
        line if quantity is None else replace(line, quantity=quantity)
        for line, quantity in zip(now.lines, quantities, strict=False)
    ]
    try:
        document = correction(now, with_lines(now.draft, (*right, *more)), differences=differences)
    except NotCorrected:
        return
    root = made(now, document)
    parts = {
        "before": (root.find(BEFORE, NAMES), "-pl", "InvoiceLine"),
        "change": (root.find(CHANGES, NAMES), "-pl", ""),
        "after": (root, "", "CreditNoteLine"),
    }
    amounts: dict[str, dict[str, Decimal]] = {}
    for name, (part, pl, line) in parts.items():
        sums = {
            of: Decimal(part.findtext(f"cac{pl}:LegalMonetaryTotal/cbc{pl}:{of}Amount", None, NAMES))
            for of in ("LineExtension", "TaxExclusive", "TaxInclusive", "Payable")
        }
        sums["tax"] = Decimal(part.findtext(f"cac{pl}:TaxTotal/cbc{pl}:TaxAmount", None, NAMES))
        rates = part.findall(f"cac{pl}:TaxTotal/cac{pl}:TaxSubtotal", NAMES)
        by_rate = [
            sum(Decimal(one.findtext(f"cbc{pl}:{of}Amount", None, NAMES)) for one in rates)
            for of in ("Taxable", "Tax")
        ]
        assert by_rate == [sums["TaxExclusive"], sums["tax"]]
        assert sums["TaxExclusive"] + sums["tax"] == sums["TaxInclusive"] == sums["Payable"]
        if line:
            nets = part.findall(f"cac{pl}:{line}/cbc{pl}:LineExtensionAmount", NAMES)
            assert sum(Decimal(one.text) for one in nets) == sums["LineExtension"] == sums["TaxExclusive"]
            prices = part.findall(f"cac{pl}:{line}/cac{pl}:Price/cbc{pl}:PriceAmount", NAMES)
            assert all(Decimal(one.text) >= 0 for one in prices)  # BR-27
        amounts[name] = sums
    assert amounts["change"]["TaxInclusive"] == document.fa.p_15
    assert {name: amounts["before"][name] + amounts["change"][name] for name in amounts["after"]} == amounts[
        "after"
    ]
