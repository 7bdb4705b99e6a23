"""What a correction says of the documents and parties it corrects, and what settles advances."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from liczydlo.fa3.model.common import Adres
from liczydlo.fa3.model.podmioty import TozsamoscNabywcy, TozsamoscPodatnika


@dataclass(frozen=True, kw_only=True, slots=True)
class DaneFaKorygowanej:
    """One corrected invoice: ``nr_ksef`` with its number, or ``nr_ksef_n``."""

    data_wyst_fa_korygowanej: Annotated[date, "DataWystFaKorygowanej"]
    nr_fa_korygowanej: Annotated[str, "NrFaKorygowanej"]
    nr_ksef: Annotated[int | None, "NrKSeF"] = None  # 1: the original has a KSeF number
    nr_ksef_fa_korygowanej: Annotated[str | None, "NrKSeFFaKorygowanej"] = None
    nr_ksef_n: Annotated[int | None, "NrKSeFN"] = None  # 1: the original was issued outside KSeF


@dataclass(frozen=True, kw_only=True, slots=True)
class Podmiot1K:
    """The seller as the corrected invoice had it."""

    prefiks_podatnika: Annotated[str | None, "PrefiksPodatnika"] = None  # PL, for intra-Community trade
    dane_identyfikacyjne: Annotated[TozsamoscPodatnika, "DaneIdentyfikacyjne"]
    adres: Annotated[Adres, "Adres"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Podmiot2K:
    """The buyer or a third party as the corrected invoice had it."""

    dane_identyfikacyjne: Annotated[TozsamoscNabywcy, "DaneIdentyfikacyjne"]
    adres: Annotated[Adres | None, "Adres"] = None
    id_nabywcy: Annotated[str | None, "IDNabywcy"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FakturaZaliczkowa:
    """An advance invoice that a final one settles: its KSeF number, or ``nr_ksef_zn`` with its own number."""

    nr_ksef_zn: Annotated[int | None, "NrKSeFZN"] = None  # 1: the advance was issued outside KSeF
    nr_fa_zaliczkowej: Annotated[str | None, "NrFaZaliczkowej"] = None
    nr_ksef_fa_zaliczkowej: Annotated[str | None, "NrKSeFFaZaliczkowej"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ZaliczkaCzesciowa:
    """One of several payments that an advance invoice documents."""

    p_6z: Annotated[date, "P_6Z"]  # date of the part payment
    p_15z: Annotated[Decimal, "P_15Z"]  # its amount, gross
    kurs_waluty_zw: Annotated[Decimal | None, "KursWalutyZW"] = None
