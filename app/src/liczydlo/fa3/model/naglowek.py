"""Naglowek: which form this is, and when the file was made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated


@dataclass(frozen=True, kw_only=True, slots=True)
class KodFormularza:
    """The form's name with its system code and version; the defaults are the only values of FA(3)."""

    wartosc: Annotated[str, "."] = "FA"
    kod_systemowy: Annotated[str, "@kodSystemowy"] = "FA (3)"
    wersja_schemy: Annotated[str, "@wersjaSchemy"] = "1-0E"


@dataclass(frozen=True, kw_only=True, slots=True)
class Naglowek:
    """The header. ``data_wytworzenia_fa`` is a moment, aware of its time zone."""

    kod_formularza: Annotated[KodFormularza, "KodFormularza"] = KodFormularza()
    wariant_formularza: Annotated[int, "WariantFormularza"] = 3
    data_wytworzenia_fa: Annotated[datetime, "DataWytworzeniaFa"]  # when the file was made
    system_info: Annotated[str | None, "SystemInfo"] = None
