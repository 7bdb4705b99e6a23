"""Seller, buyer and the place of delivery."""

from __future__ import annotations

import re
from typing import Final

from liczydlo.fa3.model import Adres, DaneKontaktowe, Faktura, Podmiot3
from liczydlo.pef.taxes import scheme
from liczydlo.pef.ubl import Element, cac, cbc

RECIPIENTS: Final = (2, 8)
"""Rola of Podmiot3: the recipient, and that of a local authority."""
POLISH_NIP: Final = "9945"  # EAS: Polish VAT number
GLN: Final = "0088"  # EAS
_TOWN: Final = re.compile(r"(\d{2}-\d{3})\s+(\S.*)")


def seller(faktura: Faktura) -> Element | None:
    """BG-4."""
    party, who = faktura.podmiot1, faktura.podmiot1.dane_identyfikacyjne
    inner = _party(who.nip, who.nazwa, party.adres, party.dane_kontaktowe)
    return cac("AccountingSupplierParty", inner)


def buyer(faktura: Faktura) -> Element | None:
    """BG-7; the caller has looked whether the buyer has a NIP, a name and an address."""
    party, who = faktura.podmiot2, faktura.podmiot2.dane_identyfikacyjne
    inner = _party(who.nip or "", who.nazwa or "", party.adres, party.dane_kontaktowe)
    return cac("AccountingCustomerParty", inner)


def delivery(faktura: Faktura) -> Element | None:
    """BG-13: when, and to whom where it is not the buyer."""
    recipient = next((one for one in faktura.podmiot3 if one.rola in RECIPIENTS), None)
    day = cbc("ActualDeliveryDate", faktura.fa.p_6)
    return cac("Delivery", day, *(_recipient(recipient) if recipient is not None else ()))


def _recipient(recipient: Podmiot3) -> tuple[Element | None, ...]:
    address = recipient.adres
    number = cbc("ID", address.gln, schemeID=GLN) if address is not None else None
    return (
        cac("DeliveryLocation", number, _address("Address", address)),
        cac("DeliveryParty", cac("PartyName", cbc("Name", recipient.dane_identyfikacyjne.nazwa))),
    )


def _party(
    nip: str, name: str, address: Adres | None, contacts: tuple[DaneKontaktowe, ...]
) -> Element | None:
    gln = address.gln if address is not None else None
    endpoint = cbc("EndpointID", gln, schemeID=GLN) if gln else cbc("EndpointID", nip, schemeID=POLISH_NIP)
    first = contacts[0] if contacts else DaneKontaktowe()
    contact = cac("Contact", cbc("Telephone", first.telefon), cbc("ElectronicMail", first.email))
    return cac(
        "Party",
        endpoint,
        cac("PartyName", cbc("Name", name)),
        _address("PostalAddress", address),
        cac("PartyTaxScheme", cbc("CompanyID", f"PL{nip}"), scheme()),
        cac("PartyLegalEntity", cbc("RegistrationName", name), cbc("CompanyID", nip)),
        contact,
    )


def _address(name: str, address: Adres | None) -> Element | None:
    """Lines of FA(3): the second is the postcode and the town, where it is written as most people do."""
    if address is None:
        return None
    town = _TOWN.fullmatch(address.adres_l2 or "")
    return cac(
        name,
        cbc("StreetName", address.adres_l1),
        None if town else cbc("AdditionalStreetName", address.adres_l2),
        cbc("CityName", town[2]) if town else None,
        cbc("PostalZone", town[1]) if town else None,
        cac("Country", cbc("IdentificationCode", address.kod_kraju)),
    )
