"""Parties of a PEF as an FA(3) has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from liczydlo.fa3.draft import Address, Party, ThirdParty
from liczydlo.fa3.model import DaneKontaktowe
from liczydlo.pef import parties
from liczydlo.pef.reading import NotHeld, every, text, texts


def party(element: etree._Element) -> Party:
    """Raises NotHeld for one that is not known by a NIP."""
    numbers = [*texts(element, "PartyTaxScheme/CompanyID"), *texts(element, "PartyLegalEntity/CompanyID")]
    nips = [one.removeprefix("PL") for one in numbers if one.removeprefix("PL").isdigit()]
    if not nips:
        raise NotHeld("PartyTaxScheme/CompanyID")
    names = [*texts(element, "PartyLegalEntity/RegistrationName"), *texts(element, "PartyName/Name")]
    place = element.find("{*}PostalAddress")
    gln = [one.text for one in every(element, "EndpointID") if one.get("schemeID") == parties.GLN]
    address = _address(place)
    if address is not None and gln:
        address = replace(address, gln=gln[0])
    phones, mails = texts(element, "Contact/Telephone"), texts(element, "Contact/ElectronicMail")
    contact = DaneKontaktowe(email=next(iter(mails), None), telefon=next(iter(phones), None))
    return Party(
        nip=nips[0],
        name=next(iter(names), None),
        address=address,
        contacts=(contact,) if phones or mails else (),
    )


def _address(place: etree._Element | None) -> Address | None:
    if place is None:
        return None
    street, more, town, code = (
        text(place, name) for name in ("StreetName", "AdditionalStreetName", "CityName", "PostalZone")
    )
    second = " ".join(filter(None, (code, town)))
    if second and more:
        street, more = " ".join(filter(None, (street, more))), ""
    first, second = (street, second or more) if street else (second or more, "")
    country = text(place, "Country/IdentificationCode") or "PL"
    return Address(line1=first, line2=second or None, country=country) if first else None


def recipients(root: etree._Element) -> Iterator[ThirdParty]:
    """Parties to whom the goods are delivered (BG-13) as third parties in the role of a recipient."""
    for name in texts(root, "Delivery/DeliveryParty/PartyName/Name"):
        place = root.find("{*}Delivery/{*}DeliveryLocation")
        address = _address(place.find("{*}Address")) if place is not None else None
        gln = text(place, "ID") if place is not None else ""
        if address is not None and gln:
            address = replace(address, gln=gln)
        yield ThirdParty(party=Party(name=name, address=address), role=parties.RECIPIENTS[0])
