"""JPK_FA(4): what each kind of FA(3) becomes, and that the controls are the sums of the rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from liczydlo.demo.samples import faktura_of, samples
from liczydlo.fa3.build import build
from liczydlo.fa3.draft import Address, Order, Party
from liczydlo.fa3.model import (
    Adnotacje,
    Adres,
    Faktura,
    FakturaZaliczkowa,
    FaWiersz,
    NoweSrodkiTransportu,
    NowySrodekTransportu,
    PMarzy,
    Podmiot2,
    PodmiotUpowazniony,
    TozsamoscNabywcy,
    TozsamoscPodatnika,
    Zamowienie,
    ZamowienieWiersz,
)
from liczydlo.fa3.problems import DocumentError
from liczydlo.fa3.read import read
from liczydlo.jpk import lines
from liczydlo.jpk.invoices import KINDS, UNKNOWN_CURRENCIES, Mapped, mapped
from liczydlo.jpk.writing import Address as Registered
from liczydlo.jpk.writing import Sums, pieces
from lxml import etree

from app.tests.fa3.cases import DRAFT, GERMAN, ORIGINAL, POT, correct, make
from app.tests.fa3.made import FAKTURY

from .schema import FILE, HEADING, NAMES, OFFICIAL, checked, texts

XSD = "{http://www.w3.org/2001/XMLSchema}"
PARTY = Party(nip="5265877635", name="Pracownia", address=Address(line1="ul. Garncarska 3"))


def file_of(*documents: Faktura, heading: Any = HEADING) -> Any:
    return checked(b"".join(pieces(heading, [mapped(one) for one in documents], Sums())))


def changed(document: Faktura, **fa: Any) -> Faktura:
    return replace(document, fa=replace(document.fa, **fa))


def said(document: Faktura, *names: str) -> list[str | None]:
    """Fields of the only invoice of a file."""
    invoice = file_of(document).find("j:Faktura", NAMES)
    return [invoice.findtext(f"j:{name}", None, NAMES) for name in names]


def codes(found: Mapped) -> list[str]:
    return [one.code for one in found.remarks]


def test_a_plain_invoice() -> None:
    root = file_of(make(POT))
    assert root.findtext("j:Naglowek/j:KodUrzedu", None, NAMES) == "1435"
    assert texts(root, "./Faktura/P_13_1") == ["1134.00"] == texts(root, "./FakturaWiersz/P_11")
    assert texts(root, "./Faktura/P_15") == ["1394.82"] == texts(root, "./FakturaCtrl/WartoscFaktur")
    assert texts(root, "./Faktura/RodzajFaktury") == ["VAT"]
    assert texts(root, "./FakturaWiersz/P_12") == ["23"]
    assert texts(root, "./FakturaWierszCtrl/LiczbaWierszyFaktur") == ["1"]
    assert root.find("j:ZamowienieCtrl", NAMES) is None


def test_rates_that_jpk_has_one_field_for() -> None:
    """0% of three kinds is P_13_6, all that is outside Poland P_13_5, domestic reverse charge P_13_4 with no tax."""
    amounts = {
        f"p_13_{name}": Decimal(value)
        for name, value in {
            "6_1": "1.01", "6_2": "2.02", "6_3": "3.03", "5": "10.10", "8": "20.20", "9": "30.30", "10": "40.40",
        }.items()
    }  # fmt: skip
    document = changed(make(POT), p_13_1=None, p_14_1=None, p_14_5=Decimal("1.90"), **amounts)
    assert said(document, "P_13_6", "P_13_5", "P_14_5", "P_13_4", "P_14_4", "P_13_1") == [
        "6.06", "60.60", "1.90", "40.40", "0.00", None,
    ]  # fmt: skip
    taxi = changed(document, p_13_4=Decimal("5.00"), p_14_4=Decimal("0.20"))
    assert said(taxi, "P_13_4", "P_14_4") == ["45.40", "0.20"]
    only_tax = changed(document, p_13_5=None, p_13_8=None, p_13_9=None)
    assert said(only_tax, "P_13_5", "P_14_5") == ["0.00", "1.90"]


def test_tax_in_zloty_and_the_currency_of_each_invoice() -> None:
    euro = changed(make(POT), kod_waluty="EUR", p_14_1w=Decimal("1108.50"))
    root = file_of(make(POT), euro)
    assert texts(root, "./Faktura/KodWaluty") == ["PLN", "EUR"]
    assert texts(root, "./Faktura/P_14_1W") == ["1108.50"]
    younger = mapped(changed(euro, kod_waluty="XCG"))
    assert younger.faktura is None and codes(younger) == ["currency"]


def test_a_correction_is_the_difference() -> None:
    """Lines as they were are taken back: the rows add up to the difference that the invoice states."""
    one = correct(ORIGINAL, replace(POT, before=True), replace(POT, quantity=Decimal(5)))
    root = file_of(one)
    assert texts(root, "./Faktura/P_15") == [f"{one.fa.p_15:f}"] == ["-232.47"]
    assert texts(root, "./FakturaWiersz/P_8B") == ["-6", "5"]
    assert texts(root, "./FakturaWiersz/P_9A") == ["189.00", "189.00"]
    assert texts(root, "./FakturaWiersz/P_11") == ["-1134.00", "945.00"]
    assert texts(root, "./FakturaWierszCtrl/WartoscWierszyFaktur") == ["-189.00"]
    assert said(one, "RodzajFaktury", "PrzyczynaKorekty", "NrFaKorygowanej") == [
        "KOREKTA", "Zwrot", "FV/1/2025",
    ]  # fmt: skip


def test_a_collective_correction_names_all_that_fit() -> None:
    one = correct(ORIGINAL, POT)
    (original,) = one.fa.dane_fa_korygowanej
    three = changed(
        one,
        dane_fa_korygowanej=(original, replace(original, nr_fa_korygowanej="FV/2"), original),
        okres_fa_korygowanej="2025",
    )
    assert said(three, "NrFaKorygowanej", "OkresFaKorygowanej") == ["FV/1/2025, FV/2, FV/1/2025", "2025"]
    many = changed(one, dane_fa_korygowanej=(original,) * 100)
    assert codes(mapped(many)) == ["cut"]
    (number,) = said(many, "NrFaKorygowanej")
    assert number is not None and len(number) <= 256 and number.endswith("…")


def advance() -> Faktura:
    draft = replace(
        DRAFT,
        kind="ZAL",
        order=Order(lines=(POT,)),
        advance=Decimal("500.00"),
    )
    return build(draft, created=datetime(2026, 11, 23, 9, tzinfo=UTC))


def test_an_advance_has_its_order_and_no_line() -> None:
    """The schema asks for a line all the same: an empty one names the first invoice."""
    root = file_of(advance(), changed(advance(), p_2="ZAL/2"))
    assert texts(root, "./Faktura/RodzajFaktury") == ["ZAL", "ZAL"]
    assert texts(root, "./FakturaWiersz/P_2B") == ["FV/1"]
    assert texts(root, "./FakturaWierszCtrl/WartoscWierszyFaktur") == ["0.00"]
    assert texts(root, "./Zamowienie/P_2AZ") == ["FV/1", "ZAL/2"]
    assert texts(root, "./Zamowienie/ZamowienieWiersz/P_7Z") == ["Donica", "Donica"]
    assert texts(root, "./ZamowienieCtrl/WartoscZamowien") == ["2789.64"]
    beside = file_of(advance(), make(POT))
    assert texts(beside, "./FakturaWiersz/P_11") == ["1134.00"]


def test_an_order_corrected_is_valued_by_its_difference() -> None:
    before = ZamowienieWiersz(
        nr_wiersza_zam=1, p_7z="Donica", p_11_netto_z=Decimal(1000), p_11_vat_z=Decimal(230), stan_przed_z=1
    )
    after = replace(before, p_11_netto_z=Decimal(900), p_11_vat_z=Decimal(207), stan_przed_z=None)
    order = Zamowienie(wartosc_zamowienia=Decimal(1107), zamowienie_wiersz=(before, after))
    one = changed(correct(ORIGINAL), rodzaj_faktury="KOR_ZAL", zamowienie=order)
    root = file_of(one)
    assert texts(root, "./Zamowienie/WartoscZamowienia") == ["-123.00"]
    assert texts(root, "./Zamowienie/ZamowienieWiersz/P_11NettoZ") == ["-1000", "900"]
    assert texts(root, "./Faktura/RodzajFaktury") == ["KOREKTA"]


def test_numbers_of_advances_that_are_named_by_ksef_number() -> None:
    made = {"9999999999-20230908-8BEF280C8D35-4D": "ZAL/7"}
    settlement = make(POT, kind="ROZ")
    advances = (
        FakturaZaliczkowa(nr_ksef_fa_zaliczkowej="9999999999-20230908-8BEF280C8D35-4D"),
        FakturaZaliczkowa(nr_ksef_zn=1, nr_fa_zaliczkowej="ZAL/8"),
        FakturaZaliczkowa(nr_ksef_fa_zaliczkowej="8567346215-20261127-0A1B2C3D4E5F-5D"),
    )
    settlement = changed(settlement, faktura_zaliczkowa=advances)
    faktura = mapped(settlement, made).faktura
    assert faktura is not None and faktura.rodzaj_faktury == "VAT"
    assert faktura.nr_fa_zaliczkowej == "ZAL/7, ZAL/8, 8567346215-20261127-0A1B2C3D4E5F-5D"


def test_parties() -> None:
    buyer = make(POT, buyer=GERMAN).podmiot2
    document = replace(make(POT), podmiot2=buyer)
    assert said(document, "P_5A", "P_5B", "P_4B", "P_3D") == [
        "DE", "136695976", "5265877635", "ul. Garncarska 3",
    ]  # fmt: skip
    where = Adres(kod_kraju="US", adres_l1="1 Main St", adres_l2="Boston")
    american = TozsamoscNabywcy(kod_kraju="US", nr_id="US-77", nazwa="Potters")
    document = replace(make(POT), podmiot2=Podmiot2(dane_identyfikacyjne=american, adres=where))
    assert said(document, "P_5A", "P_5B", "P_3B") == [None, "US-77", "1 Main St, Boston, US"]
    nobody = Podmiot2(dane_identyfikacyjne=TozsamoscNabywcy(brak_id=1))
    assert said(replace(document, podmiot2=nobody), "P_3A", "P_3B", "P_5B") == [None, None, None]


def marked(**marks: Any) -> Faktura:
    return changed(make(POT), adnotacje=Adnotacje(**marks))


def test_marks() -> None:
    assert said(marked(p_16=1, p_18a=1), "P_16", "P_17", "P_18", "P_18A", "P_19", "P_23") == [
        "true", "false", "false", "true", "false", "false",
    ]  # fmt: skip
    assert said(marked(pmarzy=PMarzy(p_pmarzy=1, p_pmarzy_2=1)), "P_106E_2", "P_106E_3") == ["true", "false"]
    used = marked(pmarzy=PMarzy(p_pmarzy=1, p_pmarzy_3_1=1))
    assert said(used, "P_106E_2", "P_106E_3", "P_106E_3A") == [
        "false", "true", "procedura marży - towary używane",
    ]  # fmt: skip
    boat = NowySrodekTransportu(p_22a=date(2026, 5, 1), p_nr_wiersza_nst=1, p_22c="40")
    car = replace(boat, p_22b="120 km", p_22c=None)
    new = marked(nowe_srodki_transportu=NoweSrodkiTransportu(p_22=1, nowy_srodek_transportu=(car, boat)))
    assert said(new, "P_22", "P_22A", "P_22B", "P_22C") == ["true", "2026-05-01", "120 km", None]
    assert codes(mapped(new)) == ["several-vehicles"]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (1, ["true", "Komornik", None, "false"]),
        (2, ["true", "Komornik", None, "false"]),
        (3, ["false", None, "Komornik", "true"]),
    ],
)
def test_issued_by_virtue_of_law(role: int, expected: list[str | None]) -> None:
    issuer = PodmiotUpowazniony(
        dane_identyfikacyjne=TozsamoscPodatnika(nip="1111111111", nazwa="Komornik"),
        adres=Adres(kod_kraju="PL", adres_l1="Sądowa 1"),
        rola_pu=role,
    )
    document = replace(make(POT), podmiot_upowazniony=issuer)
    assert said(document, "P_20", "P_20A", "P_21A", "P_21") == expected


def test_what_does_not_fit_is_cut_and_remarked() -> None:
    line = FaWiersz(
        nr_wiersza_fa=1, p_7="ż" * 512, p_8b=Decimal("0.000001"), p_9a=Decimal("0.00499999"), p_11=Decimal(0)
    )
    document = changed(make(POT), fa_wiersz=(line, line))
    result = mapped(document)
    assert codes(result) == ["cut", "rounded"]  # of two equal lines once
    root = file_of(document)
    assert texts(root, "./FakturaWiersz/P_7") == ["ż" * 255 + "…"] * 2
    assert texts(root, "./FakturaWiersz/P_9A") == ["0.00"] * 2


def test_days() -> None:
    one = make(POT)
    assert said(changed(one, p_6=one.fa.p_1), "P_6") == [None]
    days = tuple(replace(row, p_6a=date(2026, 11, day)) for day in (3, 9, 5) for row in one.fa.fa_wiersz)
    several = changed(one, p_6=None, fa_wiersz=days)
    assert said(several, "P_6") == ["2026-11-09"] and codes(mapped(several)) == ["several-days"]
    for day in (date(2030, 1, 2), date(2050, 1, 1)):
        later = mapped(changed(one, p_1=day))
        assert later.faktura is None and codes(later) == ["day"]
        sold = mapped(changed(one, p_6=day))
        assert sold.faktura is not None and sold.faktura.p_6 is None and codes(sold) == ["day"]


def test_the_address_of_a_taxpayer_abroad() -> None:
    abroad = Registered(country="DE", town="Berlin", postcode="10115", street="Invalidenstr.", house="4")
    root = file_of(make(POT), heading=replace(HEADING, address=abroad))
    names = [item.tag.rpartition("}")[2] for item in root.find("j:Podmiot1/j:AdresPodmiotu2", NAMES)]
    assert names == ["KodKraju", "KodPocztowy", "Miejscowosc", "Ulica", "NrDomu"]


def of_kind(document: Faktura, kind: str) -> Faktura:
    return changed(document, rodzaj_faktury=kind)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.builds(of_kind, FAKTURY, st.sampled_from(sorted(KINDS))), min_size=1, max_size=4))
def test_controls_are_sums_of_the_rows(documents: list[Faktura]) -> None:
    """Of documents of every shape: added up from the file itself, as the tax office would."""
    result = [mapped(one) for one in documents]
    taken = [one for one in result if one.faktura is not None]
    if not taken:
        return
    sums = Sums()
    root = etree.fromstring(b"".join(pieces(HEADING, result, sums)))
    assert len(texts(root, "./Faktura")) == sums.invoices == len(taken)
    for rows, column, control, total in (
        ("Faktura", "P_15", "FakturaCtrl", "WartoscFaktur"),
        ("FakturaWiersz", "P_11", "FakturaWierszCtrl", "WartoscWierszyFaktur"),
        ("Zamowienie", "WartoscZamowienia", "ZamowienieCtrl", "WartoscZamowien"),
    ):
        added = sum(map(Decimal, texts(root, f"./{rows}/{column}")), Decimal(0))
        stated = texts(root, f"./{control}/{total}")
        assert [Decimal(one) for one in stated] == ([added] if texts(root, f"./{rows}") else [])
    numbers = set(texts(root, "./Faktura/P_2A"))
    assert set(texts(root, "./FakturaWiersz/P_2B")) <= numbers >= set(texts(root, "./Zamowienie/P_2AZ"))


EXAMPLES = [
    *(OFFICIAL.parent / "examples" / "fa3").glob("*.xml"),
    *(OFFICIAL.parents[1] / "cases" / "documents").glob("*.xml"),
]


@pytest.mark.shared
@pytest.mark.parametrize("path", sorted(EXAMPLES) or ["absent"], ids=lambda path: Path(path).stem)
def test_a_published_document_makes_a_file_that_the_schema_takes(path: Path) -> None:
    try:
        document = read(path.read_bytes())
    except DocumentError:
        pytest.skip("not FA(3), on purpose")
    result = mapped(document)
    assert result.faktura is not None and result.faktura.p_15 == document.fa.p_15
    root = file_of(document)
    orders = document.fa.zamowienie.zamowienie_wiersz if document.fa.zamowienie else ()
    assert len(texts(root, "./FakturaWiersz")) == max(1, len(document.fa.fa_wiersz))
    assert len(texts(root, "./Zamowienie/ZamowienieWiersz")) == len(orders)


def test_samples_of_every_kind_make_one_file() -> None:
    documents = [faktura_of(draft) for draft in samples(PARTY, PARTY, date(2026, 11, 23)).values()]
    root = file_of(*documents)
    assert len(texts(root, "./Faktura")) == len(documents)


def listed(path: Path, name: str) -> set[str]:
    """Values that a type of a schema lists, or an element of it."""
    for tag in ("simpleType", "element"):
        element = etree.parse(str(path)).find(f".//{XSD}{tag}[@name='{name}']")
        if element is not None:
            return {item.get("value", "") for item in element.iter(f"{XSD}enumeration")}
    return set()


@pytest.mark.shared
@pytest.mark.skipif(not FILE.exists(), reason="the official schemas are not beside the repository")
def test_lists_of_both_schemas() -> None:
    """What FA(3) lists is in JPK_FA(4) too, or is known not to be."""
    fa3 = OFFICIAL / "fa" / "schemat_FA(3)_v1-0E.xsd"
    assert listed(fa3, "TKodWaluty") - listed(FILE, "TKodWaluty") == UNKNOWN_CURRENCIES
    assert listed(fa3, "TKodyKrajowUE") <= listed(FILE, "TKodyKrajowUE")
    assert listed(fa3, "TStawkaPodatku") == set(lines.RATES)
    assert set(lines.RATES.values()) <= listed(FILE, "P_12")
    assert listed(fa3, "TRodzajFaktury") == set(KINDS)
    assert set(KINDS.values()) == listed(FILE, "RodzajFaktury")
