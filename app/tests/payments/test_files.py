"""Files of transfers: pain.001.001.09 against ISO's own schema, titles, addresses, codes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sepaxml
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.payments.transfers import addresses, pain, titles
from liczydlo.payments.transfers.addresses import Address
from liczydlo.payments.transfers.order import Order, Payment
from liczydlo.payments.transfers.payees import Party
from liczydlo.prints import transfer_code
from liczydlo.prints.codes import read, svg
from lxml import etree

OURS, THEIRS = "PL61109010140000071219812874", "PL27114020040000300201355387"
NUMBER = "8567346215-20261123-0123456789AB-5C"
HOME = Address(street="ul. Kręta 3", postcode="00-001", town="Warszawa")
XSD = Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"
NS = {"p": pain.NAMESPACE}


def payment(**values: Any) -> Payment:
    return Payment(
        **{
            "reference": "r1",
            "amount": Decimal("1234.50"),
            "payee": Party(name="Dostawca „Świt” sp. z o.o.", address=HOME),
            "iban": THEIRS,
            "title": f"{NUMBER} Faktura D/1",
            **values,
        }
    )


def order(*payments: Payment, **values: Any) -> Order:
    return Order(
        **{
            "message_id": "m" * 32,
            "made_at": dt.datetime(2026, 11, 28, 12, 30, 15),  # noqa: DTZ001 - Polish time, as the file has it
            "day": dt.date(2026, 11, 30),
            "payer": Party(name="Żółta Łódź – Jan Gęśl", address=HOME),
            "iban": OURS,
            "currency": "PLN",
            "payments": payments or (payment(),),
            **values,
        }
    )


def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(XSD))


def test_pain_is_valid_and_says_what_is_paid() -> None:
    split = payment(
        reference="r2",
        is_split=True,
        title=titles.split(vat=Decimal("230.84"), nip="8567346215", invoice=NUMBER, text="D/1"),
    )
    root = etree.fromstring(pain.write(order(payment(), split)))
    schema().assertValid(root)
    one, two = root.findall(".//p:CdtTrfTxInf", NS)
    assert root.findtext(".//p:GrpHdr/p:CtrlSum", namespaces=NS) == "2469.00"
    assert one.findtext("p:Amt/p:InstdAmt", namespaces=NS) == "1234.50"
    assert one.find("p:PmtTpInf", NS) is None
    assert two.findtext("p:PmtTpInf/p:LclInstrm/p:Prtry", namespaces=NS) == "VAT53"
    assert (
        two.findtext("p:RmtInf/p:Ustrd", namespaces=NS) == f"/VAT/230,84/IDC/8567346215/INV/{NUMBER}/TXT/D-1"
    )
    home = one.find("p:Cdtr/p:PstlAdr", NS)
    assert home is not None
    assert [child.text for child in home] == ["ul. Kręta 3", "00-001", "Warszawa", "PL"]
    assert one.findtext(".//p:CdtrAgt//p:MmbId", namespaces=NS) == "11402004"


def test_pain_abroad_names_the_bank_by_its_bic() -> None:
    foreign = payment(
        iban="DE89370400440532013000",
        bic="COBADEFFXXX",
        payee=Party(name="Müller GmbH", address=Address(town="Köln", country="DE")),
    )
    root = etree.fromstring(
        pain.write(order(foreign, payment(iban="DE89370400440532013000"), currency="EUR"))
    )
    schema().assertValid(root)
    assert root.findtext(".//p:CdtrAgt//p:BICFI", namespaces=NS) == "COBADEFFXXX"
    assert len(root.findall(".//p:CdtrAgt", NS)) == 1


@pytest.mark.parametrize(("currency", "bearer"), [("PLN", "SLEV"), ("EUR", "SLEV"), ("USD", "SHAR")])
def test_who_bears_the_costs(currency: str, bearer: str) -> None:
    root = etree.fromstring(pain.write(order(currency=currency)))
    schema().assertValid(root)
    assert root.findtext(".//p:ChrgBr", namespaces=NS) == bearer


def test_pain_from_an_account_abroad_names_no_bank_of_the_payer() -> None:
    root = etree.fromstring(pain.write(order(iban="DE89370400440532013000", currency="EUR")))
    schema().assertValid(root)
    assert root.findtext(".//p:DbtrAgt//p:Othr/p:Id", namespaces=NS) == "NOTPROVIDED"
    assert root.findtext(".//p:DbtrAcct//p:IBAN", namespaces=NS) == "DE89370400440532013000"


SIGNS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])


@given(st.text(SIGNS, min_size=1, max_size=200), st.text(SIGNS, max_size=140))
def test_whatever_people_are_called_pain_is_valid(name: str, title: str) -> None:
    who = Party(name=f"A{name}", address=HOME)
    written = pain.write(order(payment(payee=who, title=f"T{title}"[:140])))
    schema().assertValid(etree.fromstring(written))


def test_a_name_longer_than_a_bank_takes_is_cut_and_a_title_is_not() -> None:
    who = Party(name="N" * 141, address=HOME)
    root = etree.fromstring(pain.write(order(payment(payee=who, title="T" * 140), payer=who)))
    schema().assertValid(root)
    assert {one.text for one in root.iterfind(".//p:Nm", NS)} == {"N" * 140}
    assert root.findtext(".//p:Ustrd", namespaces=NS) == "T" * 140


AMOUNTS = st.decimals(0, 10**9, places=2)


@given(AMOUNTS, st.text(min_size=1, max_size=60))
def test_a_title_of_split_payment_has_its_four_parts(vat: Decimal, text: str) -> None:
    title = titles.split(vat=vat, nip="8567346215", invoice=NUMBER, text=text)
    assert len(title) <= titles.LONGEST
    parts = title.split("/")
    assert parts[1:7:2] == ["VAT", "IDC", "INV"]
    assert Decimal(parts[2].replace(",", ".")) == vat and "." not in parts[2]
    assert (parts[4], parts[6], len(parts[6])) == ("8567346215", NUMBER, 35)
    assert parts[7:8] in ([], ["TXT"]) and all(len(one) <= 33 for one in parts[8:]) and len(parts) <= 9


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"vat": Decimal(10) ** 10}, "vat"),
        ({"vat": Decimal("-1.00")}, "vat"),
        ({"vat": Decimal("1.001")}, "vat"),
        ({"nip": ""}, "nip"),
        ({"nip": "1" * 15}, "nip"),
        ({"invoice": "1" * 36}, "invoice"),
        ({"invoice": " | "}, "invoice"),
    ],
)
def test_a_title_of_split_payment_that_no_bank_takes(values: dict[str, Any], code: str) -> None:
    with pytest.raises(titles.TitleError) as caught:
        titles.split(**{"vat": Decimal(1), "nip": "8567346215", "invoice": NUMBER, **values})
    assert caught.value.code == code


@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=20))
def test_a_title_with_a_ksef_number_is_never_too_long(numbers: list[str]) -> None:
    title = titles.plain(numbers, ksef=NUMBER)
    assert title.startswith(NUMBER) and len(title) <= titles.LONGEST


def test_a_number_too_long_for_a_title_leaves_the_ksef_number_alone() -> None:
    assert titles.plain(["F" * 200], ksef=NUMBER) == NUMBER
    assert titles.plain(["F" * 200, "D/2"], ksef=NUMBER) == NUMBER


def test_a_title_of_split_payment_without_a_text_ends_with_the_number() -> None:
    for text in ("", " | "):
        title = titles.split(vat=Decimal(1), nip="8567346215", invoice=NUMBER, text=text)
        assert title == f"/VAT/1,00/IDC/8567346215/INV/{NUMBER}"


def test_a_title_names_every_invoice_or_none_is_made() -> None:
    assert titles.plain(["D/1"]) == "Faktura D/1"
    assert titles.plain(["D/1", "D/2"]) == "Faktury D/1, D/2"
    assert len(titles.plain(["1" * 132])) == titles.LONGEST == 140
    with pytest.raises(titles.TitleError):
        titles.plain(["1" * 133])
    many = [f"D/{number}/2026" for number in range(20)]
    with pytest.raises(titles.TitleError):
        titles.plain(many)
    assert titles.plain(many, ksef=NUMBER).endswith(" i inne")


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        (("ul. Kręta 3", "00-001 Warszawa"), ("ul. Kręta 3", "00-001", "Warszawa")),
        (("ul. Kręta 3, 00-001 Warszawa",), ("ul. Kręta 3", "00-001", "Warszawa")),
        (("ul. Kręta 3 00-001 Warszawa, Polska",), ("ul. Kręta 3", "00-001", "Warszawa")),
        (("Nowa Wieś 7", "33-380 Krynica-Zdrój"), ("Nowa Wieś 7", "33-380", "Krynica-Zdrój")),
        (("al. 1 Maja 2/4", "90-717 Łódź"), ("al. 1 Maja 2/4", "90-717", "Łódź")),
    ],
)
def test_an_address_that_can_mean_one_thing(lines: tuple[str, ...], parts: tuple[str, ...]) -> None:
    found = addresses.parse("PL", *lines)
    assert (found.street, found.postcode, found.town) == parts and found.is_complete


@pytest.mark.parametrize(
    ("country", "lines"),
    [
        ("PL", ("ul. Kręta 3", "Warszawa")),
        ("PL", ("ul. Kręta 3", "Warszawa 00-001")),
        ("PL", ("00-001 Warszawa", "ul. Kręta 3")),
        ("PL", ("skr. poczt. 12-345", "00-001 Warszawa")),
        ("PL", ("ul. Kręta 3", "00-001 Warszawa, woj. mazowieckie")),
        ("DE", ("Hauptstr. 1", "50667 Köln")),
        ("PL", ("", "")),
    ],
)
def test_an_address_in_doubt_has_no_town(country: str, lines: tuple[str, ...]) -> None:
    assert not addresses.parse(country, *lines).is_complete


def code(**values: Any) -> str:
    return transfer_code.text(
        **{
            "nip": "8567346215",
            "iban": THEIRS,
            "amount": Decimal("1234.50"),
            "currency": "PLN",
            "name": "Dostawca „Świt” spółka z o.o.",
            "title": "Faktura D/1",
            **values,
        }
    )


def test_the_code_of_a_transfer_is_read_back() -> None:
    text = code()
    assert read(svg(text, "L")) == text
    assert text == f"8567346215|PL|{THEIRS[2:]}|123450|Dostawca „Świt” spół|Faktura D/1|||"
    assert code(amount=Decimal("0.05")).split("|")[3] == "000005"


def test_an_amount_that_the_code_has_no_place_for_is_left_to_the_payer() -> None:
    assert code(amount=Decimal("9999.99")).split("|")[3] == "999999"
    assert code(amount=Decimal("10000.00")).split("|")[3] == "000000"


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_code_has_nine_fields_and_at_most_160_signs(name: str, title: str) -> None:
    text = code(name=name, title=title)
    assert text.count("|") == 8 and len(text) <= transfer_code.LONGEST


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"currency": "EUR"}, "currency"),
        ({"iban": "DE89370400440532013000"}, "account"),
        ({"amount": Decimal(0)}, "amount"),
        ({"is_split": True}, "split"),
    ],
)
def test_what_the_code_cannot_hold_is_refused(values: dict[str, Any], why: str) -> None:
    with pytest.raises(transfer_code.CodeError) as caught:
        code(**values)
    assert caught.value.code == why
