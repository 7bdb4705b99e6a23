"""Whatever the schema of FA(3) allows is taken without an error, held whole by a draft, and corrected to zero."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from liczydlo.fa3.build import build
from liczydlo.fa3.codec import from_json, to_json
from liczydlo.fa3.corrections import between, zeroed
from liczydlo.fa3.document import inspect
from liczydlo.fa3.draft import Correction, InvoiceDraft, Original
from liczydlo.fa3.model import Faktura, Rozliczenie
from liczydlo.fa3.reverse import reverse
from liczydlo.fa3.standing import KINDS, amounts_of, standing, sum_of_amounts
from liczydlo.fa3.write import write

from app.tests.fa3 import cases, valid

TODAY = date(2026, 11, 30)


def again(faktura: Faktura) -> Faktura:
    """The document built of its draft, whose JSON says all of it; the header's program apart."""
    draft, left = reverse(faktura)
    assert left == ()
    assert from_json(InvoiceDraft, json.loads(json.dumps(to_json(draft)))) == draft
    return replace(build(draft, created=faktura.naglowek.data_wytworzenia_fa), naglowek=faktura.naglowek)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6), st.booleans())
def test_what_the_schema_allows_is_taken_and_built_again(seed: int, whole: bool) -> None:
    document = inspect(valid.document(Random(seed), whole=whole), today=TODAY)
    made = again(document.faktura)
    assert made == document.faktura
    inspect(write(made), today=TODAY)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6), st.sampled_from(sorted(KINDS)), st.booleans())
def test_what_the_schema_allows_is_corrected_to_zero(seed: int, kind: str, differences: bool) -> None:
    original = inspect(valid.document(Random(seed), RodzajFaktury=kind), today=TODAY).faktura
    now = standing(original)
    assume(any(now.amounts.values()))
    said = Correction(originals=(Original(number=original.fa.p_2, issue_date=original.fa.p_1),), effect=2)
    meant = between(now, zeroed(now), said, number="K/1", issue_date=TODAY, differences=differences)
    made = inspect(write(build(meant, created=datetime(2026, 11, 30, 8, tzinfo=UTC))), today=TODAY).faktura
    assert not any(sum_of_amounts(amounts_of(original), amounts_of(made)).values())


@pytest.mark.parametrize(
    "beside",
    [
        Rozliczenie(),
        Rozliczenie(suma_obciazen=Decimal(0), suma_odliczen=Decimal(0)),
        replace(cases.BESIDE, suma_obciazen=None, suma_odliczen=None),
        replace(cases.BESIDE, do_zaplaty=Decimal("-3.00")),
        replace(cases.BESIDE, do_zaplaty=None, do_rozliczenia=Decimal("0.00")),
        replace(cases.BESIDE, suma_odliczen=Decimal("99.00")),
    ],
)
def test_sums_of_charges_and_deductions_stay_as_they_are_stated(beside: Rozliczenie) -> None:
    plain = cases.PLAIN
    faktura = replace(plain, fa=replace(plain.fa, rozliczenie=beside))
    assert again(faktura) == faktura


@pytest.mark.parametrize("faktura", [cases.PLAIN, cases.EURO, cases.CORRECTED], ids=["PLN", "EUR", "KOR"])
def test_a_rate_of_an_advance_stays_on_any_invoice(faktura: Faktura) -> None:
    """Programs write KursWalutyZ of any kind of invoice in another currency, lines with or without their own."""
    bare = tuple(replace(row, kurs_waluty=None) for row in faktura.fa.fa_wiersz)
    for rows in (faktura.fa.fa_wiersz, bare):
        stated = replace(faktura, fa=replace(faktura.fa, kurs_waluty_z=Decimal("4.25"), fa_wiersz=rows))
        assert again(stated) == stated


def test_lines_of_an_advance_have_no_rate_unless_they_state_it() -> None:
    row = replace(cases.EURO.fa.fa_wiersz[0], kurs_waluty=None)
    fa = replace(cases.EURO.fa, rodzaj_faktury="ZAL", kurs_waluty_z=Decimal("4.25"), fa_wiersz=(row,))
    faktura = replace(cases.EURO, fa=fa)
    assert again(faktura) == faktura
    draft, _ = reverse(faktura)
    assert (draft.exchange_rate, draft.advance_rate) == (Decimal("4.25"), None)
    rated = replace(faktura, fa=replace(fa, fa_wiersz=(replace(row, kurs_waluty=Decimal("4.25")),)))
    assert again(rated) == rated
