"""Files of transfers: pain.001.001.09 against ISO's own schema, Elixir-0 line by line, titles, addresses, codes."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sepaxml
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.payments.transfers import addresses, elixir, pain, payees, titles
from liczydlo.payments.transfers.addresses import Address
from liczydlo.payments.transfers.order import Order, Payment
from liczydlo.payments.transfers.payees import Party
from liczydlo.prints import transfer_code
from liczydlo.prints.codes import read, svg
from lxml import etree

from app.tests.sales.world import document

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


SIGNS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])


@given(st.text(SIGNS, min_size=1, max_size=200), st.text(SIGNS, max_size=140))
def test_whatever_people_are_called_pain_is_valid(name: str, title: str) -> None:
    who = Party(name=f"A{name}", address=HOME)
    made = pain.write(order(payment(payee=who, title=f"T{title}"[:140])))
    schema().assertValid(etree.fromstring(made))


def test_a_line_of_elixir() -> None:
    text = elixir.write(order(), "cp1250").decode("cp1250")
    assert text.endswith("\r\n") and text.count("\r\n") == 1
    (fields,) = csv.reader([text.strip()])
    assert fields == [
        "110",
        "20261130",
        "123450",
        "10901014",
        "0",
        OURS[2:],
        THEIRS[2:],
        "Żółta Łódź – Jan Gęśl|ul. Kręta 3, 00-001 Warszawa",
        "Dostawca „Świt” sp. z o.o.|ul. Kręta 3, 00-001 Warszawa",
        "0",
        "11402004",
        f"{NUMBER}|Faktura D/1",
        "",
        "",
        "51",
        "",
    ]


def test_split_payment_in_elixir_breaks_at_35_signs_and_nowhere_else() -> None:
    title = titles.split(vat=Decimal("230.84"), nip="8567346215", invoice=NUMBER, text="D/1")
    text = elixir.write(order(payment(is_split=True, title=title)), "cp1250").decode("cp1250")
    (fields,) = csv.reader([text.strip()])
    assert fields[14] == "53" and fields[11].replace("|", "") == title
    assert [len(part) for part in fields[11].split("|")][:2] == [35, 35]


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("cp1250", "Žluťoučký – „kůň” Ærø"),
        ("iso8859-2", "Žluťoučký - 'kůň' AEro"),
        ("cp852", "Žluťoučký - 'kůň' AEro"),
        ("utf-8", "Žluťoučký – „kůň” Ærø"),
    ],
)
def test_signs_that_a_code_page_lacks_are_written_otherwise(encoding: str, shown: str) -> None:
    made = elixir.encoded("Žluťoučký – „kůň” Ærø", encoding)
    assert made == shown.replace("Ærø", "AEro") if encoding == "cp1250" else made == shown
    assert made.encode(encoding).decode(encoding) == made


@functools.cache
def parted() -> list[str]:
    """All signs whose parts hold one that ends a field; looking at a million takes half a second."""
    return [one for one in map(chr, range(0x110000)) if {'"', "|"} & {*unicodedata.normalize("NFKD", one)}]


@pytest.mark.parametrize("encoding", ["cp1250", "iso8859-2", "cp852", "utf-8"])
def test_no_sign_becomes_one_that_ends_a_field(encoding: str) -> None:
    """A seller's name with a wide quotation mark would say the rest of its line, account and title too."""
    assert len(parted()) > 2
    for sign in parted():
        made = elixir.encoded(titles.clean(sign), encoding)
        assert not {'"', "|"} & {*made}, (hex(ord(sign)), made)


@pytest.mark.parametrize("encoding", ["cp1250", "iso8859-2", "cp852"])
def test_a_sign_without_a_substitute_is_refused(encoding: str) -> None:
    with pytest.raises(elixir.ElixirError) as caught:
        elixir.write(order(payment(payee=Party(name="漢字", address=HOME))), encoding)
    assert (caught.value.code, caught.value.value) == ("character", "漢")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"iban": "DE89370400440532013000"}, "account"),
        ({"amount": Decimal(0)}, "amount"),
        ({"title": "x" * 141}, "too-long"),
    ],
)
def test_what_elixir_cannot_carry_is_refused(values: dict[str, Any], code: str) -> None:
    with pytest.raises(elixir.ElixirError) as caught:
        elixir.write(order(payment(**values)), "utf-8")
    assert caught.value.code == code


POLISH = st.text(
    st.sampled_from("abcxyzĄąĆćĘęŁłŃńÓóŚśŹźŻż0123456789 .,;:-/&\"|„”–'\t\n"), min_size=1, max_size=140
)


@given(POLISH, POLISH, st.sampled_from(["cp1250", "iso8859-2", "cp852", "utf-8"]), st.booleans())
def test_every_line_has_sixteen_fields_of_at_most_four_lines(
    name: str, title: str, encoding: str, is_split: bool
) -> None:
    who = Party(name=name, address=HOME)
    text = elixir.write(order(payment(payee=who, title=title, is_split=is_split)), encoding).decode(encoding)
    (fields,) = csv.reader([text.removesuffix("\r\n")])
    assert len(fields) == 16 and text.count("\n") == 1
    for at in (7, 8, 11):
        lines = fields[at].split("|")
        assert len(lines) <= 4 and all(len(one) <= 35 for one in lines)
    said = "".join(titles.clean(title).split())
    assert len("".join(fields[11].replace("|", "").split())) == len(said), "nothing of a title is lost"


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


def test_a_title_names_every_invoice_or_none_is_made() -> None:
    assert titles.plain(["D/1"]) == "Faktura D/1"
    assert titles.plain(["D/1", "D/2"]) == "Faktury D/1, D/2"
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
