"""The way back to the parties of a draft: those of the invoice and those before a correction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

from liczydlo.fa3.build import parties
from liczydlo.fa3.draft import Address, Party, ThirdParty
from liczydlo.fa3.model import Adres, Podmiot1, Podmiot1K, Podmiot2, Podmiot2K, Podmiot3

_POLAND: Final = "PL"


def address(adres: Adres | None) -> Address | None:
    if adres is None:
        return None
    return Address(line1=adres.adres_l1, line2=adres.adres_l2, country=adres.kod_kraju, gln=adres.gln)


def party(element: Podmiot1 | Podmiot1K | Podmiot2 | Podmiot2K | Podmiot3) -> Party:
    """Any of the parties; each kind of element has some of these fields. The schema allows one identifier."""
    identity = element.dane_identyfikacyjne

    def optional(holder: Any, name: str) -> Any:
        return getattr(holder, name, None)

    identifiers = {
        "nip": identity.nip,
        "vat_ue": optional(identity, "nr_vat_ue"),
        "tax_id": optional(identity, "nr_id"),
        "internal_id": optional(identity, "id_wew"),
    }
    named = [(name, value) for name, value in identifiers.items() if value is not None]
    return Party(
        name=identity.nazwa,
        **dict(named[:1]),
        vat_ue_country=optional(identity, "kod_ue"),
        tax_country=optional(identity, "kod_kraju"),
        address=address(element.adres),
        post_address=address(optional(element, "adres_koresp")),
        contacts=optional(element, "dane_kontaktowe") or (),
        eori=optional(element, "nr_eori"),
        customer_number=optional(element, "nr_klienta"),
        buyer_id=optional(element, "id_nabywcy"),
    )


def seller(element: Podmiot1, rates: Collection[str | None]) -> Party:
    prefixed = element.prefiks_podatnika is not None
    follows = any(rate in rates for rate in parties.IN_UNION) == prefixed
    return replace(party(element), eu_prefix=None if follows else prefixed)


def seller_before(element: Podmiot1K) -> Party:
    return replace(party(element), eu_prefix=True if element.prefiks_podatnika is not None else None)


def prefix_before(element: Podmiot1K | None) -> str | None:
    prefix = element.prefiks_podatnika if element is not None else None
    return None if prefix == _POLAND else prefix


def third(element: Podmiot3) -> ThirdParty:
    return ThirdParty(
        party=party(element), role=element.rola, other_role=element.opis_roli, share=element.udzial
    )
