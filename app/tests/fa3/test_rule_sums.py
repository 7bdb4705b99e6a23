"""Where the rules of lines, sums, tax in PLN and settlement begin and end, to the grosz."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from liczydlo.fa3.model import KwotaZPowodem, Rozliczenie, ZaliczkaCzesciowa

from app.tests.fa3.cases import ADVANCE, BESIDE, EURO, MARGIN, PLAIN, TODAY, with_fa
from app.tests.fa3.rows import KINDS, fires, only, row, with_rows


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
                assert not fires("line-value", with_rows(replace(line, **{name: last})))
                beyond = last + side * Decimal("0.01")
                assert only("line-value", with_rows(replace(line, **{name: beyond}))) == [
                    (f"Fa/FaWiersz[1]/{name.upper()}", {"value": f"{beyond:f}", "expected": worth})
                ]

    def test_a_discount_is_of_the_line_of_a_piece_or_in_the_price(self) -> None:
        line = row(p_8b="10", p_9a="50.0000", p_10="5.00")
        for worth in ("495.00", "450.00", "500.00"):
            assert not fires("line-value", with_rows(replace(line, p_11=Decimal(worth))))
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
            assert not fires("line-value", with_rows(line))

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
        assert not fires("line-rate", with_rows(row(p_11="1", p_12=None, p_12_xii="19")))
        assert not fires("line-rate", with_rows(row(p_12=None))), "a line of words alone"
        assert not fires("line-rate", MARGIN)
        for kind in KINDS[1:]:
            assert not fires("line-rate", with_rows(bare, rodzaj_faktury=kind))


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
                assert not fires("sum", with_rows(*rows, **sums))
                beyond, path = right + side * (room + Decimal("0.01")), f"Fa/{field.upper()}"
                assert only("sum", with_rows(*rows, **{**sums, field: beyond})) == [
                    (path, {"place": path, "value": f"{beyond:f}", "expected": f"{right:.2f}"})
                ]

    def test_two_rates_of_one_field_are_added(self) -> None:
        rows = (row(p_11="100.00", p_12="23"), row(p_11="100.00", p_12="22"))
        right = {"p_13_1": Decimal(200), "p_14_1": Decimal(45)}
        assert not fires("sum", with_rows(*rows, **right))
        for field in right:
            assert [path for path, _ in only("sum", with_rows(*rows, **{**right, field: Decimal(100)}))] == [
                f"Fa/{field.upper()}"
            ]

    def test_each_field_is_compared(self) -> None:
        """A sum that no line makes, an absent one that the lines make; union tax has fields of its own."""
        union = row(p_11="50.00", p_12=None, p_12_xii="19")
        sums = {"p_13_1": None, "p_14_1": None}
        assert not fires("sum", with_rows(union, **sums, p_13_5=Decimal(50), p_14_5=Decimal("9.50")))
        assert [path for path, _ in only("sum", with_rows(union, **sums))] == ["Fa/P_13_5", "Fa/P_14_5"]
        assert [path for path, _ in only("sum", with_fa(PLAIN, p_13_8=Decimal(1)))] == ["Fa/P_13_8"]
        assert not fires("sum", with_fa(PLAIN, p_14_1w=Decimal(9))), "a tax in PLN is another rule's"

    def test_a_margin_is_summed_though_its_lines_say_no_rate(self) -> None:
        assert not fires("sum", MARGIN)
        assert fires("sum", with_fa(MARGIN, p_13_11=Decimal(1)))

    def test_what_the_lines_do_not_tell_is_not_judged(self) -> None:
        wrong = {"p_13_1": Decimal(9)}
        assert fires("sum", with_fa(PLAIN, **wrong))
        assert not fires("sum", with_rows(**wrong)), "no lines"
        assert not fires("sum", with_rows(row(p_11="100"), row(), **wrong)), "a line without a value"
        assert not fires("sum", with_rows(row(p_11="100"), row(p_11="1", p_12=None), **wrong)), (
            "without a rate"
        )
        for kind in KINDS:
            assert fires("sum", with_fa(PLAIN, **wrong, rodzaj_faktury=kind)) == (kind in ("VAT", "KOR"))

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_amount_due_is_within_two_grosze(self, kind: str) -> None:
        for side in (1, -1):
            last = Decimal("1394.82") + side * Decimal("0.02")
            assert not fires("total", with_fa(PLAIN, p_15=last, rodzaj_faktury=kind))
            beyond = last + side * Decimal("0.01")
            assert only("total", with_fa(PLAIN, p_15=beyond, rodzaj_faktury=kind)) == [
                ("Fa/P_15", {"value": f"{beyond:f}", "expected": "1394.82"})
            ]
        nothing = {"p_13_1": None, "p_14_1": None}
        assert not fires("total", with_fa(PLAIN, **nothing, p_15=Decimal(7), rodzaj_faktury=kind))


class TestOtherCurrency:
    @pytest.mark.parametrize("group", "1234")
    def test_each_tax_is_stated_in_pln(self, group: str) -> None:
        plain = with_fa(EURO, p_14_1=None, p_14_1w=None)
        taxed = with_fa(plain, **{f"p_14_{group}": Decimal(1)})
        assert only("tax-in-pln", taxed) == [(f"Fa/P_14_{group}", {"field": f"P_14_{group}W"})]
        assert not fires("tax-in-pln", with_fa(taxed, **{f"p_14_{group}w": Decimal(4)}))
        assert not fires("tax-in-pln", with_fa(plain, **{f"p_14_{group}": Decimal(0)}))
        assert not fires("tax-in-pln", with_fa(taxed, kod_waluty="PLN"))

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
                assert not fires("tax-in-pln-value", with_rows(*rows, p_14_1w=stated, **fields))
                beyond = stated + side * Decimal("0.01")
                assert only("tax-in-pln-value", with_rows(*rows, p_14_1w=beyond, **fields)) == [
                    ("Fa/P_14_1W", {"value": f"{beyond:f}", "expected": expected})
                ]

    def test_it_is_judged_only_when_every_line_has_its_rate(self) -> None:
        wrong, one = {"kod_waluty": "EUR", "p_14_1w": Decimal(9)}, row(p_11="100.00", kurs_waluty="4")
        assert fires("tax-in-pln-value", with_rows(one, **wrong))
        assert not fires("tax-in-pln-value", with_rows(one, row(p_11="1.00"), **wrong))
        assert not fires("tax-in-pln-value", with_rows(**wrong))
        assert not fires("tax-in-pln-value", with_rows(one, kod_waluty="PLN", p_14_1w=Decimal(9)))
        for kind in ("ZAL", "ROZ", "UPR", "KOR_ZAL"):
            assert not fires("tax-in-pln-value", with_rows(one, rodzaj_faktury=kind, **wrong))
        paid = {**wrong, "rodzaj_faktury": "ZAL", "p_14_1": Decimal("23.00"), "kurs_waluty_z": Decimal(4)}
        assert only("tax-in-pln-value", with_rows(**paid)) == [
            ("Fa/P_14_1W", {"value": "9", "expected": "92.00"})
        ]
        assert not fires("tax-in-pln-value", with_rows(**{**paid, "p_14_1w": Decimal("92.08")}))
        several = (ZaliczkaCzesciowa(p_6z=TODAY, p_15z=Decimal(1), kurs_waluty_zw=Decimal(3)),)
        assert not fires("tax-in-pln-value", with_rows(**paid, zaliczka_czesciowa=several))
        assert not fires("tax-in-pln-value", with_rows(one, kod_waluty="EUR", p_14_2w=Decimal(9)))


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
                assert not fires("order-value", with_fa(ADVANCE, zamowienie=spared))
        for side in (1, -1):
            beyond = worth + side * Decimal("0.03")
            wrong = replace(order, wartosc_zamowienia=beyond)
            assert only("order-value", with_fa(ADVANCE, zamowienie=wrong)) == [
                ("Fa/Zamowienie/WartoscZamowienia", {"value": f"{beyond:f}", "expected": f"{worth:f}"})
            ]
            for kind in ("VAT", "KOR_ZAL"):  # lines of a correction without a state before are differences
                assert not fires("order-value", with_fa(ADVANCE, zamowienie=wrong, rodzaj_faktury=kind))
            before = replace(line, stan_przed_z=1)
            corrected = replace(wrong, zamowienie_wiersz=(before, line))
            assert only("order-value", with_fa(ADVANCE, zamowienie=corrected, rodzaj_faktury="KOR_ZAL")) == [
                ("Fa/Zamowienie/WartoscZamowienia", {"value": f"{beyond:f}", "expected": f"{worth:f}"})
            ]
        exempt = replace(line, p_11_vat_z=None)
        untaxed = replace(order, wartosc_zamowienia=Decimal("1134.00"), zamowienie_wiersz=(exempt,))
        assert not fires("order-value", with_fa(ADVANCE, zamowienie=untaxed)), "no tax is none"
        bare = replace(order, zamowienie_wiersz=())
        assert not fires("order-value", with_fa(ADVANCE, zamowienie=bare))

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
            assert not fires("beside", with_fa(PLAIN, rozliczenie=replace(BESIDE, **{field: last})))
            beyond = last + side * Decimal("0.01")
            result = only("beside", with_fa(PLAIN, rozliczenie=replace(BESIDE, **{field: beyond})))
            assert result == [(f"Fa/Rozliczenie/{name}", {"value": f"{beyond:f}", "expected": right})]
        assert not fires("beside", with_fa(PLAIN, rozliczenie=replace(BESIDE, **{field: None})))

    def test_charges_and_deductions_are_summed(self) -> None:
        two = (KwotaZPowodem(kwota=Decimal(1), powod="a"), KwotaZPowodem(kwota=Decimal(2), powod="b"))
        beside = Rozliczenie(obciazenia=two, suma_obciazen=Decimal(3), do_zaplaty=Decimal("1397.82"))
        assert not fires("beside", with_fa(PLAIN, rozliczenie=beside))
        less = Rozliczenie(odliczenia=two, suma_odliczen=Decimal(3), do_zaplaty=Decimal("1391.82"))
        assert not fires("beside", with_fa(PLAIN, rozliczenie=less))
