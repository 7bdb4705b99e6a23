"""Stopka: the footer."""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, kw_only=True, slots=True)
class Informacja:
    """A footer text of up to 3500 characters, line breaks kept."""

    stopka_faktury: Annotated[str | None, "StopkaFaktury", "xsd:string"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejestr:
    """The seller's numbers in public registers."""

    pelna_nazwa: Annotated[str | None, "PelnaNazwa"] = None
    krs: Annotated[str | None, "KRS"] = None
    regon: Annotated[str | None, "REGON"] = None
    bdo: Annotated[str | None, "BDO"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Stopka:
    """The footer."""

    informacje: Annotated[tuple[Informacja, ...], "Informacje"] = ()
    rejestry: Annotated[tuple[Rejestr, ...], "Rejestry"] = ()
