"""WarunkiTransakcji: contracts, orders, delivery and transport."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from liczydlo.fa3.model.common import Adres
from liczydlo.fa3.model.podmioty import TozsamoscNabywcy


@dataclass(frozen=True, kw_only=True, slots=True)
class Umowa:
    """A contract that the sale follows from."""

    data_umowy: Annotated[date | None, "DataUmowy"] = None
    nr_umowy: Annotated[str | None, "NrUmowy"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ZamowienieOdniesienie:
    """An order that the sale follows from."""

    data_zamowienia: Annotated[date | None, "DataZamowienia"] = None
    nr_zamowienia: Annotated[str | None, "NrZamowienia"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Przewoznik:
    """The carrier."""

    dane_identyfikacyjne: Annotated[TozsamoscNabywcy, "DaneIdentyfikacyjne"]
    adres_przewoznika: Annotated[Adres, "AdresPrzewoznika"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Transport:
    """One carriage of the goods."""

    # 1 sea, 2 rail, 3 road, 4 air, 5 post, 7 fixed installations, 8 inland water
    rodzaj_transportu: Annotated[int | None, "RodzajTransportu"] = None
    transport_inny: Annotated[int | None, "TransportInny"] = None
    opis_innego_transportu: Annotated[str | None, "OpisInnegoTransportu"] = None
    przewoznik: Annotated[Przewoznik | None, "Przewoznik"] = None
    nr_zlecenia_transportu: Annotated[str | None, "NrZleceniaTransportu"] = None
    opis_ladunku: Annotated[int | None, "OpisLadunku"] = None
    ladunek_inny: Annotated[int | None, "LadunekInny"] = None
    opis_innego_ladunku: Annotated[str | None, "OpisInnegoLadunku"] = None
    jednostka_opakowania: Annotated[str | None, "JednostkaOpakowania"] = None
    data_godz_rozp_transportu: Annotated[datetime | None, "DataGodzRozpTransportu"] = None
    data_godz_zak_transportu: Annotated[datetime | None, "DataGodzZakTransportu"] = None
    wysylka_z: Annotated[Adres | None, "WysylkaZ"] = None
    wysylka_przez: Annotated[tuple[Adres, ...], "WysylkaPrzez"] = ()
    wysylka_do: Annotated[Adres | None, "WysylkaDo"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WarunkiTransakcji:
    """The terms of the transaction."""

    umowy: Annotated[tuple[Umowa, ...], "Umowy"] = ()
    zamowienia: Annotated[tuple[ZamowienieOdniesienie, ...], "Zamowienia"] = ()
    nr_partii_towaru: Annotated[tuple[str, ...], "NrPartiiTowaru"] = ()
    warunki_dostawy: Annotated[str | None, "WarunkiDostawy"] = None
    kurs_umowny: Annotated[Decimal | None, "KursUmowny"] = None
    waluta_umowna: Annotated[str | None, "WalutaUmowna"] = None
    transport: Annotated[tuple[Transport, ...], "Transport"] = ()
    podmiot_posredniczacy: Annotated[int | None, "PodmiotPosredniczacy"] = None
