"""The register of accepted invoices: whose each is, and by what it is found."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.sending.invoice_records import Invoice, Sent

from .conftest import BUYER, SELLER, fa3
from .test_intake_queue import System, build_system

OTHER_SELLER, OTHER_BUYER = "7980332920", "2222222222"


@pytest.fixture
def system() -> System:
    return build_system()


def accepted(system: System, sent: Sent) -> Invoice:
    assert sent.status.code == 200, sent.status
    result = system.invoices.by_ksef_number(str(sent.ksef_number))
    assert result is not None
    return result


def issue(system: System, number: str, *, seller: str = SELLER, **parts: object) -> Invoice:
    session = system.open(seller)
    return accepted(system, system.send(session, fa3(seller=seller, number=number, **parts)))  # type: ignore[arg-type]


def nip(value: str) -> str:
    return f"<NIP>{value}</NIP>"


def test_found_by_its_number_alone(system: System) -> None:
    one, two = issue(system, "1"), issue(system, "2")
    assert one.ksef_number != two.ksef_number
    assert system.invoices.by_ksef_number(one.ksef_number) == one
    assert system.invoices.by_ksef_number(one.ksef_number[:-1]) is None
    assert system.invoices.document(one) == fa3(number="1")
    assert system.invoices.document(two) == fa3(number="2")


def test_the_newest_of_one_kind_between_two_parties(system: System) -> None:
    made = [issue(system, str(number)) for number in range(3)]
    issue(system, "other seller", seller=OTHER_SELLER)
    issue(system, "other buyer", buyer=nip(OTHER_BUYER))
    advance = issue(system, "advance", kind="UPR")
    as_seller = issue(system, "as seller", seller=BUYER, buyer=nip(SELLER))
    third = (
        f"<Podmiot3><DaneIdentyfikacyjne>{nip(BUYER)}<Nazwa>Trzeci</Nazwa></DaneIdentyfikacyjne>"
        "<Rola>2</Rola></Podmiot3>"
    )
    issue(system, "as a third", buyer=nip(OTHER_BUYER), third=third)
    newest = system.invoices.newest
    assert newest(SELLER, BUYER, "VAT", size=9) == made[::-1]
    assert newest(SELLER, BUYER, "VAT", size=2) == made[:0:-1]
    assert newest(SELLER, BUYER, "UPR", size=9) == [advance]
    assert newest(BUYER, SELLER, "VAT", size=9) == [as_seller]


def test_numbers_of_one_seller(system: System) -> None:
    for number in ("1", "2"):
        issue(system, number)
    issue(system, "3", seller=OTHER_SELLER)
    assert system.invoices.numbers(SELLER) == {"1", "2"}
    assert system.invoices.numbers(OTHER_SELLER) == {"3"}
    assert system.invoices.numbers(BUYER) == set()


def test_those_of_a_session_counted_from_one(system: System) -> None:
    session, other = system.open(), system.open()
    made = [accepted(system, system.send(session, fa3(number=str(number)))) for number in range(4)]
    accepted(system, system.send(other, fa3(number="other")))
    within = system.invoices.accepted_in
    assert within(session, first=1, last=4) == made
    assert within(session, first=1, last=2) == made[:2]
    assert within(session, first=3, last=9) == made[2:]
    assert within(session, first=2, last=2) == [made[1]]
    assert within(session, first=5, last=9) == []


def test_whom_an_invoice_concerns(system: System) -> None:
    third = (
        "<Podmiot3><DaneIdentyfikacyjne><IDWew>5265877635-12345</IDWew><Nazwa>O</Nazwa></DaneIdentyfikacyjne>"
        "<Rola>2</Rola></Podmiot3>"
    )
    result = issue(system, "1", third=third)
    foreign = issue(system, "2", buyer="<KodUE>DE</KodUE><NrVatUE>123456789</NrVatUE>")
    for invoice, kind, value, concerned in (
        (result, "Nip", SELLER, True),
        (result, "Nip", BUYER, True),
        (result, "InternalId", "5265877635-12345", True),
        (result, "Nip", OTHER_BUYER, False),
        (result, "InternalId", "5265877635-12346", False),
        (result, "NipVatUe", f"{SELLER}-DE123456789", False),
        (foreign, "Nip", BUYER, False),
        (foreign, "NipVatUe", f"{SELLER}-DE123456789", True),
        (foreign, "NipVatUe", f"{OTHER_SELLER}-DE123456789", False),
        (foreign, "NipVatUe", f"{SELLER}-DE123456780", False),
    ):
        concerns = system.invoices.concerns(invoice, context=Context(type=ContextType(kind), value=value))
        assert concerns is concerned, (kind, value)


def test_by_the_hash_of_the_file_or_of_what_it_corrects(system: System) -> None:
    session = system.open()
    broken = fa3(number="1").replace(b"<P_15>", b"<P_15x>").replace(b"</P_15>", b"</P_15x>")
    assert system.send(session, broken).status.code == 450
    refused, xml = hashlib.sha256(broken).digest(), fa3(number="1")
    assert system.invoices.find_by_hash(SELLER, refused) is None
    corrected = accepted(system, system.send(session, xml, offline=True, corrected_sha256=refused))
    for expected in (refused, hashlib.sha256(xml).digest()):
        assert system.invoices.find_by_hash(SELLER, expected) == corrected
        assert system.invoices.find_by_hash(BUYER, expected) is None
    assert [item.status.code for item in system.invoices.correction_of(refused)] == [200]


def test_what_an_invoice_was_sent_as(system: System) -> None:
    session = system.open()
    sent = system.send(session, fa3())
    result = accepted(system, sent)
    assert system.invoices.sent_as(session, result) == sent
    assert system.invoices.sent_as(system.open(), result) is None
    assert system.invoices.sent_as(session, replace(result, id=result.id + 1)) is None
