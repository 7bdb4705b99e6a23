"""Invoices that nobody should pay: what firms have been sent through KSeF and by mail, on demand."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import replace

from ...intake.identifiers import nip_checksum_holds
from .people import Good, Seller

URGENT_DAYS = 1
"""Until a stranger wants to be paid."""
URGENT_NOTES = (
    ("PILNE", "Brak wpłaty w terminie spowoduje wykreślenie firmy z rejestru i karę do 50 000 zł."),
    ("Kontakt", "Prosimy nie dzwonić: sprawę prowadzi wyłącznie nasz dział windykacji."),
)
CHANGED_ACCOUNT = (("Uwaga", "Zmieniliśmy numer rachunku. Prosimy o wpłaty wyłącznie na nowy rachunek."),)
_STRANGERS = (
    "Centralny Rejestr Przedsiębiorców i Podatników sp. z o.o.",
    "Krajowa Ewidencja Działalności Gospodarczej – Biuro Opłat",
    "Polski Fundusz Znaków Towarowych Europa sp. z o.o.",
)
_FEE = Good(
    name="Opłata za wpis do rejestru, ochrona na 12 miesięcy", unit="usł.", least=3_900_000, most=7_900_000
)


def stranger(dice: random.Random) -> Seller:
    """Somebody who was never heard of, with a high fee to be paid by tomorrow."""
    return Seller(
        nip=_free_nip(f"{dice.randint(9_980_000_000, 9_989_999_999)}"),
        name=dice.choice(_STRANGERS),
        street="ul. Urzędowa 1",
        town="00-999 Warszawa",
        goods=(_FEE,),
        numbers="OPŁATA/{n}/{year}",
        rest="Opłata manipulacyjna",
    )


def look_alike(seller: Seller) -> Seller:
    """Somebody else, whose name differs from the seller's by a letter."""
    return replace(seller, nip=_free_nip(seller.nip, {seller.nip}), name=_misspelt(seller.name))


def respelt(number: str) -> str:
    """The same number for people, another for KSeF, which refuses the very same: ``F/12/2026`` → ``F-12-2026``."""
    return number.replace("/", "-") if "/" in number else f"{number[:6]} {number[6:]}"


def _misspelt(name: str) -> str:
    """With its third letter doubled."""
    return name[:3] + name[2:]


def _free_nip(near: str, used: Collection[str] = ()) -> str:
    """The next NIP after this number whose checksum holds."""
    number = int(near)
    while not nip_checksum_holds(str(number)) or str(number) in used:
        number += 1
    return str(number)
