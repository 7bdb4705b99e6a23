"""What was paid of a sale, as its page says it: by lines, and as people type it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.payments import sales
from liczydlo.payments.models import PaymentEvent, Settlement
from liczydlo.payments.statements import matching
from liczydlo.payments.statements.matching import Choice, DoesNotFit
from liczydlo.payments.views.sales import panel
from liczydlo.sales import services
from liczydlo.sales.models.receivables import Receivable
from liczydlo.sales.views import detail
from liczydlo.web import times

from app.tests.payments.statements.files import DAY, line
from app.tests.payments.statements.world import lines_of, sale
from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_corrections import meant
from app.tests.sales.test_order import accept, fresh, original
from app.tests.sales.world import document
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db


def type_in(client: Client, company: Any, invoice: Any, amount: str, on: str = "2026-11-16") -> str:
    form = {"amount": amount, "paid_on": on}
    address = reverse("payments:say_paid", args=[company.pk, invoice.pk])
    return text_of(client.post(address, form, follow=True))


def test_a_sale_is_paid_by_a_line_and_by_hand(ala: Client, company: Any, owner: Any) -> None:
    invoice = sale(company, "177.00")
    assert "Niezapłacona" in text_of(ala.get(invoice.get_absolute_url()))
    (row,) = lines_of(company, owner, line("100.00"))
    chosen = [Choice(entry=invoice.entry_id, amount=Decimal(100), last_seen_event=0)]
    matching.confirm(row, chosen, reason="manual", by=owner)
    shown = text_of(ala.get(invoice.get_absolute_url()))
    assert "Zapłacona w części" in shown and "77,00 zł" in shown and "linia wyciągu" in shown
    shown = type_in(ala, company, invoice, "77,00")
    assert "Wpłatę zapisano." in shown and "wpisano ręcznie" in shown
    typed = Settlement.objects.get(line=None)
    assert (typed.amount, typed.paid_on, typed.by) == (Decimal(77), DAY, owner)
    assert sales.of(company, invoice).balance.chip(times.today()) == "sale-paid"
    ala.post(reverse("payments:take_back", args=[company.pk, typed.pk]))
    assert sales.of(company, invoice).balance.left == 77
    assert list(PaymentEvent.objects.values_list("step", flat=True)) == ["matched", "said", "taken-back"]


def test_a_sale_is_overdue_after_its_day(company: Any) -> None:
    due = dt.date(2026, 11, 20)
    known = Receivable(payable=Decimal(10), left=Decimal(10), payment_due=due)
    assert [known.chip(due), known.chip(due + dt.timedelta(days=1))] == ["sale-due", "sale-overdue"]
    part = Receivable(payable=Decimal(10), paid=Decimal(4), left=Decimal(6), payment_due=due)
    assert part.chip(due) == "sale-part"


def test_what_the_invoice_says_was_paid_is_paid(ala: Client, company: Any, owner: Any) -> None:
    paid = "<Platnosc><Zaplacono>1</Zaplacono><DataZaplaty>2026-11-16</DataZaplaty></Platnosc></Fa>"
    invoice = services.issue(company, document(company.nip, **{"</Fa>": paid}))
    shown = text_of(ala.get(invoice.get_absolute_url()))
    assert "Zapłacona" in shown and "według faktury: 16.11.2026" in shown
    (row,) = lines_of(company, owner, line("177.00"))
    chosen = [Choice(entry=invoice.entry_id, amount=Decimal(177), last_seen_event=0)]
    matching.confirm(row, chosen, reason="manual", by=owner)
    assert sales.of(company, invoice).balance.left == 0, (
        "the line shows the payment that the invoice tells of"
    )


def test_a_corrected_sale_is_paid_as_it_is_now(company: Any, owner: Any) -> None:
    first = original(company)
    accept(first)
    matching.say_paid(company, fresh(first).entry, Decimal(177), on=DAY, by=owner)
    assert sales.of(company, fresh(first)).balance.left == 0
    row = services.save_draft(company, meant(fresh(first), "KOR/1", quantity=1))
    assert sales.of(company, fresh(first)).balance.left == 0, "a draft changes nothing"
    made = services.issue(company, services.draft_of(row).content, draft=row)
    known = sales.of(company, fresh(first))
    assert known.balance.left < 0 and known.balance.chip(times.today()) == "sale-return"
    assert sales.of(company, fresh(made)) == known, "the correction's page says the same"


@pytest.mark.parametrize(
    ("amount", "on", "words"),
    [
        ("dużo", "2026-11-16", "To nie jest kwota"),
        ("177,01", "2026-11-16", "większa niż"),
        ("0", "2026-11-16", "większa niż"),
        ("-5", "2026-11-16", "większa niż"),
        ("5", "2226-11-16", "z przyszłości"),
        ("5", "", "Nic nie zapisano."),
    ],
)
def test_what_does_not_fit_is_not_kept(ala: Client, company: Any, amount: str, on: str, words: str) -> None:
    shown = type_in(ala, company, sale(company), amount, on)
    assert words in shown and not Settlement.objects.exists()


def test_a_match_of_a_line_is_not_removed_as_a_typed_one(ala: Client, company: Any, owner: Any) -> None:
    invoice = sale(company)
    (row,) = lines_of(company, owner, line("177.00"))
    chosen = [Choice(entry=invoice.entry_id, amount=Decimal(177), last_seen_event=0)]
    matching.confirm(row, chosen, reason="manual", by=owner)
    kept = Settlement.objects.get()
    assert ala.post(reverse("payments:take_back", args=[company.pk, kept.pk])).status_code == 404
    assert Settlement.objects.exists()


def test_others_type_nothing_in(company: Any, owner: Any, stranger: Any, member: Any, browse: Any) -> None:
    invoice = sale(company)
    matching.say_paid(company, invoice.entry, Decimal(5), on=DAY, by=owner)
    typed, viewer = Settlement.objects.get(), member("viewer")
    for person, status in ((stranger, 404), (viewer, 403)):
        client = browse(person)
        say = reverse("payments:say_paid", args=[company.pk, invoice.pk])
        assert client.post(say, {"amount": "1", "paid_on": "2026-11-16"}).status_code == status
        assert client.post(reverse("payments:take_back", args=[company.pk, typed.pk])).status_code == status
    assert Settlement.objects.count() == 1
    assert "Wpisz wpłatę" not in text_of(browse(viewer).get(invoice.get_absolute_url()))


@pytest.mark.django_db(transaction=True)
def test_two_people_type_the_whole_in_at_once(company: Any, owner: Any) -> None:
    invoice = sale(company)
    once = partial(matching.say_paid, company, invoice.entry, Decimal(177), on=DAY, by=owner)
    answers = at_once(once, once)
    assert sorted(type(one) for one in answers if one is not None) == [DoesNotFit]
    assert at_once(Settlement.objects.count)[0] == 1


def test_sales_know_nothing_of_payments_but_the_registry() -> None:
    assert panel in detail.PANELS
