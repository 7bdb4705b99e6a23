"""Parts that several others are made of."""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, kw_only=True, slots=True)
class Adres:
    """An address in two free lines; ``kod_kraju`` is ISO 3166 alpha-2."""

    kod_kraju: Annotated[str, "KodKraju"]
    adres_l1: Annotated[str, "AdresL1"]
    adres_l2: Annotated[str | None, "AdresL2"] = None
    gln: Annotated[str | None, "GLN"] = None  # global location number


@dataclass(frozen=True, kw_only=True, slots=True)
class DaneKontaktowe:
    """How to reach a party."""

    email: Annotated[str | None, "Email"] = None
    telefon: Annotated[str | None, "Telefon"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RachunekBankowy:
    """A bank account; ``nr_rb`` has 10 to 34 characters."""

    nr_rb: Annotated[str, "NrRB"]
    swift: Annotated[str | None, "SWIFT"] = None
    # 1 purchased debts, 2 collection, 3 own transactions of the bank
    rachunek_wlasny_banku: Annotated[int | None, "RachunekWlasnyBanku"] = None
    nazwa_banku: Annotated[str | None, "NazwaBanku"] = None
    opis_rachunku: Annotated[str | None, "OpisRachunku"] = None
