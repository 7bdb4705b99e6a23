"""A document that was checked and may be issued, of whichever structure: what KSeF's register knows it by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from liczydlo.fa3.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Its very bytes, their SHA-256 (32 bytes), the rules' warnings, and what names it.

    ``seller_nip`` is Podmiot1's, under which KSeF keeps it, ``buyer_nip`` Podmiot2's where that is what identifies the
    buyer; ``kind`` is RodzajFaktury, ``gross`` in the document's currency. A Zalacznik goes only in batch sessions.
    """

    xml: bytes = field(repr=False)
    sha256: bytes
    seller_nip: str
    buyer_nip: str | None
    number: str
    issue_date: date
    kind: str
    gross: Decimal
    has_attachment: bool = False
    warnings: tuple[Problem, ...] = ()
