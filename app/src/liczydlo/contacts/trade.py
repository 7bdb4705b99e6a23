"""A contractor's invoices both ways, and what the lists of sales and purchases are asked for them."""

from __future__ import annotations

from django.db.models import QuerySet

from liczydlo.companies.models import Company
from liczydlo.contacts.models import Contractor
from liczydlo.documents.filters import of_environment
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.fa3.identifiers import bare


def invoices(company: Company, contractor: Contractor, direction: Direction) -> QuerySet[IndexEntry]:
    """What was issued to him or came from him, the newest first; who has no number is known by name alone."""
    side = direction.party
    if contractor.kind == "nip":
        who = {f"{side}_nip": contractor.number}
    elif contractor.number:
        who = {f"{side}_nip": "", f"{side}_id": contractor.identifier}
    else:
        who = {f"{side}_nip": "", f"{side}_id": "", f"{side}_name": contractor.name}
    return of_environment(company, direction).filter(**who).order_by("-id")


def buyer_of(company: Company, entry: IndexEntry) -> Contractor | None:
    """The contractor to whom a sale was issued; who has no number is known by name alone."""
    rows = Contractor.objects.of(company)
    if entry.buyer_nip:
        rows = rows.filter(kind="nip", number=entry.buyer_nip)
    elif entry.buyer_id:
        rows = rows.filter(key__in=[f"{kind}:{bare(entry.buyer_id)}" for kind in ("eu", "abroad")])
    else:
        rows = rows.filter(kind="person", number="", name=entry.buyer_name)
    contractor: Contractor | None = rows.order_by("is_hidden", "pk").first()
    return contractor


def query(contractor: Contractor) -> str:
    """What „Szukaj" of a list takes for all invoices of a contractor."""
    return contractor.number if contractor.kind == "nip" else contractor.name[:100]
