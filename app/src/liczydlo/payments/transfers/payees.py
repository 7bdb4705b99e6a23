"""Whom a received document names to be paid, and where: FA(3), FA(2), FA_RR(1), PEF(3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lxml import etree

from liczydlo.documents import facts
from liczydlo.fa3.identifiers import IdentifierError, bare, parse_iban
from liczydlo.payments.transfers.addresses import TOWN, Address, parse

_FACTOR: Final = "1"  # Podmiot3/Rola
_UBL: Final = ("Invoice", "CreditNote")
_CASH: Final = "1"  # FormaPlatnosci of FA; in FA_RR(1) it is a transfer


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account on a document: ``iban`` is empty where the number cannot be right. ``bic`` is the bank's SWIFT."""

    number: str
    iban: str = ""
    is_factor: bool = False
    bic: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Party:
    """Who gets the money."""

    name: str
    address: Address


@dataclass(frozen=True, kw_only=True)
class Payee:
    """``accounts`` in the order in which they are proposed: a factor's first, for the debt is the factor's then."""

    party: Party = Party(name="", address=Address())
    factor: Party | None = None
    accounts: tuple[Account, ...] = ()
    is_split: bool = False  # Adnotacje/P_18A: the law asks for split payment
    in_cash: bool = False

    def of(self, account: Account | None) -> Party:
        """The holder of an account."""
        return self.factor if account is not None and account.is_factor and self.factor else self.party


def of(xml: bytes) -> Payee:
    """What a document's bytes say; nothing of what cannot be read."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        return Payee()
    return _of_ubl(root) if etree.QName(root).localname in _UBL else _of_faktura(root)


def typed(name: str, number: str, *, country: str = "PL") -> Payee:
    """Of a cost outside KSeF, of which people typed the seller's name and account; its address is not known."""
    accounts = (account(number),) if number else ()
    return Payee(party=Party(name=name, address=Address(country=country)), accounts=accounts)


def _of_faktura(root: etree._Element) -> Payee:
    accounts = [
        *_accounts(root, ".//{*}Platnosc/{*}RachunekBankowyFaktora", is_factor=True),
        *_accounts(root, ".//{*}Platnosc/{*}RachunekBankowy"),
        *_accounts(root, "{*}FakturaRR/{*}Platnosc/{*}RachunekBankowy1"),
    ]
    factors = [one for one in root.findall("{*}Podmiot3") if _text(one, "{*}Rola") == _FACTOR]
    seller = root.find("{*}Podmiot1")
    return Payee(
        party=_party(seller),
        factor=_party(factors[0]) if len(factors) == 1 else None,
        accounts=tuple(dict.fromkeys(accounts)),
        is_split=_text(root, "{*}Fa/{*}Adnotacje/{*}P_18A") == "1",
        in_cash=_text(root, "{*}Fa/{*}Platnosc/{*}FormaPlatnosci") == _CASH,
    )


def _accounts(root: etree._Element, path: str, *, is_factor: bool = False) -> list[Account]:
    return [
        account(
            _text(one, "{*}NrRB"),
            is_factor=is_factor,
            bic=_text(one, "{*}SWIFT"),
            note=" · ".join(filter(None, (_text(one, "{*}NazwaBanku"), _text(one, "{*}OpisRachunku")))),
        )
        for one in root.findall(path)
        if _text(one, "{*}NrRB")
    ]


def account(number: str, *, is_factor: bool = False, bic: str = "", note: str = "") -> Account:
    """An account whose number is as somebody wrote it."""
    try:
        iban = parse_iban(number)
    except IdentifierError:
        iban = ""
    return Account(number=bare(number)[:40], iban=iban, is_factor=is_factor, bic=bic, note=note)


def _party(element: etree._Element | None) -> Party:
    if element is None:
        return Party(name="", address=Address())
    names = [_text(element, f"{{*}}DaneIdentyfikacyjne/{{*}}{name}") for name in ("Nazwa", "ImiePierwsze")]
    names.append(_text(element, "{*}DaneIdentyfikacyjne/{*}Nazwisko"))
    lines = [_text(element, f"{{*}}Adres/{{*}}{name}") for name in ("AdresL1", "AdresL2")]
    country = _text(element, "{*}Adres/{*}KodKraju") or "PL"
    return Party(name=" ".join(filter(None, names)), address=parse(country, *lines))


def _of_ubl(root: etree._Element) -> Payee:
    supplier = root.find("{*}AccountingSupplierParty/{*}Party")
    seller = supplier if supplier is not None else root
    home = "{*}PostalAddress/{*}"
    address = Address(
        street=_text(seller, f"{home}StreetName")[:70],
        postcode=_text(seller, f"{home}PostalZone")[:16],
        town=_text(seller, f"{home}CityName")[:TOWN],
        country=_text(seller, f"{home}Country/{{*}}IdentificationCode") or "PL",
    )
    name = _text(seller, "{*}PartyLegalEntity/{*}RegistrationName") or _text(seller, "{*}PartyName/{*}Name")
    payee = facts.ubl_payee(root)  # whose address the document cannot say
    return Payee(
        party=Party(name=name, address=address),
        factor=Party(name=payee, address=Address()) if payee else None,
        accounts=tuple(
            account(
                _text(one, "{*}ID"),
                is_factor=bool(payee),
                bic=_text(one, "{*}FinancialInstitutionBranch/{*}ID"),
            )
            for one in root.findall("{*}PaymentMeans/{*}PayeeFinancialAccount")
            if _text(one, "{*}ID")
        ),
    )


def _text(element: etree._Element, path: str) -> str:
    text = element.findtext(path)
    return " ".join(text.split()) if text else ""
