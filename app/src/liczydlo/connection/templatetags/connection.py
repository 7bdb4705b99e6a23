"""``{% load connection %}``: a company's certificates, for the menu of „Dane i ustawienia → KSeF"."""

from __future__ import annotations

from django import template

from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.connection.models import Purpose, StoredCertificate

register = template.Library()


@register.simple_tag
def certificate(company: Company, purpose: str) -> StoredCertificate | None:
    """The company's certificate of a purpose in its present environment."""
    return clients.certificate(company, Purpose(purpose))
