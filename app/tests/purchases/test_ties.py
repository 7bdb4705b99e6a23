"""Ties between purchases, by KSeF number, both ways."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from liczydlo.purchases import ties
from liczydlo.purchases.models import ReceivedInvoice, Reference

from app.tests.purchases.test_pages import bought, text_of

pytestmark = pytest.mark.django_db


def refer(row: ReceivedInvoice, ksef_number: str, kind: str = "correction") -> None:
    Reference.objects.create(
        company=row.company,
        environment=row.environment,
        entry=row.entry,
        kind=kind,
        ksef_number=ksef_number,
    )


def test_the_original_may_come_later(ala: Client, company: Any) -> None:
    number = "8567346215-20261101-0123456789AB-7F"
    correction = bought(company, number="K/1", gross=Decimal(-10))
    refer(correction, number)
    shown = text_of(ala.get(correction.get_absolute_url()))
    assert number in shown and "jeszcze tu nie ma" in shown
    original = bought(company, number="F/1", ksef_number=number)
    shown = text_of(ala.get(correction.get_absolute_url()))
    assert original.get_absolute_url() in shown and "jeszcze tu nie ma" not in shown
    assert correction.get_absolute_url() in text_of(ala.get(original.get_absolute_url()))


def test_a_correction_tells_what_it_changes(company: Any, ala: Client) -> None:
    original = bought(company, number="F/1", net=Decimal(100), vat=Decimal(23), gross=Decimal(123))
    first, second = (
        bought(
            company,
            number=f"K/{at}",
            issue_date=dt.date(2026, 5, at),
            net=Decimal(-10 * at),
            vat=Decimal("-2.30") * at,
            gross=Decimal("-12.30") * at,
        )
        for at in (1, 2)
    )
    for row in (second, first):
        refer(row, original.entry.ksef_number)
    changes = ties.of(company, second.entry).changes
    assert [(one.before, one.change, one.after) for one in changes] == [
        (90, -20, 70),
        (Decimal("20.70"), Decimal("-4.60"), Decimal("16.10")),
        (Decimal("110.70"), Decimal("-24.60"), Decimal("86.10")),
    ]
    assert ties.of(company, first.entry).changes[0].before == 100
    assert "Co zmienia ta korekta" in text_of(ala.get(second.get_absolute_url()))
    of_original = ties.of(company, original.entry)
    assert ([row.number for row in of_original.corrections], of_original.changes) == (["K/1", "K/2"], [])


def test_a_discount_of_many_or_in_another_currency_shows_no_sums(company: Any) -> None:
    originals = [bought(company, number=f"F/{at}") for at in range(2)]
    many, abroad = bought(company, number="K/1"), bought(company, number="K/2", currency="EUR")
    for original in originals:
        refer(many, original.entry.ksef_number)
    refer(abroad, originals[0].entry.ksef_number)
    assert ties.of(company, many.entry).changes == []
    assert ties.of(company, abroad.entry).changes == []


def test_advances_are_tied_to_settlements(company: Any) -> None:
    advance, settlement = bought(company, number="Z/1"), bought(company, number="R/1")
    refer(settlement, advance.entry.ksef_number, "settlement")
    assert ties.of(company, advance.entry).settlements == [settlement.entry]
    (named,) = ties.of(company, settlement.entry).referenced
    assert (named.kind, named.entry) == ("settlement", advance.entry)


def test_a_strangers_invoice_is_tied_to_nothing(company: Any, stranger: Any) -> None:
    ours = bought(company)
    theirs = bought(stranger.companies.get(), ksef_number=ours.entry.ksef_number)
    refer(theirs, ours.entry.ksef_number)
    assert ties.of(company, ours.entry).corrections == []
    refer(ours, "8567346215-20261101-0123456789AB-7F")
    ReceivedInvoice.objects.filter(pk=theirs.pk).update(state="hidden")
    assert ties.of(company, ours.entry).referenced[0].entry is None
