"""Rows of an invoice, and what a rule says of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from liczydlo.fa3.model import Faktura, FaWiersz
from liczydlo.fa3.rules import check

from app.tests.fa3.cases import PLAIN, TODAY, with_fa

KINDS = ("VAT", "KOR", "ZAL", "ROZ", "UPR", "KOR_ZAL", "KOR_ROZ")


def only(code: str, faktura: Faktura) -> list[tuple[str, dict[str, str]]]:
    """Where a rule speaks, and what it says."""
    return [(result.path, result.params) for result in check(faktura, today=TODAY) if result.code == code]


def fires(code: str, faktura: Faktura) -> bool:
    return bool(only(code, faktura))


def row(p_12: str | None = "23", **fields: Any) -> FaWiersz:
    amounts = {name: Decimal(value) if isinstance(value, str) else value for name, value in fields.items()}
    return FaWiersz(nr_wiersza_fa=1, p_12=p_12, **amounts)


def with_rows(*rows: FaWiersz, **fields: Any) -> Faktura:
    return with_fa(PLAIN, fa_wiersz=rows, **fields)
