"""The languages of the prints."""

from __future__ import annotations

from typing import Literal

Language = Literal["pl", "en", "both"]
"""``both`` says everything of the print itself twice, as ``Sprzedawca / Seller``."""
Words = tuple[str, str]
