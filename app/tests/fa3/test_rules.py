"""Each rule by its code: what wakes it, what leaves it asleep; published examples; texts in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liczydlo.fa3.document import inspect
from liczydlo.fa3.draft import Advance, Line, Marks, Order
from liczydlo.fa3.model import Faktura, FaWiersz, OkresFa, Platnosc, PMarzy, Zwolnienie
from liczydlo.fa3.problems import DocumentError, Problem
from liczydlo.fa3.read import read
from liczydlo.fa3.rules import check
from liczydlo.fa3.write import write
from liczydlo.web.reasons import explain

from app.tests.fa3.cases import (
    ADVANCE,
    BESIDE,
    CORRECTED,
    DEAR,
    EURO,
    EXEMPT,
    EXEMPTION,
    MARGIN,
    ORIGINAL,
    PLAIN,
    POT,
    SETTLEMENT,
    TODAY,
    UNION,
    WRONG_KSEF_NUMBER,
    account,
    buyer_as,
    codes,
    correct,
    due,
    make,
    nip_of,
    settle,
    third,
    with_fa,
    with_line,
    with_marks,
)

EXAMPLES = Path(__file__).parents[4] / "shared" / "spec" / "examples" / "fa3"


@pytest.mark.parametrize(
    "faktura",
    [
        PLAIN,
        EURO,
        ADVANCE,
        SETTLEMENT,
        CORRECTED,
        MARGIN,
        UNION,
        make(EXEMPT, marks=EXEMPTION),
        make(DEAR, marks=Marks(split_payment=True)),
        with_fa(PLAIN, rozliczenie=BESIDE),
        with_fa(PLAIN, okres_fa=OkresFa(p_6_od=date(2026, 11, 1), p_6_do=date(2026, 11, 1))),
        replace(PLAIN, podmiot2=replace(PLAIN.podmiot2, jst=1), podmiot3=(third(8, nip="1111111111"),)),
        make(POT, payment=due(TODAY)),
        make(POT, payment=account("61109010140000071219812874")),
        make(POT, payment=account("DE89370400440532013000")),
    ],
)
def test_what_is_right_is_left_alone(faktura: Faktura) -> None:
    assert codes(faktura) == []


def test_a_future_date_is_the_only_error() -> None:
    assert codes(PLAIN, today=TODAY) == []
    problems = check(PLAIN, today=date(2026, 11, 22))
    assert [(item.code, item.path, item.severity) for item in problems] == [
        ("issue-date-future", "Fa/P_1", "error")
    ]
    with pytest.raises(DocumentError) as caught:
        inspect(write(PLAIN), today=date(2026, 11, 22))
    assert caught.value.problems[0].line == 2


BROKEN: list[tuple[Faktura, str, str]] = [
    # parties
    (nip_of(PLAIN, "1111111112"), "nip-checksum", "Podmiot2/DaneIdentyfikacyjne/NIP"),
    (
        replace(PLAIN, podmiot3=(third(2, nip="5265877634"),)),
        "nip-checksum",
        "Podmiot3[1]/DaneIdentyfikacyjne/NIP",
    ),
    (
        replace(PLAIN, podmiot3=(third(2), third(2, id_wew="5265877634-12345"))),
        "nip-checksum",
        "Podmiot3[2]/DaneIdentyfikacyjne/IDWew",
    ),
    (nip_of(PLAIN, "5265877635"), "seller-is-buyer", "Podmiot2/DaneIdentyfikacyjne/NIP"),
    (
        buyer_as(PLAIN, kod_ue="PL", nr_vat_ue="1111111111"),
        "nip-elsewhere",
        "Podmiot2/DaneIdentyfikacyjne/NrVatUE",
    ),
    (replace(PLAIN, podmiot2=replace(PLAIN.podmiot2, jst=1)), "local-authority-unit", "Podmiot2/JST"),
    (replace(PLAIN, podmiot2=replace(PLAIN.podmiot2, gv=1)), "vat-group-member", "Podmiot2/GV"),
    (
        replace(UNION, podmiot1=replace(UNION.podmiot1, prefiks_podatnika=None)),
        "eu-prefix",
        "Podmiot1",
    ),
    (replace(UNION, podmiot2=PLAIN.podmiot2), "eu-buyer", "Podmiot2/DaneIdentyfikacyjne"),
    (
        make(POT, payment=account("61109010140000071219812875")),
        "account-checksum",
        "Fa/Platnosc/RachunekBankowy[1]/NrRB",
    ),
    # amounts
    (with_line(PLAIN, p_9a=Decimal("190.00")), "line-value", "Fa/FaWiersz[1]/P_11"),
    (with_line(MARGIN, p_9b=Decimal("2000.05")), "line-value", "Fa/FaWiersz[1]/P_11A"),
    (with_line(PLAIN, p_10=Decimal("20.00"), p_8b=Decimal("6.1")), "line-value", "Fa/FaWiersz[1]/P_11"),
    (with_line(PLAIN, p_12=None), "line-rate", "Fa/FaWiersz[1]"),
    (with_fa(PLAIN, p_13_1=Decimal("1134.10"), p_15=Decimal("1394.92")), "sum", "Fa/P_13_1"),
    (with_fa(PLAIN, p_14_1=Decimal("260.85"), p_15=Decimal("1394.85")), "sum", "Fa/P_14_1"),
    (with_fa(PLAIN, p_13_3=Decimal("10.00"), p_15=Decimal("1404.82")), "sum", "Fa/P_13_3"),
    (with_fa(PLAIN, p_15=Decimal("1394.85")), "total", "Fa/P_15"),
    (with_fa(SETTLEMENT, p_15=Decimal("1394.82")), "total", "Fa/P_15"),
    (with_fa(EURO, p_14_1w=None), "tax-in-pln", "Fa/P_14_1"),
    (with_fa(EURO, p_14_1w=Decimal("260.82")), "tax-in-pln-value", "Fa/P_14_1W"),
    (
        with_fa(ADVANCE, zamowienie=replace(ADVANCE.fa.zamowienie, wartosc_zamowienia=Decimal(1134))),
        "order-value",
        "Fa/Zamowienie/WartoscZamowienia",
    ),
    (
        with_fa(PLAIN, rozliczenie=replace(BESIDE, do_zaplaty=Decimal("1394.82"))),
        "beside",
        "Fa/Rozliczenie/DoZaplaty",
    ),
    (
        with_fa(PLAIN, rozliczenie=replace(BESIDE, suma_odliczen=Decimal(5))),
        "beside",
        "Fa/Rozliczenie/SumaOdliczen",
    ),
    # tax
    (with_line(PLAIN, p_11_vat=Decimal("260.85")), "line-tax", "Fa/FaWiersz[1]/P_11Vat"),
    (with_line(PLAIN, p_11a=Decimal("1394.85")), "line-gross", "Fa/FaWiersz[1]/P_11A"),
    (with_fa(ADVANCE, p_14_1=Decimal("187.00")), "tax", "Fa/P_14_1"),
    (with_fa(ADVANCE, p_13_2=Decimal(100), p_14_2=Decimal(8)), "advance-above-order", "Fa/P_13_2"),
    (with_fa(SETTLEMENT, p_13_1=Decimal("1134.05")), "settlement-above-lines", "Fa/P_13_1"),
    # currency
    (with_line(PLAIN, kurs_waluty=Decimal("4.2637")), "exchange-rate-in-pln", "Fa/FaWiersz[1]/KursWaluty"),
    (with_line(EURO, kurs_waluty=None), "exchange-rate-missing", "Fa/FaWiersz[1]/KursWaluty"),
    # marks
    (
        with_marks(make(Line(name="X", net_price=Decimal(1), rate="oo")), p_18=2),
        "reverse-charge-mark",
        "Fa/Adnotacje/P_18",
    ),
    (with_marks(UNION, p_18=2), "reverse-charge-mark", "Fa/Adnotacje/P_18"),
    (with_marks(PLAIN, p_18=1), "reverse-charge-taxed", "Fa/Adnotacje/P_18"),
    (
        with_marks(make(EXEMPT, marks=EXEMPTION), zwolnienie=Zwolnienie(p_19n=1)),
        "exemption-mark",
        "Fa/Adnotacje/Zwolnienie",
    ),
    (
        make(kind="ZAL", order=Order(lines=(EXEMPT,)), advance=Decimal(10)),
        "exemption-mark",
        "Fa/Adnotacje/Zwolnienie",
    ),
    (
        with_marks(PLAIN, zwolnienie=Zwolnienie(p_19=1, p_19a="art. 113")),
        "exemption-of-nothing",
        "Fa/Adnotacje/Zwolnienie",
    ),
    (
        with_marks(with_line(MARGIN, p_12="zw"), pmarzy=PMarzy(p_pmarzy_n=1)),
        "margin-mark",
        "Fa/Adnotacje/PMarzy",
    ),
    (
        with_marks(PLAIN, pmarzy=PMarzy(p_pmarzy=1, p_pmarzy_2=1)),
        "margin-of-nothing",
        "Fa/Adnotacje/PMarzy",
    ),
    (make(DEAR), "split-payment-mark", "Fa/Adnotacje/P_18A"),
    # kinds
    (with_fa(CORRECTED, dane_fa_korygowanej=()), "correction-of-what", "Fa/RodzajFaktury"),
    (
        correct(replace(ORIGINAL, issue_date=date(2026, 12, 1)), replace(POT, before=True)),
        "corrected-later",
        "Fa/DaneFaKorygowanej[1]/DataWystFaKorygowanej",
    ),
    (with_fa(ADVANCE, zamowienie=None), "advance-of-what", "Fa/RodzajFaktury"),
    (with_fa(SETTLEMENT, faktura_zaliczkowa=()), "settlement-of-what", "Fa/RodzajFaktury"),
    (with_fa(PLAIN, rodzaj_faktury="UPR"), "simplified-limit", "Fa/P_15"),
    (with_fa(EURO, rodzaj_faktury="UPR"), "simplified-limit", "Fa/P_15"),
    (
        settle(Advance(ksef_number=WRONG_KSEF_NUMBER)),
        "ksef-number",
        "Fa/FakturaZaliczkowa[1]/NrKSeFFaZaliczkowej",
    ),
    (
        correct(replace(ORIGINAL, ksef_number=WRONG_KSEF_NUMBER), replace(POT, before=True)),
        "ksef-number",
        "Fa/DaneFaKorygowanej[1]/NrKSeFFaKorygowanej",
    ),
    (settle(Advance(number="FV/1")), "names-itself", "Fa/FakturaZaliczkowa[1]/NrFaZaliczkowej"),
    (
        correct(replace(ORIGINAL, number=WRONG_KSEF_NUMBER), replace(POT, before=True)),
        "outside-ksef",
        "Fa/DaneFaKorygowanej[1]/NrFaKorygowanej",
    ),
    (with_line(make(POT, POT), nr_wiersza_fa=2), "line-number-twice", "Fa/FaWiersz[2]/NrWierszaFa"),
    (
        with_fa(PLAIN, platnosc=Platnosc(zaplacono=1, data_zaplaty=date(2026, 11, 24))),
        "paid-in-future",
        "Fa/Platnosc/DataZaplaty",
    ),
    (
        with_fa(PLAIN, okres_fa=OkresFa(p_6_od=date(2026, 11, 2), p_6_do=date(2026, 11, 1))),
        "period-backwards",
        "Fa/OkresFa",
    ),
    (
        make(POT, payment=due(date(2026, 11, 22))),
        "due-before-issue",
        "Fa/Platnosc/TerminPlatnosci[1]/Termin",
    ),
]


@pytest.mark.parametrize(
    ("faktura", "code", "path"), BROKEN, ids=[f"{code}-{path}" for _, code, path in BROKEN]
)
def test_what_is_wrong_is_told_but_never_refused(faktura: Faktura, code: str, path: str) -> None:
    problems = check(faktura, today=TODAY)
    assert (code, path) in [(item.code, item.path) for item in problems]
    assert {item.severity for item in problems} == {"warning"}
    message = next(item for item in problems if item.code == code)
    for language in ("pl", "en"):
        text = explain(message, language)  # type: ignore[arg-type]
        assert "{" not in text
        assert text.endswith(".")


def test_every_warning_has_a_case() -> None:
    folder = Path(check.__code__.co_filename).parent
    used = {
        code
        for module in folder.glob("*.py")
        for code in re.findall(r'(?:warning|off)\(\s*"([a-z-]+)"', module.read_text(encoding="utf-8"))
    }
    assert used == {code for _, code, _ in BROKEN}


@pytest.mark.parametrize(
    "line",
    [
        FaWiersz(
            nr_wiersza_fa=1, p_8b=Decimal(1000), p_9a=Decimal("32.44"), p_11=Decimal("32439.02"), p_12="23"
        ),
        FaWiersz(
            nr_wiersza_fa=1, p_8b=Decimal(2), p_9a=Decimal(50), p_10=Decimal(5), p_11=Decimal(95), p_12="23"
        ),
        FaWiersz(
            nr_wiersza_fa=1, p_8b=Decimal(2), p_9a=Decimal(50), p_10=Decimal(5), p_11=Decimal(90), p_12="23"
        ),
        FaWiersz(nr_wiersza_fa=1, p_8b=Decimal(-2), p_9a=Decimal(50), p_11=Decimal(-100), p_12="23"),
        FaWiersz(nr_wiersza_fa=1, p_9a=Decimal(50), p_11=Decimal(7), p_12="23"),
    ],
    ids=["rounded-price", "discount-of-line", "discount-of-unit", "negative", "no-quantity"],
)
def test_lines_that_programs_write(line: FaWiersz) -> None:
    problems = check(with_fa(PLAIN, fa_wiersz=(line,)), today=TODAY)
    assert "line-value" not in {problem.code for problem in problems}


def test_warnings_carry_the_line_of_the_file() -> None:
    xml = write(make(POT, POT)).replace(b"<FaWiersz>", b"\n<FaWiersz>")
    xml = xml.replace(b"<P_9A>189.00</P_9A>", b"<P_9A>1.00</P_9A>")
    document = inspect(xml, today=TODAY)
    assert [(warning.code, warning.line) for warning in document.warnings] == [
        ("line-value", 3),
        ("line-value", 4),
    ]


@pytest.mark.shared
@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.xml")), ids=lambda path: path.stem)
def test_published_examples(path: Path) -> None:
    """Nothing against them but the made-up KSeF numbers of what they correct or settle."""
    document = inspect(path.read_bytes(), today=TODAY)
    assert {problem.code for problem in document.warnings} <= {"ksef-number"}


MONEY = st.decimals(min_value="-9999999999999999.99", max_value="9999999999999999.99", places=2)
WILD_LINE = st.builds(
    FaWiersz,
    nr_wiersza_fa=st.just(1),
    p_8b=st.none() | st.decimals("-9999999999999999", "9999999999999999", places=6),
    p_9a=st.none() | st.decimals("-99999999999999", "99999999999999", places=8),
    p_9b=st.none() | st.decimals("-99999999999999", "99999999999999", places=8),
    p_10=st.none() | MONEY,
    p_11=st.none() | MONEY,
    p_11a=st.none() | MONEY,
    p_12=st.none() | st.sampled_from(["23", "8", "zw", "oo", "np I", "0 WDT"]),
    p_12_xii=st.none() | st.decimals(0, 100, places=2),
    kurs_waluty=st.none() | st.decimals(0, 99999999, places=6),
    stan_przed=st.none() | st.just(1),
)


@settings(max_examples=150)
@given(
    st.lists(WILD_LINE, max_size=4),
    st.sampled_from(["VAT", "KOR", "ZAL", "ROZ", "UPR", "KOR_ZAL", "KOR_ROZ"]),
    st.sampled_from(["PLN", "EUR"]),
    MONEY,
)
def test_no_document_of_the_right_form_breaks_a_rule(
    lines: list[FaWiersz], kind: str, currency: str, total: Decimal
) -> None:
    faktura = with_fa(PLAIN, fa_wiersz=tuple(lines), rodzaj_faktury=kind, kod_waluty=currency, p_15=total)
    problems = check(faktura, today=TODAY)
    assert all(isinstance(problem, Problem) and explain(problem, "pl") for problem in problems)
    assert {problem.severity for problem in problems} <= {"warning"}


def test_reading_back_changes_no_verdict() -> None:
    for faktura, _, _ in BROKEN:
        assert codes(read(write(faktura))) == codes(faktura)
