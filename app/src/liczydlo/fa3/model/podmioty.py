"""The parties: seller, buyer, third parties and the authorised one."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from liczydlo.fa3.model.common import Adres, DaneKontaktowe


@dataclass(frozen=True, kw_only=True, slots=True)
class TozsamoscPodatnika:
    """A Polish taxpayer: NIP and name."""

    nip: Annotated[str, "NIP"]
    nazwa: Annotated[str, "Nazwa"]


@dataclass(frozen=True, kw_only=True, slots=True)
class TozsamoscNabywcy:
    """A buyer: exactly one of NIP, EU number (two fields), another number, or ``brak_id``."""

    nip: Annotated[str | None, "NIP"] = None
    kod_ue: Annotated[str | None, "KodUE"] = None
    nr_vat_ue: Annotated[str | None, "NrVatUE"] = None
    kod_kraju: Annotated[str | None, "KodKraju"] = None
    nr_id: Annotated[str | None, "NrID"] = None
    brak_id: Annotated[int | None, "BrakID"] = None  # 1: no tax number, or not given
    nazwa: Annotated[str | None, "Nazwa"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TozsamoscTrzeciego:
    """A third party: as a buyer, or an internal identifier."""

    nip: Annotated[str | None, "NIP"] = None
    id_wew: Annotated[str | None, "IDWew"] = None  # internal identifier, NIP-NNNNN
    kod_ue: Annotated[str | None, "KodUE"] = None
    nr_vat_ue: Annotated[str | None, "NrVatUE"] = None
    kod_kraju: Annotated[str | None, "KodKraju"] = None
    nr_id: Annotated[str | None, "NrID"] = None
    brak_id: Annotated[int | None, "BrakID"] = None  # 1: no tax number, or not given
    nazwa: Annotated[str | None, "Nazwa"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Podmiot1:
    """The seller (Podmiot1)."""

    prefiks_podatnika: Annotated[str | None, "PrefiksPodatnika"] = None  # PL, for intra-Community trade
    nr_eori: Annotated[str | None, "NrEORI"] = None
    dane_identyfikacyjne: Annotated[TozsamoscPodatnika, "DaneIdentyfikacyjne"]
    adres: Annotated[Adres, "Adres"]
    adres_koresp: Annotated[Adres | None, "AdresKoresp"] = None
    dane_kontaktowe: Annotated[tuple[DaneKontaktowe, ...], "DaneKontaktowe"] = ()
    # 1 liquidation, 2 restructuring, 3 bankruptcy, 4 enterprise in succession
    status_info_podatnika: Annotated[int | None, "StatusInfoPodatnika"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Podmiot2:
    """The buyer."""

    nr_eori: Annotated[str | None, "NrEORI"] = None
    dane_identyfikacyjne: Annotated[TozsamoscNabywcy, "DaneIdentyfikacyjne"]
    adres: Annotated[Adres | None, "Adres"] = None
    adres_koresp: Annotated[Adres | None, "AdresKoresp"] = None
    dane_kontaktowe: Annotated[tuple[DaneKontaktowe, ...], "DaneKontaktowe"] = ()
    nr_klienta: Annotated[str | None, "NrKlienta"] = None
    id_nabywcy: Annotated[str | None, "IDNabywcy"] = None
    jst: Annotated[int, "JST"] = 2  # 1: a unit of a local authority stands behind the buyer, 2: no
    gv: Annotated[int, "GV"] = 2  # 1: a member of a VAT group, 2: no


@dataclass(frozen=True, kw_only=True, slots=True)
class Podmiot3:
    """A third party: either ``rola``, or ``rola_inna`` with ``opis_roli``."""

    id_nabywcy: Annotated[str | None, "IDNabywcy"] = None
    nr_eori: Annotated[str | None, "NrEORI"] = None
    dane_identyfikacyjne: Annotated[TozsamoscTrzeciego, "DaneIdentyfikacyjne"]
    adres: Annotated[Adres | None, "Adres"] = None
    adres_koresp: Annotated[Adres | None, "AdresKoresp"] = None
    dane_kontaktowe: Annotated[tuple[DaneKontaktowe, ...], "DaneKontaktowe"] = ()
    # 1 factor, 2 recipient, 3 original party, 4 further buyer, 5 issuer, 6 payer,
    # 7 and 8 local authority (issuer, recipient), 9 and 10 VAT group (the same), 11 employee
    rola: Annotated[int | None, "Rola"] = None
    rola_inna: Annotated[int | None, "RolaInna"] = None  # 1: another role, told in opis_roli
    opis_roli: Annotated[str | None, "OpisRoli"] = None
    udzial: Annotated[Decimal | None, "Udzial"] = None  # percent of a joint buyer
    nr_klienta: Annotated[str | None, "NrKlienta"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DaneKontaktowePU:
    """How to reach the authorised party."""

    email_pu: Annotated[str | None, "EmailPU"] = None
    telefon_pu: Annotated[str | None, "TelefonPU"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PodmiotUpowazniony:
    """The party that issues by virtue of law or decision instead of the seller."""

    nr_eori: Annotated[str | None, "NrEORI"] = None
    dane_identyfikacyjne: Annotated[TozsamoscPodatnika, "DaneIdentyfikacyjne"]
    adres: Annotated[Adres, "Adres"]
    adres_koresp: Annotated[Adres | None, "AdresKoresp"] = None
    dane_kontaktowe: Annotated[tuple[DaneKontaktowePU, ...], "DaneKontaktowe"] = ()
    rola_pu: Annotated[int, "RolaPU"]  # 1 enforcement body, 2 bailiff, 3 tax representative
