"""KOD II of a firm's offline invoice, signed with its offline certificate (ksef-docs kody-qr.md)."""

from __future__ import annotations

from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.ksef import qr
from liczydlo.ksef.context import Context


def kod_2(company: Company, seller_nip: str, sha256: bytes) -> str:
    """KOD II of the document with this hash, signed now. Raises NotConnected without an offline certificate."""
    return qr.kod_2(
        clients.environment(company),
        context=Context(value=company.nip),
        seller_nip=seller_nip,
        sha256=sha256,
        credential=clients.offline_credential(company),
    )
