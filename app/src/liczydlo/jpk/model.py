"""JPK_FA(4) as frozen dataclasses, as ``fa3.model`` has FA(3): fields in the order of the schema, by its names.

Amounts are in the invoice's currency, those ending in W in PLN. Marks are the words ``true`` and ``false``.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated


@dataclass(frozen=True, kw_only=True, slots=True)
class Faktura:
    """An invoice; a correction states its amounts as differences, and everything else as it is afterwards."""

    kod_waluty: Annotated[str, "KodWaluty"]
    p_1: Annotated[date, "P_1"]  # date of issue
    p_2a: Annotated[str, "P_2A"]  # number
    p_3a: Annotated[str | None, "P_3A"] = None  # buyer: name
    p_3b: Annotated[str | None, "P_3B"] = None  # buyer: address
    p_3c: Annotated[str, "P_3C"]  # seller: name
    p_3d: Annotated[str, "P_3D"]  # seller: address
    p_4a: Annotated[str | None, "P_4A"] = None  # seller: prefix, EU trade
    p_4b: Annotated[str | None, "P_4B"] = None  # seller: NIP
    p_5a: Annotated[str | None, "P_5A"] = None  # buyer: EU prefix
    p_5b: Annotated[str | None, "P_5B"] = None  # buyer: number
    p_6: Annotated[date | None, "P_6"] = None  # end of the supply or payment, where it is not P_1
    p_13_1: Annotated[Decimal | None, "P_13_1"] = None  # 23 or 22%
    p_14_1: Annotated[Decimal | None, "P_14_1"] = None
    p_14_1w: Annotated[Decimal | None, "P_14_1W"] = None
    p_13_2: Annotated[Decimal | None, "P_13_2"] = None  # 8 or 7%
    p_14_2: Annotated[Decimal | None, "P_14_2"] = None
    p_14_2w: Annotated[Decimal | None, "P_14_2W"] = None
    p_13_3: Annotated[Decimal | None, "P_13_3"] = None  # 5%
    p_14_3: Annotated[Decimal | None, "P_14_3"] = None
    p_14_3w: Annotated[Decimal | None, "P_14_3W"] = None
    p_13_4: Annotated[Decimal | None, "P_13_4"] = None  # domestic reverse charge, and taxis
    p_14_4: Annotated[Decimal | None, "P_14_4"] = None
    p_14_4w: Annotated[Decimal | None, "P_14_4W"] = None
    p_13_5: Annotated[Decimal | None, "P_13_5"] = None  # outside Poland
    p_14_5: Annotated[Decimal | None, "P_14_5"] = None  # tax of another country (OSS)
    p_13_6: Annotated[Decimal | None, "P_13_6"] = None  # 0%
    p_13_7: Annotated[Decimal | None, "P_13_7"] = None  # exempt
    p_15: Annotated[Decimal, "P_15"]  # amount due
    p_16: Annotated[str, "P_16"]  # cash method
    p_17: Annotated[str, "P_17"]  # self-billing
    p_18: Annotated[str, "P_18"]  # reverse charge
    p_18a: Annotated[str, "P_18A"]  # split payment
    p_19: Annotated[str, "P_19"]  # exempt
    p_19a: Annotated[str | None, "P_19A"] = None
    p_19b: Annotated[str | None, "P_19B"] = None
    p_19c: Annotated[str | None, "P_19C"] = None
    p_20: Annotated[str, "P_20"]  # issued by an enforcement body or a bailiff
    p_20a: Annotated[str | None, "P_20A"] = None
    p_20b: Annotated[str | None, "P_20B"] = None
    p_21: Annotated[str, "P_21"]  # issued by a tax representative
    p_21a: Annotated[str | None, "P_21A"] = None
    p_21b: Annotated[str | None, "P_21B"] = None
    p_21c: Annotated[str | None, "P_21C"] = None
    p_22: Annotated[str, "P_22"]  # a new means of transport
    p_22a: Annotated[date | None, "P_22A"] = None
    p_22b: Annotated[str | None, "P_22B"] = None  # mileage
    p_22c: Annotated[str | None, "P_22C"] = None  # hours of use
    p_23: Annotated[str, "P_23"]  # second in a triangular transaction
    p_106e_2: Annotated[str, "P_106E_2"]  # margin: travel agencies
    p_106e_3: Annotated[str, "P_106E_3"]  # margin: second-hand goods, art, antiques
    p_106e_3a: Annotated[str | None, "P_106E_3A"] = None
    rodzaj_faktury: Annotated[str, "RodzajFaktury"]  # VAT, KOREKTA, ZAL
    przyczyna_korekty: Annotated[str | None, "PrzyczynaKorekty"] = None
    nr_fa_korygowanej: Annotated[str | None, "NrFaKorygowanej"] = None
    okres_fa_korygowanej: Annotated[str | None, "OkresFaKorygowanej"] = None
    nr_fa_zaliczkowej: Annotated[str | None, "NrFaZaliczkowej"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FakturaWiersz:
    """A line; those of a correction are differences, or a reversal followed by what is right."""

    p_2b: Annotated[str, "P_2B"]  # the invoice's number
    p_7: Annotated[str | None, "P_7"] = None  # what is sold
    p_8a: Annotated[str | None, "P_8A"] = None  # unit of measure
    p_8b: Annotated[Decimal | None, "P_8B"] = None  # quantity
    p_9a: Annotated[Decimal | None, "P_9A"] = None  # unit price, net
    p_9b: Annotated[Decimal | None, "P_9B"] = None  # unit price, gross
    p_10: Annotated[Decimal | None, "P_10"] = None  # discounts, when not in the price
    p_11: Annotated[Decimal | None, "P_11"] = None  # value, net
    p_11a: Annotated[Decimal | None, "P_11A"] = None  # value, gross
    p_12: Annotated[str | None, "P_12"] = None  # rate: 23, 8, 5, 0, zw, oo, np…
    p_12_xii: Annotated[Decimal | None, "P_12_XII"] = None  # rate under OSS, percent


@dataclass(frozen=True, kw_only=True, slots=True)
class ZamowienieWiersz:
    """A line of an order."""

    p_7z: Annotated[str | None, "P_7Z"] = None
    p_8az: Annotated[str | None, "P_8AZ"] = None
    p_8bz: Annotated[Decimal | None, "P_8BZ"] = None
    p_9az: Annotated[Decimal | None, "P_9AZ"] = None
    p_11_netto_z: Annotated[Decimal | None, "P_11NettoZ"] = None
    p_11_vat_z: Annotated[Decimal | None, "P_11VatZ"] = None
    p_12z: Annotated[str | None, "P_12Z"] = None
    p_12z_xii: Annotated[Decimal | None, "P_12Z_XII"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Zamowienie:
    """The order that an advance was paid for."""

    p_2az: Annotated[str, "P_2AZ"]  # the invoice's number
    wartosc_zamowienia: Annotated[Decimal, "WartoscZamowienia"]  # gross
    zamowienie_wiersz: Annotated[tuple[ZamowienieWiersz, ...], "ZamowienieWiersz"] = ()
