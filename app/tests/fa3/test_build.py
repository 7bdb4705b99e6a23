"""The builders: what they write for each kind, what they refuse; the project's own examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from liczydlo.demo.samples import faktura_of, samples
from liczydlo.fa3.build import IncompleteDraft, build, missing
from liczydlo.fa3.document import inspect
from liczydlo.fa3.draft import (
    Address,
    Advance,
    Correction,
    Exemption,
    InvoiceDraft,
    Line,
    Marks,
    Order,
    Original,
    Party,
    Payment,
    Settlement,
    Sum,
)
from liczydlo.fa3.model import (
    DodatkowyOpis,
    Faktura,
    KwotaZPowodem,
    RachunekBankowy,
    TerminPlatnosci,
    ZaplataCzesciowa,
)
from liczydlo.fa3.read import read
from liczydlo.fa3.totals import RATES
from liczydlo.fa3.write import write

TODAY = date(2026, 11, 23)
SELLER = Party(
    nip="5265877635",
    name="Pracownia „Glina & Ogień”",
    address=Address(line1="ul. Garncarska 3", line2="00-001 Warszawa"),
)
BUYER = Party(nip="1111111111", name="Sklep <Kubek>", address=Address(line1="ul. Sklepowa 7"))
POT = Line(name="Donica", quantity=Decimal(6), net_price=Decimal("189.00"), rate="23")
ORIGINAL = Original(number="FV/1/2025", issue_date=date(2025, 12, 1))
KSEF_NUMBER = "5265877635-20261101-0123456789AB-1C"
EXEMPTION = Marks(exemption=Exemption(text="art. 113 ust. 1 ustawy o VAT"))
DRAFT = InvoiceDraft(seller=SELLER, buyer=BUYER, number="FV/1/2026", issue_date=TODAY)
NOW = datetime(2026, 11, 23, 9, 15, 30, 123456, tzinfo=timezone(timedelta(hours=1)))


def make(*lines: Line, **changes: Any) -> Faktura:
    return build(replace(DRAFT, lines=lines, **changes), created=NOW)


def advance(amount: str, *lines: Line, **changes: Any) -> Faktura:
    return make(kind="ZAL", order=Order(lines=lines), advance=Decimal(amount), **changes)


def settle(amount: str, *advances: Advance) -> Faktura:
    return make(POT, kind="ROZ", advances=advances, advance=Decimal(amount))


def correct(*lines: Line, original: Original = ORIGINAL, **changes: Any) -> Faktura:
    correction = Correction(originals=(original,), reason="Zwrot", effect=2)
    return make(*lines, kind="KOR", correction=correction, **changes)


def clean(faktura: Faktura) -> Faktura:
    """The document as it comes back from its own file, once schema and rules have nothing against it."""
    document = inspect(write(faktura), today=TODAY)
    assert document.warnings == ()
    assert document.faktura == read(write(faktura))
    return document.faktura


def test_an_ordinary_sale() -> None:
    result = clean(
        make(
            POT,
            Line(name="Katalog", net_price=Decimal("64.76"), rate="5", gtu="GTU_10", pkwiu="58.11"),
            place="Warszawa",
            payment=Payment(
                terms=(TerminPlatnosci(termin=date(2026, 12, 7)),),
                accounts=(RachunekBankowy(nr_rb="61109010140000071219812874"),),
            ),
            remarks=(DodatkowyOpis(klucz="Zamówienie", wartosc="ZAM/118"),),
            marks=Marks(split_payment=True),
        )
    )
    assert result.naglowek.data_wytworzenia_fa == datetime(2026, 11, 23, 8, 15, 30, tzinfo=UTC)
    assert result.naglowek.system_info == "Liczydło"
    assert result.podmiot1.dane_identyfikacyjne.nazwa == "Pracownia „Glina & Ogień”"
    assert (result.podmiot2.jst, result.podmiot2.gv) == (2, 2)
    fa = result.fa
    assert (fa.rodzaj_faktury, fa.p_1m, fa.p_15) == ("VAT", "Warszawa", Decimal("1462.82"))
    assert (fa.p_13_1, fa.p_14_1) == (Decimal("1134.00"), Decimal("260.82"))
    assert (fa.p_13_3, fa.p_14_3) == (Decimal("64.76"), Decimal("3.24"))
    assert [line.nr_wiersza_fa for line in fa.fa_wiersz] == [1, 2]
    assert fa.fa_wiersz[1].gtu == "GTU_10"
    assert fa.adnotacje.p_18a == 1
    assert fa.platnosc is not None
    assert fa.platnosc.termin_platnosci[0].termin == date(2026, 12, 7)
    assert fa.dodatkowy_opis[0].wartosc == "ZAM/118"


def test_the_day_of_sale_is_as_it_is_given() -> None:
    assert clean(make(POT)).fa.p_6 is None
    assert clean(make(POT, sale_date=date(2026, 11, 20))).fa.p_6 == date(2026, 11, 20)


def test_paid_on_the_spot() -> None:
    paid = clean(make(POT, payment=Payment(form=1, paid=TODAY))).fa.platnosc
    assert paid is not None
    assert (paid.zaplacono, paid.data_zaplaty, paid.termin_platnosci) == (1, TODAY, ())


@pytest.mark.parametrize(("settled", "mark"), [(False, 1), (True, 2)])
def test_paid_in_parts(settled: bool, mark: int) -> None:
    part = ZaplataCzesciowa(kwota_zaplaty_czesciowej=Decimal(100), data_zaplaty_czesciowej=TODAY)
    paid = clean(make(POT, payment=Payment(parts=(part,), settled_in_parts=settled))).fa.platnosc
    assert paid is not None
    assert (paid.znacznik_zaplaty_czesciowej, paid.zaplata_czesciowa) == (mark, (part,))


@pytest.mark.parametrize(
    ("deduction", "due", "overpaid"), [("50.00", "1354.82", None), ("2000.00", None, "595.18")]
)
def test_charges_and_deductions_change_what_is_to_be_paid(
    deduction: str, due: str | None, overpaid: str | None
) -> None:
    beside = Settlement(
        charges=(KwotaZPowodem(kwota=Decimal(10), powod="kaucja"),),
        deductions=(KwotaZPowodem(kwota=Decimal(deduction), powod="nadpłata"),),
    )
    rozliczenie = clean(make(POT, settlement=beside)).fa.rozliczenie
    assert rozliczenie is not None
    assert (rozliczenie.suma_obciazen, rozliczenie.suma_odliczen) == (10, Decimal(deduction))
    assert rozliczenie.do_zaplaty == (Decimal(due) if due else None)
    assert rozliczenie.do_rozliczenia == (Decimal(overpaid) if overpaid else None)
    silent = clean(make(POT, settlement=replace(beside, states_due=False))).fa.rozliczenie
    assert silent is not None and silent.do_zaplaty is None and silent.do_rozliczenia is None


@pytest.mark.parametrize(
    ("buyer", "expected"),
    [
        (Party(name="N", nip="1111111111"), {"nip": "1111111111"}),
        (
            Party(
                name="N", vat_ue_country="EL", vat_ue="094019245", address=Address(line1="A", country="GR")
            ),
            {"kod_ue": "EL", "nr_vat_ue": "094019245"},
        ),
        (Party(name="N", tax_id="12-3456789", tax_country="US"), {"kod_kraju": "US", "nr_id": "12-3456789"}),
        (Party(name="Jan Kowalski"), {"brak_id": 1}),
    ],
)
def test_who_buys(buyer: Party, expected: dict[str, object]) -> None:
    identity = clean(make(POT, buyer=buyer)).podmiot2.dane_identyfikacyjne
    for field in ("nip", "kod_ue", "nr_vat_ue", "kod_kraju", "nr_id", "brak_id"):
        assert getattr(identity, field) == expected.get(field)


def test_gross_prices_and_a_discount() -> None:
    line = Line(
        name="Kubek", quantity=Decimal(7), gross_price=Decimal("39.90"), discount=Decimal("9.30"), rate="23"
    )
    fa = clean(make(line)).fa
    assert (fa.fa_wiersz[0].p_11, fa.fa_wiersz[0].p_11a) == (None, Decimal("270.00"))
    assert (fa.p_13_1, fa.p_14_1, fa.p_15) == (Decimal("219.51"), Decimal("50.49"), Decimal("270.00"))


GERMAN = Party(
    name="Töpferhaus",
    vat_ue_country="DE",
    vat_ue="136695976",
    address=Address(line1="Allee 12", country="DE"),
)


@pytest.mark.parametrize(
    ("rate", "buyer", "mark", "prefix"),
    [
        ("oo", BUYER, 1, None),
        ("np II", GERMAN, 1, "PL"),
        ("0 WDT", GERMAN, 2, "PL"),
        ("np I", GERMAN, 2, None),
    ],
)
def test_who_settles_the_tax(rate: str, buyer: Party, mark: int, prefix: str | None) -> None:
    result = clean(make(Line(name="Usługa", net_price=Decimal(100), rate=rate), buyer=buyer))
    assert (result.fa.adnotacje.p_18, result.podmiot1.prefiks_podatnika) == (mark, prefix)


def test_another_currency() -> None:
    fa = clean(make(POT, currency="EUR", exchange_rate=Decimal("4.2637"))).fa
    assert (fa.p_14_1, fa.p_14_1w) == (Decimal("260.82"), Decimal("1112.06"))
    assert fa.fa_wiersz[0].kurs_waluty == Decimal("4.2637")


def test_zloty_needs_no_rate_of_exchange() -> None:
    fa = clean(make(POT, exchange_rate=Decimal("4.2637"))).fa
    assert (fa.p_14_1w, fa.fa_wiersz[0].kurs_waluty) == (None, None)


@pytest.mark.parametrize("ksef_number", [None, KSEF_NUMBER])
def test_a_correction(ksef_number: str | None) -> None:
    original = replace(ORIGINAL, ksef_number=ksef_number)
    after = replace(POT, quantity=Decimal(4))
    fa = read(write(correct(replace(POT, before=True), after, original=original))).fa
    assert (fa.rodzaj_faktury, fa.p_15, fa.typ_korekty) == ("KOR", Decimal("-464.94"), 2)
    assert [(line.nr_wiersza_fa, line.stan_przed) for line in fa.fa_wiersz] == [(1, 1), (1, None)]
    corrected = fa.dane_fa_korygowanej[0]
    assert (corrected.nr_ksef, corrected.nr_ksef_n) == ((1, None) if ksef_number else (None, 1))
    assert corrected.nr_ksef_fa_korygowanej == ksef_number


def test_lines_before_and_after_are_counted_each_by_themselves() -> None:
    before = replace(POT, before=True)
    fa = clean(correct(before, before, POT, replace(POT, number=7), POT)).fa
    assert [line.nr_wiersza_fa for line in fa.fa_wiersz] == [1, 2, 1, 7, 3]


def test_a_correction_to_nothing_keeps_the_exemption() -> None:
    exempt = Line(name="Kurs", net_price=Decimal(85), rate="zw", before=True)
    fa = clean(correct(exempt, marks=EXEMPTION)).fa
    assert (fa.p_13_7, fa.p_15, fa.adnotacje.zwolnienie.p_19) == (Decimal("-85.00"), Decimal("-85.00"), 1)


def test_a_correction_of_the_parties() -> None:
    correction = Correction(originals=(ORIGINAL,), reason="Nazwa", seller=SELLER, buyers=(GERMAN,))
    fa = clean(make(kind="KOR", correction=correction)).fa
    assert fa.podmiot1k is not None and fa.podmiot1k.dane_identyfikacyjne.nip == SELLER.nip
    assert fa.podmiot2k[0].dane_identyfikacyjne.nr_vat_ue == GERMAN.vat_ue
    assert (fa.p_15, fa.p_13_1) == (0, None)


def test_a_correction_of_an_advance_divides_it_anew() -> None:
    """As the Ministry's example 11: of one flat, the rate was wrong."""
    flat = Line(name="Mieszkanie", net_price=Decimal(300000), rate="23", before=True)
    more = Line(name="Usługi", net_price=Decimal(5000), rate="23")
    right = Line(name="Mieszkanie", net_price=Decimal("341666.67"), rate="8")
    correction = Correction(originals=(ORIGINAL,), reason="Stawka", amount_before=Decimal(20000))
    order = Order(lines=(flat, right, replace(more, before=True), more))
    fa = clean(make(kind="KOR_ZAL", correction=correction, order=order, advance=Decimal(20000))).fa
    assert (fa.p_13_1, fa.p_14_1) == (Decimal("-15993.60"), Decimal("-3678.53"))
    assert (fa.p_13_2, fa.p_14_2) == (Decimal("18214.94"), Decimal("1457.19"))
    assert (fa.p_15, fa.p_15zk) == (0, 20000)
    assert fa.zamowienie is not None and fa.zamowienie.wartosc_zamowienia == 375150


def test_an_advance_names_the_order() -> None:
    fa = clean(advance("500.00", replace(POT, pkwiu="23.41"))).fa
    assert (fa.rodzaj_faktury, fa.p_15, fa.fa_wiersz) == ("ZAL", Decimal("500.00"), ())
    assert (fa.p_13_1, fa.p_14_1) == (Decimal("406.50"), Decimal("93.50"))
    assert fa.zamowienie is not None
    assert fa.zamowienie.wartosc_zamowienia == Decimal("1394.82")
    assert fa.zamowienie.zamowienie_wiersz[0].p_11_vat_z == Decimal("260.82")
    assert fa.zamowienie.zamowienie_wiersz[0].pkwiuz == "23.41"


def test_an_advance_in_another_currency() -> None:
    fa = clean(advance("500", POT, currency="EUR", exchange_rate=Decimal("4.2637"))).fa
    assert (fa.kurs_waluty_z, fa.p_14_1w) == (Decimal("4.2637"), Decimal("398.66"))


def test_a_settlement_takes_off_the_advances() -> None:
    fa = clean(settle("500.00", Advance(number="FV/1/2025"))).fa
    assert (fa.rodzaj_faktury, fa.p_15) == ("ROZ", Decimal("894.82"))
    assert (fa.p_13_1, fa.p_14_1) == (Decimal("727.50"), Decimal("167.32"))
    assert fa.faktura_zaliczkowa[0].nr_fa_zaliczkowej == "FV/1/2025"
    last = read(write(settle("1394.82", Advance(ksef_number=KSEF_NUMBER)))).fa
    assert last.faktura_zaliczkowa[0].nr_ksef_fa_zaliczkowej == KSEF_NUMBER
    assert last.p_15 == 0


def test_a_simplified_invoice_states_its_sums() -> None:
    line = Line(name="Wiertarka", quantity=None, unit=None)
    sums = (Sum(group="1", net=Decimal("365.85"), tax=Decimal("84.15")),)
    fa = clean(make(line, kind="UPR", buyer=Party(nip="1111111111"), sums=sums)).fa
    assert (fa.p_13_1, fa.p_14_1, fa.p_15) == (Decimal("365.85"), Decimal("84.15"), 450)
    priced = Line(name="Wiertarka", gross_price=Decimal(450), rate="23")
    assert clean(make(priced, kind="UPR", buyer=Party(nip="1111111111"))).fa.p_13_1 == Decimal("365.85")


@pytest.mark.parametrize("margin", ["travel", "second-hand", "art", "antiques"])
def test_margin_procedures(margin: Any) -> None:
    line = Line(name="Koło garncarskie, używane", gross_price=Decimal(2000), rate=None)
    fa = clean(make(line, marks=Marks(margin=margin))).fa
    assert (fa.p_13_11, fa.p_15, fa.adnotacje.pmarzy.p_pmarzy) == (2000, 2000, 1)


def test_one_stop_shop() -> None:
    line = Line(name="Kubek", gross_price=Decimal("119.00"), rate=None, oss_rate=Decimal(19))
    fa = clean(
        make(line, buyer=Party(name="Max", address=Address(line1="B", country="DE")), currency="EUR")
    ).fa
    assert (fa.p_13_5, fa.p_14_5, fa.fa_wiersz[0].p_12_xii) == (100, 19, 19)


PART = ZaplataCzesciowa(kwota_zaplaty_czesciowej=Decimal(1), data_zaplaty_czesciowej=TODAY)


@pytest.mark.parametrize(
    ("line", "changes", "said"),
    [
        (Line(name="X", rate="23"), {}, r"lines\[0\].net_price"),
        (
            Line(name="X", rate="23", net_price=Decimal(1), gross_price=Decimal(1)),
            {},
            r"lines\[0\].net_price",
        ),
        (Line(name="X", rate="23", oss_rate=Decimal(19), net_price=Decimal(1)), {}, "OSS"),
        (Line(name="X", rate="24", net_price=Decimal(1)), {}, "no such rate: 24"),
        (Line(name="X", gross_price=Decimal(1)), {}, "margin"),
        (POT, {"currency": "EUR"}, "rate of exchange"),
        (POT, {"kind": "ZAL"}, "advance"),
        (POT, {"kind": "ZAL", "advance": Decimal(0)}, "advance"),
        (POT, {"kind": "ZAL", "advance": Decimal(1)}, "advance"),
        (POT, {"kind": "ZAL", "advance": Decimal(2000), "order": Order(lines=(POT,))}, "advance"),
        (POT, {"kind": "KOR_ZAL", "advance": Decimal(1)}, "amount_before"),
        (POT, {"kind": "ROZ", "advance": Decimal(1500)}, "advances are more"),
        (
            POT,
            {"order": Order(lines=(replace(POT, discount=Decimal(1)),))},
            "a line of an order has no discount",
        ),
        (Line(name="X", rate="23"), {"kind": "UPR"}, "sums"),
        (POT, {"sums": (Sum(group="7", tax=Decimal(1)),)}, "p_14_7"),
        (POT, {"sums": (Sum(group="1", net=Decimal(1)),) * 2}, "p_13_1"),
        (POT, {"seller": replace(SELLER, tax_id="1")}, "a seller has no tax_id"),
        (POT, {"buyer": replace(BUYER, internal_id="1")}, "a buyer has no internal_id"),
        (POT, {"buyer": replace(BUYER, tax_id="1")}, "one identifier"),
        (POT, {"payment": Payment(paid=TODAY, parts=(PART,))}, "in full or in parts"),
    ],
)
def test_what_contradicts_itself_is_refused(line: Line, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make(line, **changes)


def test_what_is_missing_is_named_at_once() -> None:
    bare = InvoiceDraft(seller=Party(name="S"), number="")
    assert missing(bare) == ("number", "issue_date", "seller.nip", "seller.address", "buyer")
    with pytest.raises(IncompleteDraft, match=r"seller\.nip") as refused:
        build(bare, created=NOW)
    assert refused.value.fields == missing(bare)
    assert missing(DRAFT) == ()


LINES = st.lists(
    st.builds(
        Line,
        name=st.just("Towar"),
        rate=st.sampled_from(sorted(RATES)),
        quantity=st.decimals(min_value="0.000001", max_value="9999.999999", places=6),
        net_price=st.decimals(min_value=0, max_value="99999.99999999", places=8),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(LINES)
def test_whatever_is_built_is_valid_and_clean(lines: list[Line]) -> None:
    clean(
        make(*lines, buyer=GERMAN, marks=EXEMPTION if any(line.rate == "zw" for line in lines) else Marks())
    )


class TestSamples:
    FOUND: ClassVar = {name: faktura_of(draft) for name, draft in samples(SELLER, BUYER, TODAY).items()}

    def test_there_are_enough_kinds(self) -> None:
        kinds = {faktura.fa.rodzaj_faktury for faktura in self.FOUND.values()}
        assert kinds == {"VAT", "KOR", "ZAL", "ROZ"}
        assert {"basic", "several-rates", "reverse-charge", "foreign-currency", "exempt"} <= self.FOUND.keys()
        assert len(self.FOUND) >= 8

    @pytest.mark.parametrize("name", FOUND)
    def test_each_is_valid_and_clean(self, name: str) -> None:
        clean(self.FOUND[name])

    def test_numbers_are_unique(self) -> None:
        assert len({faktura.fa.p_2 for faktura in self.FOUND.values()}) == len(self.FOUND)

    @pytest.mark.parametrize("today", [date(2026, 2, 1), date(2027, 12, 31), date(2028, 2, 29)])
    def test_on_other_days(self, today: date) -> None:
        for draft in samples(BUYER, SELLER, today).values():
            assert inspect(write(faktura_of(draft)), today=today).warnings == ()
