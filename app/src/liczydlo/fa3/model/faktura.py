"""Faktura: the whole document."""

from dataclasses import dataclass
from typing import Annotated

from liczydlo.fa3.model.fa import Fa
from liczydlo.fa3.model.naglowek import Naglowek
from liczydlo.fa3.model.podmioty import Podmiot1, Podmiot2, Podmiot3, PodmiotUpowazniony
from liczydlo.fa3.model.stopka import Stopka
from liczydlo.fa3.model.zalacznik import Zalacznik


@dataclass(frozen=True, kw_only=True, slots=True)
class Faktura:
    """An FA(3) invoice."""

    naglowek: Annotated[Naglowek, "Naglowek"]
    podmiot1: Annotated[Podmiot1, "Podmiot1"]
    podmiot2: Annotated[Podmiot2, "Podmiot2"]
    podmiot3: Annotated[tuple[Podmiot3, ...], "Podmiot3"] = ()
    podmiot_upowazniony: Annotated[PodmiotUpowazniony | None, "PodmiotUpowazniony"] = None
    fa: Annotated[Fa, "Fa"]
    stopka: Annotated[Stopka | None, "Stopka"] = None
    zalacznik: Annotated[Zalacznik | None, "Zalacznik"] = None
