"""Tax against rates, advances against their order, settlements against their lines, rates of exchange."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liczydlo.fa3 import money
from liczydlo.fa3.draft import Advance, Line, Order
from liczydlo.fa3.model import Faktura, ZaliczkaCzesciowa, Zamowienie, ZamowienieWiersz

from app.tests.fa3.cases import (
    ADVANCE,
    EURO,
    PLAIN,
    SETTLEMENT,
    TODAY,
    codes,
    make,
    settle,
    with_fa,
    with_line,
)
from app.tests.fa3.rows import fires, only, row, with_rows

GROSZ = Decimal("0.01")
PERCENTS = {"23": 23, "22": 22, "8": 8, "7": 7, "5": 5, "4": 4, "3": 3}
UNTAXED = ("0 KR", "0 WDT", "0 EX", "zw", "np I", "np II", "oo")
AMOUNTS = st.decimals("-999999.99", "999999.99", places=2)


class TestLines:
    @given(AMOUNTS, st.sampled_from([*PERCENTS, *UNTAXED]))
    @settings(max_examples=60)
    def test_tax_by_the_rate_is_right_from_net_and_from_gross(self, net: Decimal, rate: str) -> None:
        tax = money.tax_on_net(net, Decimal(PERCENTS.get(rate, 0)))
        line = row(rate, p_11=net, p_11_vat=tax, p_11a=net + tax)
        right = with_rows(line)
        assert not fires("line-tax", right)
        assert not fires("line-gross", right)
        of_gross = money.tax_in_gross(net, Decimal(PERCENTS.get(rate, 0)))
        assert not fires("line-tax", with_rows(row(rate, p_11a=net, p_11_vat=of_gross)))

    @pytest.mark.parametrize("rate", [*PERCENTS, *UNTAXED])
    @pytest.mark.parametrize("net", ["100.00", "-100.00"])
    def test_two_grosze_are_rounding_and_three_are_not(self, rate: str, net: str) -> None:
        tax = Decimal(net) * PERCENTS.get(rate, 0) / 100
        for side in (1, -1):
            near, off = tax + side * 2 * GROSZ, tax + side * 3 * GROSZ
            assert not fires("line-tax", with_rows(row(rate, p_11=net, p_11_vat=near)))
            assert only("line-tax", with_rows(row(rate, p_11=net, p_11_vat=off))) == [
                ("Fa/FaWiersz[1]/P_11Vat", {"value": f"{off:f}", "expected": f"{tax:.2f}"})
            ]
            gross = Decimal(net) + tax
            assert not fires("line-gross", with_rows(row(rate, p_11=net, p_11a=gross + side * 2 * GROSZ)))
            beyond = gross + side * 3 * GROSZ
            assert only("line-gross", with_rows(row(rate, p_11=net, p_11a=beyond))) == [
                ("Fa/FaWiersz[1]/P_11A", {"value": f"{beyond:f}", "expected": f"{gross:.2f}"})
            ]

    def test_a_rounded_gross_price_is_rounded_on_each_piece(self) -> None:
        """1000 × 1.22, where 0.99 net is 1.2177 gross."""
        line = row(p_8b="1000", p_9b="1.22", p_11="990.00", p_11_vat="230.00", p_11a="1220.00")
        assert not fires("line-tax", with_rows(line))
        assert not fires("line-gross", with_rows(line))
        assert fires("line-tax", with_rows(replace(line, p_9b=None)))

    def test_a_rate_of_oss_and_no_rate_at_all(self) -> None:
        union = row(None, p_12_xii="19", p_11="100", p_11_vat="19.00", p_11a="119.00")
        assert not fires("line-tax", with_rows(union))
        assert fires("line-tax", with_rows(replace(union, p_11_vat=Decimal(23))))
        bare = row(None, p_11="100", p_11_vat="77", p_11a="1")
        assert not fires("line-tax", with_rows(bare))
        assert not fires("line-gross", with_rows(bare))

    def test_what_a_line_does_not_say_is_not_judged(self) -> None:
        for line in (row(p_11="100"), row(p_11a="100"), row(p_11_vat="23"), row()):
            assert not fires("line-tax", with_rows(line))
            assert not fires("line-gross", with_rows(line))

    def test_the_line_is_named(self) -> None:
        bad = row(p_11="100", p_11_vat="8")
        assert [path for path, _ in only("line-tax", with_rows(row(p_11="1"), bad, row(p_11="1"), bad))] == [
            "Fa/FaWiersz[2]/P_11Vat",
            "Fa/FaWiersz[4]/P_11Vat",
        ]


def order_row(
    net: str | None, tax: str | None, rate: str | None = "23", before: int | None = None
) -> ZamowienieWiersz:
    return ZamowienieWiersz(
        nr_wiersza_zam=1,
        p_7z="A",
        p_11_netto_z=None if net is None else Decimal(net),
        p_11_vat_z=None if tax is None else Decimal(tax),
        p_12z=rate,
        stan_przed_z=before,
    )


def ordered(*rows: ZamowienieWiersz, kind: str = "ZAL", worth: str = "1.00", **sums: str) -> Faktura:
    nothing = {"p_13_1": None, "p_14_1": None}
    amounts = {name: Decimal(value) for name, value in sums.items()}
    order = Zamowienie(wartosc_zamowienia=Decimal(worth), zamowienie_wiersz=rows)
    return with_fa(ADVANCE, rodzaj_faktury=kind, zamowienie=order, **{**nothing, **amounts})


class TestAdvances:
    def test_the_tax_of_an_order_follows_its_rate(self) -> None:
        good, bad = order_row("200.00", "46.00"), order_row("200.00", "16.00")
        assert not fires("line-tax", ordered(good))
        assert only("line-tax", ordered(good, bad)) == [
            ("Fa/Zamowienie/ZamowienieWiersz[2]/P_11VatZ", {"value": "16.00", "expected": "46.00"})
        ]
        for silent in (order_row(None, "16"), order_row("200", None), order_row("200", "16", None)):
            assert not fires("line-tax", ordered(silent))

    def test_tax_of_an_advance_that_no_rate_makes(self) -> None:
        """100 and 46 at 23%."""
        result = ordered(order_row("200.00", "46.00"), p_13_1="100.00", p_14_1="46.00")
        assert only("tax", result) == [
            ("Fa/P_14_1", {"place": "P_14_1", "net": "P_13_1", "value": "46.00", "expected": "23.00"})
        ]

    @pytest.mark.parametrize(
        ("group", "rate", "tax"),
        [
            ("1", "23", "23"),
            ("1", "22", "22"),
            ("2", "8", "8"),
            ("2", "7", "7"),
            ("3", "5", "5"),
            ("4", "4", "4"),
            ("4", "3", "3"),
        ],
    )
    @pytest.mark.parametrize("kind", ["ZAL", "ROZ", "UPR", "KOR_ZAL", "KOR_ROZ"])
    def test_each_tax_of_each_kind(self, group: str, rate: str, tax: str, kind: str) -> None:
        def made(stated: Decimal, net: str = "100") -> Faktura:
            sums = {f"p_13_{group}": net, f"p_14_{group}": f"{stated}"}
            return with_fa(ordered(order_row("900", None, rate), kind=kind, **sums), fa_wiersz=())

        for sign in ("", "-") if kind.startswith("KOR") else ("",):
            right = Decimal(f"{sign}{tax}")
            assert not fires("tax", made(right, f"{sign}100"))
            for side in (1, -1):
                assert not fires("tax", made(right + side * 2 * GROSZ, f"{sign}100"))
                assert fires("tax", made(right + side * 3 * GROSZ, f"{sign}100"))

    def test_without_an_order_any_rate_of_the_field_will_do(self) -> None:
        bare = with_fa(ADVANCE, zamowienie=None, p_13_1=Decimal(100))
        for tax in ("22", "22.5", "23"):  # both rates at once are between them
            assert not fires("tax", with_fa(bare, p_14_1=Decimal(tax)))
        assert only("tax", with_fa(bare, p_14_1=Decimal(21)))[0][1]["expected"] == "22.00"
        assert only("tax", with_fa(bare, p_14_1=Decimal(24)))[0][1]["expected"] == "23.00"

    def test_a_correction_may_change_the_tax_alone(self) -> None:
        """The tax of an advance was wrong: nothing of the net changes."""
        for net in ("0.00", None):
            sums = {"p_14_1": "-23.00"} | ({} if net is None else {"p_13_1": net})
            for kind in ("KOR_ZAL", "KOR_ROZ"):
                assert not fires("tax", ordered(order_row("200", "46"), kind=kind, **sums))
            assert fires("tax", ordered(order_row("200", "46"), **sums)) == (net is not None)

    def test_the_ordinary_is_left_to_the_rule_of_sums(self) -> None:
        wrong = with_fa(PLAIN, p_14_1=Decimal(1))
        assert fires("sum", wrong)
        assert not fires("tax", wrong)
        untold = with_fa(with_line(PLAIN, p_11=None, p_9a=None), p_14_1=Decimal(1))
        assert not fires("sum", untold)
        assert fires("tax", untold)

    def test_an_advance_is_a_part_of_its_order_in_every_rate(self) -> None:
        rows = (order_row("200.00", "46.00"), order_row("100.00", "8.00", "8"))
        assert not fires("advance-above-order", ordered(*rows, p_13_1="200.03", p_13_2="100.00"))
        assert only("advance-above-order", ordered(*rows, p_13_1="200.04", p_13_3="1.00")) == [
            ("Fa/P_13_1", {"place": "P_13_1", "value": "200.04", "expected": "200.00"}),
            ("Fa/P_13_3", {"place": "P_13_3", "value": "1.00", "expected": "0.00"}),
        ]
        for silent in (order_row(None, None), order_row("1", None, None)):
            assert not fires("advance-above-order", ordered(silent, p_13_1="9"))
        assert not fires("advance-above-order", ordered(*rows, kind="KOR_ZAL", p_13_1="999"))

    @given(
        st.lists(
            st.tuples(st.decimals("1", "9999", places=2), st.sampled_from([*PERCENTS, "zw"])),
            min_size=1,
            max_size=5,
        ),
        st.integers(1, 100),
    )
    @settings(max_examples=60)
    def test_what_the_program_divides_itself_is_never_suspected(
        self, goods: list[tuple[Decimal, str]], percent: int
    ) -> None:
        lines = tuple(Line(name="x", quantity=Decimal(1), net_price=net, rate=rate) for net, rate in goods)
        exempt = {"exemption-mark"}  # which marks there are is not this test's
        order = make(kind="ZAL", order=Order(lines=lines), advance=Decimal(1)).fa.zamowienie
        assert order is not None
        paid = money.grosze(order.wartosc_zamowienia * percent / 100)
        if paid:
            made = make(kind="ZAL", order=Order(lines=lines), advance=paid)
            assert {code for code, _ in codes(made)} <= exempt
        settled = make(*lines, kind="ROZ", advances=(Advance(number="FZ/1"),), advance=paid)
        assert {code for code, _ in codes(settled)} <= exempt


class TestSettlements:
    def test_what_is_left_is_no_more_than_the_lines(self) -> None:
        whole = Decimal("1134.00")
        for more, expected in ((Decimal("0.03"), False), (Decimal("0.04"), True)):
            result = with_fa(SETTLEMENT, p_13_1=whole + more)
            assert fires("settlement-above-lines", result) == expected
        other = with_fa(SETTLEMENT, p_13_7=Decimal(5))
        assert only("settlement-above-lines", other) == [
            ("Fa/P_13_7", {"place": "P_13_7", "value": "5", "expected": "0.00"})
        ]
        assert not fires("settlement-above-lines", with_line(other, p_11=None))
        assert not fires("settlement-above-lines", with_line(other, p_12=None))
        assert not fires("settlement-above-lines", with_fa(other, rodzaj_faktury="KOR_ROZ"))

    def test_payments_that_no_invoice_documented_are_named_too(self) -> None:
        bare = with_fa(SETTLEMENT, faktura_zaliczkowa=())
        assert fires("settlement-of-what", bare)
        paid = (ZaliczkaCzesciowa(p_6z=TODAY, p_15z=Decimal(400)),)
        assert not fires("settlement-of-what", with_fa(bare, zaliczka_czesciowa=paid))

    def test_tax_left_by_several_advances_may_be_rounded_by_each(self) -> None:
        three = (settle(Advance(number="a")).fa.faktura_zaliczkowa) * 3
        left = with_fa(SETTLEMENT, faktura_zaliczkowa=three, p_13_1=Decimal(100))
        assert not fires("tax", with_fa(left, p_14_1=Decimal("23.05")))
        assert fires("tax", with_fa(left, p_14_1=Decimal("23.06")))


class TestOrderOfCorrection:
    BEFORE, AFTER = order_row("2000.00", "460.00", before=1), order_row("1500.00", "345.00")

    @pytest.mark.parametrize(
        ("worth", "expected"), [("1845.00", None), ("4305.00", "1845.00"), ("2460.00", "1845.00")]
    )
    def test_only_the_state_after_counts(self, worth: str, expected: str | None) -> None:
        result = only("order-value", ordered(self.BEFORE, self.AFTER, kind="KOR_ZAL", worth=worth))
        assert [params["expected"] for _, params in result] == ([] if expected is None else [expected])

    def test_an_order_that_is_gone_is_worth_nothing(self) -> None:
        assert not fires("order-value", ordered(self.BEFORE, kind="KOR_ZAL", worth="0.00"))
        assert fires("order-value", ordered(self.BEFORE, kind="KOR_ZAL", worth="2460.00"))

    def test_differences_alone_do_not_tell_the_whole(self) -> None:
        less = order_row("-500.00", "-115.00")
        for worth in ("-615.00", "1845.00"):
            assert not fires("order-value", ordered(less, kind="KOR_ZAL", worth=worth))


class TestRatesOfExchange:
    def test_an_invoice_in_zloty_has_none(self) -> None:
        lines = (row(p_11="1"), row(p_11="1", kurs_waluty="4.2637"))
        part = (ZaliczkaCzesciowa(p_6z=TODAY, p_15z=Decimal(1), kurs_waluty_zw=Decimal(4)),)
        result = with_rows(
            *lines, kurs_waluty_z=Decimal(4), kurs_waluty_zk=Decimal(3), zaliczka_czesciowa=part
        )
        assert only("exchange-rate-in-pln", result) == [
            ("Fa/KursWalutyZ", {"value": "4"}),
            ("Fa/KursWalutyZK", {"value": "3"}),
            ("Fa/ZaliczkaCzesciowa[1]/KursWalutyZW", {"value": "4"}),
            ("Fa/FaWiersz[2]/KursWaluty", {"value": "4.2637"}),
        ]
        assert not fires("exchange-rate-in-pln", with_fa(result, kod_waluty="EUR"))
        assert not fires("exchange-rate-in-pln", with_rows(row(p_11="1", kurs_waluty="1.0000")))

    @pytest.mark.parametrize("kind", ["VAT", "KOR", "ROZ", "UPR", "KOR_ROZ"])
    def test_polish_tax_in_another_currency_names_its_rate(self, kind: str) -> None:
        one, bare, exempt = row(p_11="1", kurs_waluty="4"), row(p_11="1"), row("zw", p_11="1")
        fields = {"kod_waluty": "EUR", "rodzaj_faktury": kind}
        assert not fires("exchange-rate-missing", with_rows(one, exempt, **fields))
        assert only("exchange-rate-missing", with_rows(one, exempt, bare, bare, **fields)) == [
            ("Fa/FaWiersz[3]/KursWaluty", {"currency": "EUR"})
        ]
        untaxed = {**fields, "p_13_1": None, "p_14_1": None}
        assert not fires("exchange-rate-missing", with_rows(bare, **untaxed)), "nothing to convert"
        assert not fires("exchange-rate-missing", with_rows(bare, **{**fields, "kod_waluty": "PLN"}))
        assert not fires("exchange-rate-missing", with_rows(bare, kurs_waluty_z=Decimal(4), **fields))
        assert not fires("exchange-rate-missing", with_rows(**fields)), "no line has a place for it"

    def test_an_advance_has_its_rate_or_one_for_each_payment(self) -> None:
        fields = {"kod_waluty": "EUR", "rodzaj_faktury": "ZAL"}
        assert only("exchange-rate-missing", with_rows(**fields)) == [("Fa/KursWalutyZ", {"currency": "EUR"})]
        known = ZaliczkaCzesciowa(p_6z=TODAY, p_15z=Decimal(1), kurs_waluty_zw=Decimal(4))
        for parts, expected in (((known,), False), ((known, replace(known, kurs_waluty_zw=None)), True)):
            assert fires("exchange-rate-missing", with_rows(**fields, zaliczka_czesciowa=parts)) == expected
        assert not fires("exchange-rate-missing", EURO)
