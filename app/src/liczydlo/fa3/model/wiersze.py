"""FaWiersz and DodatkowyOpis: the lines of an invoice and free remarks on them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated


@dataclass(frozen=True, kw_only=True, slots=True)
class DodatkowyOpis:
    """A free key and value, of the invoice or of line ``nr_wiersza``."""

    nr_wiersza: Annotated[int | None, "NrWiersza"] = None
    klucz: Annotated[str, "Klucz"]
    wartosc: Annotated[str, "Wartosc"]


@dataclass(frozen=True, kw_only=True, slots=True)
class FaWiersz:
    """One line. Prices have up to 8 decimal places, values 2, quantities 6."""

    nr_wiersza_fa: Annotated[int, "NrWierszaFa"]
    uu_id: Annotated[str | None, "UU_ID"] = None  # the line's own identifier
    p_6a: Annotated[date | None, "P_6A"] = None  # date of sale of this line
    p_7: Annotated[str | None, "P_7"] = None  # what is sold
    indeks: Annotated[str | None, "Indeks"] = None
    gtin: Annotated[str | None, "GTIN"] = None
    pkwiu: Annotated[str | None, "PKWiU"] = None
    cn: Annotated[str | None, "CN"] = None
    pkob: Annotated[str | None, "PKOB"] = None
    p_8a: Annotated[str | None, "P_8A"] = None  # unit of measure
    p_8b: Annotated[Decimal | None, "P_8B"] = None  # quantity
    p_9a: Annotated[Decimal | None, "P_9A"] = None  # unit price, net
    p_9b: Annotated[Decimal | None, "P_9B"] = None  # unit price, gross
    p_10: Annotated[Decimal | None, "P_10"] = None  # discounts, when not in the price
    p_11: Annotated[Decimal | None, "P_11"] = None  # value, net
    p_11a: Annotated[Decimal | None, "P_11A"] = None  # value, gross
    p_11_vat: Annotated[Decimal | None, "P_11Vat"] = None  # tax (art. 106e ust. 10)
    p_12: Annotated[str | None, "P_12"] = None  # rate: 23, 8, 5, 0 KR, 0 WDT, 0 EX, zw, oo, np I, np II…
    p_12_xii: Annotated[Decimal | None, "P_12_XII"] = None  # rate under OSS, percent
    p_12_zal_15: Annotated[int | None, "P_12_Zal_15"] = None  # 1: goods of annex 15
    kwota_akcyzy: Annotated[Decimal | None, "KwotaAkcyzy"] = None
    gtu: Annotated[str | None, "GTU"] = None
    procedura: Annotated[str | None, "Procedura"] = None
    kurs_waluty: Annotated[Decimal | None, "KursWaluty"] = None  # PLN for one unit of kod_waluty
    stan_przed: Annotated[int | None, "StanPrzed"] = None  # 1: the line as it was before the correction
