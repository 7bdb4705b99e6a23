"""Collective identifiers of transfers, from the real emulator: made once, whatever is lost on the way."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from liczydlo import ksef
from liczydlo.audit.models import Entry
from liczydlo.connection import clients
from liczydlo.connection.changes import services as changes
from liczydlo.connection.models import RemoteChange
from liczydlo.fa3.identifiers import crc8
from liczydlo.jobs import failpoints
from liczydlo.payments.models import Transfer, TransferOrder
from liczydlo.purchases import services
from liczydlo.purchases.models import ReceivedInvoice

from app.tests.payments.ordering import account, address, prepare
from app.tests.payments.test_files import THEIRS
from app.tests.purchases.conftest import connected, firm, wire
from app.tests.purchases.test_pages import text_of
from app.tests.purchases.test_synchronising import sell, seller
from app.tests.sales.world import Wire, Worker, document, once

__all__ = ["account", "connected", "firm", "seller", "wire"]
pytestmark = pytest.mark.django_db
MAKE = "/collective-identifiers"


@pytest.fixture
def company(connected: Any) -> Any:
    return connected


@pytest.fixture
def bought(connected: Any, seller: Any) -> list[ReceivedInvoice]:
    """Two invoices of one seller, with its account, that have come in."""
    paid = f"<Platnosc><RachunekBankowy><NrRB>{THEIRS[2:]}</NrRB></RachunekBankowy></Platnosc></Fa>"
    sent = [document(seller.nip, connected.nip).replace(b"</Fa>", paid.encode()) for _ in range(2)]
    sell(seller, connected, documents=sent)
    services.synchronise(connected)
    rows = ReceivedInvoice.objects.of(connected).filter(entry__seller_nip=seller.nip).order_by("pk")
    assert len(rows) == 2
    return list(rows)


@pytest.fixture
def ala(connected: Any, browse: Any) -> Client:
    return browse(connected.members.first())  # type: ignore[no-any-return]


def settle(company: Any) -> None:
    """The job finds out what became of the change."""
    Worker(changes.JOB).until(company, lambda: not RemoteChange.objects.get(kind="collective").is_open)


def invoices_of(company: Any, number: str) -> frozenset[str]:
    with clients.client(company) as client:
        return client.collective_invoices(number)


def test_two_invoices_of_one_seller_are_paid_by_one_identifier(
    ala: Client, company: Any, account: Any, bought: list[ReceivedInvoice], wire: Wire
) -> None:
    prepare(ala, company, *bought, together="on", with_numbers="on")
    transfer = Transfer.objects.get()
    number = transfer.identifier
    assert len(number) == 35 and int(number[-2:], 16) == crc8(number[:32].encode())
    assert number.startswith(f"{bought[0].entry.seller_nip}-IZ")
    assert invoices_of(company, number) == {row.entry.ksef_number for row in bought}
    assert number in text_of(ala.get(transfer.order.get_absolute_url()))
    file = ala.post(address("download", company, transfer.order_id)).content.decode()
    assert f"<Ustrd>{number} Faktury {bought[0].entry.number}" in file
    assert wire.count("POST", MAKE) == 1
    assert Entry.objects.of(company).filter(action="collective-made", reference=number).exists()


def test_split_payment_of_several_has_the_identifier_for_a_number(
    ala: Client, company: Any, account: Any, bought: list[ReceivedInvoice]
) -> None:
    marks = {f"{row.pk}-split": "on" for row in bought}
    prepare(ala, company, *bought, together="on", **marks)
    transfer = Transfer.objects.get()
    file = ala.post(address("download", company, transfer.order_id)).content.decode()
    assert f"<Ustrd>/VAT/54,00/IDC/{bought[0].entry.seller_nip}/INV/{transfer.identifier}/TXT/" in file


def test_a_lost_answer_makes_no_second_identifier(
    ala: Client, company: Any, account: Any, bought: list[ReceivedInvoice], wire: Wire
) -> None:
    wire.rules.append(once("POST", MAKE, "lose"))
    prepare(ala, company, *bought, together="on", with_numbers="on")
    order = TransferOrder.objects.get()
    shown = text_of(ala.get(order.get_absolute_url()))
    assert "Czeka na identyfikator zbiorczy" in shown and "Pobierz plik" not in shown
    refused = ala.post(address("download", company, order.pk), follow=True)
    assert "któryś przelew czeka" in text_of(refused)
    settle(company)
    assert wire.count("POST", MAKE) == 1
    assert invoices_of(company, Transfer.objects.get().identifier) == {
        row.entry.ksef_number for row in bought
    }


def test_a_refusal_is_said_and_can_be_asked_again(
    ala: Client, company: Any, account: Any, bought: list[ReceivedInvoice], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> str:
        raise ksef.Refused(status=400, code="71002")

    with monkeypatch.context() as patch:
        patch.setattr(ksef.Client, "make_collective", refuse)
        prepare(ala, company, *bought, together="on", with_numbers="on")
    order = TransferOrder.objects.get()
    assert "jest już w tylu identyfikatorach" in text_of(ala.get(order.get_absolute_url()))
    ala.post(address("ask_again", company, order.pk))
    assert Transfer.objects.get().identifier
    ala.post(address("ask_again", company, order.pk))
    assert RemoteChange.objects.filter(kind="collective").count() == 2


@pytest.mark.parametrize("code", ["71001", "71004", "71005"])
def test_each_refusal_of_ksef_has_words(code: str) -> None:
    from liczydlo.web.reasons import Reason

    words = str(Reason.of(ksef.Refused(status=400, code=code)))
    assert "faktur" in words.lower() and words != str(Reason.of(ksef.Refused(status=400, code="71999")))


@pytest.mark.parametrize("step", ["change.ask", "change.asked"])
def test_killed_while_ksef_is_asked_one_identifier_remains(
    ala: Client,
    company: Any,
    account: Any,
    bought: list[ReceivedInvoice],
    wire: Wire,
    step: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Killed(BaseException):
        pass

    def die(name: str) -> None:
        if name == step:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(failpoints, "reach", die)
        with pytest.raises(Killed):
            prepare(ala, company, *bought, together="on", with_numbers="on")
    assert TransferOrder.objects.count() == 1
    RemoteChange.objects.update(lease_until=TransferOrder.objects.get().made_at)
    settle(company)
    assert wire.count("POST", MAKE) == 1 and Transfer.objects.get().identifier


def test_a_stranger_cannot_ask(
    ala: Client, company: Any, account: Any, bought: list[ReceivedInvoice], stranger: Any, browse: Any
) -> None:
    prepare(ala, company, bought[0])
    url = address("ask_again", company, TransferOrder.objects.get().pk)
    assert browse(stranger).post(url).status_code == 404
