"""How the audit log's details are called for people."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liczydlo.audit.models import Entry
from liczydlo.companies.models import Role
from liczydlo.web.catalogue.permissions import PERMISSIONS, permission

NAMES: Final[dict[str, str | Promise]] = {
    "account": _("rachunek"),
    "amount": _("kwota"),
    "before": _("przedtem"),
    "behalf": _("w imieniu"),
    "after": _("teraz"),
    "changed": _("zmienione"),
    "code": _("kod"),
    "context": _("kontekst"),
    "day": _("dzień"),
    "description": _("opis"),
    "holder": _("posiadacz"),
    "invoices": _("faktury"),
    "invited": _("zaproszenie od"),
    "kind": _("rodzaj"),
    "left_out": _("pominięte wiersze"),
    "name": _("nazwa"),
    "new": _("nowe"),
    "nip": _("NIP"),
    "number": _("numer"),
    "period": _("okres"),
    "permissions": _("uprawnienia"),
    "purpose": _("przeznaczenie"),
    "reason": _("powód"),
    "role": _("rola"),
    "scope": _("zakres"),
    "serial": _("numer seryjny"),
    "signer": _("podpisano przez"),
    "subject": _("komu"),
    "until": _("ważne do"),
    "way": _("sposób"),
}
VALUES: Final[dict[str, str | Promise]] = {
    "Authentication": _("uwierzytelnianie"),
    "Offline": _("tryb offline"),
    "Blocked": _("zablokowany"),
    "Revoked": _("unieważniony"),
    "Expired": _("wygasły"),
    "contractors": _("kontrahenci"),
    "items": _("towary i usługi"),
    "white-list": _("biała lista"),
    "nbp": _("kursy walut NBP"),
    "with-approval": _("szkic do zatwierdzenia"),
    "automatic": _("wystawia i wysyła sam"),
    "vies": "VIES",
    "gus": "GUS",
    **{str(role.value): role.label for role in Role},
}


def details_of(entry: Entry) -> list[tuple[str, str]]:
    """Names and values as people read them; what this list does not know is shown as it was written."""
    details: dict[str, str] = entry.details
    return [(str(NAMES.get(name, name)), _value(value)) for name, value in details.items()]


def _value(value: str) -> str:
    """A known value in words; a list of KSeF's permissions too."""
    names = value.split(", ")
    if all(name in PERMISSIONS for name in names):
        return ", ".join(map(permission, names))
    return str(VALUES.get(value, value))
