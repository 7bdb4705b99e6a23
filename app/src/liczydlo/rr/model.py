"""All elements of FA_RR(1), in the order of the schema; read and written as those of FA(3)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from liczydlo.fa3.model.common import Adres, DaneKontaktowe
from liczydlo.fa3.plan import KEEPS_LINES


@dataclass(frozen=True, kw_only=True, slots=True)
class KodFormularza:
    """The form's name with its system code and version; the defaults are the only values of FA_RR(1)."""

    wartosc: Annotated[str, "."] = "FA_RR"
    kod_systemowy: Annotated[str, "@kodSystemowy"] = "FA_RR (1)"
    wersja_schemy: Annotated[str, "@wersjaSchemy"] = "1-1E"


@dataclass(frozen=True, kw_only=True, slots=True)
class Naglowek:
    """The header. ``data_wytworzenia_fa`` is a moment, aware of its time zone."""

    kod_formularza: Annotated[KodFormularza, "KodFormularza"] = KodFormularza()
    wariant_formularza: Annotated[int, "WariantFormularza"] = 1
    data_wytworzenia_fa: Annotated[datetime, "DataWytworzeniaFa"]
    system_info: Annotated[str | None, "SystemInfo"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DaneIdentyfikacyjne:
    """Who a party is: in KSeF both have a NIP."""

    nip: Annotated[str, "NIP"]
    nazwa: Annotated[str, "Nazwa"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Podmiot1:
    """The farmer, who delivered."""

    dane_identyfikacyjne: Annotated[DaneIdentyfikacyjne, "DaneIdentyfikacyjne"]
    adres: Annotated[Adres, "Adres"]
    adres_koresp: Annotated[Adres | None, "AdresKoresp"] = None
    dane_kontaktowe: Annotated[tuple[DaneKontaktowe, ...], "DaneKontaktowe"] = ()
    nr_kontrahenta: Annotated[str | None, "NrKontrahenta"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Podmiot2:
    """The buyer, who issues the invoice."""

    dane_identyfikacyjne: Annotated[DaneIdentyfikacyjne, "DaneIdentyfikacyjne"]
    adres: Annotated[Adres, "Adres"]
    adres_koresp: Annotated[Adres | None, "AdresKoresp"] = None
    dane_kontaktowe: Annotated[tuple[DaneKontaktowe, ...], "DaneKontaktowe"] = ()
    # 1 liquidation, 2 restructuring, 3 bankruptcy, 4 enterprise in succession
    status_info_podatnika: Annotated[int | None, "StatusInfoPodatnika"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TozsamoscTrzeciego:
    """Who a third party is: one of ``nip``, ``id_wew`` and ``brak_id`` (1: it has no number)."""

    nip: Annotated[str | None, "NIP"] = None
    id_wew: Annotated[str | None, "IDWew"] = None
    brak_id: Annotated[int | None, "BrakID"] = None
    nazwa: Annotated[str, "Nazwa"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Podmiot3:
    """A third party: either ``rola``, or ``rola_inna`` (1) with ``opis_roli``."""

    dane_identyfikacyjne: Annotated[TozsamoscTrzeciego, "DaneIdentyfikacyjne"]
    adres: Annotated[Adres | None, "Adres"] = None
    adres_koresp: Annotated[Adres | None, "AdresKoresp"] = None
    dane_kontaktowe: Annotated[tuple[DaneKontaktowe, ...], "DaneKontaktowe"] = ()
    # as in FA(3), without 4: 1 factor, 2 recipient, 3 original party, 5 issuer, 6 payer, 7 to 10, 11 employee
    rola: Annotated[int | None, "Rola"] = None
    rola_inna: Annotated[int | None, "RolaInna"] = None
    opis_roli: Annotated[str | None, "OpisRoli"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PodmiotK:
    """What the corrected invoice said of a party whose data are corrected."""

    dane_identyfikacyjne: Annotated[DaneIdentyfikacyjne, "DaneIdentyfikacyjne"]
    adres: Annotated[Adres, "Adres"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DaneFaKorygowanej:
    """The corrected invoice, with its KSeF number or as one that has none."""

    data_wyst_fa_korygowanej: Annotated[date, "DataWystFaKorygowanej"]
    nr_fa_korygowanej: Annotated[str, "NrFaKorygowanej"]
    nr_ksef: Annotated[int | None, "NrKSeF"] = None
    nr_ksef_fa_korygowanej: Annotated[str | None, "NrKSeFFaKorygowanej"] = None
    nr_ksef_n: Annotated[int | None, "NrKSeFN"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DokumentZaplaty:
    """The proof of a payment, which the right to deduct needs (art. 116 ust. 6 pkt 3)."""

    nr_dokumentu: Annotated[str, "NrDokumentu"]
    data_dokumentu: Annotated[date | None, "DataDokumentu"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DodatkowyOpis:
    """What has no field of its own, the farmer's declaration among it."""

    nr_wiersza: Annotated[int | None, "NrWiersza"] = None
    klucz: Annotated[str, "Klucz"]
    wartosc: Annotated[str, "Wartosc"]


@dataclass(frozen=True, kw_only=True, slots=True)
class FakturaRRWiersz:
    """A line: ``p_6c`` is the class or quality, ``p_7`` the price and ``p_8`` the value without the refund ``p_10``."""

    nr_wiersza_fa: Annotated[int, "NrWierszaFa"]
    uu_id: Annotated[str | None, "UU_ID"] = None
    p_4aa: Annotated[date | None, "P_4AA"] = None
    p_5: Annotated[str, "P_5"]
    gtin: Annotated[str | None, "GTIN"] = None
    pkwiu: Annotated[str | None, "PKWiU"] = None
    cn: Annotated[str | None, "CN"] = None
    p_6a: Annotated[str, "P_6A"]
    p_6b: Annotated[Decimal, "P_6B"]
    p_6c: Annotated[str, "P_6C"]
    p_7: Annotated[Decimal, "P_7"]
    p_8: Annotated[Decimal, "P_8"]
    p_9: Annotated[Decimal, "P_9"]
    p_10: Annotated[Decimal, "P_10"]
    p_11: Annotated[Decimal, "P_11"]
    stan_przed: Annotated[int | None, "StanPrzed"] = None
    kurs_waluty: Annotated[Decimal | None, "KursWaluty"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Kwota:
    """An amount that is added to, or taken off, what is to be paid."""

    kwota: Annotated[Decimal, "Kwota"]
    powod: Annotated[str, "Powod"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rozliczenie:
    """Charges on what is to be paid, and deductions from it, for instance for a fund of promotion. At the end either
    what is to be paid, or what was paid too much."""

    obciazenia: Annotated[tuple[Kwota, ...], "Obciazenia"] = ()
    suma_obciazen: Annotated[Decimal | None, "SumaObciazen"] = None
    odliczenia: Annotated[tuple[Kwota, ...], "Odliczenia"] = ()
    suma_odliczen: Annotated[Decimal | None, "SumaOdliczen"] = None
    do_zaplaty: Annotated[Decimal | None, "DoZaplaty"] = None
    do_rozliczenia: Annotated[Decimal | None, "DoRozliczenia"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RachunekBankowy:
    """A bank account; ``nr_rb`` has 10 to 34 characters."""

    nr_rb: Annotated[str, "NrRB"]
    swift: Annotated[str | None, "SWIFT"] = None
    nazwa_banku: Annotated[str | None, "NazwaBanku"] = None
    opis_rachunku: Annotated[str | None, "OpisRachunku"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Platnosc:
    """Payment: a transfer (1), or another way with its description; accounts of the farmer and of the buyer."""

    forma_platnosci: Annotated[int | None, "FormaPlatnosci"] = None
    platnosc_inna: Annotated[int | None, "PlatnoscInna"] = None
    opis_platnosci: Annotated[str | None, "OpisPlatnosci"] = None
    rachunek_bankowy1: Annotated[tuple[RachunekBankowy, ...], "RachunekBankowy1"] = ()
    rachunek_bankowy2: Annotated[tuple[RachunekBankowy, ...], "RachunekBankowy2"] = ()
    ip_ksef: Annotated[str | None, "IPKSeF"] = None
    link_do_platnosci: Annotated[str | None, "LinkDoPlatnosci"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FakturaRR:
    """The content. Of a correction ``p_11_1``, ``p_11_2``, ``p_12_1`` are differences (art. 116 ust. 5e pkt 5); of an
    invoice in a foreign currency those with ``w`` are in PLN (art. 116 ust. 2b)."""

    kod_waluty: Annotated[str, "KodWaluty"] = "PLN"
    p_1m: Annotated[str | None, "P_1M"] = None
    p_4a: Annotated[date | None, "P_4A"] = None
    p_4b: Annotated[date, "P_4B"]
    p_4c: Annotated[str, "P_4C"]
    p_11_1: Annotated[Decimal, "P_11_1"]
    p_11_1w: Annotated[Decimal | None, "P_11_1W"] = None
    p_11_2: Annotated[Decimal, "P_11_2"]
    p_11_2w: Annotated[Decimal | None, "P_11_2W"] = None
    p_12_1: Annotated[Decimal, "P_12_1"]
    p_12_1w: Annotated[Decimal | None, "P_12_1W"] = None
    p_12_2: Annotated[str, "P_12_2"]
    rodzaj_faktury: Annotated[str, "RodzajFaktury"]
    przyczyna_korekty: Annotated[str | None, "PrzyczynaKorekty"] = None
    typ_korekty: Annotated[int | None, "TypKorekty"] = None
    dane_fa_korygowanej: Annotated[tuple[DaneFaKorygowanej, ...], "DaneFaKorygowanej"] = ()
    nr_fa_korygowany: Annotated[str | None, "NrFaKorygowany"] = None
    podmiot1k: Annotated[PodmiotK | None, "Podmiot1K"] = None
    podmiot2k: Annotated[PodmiotK | None, "Podmiot2K"] = None
    dokument_zaplaty: Annotated[tuple[DokumentZaplaty, ...], "DokumentZaplaty"] = ()
    dodatkowy_opis: Annotated[tuple[DodatkowyOpis, ...], "DodatkowyOpis"] = ()
    faktura_rr_wiersz: Annotated[tuple[FakturaRRWiersz, ...], "FakturaRRWiersz"] = ()
    rozliczenie: Annotated[Rozliczenie | None, "Rozliczenie"] = None
    platnosc: Annotated[Platnosc | None, "Platnosc"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Informacje:
    """A text of the footer, in lines."""

    stopka_faktury: Annotated[str | None, "StopkaFaktury", KEEPS_LINES] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejestry:
    """Numbers of a party in other registers."""

    pelna_nazwa: Annotated[str | None, "PelnaNazwa"] = None
    krs: Annotated[str | None, "KRS"] = None
    regon: Annotated[str | None, "REGON"] = None
    bdo: Annotated[str | None, "BDO"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Stopka:
    """The footer."""

    informacje: Annotated[tuple[Informacje, ...], "Informacje"] = ()
    rejestry: Annotated[tuple[Rejestry, ...], "Rejestry"] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Faktura:
    """An FA_RR(1) invoice."""

    naglowek: Annotated[Naglowek, "Naglowek"]
    podmiot1: Annotated[Podmiot1, "Podmiot1"]
    podmiot2: Annotated[Podmiot2, "Podmiot2"]
    podmiot3: Annotated[tuple[Podmiot3, ...], "Podmiot3"] = ()
    faktura_rr: Annotated[FakturaRR, "FakturaRR"]
    stopka: Annotated[Stopka | None, "Stopka"] = None
