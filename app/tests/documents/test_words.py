"""Words that people type against the index: anywhere in the number and the name, whichever part of them is rare."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from liczydlo.documents.filters import matching
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.web.search import fold

pytestmark = pytest.mark.django_db
NUMBERS = (
    "FV/500002/2026",
    "FV/500002/2025",
    "2026/500002/FV",
    "FV/1500002/2026",
    "FV/500003/2026",
    "A 500002/2026/B",
    "FV/7/2026",
)


@pytest.fixture
def entries(company: Any) -> None:
    IndexEntry.objects.bulk_create(
        IndexEntry(
            company=company,
            environment=company.environment,
            direction=Direction.SALE,
            number=number,
            kind="VAT",
            issue_date=dt.date(2026, 11, 30),
            seller_nip=company.nip,
            currency="PLN",
            gross=Decimal("1.23"),
            words=fold(f"{number} Huta 100% Szkła_1"),
        )
        for number in NUMBERS
    )


@pytest.mark.parametrize(
    ("typed", "hits"),
    [
        ("FV/500002/2026", ("FV/500002/2026",)),
        ("fv 500002 202", ("FV/500002/2026", "FV/500002/2025")),
        ("500002/2026", ("FV/500002/2026", "FV/1500002/2026", "A 500002/2026/B")),
        ("500002", tuple(number for number in NUMBERS if "500002" in number)),
        ("2026", tuple(number for number in NUMBERS if "2026" in number)),
        ("/2026 huta 100%", tuple(number for number in NUMBERS if number.endswith("2026"))),
        ("1500002/2026 Huta", ("FV/1500002/2026",)),
        ("500002/FV/2026", ()),
        ("500002_2026%", ("FV/500002/2026", "FV/1500002/2026", "A 500002/2026/B")),
    ],
)
def test_the_typed_words_stand_together(entries: None, typed: str, hits: tuple[str, ...]) -> None:
    rows = IndexEntry.objects.filter(matching(typed, Direction.SALE))
    assert sorted(rows.values_list("number", flat=True)) == sorted(hits)
