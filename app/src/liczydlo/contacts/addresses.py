"""Further addresses of a contractor; one of all is the default."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from liczydlo.contacts.models import Address, Contractor


def of(contractor: Contractor) -> QuerySet[Address]:
    """Addresses of a contractor, the default first."""
    rows: QuerySet[Address] = Address.objects.of(contractor.company).filter(contractor=contractor)
    return rows


def _locked(contractor: Contractor) -> QuerySet[Address]:
    """His addresses, while nobody else changes which one is the default."""
    Contractor.objects.of(contractor.company).select_for_update(no_key=True).get(pk=contractor.pk)
    return of(contractor)


def add(contractor: Contractor, values: dict[str, Any]) -> None:
    """A new address; the first one is the default. Raises Contractor.DoesNotExist of one erased meanwhile."""
    with transaction.atomic():
        first = not _locked(contractor).exists()
        Address.objects.create(company=contractor.company, contractor=contractor, is_default=first, **values)


def make_default(address: Address) -> None:
    """Invoices name the contractor here from now on. Raises Contractor.DoesNotExist of one erased meanwhile."""
    with transaction.atomic():
        rows = _locked(address.contractor)
        if rows.filter(pk=address.pk).exists():
            rows.filter(is_default=True).update(is_default=False)
            rows.filter(pk=address.pk).update(is_default=True)


def remove(address: Address) -> None:
    """Forget an address; another one becomes the default where it was. Raises Contractor.DoesNotExist of one erased
    meanwhile."""
    with transaction.atomic():
        rows = _locked(address.contractor)
        rows.filter(pk=address.pk).delete()
        if not rows.filter(is_default=True).exists() and (left := rows.first()):
            rows.filter(pk=left.pk).update(is_default=True)
