"""How pages call permissions and those who have them; KSeF's names are in ``web.catalogue.permissions``."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from liczydlo import ksef
from liczydlo.connection.holders import pesel_masked
from liczydlo.web.catalogue.permissions import permission
from liczydlo.web.templatetags.liczydlo import nip

__all__ = ["permission", "permissions", "who"]
_ENDS = 8  # characters of a fingerprint that are shown at either end


def permissions(names: Iterable[str]) -> list[str]:
    """Permissions in words, in their order, without repetition."""
    return [permission(name) for name in dict.fromkeys(names)]


def who(identifier: ksef.Identifier | None) -> str:
    """Somebody, or a place: the kind of identifier and its value; of a PESEL the ends, for lists are shown."""
    if identifier is None:
        return ""
    words = {
        "Nip": lambda: f"NIP {nip(identifier.value)}",
        "Pesel": lambda: f"PESEL {pesel_masked(identifier.value)}",
        "Fingerprint": lambda: (
            _("odcisk certyfikatu") + f" {identifier.value[:_ENDS]}…{identifier.value[-_ENDS:]}"
        ),
        "PeppolId": lambda: f"Peppol {identifier.value}",
        "InternalId": lambda: _("jednostka") + f" {identifier.value}",
        "NipVatUe": lambda: f"VAT UE {identifier.value}",
        "AllPartners": lambda: _("wszyscy klienci"),
        "System": lambda: _("urząd skarbowy"),
    }
    return words[identifier.kind]()
