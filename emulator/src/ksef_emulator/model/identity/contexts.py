"""The context of a login: for whom one acts (ksef-docs uwierzytelnianie.md; patterns of the login's schema)."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_NIP = r"[1-9](\d[1-9]|[1-9]\d)\d{7}"
_VAT_UE = {
    "AT": r"U\d{8}",
    "BE": r"[01]\d{9}",
    "BG": r"\d{9,10}",
    "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}",
    "DE": r"\d{9}",
    "DK": r"\d{8}",
    "EE": r"\d{9}",
    "EL": r"\d{9}",
    "ES": r"[A-Z]\d{8}|\d{8}[A-Z]|[A-Z]\d{7}[A-Z]",
    "FI": r"\d{8}",
    "FR": r"[A-Z0-9]{2}\d{9}",
    "HR": r"\d{11}",
    "HU": r"\d{8}",
    "IE": r"\d{7}[A-Z]{2}|\d[A-Z0-9+*]\d{5}[A-Z]",
    "IT": r"\d{11}",
    "LT": r"\d{9}|\d{12}",
    "LU": r"\d{8}",
    "LV": r"\d{11}",
    "MT": r"\d{8}",
    "NL": r"[A-Z0-9+*]{12}",
    "PT": r"\d{9}",
    "RO": r"\d{2,10}",
    "SE": r"\d{12}",
    "SI": r"\d{8}",
    "SK": r"\d{10}",
    "XI": r"\d{9}|\d{12}|(GD|HA)\d{3}",
}
_VALUE = "|".join(f"{country}({rest})" for country, rest in _VAT_UE.items())


class ContextType(StrEnum):
    """``TContextIdentifier`` of the login document; the API's ``type`` has the same words."""

    NIP = "Nip"
    INTERNAL_ID = "InternalId"
    NIP_VAT_UE = "NipVatUe"
    PEPPOL_ID = "PeppolId"


_PATTERNS = {
    ContextType.NIP: re.compile(_NIP, re.ASCII),
    ContextType.INTERNAL_ID: re.compile(rf"{_NIP}-\d{{5}}", re.ASCII),
    ContextType.NIP_VAT_UE: re.compile(rf"{_NIP}-({_VALUE})", re.ASCII),
    ContextType.PEPPOL_ID: re.compile(r"P[A-Z]{2}[0-9]{6}", re.ASCII),
}


OF_CONTEXT: Final = "(context_type = ? AND context_value = ?)"
"""Condition of SQL, with `Context.key`: the row is a context's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """Type and value. Raises ValueError when the value has not the shape of its type; checksums are another matter."""

    type: ContextType
    value: str

    def __post_init__(self) -> None:
        if not _PATTERNS[self.type].fullmatch(self.value):
            raise ValueError(f"not a {self.type}: {self.value!r}")

    def __str__(self) -> str:
        """``Nip:5265877635``."""
        return f"{self.type}:{self.value}"

    @classmethod
    def of_nip(cls, nip: str) -> Context:
        """A taxpayer's own."""
        return cls(type=ContextType.NIP, value=nip)

    @classmethod
    def of_row(cls, row: sqlite3.Row) -> Context:
        """From the columns that tables keep a context in, ``context_type`` and ``context_value``."""
        return cls(type=ContextType(row["context_type"]), value=row["context_value"])

    @property
    def key(self) -> tuple[str, str]:
        """The values of `OF_CONTEXT`."""
        return self.type, self.value

    @property
    def columns(self) -> dict[str, str]:
        """The same columns with their values."""
        return {"context_type": self.type, "context_value": self.value}

    @property
    def nip(self) -> str | None:
        """The taxpayer whose context it is; a Peppol provider has none."""
        return None if self.type is ContextType.PEPPOL_ID else self.value[:10]
