"""States and payments of purchases: one at a time and many at once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.test import Client
from liczydlo.jobs import registry
from liczydlo.jobs.models import Job
from liczydlo.purchases import lifecycle, reading
from liczydlo.purchases.models import Event, ReceivedInvoice
from liczydlo.purchases.states import TRANSITIONS, Payment, State, Step
from liczydlo.web import times

from app.tests.purchases.test_pages import address, bought, text_of
from app.tests.purchases.test_reading import FA
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db


def states(company: Any) -> dict[str, str]:
    return dict(ReceivedInvoice.objects.of(company).values_list("entry__number", "state"))


@pytest.mark.parametrize("step", [*Step])
@pytest.mark.parametrize("state", [*State])
def test_a_step_moves_only_what_it_may(company: Any, owner: Any, state: State, step: Step) -> None:
    row = bought(company)
    ReceivedInvoice.objects.update(state=state)
    done = lifecycle.move_all(ReceivedInvoice.objects.of(company), step, by=owner)
    row.refresh_from_db()
    to = TRANSITIONS.get((state, step))
    assert (done, row.state) == ((1, to) if to else (0, state))
    event = Event.objects.of(company).first()
    assert (event is not None) == (to is not None)
    if event:
        assert (event.step, event.by, event.details) == (
            step,
            owner,
            {"was": {"state": state}, "now": {"state": to}},
        )


def test_selected_rows_are_moved(ala: Client, company: Any) -> None:
    rows = [bought(company, number=f"D/{at}") for at in range(3)]
    answer = ala.post(
        address("selected", company), {"action": "book", "id": [rows[0].pk, rows[2].pk], "query": "stan=new"}
    )
    assert answer["Location"] == address("list", company) + "?stan=new"
    assert states(company) == {"D/0": "booked", "D/1": "new", "D/2": "booked"}
    shown = text_of(ala.get(answer["Location"]))
    assert "Zmieniono faktur: 2." in shown


def test_all_of_the_filter_are_moved(ala: Client, company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "CHUNK", 2)
    for at in range(5):
        bought(company, number=f"D/{at}", issue_date=dt.date(2026, 3, 1 + at))
    ala.post(address("selected", company), {"action": "hide", "all": "1", "query": "do=2026-03-03&po=1"})
    assert states(company) == {"D/0": "hidden", "D/1": "hidden", "D/2": "hidden", "D/3": "new", "D/4": "new"}
    shown = text_of(ala.get(address("list", company)))
    assert "D/3" in shown and "D/0" not in shown
    assert "D/0" in text_of(ala.get(address("list", company), {"stan": "hidden"}))


@pytest.mark.parametrize("action", ["", "delete", "payment"])
def test_an_unknown_action_changes_nothing(ala: Client, company: Any, action: str) -> None:
    row = bought(company)
    ala.post(address("selected", company), {"action": action, "id": [row.pk], "query": ""})
    assert states(company) == {"D/1": "new"}
    assert "Nic nie zmieniono" in text_of(ala.get(address("list", company)))


def test_what_does_not_move_is_said(ala: Client, company: Any) -> None:
    row = bought(company)
    ala.post(address("selected", company), {"action": "show", "id": [row.pk, "x", "9" * 30], "query": ""})
    assert "Bez zmian: 1." in text_of(ala.get(address("list", company)))


def test_others_change_nothing(company: Any, stranger: Any, member: Any, browse: Any) -> None:
    row = bought(company)
    theirs = stranger.companies.get()
    for person, place, status in ((stranger, company, 404), (member("viewer"), company, 403)):
        client = browse(person)
        assert (
            client.post(address("selected", place), {"action": "book", "id": [row.pk]}).status_code == status
        )
        assert client.post(address("move", place, row.pk), {"step": "book"}).status_code == status
        assert client.post(address("pay", place, row.pk), {"payment": "paid"}).status_code == status
    client = browse(stranger)  # through their own company
    client.post(address("selected", theirs), {"action": "book", "id": [row.pk]})
    assert client.post(address("move", theirs, row.pk), {"step": "book"}).status_code == 404
    assert states(company) == {"D/1": "new"}
    assert not Event.objects.exists()


def test_one_invoice_is_moved_and_its_page_tells_who_did_it(ala: Client, company: Any, owner: Any) -> None:
    row = bought(company)
    ala.post(address("move", company, row.pk), {"step": "check"})
    shown = text_of(ala.get(row.get_absolute_url()))
    assert states(company) == {"D/1": "checked"}
    assert "Sprawdzono" in shown and owner.name in shown
    ala.post(address("move", company, row.pk), {"step": "show"})
    assert "zmienił się w międzyczasie" in text_of(ala.get(row.get_absolute_url()))


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ({"payment": "part", "amount": "77,00 zł", "paid_on": "2026-01-15"}, ("part", "77", "2026-01-15")),
        ({"payment": "paid", "amount": "5", "paid_on": "2026-01-15"}, ("paid", None, "2026-01-15")),
        ({"payment": "due", "amount": "5", "paid_on": "2026-01-15"}, ("due", None, None)),
        ({"payment": "part", "amount": ""}, None),
        ({"payment": "part", "amount": "177"}, None),
        ({"payment": "part", "amount": "-1"}, None),
        ({"payment": "part", "amount": "dużo"}, None),
        ({"payment": "paid", "paid_on": "2099-01-01"}, None),
        ({"payment": "stolen"}, None),
    ],
)
def test_a_payment_is_kept_or_refused(
    ala: Client, company: Any, data: dict[str, str], kept: tuple[str, str | None, str | None] | None
) -> None:
    row = bought(company)
    ReceivedInvoice.objects.update(payment="part", paid_amount=Decimal(1))
    answer = ala.post(address("pay", company, row.pk), {**data, "seen": "0"})
    row.refresh_from_db()
    if kept is None:
        typed = data.get("amount") or data.get("paid_on", "")
        assert answer.status_code == 400 and (not typed or f'value="{typed}"' in text_of(answer))
        assert (row.payment, row.paid_amount) == ("part", 1)
        assert not Event.objects.exists()
    else:
        amount, on = kept[1] and Decimal(kept[1]), kept[2] and dt.date.fromisoformat(kept[2])
        assert (row.payment, row.paid_amount, row.paid_on) == (kept[0], amount, on)
        assert on is None or f'value="{on}"' in text_of(ala.get(row.get_absolute_url()))


def test_a_page_that_is_old_changes_no_payment(ala: Client, company: Any, owner: Any) -> None:
    row = bought(company)
    seen = text_of(ala.get(row.get_absolute_url()))
    assert 'name="seen" value="0"' in seen
    lifecycle.mark_paid(ReceivedInvoice.objects.all(), on=times.today(), by=owner)
    mine = {"payment": "part", "amount": "5", "paid_on": "2026-01-15"}
    for old in ({"seen": "0"}, {"seen": "x"}, {}):
        answer = ala.post(address("pay", company, row.pk), {**mine, **old})
        assert answer.status_code == 409
        shown = text_of(answer)
        assert "w międzyczasie" in shown and 'value="2026-01-15"' in shown
        assert ReceivedInvoice.objects.get().payment == "paid"
    seen_now = lifecycle.last_event(row, lifecycle.PAYMENTS)
    assert ala.post(address("pay", company, row.pk), {**mine, "seen": str(seen_now)}).status_code == 302
    assert ReceivedInvoice.objects.get().paid_amount == 5


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_changes_the_payment(company: Any, owner: Any) -> None:
    row = bought(company)
    for turn in range(10):
        seen = at_once(partial(lifecycle.last_event, row, lifecycle.PAYMENTS))[0]
        change = partial(lifecycle.pay, row, Payment.PART, on=times.today(), by=owner, last_seen_event=seen)
        outcomes = at_once(*(partial(change, amount=Decimal(turn * 2 + more)) for more in (1, 2)))
        assert sorted(map(repr, outcomes)) == ["ChangedMeanwhile()", "True"], outcomes


def test_what_the_invoice_says_was_paid_is_read(company: Any) -> None:
    paid = "<Zaplacono>1</Zaplacono><DataZaplaty>2026-11-02</DataZaplaty>"
    part = "<KwotaZaplatyCzesciowej>7.50</KwotaZaplatyCzesciowej>"
    for number, text in (("A", paid), ("B", part), ("C", "<Termin>2026-12-09</Termin>"), ("D", paid + " ")):
        bought(company, FA.format(text).encode(), number=number)
    by_hand = ReceivedInvoice.objects.filter(entry__number="D")
    by_hand.update(payment="part", paid_amount=3)
    registry.enqueue(company.pk, reading.READ_JOB)
    registry.run(Job.objects.get(company=company, name=reading.READ_JOB).pk)
    rows = {row.entry.number: row for row in ReceivedInvoice.objects.select_related("entry")}
    assert (rows["A"].payment, rows["A"].paid_on) == ("paid", dt.date(2026, 11, 2))
    assert (rows["B"].payment, rows["B"].paid_amount) == ("part", Decimal("7.50"))
    assert (rows["C"].payment, rows["C"].entry.payment_due) == ("due", dt.date(2026, 12, 9))
    assert (rows["D"].payment, rows["D"].paid_amount) == ("part", 3)
    assert {event.invoice_id for event in Event.objects.filter(step=Step.READ_PAID, by=None)} == {
        rows["A"].pk,
        rows["B"].pk,
    }


def test_the_list_is_narrowed_by_payment(ala: Client, company: Any) -> None:
    for number, payment, due in (
        ("A", "paid", 2020),
        ("B", "due", 2020),
        ("C", "due", 2099),
        ("D", "part", 2020),
    ):
        row = bought(company, number=f"{number}/1", payment_due=dt.date(due, 1, 1))
        ReceivedInvoice.objects.filter(pk=row.pk).update(payment=payment)
    for value, found in (("overdue", "BD"), ("due", "BC"), ("paid", "A"), ("part", "D")):
        shown = text_of(ala.get(address("list", company), {"platnosc": value}))
        assert [name for name in "ABCD" if f"{name}/1<" in shown] == list(found), value
