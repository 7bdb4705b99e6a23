"""Who sells, who buys, and to which account: check digits, and what a role asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from liczydlo.fa3.identifiers import bare, bare_nip, is_nip
from liczydlo.fa3.model import Faktura, Podmiot2, Podmiot3
from liczydlo.fa3.problems import Problem
from liczydlo.fa3.rules.common import rates, warning

_ACCOUNT: Final = re.compile(r"(?:PL)?([0-9]{2})([0-9]{24})")
_NIP_IN_TEXT: Final = re.compile(
    r"\b(?:NIP|PL)\W{0,3}((?:PL\W?)?\d(?:[ \u00a0-]?\d){9})(?!\d)", re.IGNORECASE
)
_LOCAL_AUTHORITY, _VAT_GROUP = 8, 10  # Rola of Podmiot3
_TRADE_IN_UNION: Final = {"0 WDT", "np II"}


def _nips(faktura: Faktura) -> Iterator[Problem]:
    """KSeF compares check digits in production only, those inside an internal identifier too."""
    named: list[tuple[str, str | None]] = [
        ("Podmiot1/DaneIdentyfikacyjne/NIP", faktura.podmiot1.dane_identyfikacyjne.nip),
        ("Podmiot2/DaneIdentyfikacyjne/NIP", faktura.podmiot2.dane_identyfikacyjne.nip),
    ]
    for index, party in enumerate(faktura.podmiot3, 1):
        identity = party.dane_identyfikacyjne
        named.append((f"Podmiot3[{index}]/DaneIdentyfikacyjne/NIP", identity.nip))
        if identity.id_wew is not None:
            named.append((f"Podmiot3[{index}]/DaneIdentyfikacyjne/IDWew", identity.id_wew[:10]))
    if faktura.podmiot_upowazniony is not None:
        nip = faktura.podmiot_upowazniony.dane_identyfikacyjne.nip
        named.append(("PodmiotUpowazniony/DaneIdentyfikacyjne/NIP", nip))
    for path, value in named:
        if value is not None and not is_nip(value):
            yield warning("nip-checksum", path, value=value)


def _nips_elsewhere(faktura: Faktura) -> Iterator[Problem]:
    """KSeF shows an invoice to the firm in the field NIP alone: a Polish number anywhere else is not seen by it."""
    named: list[tuple[str, Podmiot2 | Podmiot3]] = [("Podmiot2", faktura.podmiot2)]
    named += [(f"Podmiot3[{index}]", party) for index, party in enumerate(faktura.podmiot3, 1)]
    for path, party in named:
        identity = party.dane_identyfikacyjne
        if identity.nip is None and getattr(identity, "id_wew", None) is None:
            for field, value in _polish(party):
                yield warning("nip-elsewhere", f"{path}/{field}", value=value)


def _polish(party: Podmiot2 | Podmiot3) -> Iterator[tuple[str, str]]:
    """Where a party without a NIP has a Polish number after all: the element and the number."""
    identity, home = party.dane_identyfikacyjne, party.adres
    countries = {"PL"} if home is not None and home.kod_kraju == "PL" else set()
    for field, value, country in (
        ("NrVatUE", identity.nr_vat_ue, identity.kod_ue),
        ("NrID", identity.nr_id, identity.kod_kraju),
    ):
        if value is None:
            continue
        digits = bare_nip(value)
        is_marked = "PL" in (countries | {country}) or bare(value).startswith(("PL", "NIP"))
        if (is_marked and is_nip(digits)) or (field == "NrVatUE" and country == "PL"):
            yield f"DaneIdentyfikacyjne/{field}", digits
    written = [("DaneIdentyfikacyjne/Nazwa", identity.nazwa)]
    if home is not None:
        written += [("Adres/AdresL1", home.adres_l1), ("Adres/AdresL2", home.adres_l2)]
    for field, text in written:
        for match in _NIP_IN_TEXT.finditer(text or ""):
            if is_nip(digits := bare_nip(match[1])):
                yield field, digits


def _seller_is_buyer(faktura: Faktura) -> Iterator[Problem]:
    """Nobody sells to himself."""
    seller, buyer = faktura.podmiot1.dane_identyfikacyjne.nip, faktura.podmiot2
    numbers = (
        [("DaneIdentyfikacyjne/NIP", nip)] if (nip := buyer.dane_identyfikacyjne.nip) else _polish(buyer)
    )
    for field, number in numbers:
        if number == seller:
            yield warning("seller-is-buyer", f"Podmiot2/{field}", value=number)


def _behind_the_buyer(faktura: Faktura) -> Iterator[Problem]:
    """A unit of a local authority or a member of a VAT group sees the invoice only as a third party."""
    buyer, third = faktura.podmiot2, {party.rola for party in faktura.podmiot3}
    if buyer.jst == 1 and _LOCAL_AUTHORITY not in third:
        yield warning("local-authority-unit", "Podmiot2/JST")
    if buyer.gv == 1 and _VAT_GROUP not in third:
        yield warning("vat-group-member", "Podmiot2/GV")


def _in_the_union(faktura: Faktura) -> Iterator[Problem]:
    """Trade within the EU is between numbers with a country's prefix (art. 42 ust. 1 pkt 1, art. 97 ust. 10)."""
    if not rates(faktura) & _TRADE_IN_UNION or faktura.fa.rodzaj_faktury == "UPR":
        return
    if faktura.podmiot1.prefiks_podatnika is None:
        yield warning("eu-prefix", "Podmiot1")
    if faktura.podmiot2.dane_identyfikacyjne.nr_vat_ue is None:
        yield warning("eu-buyer", "Podmiot2/DaneIdentyfikacyjne")


def _accounts(faktura: Faktura) -> Iterator[Problem]:
    """A Polish account has check digits (ISO 13616)."""
    payment = faktura.fa.platnosc
    if payment is None:
        return
    for name, accounts in (
        ("RachunekBankowy", payment.rachunek_bankowy),
        ("RachunekBankowyFaktora", payment.rachunek_bankowy_faktora),
    ):
        for index, account in enumerate(accounts, 1):
            polish = _ACCOUNT.fullmatch(account.nr_rb.replace(" ", ""))
            if polish is not None and int(f"{polish[2]}2521{polish[1]}") % 97 != 1:
                yield warning("account-checksum", f"Fa/Platnosc/{name}[{index}]/NrRB", value=account.nr_rb)


RULES: Final[tuple[Callable[[Faktura], Iterator[Problem]], ...]] = (
    _nips,
    _nips_elsewhere,
    _seller_is_buyer,
    _behind_the_buyer,
    _in_the_union,
    _accounts,
)
