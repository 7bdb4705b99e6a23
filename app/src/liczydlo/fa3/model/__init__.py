"""FA(3) as frozen dataclasses, one class for one element of the schema, split as the schema is.

An attribute is named after its XSD element: ``KodWaluty`` is ``kod_waluty``, ``P_13_1`` is ``p_13_1``, ``FaWiersz``
is the tuple ``fa_wiersz``. ``Annotated`` carries the exact name: ``"Name"`` a child element, ``"@name"`` an
attribute, ``"."`` the text of the element itself; ``"xsd:string"`` beside it says that lines are kept. Fields stand in
the order of the schema. Reader and writer are made from this alone.

Amounts are Decimal in the scale they were given in. Choices of the schema are optional fields: whether a
combination is allowed is said by ``xsd`` and ``rules``, not by the constructor.
"""

from liczydlo.fa3.model.adnotacje import (
    Adnotacje,
    NoweSrodkiTransportu,
    NowySrodekTransportu,
    PMarzy,
    Zwolnienie,
)
from liczydlo.fa3.model.common import Adres, DaneKontaktowe, RachunekBankowy
from liczydlo.fa3.model.fa import Fa, OkresFa
from liczydlo.fa3.model.faktura import Faktura
from liczydlo.fa3.model.korekta import (
    DaneFaKorygowanej,
    FakturaZaliczkowa,
    Podmiot1K,
    Podmiot2K,
    ZaliczkaCzesciowa,
)
from liczydlo.fa3.model.naglowek import KodFormularza, Naglowek
from liczydlo.fa3.model.platnosc import (
    KwotaZPowodem,
    Platnosc,
    Rozliczenie,
    Skonto,
    TerminOpis,
    TerminPlatnosci,
    ZaplataCzesciowa,
)
from liczydlo.fa3.model.podmioty import (
    DaneKontaktowePU,
    Podmiot1,
    Podmiot2,
    Podmiot3,
    PodmiotUpowazniony,
    TozsamoscNabywcy,
    TozsamoscPodatnika,
    TozsamoscTrzeciego,
)
from liczydlo.fa3.model.stopka import Informacja, Rejestr, Stopka
from liczydlo.fa3.model.transakcja import (
    Przewoznik,
    Transport,
    Umowa,
    WarunkiTransakcji,
    ZamowienieOdniesienie,
)
from liczydlo.fa3.model.wiersze import DodatkowyOpis, FaWiersz
from liczydlo.fa3.model.zalacznik import (
    BlokDanych,
    Kolumna,
    MetaDane,
    MetaDaneTabeli,
    NaglowekTabeli,
    SumaTabeli,
    Tabela,
    Tekst,
    WierszTabeli,
    Zalacznik,
)
from liczydlo.fa3.model.zamowienie import Zamowienie, ZamowienieWiersz

__all__ = [
    "Adnotacje",
    "Adres",
    "BlokDanych",
    "DaneFaKorygowanej",
    "DaneKontaktowe",
    "DaneKontaktowePU",
    "DodatkowyOpis",
    "Fa",
    "FaWiersz",
    "Faktura",
    "FakturaZaliczkowa",
    "Informacja",
    "KodFormularza",
    "Kolumna",
    "KwotaZPowodem",
    "MetaDane",
    "MetaDaneTabeli",
    "Naglowek",
    "NaglowekTabeli",
    "NoweSrodkiTransportu",
    "NowySrodekTransportu",
    "OkresFa",
    "PMarzy",
    "Platnosc",
    "Podmiot1",
    "Podmiot1K",
    "Podmiot2",
    "Podmiot2K",
    "Podmiot3",
    "PodmiotUpowazniony",
    "Przewoznik",
    "RachunekBankowy",
    "Rejestr",
    "Rozliczenie",
    "Skonto",
    "Stopka",
    "SumaTabeli",
    "Tabela",
    "Tekst",
    "TerminOpis",
    "TerminPlatnosci",
    "TozsamoscNabywcy",
    "TozsamoscPodatnika",
    "TozsamoscTrzeciego",
    "Transport",
    "Umowa",
    "WarunkiTransakcji",
    "WierszTabeli",
    "Zalacznik",
    "ZaliczkaCzesciowa",
    "Zamowienie",
    "ZamowienieOdniesienie",
    "ZamowienieWiersz",
    "ZaplataCzesciowa",
    "Zwolnienie",
]
