"""PEF(3) of a sale: what it says, what it cannot and refuses, the Ministry's schema and the emulator's reading."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ksef_emulator.intake.facts_pef import read_pef
from ksef_emulator.intake.refusals import Refusal
from ksef_emulator.intake.schemas import PEF, Schemas
from liczydlo.fa3.build import build as fa3
from liczydlo.fa3.draft import Address, InvoiceDraft, Line, Party, Payment
from liczydlo.fa3.model import (
    Adnotacje,
    DodatkowyOpis,
    Faktura,
    NoweSrodkiTransportu,
    OkresFa,
    PMarzy,
    Podmiot3,
    Rozliczenie,
    TerminOpis,
    TerminPlatnosci,
    TozsamoscTrzeciego,
    Umowa,
    WarunkiTransakcji,
    ZamowienieOdniesienie,
    ZaplataCzesciowa,
    Zwolnienie,
)
from liczydlo.fa3.problems import DocumentError
from liczydlo.pef import taxes
from liczydlo.pef.build import build
from liczydlo.prints.invoice import invoice_html
from lxml import etree

from app.tests.fa3.cases import EXEMPTION, GERMAN, SELLER, TODAY

OFFICIAL = Path(__file__).parents[4] / "shared" / "spec" / "xsd"
NAMES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
OFFICE = Party(
    nip="1111111111",
    name="Gmina Świt",
    address=Address(line1="Rynek 1", line2="00-950 Świt"),
    customer_number="WZP-7",
)
POT = Line(name="Donica", unit="szt.", quantity=Decimal(6), net_price=Decimal("189.00"), rate="23")
DRAFT = InvoiceDraft(
    seller=SELLER,
    buyer=OFFICE,
    number="FV/1",
    issue_date=TODAY,
    lines=(POT,),
    payment=Payment(terms=(TerminPlatnosci(termin=date(2026, 12, 7)),)),
)


def faktura(**changes: Any) -> Faktura:
    return fa3(replace(DRAFT, **changes), created=datetime(2026, 11, 23, 9, tzinfo=UTC))


def made(document: Faktura) -> Any:
    """The root of the PEF, which the schema takes where it is here."""
    root = etree.fromstring(build(document))
    if OFFICIAL.exists():
        Schemas(OFFICIAL).check(root, PEF)
    return root


def changed(**fa: Any) -> Faktura:
    document = faktura()
    return replace(document, fa=replace(document.fa, **fa))


def codes(document: Faktura) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        build(document)
    return [problem.code for problem in refused.value.problems]


def texts(root: Any, path: str) -> list[str]:
    return [element.text for element in root.findall(path, NAMES)]


def test_an_ordinary_sale() -> None:
    root = made(faktura())
    assert texts(root, "cbc:ID") == ["FV/1"] and texts(root, "cbc:DueDate") == ["2026-12-07"]
    assert texts(root, "cbc:BuyerReference") == ["WZP-7"]
    assert texts(root, ".//cac:PartyTaxScheme/cbc:CompanyID") == ["PL5265877635", "PL1111111111"]
    assert texts(root, ".//cac:AccountingCustomerParty//cbc:PostalZone") == ["00-950"]
    assert texts(root, "cac:TaxTotal/cbc:TaxAmount") == ["260.82"]
    assert texts(root, "cac:LegalMonetaryTotal/cbc:PayableAmount") == ["1394.82"]
    (quantity,) = root.findall(".//cbc:InvoicedQuantity", NAMES)
    assert (quantity.text, quantity.get("unitCode")) == ("6", "C62")


def test_the_emulator_reads_what_the_invoice_says() -> None:
    """As KSeF would list it: parties, number, day and amounts are those of the FA(3)."""
    document = faktura()
    facts = read_pef(made(document))
    assert (facts.kind, facts.number, facts.issue_date, facts.currency) == ("VAT_PEF", "FV/1", TODAY, "PLN")
    assert (facts.seller.value, facts.buyer.value, facts.buyer.name) == (SELLER.nip, OFFICE.nip, OFFICE.name)
    assert (facts.net, facts.vat, facts.gross) == (113400, 26082, 139482)
    assert not facts.self_invoicing and not facts.has_attachment


def test_it_is_printed_as_any_pef_that_comes_from_ksef() -> None:
    shown = invoice_html(build(faktura()), language="pl")
    assert all(words in shown for words in ("Faktura PEF", "Gmina Świt", "Donica", "00-950 Świt", "WZP-7"))


@pytest.mark.shared
@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official schemas are not beside the repository")
@pytest.mark.parametrize("name", ["ID", "IssueDate", "LegalMonetaryTotal"])
def test_the_schema_misses_what_is_taken_away(name: str) -> None:
    root = made(faktura())
    root.remove(root.find(f"{{*}}{name}"))
    with pytest.raises(Refusal):
        Schemas(OFFICIAL).check(root, PEF)


def test_marks_and_remarks_are_one_note() -> None:
    document = changed(
        adnotacje=Adnotacje(p_18a=1, p_16=1), dodatkowy_opis=(DodatkowyOpis(klucz="Sprawa", wartosc="7/26"),)
    )
    (note,) = texts(made(document), "cbc:Note")
    assert note.split("\n") == ["metoda kasowa", "mechanizm podzielonej płatności", "Sprawa: 7/26"]


def test_references_and_the_recipient() -> None:
    terms = WarunkiTransakcji(
        umowy=(Umowa(nr_umowy="U/3"),), zamowienia=(ZamowienieOdniesienie(nr_zamowienia="Z/9"),)
    )
    period = OkresFa(p_6_od=date(2026, 11, 1), p_6_do=date(2026, 11, 30))
    document = changed(warunki_transakcji=terms, wz=("WZ/1",), okres_fa=period, p_6=None)
    school = Podmiot3(dane_identyfikacyjne=TozsamoscTrzeciego(brak_id=1, nazwa="Szkoła nr 1"), rola=8)
    root = made(replace(document, podmiot3=(school,)))
    assert texts(root, "cac:OrderReference/cbc:ID") == ["Z/9"]
    assert texts(root, "cac:ContractDocumentReference/cbc:ID") == ["U/3"]
    assert texts(root, "cac:DespatchDocumentReference/cbc:ID") == ["WZ/1"]
    assert texts(root, "cac:InvoicePeriod/cbc:EndDate") == ["2026-11-30"]
    assert texts(root, "cac:Delivery//cac:PartyName/cbc:Name") == ["Szkoła nr 1"]


def test_what_is_paid_is_not_payable() -> None:
    paid = changed(platnosc=replace(faktura().fa.platnosc, zaplacono=1, termin_platnosci=()))
    root = made(paid)
    assert texts(root, ".//cbc:PrepaidAmount") == ["1394.82"] and texts(root, ".//cbc:PayableAmount") == [
        "0.00"
    ]
    part = ZaplataCzesciowa(kwota_zaplaty_czesciowej=Decimal("394.82"), data_zaplaty_czesciowej=TODAY)
    partly = changed(platnosc=replace(faktura().fa.platnosc, zaplata_czesciowa=(part,)))
    assert texts(made(partly), ".//cbc:PayableAmount") == ["1000.00"]
    term = TerminPlatnosci(
        termin_opis=TerminOpis(ilosc=14, jednostka="dni", zdarzenie_poczatkowe="od odbioru")
    )
    in_words = changed(platnosc=replace(faktura().fa.platnosc, termin_platnosci=(term,)))
    assert texts(made(in_words), "cac:PaymentTerms/cbc:Note") == ["14 dni od odbioru"]


def test_lines() -> None:
    """A discount, an unknown unit, a rebate as a line of its own, a line without a price."""
    lines = (
        replace(POT, discount=Decimal("34.00"), unit="paleta", pkwiu="23.41.11"),
        replace(POT, name="Rabat", quantity=Decimal(1), net_price=Decimal(-100)),
        Line(name="Kurs", net=Decimal(85), rate="zw"),
    )
    root = made(faktura(lines=lines, marks=EXEMPTION))
    assert texts(root, ".//cac:AllowanceCharge/cbc:Amount") == ["34.00"]
    assert texts(root, ".//cac:AdditionalItemProperty/cbc:Value") == ["23.41.11", "paleta"]
    assert texts(root, ".//cbc:InvoicedQuantity") == ["6", "-1", "1"]
    assert texts(root, ".//cbc:PriceAmount") == ["189.00", "100", "85"]
    assert texts(root, "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:ID") == ["S", "E"]
    assert texts(root, ".//cbc:TaxExemptionReason") == ["art. 113"]


def test_a_foreign_currency_has_the_tax_in_zloty() -> None:
    document = changed(kod_waluty="EUR", p_14_1w=Decimal("1108.50"))
    root = made(document)
    assert texts(root, "cbc:TaxCurrencyCode") == ["PLN"]
    assert texts(root, "cac:TaxTotal/cbc:TaxAmount") == ["260.82", "1108.50"]
    assert read_pef(root).vat == 110850
    assert codes(changed(kod_waluty="EUR")) == ["pef-zloty"]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (changed(rodzaj_faktury="KOR"), ["pef-kind"]),
        (changed(rodzaj_faktury="ZAL"), ["pef-kind"]),
        (faktura(buyer=replace(GERMAN, customer_number="7")), ["pef-buyer"]),
        (faktura(buyer=replace(OFFICE, customer_number=None)), ["pef-reference"]),
        (faktura(payment=None), ["pef-due"]),
        (faktura(lines=(replace(POT, rate="0 EX"),)), ["pef-rate"]),
        (faktura(lines=(replace(POT, rate="np I"),)), ["pef-rate"]),
        (faktura(lines=(replace(POT, net_price=None, gross_price=Decimal(123)),)), ["pef-line"]),
        (faktura(lines=(POT, replace(POT, rate="22"))), ["pef-sums"]),
        (changed(p_15=Decimal("1394.83")), ["pef-sums"]),
        (changed(p_13_8=Decimal("10.00")), ["pef-sums"]),
        (changed(adnotacje=Adnotacje(p_17=1)), ["pef-unheld"]),
        (changed(adnotacje=Adnotacje(p_23=1)), ["pef-unheld"]),
        (changed(adnotacje=Adnotacje(pmarzy=PMarzy(p_pmarzy=1, p_pmarzy_3_1=1))), ["pef-unheld"]),
        (changed(adnotacje=Adnotacje(nowe_srodki_transportu=NoweSrodkiTransportu(p_22=1))), ["pef-unheld"]),
        (changed(rozliczenie=Rozliczenie(do_zaplaty=Decimal(1))), ["pef-unheld"]),
        (changed(wz=("WZ/1", "WZ/2")), ["pef-unheld"]),
        (
            replace(
                faktura(),
                podmiot3=(Podmiot3(dane_identyfikacyjne=TozsamoscTrzeciego(nip="1111111111"), rola=1),),
            ),
            ["pef-unheld"],
        ),
    ],
)
def test_what_pef_cannot_say_is_refused(document: Faktura, expected: list[str]) -> None:
    assert codes(document) == expected


RATES = st.sampled_from(["23", "8", "5", "4", "0 KR", "zw", "oo"])
LINES = st.builds(
    Line,
    name=st.just("Usługa"),
    unit=st.sampled_from(["szt.", "godz.", "m²", "paleta", None]),
    quantity=st.decimals("-99", "999", places=3).filter(bool),
    net_price=st.decimals("-999", "99999", places=4),
    discount=st.none() | st.decimals("0.01", "9", places=2),
    rate=RATES,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(LINES, min_size=1, max_size=6))
def test_sums_are_those_of_the_lines(lines: list[Line]) -> None:
    """BR-CO-10, 13, 14, 15, 16 and PEPPOL-EN16931-R120 of any invoice at domestic rates."""
    marks = Adnotacje(zwolnienie=Zwolnienie(p_19=1, p_19a="art. 43"))
    document = faktura(lines=tuple(lines))
    document = replace(document, fa=replace(document.fa, adnotacje=marks))
    root = made(document)

    def amounts(path: str) -> list[Decimal]:
        return [Decimal(text) for text in texts(root, path)]

    total = {name: amounts(f"cac:LegalMonetaryTotal/cbc:{name}Amount")[0] for name in TOTALS}
    nets = amounts("cac:InvoiceLine/cbc:LineExtensionAmount")
    assert sum(nets) == total["LineExtension"] == total["TaxExclusive"]
    assert sum(amounts("cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount")) == total["TaxExclusive"]
    (tax,) = amounts("cac:TaxTotal/cbc:TaxAmount")
    assert tax == sum(amounts("cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount"))
    assert total["TaxExclusive"] + tax == total["TaxInclusive"] == total["Payable"] == document.fa.p_15
    for line, net in zip(root.findall("cac:InvoiceLine", NAMES), nets, strict=True):
        price, quantity = (
            Decimal(line.findtext(path, None, NAMES))
            for path in ("cac:Price/cbc:PriceAmount", "cbc:InvoicedQuantity")
        )
        discount = Decimal(line.findtext("cac:AllowanceCharge/cbc:Amount", "0", NAMES))
        assert price >= 0 and abs(price * quantity - discount - net) <= Decimal("0.02")


TOTALS = ("LineExtension", "TaxExclusive", "TaxInclusive", "Payable")


def test_every_rate_has_its_field() -> None:
    assert set(taxes.RATES) < {"23", "22", "8", "7", "5", "4", "3", "0 KR", "zw", "oo", "np I"}
