"""Fa: the body of the invoice."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from liczydlo.fa3.model.adnotacje import Adnotacje
from liczydlo.fa3.model.korekta import (
    DaneFaKorygowanej,
    FakturaZaliczkowa,
    Podmiot1K,
    Podmiot2K,
    ZaliczkaCzesciowa,
)
from liczydlo.fa3.model.platnosc import Platnosc, Rozliczenie
from liczydlo.fa3.model.transakcja import WarunkiTransakcji
from liczydlo.fa3.model.wiersze import DodatkowyOpis, FaWiersz
from liczydlo.fa3.model.zamowienie import Zamowienie


@dataclass(frozen=True, kw_only=True, slots=True)
class OkresFa:
    """A period of sale, both days included."""

    p_6_od: Annotated[date, "P_6_Od"]
    p_6_do: Annotated[date, "P_6_Do"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fa:
    """Dates, sums per rate, marks, lines. Amounts are in ``kod_waluty``; in PLN those ending in W."""

    kod_waluty: Annotated[str, "KodWaluty"]
    p_1: Annotated[date, "P_1"]  # date of issue
    p_1m: Annotated[str | None, "P_1M"] = None  # place of issue
    p_2: Annotated[str, "P_2"]  # number, unique for the seller and the kind
    wz: Annotated[tuple[str, ...], "WZ"] = ()  # delivery notes
    p_6: Annotated[date | None, "P_6"] = None  # date of sale, the same for all lines (of payment for ZAL)
    okres_fa: Annotated[OkresFa | None, "OkresFa"] = None  # period of sale, instead of p_6
    p_13_1: Annotated[Decimal | None, "P_13_1"] = None  # net at 23 or 22%
    p_14_1: Annotated[Decimal | None, "P_14_1"] = None  # its tax
    p_14_1w: Annotated[Decimal | None, "P_14_1W"] = None  # the tax in PLN
    p_13_2: Annotated[Decimal | None, "P_13_2"] = None  # net at 8 or 7%
    p_14_2: Annotated[Decimal | None, "P_14_2"] = None
    p_14_2w: Annotated[Decimal | None, "P_14_2W"] = None
    p_13_3: Annotated[Decimal | None, "P_13_3"] = None  # net at 5%
    p_14_3: Annotated[Decimal | None, "P_14_3"] = None
    p_14_3w: Annotated[Decimal | None, "P_14_3W"] = None
    p_13_4: Annotated[Decimal | None, "P_13_4"] = None  # net of the taxi flat rate (4 or 3%)
    p_14_4: Annotated[Decimal | None, "P_14_4"] = None
    p_14_4w: Annotated[Decimal | None, "P_14_4W"] = None
    p_13_5: Annotated[Decimal | None, "P_13_5"] = None  # net under the OSS procedures
    p_14_5: Annotated[Decimal | None, "P_14_5"] = None
    p_13_6_1: Annotated[Decimal | None, "P_13_6_1"] = None  # net at 0%, domestic
    p_13_6_2: Annotated[Decimal | None, "P_13_6_2"] = None  # net at 0%, intra-Community supply
    p_13_6_3: Annotated[Decimal | None, "P_13_6_3"] = None  # net at 0%, export
    p_13_7: Annotated[Decimal | None, "P_13_7"] = None  # exempt
    p_13_8: Annotated[Decimal | None, "P_13_8"] = None  # supplied outside Poland, untaxed here
    p_13_9: Annotated[Decimal | None, "P_13_9"] = None  # services of art. 100 ust. 1 pkt 4 (to EU taxpayers)
    p_13_10: Annotated[Decimal | None, "P_13_10"] = None  # reverse charge, the buyer settles the tax
    p_13_11: Annotated[Decimal | None, "P_13_11"] = None  # margin procedures, gross
    p_15: Annotated[Decimal, "P_15"]  # amount due in kod_waluty, gross
    kurs_waluty_z: Annotated[Decimal | None, "KursWalutyZ"] = None  # rate of exchange of an advance
    adnotacje: Annotated[Adnotacje, "Adnotacje"]
    rodzaj_faktury: Annotated[str, "RodzajFaktury"]  # VAT, KOR, ZAL, ROZ, UPR, KOR_ZAL, KOR_ROZ
    przyczyna_korekty: Annotated[str | None, "PrzyczynaKorekty"] = None
    # 1 at the original's date, 2 at the correction's, 3 otherwise
    typ_korekty: Annotated[int | None, "TypKorekty"] = None
    dane_fa_korygowanej: Annotated[tuple[DaneFaKorygowanej, ...], "DaneFaKorygowanej"] = ()
    okres_fa_korygowanej: Annotated[str | None, "OkresFaKorygowanej"] = None  # for rebates of a period
    # right number, when the correction mends the number itself
    nr_fa_korygowany: Annotated[str | None, "NrFaKorygowany"] = None
    podmiot1k: Annotated[Podmiot1K | None, "Podmiot1K"] = None
    podmiot2k: Annotated[tuple[Podmiot2K, ...], "Podmiot2K"] = ()
    p_15zk: Annotated[Decimal | None, "P_15ZK"] = None  # amount before the correction (advances)
    kurs_waluty_zk: Annotated[Decimal | None, "KursWalutyZK"] = None
    zaliczka_czesciowa: Annotated[tuple[ZaliczkaCzesciowa, ...], "ZaliczkaCzesciowa"] = ()
    fp: Annotated[int | None, "FP"] = None  # art. 109 ust. 3d: invoice to a receipt
    tp: Annotated[int | None, "TP"] = None  # parties linked
    dodatkowy_opis: Annotated[tuple[DodatkowyOpis, ...], "DodatkowyOpis"] = ()
    faktura_zaliczkowa: Annotated[tuple[FakturaZaliczkowa, ...], "FakturaZaliczkowa"] = ()
    zwrot_akcyzy: Annotated[int | None, "ZwrotAkcyzy"] = None
    fa_wiersz: Annotated[tuple[FaWiersz, ...], "FaWiersz"] = ()
    rozliczenie: Annotated[Rozliczenie | None, "Rozliczenie"] = None
    platnosc: Annotated[Platnosc | None, "Platnosc"] = None
    warunki_transakcji: Annotated[WarunkiTransakcji | None, "WarunkiTransakcji"] = None
    zamowienie: Annotated[Zamowienie | None, "Zamowienie"] = None
