"""Podmiot1, 2 and 3, and the parties as a corrected invoice had them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from liczydlo.fa3.draft import Address, InvoiceDraft, Party, ThirdParty
from liczydlo.fa3.model import (
    Adres,
    Podmiot1,
    Podmiot1K,
    Podmiot2,
    Podmiot2K,
    Podmiot3,
    TozsamoscNabywcy,
    TozsamoscPodatnika,
    TozsamoscTrzeciego,
)

IN_UNION: Final = ("0 WDT", "np II")  # rates of what is sold under the number with PL (art. 97 ust. 10)
_NOT_OF_A_SELLER: Final = ("vat_ue", "tax_id", "internal_id", "customer_number", "buyer_id")
_NOT_OF_A_SELLER_BEFORE: Final = (*_NOT_OF_A_SELLER, "post_address", "contacts", "eori")
_NOT_OF_A_BUYER: Final = ("internal_id", "eu_prefix")
_NOT_OF_A_BUYER_BEFORE: Final = (*_NOT_OF_A_BUYER, "post_address", "contacts", "eori", "customer_number")


def seller(party: Party, status: int | None, rates: Collection[str | None]) -> Podmiot1:
    """The seller; the NIP has its prefix where a rate is one of trade in the EU."""
    _refuse(party, _NOT_OF_A_SELLER, "a seller")
    in_union = party.eu_prefix
    if in_union is None:
        in_union = any(rate in rates for rate in IN_UNION)
    return Podmiot1(
        prefiks_podatnika="PL" if in_union else None,
        nr_eori=party.eori,
        dane_identyfikacyjne=TozsamoscPodatnika(nip=party.nip or "", nazwa=party.name or ""),
        adres=_address(party.address or Address(line1="")),
        adres_koresp=_optional(party.post_address),
        dane_kontaktowe=party.contacts,
        status_info_podatnika=status,
    )


def buyer(party: Party, draft: InvoiceDraft) -> Podmiot2:
    """Podmiot2. Raises ValueError for a field that the schema lacks there."""
    _refuse(party, _NOT_OF_A_BUYER, "a buyer")
    return Podmiot2(
        nr_eori=party.eori,
        dane_identyfikacyjne=TozsamoscNabywcy(**_identity(party)),
        adres=_optional(party.address),
        adres_koresp=_optional(party.post_address),
        dane_kontaktowe=party.contacts,
        nr_klienta=party.customer_number,
        id_nabywcy=party.buyer_id,
        jst=1 if draft.local_authority else 2,
        gv=1 if draft.vat_group else 2,
    )


def third(one: ThirdParty) -> Podmiot3:
    """Podmiot3. Raises ValueError for a field that the schema lacks there."""
    party = one.party
    _refuse(party, ("eu_prefix",), "a third party")
    return Podmiot3(
        id_nabywcy=party.buyer_id,
        nr_eori=party.eori,
        dane_identyfikacyjne=TozsamoscTrzeciego(**_identity(party), id_wew=party.internal_id),
        adres=_optional(party.address),
        adres_koresp=_optional(party.post_address),
        dane_kontaktowe=party.contacts,
        rola=one.role,
        rola_inna=1 if one.other_role is not None else None,
        opis_roli=one.other_role,
        udzial=one.share,
        nr_klienta=party.customer_number,
    )


def seller_before(party: Party) -> Podmiot1K:
    """The seller as the corrected invoice had it."""
    _refuse(party, _NOT_OF_A_SELLER_BEFORE, "a seller before the correction")
    return Podmiot1K(
        prefiks_podatnika="PL" if party.eu_prefix else None,
        dane_identyfikacyjne=TozsamoscPodatnika(nip=party.nip or "", nazwa=party.name or ""),
        adres=_address(party.address or Address(line1="")),
    )


def buyer_before(party: Party) -> Podmiot2K:
    """A buyer or a third party as the corrected invoice had it."""
    _refuse(party, _NOT_OF_A_BUYER_BEFORE, "a buyer before the correction")
    return Podmiot2K(
        dane_identyfikacyjne=TozsamoscNabywcy(**_identity(party)),
        adres=_optional(party.address),
        id_nabywcy=party.buyer_id,
    )


def _refuse(party: Party, names: Collection[str], who: str) -> None:
    if foreign := [name for name in names if getattr(party, name) not in (None, ())]:
        raise ValueError(f"{who} has no {', '.join(foreign)}")


def _identity(party: Party) -> dict[str, Any]:
    identifiers = (party.nip, party.vat_ue, party.tax_id, party.internal_id)
    count = len(identifiers) - identifiers.count(None)
    if count > 1:
        raise ValueError("a party has one identifier")
    return {
        "nip": party.nip,
        "kod_ue": party.vat_ue_country,
        "nr_vat_ue": party.vat_ue,
        "kod_kraju": party.tax_country,
        "nr_id": party.tax_id,
        "brak_id": None if count else 1,
        "nazwa": party.name,
    }


def _optional(address: Address | None) -> Adres | None:
    return None if address is None else _address(address)


def _address(address: Address) -> Adres:
    return Adres(kod_kraju=address.country, adres_l1=address.line1, adres_l2=address.line2, gln=address.gln)
