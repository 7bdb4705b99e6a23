"""Whom a received document names to be paid, and where, in each form that documents have."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from liczydlo.documents import facts
from liczydlo.fa3.draft import Payment
from liczydlo.fa3.model import RachunekBankowy, TerminPlatnosci
from liczydlo.payments.transfers import payees
from liczydlo.payments.transfers.addresses import Address
from liczydlo.payments.transfers.payees import Account, Payee
from liczydlo.pef.build import build

from app.tests.payments.test_files import OURS, THEIRS
from app.tests.pef.test_build import DRAFT, OFFICE, faktura
from app.tests.sales.world import document

pytestmark = pytest.mark.pure


def paid_to(text: str, *, marks: bool = False) -> bytes:
    xml = document("5265877635").decode().replace("</Fa>", f"<Platnosc>{text}</Platnosc></Fa>")
    return xml.replace("<P_18A>2", "<P_18A>1").encode() if marks else xml.encode()


def test_accounts_of_a_document_a_factors_first() -> None:
    xml = paid_to(
        f"<RachunekBankowy><NrRB>{THEIRS[2:]}</NrRB><NazwaBanku>mBank</NazwaBanku></RachunekBankowy>"
        "<RachunekBankowy><NrRB>61109010140000071219812875</NrRB></RachunekBankowy>"
        f"<RachunekBankowyFaktora><NrRB>{OURS[2:]}</NrRB></RachunekBankowyFaktora>",
        marks=True,
    ).replace(
        b"<Fa>",
        "<Podmiot3><DaneIdentyfikacyjne><NIP>1111111111</NIP><Nazwa>Faktor SA</Nazwa></DaneIdentyfikacyjne>"
        "<Adres><KodKraju>PL</KodKraju><AdresL1>Złota 1, 00-002 Warszawa</AdresL1></Adres><Rola>1</Rola>"
        "</Podmiot3><Fa>".encode(),
    )
    payee = payees.of(xml)
    assert [(one.iban, one.is_factor) for one in payee.accounts] == [
        (OURS, True),
        (THEIRS, False),
        ("", False),
    ]
    assert payee.is_split
    assert payee.of(payee.accounts[0]).name == "Faktor SA"
    assert payee.of(payee.accounts[1]).name == "Żółta Łódź – Jan Gęśl"
    assert payee.of(payee.accounts[1]).address.town == "Warszawa"


@pytest.mark.parametrize("xml", [b"", b"to nie XML", b"<a/>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_what_cannot_be_read_names_nobody(xml: bytes) -> None:
    assert payees.of(xml).accounts == ()


def pef(*numbers: str) -> bytes:
    """An invoice PEF(3) whose seller has an address of three parts."""
    due = (TerminPlatnosci(termin=date(2026, 12, 7)),)
    accounts = tuple(RachunekBankowy(nr_rb=number) for number in numbers)
    seller = replace(DRAFT.seller, address=OFFICE.address)
    return build(faktura(seller=seller, payment=Payment(terms=due, accounts=accounts)))


def test_a_pef_names_its_seller_and_its_accounts() -> None:
    payee = payees.of(pef(THEIRS[2:], OURS[2:]))
    assert (payee.party.name, payee.factor, payee.is_split, payee.in_cash) == (
        "Pracownia",
        None,
        False,
        False,
    )
    assert payee.party.address == Address(street="Rynek 1", postcode="00-950", town="Świt", country="PL")
    assert [one.iban for one in payee.accounts] == [THEIRS, OURS]
    assert payees.of(pef()).accounts == ()


def test_a_pef_of_a_seller_abroad() -> None:
    xml = pef(THEIRS[2:])
    seller, rest = xml.split(b"</cac:AccountingSupplierParty>")
    seller = seller.replace(b">PL</cbc:IdentificationCode>", b">DE</cbc:IdentificationCode>")
    seller = seller.replace(b"RegistrationName>", b"CompanyLegalForm>")
    xml = (
        seller + b"</cac:AccountingSupplierParty>" + rest.replace(THEIRS.encode(), b"DE89370400440532013000")
    )
    payee = payees.of(xml)
    assert payee.party.name == "Pracownia", "by the name that it trades under"
    assert payee.party.address.country == "DE"
    assert [one.iban for one in payee.accounts] == ["DE89370400440532013000"]


def with_payee(name: str) -> bytes:
    """A PEF that asks for payment to somebody else's account (BT-59, BT-86); the element follows the customer's."""
    party = f"<cac:PayeeParty><cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName></cac:PayeeParty>"
    bank = "<cac:FinancialInstitutionBranch><cbc:ID>BREXPLPWXXX</cbc:ID></cac:FinancialInstitutionBranch>"
    after = b"</cac:AccountingCustomerParty>"
    xml = pef(THEIRS[2:]).replace(after, after + party.encode(), 1)
    return xml.replace(b"</cac:PayeeFinancialAccount>", bank.encode() + b"</cac:PayeeFinancialAccount>")


def test_a_pef_that_asks_to_pay_a_factor_names_the_factor() -> None:
    payee = payees.of(with_payee("Faktor SA"))
    (account,) = payee.accounts
    assert (account.iban, account.is_factor, account.bic) == (THEIRS, True, "BREXPLPWXXX")
    assert (payee.of(account).name, payee.party.name) == ("Faktor SA", "Pracownia")
    assert [one.is_factor for one in facts.of(with_payee("Faktor SA")).accounts] == [True]


def test_a_pef_that_names_its_seller_twice_pays_the_seller() -> None:
    payee = payees.of(with_payee(" PRACOWNIA "))
    assert (payee.factor, payee.accounts[0].is_factor) == (None, False)
    assert [one.is_factor for one in facts.of(with_payee("Pracownia")).accounts] == [False]


def test_a_pef_names_its_seller_as_the_register_does() -> None:
    xml = pef().replace(b"<cbc:Name>Pracownia<", b"<cbc:Name>U Jana<", 1)
    assert payees.of(xml).party.name == "Pracownia"


def test_a_pef_that_leaves_out_the_country_or_a_number_is_read() -> None:
    xml = (
        pef(THEIRS[2:])
        .replace(f">{THEIRS}<".encode(), b"><")
        .replace(b"<cbc:IdentificationCode>PL<", b"<cbc:IdentificationCode><")
    )
    payee = payees.of(xml)
    assert (payee.accounts, payee.party.address.country) == ((), "PL")


def test_what_a_pef_says_fits_what_banks_take() -> None:
    xml = pef()
    for short, long in ((b"Rynek 1", b"R" * 71), (b"00-950", b"0" * 17), ("Świt".encode(), b"S" * 36)):
        xml = xml.replace(short, long)
    address = payees.of(xml).party.address
    assert (len(address.street), len(address.postcode), len(address.town)) == (70, 16, 35)


def account(number: str, kind: str = "RachunekBankowy", more: str = "") -> str:
    return f"<{kind}><NrRB>{number}</NrRB>{more}</{kind}>"


def test_what_a_document_says_of_an_account_goes_with_it() -> None:
    more = (
        "<SWIFT>COBADEFFXXX</SWIFT><NazwaBanku>Bank  Niemiecki</NazwaBanku><OpisRachunku>EUR</OpisRachunku>"
    )
    named = payees.of(paid_to(account("DE89 3704 0044 0532 0130 00", more=more)))
    assert named.accounts == (
        Account(
            number="DE89370400440532013000",
            iban="DE89370400440532013000",
            bic="COBADEFFXXX",
            note="Bank Niemiecki · EUR",
        ),
    )


def test_an_account_that_stands_twice_is_one_and_an_empty_one_is_none() -> None:
    payee = payees.of(paid_to(account(THEIRS[2:]) * 2 + account("")))
    assert [one.iban for one in payee.accounts] == [THEIRS]
    assert not payee.is_split and not payee.in_cash


def test_what_is_paid_in_cash_says_so() -> None:
    assert payees.of(paid_to("<FormaPlatnosci>1</FormaPlatnosci>")).in_cash
    assert not payees.of(paid_to("<FormaPlatnosci>6</FormaPlatnosci>")).in_cash


def with_parties(*roles: int) -> Payee:
    """An invoice to be paid to a factor's account, with other parties of these roles."""
    parties = "".join(
        f"<Podmiot3><DaneIdentyfikacyjne><Nazwa>Inny {role}</Nazwa></DaneIdentyfikacyjne><Rola>{role}</Rola>"
        "</Podmiot3>"
        for role in roles
    )
    xml = paid_to(account(OURS[2:], "RachunekBankowyFaktora"))
    return payees.of(xml.replace(b"<Fa>", f"{parties}<Fa>".encode()))


@pytest.mark.parametrize(
    ("roles", "holder"),
    [((2, 1), "Inny 1"), ((1, 1), "Żółta Łódź – Jan Gęśl"), ((2,), "Żółta Łódź – Jan Gęśl")],
)
def test_a_factors_account_is_held_by_the_only_factor_that_is_named(
    roles: tuple[int, ...], holder: str
) -> None:
    payee = with_parties(*roles)
    assert payee.of(payee.accounts[0]).name == holder
    assert payee.of(payee.accounts[0]).address.country == "PL", "also of one without an address"
    assert payee.of(None).name == "Żółta Łódź – Jan Gęśl"


def test_a_document_without_a_seller_names_nobody() -> None:
    assert payees.of(b"<a/>") == Payee()


def test_of_a_cost_that_was_typed_in_the_account_may_be_missing() -> None:
    assert payees.typed("Kiosk", "").accounts == ()
    payee = payees.typed("Müller GmbH", THEIRS, country="DE")
    assert (payee.party.name, payee.party.address) == ("Müller GmbH", Address(country="DE"))
    assert [one.iban for one in payee.accounts] == [THEIRS]
    (wrong,) = payees.typed("Kiosk", "12 34").accounts
    assert (wrong.number, wrong.iban) == ("1234", "")
