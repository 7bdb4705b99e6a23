"""Why a request did not arrive, for people."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ERRORS: Final[dict[str, str | Promise]] = {
    "address": _("To nie jest adres strony. Wpisz pełny adres, na przykład https://program.example.pl/ksef."),
    "scheme": _("Adres musi zaczynać się od https://."),
    "unknown-host": _("Nie ma takiej nazwy w internecie. Sprawdź, czy adres nie ma literówki."),
    "inside": _(
        "Ten adres prowadzi do sieci wewnętrznej, a ta instalacja na to nie pozwala. Zmienia to administrator"
        " (LICZYDLO_WEBHOOKS_INSIDE)."
    ),
    "timeout": _("Odbiorca nie odpowiedział na czas."),
    "connection": _("Nie udało się połączyć z odbiorcą."),
    "redirect": _("Odbiorca przekierowuje pod inny adres, a program za przekierowaniami nie idzie."),
    "refused": _("Odbiorca odpowiedział błędem."),
    "secret": _("Nie da się otworzyć tajnego klucza tego adresu. Usuń adres i dodaj go ponownie."),
}
"""By the codes of ``Delivery.error``."""
