"""Adnotacje: the marks of art. 106e. A choice of 1 or 2 reads yes or no."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated


@dataclass(frozen=True, kw_only=True, slots=True)
class Zwolnienie:
    """Exemption: ``p_19`` with one basis, or ``p_19n``."""

    p_19: Annotated[int | None, "P_19"] = None  # 1: something is exempt
    p_19a: Annotated[str | None, "P_19A"] = None  # basis: Polish law
    p_19b: Annotated[str | None, "P_19B"] = None  # basis: directive 2006/112
    p_19c: Annotated[str | None, "P_19C"] = None  # another basis
    p_19n: Annotated[int | None, "P_19N"] = None  # 1: nothing is exempt


@dataclass(frozen=True, kw_only=True, slots=True)
class NowySrodekTransportu:
    """One new means of transport: by land, water or air."""

    p_22a: Annotated[date, "P_22A"]  # first put to use
    p_nr_wiersza_nst: Annotated[int, "P_NrWierszaNST"]
    p_22bmk: Annotated[str | None, "P_22BMK"] = None  # make
    p_22bmd: Annotated[str | None, "P_22BMD"] = None  # model
    p_22bk: Annotated[str | None, "P_22BK"] = None  # colour
    p_22bnr: Annotated[str | None, "P_22BNR"] = None  # registration number
    p_22brp: Annotated[str | None, "P_22BRP"] = None  # year of production
    p_22b: Annotated[str | None, "P_22B"] = None  # land vehicle: mileage
    p_22b1: Annotated[str | None, "P_22B1"] = None  # VIN
    p_22b2: Annotated[str | None, "P_22B2"] = None  # body number
    p_22b3: Annotated[str | None, "P_22B3"] = None  # chassis number
    p_22b4: Annotated[str | None, "P_22B4"] = None  # frame number
    p_22bt: Annotated[str | None, "P_22BT"] = None  # type
    p_22c: Annotated[str | None, "P_22C"] = None  # vessel: hours of use
    p_22c1: Annotated[str | None, "P_22C1"] = None  # hull number
    p_22d: Annotated[str | None, "P_22D"] = None  # aircraft: hours of use
    p_22d1: Annotated[str | None, "P_22D1"] = None  # factory number


@dataclass(frozen=True, kw_only=True, slots=True)
class NoweSrodkiTransportu:
    """Supply of new means of transport within the EU: ``p_22`` and what follows, or ``p_22n``."""

    p_22: Annotated[int | None, "P_22"] = None  # 1: a new means of transport
    p_42_5: Annotated[int | None, "P_42_5"] = None  # 1: duty of art. 42 ust. 5
    nowy_srodek_transportu: Annotated[tuple[NowySrodekTransportu, ...], "NowySrodekTransportu"] = ()
    p_22n: Annotated[int | None, "P_22N"] = None  # 1: none


@dataclass(frozen=True, kw_only=True, slots=True)
class PMarzy:
    """Margin procedures (art. 119, 120): ``p_pmarzy`` with one kind, or ``p_pmarzy_n``."""

    p_pmarzy: Annotated[int | None, "P_PMarzy"] = None  # 1: a margin procedure
    p_pmarzy_2: Annotated[int | None, "P_PMarzy_2"] = None  # travel agencies
    p_pmarzy_3_1: Annotated[int | None, "P_PMarzy_3_1"] = None  # second-hand goods
    p_pmarzy_3_2: Annotated[int | None, "P_PMarzy_3_2"] = None  # works of art
    p_pmarzy_3_3: Annotated[int | None, "P_PMarzy_3_3"] = None  # collectors' items and antiques
    p_pmarzy_n: Annotated[int | None, "P_PMarzyN"] = None  # 1: none


@dataclass(frozen=True, kw_only=True, slots=True)
class Adnotacje:
    """All the marks; every invoice says each."""

    p_16: Annotated[int, "P_16"] = 2  # cash accounting (metoda kasowa)
    p_17: Annotated[int, "P_17"] = 2  # self-billing (samofakturowanie)
    p_18: Annotated[int, "P_18"] = 2  # reverse charge (odwrotne obciążenie)
    p_18a: Annotated[int, "P_18A"] = 2  # split payment (mechanizm podzielonej płatności)
    zwolnienie: Annotated[Zwolnienie, "Zwolnienie"] = Zwolnienie(p_19n=1)
    nowe_srodki_transportu: Annotated[NoweSrodkiTransportu, "NoweSrodkiTransportu"] = NoweSrodkiTransportu(
        p_22n=1
    )
    p_23: Annotated[int, "P_23"] = 2  # simplified triangular procedure
    pmarzy: Annotated[PMarzy, "PMarzy"] = PMarzy(p_pmarzy_n=1)
