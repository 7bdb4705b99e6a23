"""Codes of the program as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from liczydlo.web.catalogue.registry import register


def _verbatim(params: Mapping[str, Any]) -> str:
    return str(params["en" if (get_language() or "pl").startswith("en") else "pl"])


register(
    {
        "letter-not-sent": _("Serwer poczty nie przyjął listów ({count}). Program spróbuje jeszcze raz."),
        "internal": _(
            "Zadanie przerwał błąd programu. Zostanie powtórzone samo; szczegóły są w dzienniku serwera."
        ),
        "disk-full": _(
            "Na dysku serwera zabrakło miejsca. Nic nie zginęło: zwolnij miejsce, a zadanie zostanie powtórzone samo."
        ),
        "verbatim": _verbatim,  # somebody else's words, or those of an older version, in ``pl`` and ``en``
    }
)
