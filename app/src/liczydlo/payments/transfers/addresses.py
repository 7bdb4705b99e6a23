"""Addresses in parts: from mid-November 2026 banks take no payee without country and town (ISO 20022).

FA(3) has two free lines. What they say is taken apart only where it can mean one thing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_POSTCODE: Final = re.compile(r"(?<![\w-])(\d{2}-\d{3})(?![\w-])")
_TOWN: Final = re.compile(r"[^\W\d_][^\d_,;|]{0,34}")
STREET, TOWN = 70, 35
"""Characters that ISO 20022 gives StrtNm and TwnNm."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """``street`` with the number; ``country`` is ISO 3166 alpha-2. ``street`` and ``postcode`` may be empty."""

    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = "PL"

    @property
    def is_complete(self) -> bool:
        """Whether a bank takes it."""
        return bool(self.town and self.country)

    @property
    def line(self) -> str:
        """In one line, for people and for Elixir."""
        place = " ".join(filter(None, (self.postcode, self.town)))
        country = "" if self.country == "PL" else self.country
        return ", ".join(filter(None, (self.street, place, country)))


def parse(country: str, *lines: str) -> Address:
    """An address of free lines; without a town where the lines leave a doubt: a person has to say it."""
    text = " ".join(", ".join(filter(None, (line.strip() for line in lines))).split())
    postcodes = _POSTCODE.findall(text)
    if country != "PL" or len(postcodes) != 1:
        return Address(street=text[:STREET], country=country)
    before, after = (part.strip(" ,;") for part in text.split(postcodes[0], 1))
    # „00-001 Warszawa, Polska": the country's name says nothing new
    after = re.sub(r"[,;]?\s*(polska|poland|pl)$", "", after, flags=re.IGNORECASE).strip(" ,;")
    if len(before) > STREET or not _TOWN.fullmatch(after):
        return Address(street=before[:STREET], postcode=postcodes[0], country=country)
    return Address(street=before, postcode=postcodes[0], town=after, country=country)
