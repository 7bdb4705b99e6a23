"""Zamowienie: the order or contract that an advance invoice refers to."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated


@dataclass(frozen=True, kw_only=True, slots=True)
class ZamowienieWiersz:
    """One ordered line."""

    nr_wiersza_zam: Annotated[int, "NrWierszaZam"]
    uu_idz: Annotated[str | None, "UU_IDZ"] = None
    p_7z: Annotated[str | None, "P_7Z"] = None  # what is ordered
    indeks_z: Annotated[str | None, "IndeksZ"] = None
    gtinz: Annotated[str | None, "GTINZ"] = None
    pkwiuz: Annotated[str | None, "PKWiUZ"] = None
    cnz: Annotated[str | None, "CNZ"] = None
    pkobz: Annotated[str | None, "PKOBZ"] = None
    p_8az: Annotated[str | None, "P_8AZ"] = None  # unit of measure
    p_8bz: Annotated[Decimal | None, "P_8BZ"] = None  # quantity
    p_9az: Annotated[Decimal | None, "P_9AZ"] = None  # unit price, net
    p_11_netto_z: Annotated[Decimal | None, "P_11NettoZ"] = None  # value, net
    p_11_vat_z: Annotated[Decimal | None, "P_11VatZ"] = None  # tax
    p_12z: Annotated[str | None, "P_12Z"] = None  # rate
    p_12z_xii: Annotated[Decimal | None, "P_12Z_XII"] = None
    p_12z_zal_15: Annotated[int | None, "P_12Z_Zal_15"] = None
    gtuz: Annotated[str | None, "GTUZ"] = None
    procedura_z: Annotated[str | None, "ProceduraZ"] = None
    kwota_akcyzy_z: Annotated[Decimal | None, "KwotaAkcyzyZ"] = None
    stan_przed_z: Annotated[int | None, "StanPrzedZ"] = None  # 1: before the correction


@dataclass(frozen=True, kw_only=True, slots=True)
class Zamowienie:
    """The order: its gross value and lines."""

    wartosc_zamowienia: Annotated[Decimal, "WartoscZamowienia"]  # gross
    zamowienie_wiersz: Annotated[tuple[ZamowienieWiersz, ...], "ZamowienieWiersz"] = ()
