"""Rozliczenie and Platnosc: what is due, when and how."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from liczydlo.fa3.model.common import RachunekBankowy


@dataclass(frozen=True, kw_only=True, slots=True)
class KwotaZPowodem:
    """A charge or a deduction, with its reason."""

    kwota: Annotated[Decimal, "Kwota"]
    powod: Annotated[str, "Powod"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rozliczenie:
    """Charges and deductions beside the invoice's own amount."""

    obciazenia: Annotated[tuple[KwotaZPowodem, ...], "Obciazenia"] = ()
    suma_obciazen: Annotated[Decimal | None, "SumaObciazen"] = None
    odliczenia: Annotated[tuple[KwotaZPowodem, ...], "Odliczenia"] = ()
    suma_odliczen: Annotated[Decimal | None, "SumaOdliczen"] = None
    do_zaplaty: Annotated[Decimal | None, "DoZaplaty"] = None  # p_15 with charges and deductions
    do_rozliczenia: Annotated[Decimal | None, "DoRozliczenia"] = None  # overpaid


@dataclass(frozen=True, kw_only=True, slots=True)
class ZaplataCzesciowa:
    """A part payment already made."""

    kwota_zaplaty_czesciowej: Annotated[Decimal, "KwotaZaplatyCzesciowej"]
    data_zaplaty_czesciowej: Annotated[date, "DataZaplatyCzesciowej"]
    # 1 cash, 2 card, 3 voucher, 4 cheque, 5 credit, 6 transfer, 7 mobile
    forma_platnosci: Annotated[int | None, "FormaPlatnosci"] = None
    platnosc_inna: Annotated[int | None, "PlatnoscInna"] = None
    opis_platnosci: Annotated[str | None, "OpisPlatnosci"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TerminOpis:
    """A term told in words: 14 days from delivery."""

    ilosc: Annotated[int, "Ilosc"]
    jednostka: Annotated[str, "Jednostka"]  # days, weeks…
    zdarzenie_poczatkowe: Annotated[str, "ZdarzeniePoczatkowe"]


@dataclass(frozen=True, kw_only=True, slots=True)
class TerminPlatnosci:
    """A term of payment, as a date, in words or both."""

    termin: Annotated[date | None, "Termin"] = None
    termin_opis: Annotated[TerminOpis | None, "TerminOpis"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Skonto:
    """A discount for early payment, in words."""

    warunki_skonta: Annotated[str, "WarunkiSkonta"]
    wysokosc_skonta: Annotated[str, "WysokoscSkonta"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Platnosc:
    """Payment: made, made in parts, or due."""

    zaplacono: Annotated[int | None, "Zaplacono"] = None  # 1: paid in full
    data_zaplaty: Annotated[date | None, "DataZaplaty"] = None
    # 1: paid in part, 2: in whole, in parts
    znacznik_zaplaty_czesciowej: Annotated[int | None, "ZnacznikZaplatyCzesciowej"] = None
    zaplata_czesciowa: Annotated[tuple[ZaplataCzesciowa, ...], "ZaplataCzesciowa"] = ()
    termin_platnosci: Annotated[tuple[TerminPlatnosci, ...], "TerminPlatnosci"] = ()
    # 1 cash, 2 card, 3 voucher, 4 cheque, 5 credit, 6 transfer, 7 mobile
    forma_platnosci: Annotated[int | None, "FormaPlatnosci"] = None
    platnosc_inna: Annotated[int | None, "PlatnoscInna"] = None
    opis_platnosci: Annotated[str | None, "OpisPlatnosci"] = None
    rachunek_bankowy: Annotated[tuple[RachunekBankowy, ...], "RachunekBankowy"] = ()
    rachunek_bankowy_faktora: Annotated[tuple[RachunekBankowy, ...], "RachunekBankowyFaktora"] = ()
    skonto: Annotated[Skonto | None, "Skonto"] = None
    link_do_platnosci: Annotated[str | None, "LinkDoPlatnosci"] = None
    ipksef: Annotated[str | None, "IPKSeF"] = None  # payment identifier of KSeF
