"""The preview: what is paid, what is left to pay, at which rate of exchange."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.template.loader import render_to_string
from liczydlo.demo.firms import COMPANY, SOLE_PROPRIETOR
from liczydlo.demo.samples import samples
from liczydlo.fa3.model import Platnosc, RachunekBankowy
from liczydlo.fa3.model.platnosc import KwotaZPowodem, Rozliczenie, ZaplataCzesciowa
from liczydlo.sales import paper

TODAY = dt.date(2026, 11, 23)
PAID, PART = Decimal("1783.50"), Decimal("700.00")


def example(name: str) -> Any:
    return samples(SOLE_PROPRIETOR.party, COMPANY.party, TODAY)[name]


def with_payment(payment: Platnosc | None, settlement: Rozliczenie | None = None) -> Any:
    made = example("basic")
    return replace(made, fa=replace(made.fa, platnosc=payment, rozliczenie=settlement))


def amounts(faktura: Any) -> list[tuple[str, Decimal]]:
    return [(str(one.title), one.value) for one in paper.paper(faktura).amounts]


def shown(faktura: Any) -> str:
    text = render_to_string("sales/parts/paper.html", {"paper": paper.paper(faktura)})
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_nothing_paid_is_all_to_pay() -> None:
    assert amounts(with_payment(None)) == [("Razem do zapłaty", PAID)]


def test_what_is_paid_leaves_nothing_to_pay() -> None:
    made = with_payment(Platnosc(zaplacono=1, data_zaplaty=TODAY))
    assert amounts(made) == [("Razem", PAID), ("Zapłacono", PAID), ("Pozostało do zapłaty", Decimal(0))]
    page = shown(made)
    assert "Razem do zapłaty" not in page
    assert page.index("Razem") < page.index("Zapłacono") < page.index("Pozostało do zapłaty")
    assert f"Data zapłaty</dt><dd>{TODAY:%d.%m.%Y}" in page


def test_what_is_paid_in_part_leaves_the_rest() -> None:
    part = ZaplataCzesciowa(kwota_zaplaty_czesciowej=PART, data_zaplaty_czesciowej=TODAY)
    made = with_payment(Platnosc(znacznik_zaplaty_czesciowej=1, zaplata_czesciowa=(part,)))
    assert amounts(made)[1:] == [("Zapłacono", PART), ("Pozostało do zapłaty", PAID - PART)]
    whole = with_payment(Platnosc(znacznik_zaplaty_czesciowej=2, zaplata_czesciowa=(part,)))
    assert amounts(whole)[-1] == ("Pozostało do zapłaty", Decimal(0))


def test_charges_and_deductions_are_between_the_total_and_what_is_to_pay() -> None:
    beside = Rozliczenie(
        odliczenia=(KwotaZPowodem(kwota=Decimal(83), powod="rabat"),),
        suma_odliczen=Decimal(83),
        do_zaplaty=PAID - 83,
    )
    made = with_payment(None, beside)
    assert amounts(made) == [
        ("Razem", PAID),
        ("Odliczenia", Decimal(-83)),
        ("Razem do zapłaty", PAID - 83),
    ]
    assert amounts(with_payment(Platnosc(zaplacono=1), beside))[-2:] == [
        ("Zapłacono", PAID - 83),
        ("Pozostało do zapłaty", Decimal(0)),
    ]


@pytest.mark.parametrize(
    ("name", "title"), [("advance", "Otrzymana zapłata"), ("correction", "Kwota korekty (różnica)")]
)
def test_p_15_that_is_nothing_to_pay_is_called_what_it_is(name: str, title: str) -> None:
    assert [one for one, _ in amounts(example(name))] == [title]
    assert "do zapłaty" not in shown(example(name))


def test_the_rate_of_exchange_is_shown() -> None:
    assert 'Kurs waluty: <span class="nowrap">1 EUR = 4,2637 PLN' in shown(example("foreign-currency"))
    assert "Kurs waluty" not in shown(example("basic"))


def test_an_account_stays_in_one_piece() -> None:
    made = with_payment(Platnosc(rachunek_bankowy=(RachunekBankowy(nr_rb="61109010140000071219812874"),)))
    assert "61 1090 1014 0000 0712 1981 2874" in shown(made)
