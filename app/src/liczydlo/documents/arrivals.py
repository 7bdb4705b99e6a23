"""Who takes over documents that have come from KSeF, by whose invoices they are for the company.

Purchases fetch in every role; sales that another program issued are stored by the feature that owns sales, which
registers itself here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from liczydlo.companies.models import Company
from liczydlo.documents.models import Direction
from liczydlo.ksef.invoices import InvoiceMetadata
from liczydlo.web.reasons import Reason

Arrival = tuple[InvoiceMetadata, bytes]
"""What KSeF lists of a document, and its bytes, whose SHA-256 is the listed one."""


def in_order(documents: Sequence[Arrival]) -> list[Arrival]:
    """The documents by their hashes: two sessions that store the same ones in one order wait for each other, and
    neither for what the other waits for."""
    return sorted(documents, key=lambda arrival: arrival[0].sha256)


@dataclass(kw_only=True)
class Stored:
    """``new`` documents became rows; ``refused`` ones have no place here yet, each with the reason."""

    new: int = 0
    refused: list[tuple[InvoiceMetadata, Reason]] = field(default_factory=list)


class Taker(Protocol):
    """A feature that keeps documents of one direction. Several sessions may store the same ones at once."""

    def stored_numbers(self, company: Company, listed: Sequence[InvoiceMetadata]) -> set[str]:
        """KSeF numbers of documents that are here, or come here without being fetched."""

    def store(self, company: Company, documents: Sequence[Arrival]) -> Stored:
        """Keep each document once."""


TAKERS: dict[Direction, Taker] = {}
