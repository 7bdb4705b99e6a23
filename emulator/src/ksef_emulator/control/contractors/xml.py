"""What the writers of documents share: elements of text, addresses, moments."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.sax.saxutils import escape


def tag(name: str, value: object) -> str:
    return f"<{name}>{escape(str(value))}</{name}>"


def address(street: str, town: str = "") -> str:
    """``Adres`` of FA and FA_RR."""
    second = tag("AdresL2", town) if town else ""
    return f"<Adres>{tag('KodKraju', 'PL')}{tag('AdresL1', street)}{second}</Adres>"


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
