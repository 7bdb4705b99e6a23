"""From a document back to what its issuer meant: nothing is lost, and what cannot be held is named."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from liczydlo.fa3.build import build
from liczydlo.fa3.codec import from_json, to_json
from liczydlo.fa3.document import inspect
from liczydlo.fa3.draft import InvoiceDraft, Kind
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.read import read
from liczydlo.fa3.reverse import reverse
from liczydlo.fa3.write import write

from app.tests.fa3.cases import PLAIN
from app.tests.fa3.drafts import DRAFTS
from app.tests.fa3.made import FAKTURY

SHARED = Path(__file__).parents[4] / "shared"
DOCUMENTS = sorted(
    [*SHARED.glob("spec/examples/fa3/*.xml"), *SHARED.glob("cases/documents/*.xml")],
    key=lambda path: path.name,
)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
NOT_HELD = {"f10-kodSystemowy-message": ("Naglowek/KodFormularza/kodSystemowy",)}  # not FA(3)
FLAGS = ("StanPrzed", "StanPrzedZ", "Zal_15")
"""Of lines: what must be 1 need not be held otherwise."""
COMPUTED = {"przyklad_03", "przyklad_09", "przyklad_11", "przyklad_17", "przyklad_21", "przyklad_25"}
"""Examples of each kind whose amounts follow from their lines, so that a draft need not state them."""


@settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(DRAFTS)
def test_a_draft_is_its_documents_meaning(draft: InvoiceDraft) -> None:
    assert reverse(build(draft, created=NOW)) == (draft, ())
    assert from_json(InvoiceDraft, json.loads(json.dumps(to_json(draft)))) == draft


@pytest.mark.shared
@pytest.mark.parametrize("path", DOCUMENTS or [Path("absent")], ids=lambda path: path.stem)
def test_a_document_is_built_again_from_its_draft(path: Path) -> None:
    faktura = read(path.read_bytes())
    draft, left = reverse(faktura)
    assert left == NOT_HELD.get(path.stem, ())
    again = build(draft, created=NOW)
    assert (replace(again, naglowek=faktura.naglowek)) == faktura
    assert (draft.sums, draft.total) == (None, None) or path.stem not in COMPUTED
    assert inspect(write(again), today=draft.issue_date or NOW.date()).number == draft.number


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(FAKTURY, st.sampled_from(get_args(Kind)))
def test_of_any_document_what_is_not_held_is_named(faktura: Faktura, kind: Kind) -> None:
    """Fields of every combination, which the schema may refuse: what is built again differs in what is named alone."""
    seller = faktura.podmiot1.dane_identyfikacyjne
    assume(faktura.fa.p_2 and seller.nip and seller.nazwa)
    faktura = replace(faktura, fa=replace(faktura.fa, rodzaj_faktury=kind))
    draft, left = reverse(faktura)
    again = build(draft, created=faktura.naglowek.data_wytworzenia_fa)
    assert left  # kod_formularza alone is never that of FA(3)
    assert not [
        path
        for path in left
        if path.startswith(("Fa/P_1", "Fa/FaWiersz", "Fa/Zamowienie", "Zalacznik"))
        and not path.endswith(FLAGS)
    ]
    assert reverse(again) == (draft, ())


def test_a_mark_of_new_transport_without_any_is_named() -> None:
    """The schema asks for it with means of transport only; a file that was never checked may say it alone."""
    marks = PLAIN.fa.adnotacje
    alone = replace(marks.nowe_srodki_transportu, p_42_5=1, nowy_srodek_transportu=(), p_22n=None)
    faktura = replace(PLAIN, fa=replace(PLAIN.fa, adnotacje=replace(marks, nowe_srodki_transportu=alone)))
    draft, left = reverse(faktura)
    assert "Fa/Adnotacje/NoweSrodkiTransportu/P_42_5" in left
    assert reverse(build(draft, created=NOW)) == (draft, ())


def test_a_kind_that_fa_3_does_not_have() -> None:
    faktura = PLAIN
    with pytest.raises(ValueError, match="RR"):
        reverse(replace(faktura, fa=replace(faktura.fa, rodzaj_faktury="RR")))
