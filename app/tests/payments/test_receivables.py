"""What is left of each sale stands in its row, and is right whatever was done with it."""

from __future__ import annotations

import datetime as dt
import random
from contextlib import suppress
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from liczydlo.documents import facts
from liczydlo.home import dashboard
from liczydlo.payments.models import Settlement
from liczydlo.payments.statements import matching
from liczydlo.payments.statements.matching import Choice, DoesNotFit
from liczydlo.purchases.lifecycle import ChangedMeanwhile
from liczydlo.sales import balances, corrections, filters, lifecycle, services
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.receivables import Receivable
from liczydlo.sales.states import REFUSED, Step
from liczydlo.web import times
from liczydlo.web.reasons import Reason

from app.tests.payments.statements.files import DAY, line
from app.tests.payments.statements.world import ksef_number, lines_of, sale
from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_corrections import meant
from app.tests.sales.test_order import accept, fresh, original
from app.tests.sales.world import document
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 12, 1)


def balance(invoice: Any) -> Receivable:
    return Receivable.objects.get(entry=invoice.entry_id)


def recomputed(invoice: Invoice) -> Decimal:
    """From the documents and the settlements alone."""
    own = corrections.of(invoice)
    rows = [row for row in (invoice, *own.counted) if row.state not in REFUSED]
    total = stated = Decimal(0)
    for row in rows:
        said = facts.of(row.entry.xml)
        payable = facts.payable(row.entry.gross, said)
        total += payable
        stated += payable if said.is_paid else said.paid_amount or Decimal(0)
    settlements = Settlement.objects.filter(entry__in=[row.entry_id for row in rows])
    settled = sum((one.amount for one in settlements), Decimal(0))
    return total - max(settled, stated, key=abs)


def listed(company: Any, query: str) -> set[int]:
    _form, rows = filters.narrowed(company, QueryDict(query), times.today())
    return {row.pk for row in rows}


def right(company: Any, roots: list[Invoice]) -> None:
    rows = [fresh(row) for row in roots]
    left = {row.entry_id: recomputed(row) for row in rows}
    known = {row.entry_id: row for row in Receivable.objects.of(company)}
    assert {pk: known[pk].left for pk in left} == left
    assert all(row.left == 0 for pk, row in known.items() if pk not in left)
    assert listed(company, "platnosc=unpaid") == {pk for pk, value in left.items() if value > 0}
    assert listed(company, "platnosc=return") == {pk for pk, value in left.items() if value < 0}
    owed = {one.currency: one.left for one in filters.unpaid_sums(company, times.today())}
    assert owed.get("PLN", 0) == sum(value for value in left.values() if value > 0)


def corrected(company: Any, first: Invoice, number: str) -> Invoice:
    """The first line of it taken back."""
    draft = services.save_draft(company, meant(first, number=number))
    return services.issue(company, services.draft_of(draft).content, draft=draft)


@pytest.mark.parametrize("seed", range(3))
def test_after_any_sequence_it_is_what_the_documents_and_payments_say(
    company: Any, owner: Any, seed: int
) -> None:
    chance = random.Random(seed)
    roots = [original(company, number=f"R/{seed}/{at}") for at in range(3)]
    for row in roots:
        accept(row, ksef_number(company.nip))
    charged = document(company.nip, number=f"O/{seed}").decode()
    asked = "<Rozliczenie><SumaOdliczen>27</SumaOdliczen><DoZaplaty>150</DoZaplaty></Rozliczenie></Fa>"
    roots.append(services.issue(company, charged.replace("</Fa>", asked).encode()))
    lines = lines_of(company, owner, *(line(f"{amount}.00", "wpłata") for amount in (40, 90, 170, 300)))
    counter = iter(range(100))

    def said(row: Invoice) -> None:
        amount = Decimal(chance.choice((10, 50, 100, 177)))
        with suppress(DoesNotFit):
            matching.say_paid(company, row.entry, amount, on=DAY, by=owner)

    def matched(row: Invoice) -> None:
        chosen = [Choice(entry=row.entry_id, amount=Decimal(chance.choice((15, 40))), last_seen_event=0)]
        with suppress(DoesNotFit, ChangedMeanwhile):
            matching.confirm(chance.choice(lines), chosen, reason="manual", by=owner)

    def undone(_row: Invoice) -> None:
        if known := list(Settlement.objects.select_related("line", "company")):
            matching.undo(chance.choice(known), by=owner)

    def corrects(row: Invoice) -> None:
        if row != fresh(roots[3]) and not corrections.of(row).counted:
            corrected(company, row, f"K/{seed}/{next(counter)}")

    def refused(row: Invoice) -> None:
        for one in corrections.of(row).counted:
            lifecycle.move(one, Step.REJECT, reason=Reason("rejected"))

    for _turn in range(20):
        row = fresh(chance.choice(roots))
        chance.choice((said, matched, matched, undone, corrects, refused))(row)
        right(company, roots)


def test_a_correction_counts_with_its_invoice_until_it_is_refused(company: Any) -> None:
    first = original(company)
    accept(first)
    made = corrected(company, fresh(first), "K/1")
    assert balance(first).left == first.entry.gross + made.entry.gross
    assert not balance(made).counts
    assert balances.root_of(made) == first
    lifecycle.move(made, Step.REJECT, reason=Reason("rejected"))
    assert balance(first).left == first.entry.gross


def test_drafts_and_refused_invoices_are_not_owed(company: Any) -> None:
    services.save_draft(company, document(company.nip))
    assert not Receivable.objects.exists()
    issued = services.issue(company, document(company.nip))
    assert balance(issued).left == Decimal(177)
    lifecycle.move(issued, Step.REJECT, reason=Reason("rejected"))
    assert balance(issued).left == 0 and not balance(issued).counts


def test_the_list_says_what_is_paid_and_sorts_by_the_day_of_payment(
    ala: Client, company: Any, owner: Any
) -> None:
    term = "<Platnosc><TerminPlatnosci><Termin>{}</Termin></TerminPlatnosci></Platnosc></Fa>"
    days = {"A": "2020-01-31", "B": "2039-01-31", "C": "2020-01-15"}
    rows = {
        name: services.issue(company, document(company.nip, number=name, **{"</Fa>": term.format(day)}))
        for name, day in days.items()
    }
    matching.say_paid(company, rows["B"].entry, Decimal(77), on=DAY, by=owner)
    matching.say_paid(company, rows["C"].entry, Decimal(177), on=DAY, by=owner)
    address = reverse("sales:list", args=[company.pk])
    shown = " ".join(text_of(ala.get(address)).split())
    assert all(
        text in shown for text in ("Po terminie płatności", "zostało 100,00 zł", "płatne do 31.01.2020")
    )

    def numbers(query: str) -> list[str]:
        return [row.number for row in ala.get(f"{address}?{query}").context["page"].rows]

    assert numbers("sort=due") == ["C", "A", "B"]
    assert numbers("platnosc=overdue") == ["A"]
    assert numbers("platnosc=part") == ["B"]
    assert numbers("platnosc=paid") == ["C"]
    assert numbers("platnosc=unpaid&sort=-due") == ["B", "A"]
    assert numbers("platnosc=unpaid&waluta=EUR") == []
    assert numbers("platnosc=nonsense") == ["C", "B", "A"]
    money = {str(one.label): (one.amount, one.address) for one in dashboard.money(company)}
    assert money["Do otrzymania"] == (Decimal(277), f"{address}?platnosc=unpaid")
    assert money["Należności po terminie"] == (Decimal(177), f"{address}?platnosc=overdue")
    assert "277,00 zł" in text_of(ala.get(company.get_absolute_url()))


def test_every_currency_is_added_up_by_itself(ala: Client, company: Any) -> None:
    sale(company, "10.10")
    sale(company, "20.20", currency="EUR")
    sale(company, "30.30", currency="EUR")
    found = {one.currency: one for one in dashboard.money(company)}
    assert {name: one.amount for name, one in found.items()} == {
        "PLN": Decimal("10.10"),
        "EUR": Decimal("50.50"),
    }
    assert len(ala.get(found["EUR"].address).context["page"].rows) == 2


@pytest.mark.django_db(transaction=True)
def test_two_payments_at_once_are_both_counted(company: Any, owner: Any) -> None:
    invoice = sale(company, "177.00")

    def pay(amount: int) -> Any:
        return lambda: matching.say_paid(company, invoice.entry, Decimal(amount), on=DAY, by=owner)

    assert at_once(pay(50), pay(60)) == [None, None]
    (row,) = at_once(lambda: balance(invoice))
    assert (row.settled, row.left) == (110, 67)


@pytest.mark.django_db(transaction=True)
def test_a_payment_and_a_refusal_at_once_are_both_counted(company: Any, owner: Any) -> None:
    first = original(company)
    accept(first)
    made = corrected(company, fresh(first), "K/1")
    assert made.state == "queued"
    answers = at_once(
        lambda: matching.say_paid(company, first.entry, Decimal(50), on=DAY, by=owner),
        lambda: lifecycle.move(made, Step.REJECT, reason=Reason("rejected")),
    )
    assert answers == [None, None]
    (row,) = at_once(lambda: balance(first))
    assert row.left == first.entry.gross - 50


def test_sums_walk_an_index_of_what_is_open(company: Any) -> None:
    rows = filters.of_company(company).filter(filters.OPEN, left__gt=0, payment_due__lt=TODAY)
    assert connection.vendor != "sqlite" or "receivable_open" in rows.values_list("entry").explain()


def test_the_list_is_the_firms_own(company: Any, stranger: Any, browse: Any) -> None:
    sale(company)
    assert browse(stranger).get(reverse("sales:list", args=[company.pk])).status_code == 404
    assert dashboard.money(stranger.companies.get()) == []


def test_what_an_earlier_program_issued_is_filled_in(company: Any, owner: Any) -> None:
    """The migration's own step, over rows from which everything was taken that it makes."""
    first, other = original(company), sale(company, "100.00")
    accept(first)
    corrected(company, fresh(first), "K/1")
    paid = "<Platnosc><Zaplacono>1</Zaplacono><DataZaplaty>2026-11-16</DataZaplaty></Platnosc></Fa>"
    services.issue(company, document(company.nip, number="P/1", **{"</Fa>": paid}))
    refused = services.issue(company, document(company.nip, number="X/1"))
    lifecycle.move(refused, Step.REJECT, reason=Reason("rejected"))
    matching.say_paid(company, first.entry, Decimal(50), on=DAY, by=owner)
    matching.say_paid(company, other.entry, Decimal(40), on=DAY, by=owner)
    columns = ("entry", "currency", "payment_due", "payable", "settled", "paid", "left")
    before = sorted(Receivable.objects.values_list(*columns))
    Receivable.objects.all().delete()
    import_module("liczydlo.payments.migrations.0008_receivables").fill(apps, None)
    assert sorted(Receivable.objects.values_list(*columns)) == before
