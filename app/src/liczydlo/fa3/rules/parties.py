"""Who sells, who buys, and to which account: check digits, and what a role asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from liczydlo.fa3.identifiers import is_nip
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.problems import Problem
from liczydlo.fa3.rules.common import rates, warning

_ACCOUNT: Final = re.compile(r"(?:PL)?([0-9]{2})([0-9]{24})")
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
    _behind_the_buyer,
    _in_the_union,
    _accounts,
)
