"""The builder of ordinary invoices: what it writes for each kind, what it refuses; the project's own examples."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liczydlo.demo.samples import samples
from liczydlo.fa3.build import Correction, Line, Original, Party, Payment, sale
from liczydlo.fa3.document import inspect
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.read import read
from liczydlo.fa3.totals import RATES
from liczydlo.fa3.write import write

TODAY = date(2026, 11, 23)
SELLER = Party(
    nip="5265877635", name="Pracownia „Glina & Ogień”", line1="ul. Garncarska 3", line2="00-001 Warszawa"
)
BUYER = Party(nip="1111111111", name="Sklep <Kubek>", line1="ul. Sklepowa 7")
POT = Line(name="Donica", quantity=Decimal(6), net_price=Decimal("189.00"), rate="23")
ORIGINAL = Original(number="FV/1/2025", issue_date=date(2025, 12, 1), gross=Decimal("500.00"))
KSEF_NUMBER = "5265877635-20261101-0123456789AB-1C"

make = partial(
    sale,
    seller=SELLER,
    buyer=BUYER,
    number="FV/1/2026",
    issue_date=TODAY,
    created=datetime(2026, 11, 23, 9, 15, 30, 123456, tzinfo=timezone(timedelta(hours=1))),
)


def clean(faktura: Faktura) -> Faktura:
    """The document as it comes back from its own file, once schema and rules have nothing against it."""
    document = inspect(write(faktura), today=TODAY)
    assert document.warnings == ()
    assert document.faktura == read(write(faktura))
    return document.faktura


def test_an_ordinary_sale() -> None:
    found = clean(
        make(
            lines=[
                POT,
                Line(name="Katalog", net_price=Decimal("64.76"), rate="5", gtu="GTU_10", pkwiu="58.11"),
            ],
            place="Warszawa",
            payment=Payment(due=date(2026, 12, 7), account="61109010140000071219812874"),
            remarks=[("Zamówienie", "ZAM/118")],
            split_payment=True,
        )
    )
    assert found.naglowek.data_wytworzenia_fa == datetime(2026, 11, 23, 8, 15, 30, tzinfo=UTC)
    assert found.naglowek.system_info == "Liczydło"
    assert found.podmiot1.dane_identyfikacyjne.nazwa == "Pracownia „Glina & Ogień”"
    assert (found.podmiot2.jst, found.podmiot2.gv) == (2, 2)
    fa = found.fa
    assert (fa.rodzaj_faktury, fa.p_1m, fa.p_15) == ("VAT", "Warszawa", Decimal("1462.82"))
    assert (fa.p_13_1, fa.p_14_1) == (Decimal("1134.00"), Decimal("260.82"))
    assert (fa.p_13_3, fa.p_14_3) == (Decimal("64.76"), Decimal("3.24"))
    assert [line.nr_wiersza_fa for line in fa.fa_wiersz] == [1, 2]
    assert fa.fa_wiersz[1].gtu == "GTU_10"
    assert fa.adnotacje.p_18a == 1
    assert fa.platnosc is not None
    assert fa.platnosc.termin_platnosci[0].termin == date(2026, 12, 7)
    assert fa.dodatkowy_opis[0].wartosc == "ZAM/118"


def test_the_day_of_sale_is_named_only_when_it_is_another() -> None:
    assert clean(make(lines=[POT], sale_date=TODAY)).fa.p_6 is None
    assert clean(make(lines=[POT], sale_date=date(2026, 11, 20))).fa.p_6 == date(2026, 11, 20)


def test_paid_on_the_spot() -> None:
    paid = clean(make(lines=[POT], payment=Payment(form=1, paid=TODAY, due=TODAY))).fa.platnosc
    assert paid is not None
    assert (paid.zaplacono, paid.data_zaplaty, paid.termin_platnosci) == (1, TODAY, ())


@pytest.mark.parametrize(
    ("buyer", "expected"),
    [
        (Party(name="N", nip="1111111111"), {"nip": "1111111111"}),
        (
            Party(name="N", vat_ue_country="EL", vat_ue="094019245", country="GR", line1="A"),
            {"kod_ue": "EL", "nr_vat_ue": "094019245"},
        ),
        (Party(name="N", vat_ue="136695976", country="DE"), {"kod_ue": "DE", "nr_vat_ue": "136695976"}),
        (Party(name="N", tax_id="12-3456789", country="US"), {"kod_kraju": "US", "nr_id": "12-3456789"}),
        (Party(name="Jan Kowalski"), {"brak_id": 1}),
    ],
)
def test_who_buys(buyer: Party, expected: dict[str, object]) -> None:
    identity = clean(make(buyer=buyer, lines=[POT])).podmiot2.dane_identyfikacyjne
    for field in ("nip", "kod_ue", "nr_vat_ue", "kod_kraju", "nr_id", "brak_id"):
        assert getattr(identity, field) == expected.get(field)


def test_gross_prices_and_a_discount() -> None:
    line = Line(
        name="Kubek", quantity=Decimal(7), gross_price=Decimal("39.90"), discount=Decimal("9.30"), rate="23"
    )
    fa = clean(make(lines=[line])).fa
    assert (fa.fa_wiersz[0].p_11, fa.fa_wiersz[0].p_11a) == (None, Decimal("270.00"))
    assert (fa.p_13_1, fa.p_14_1, fa.p_15) == (Decimal("219.51"), Decimal("50.49"), Decimal("270.00"))


GERMAN = Party(name="Töpferhaus", vat_ue_country="DE", vat_ue="136695976", country="DE", line1="Allee 12")


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
    found = clean(make(buyer=buyer, lines=[Line(name="Usługa", net_price=Decimal(100), rate=rate)]))
    assert (found.fa.adnotacje.p_18, found.podmiot1.prefiks_podatnika) == (mark, prefix)


def test_another_currency() -> None:
    fa = clean(make(lines=[POT], currency="EUR", exchange_rate=Decimal("4.2637"))).fa
    assert (fa.p_14_1, fa.p_14_1w) == (Decimal("260.82"), Decimal("1112.06"))
    assert fa.fa_wiersz[0].kurs_waluty == Decimal("4.2637")


def test_zloty_needs_no_rate_of_exchange() -> None:
    fa = clean(make(lines=[POT], exchange_rate=Decimal("4.2637"))).fa
    assert (fa.p_14_1w, fa.fa_wiersz[0].kurs_waluty) == (None, None)


@pytest.mark.parametrize("ksef_number", [None, KSEF_NUMBER])
def test_a_correction(ksef_number: str | None) -> None:
    original = Original(number="FV/1/2025", issue_date=date(2025, 12, 1), ksef_number=ksef_number)
    after = Line(name="Donica", quantity=Decimal(4), net_price=Decimal("189.00"), rate="23")
    faktura = make(
        lines=[after], correction=Correction(original=original, reason="Zwrot dwóch donic", before=[POT])
    )
    fa = read(write(faktura)).fa
    assert (fa.rodzaj_faktury, fa.p_15, fa.typ_korekty) == ("KOR", Decimal("-464.94"), 2)
    assert [(line.nr_wiersza_fa, line.stan_przed) for line in fa.fa_wiersz] == [(1, 1), (2, None)]
    corrected = fa.dane_fa_korygowanej[0]
    assert (corrected.nr_ksef, corrected.nr_ksef_n) == ((1, None) if ksef_number else (None, 1))
    assert corrected.nr_ksef_fa_korygowanej == ksef_number


def test_a_correction_to_nothing_keeps_the_exemption() -> None:
    exempt = Line(name="Kurs", net_price=Decimal(85), rate="zw")
    correction = Correction(original=ORIGINAL, reason="Rezygnacja", before=[exempt])
    fa = clean(make(lines=[], correction=correction, exemption="art. 113 ust. 1 ustawy o VAT")).fa
    assert (fa.p_13_7, fa.p_15, fa.adnotacje.zwolnienie.p_19) == (Decimal("-85.00"), Decimal("-85.00"), 1)


def test_an_advance_names_the_order() -> None:
    fa = clean(make(lines=[POT], advance=Decimal("500.00"))).fa
    assert (fa.rodzaj_faktury, fa.p_15, fa.fa_wiersz) == ("ZAL", Decimal("500.00"), ())
    assert (fa.p_13_1, fa.p_14_1) == (Decimal("406.50"), Decimal("93.50"))
    assert fa.zamowienie is not None
    assert fa.zamowienie.wartosc_zamowienia == Decimal("1394.82")
    assert fa.zamowienie.zamowienie_wiersz[0].p_11_vat_z == Decimal("260.82")


def test_an_advance_in_another_currency() -> None:
    fa = clean(make(lines=[POT], advance=Decimal(500), currency="EUR", exchange_rate=Decimal("4.2637"))).fa
    assert (fa.kurs_waluty_z, fa.p_14_1w) == (Decimal("4.2637"), Decimal("398.66"))


def test_a_settlement_takes_off_the_advances() -> None:
    fa = clean(make(lines=[POT], settles=[ORIGINAL])).fa
    assert (fa.rodzaj_faktury, fa.p_15) == ("ROZ", Decimal("894.82"))
    assert (fa.p_13_1, fa.p_14_1) == (Decimal("727.50"), Decimal("167.32"))
    assert fa.faktura_zaliczkowa[0].nr_fa_zaliczkowej == "FV/1/2025"
    by_ksef = Original(number="FZ/1", issue_date=TODAY, ksef_number=KSEF_NUMBER, gross=Decimal("1394.82"))
    last = read(write(make(lines=[POT], settles=[by_ksef]))).fa
    assert last.faktura_zaliczkowa[0].nr_ksef_fa_zaliczkowej == KSEF_NUMBER
    assert last.p_15 == 0


@pytest.mark.parametrize("margin", ["travel", "second-hand", "art", "antiques"])
def test_margin_procedures(margin: str) -> None:
    line = Line(name="Koło garncarskie, używane", gross_price=Decimal(2000), rate=None)
    fa = clean(make(lines=[line], margin=margin)).fa
    assert (fa.p_13_11, fa.p_15, fa.adnotacje.pmarzy.p_pmarzy) == (2000, 2000, 1)


def test_one_stop_shop() -> None:
    line = Line(name="Kubek", gross_price=Decimal("119.00"), rate=None, oss_rate=Decimal(19))
    fa = clean(make(buyer=Party(name="Max", country="DE", line1="B"), lines=[line], currency="EUR")).fa
    assert (fa.p_13_5, fa.p_14_5, fa.fa_wiersz[0].p_12_xii) == (100, 19, 19)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lines": [Line(name="X", rate="23")]}, "exactly one"),
        ({"lines": [Line(name="X", rate="23", net_price=Decimal(1), gross_price=Decimal(1))]}, "exactly one"),
        ({"lines": [Line(name="X", rate="23", oss_rate=Decimal(19), net_price=Decimal(1))]}, "OSS"),
        ({"lines": [Line(name="X", rate="zw", net_price=Decimal(1))]}, "legal basis"),
        ({"lines": [Line(name="X", rate=None, gross_price=Decimal(1))]}, "margin"),
        ({"lines": [POT], "margin": "art"}, "margin"),
        ({"lines": [POT], "currency": "EUR"}, "rate of exchange"),
        ({"lines": [POT], "advance": Decimal(0)}, "advance"),
        ({"lines": [POT], "advance": Decimal(2000)}, "advance"),
        ({"lines": [], "advance": Decimal(1)}, "advance"),
        ({"lines": [POT], "settles": [ORIGINAL] * 3}, "advances are more"),
        ({"lines": [POT], "settles": [ORIGINAL], "advance": Decimal(1)}, "one of"),
        ({"lines": [POT], "seller": Party(name="S", line1="A")}, "seller"),
        ({"lines": [POT], "seller": Party(name="S", nip="5265877635")}, "seller"),
    ],
)
def test_what_contradicts_itself_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make(**changes)  # type: ignore[arg-type]


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


@settings(max_examples=60, deadline=None)
@given(LINES)
def test_whatever_is_built_is_valid_and_clean(lines: list[Line]) -> None:
    clean(make(buyer=GERMAN, lines=lines, exemption="art. 113 ust. 1 ustawy o VAT"))


class TestSamples:
    FOUND = samples(SELLER, BUYER, TODAY)

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
        for faktura in samples(BUYER, SELLER, today).values():
            assert inspect(write(faktura), today=today).warnings == ()
