"""Sums of an invoice: every rate, both ways of pricing, other currencies, advances, corrections, published examples."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.fa3 import money, totals
from liczydlo.fa3.model import FaWiersz
from liczydlo.fa3.read import read

from app.tests.fa3.cases import EURO, PLAIN, with_fa

EXAMPLES = Path(__file__).parents[4] / "shared" / "spec" / "examples" / "fa3"


def net(amount: str, rate: str | None = "23", **more: object) -> FaWiersz:
    return FaWiersz(nr_wiersza_fa=1, p_11=Decimal(amount), p_12=rate, **more)  # type: ignore[arg-type]


def gross(amount: str, rate: str | None = "23", **more: object) -> FaWiersz:
    return FaWiersz(nr_wiersza_fa=1, p_11a=Decimal(amount), p_12=rate, **more)  # type: ignore[arg-type]


def words(found: dict[str, Decimal]) -> dict[str, str]:
    return {name: str(amount) for name, amount in found.items()}


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        ("23", {"p_13_1": "100.00", "p_14_1": "23.00", "p_15": "123.00"}),
        ("22", {"p_13_1": "100.00", "p_14_1": "22.00", "p_15": "122.00"}),
        ("8", {"p_13_2": "100.00", "p_14_2": "8.00", "p_15": "108.00"}),
        ("7", {"p_13_2": "100.00", "p_14_2": "7.00", "p_15": "107.00"}),
        ("5", {"p_13_3": "100.00", "p_14_3": "5.00", "p_15": "105.00"}),
        ("4", {"p_13_4": "100.00", "p_14_4": "4.00", "p_15": "104.00"}),
        ("3", {"p_13_4": "100.00", "p_14_4": "3.00", "p_15": "103.00"}),
        ("0 KR", {"p_13_6_1": "100.00", "p_15": "100.00"}),
        ("0 WDT", {"p_13_6_2": "100.00", "p_15": "100.00"}),
        ("0 EX", {"p_13_6_3": "100.00", "p_15": "100.00"}),
        ("zw", {"p_13_7": "100.00", "p_15": "100.00"}),
        ("np I", {"p_13_8": "100.00", "p_15": "100.00"}),
        ("np II", {"p_13_9": "100.00", "p_15": "100.00"}),
        ("oo", {"p_13_10": "100.00", "p_15": "100.00"}),
        (None, {"p_13_11": "100.00", "p_15": "100.00"}),
    ],
)
def test_each_rate_has_its_fields(rate: str | None, expected: dict[str, str]) -> None:
    assert words(totals.fa_totals([net("100", rate)])) == expected


def test_one_stop_shop() -> None:
    line = net("50", None, p_12_xii=Decimal(19))
    assert words(totals.fa_totals([line])) == {"p_13_5": "50.00", "p_14_5": "9.50", "p_15": "59.50"}


def test_two_rates_of_one_field_are_taxed_apart_and_added() -> None:
    sums = totals.fa_totals([net("100", "23"), net("100", "22")])
    assert words(sums) == {"p_13_1": "200.00", "p_14_1": "45.00", "p_15": "245.00"}


def test_tax_of_the_sum_not_of_each_line() -> None:
    """Three times 0.10: line by line the tax would be 0.06."""
    assert words(totals.fa_totals([net("0.10")] * 3))["p_14_1"] == "0.07"


def test_gross_prices_have_the_tax_inside() -> None:
    """art. 106e ust. 7: 123.00 × 23 / 123."""
    assert words(totals.fa_totals([gross("100"), gross("23")])) == {
        "p_13_1": "100.00",
        "p_14_1": "23.00",
        "p_15": "123.00",
    }


def test_net_and_gross_lines_of_one_rate() -> None:
    assert words(totals.fa_totals([net("100"), gross("123")])) == {
        "p_13_1": "200.00",
        "p_14_1": "46.00",
        "p_15": "246.00",
    }


def test_lines_without_a_value_count_nothing() -> None:
    assert words(totals.fa_totals([FaWiersz(nr_wiersza_fa=1, p_12="23")])) == {"p_15": "0.00"}


def test_a_line_with_both_values_counts_its_net() -> None:
    both = net("100", p_11a=Decimal(999))
    assert words(totals.fa_totals([both, net("1")])) == {
        "p_13_1": "101.00",
        "p_14_1": "23.23",
        "p_15": "124.23",
    }


def test_groups_stand_in_the_order_of_the_schema() -> None:
    rates = ["oo", "zw", "0 KR", "5", "8", "22", "23", "np II", None]
    shares = totals.shares([net("1", rate) for rate in rates] + [net("1", None, p_12_xii=Decimal(20))])
    groups = [share.rate.net for share in shares]
    assert groups == [
        *("p_13_1", "p_13_1", "p_13_2", "p_13_3", "p_13_5"),
        *("p_13_6_1", "p_13_7", "p_13_9", "p_13_10", "p_13_11"),
    ]
    assert [share.rate.percent for share in shares[:2]] == [23, 22]


class TestForeignCurrency:
    def test_tax_is_stated_in_pln_too(self) -> None:
        sums = totals.fa_totals([net("750")], currency="EUR", exchange_rate=Decimal("4.2637"))
        assert words(sums) == {"p_13_1": "750.00", "p_14_1": "172.50", "p_14_1w": "735.49", "p_15": "922.50"}

    def test_each_line_has_the_rate_of_its_own_day(self) -> None:
        lines = [
            net("4060", kurs_waluty=Decimal("4.4080")),
            net("5000", kurs_waluty=Decimal("4.5005")),
            net("4500", kurs_waluty=Decimal("4.3250")),
        ]
        assert words(totals.fa_totals(lines, currency="EUR"))["p_14_1w"] == "13768.14"

    def test_the_rate_is_missed(self) -> None:
        with pytest.raises(ValueError, match="rate of exchange"):
            totals.fa_totals([net("750")], currency="EUR")
        with pytest.raises(ValueError, match="rate of exchange"):
            totals.fa_totals([net("750"), net("1", kurs_waluty=Decimal(4))], currency="EUR")

    def test_without_tax_no_rate_is_needed(self) -> None:
        assert words(totals.fa_totals([net("8000", "0 EX")], currency="USD")) == {
            "p_13_6_3": "8000.00",
            "p_15": "8000.00",
        }

    def test_union_tax_has_no_field_in_pln(self) -> None:
        line = net("50", None, p_12_xii=Decimal(19))
        assert "p_14_5w" not in totals.fa_totals([line], currency="EUR")


class TestCorrection:
    def test_the_difference_is_stated(self) -> None:
        sums = totals.fa_totals([net("1134", stan_przed=1), net("756")])
        assert words(sums) == {"p_13_1": "-378.00", "p_14_1": "-86.94", "p_15": "-464.94"}

    def test_tax_is_the_difference_of_taxes(self) -> None:
        """Tax on 0.03 and on 0.06 is 0.01 both: nothing changes, though the tax on their difference would be 0.01."""
        assert words(totals.fa_totals([net("0.03", stan_przed=1), net("0.06")]))["p_14_1"] == "0.00"

    def test_a_change_of_rate_moves_between_fields(self) -> None:
        sums = totals.fa_totals([net("100", "23", stan_przed=1), net("100", "8")])
        assert words(sums) == {
            "p_13_1": "-100.00",
            "p_14_1": "-23.00",
            "p_13_2": "100.00",
            "p_14_2": "8.00",
            "p_15": "-15.00",
        }

    def test_one_side_without_a_rate_of_exchange_leaves_the_tax_in_pln_unknown(self) -> None:
        """Never the tax of the other side alone; with a rate for the whole invoice all of it is converted."""
        euro = {"kurs_waluty": Decimal("4.5")}
        for lines in (
            [net("100", stan_przed=1, **euro), net("80")],
            [net("100", stan_przed=1), net("80", **euro)],
            [net("100", stan_przed=1), net("80")],
        ):
            (share,) = totals.shares(lines)
            assert share.tax_pln is None
            with pytest.raises(ValueError, match="rate of exchange"):
                totals.fa_totals(lines, currency="EUR")
            sums = totals.fa_totals(lines, currency="EUR", exchange_rate=Decimal("4.4"))
            assert words(sums)["p_14_1w"] == "-20.24"

    def test_a_rate_that_stands_on_one_side_only_is_known(self) -> None:
        """A line that is new, and one that is gone: the other side is nothing, whose tax is nothing."""
        euro = {"kurs_waluty": Decimal("4.5")}
        for lines, expected in (
            ([net("100", **euro)], "103.50"),
            ([net("100", stan_przed=1, **euro)], "-103.50"),
        ):
            assert words(totals.fa_totals(lines, currency="EUR"))["p_14_1w"] == expected
        (gone,) = totals.minus([], totals.shares([net("100")]))
        assert (gone.net, gone.tax, gone.tax_pln) == (-100, -23, None)

    def test_in_another_currency(self) -> None:
        euro = {"kurs_waluty": Decimal("4.5")}
        sums = totals.fa_totals([net("100", stan_przed=1, **euro), net("80", **euro)], currency="EUR")
        assert words(sums)["p_14_1w"] == "-20.70"


class TestAdvance:
    def test_a_part_is_divided_in_proportion_and_adds_up(self) -> None:
        whole = totals.shares([net("4500", "23"), net("307500", "8")])
        sums = words(totals.fields(totals.of_part(whole, Decimal(300000))))
        assert sums == {
            "p_13_1": "3998.40",
            "p_14_1": "919.63",
            "p_13_2": "273224.05",
            "p_14_2": "21857.92",
            "p_15": "300000.00",
        }

    def test_a_settlement_takes_off_what_the_advance_stated(self) -> None:
        """art. 106f ust. 3; the same figures as the Ministry's 17th example."""
        whole = totals.shares([net("4500", "23"), net("307500", "8")])
        left = totals.minus(whole, totals.of_part(whole, Decimal(37635)))
        assert words(totals.fields(left)) == {
            "p_13_1": "3998.40",
            "p_14_1": "919.63",
            "p_13_2": "273224.05",
            "p_14_2": "21857.92",
            "p_15": "300000.00",
        }

    def test_the_last_rate_takes_the_odd_grosz(self) -> None:
        whole = totals.shares([net("1", "zw"), net("1", "np I"), net("1", "np II")])
        parts = totals.of_part(whole, Decimal("1.00"))
        assert [str(part.gross) for part in parts] == ["0.33", "0.33", "0.34"]

    def test_the_tax_of_an_advance_in_pln_is_not_the_orders(self) -> None:
        """The advance has the rate of exchange of its own day."""
        whole = totals.shares([net("100", kurs_waluty=Decimal("4.5"))])
        (part,) = totals.of_part(whole, Decimal("61.50"))
        assert (part.net, part.tax, part.tax_pln) == (50, Decimal("11.50"), None)

    def test_of_nothing(self) -> None:
        with pytest.raises(ValueError, match="order"):
            totals.of_part([], Decimal(1))


AMOUNTS = st.decimals(min_value="0.01", max_value="9999999.99", places=2)
RATE_NAMES = st.sampled_from(sorted(totals.RATES))
LINES = st.lists(st.builds(lambda amount, rate: net(str(amount), rate), AMOUNTS, RATE_NAMES), max_size=12)


@given(LINES)
def test_the_amount_due_is_all_nets_and_taxes(lines: list[FaWiersz]) -> None:
    sums = totals.fa_totals(lines)
    nets = sum(amount for name, amount in sums.items() if name.startswith("p_13_"))
    taxes = sum(amount for name, amount in sums.items() if name.startswith("p_14_"))
    assert nets == sum(line.p_11 or 0 for line in lines)
    assert sums["p_15"] == nets + taxes
    assert all(amount == money.grosze(amount) for amount in sums.values())


@given(LINES)
def test_the_order_of_lines_does_not_matter(lines: list[FaWiersz]) -> None:
    assert totals.fa_totals(lines) == totals.fa_totals(reversed(lines))


@given(AMOUNTS, RATE_NAMES)
def test_gross_is_kept_to_the_grosz(amount: Decimal, rate: str) -> None:
    assert totals.fa_totals([gross(str(amount), rate)])["p_15"] == amount


@given(AMOUNTS, RATE_NAMES)
def test_tax_is_the_same_from_net_and_from_gross(amount: Decimal, rate: str) -> None:
    """Price net, then its gross: the same sums come back."""
    first = totals.fa_totals([net(str(amount), rate)])
    assert totals.fa_totals([gross(str(first["p_15"]), rate)]) == first


@given(LINES, LINES)
def test_correction_and_original_make_the_right_invoice(
    before: list[FaWiersz], after: list[FaWiersz]
) -> None:
    marked = [net(str(line.p_11), line.p_12, stan_przed=1) for line in before]
    difference = totals.fa_totals([*marked, *after])
    was, should = totals.fa_totals(before), totals.fa_totals(after)
    zero = money.ZERO
    for name in {*was, *should, *difference}:
        assert was.get(name, zero) + difference.get(name, zero) == should.get(name, zero)


@given(LINES.filter(bool), st.integers(1, 99), st.integers(0, 100))
def test_advances_and_settlement_make_the_whole(lines: list[FaWiersz], first: int, second: int) -> None:
    whole = totals.shares(lines)
    worth = money.total(share.gross for share in whole)
    one = money.grosze(worth * first / 100)
    two = money.grosze((worth - one) * second / 100)
    advances = [totals.of_part(whole, part) for part in (one, two)]
    left = totals.minus(whole, *advances)
    assert [money.total(share.gross for share in item) for item in advances] == [one, two]
    for share in whole:
        parts = [item for group in (*advances, left) for item in group if item.rate == share.rate]
        assert sum(item.net for item in parts) == share.net
        assert sum(item.tax for item in parts) == share.tax


@given(st.lists(st.tuples(AMOUNTS, st.decimals("0.0001", "9.9999", places=4)), min_size=1, max_size=8))
def test_tax_in_pln_is_near_the_tax_of_each_line(pairs: list[tuple[Decimal, Decimal]]) -> None:
    lines = [net(str(amount), kurs_waluty=rate) for amount, rate in pairs]
    exact = sum((amount * rate * 23 / 100 for amount, rate in pairs), Decimal(0))
    total = totals.fa_totals(lines, currency="EUR")["p_14_1w"]
    assert abs(total - exact) <= Decimal("0.005") * sum(rate for _, rate in pairs) + Decimal("0.01")


STATED = ("01", "03", "09", "19", "21", "23", "25")  # VAT and KOR whose lines have values


@pytest.mark.shared
@pytest.mark.parametrize("name", STATED)
def test_published_examples_come_to_what_they_state(name: str) -> None:
    """Each sum within a grosz (their 19th rounds tax to whole złoty)."""
    fa = read((EXAMPLES / f"przyklad_{name}.xml").read_bytes()).fa
    sums = totals.fa_totals(fa.fa_wiersz, currency=fa.kod_waluty)
    stated = {
        field: amount
        for field in fa.__dataclass_fields__
        if field.startswith(("p_13_", "p_14_")) and (amount := getattr(fa, field)) is not None
    }
    assert sums.keys() == {*stated, "p_15"}
    for field, amount in {**stated, "p_15": fa.p_15}.items():
        assert abs(sums[field] - amount) <= Decimal("0.01"), field


@pytest.mark.shared
def test_the_published_settlement() -> None:
    """Their 17th: two rates, 37 635.00 paid before, 300 000.00 left."""
    fa = read((EXAMPLES / "przyklad_17.xml").read_bytes()).fa
    whole = totals.shares(fa.fa_wiersz)
    left = totals.minus(whole, totals.of_part(whole, totals.fa_totals(fa.fa_wiersz)["p_15"] - fa.p_15))
    for field, amount in totals.fields(left).items():
        assert getattr(fa, field) == amount, field


def test_the_tax_of_a_document_in_pln_is_the_stated_one_where_there_is_one() -> None:
    fa = with_fa(EURO, p_14_1=Decimal(10), p_14_1w=Decimal(43), p_14_2=Decimal(2), p_14_3=None).fa
    assert totals.tax_pln(fa) == 45
    assert totals.tax_pln(with_fa(EURO, p_14_1=None, p_14_1w=None).fa) == 0
    assert totals.net(with_fa(PLAIN, p_13_1=Decimal(7), p_13_7=Decimal(3), p_13_11=Decimal(1)).fa) == 11


def test_the_amount_due_is_of_nets_and_taxes_alone() -> None:
    """P_14_1W is in PLN, and P_15 is not a part of itself."""
    sums = {"p_13_1": Decimal(100), "p_14_1": Decimal(23), "p_14_1w": Decimal(99), "p_15": Decimal(7)}
    assert totals.gross(sums) == 123


@given(LINES, LINES)
def test_tax_in_pln_of_a_correction_is_known_when_every_line_has_its_rate(
    before: list[FaWiersz], after: list[FaWiersz]
) -> None:
    def of(line: FaWiersz, before: bool, rate: str | None) -> FaWiersz:
        exchange = Decimal(rate) if rate else None
        return net(str(line.p_11), line.p_12, stan_przed=1 if before else None, kurs_waluty=exchange)

    known = [*(of(line, True, "4") for line in before), *(of(line, False, "4") for line in after)]
    for share in totals.shares(known):
        assert share.tax_pln == share.tax * 4
    half = [*(of(line, True, "4") for line in before), *(of(line, False, None) for line in after)]
    unrated = {totals.rate_of(line) for line in after}
    for share in totals.shares(half):
        assert (share.tax_pln is None) == (share.rate in unrated)
