"""Where each rule begins and ends: the last grosz that is let through and the first that is told, and who is spared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from liczydlo.fa3.draft import Line, Order
from liczydlo.fa3.model import (
    Adres,
    DaneFaKorygowanej,
    Faktura,
    FakturaZaliczkowa,
    FaWiersz,
    KwotaZPowodem,
    OkresFa,
    Platnosc,
    PMarzy,
    PodmiotUpowazniony,
    RachunekBankowy,
    Rozliczenie,
    TerminPlatnosci,
    TozsamoscPodatnika,
    ZaliczkaCzesciowa,
    Zwolnienie,
)
from liczydlo.fa3.rules import check

from app.tests.fa3.cases import (
    ADVANCE,
    BESIDE,
    CORRECTED,
    EURO,
    EXEMPT,
    EXEMPTION,
    MARGIN,
    PLAIN,
    POT,
    TODAY,
    UNION,
    WRONG_KSEF_NUMBER,
    codes,
    make,
    nip_of,
    third,
    with_fa,
    with_marks,
)

FACTOR = "61109010140000071219812874"
KINDS = ("VAT", "KOR", "ZAL", "ROZ", "UPR", "KOR_ZAL", "KOR_ROZ")


def only(code: str, faktura: Faktura) -> list[tuple[str, dict[str, str]]]:
    """Where a rule speaks, and what it says."""
    return [(found.path, found.params) for found in check(faktura, today=TODAY) if found.code == code]


def told(code: str, faktura: Faktura) -> bool:
    return bool(only(code, faktura))


def row(p_12: str | None = "23", **fields: Any) -> FaWiersz:
    amounts = {name: Decimal(value) if isinstance(value, str) else value for name, value in fields.items()}
    return FaWiersz(nr_wiersza_fa=1, p_12=p_12, **amounts)


def with_rows(*rows: FaWiersz, **fields: Any) -> Faktura:
    return with_fa(PLAIN, fa_wiersz=rows, **fields)


class TestLines:
    @pytest.mark.parametrize(
        ("quantity", "price", "worth", "allowed"),
        [
            ("1", "10.00", "10.00", "0.02"),
            ("100", "10.00", "1000.00", "0.51"),
            ("-100", "10.00", "-1000.00", "0.51"),
            ("100", "10", "1000.00", "0.51"),  # a price without places has two
            ("100", "1E+1", "1000.00", "0.51"),
            ("100", "10.0000", "1000.00", "0.02"),
            ("1000", "10.0000", "10000.00", "0.06"),
        ],
    )
    def test_a_grosz_and_half_of_the_prices_last_place_on_each_piece(
        self, quantity: str, price: str, worth: str, allowed: str
    ) -> None:
        for side in (1, -1):
            last = Decimal(worth) + side * Decimal(allowed)
            for name, unit in (("p_11", "p_9a"), ("p_11a", "p_9b")):
                line = row(p_8b=quantity, **{unit: price})
                assert not told("line-value", with_rows(replace(line, **{name: last})))
                beyond = last + side * Decimal("0.01")
                assert only("line-value", with_rows(replace(line, **{name: beyond}))) == [
                    (f"Fa/FaWiersz[1]/{name.upper()}", {"value": f"{beyond:f}", "expected": worth})
                ]

    def test_a_discount_is_of_the_line_of_a_piece_or_in_the_price(self) -> None:
        line = row(p_8b="10", p_9a="50.0000", p_10="5.00")
        for worth in ("495.00", "450.00", "500.00"):
            assert not told("line-value", with_rows(replace(line, p_11=Decimal(worth))))
        for worth in ("445.00", "490.00"):
            assert only("line-value", with_rows(replace(line, p_11=Decimal(worth)))) == [
                ("Fa/FaWiersz[1]/P_11", {"value": worth, "expected": "495.00"})
            ]

    def test_what_lacks_a_quantity_a_price_or_a_value_is_not_judged(self) -> None:
        for line in (
            row(p_8b="2", p_9a="50", p_12="23"),
            row(p_8b="2", p_11="7"),
            row(p_9a="50", p_11="7"),
            row(p_8b="2", p_9b="50", p_11="7"),  # the price is gross, the value net
            row(p_8b="2", p_9a="50", p_11a="7"),
            row(p_8b="2", p_9b="50"),
        ):
            assert not told("line-value", with_rows(line))

    def test_the_line_is_named(self) -> None:
        good, bad = row(p_8b="1", p_9a="1", p_11="1"), row(p_8b="1", p_9a="1", p_11="2")
        assert [path for path, _ in only("line-value", with_rows(good, bad, good, bad))] == [
            "Fa/FaWiersz[2]/P_11",
            "Fa/FaWiersz[4]/P_11",
        ]

    def test_a_line_says_its_rate(self) -> None:
        bare, other = row(p_11="1", p_12=None), row(p_11a="1", p_12=None)
        assert [path for path, _ in only("line-rate", with_rows(bare, row(p_11="1"), other))] == [
            "Fa/FaWiersz[1]",
            "Fa/FaWiersz[3]",
        ]
        assert not told("line-rate", with_rows(row(p_11="1", p_12=None, p_12_xii="19")))
        assert not told("line-rate", with_rows(row(p_12=None))), "a line of words alone"
        assert not told("line-rate", MARGIN)
        for kind in KINDS[1:]:
            assert not told("line-rate", with_rows(bare, rodzaj_faktury=kind))


class TestSums:
    @pytest.mark.parametrize("kind", ["VAT", "KOR"])
    @pytest.mark.parametrize("count", [1, 3])
    def test_a_grosz_for_each_line_and_one_more(self, kind: str, count: int) -> None:
        """Tax may be the sum of the lines' taxes."""
        rows = [row(p_11="100.00")] * count
        net, tax, room = Decimal(100) * count, Decimal(23) * count, Decimal("0.01") * (count + 1)
        for field, right in (("p_13_1", net), ("p_14_1", tax)):
            for side in (1, -1):
                sums = {"p_13_1": net, "p_14_1": tax, field: right + side * room, "rodzaj_faktury": kind}
                assert not told("sum", with_rows(*rows, **sums))
                beyond, path = right + side * (room + Decimal("0.01")), f"Fa/{field.upper()}"
                assert only("sum", with_rows(*rows, **{**sums, field: beyond})) == [
                    (path, {"place": path, "value": f"{beyond:f}", "expected": f"{right:.2f}"})
                ]

    def test_two_rates_of_one_field_are_added(self) -> None:
        rows = (row(p_11="100.00", p_12="23"), row(p_11="100.00", p_12="22"))
        right = {"p_13_1": Decimal(200), "p_14_1": Decimal(45)}
        assert not told("sum", with_rows(*rows, **right))
        for field in right:
            assert [path for path, _ in only("sum", with_rows(*rows, **{**right, field: Decimal(100)}))] == [
                f"Fa/{field.upper()}"
            ]

    def test_each_field_is_compared(self) -> None:
        """A sum that no line makes, an absent one that the lines make; union tax has fields of its own."""
        union = row(p_11="50.00", p_12=None, p_12_xii="19")
        sums = {"p_13_1": None, "p_14_1": None}
        assert not told("sum", with_rows(union, **sums, p_13_5=Decimal(50), p_14_5=Decimal("9.50")))
        assert [path for path, _ in only("sum", with_rows(union, **sums))] == ["Fa/P_13_5", "Fa/P_14_5"]
        assert [path for path, _ in only("sum", with_fa(PLAIN, p_13_8=Decimal(1)))] == ["Fa/P_13_8"]
        assert not told("sum", with_fa(PLAIN, p_14_1w=Decimal(9))), "a tax in PLN is another rule's"

    def test_a_margin_is_summed_though_its_lines_say_no_rate(self) -> None:
        assert not told("sum", MARGIN)
        assert told("sum", with_fa(MARGIN, p_13_11=Decimal(1)))

    def test_what_the_lines_do_not_tell_is_not_judged(self) -> None:
        wrong = {"p_13_1": Decimal(9)}
        assert told("sum", with_fa(PLAIN, **wrong))
        assert not told("sum", with_rows(**wrong)), "no lines"
        assert not told("sum", with_rows(row(p_11="100"), row(), **wrong)), "a line without a value"
        assert not told("sum", with_rows(row(p_11="100"), row(p_11="1", p_12=None), **wrong)), (
            "without a rate"
        )
        for kind in KINDS:
            assert told("sum", with_fa(PLAIN, **wrong, rodzaj_faktury=kind)) == (kind in ("VAT", "KOR"))

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_amount_due_is_within_two_grosze(self, kind: str) -> None:
        for side in (1, -1):
            last = Decimal("1394.82") + side * Decimal("0.02")
            assert not told("total", with_fa(PLAIN, p_15=last, rodzaj_faktury=kind))
            beyond = last + side * Decimal("0.01")
            assert only("total", with_fa(PLAIN, p_15=beyond, rodzaj_faktury=kind)) == [
                ("Fa/P_15", {"value": f"{beyond:f}", "expected": "1394.82"})
            ]
        nothing = {"p_13_1": None, "p_14_1": None}
        assert not told("total", with_fa(PLAIN, **nothing, p_15=Decimal(7), rodzaj_faktury=kind))


class TestOtherCurrency:
    @pytest.mark.parametrize("group", "1234")
    def test_each_tax_is_stated_in_pln(self, group: str) -> None:
        plain = with_fa(EURO, p_14_1=None, p_14_1w=None)
        taxed = with_fa(plain, **{f"p_14_{group}": Decimal(1)})
        assert only("tax-in-pln", taxed) == [(f"Fa/P_14_{group}", {"field": f"P_14_{group}W"})]
        assert not told("tax-in-pln", with_fa(taxed, **{f"p_14_{group}w": Decimal(4)}))
        assert not told("tax-in-pln", with_fa(plain, **{f"p_14_{group}": Decimal(0)}))
        assert not told("tax-in-pln", with_fa(taxed, kod_waluty="PLN"))

    @pytest.mark.parametrize(
        ("rates", "expected", "room"),
        [
            (("4.2637",), "98.07", "0.08"),  # two grosze of the currency, in PLN
            (("0.5",), "11.50", "0.02"),  # of a currency below PLN: two grosze
            (("4", "2"), "138.00", "0.12"),  # by the dearest of the lines' rates
        ],
    )
    def test_tax_in_pln_comes_from_the_lines_rates(
        self, rates: tuple[str, ...], expected: str, room: str
    ) -> None:
        rows = tuple(row(p_11="100.00", kurs_waluty=rate) for rate in rates)
        for side in (1, -1):
            for kind in ("VAT", "KOR"):
                stated = Decimal(expected) + side * Decimal(room)
                fields = {"kod_waluty": "EUR", "rodzaj_faktury": kind}
                assert not told("tax-in-pln-value", with_rows(*rows, p_14_1w=stated, **fields))
                beyond = stated + side * Decimal("0.01")
                assert only("tax-in-pln-value", with_rows(*rows, p_14_1w=beyond, **fields)) == [
                    ("Fa/P_14_1W", {"value": f"{beyond:f}", "expected": expected})
                ]

    def test_it_is_judged_only_when_every_line_has_its_rate(self) -> None:
        wrong, one = {"kod_waluty": "EUR", "p_14_1w": Decimal(9)}, row(p_11="100.00", kurs_waluty="4")
        assert told("tax-in-pln-value", with_rows(one, **wrong))
        assert not told("tax-in-pln-value", with_rows(one, row(p_11="1.00"), **wrong))
        assert not told("tax-in-pln-value", with_rows(**wrong))
        assert not told("tax-in-pln-value", with_rows(one, kod_waluty="PLN", p_14_1w=Decimal(9)))
        for kind in ("ZAL", "ROZ", "UPR", "KOR_ZAL"):
            assert not told("tax-in-pln-value", with_rows(one, rodzaj_faktury=kind, **wrong))
        paid = {**wrong, "rodzaj_faktury": "ZAL", "p_14_1": Decimal("23.00"), "kurs_waluty_z": Decimal(4)}
        assert only("tax-in-pln-value", with_rows(**paid)) == [
            ("Fa/P_14_1W", {"value": "9", "expected": "92.00"})
        ]
        assert not told("tax-in-pln-value", with_rows(**{**paid, "p_14_1w": Decimal("92.08")}))
        several = (ZaliczkaCzesciowa(p_6z=TODAY, p_15z=Decimal(1), kurs_waluty_zw=Decimal(3)),)
        assert not told("tax-in-pln-value", with_rows(**paid, zaliczka_czesciowa=several))
        assert not told("tax-in-pln-value", with_rows(one, kod_waluty="EUR", p_14_2w=Decimal(9)))


class TestOrderAndSettlement:
    def test_an_order_is_worth_what_its_lines_are(self) -> None:
        order = ADVANCE.fa.zamowienie
        assert order is not None
        (line,) = order.zamowienie_wiersz
        worth = order.wartosc_zamowienia
        for lines, room in (((line,), "0.02"), ((line, replace(line, p_11_netto_z=None)), None)):
            for side in (1, -1):
                last = worth + side * Decimal(room or 500)
                spared = replace(order, wartosc_zamowienia=last, zamowienie_wiersz=lines)
                assert not told("order-value", with_fa(ADVANCE, zamowienie=spared))
        for side in (1, -1):
            beyond = worth + side * Decimal("0.03")
            wrong = replace(order, wartosc_zamowienia=beyond)
            assert only("order-value", with_fa(ADVANCE, zamowienie=wrong)) == [
                ("Fa/Zamowienie/WartoscZamowienia", {"value": f"{beyond:f}", "expected": f"{worth:f}"})
            ]
            for kind in ("VAT", "KOR_ZAL"):  # lines of a correction without a state before are differences
                assert not told("order-value", with_fa(ADVANCE, zamowienie=wrong, rodzaj_faktury=kind))
            before = replace(line, stan_przed_z=1)
            corrected = replace(wrong, zamowienie_wiersz=(before, line))
            assert only("order-value", with_fa(ADVANCE, zamowienie=corrected, rodzaj_faktury="KOR_ZAL")) == [
                ("Fa/Zamowienie/WartoscZamowienia", {"value": f"{beyond:f}", "expected": f"{worth:f}"})
            ]
        exempt = replace(line, p_11_vat_z=None)
        untaxed = replace(order, wartosc_zamowienia=Decimal("1134.00"), zamowienie_wiersz=(exempt,))
        assert not told("order-value", with_fa(ADVANCE, zamowienie=untaxed)), "no tax is none"
        bare = replace(order, zamowienie_wiersz=())
        assert not told("order-value", with_fa(ADVANCE, zamowienie=bare))

    @pytest.mark.parametrize(
        ("field", "name", "right"),
        [
            ("suma_obciazen", "SumaObciazen", "10.00"),
            ("suma_odliczen", "SumaOdliczen", "4.00"),
            ("do_zaplaty", "DoZaplaty", "1400.82"),
        ],
    )
    def test_what_stands_beside_adds_up_to_the_grosz(self, field: str, name: str, right: str) -> None:
        for side in (1, -1):
            last = Decimal(right) + side * Decimal("0.01")
            assert not told("beside", with_fa(PLAIN, rozliczenie=replace(BESIDE, **{field: last})))
            beyond = last + side * Decimal("0.01")
            found = only("beside", with_fa(PLAIN, rozliczenie=replace(BESIDE, **{field: beyond})))
            assert found == [(f"Fa/Rozliczenie/{name}", {"value": f"{beyond:f}", "expected": right})]
        assert not told("beside", with_fa(PLAIN, rozliczenie=replace(BESIDE, **{field: None})))

    def test_charges_and_deductions_are_summed(self) -> None:
        two = (KwotaZPowodem(kwota=Decimal(1), powod="a"), KwotaZPowodem(kwota=Decimal(2), powod="b"))
        beside = Rozliczenie(obciazenia=two, suma_obciazen=Decimal(3), do_zaplaty=Decimal("1397.82"))
        assert not told("beside", with_fa(PLAIN, rozliczenie=beside))
        less = Rozliczenie(odliczenia=two, suma_odliczen=Decimal(3), do_zaplaty=Decimal("1391.82"))
        assert not told("beside", with_fa(PLAIN, rozliczenie=less))


class TestKinds:
    @pytest.mark.parametrize("kind", KINDS)
    def test_what_a_kind_must_name(self, kind: str) -> None:
        bare = with_fa(PLAIN, rodzaj_faktury=kind)
        assert told("correction-of-what", bare) == kind.startswith("KOR")
        assert told("advance-of-what", bare) == (kind == "ZAL")
        assert told("settlement-of-what", bare) == (kind == "ROZ")

    def test_what_is_corrected_is_not_later(self) -> None:
        def corrected(*days: date) -> Faktura:
            originals = tuple(
                DaneFaKorygowanej(data_wyst_fa_korygowanej=day, nr_fa_korygowanej="1", nr_ksef_n=1)
                for day in days
            )
            return with_fa(CORRECTED, dane_fa_korygowanej=originals)

        tomorrow = date(2026, 11, 24)
        assert codes(corrected(TODAY)) == []
        assert only("corrected-later", corrected(TODAY, tomorrow)) == [
            ("Fa/DaneFaKorygowanej[2]/DataWystFaKorygowanej", {"value": "2026-11-24"})
        ]

    @pytest.mark.parametrize(("currency", "limit"), [("PLN", "450"), ("EUR", "100")])
    def test_a_simplified_invoice_is_a_small_one(self, currency: str, limit: str) -> None:
        def simplified(amount: str, currency: str = currency, kind: str = "UPR") -> Faktura:
            return with_rows(p_15=Decimal(amount), kod_waluty=currency, rodzaj_faktury=kind)

        assert not told("simplified-limit", simplified(limit))
        assert only("simplified-limit", simplified(f"{limit}.01")) == [
            ("Fa/P_15", {"value": f"{limit}.01", "limit": f"{limit} {currency}"})
        ]
        assert not told("simplified-limit", simplified("9999", currency="USD"))
        assert not told("simplified-limit", simplified("9999", kind="VAT"))

    @pytest.mark.parametrize(
        ("number", "right"),
        [
            (WRONG_KSEF_NUMBER, False),
            ("9999999999-20230231-8BEF280C8D35-4D", False),  # a day that does not exist
            ("5265877635-20250826-0100001AF629-AF", True),
            ("5265877635-20250826-0100001AF629AF", True),  # of KSeF 1.0
            (None, True),
        ],
    )
    def test_a_ksef_number_of_another_document(self, number: str | None, right: bool) -> None:
        good = "5265877635-20250826-0100001AF629-AF"
        originals = tuple(
            DaneFaKorygowanej(
                data_wyst_fa_korygowanej=TODAY, nr_fa_korygowanej="1", nr_ksef=1, nr_ksef_fa_korygowanej=each
            )
            for each in (good, number)
        )
        advances = tuple(FakturaZaliczkowa(nr_ksef_fa_zaliczkowej=each) for each in (good, number))
        expected = [] if right else [{"value": number}]
        for found, path in (
            (
                with_fa(CORRECTED, dane_fa_korygowanej=originals),
                "Fa/DaneFaKorygowanej[2]/NrKSeFFaKorygowanej",
            ),
            (with_fa(PLAIN, faktura_zaliczkowa=advances), "Fa/FakturaZaliczkowa[2]/NrKSeFFaZaliczkowej"),
        ):
            assert only("ksef-number", found) == [(path, params) for params in expected]

    def test_a_period_ends_after_it_begins(self) -> None:
        def period(begins: int, ends: int) -> Faktura:
            return with_fa(
                PLAIN, okres_fa=OkresFa(p_6_od=date(2026, 11, begins), p_6_do=date(2026, 11, ends))
            )

        assert not told("period-backwards", period(1, 30))
        assert only("period-backwards", period(2, 1)) == [
            ("Fa/OkresFa", {"begins": "2026-11-02", "ends": "2026-11-01"})
        ]

    def test_a_term_of_payment_is_not_before_the_issue(self) -> None:
        yesterday = date(2026, 11, 22)
        terms = Platnosc(
            termin_platnosci=tuple(TerminPlatnosci(termin=day) for day in (TODAY, None, yesterday))
        )
        late = with_fa(PLAIN, platnosc=terms)
        assert only("due-before-issue", late) == [
            ("Fa/Platnosc/TerminPlatnosci[3]/Termin", {"value": "2026-11-22"})
        ]
        for kind in KINDS[1:]:
            assert not told("due-before-issue", with_fa(late, rodzaj_faktury=kind)), (
                "the term of the original"
            )

    def test_tomorrow_is_too_early(self) -> None:
        for day, expected in ((22, 1), (23, 0), (24, 0)):
            found = [
                each for each in check(PLAIN, today=date(2026, 11, day)) if each.code == "issue-date-future"
            ]
            assert [each.params for each in found] == [
                {"value": "2026-11-23", "today": "2026-11-22"}
            ] * expected


class TestMarks:
    @pytest.mark.parametrize(
        "rate", ["23", "22", "8", "7", "5", "4", "3", "0 KR", "0 WDT", "0 EX", "zw", "np I"]
    )
    def test_who_settles_the_tax_himself(self, rate: str) -> None:
        line = row(p_11="1", p_12=rate)
        assert not told("reverse-charge-mark", with_rows(line))
        marked = with_marks(with_rows(line), p_18=1)
        assert told("reverse-charge-taxed", marked) == rate.isdigit()

    def test_a_mixed_invoice_is_marked(self) -> None:
        mixed = with_rows(row(p_11="1", p_12="oo"), row(p_11="1"))
        assert only("reverse-charge-mark", mixed) == [("Fa/Adnotacje/P_18", {"rate": "oo"})]
        assert not told("reverse-charge-taxed", with_marks(mixed, p_18=1))
        assert not told("reverse-charge-mark", with_marks(mixed, p_18=1))
        assert not told("reverse-charge-taxed", with_marks(with_rows(), p_18=1)), "no line says anything"
        every = with_rows(*(row(p_11="1", p_12=rate) for rate in ("23", "22", "8", "7", "5", "4", "3")))
        assert told("reverse-charge-taxed", with_marks(every, p_18=1))
        beside_words = with_rows(row(p_11="1"), row(p_12=None))
        assert told("reverse-charge-taxed", with_marks(beside_words, p_18=1))
        both = with_rows(row(p_11="1", p_12="oo"), row(p_11="1", p_12="np II"))
        assert [params for _, params in only("reverse-charge-mark", both)] == [{"rate": "np II"}]

    def test_the_rates_of_an_order_count_too(self) -> None:
        reverse = Line(name="X", net_price=Decimal(1), rate="oo")
        order = make(kind="ZAL", order=Order(lines=(reverse,)), advance=Decimal(1))
        assert told("reverse-charge-mark", with_marks(order, p_18=2))

    def test_an_exemption_of_nothing(self) -> None:
        basis = Zwolnienie(p_19=1, p_19a="art. 113")
        assert told("exemption-of-nothing", with_marks(PLAIN, zwolnienie=basis))
        assert not told("exemption-of-nothing", with_marks(with_rows(), zwolnienie=basis))
        stated = with_fa(with_marks(PLAIN, zwolnienie=basis), p_13_7=Decimal(0))
        assert not told("exemption-of-nothing", stated)
        mixed = make(EXEMPT, POT, marks=EXEMPTION)
        assert codes(mixed) == []
        assert not told("exemption-of-nothing", with_fa(mixed, p_13_7=None))

    def test_a_margin_of_nothing(self) -> None:
        marked = with_marks(PLAIN, pmarzy=PMarzy(p_pmarzy=1, p_pmarzy_2=1))
        for kind in KINDS:
            found = told("margin-of-nothing", with_fa(marked, rodzaj_faktury=kind))
            assert found == (not kind.startswith("KOR")), "a correction may leave the margin as it was"
        assert not told("margin-of-nothing", with_fa(marked, p_13_11=Decimal(0)))
        assert not told("margin-mark", with_fa(PLAIN, p_13_11=Decimal(0)))
        assert told("margin-mark", with_fa(PLAIN, p_13_11=Decimal("0.01")))

    def test_split_payment_above_fifteen_thousand_of_annex_15(self) -> None:
        def dear(amount: str, annex: int | None = 1, currency: str = "PLN", mark: int = 2) -> Faktura:
            rows = (row(p_11="1"), row(p_11="1", p_12_zal_15=annex))
            return with_marks(with_rows(*rows, p_15=Decimal(amount), kod_waluty=currency), p_18a=mark)

        assert not told("split-payment-mark", dear("15000.00"))
        assert told("split-payment-mark", dear("15000.01"))
        assert not told("split-payment-mark", dear("15000.01", mark=1))
        assert not told("split-payment-mark", dear("15000.01", annex=None))
        assert not told("split-payment-mark", dear("15000.01", currency="EUR"))

    def test_split_payment_in_another_currency_and_not_to_a_consumer(self) -> None:
        def dear(amount: str, rate: str) -> Faktura:
            rows = row(p_11="1", p_12_zal_15=1, kurs_waluty=Decimal(rate))
            return with_rows(rows, p_15=Decimal(amount), kod_waluty="EUR")

        assert told("split-payment-mark", dear("3500.00", "4.3"))
        assert not told("split-payment-mark", dear("3000.00", "4.3"))
        sold = dear("3500.00", "4.3")
        nobody = replace(sold.podmiot2.dane_identyfikacyjne, nip=None, brak_id=1)
        consumer = replace(sold, podmiot2=replace(sold.podmiot2, dane_identyfikacyjne=nobody))
        assert not told("split-payment-mark", consumer)


class TestParties:
    def test_every_nip_is_checked(self) -> None:
        wrong = "5265877634"
        seller = replace(PLAIN.podmiot1.dane_identyfikacyjne, nip=wrong)
        authorised = PodmiotUpowazniony(
            dane_identyfikacyjne=TozsamoscPodatnika(nip=wrong, nazwa="Komornik"),
            adres=Adres(kod_kraju="PL", adres_l1="x"),
            rola_pu=2,
        )
        for path, faktura in {
            "Podmiot1/DaneIdentyfikacyjne/NIP": replace(
                PLAIN, podmiot1=replace(PLAIN.podmiot1, dane_identyfikacyjne=seller)
            ),
            "Podmiot2/DaneIdentyfikacyjne/NIP": nip_of(PLAIN, wrong),
            "Podmiot3[2]/DaneIdentyfikacyjne/NIP": replace(PLAIN, podmiot3=(third(2), third(2, nip=wrong))),
            "Podmiot3[1]/DaneIdentyfikacyjne/IDWew": replace(
                PLAIN, podmiot3=(third(2, id_wew=f"{wrong}-00001"),)
            ),
            "PodmiotUpowazniony/DaneIdentyfikacyjne/NIP": replace(PLAIN, podmiot_upowazniony=authorised),
        }.items():
            assert only("nip-checksum", faktura) == [(path, {"value": wrong})]
        right = replace(authorised, dane_identyfikacyjne=TozsamoscPodatnika(nip="5265877635", nazwa="x"))
        good = replace(PLAIN, podmiot3=(third(2, id_wew="5265877635-00001"),), podmiot_upowazniony=right)
        assert codes(good) == []

    @pytest.mark.parametrize(
        ("field", "role", "code"), [("jst", 8, "local-authority-unit"), ("gv", 10, "vat-group-member")]
    )
    def test_who_stands_behind_the_buyer(self, field: str, role: int, code: str) -> None:
        marked = replace(PLAIN, podmiot2=replace(PLAIN.podmiot2, **{field: 1}))
        for roles in ((), (role,), (2, role), (18 - role,), (9, None)):
            faktura = replace(marked, podmiot3=tuple(third(each, nip="1111111111") for each in roles))
            assert told(code, faktura) == (role not in roles)
            assert not told(code, replace(faktura, podmiot2=replace(faktura.podmiot2, **{field: 2})))

    @pytest.mark.parametrize("rate", ["0 WDT", "np II"])
    def test_trade_in_the_union_is_between_european_numbers(self, rate: str) -> None:
        line = row(p_11="1", p_12=rate)
        bare = with_marks(with_rows(line), p_18=1)
        assert only("eu-prefix", bare) == [("Podmiot1", {})]
        assert only("eu-buyer", bare) == [("Podmiot2/DaneIdentyfikacyjne", {})]
        simplified = with_fa(bare, rodzaj_faktury="UPR")
        assert not told("eu-prefix", simplified)
        assert not told("eu-buyer", simplified)
        assert not told("eu-prefix", with_rows(row(p_11="1", p_12="0 EX")))
        prefixed = replace(
            bare, podmiot1=replace(bare.podmiot1, prefiks_podatnika="PL"), podmiot2=UNION.podmiot2
        )
        assert not told("eu-prefix", prefixed)
        assert not told("eu-buyer", prefixed)

    @pytest.mark.parametrize(
        ("account", "right"),
        [
            (FACTOR, True),
            (f"PL{FACTOR}", True),
            ("PL61 1090 1014 0000 0712 1981 2874", True),
            (FACTOR[:-1] + "5", False),
            ("16" + FACTOR[2:], False),
            (f"PL{FACTOR[:-1]}5", False),
            ("61 1090 1014 0000 0712 1981 2875", False),
            ("DE89370400440532013001", True),  # of another country: not ours to judge
            (FACTOR + "0", True),
        ],
    )
    def test_a_polish_account_has_check_digits(self, account: str, right: bool) -> None:
        both = tuple(RachunekBankowy(nr_rb=each) for each in (FACTOR, account))
        for name in ("RachunekBankowy", "RachunekBankowyFaktora"):
            field = {"RachunekBankowy": "rachunek_bankowy"}.get(name, "rachunek_bankowy_faktora")
            found = only("account-checksum", with_fa(PLAIN, platnosc=Platnosc(**{field: both})))
            assert found == ([] if right else [(f"Fa/Platnosc/{name}[2]/NrRB", {"value": account})])
