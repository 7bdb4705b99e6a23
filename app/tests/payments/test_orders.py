"""An order: its file, and what becomes of it and of its purchases, whoever else is at it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from liczydlo.audit.models import Entry
from liczydlo.payments.models import BankAccount, OrderState, Transfer, TransferItem, TransferOrder
from liczydlo.payments.transfers import orders, pain
from liczydlo.purchases import lifecycle
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.states import Payment
from liczydlo.web import times
from lxml import etree

from app.tests.payments.ordering import account, address, filled, invoice, paid_state, prepare
from app.tests.payments.test_files import NS, OURS, schema
from app.tests.purchases.test_pages import text_of
from app.tests.sessions import at_once

__all__ = ["account"]
pytestmark = pytest.mark.django_db


def test_from_the_list_to_a_file_that_is_the_same_each_time(
    ala: Client, company: Any, account: BankAccount
) -> None:
    one, two = invoice(company, "D/1"), invoice(company, "D/2", gross=Decimal("50.05"))
    answer = prepare(ala, company, one, two, with_numbers="on")
    order = TransferOrder.objects.of(company).get()
    assert answer["Location"] == order.get_absolute_url()
    shown = text_of(ala.get(order.get_absolute_url()))
    assert "227,05 zł" in shown and f"{one.entry.ksef_number} Faktura D/1" in shown
    first = ala.post(address("download", company, order.pk))
    root = etree.fromstring(first.content)
    schema().assertValid(root)
    sums = [e.text for e in root.iter(f"{{{pain.NAMESPACE}}}InstdAmt")]
    assert sums == ["177.00", "50.05"]
    payer = root.find(".//p:Dbtr", NS)
    assert payer is not None
    assert [one.text for one in payer.iter() if one.text and one.text.strip()] == [
        "Żółta Łódź – Jan Gęśl",
        "ul. Kręta 3",
        "00-001",
        "Warszawa",
        "PL",
    ]
    assert root.findtext(".//p:DbtrAcct//p:IBAN", namespaces=NS) == OURS
    assert root.findtext(".//p:ReqdExctnDt/p:Dt", namespaces=NS) == order.day.isoformat()
    assert "attachment" in first["Content-Disposition"]
    company.name = "Inna nazwa"
    company.save(update_fields=["name"])
    account.file_format = "elixir-0"
    account.save(update_fields=["file_format"])
    again = ala.post(address("download", company, order.pk))
    assert again.content == first.content
    order.refresh_from_db()
    assert order.state == OrderState.DOWNLOADED
    actions = [entry.action for entry in Entry.objects.of(company).order_by("number")]
    assert actions == ["transfers-prepared", "transfers-downloaded"]


def test_no_reference_is_used_twice(ala: Client, company: Any, account: BankAccount) -> None:
    for number in ("A", "B"):
        prepare(ala, company, invoice(company, number))
    messages = [order.message_id for order in TransferOrder.objects.all()]
    references = list(Transfer.objects.values_list("reference", flat=True))
    assert len({*messages, *references}) == 4 and all(len(one) <= 35 for one in (*messages, *references))


def test_a_persons_word_marks_the_purchases_paid(ala: Client, company: Any, account: BankAccount) -> None:
    whole, part = invoice(company, "A"), invoice(company, "B")
    prepare(ala, company, part, whole, __amount="100,00")
    order = TransferOrder.objects.get()
    page = ala.get(order.get_absolute_url())
    seen = [f"{pk}:{event}" for pk, event in page.context["seen"].items()]
    ala.post(address("mark_paid", company, order.pk), {"seen": seen})
    assert paid_state(whole) == (Payment.PAID, None)
    assert paid_state(part) == (Payment.PART, Decimal(100))
    order.refresh_from_db()
    assert order.state == OrderState.PAID
    assert not TransferItem.objects.filter(is_open=True).exists()
    assert (
        ala.get(address("prepare", company), {"id": part.pk}).context["lines"][0].form.initial["amount"]
        == "77,00"
    )


def test_a_payment_changed_meanwhile_is_not_overwritten(
    ala: Client, company: Any, account: BankAccount, owner: Any
) -> None:
    one, two = invoice(company, "A"), invoice(company, "B")
    prepare(ala, company, one, two)
    order = TransferOrder.objects.get()
    seen = [f"{row.pk}:0" for row in (one, two)]
    lifecycle.pay(two, Payment.PART, amount=Decimal(5), on=times.today(), by=owner, last_seen_event=0)
    answer = ala.post(address("mark_paid", company, order.pk), {"seen": seen}, follow=True)
    assert "Nic nie zmieniono" in text_of(answer)
    assert (paid_state(one), paid_state(two)) == ((Payment.DUE, None), (Payment.PART, Decimal(5)))
    order.refresh_from_db()
    assert order.is_open


def test_a_purchase_that_the_page_did_not_show_is_not_marked_paid(
    ala: Client, company: Any, account: BankAccount
) -> None:
    """Nobody has ever changed its payment, and that is not the same as that somebody saw it so."""
    one, two = invoice(company, "A"), invoice(company, "B")
    prepare(ala, company, one, two)
    order = TransferOrder.objects.get()
    url = address("mark_paid", company, order.pk)
    for seen in ([], [f"{one.pk}:0"]):
        assert "Nic nie zmieniono" in text_of(ala.post(url, {"seen": seen}, follow=True))
        assert paid_state(one) == paid_state(two) == (Payment.DUE, None)
        order.refresh_from_db()
        assert order.is_open
    both = ala.post(url, {"seen": [f"{one.pk}:0", f"{two.pk}:0"]}, follow=True)
    assert "zapłacone: 2" in text_of(both)


def test_the_moment_of_the_download_is_kept_of_the_first_one_alone(
    ala: Client, company: Any, account: BankAccount
) -> None:
    prepare(ala, company, invoice(company))
    long_ago = times.now() - dt.timedelta(days=3)
    TransferOrder.objects.update(made_at=long_ago, changed_at=long_ago)
    order = TransferOrder.objects.get()
    before = times.now()
    ala.post(address("download", company, order.pk))
    order.refresh_from_db()
    first = order.changed_at
    assert (order.state, order.made_at) == (OrderState.DOWNLOADED, long_ago)
    assert before <= first <= times.now()
    ala.post(address("download", company, order.pk))
    order.refresh_from_db()
    assert order.changed_at == first


def test_a_cancelled_order_frees_its_purchases(ala: Client, company: Any, account: BankAccount) -> None:
    row = invoice(company)
    prepare(ala, company, row)
    order = TransferOrder.objects.get()
    assert "Jest już w zleceniu" in text_of(ala.get(address("due", company)))
    ala.post(address("cancel", company, order.pk))
    assert prepare(ala, company, row).status_code == 302
    assert TransferOrder.objects.count() == 2
    gone = ala.post(address("download", company, order.pk), follow=True)
    assert "anulowane, więc nie ma pliku" in text_of(gone)
    assert "Nic nie zmieniono" in text_of(
        ala.post(address("mark_paid", company, order.pk), {"seen": f"{row.pk}:0"}, follow=True)
    )
    assert paid_state(row) == (Payment.DUE, None)


def test_marking_one_order_paid_leaves_another_alone(ala: Client, company: Any, account: BankAccount) -> None:
    mine, other = [invoice(company, "A"), invoice(company, "B")], invoice(company, "C")
    prepare(ala, company, *mine)
    prepare(ala, company, other)
    order = TransferOrder.objects.earliest("pk")
    page = ala.get(order.get_absolute_url())
    assert page.context["seen"] == {row.pk: 0 for row in mine}
    seen = [f"{row.pk}:0" for row in (*mine, other)]
    answer = ala.post(address("mark_paid", company, order.pk), {"seen": seen}, follow=True)
    assert "Oznaczono faktury jako zapłacone: 2." in text_of(answer)
    assert [paid_state(row)[0] for row in (*mine, other)] == [Payment.PAID, Payment.PAID, Payment.DUE]
    assert TransferItem.objects.get(is_open=True).purchase == other
    details = Entry.objects.of(company).get(action="transfers-paid").details
    assert details["amount"] == "354.00 PLN"


@pytest.mark.django_db(transaction=True)
def test_of_two_orders_at_once_one_gets_the_purchase(ala: Client, company: Any, account: BankAccount) -> None:
    row = invoice(company)
    values = filled(ala.get(address("prepare", company), {"id": row.pk}))
    answers = at_once(*(lambda: ala.post(address("prepare", company), values) for _ in range(2)))
    assert sorted(one.status_code for one in answers) == [302, 400]
    (count,) = at_once(lambda: (TransferOrder.objects.count(), TransferItem.objects.count()))
    assert count == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_paying_and_cancelling_at_once_do_one_thing(ala: Client, company: Any, account: BankAccount) -> None:
    row = invoice(company)
    prepare(ala, company, row)
    order = TransferOrder.objects.get()
    at_once(
        lambda: ala.post(address("mark_paid", company, order.pk), {"seen": f"{row.pk}:0"}),
        lambda: ala.post(address("cancel", company, order.pk)),
    )
    (states,) = at_once(
        lambda: (
            TransferOrder.objects.get().state,
            ReceivedInvoice.objects.get(pk=row.pk).payment,
        )
    )
    assert states in ((OrderState.PAID, Payment.PAID), (OrderState.CANCELLED, Payment.DUE))


@pytest.mark.django_db(transaction=True)
def test_the_file_is_made_once(ala: Client, company: Any, account: BankAccount) -> None:
    prepare(ala, company, invoice(company))
    url = address("download", company, TransferOrder.objects.get().pk)
    one, two = at_once(*(lambda: ala.post(url).content for _ in range(2)))
    assert one == two and one.startswith(b"<?xml")


def test_an_order_needs_the_purchases_as_they_were_seen(
    company: Any, account: BankAccount, ala: Client, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = invoice(company)
    real = orders.payer

    def pays_meanwhile(firm: Any) -> Any:
        lifecycle.pay(row, Payment.PAID, amount=None, on=times.today(), by=owner, last_seen_event=0)
        return real(firm)

    monkeypatch.setattr(orders, "payer", pays_meanwhile)
    refused = prepare(ala, company, row)
    assert "zmieniła się w międzyczasie" in text_of(refused) and not TransferOrder.objects.exists()


def test_a_page_with_a_purchase_that_another_ordered_meanwhile_makes_no_order(
    ala: Client, company: Any, account: BankAccount
) -> None:
    rows = [invoice(company, name) for name in "ABC"]
    late = filled(ala.get(address("prepare", company), {"id": [row.pk for row in rows[1:]]}))
    prepare(ala, company, *rows[:2])
    page = ala.post(address("prepare", company), late)
    assert page.status_code == 400 and TransferOrder.objects.count() == 1
    assert "Faktura B zmieniła się w międzyczasie" in text_of(page)
    assert [line.row.proposal.entry.number for line in page.context["lines"]] == ["C"]
