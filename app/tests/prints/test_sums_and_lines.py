"""What a print says of money: sums by rate, the amounts to pay, lines and what a correction changed in them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liczydlo.prints.groups import paid_or_due
from liczydlo.prints.labels import Language
from liczydlo.prints.lines import lines, rates
from liczydlo.prints.reading import Node
from liczydlo.prints.sums import amounts, sums
from liczydlo.prints.values import NUMBERS, show
from lxml import etree

SPACE = "\u202f"


def fa(inside: str, language: Language = "pl") -> Node:
    return Node(etree.fromstring(f"<Fa>{inside}</Fa>"), language)


def field(name: str, value: str) -> str:
    return f"<{name}>{value}</{name}>"


def table(inside: str, *used: str, language: Language = "pl") -> dict[str, Any]:
    value = sums(fa(inside, language), set(used))
    assert value is not None
    return value


NET = ("1", "2", "3", "4", "5", "6_1", "6_2", "6_3", "7", "8", "9", "10")


@pytest.mark.parametrize("group", NET)
def test_each_sum_is_a_row_of_net_tax_and_gross(group: str) -> None:
    """Beside a row of another rate, the total adds column by column; what has no tax shows a dash."""
    taxed = group in ("1", "2", "3", "4", "5")
    other = "7" if group == "1" else "1"
    inside = field(f"P_13_{group}", "1000.10") + (field(f"P_14_{group}", "80.05") if taxed else "")
    value = table(inside + field(f"P_13_{other}", "0.90"))
    tax, gross = ("80,05", f"1{SPACE}080,15") if taxed else ("–", f"1{SPACE}000,10")
    rows = {row[0]: row[1:] for row in value["rows"]}
    assert len(rows) == 2
    assert [f"1{SPACE}000,10", tax, gross] in rows.values()
    assert ["0,90", "–", "0,90"] in rows.values()
    total = f"1{SPACE}081,05" if taxed else f"1{SPACE}001,00"
    assert value["total"] == ["Razem", f"1{SPACE}001,00", tax, total]
    assert value["columns"] == ["Stawka", "Netto", "VAT", "Brutto"]
    assert len(value["widths"]) == 4


def test_a_margin_has_a_gross_value_only() -> None:
    value = table(field("P_13_11", "100") + field("P_13_1", "10") + field("P_14_1", "2.30"))
    assert [row[1:] for row in value["rows"]] == [["10,00", "2,30", "12,30"], ["–", "–", "100,00"]]
    assert value["total"] == ["Razem", "10,00", "2,30", "112,30"]


def test_one_rate_needs_no_total_and_nothing_has_no_table() -> None:
    assert table(field("P_13_1", "10"))["total"] is None
    assert sums(fa(field("P_15", "10")), {"23"}) is None
    assert table(field("P_14_1", "2.30"))["rows"] == [["23% lub 22%", "–", "2,30", "2,30"]]
    assert table(field("P_13_1", "0") + field("P_14_1", "0"))["rows"] == [
        ["23% lub 22%", "0,00", "0,00", "0,00"]
    ]


def test_tax_in_pln_is_a_column_of_its_own_that_no_total_of_the_currency_takes_in() -> None:
    inside = "".join(
        field(f"P_13_{group}", "100") + field(f"P_14_{group}", tax) + field(f"P_14_{group}W", pln)
        for group, tax, pln in (("1", "23", "103.5"), ("2", "8", "36"))
    )
    value = table(inside)
    assert value["columns"] == ["Stawka", "Netto", "VAT", "VAT w PLN", "Brutto"]
    assert [row[1:] for row in value["rows"]] == [
        ["100,00", "23,00", "103,50", "123,00"],
        ["100,00", "8,00", "36,00", "108,00"],
    ]
    assert value["total"] == ["Razem", "200,00", "31,00", "139,50", "231,00"]
    half = table(inside + field("P_13_7", "1"))
    assert half["rows"][-1] == ["zwolnione", "1,00", "–", "–", "1,00"]
    assert half["total"][3] == "139,50"


@pytest.mark.parametrize(
    ("group", "used", "name"),
    [
        ("1", ("23", "8"), "23%"),
        ("1", ("22",), "22%"),
        ("1", ("23", "22"), "23% lub 22%"),
        ("1", (), "23% lub 22%"),
        ("2", ("7", "23"), "7%"),
        ("2", ("8", "7"), "8% lub 7%"),
        ("4", ("3",), "3%"),
        ("3", ("5",), "5%"),
    ],
)
def test_a_row_is_named_by_the_rate_that_the_lines_use(group: str, used: tuple[str, ...], name: str) -> None:
    assert table(field(f"P_13_{group}", "1"), *used)["rows"][0][0] == name


def test_a_correction_takes_off() -> None:
    value = table(field("P_13_1", "-1234.5") + field("P_14_1", "-283.94"))
    assert value["rows"] == [
        ["23% lub 22%", f"−1{SPACE}234,50", "−283,94", f"−1{SPACE}518,44"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("VAT", "Kwota należności ogółem"),
        ("UPR", "Kwota należności ogółem"),
        ("KOR", "Kwota korekty (różnica)"),
        ("ZAL", "Otrzymana zapłata"),
        ("ROZ", "Pozostało do zapłaty"),
        ("KOR_ZAL", "Kwota korekty (różnica)"),
        ("KOR_ROZ", "Kwota korekty (różnica)"),
        ("NOWY", "Kwota należności ogółem"),
    ],
)
def test_the_amount_is_called_what_it_is(kind: str, title: str) -> None:
    inside = field("KodWaluty", "EUR") + field("RodzajFaktury", kind) + field("P_15", "1234.5")
    assert amounts(fa(inside)) == [(title, f"1{SPACE}234,50\u00a0EUR")]


def test_what_is_to_be_paid_stands_last() -> None:
    """A correction of an advance: before, the difference, after; then the settlement beside."""
    head = field("KodWaluty", "PLN") + field("RodzajFaktury", "KOR_ZAL") + field("P_15", "-100.00")
    assert [value for _, value in amounts(fa(head + field("P_15ZK", "500")))] == [
        "500,00\u00a0PLN",
        "−100,00\u00a0PLN",
        "400,00\u00a0PLN",
    ]
    for name, title in (("DoZaplaty", "Do zapłaty"), ("DoRozliczenia", "Nadpłata do rozliczenia")):
        entry = amounts(fa(head + field("Rozliczenie", field(name, "7.5"))))
        assert [value for _, value in entry] == ["−100,00\u00a0PLN", "7,50\u00a0PLN"]
        assert entry[-1][0] == title


def titled(kind: str, inside: str) -> list[tuple[str, str]]:
    head = field("KodWaluty", "PLN") + field("RodzajFaktury", kind) + field("P_15", "1783.5")
    return [(title, value.partition("\u00a0")[0]) for title, value in amounts(fa(head + inside))]


def paid_part(amount: str) -> str:
    return field("ZaplataCzesciowa", field("KwotaZaplatyCzesciowej", amount))


@pytest.mark.parametrize(
    ("payment", "left"),
    [
        (paid_part("700"), f"1{SPACE}083,50"),
        (field("ZnacznikZaplatyCzesciowej", "1") + paid_part("700") + paid_part("83.50"), f"1{SPACE}000,00"),
        (field("ZnacznikZaplatyCzesciowej", "2") + paid_part("700"), None),
        (field("Zaplacono", "1") + paid_part("700"), None),
        (paid_part("?"), None),
        ("", None),
    ],
)
def test_what_is_paid_in_part_leaves_the_rest(payment: str, left: str | None) -> None:
    value = titled("VAT", field("Platnosc", payment))
    assert value[0] == ("Kwota należności ogółem", f"1{SPACE}783,50")
    assert [title for title, _ in value[1:]] == (
        [] if left is None else ["Zapłacono", "Pozostało do zapłaty"]
    )
    assert left in (None, value[-1][1])


def test_nothing_is_to_be_paid_where_all_of_it_is() -> None:
    """A paid invoice, a settlement that is paid, an advance; what is a difference has no rest."""
    parts = field("Platnosc", paid_part("700"))
    for kind in ("ZAL", "KOR_ZAL", "KOR", "KOR_ROZ"):
        assert len(titled(kind, parts)) == 1
    paid = field("Platnosc", field("Zaplacono", "1") + field("DataZaplaty", "2026-08-31"))
    beside = field("Rozliczenie", field("DoZaplaty", "1710.5"))
    for kind in ("VAT", "UPR", "ROZ"):
        assert not [title for title, _ in titled(kind, paid + beside) if "do zapłaty" in title.casefold()]
    assert titled("VAT", beside)[-1] == ("Do zapłaty", f"1{SPACE}710,50")
    assert titled("VAT", field("Platnosc", paid_part("1783.5")))[-1] == ("Zapłacono", f"1{SPACE}783,50")
    assert titled("VAT", field("Platnosc", paid_part("1800")))[-1] == ("Nadpłacono", "16,50")


@pytest.mark.parametrize(("kind", "words"), [("VAT", "termin 15.09.2026 · przelew"), ("ZAL", "przelew")])
def test_an_advance_that_was_received_has_no_term(kind: str, words: str) -> None:
    terms = field("TerminPlatnosci", field("Termin", "2026-09-15")) + field("FormaPlatnosci", "6")
    assert paid_or_due(fa(field("RodzajFaktury", kind) + field("Platnosc", terms))) == words


def test_charges_and_deductions_stand_between_the_total_and_what_is_to_pay() -> None:
    beside = field("SumaObciazen", "10") + field("SumaOdliczen", "83") + field("DoZaplaty", "1710.5")
    value = titled("VAT", field("Rozliczenie", beside) + field("Platnosc", paid_part("710.5")))
    assert value[1:] == [
        ("Suma obciążeń", "10,00"),
        ("Suma odliczeń", "83,00"),
        ("Do zapłaty", f"1{SPACE}710,50"),
        ("Zapłacono", "710,50"),
        ("Pozostało do zapłaty", f"1{SPACE}000,00"),
    ]


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        (field("Zaplacono", "1") + field("DataZaplaty", "2026-08-31"), "zapłacono 31.08.2026"),
        (field("ZnacznikZaplatyCzesciowej", "2") + paid_part("700"), "zapłacono"),
        (field("FormaPlatnosci", "6"), "przelew"),
    ],
)
def test_what_is_paid_whole_says_so_beside_the_amount(inside: str, words: str) -> None:
    assert paid_or_due(fa(field("Platnosc", inside))) == words


# lines


def rows_of(*rows: str, language: Language = "pl") -> list[dict[str, Any]]:
    value = lines([Node(etree.fromstring(f"<FaWiersz>{row}</FaWiersz>"), language) for row in rows], language)
    assert value is not None
    names = [column["label"] for column in value["columns"]]
    return [{**row, "cells": dict(zip(names, row["cells"], strict=True))} for row in value["rows"]]


def line(number: str, name: str, quantity: str, value: str, *, before: bool = False, more: str = "") -> str:
    return (
        field("NrWierszaFa", number)
        + field("P_7", name)
        + field("P_8B", quantity)
        + field("P_11", value)
        + field("P_12", "23")
        + more
        + (field("StanPrzed", "1") if before else "")
    )


def test_a_line_is_written_as_it_is() -> None:
    (row,) = rows_of(line("1", "Donica", "2.5", "1234.5", more=field("GTU", "GTU_01")))
    assert list(row["cells"].values()) == ["1", "Donica", "2,5", f"1{SPACE}234,50", "23%"]
    assert row["state"] == ""
    assert "GTU_01" in row["below"]


def test_a_correction_shows_before_after_and_the_difference() -> None:
    before, after, change = rows_of(
        line("1", "Donica", "6", "1134.00", before=True), line("1", "Donica", "4", "756.00")
    )
    assert [row["state"] for row in (before, after, change)] == ["before", "after", "difference"]
    assert list(change["cells"].values()) == ["", "różnica", "−2", "−378,00", ""]


def test_a_value_that_stayed_is_told_a_quantity_that_stayed_is_not() -> None:
    *_, change = rows_of(line("1", "A", "6", "10", before=True), line("1", "B", "6", "10"))
    assert list(change["cells"].values())[2:4] == ["", "0,00"]
    *_, fresh = rows_of(line("1", "A", "6", "10", before=True), line("1", "A", "7", "10.5"))
    assert list(fresh["cells"].values())[2:4] == ["1", "0,50"]


@pytest.mark.parametrize(
    ("first", "second", "after", "paired"),
    [
        (("1", "A", "x"), ("2", "B", "y"), ("1", "A", "y"), "B"),  # the identifier comes first
        (("1", "A", "x"), ("2", "B", "y"), ("1", "A", "z"), None),  # and two of them are two lines
        (("1", "A", ""), ("2", "B", ""), ("2", "A", ""), "B"),  # then the number
        (("1", "A", ""), ("2", "B", ""), ("3", "B", ""), "B"),  # then the name
        (("1", "A", ""), ("2", "B", ""), ("3", "C", ""), None),
    ],
)
def test_a_line_is_compared_with_the_one_it_corrects(
    first: tuple[str, ...], second: tuple[str, ...], after: tuple[str, ...], paired: str | None
) -> None:
    values = {"A": "100", "B": "10"}

    def written(of: tuple[str, ...], value: str, *, before: bool) -> str:
        return line(of[0], of[1], "1", value, before=before, more=field("UU_ID", of[2]) if of[2] else "")

    entry = rows_of(
        written(first, values["A"], before=True),
        written(second, values["B"], before=True),
        written(after, "7", before=False),
    )
    changes = {list(row["cells"].values())[3] for row in entry if row["state"] == "difference"}
    assert (
        changes
        == {
            None: {"−100,00", "−10,00", "7,00"},
            "A": {"−93,00", "−10,00"},
            "B": {"−100,00", "−3,00"},
        }[paired]
    )
    together = ["before", "after", "difference"]
    states = [row["state"] for row in entry]
    assert (
        states
        == {
            None: ["before", "difference", "before", "difference", "after", "difference"],
            "A": [*together, "before", "difference"],
            "B": ["before", "difference", *together],
        }[paired]
    )


def test_an_identifier_counts_before_a_number_that_comes_earlier() -> None:
    """Every line is looked for by its identifier before any is looked for by number."""
    value = rows_of(
        line("1", "A", "1", "10", before=True, more=field("UU_ID", "x")),
        line("1", "B", "1", "7"),
        line("2", "C", "1", "9", more=field("UU_ID", "x")),
    )
    changes = [list(row["cells"].values())[3] for row in value if row["state"] == "difference"]
    assert changes == ["−1,00", "7,00"]


def test_each_line_before_is_compared_once() -> None:
    value = rows_of(
        line("1", "A", "1", "10", before=True), line("1", "A", "1", "7"), line("1", "A", "1", "5")
    )  # fmt: skip
    assert [row["state"] for row in value] == ["before", "after", "difference", "after", "difference"]
    assert list(value[-1]["cells"].values())[3] == "5,00"


def test_a_line_that_is_gone_or_new_changes_by_its_whole_quantity_and_value() -> None:
    price = field("P_9A", "10")
    gone, less = rows_of(line("1", "A", "2", "20", before=True, more=price))
    assert (gone["state"], less["state"]) == ("before", "difference")
    assert list(less["cells"].values()) == ["", "różnica", "−2", "", "−20,00", ""]
    *_, more = rows_of(line("1", "A", "1", "10", before=True), line("2", "B", "3", "30", more=price))
    assert list(more["cells"].values()) == ["", "różnica", "3", "", "30,00", ""]


def test_what_one_of_two_lines_does_not_say_has_no_difference() -> None:
    *_, change = rows_of(
        field("NrWierszaFa", "1") + field("P_7", "A") + field("P_11", "10") + field("StanPrzed", "1"),
        field("NrWierszaFa", "1") + field("P_7", "A") + field("P_8B", "2"),
    )
    assert list(change["cells"].values()) == ["", "różnica", "", ""]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 5),
            st.sampled_from(["", "u1", "u2", "u3"]),
            st.decimals("-9999.99", "9999.99", places=2),
            st.booleans(),
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=150)
def test_differences_add_up_to_what_the_lines_change(
    said: list[tuple[int, str, Decimal, bool]],
) -> None:
    """Whatever is tied to what: each line once, and its figure beside it."""
    entry = rows_of(
        *(
            line(
                str(number), "A", "1", str(value), before=before, more=field("UU_ID", uu_id) if uu_id else ""
            )
            for number, uu_id, value, before in said
        )
    )
    states = [row["state"] for row in entry]
    assert states.count("before") == sum(before for *_, before in said)
    assert sum(state in ("", "after") for state in states) == sum(not before for *_, before in said)
    if "before" not in states:
        assert set(states) == {""}
        return
    figures = [row["cells"]["Wartość netto"] for row in entry if row["state"] == "difference"]
    changes = [Decimal(one.replace("−", "-").replace(SPACE, "").replace(",", ".")) for one in figures]
    assert sum(changes) == sum(-value if before else value for *_, value, before in said)
    for at, state in enumerate(states):  # a pair stands together, its figure below it
        if state == "before":
            assert states[at + 1] in ("after", "difference")
        if state == "after":
            assert states[at + 1] == "difference"


def test_lines_of_differences_alone_are_lines() -> None:
    assert [row["state"] for row in rows_of(line("1", "A", "-1", "-10"))] == [""]


def test_rates_of_lines_and_of_orders() -> None:
    nodes = [fa(field("P_12", "23")), fa(field("P_12Z", "8")), fa(field("P_7", "x"))]
    assert rates(nodes) == {"23", "8"}
    assert lines([], "pl") is None


def test_amounts_have_grosze_quantities_what_they_have_and_rates_four_places() -> None:
    for name, places in NUMBERS.items():
        written = show(name, "1234", "pl")
        assert written == f"1{SPACE}234" + ("," + "0" * places if places else ""), name
    assert {NUMBERS[name] for name in ("P_15", "P_11", "P_9A", "P_13_1", "P_14_1W", "DoZaplaty")} == {2}
    assert {NUMBERS[name] for name in ("P_8B", "P_8BZ", "P_12_XII", "Udzial")} == {0}
    assert {places for name, places in NUMBERS.items() if name.startswith("Kurs")} == {4}
