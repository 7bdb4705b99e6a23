"""The invoice that an address names."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from liczydlo.companies.models import Company
from liczydlo.sales.models import Invoice


def invoice_of(company: Company, invoice_id: int) -> Invoice:
    """The company's invoice. Raises Http404."""
    invoice: Invoice = get_object_or_404(
        Invoice.objects.of(company).select_related("entry__document"), pk=invoice_id
    )
    return invoice
