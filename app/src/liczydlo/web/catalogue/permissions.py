"""KSeF's names of permissions in words (``uprawnienia.md``), the everyday ones first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PERMISSIONS: Final[dict[str, str | Promise]] = {
    "InvoiceRead": _("przeglądanie faktur"),
    "InvoiceWrite": _("wystawianie faktur"),
    "PefInvoiceWrite": _("wystawianie faktur PEF"),
    "CredentialsRead": _("przeglądanie uprawnień"),
    "CredentialsManage": _("zarządzanie uprawnieniami"),
    "Introspection": _("przeglądanie historii sesji"),
    "SubunitManage": _("zarządzanie jednostkami podrzędnymi"),
    "EnforcementOperations": _("czynności egzekucyjne"),
    "VatUeManage": _("zarządzanie w kontekście VAT UE"),
    "CollectiveIdentifierManage": _("zarządzanie identyfikatorami zbiorczymi"),
    "SelfInvoicing": _("samofakturowanie"),
    "RRInvoicing": _("wystawianie faktur VAT RR"),
    "TaxRepresentative": _("czynności przedstawiciela podatkowego"),
    "PefInvoicing": _("wystawianie faktur PEF (Peppol)"),
}


def permission(name: str) -> str:
    """A permission in the active language; a name that we do not know is shown as KSeF writes it."""
    return str(PERMISSIONS.get(name, name))


def usual_first(names: Iterable[str]) -> list[str]:
    """The names in the order of the table, unknown ones last."""
    order = list(PERMISSIONS)
    return sorted(names, key=lambda name: order.index(name) if name in PERMISSIONS else len(order))
