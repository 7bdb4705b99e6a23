"""A cost that was typed in and comes through KSeF too is noticed, whichever was here first; a person decides."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.documents.models import IndexEntry, StoredFile
from liczydlo.jobs import registry
from liczydlo.jobs.models import Job
from liczydlo.purchases import reading
from liczydlo.purchases.attachments import services as attachments
from liczydlo.purchases.doubles import deciding, matching
from liczydlo.purchases.doubles.models import PossibleDouble
from liczydlo.purchases.models import Attachment, Event, ReceivedInvoice
from liczydlo.purchases.outside import services
from liczydlo.purchases.outside.forms import OutsideForm, values_of
from liczydlo.purchases.outside.services import NotChanged
from liczydlo.web.search import number_key

from app.tests.documents.test_kinds import PDF, png
from app.tests.purchases.test_attachments import attached
from app.tests.purchases.test_outside import outside
from app.tests.purchases.test_pages import address, bought, text_of
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db
NIP = "5217994952"
DAY = dt.date(2026, 3, 2)


def typed(company: Any, owner: Any, content: bytes = PDF, **more: str) -> ReceivedInvoice:
    """A Polish cost of 107 zł, „FV 12/2026"."""
    values = {"country": "PL", "tax_id": NIP, "number": "FV 12/2026", "currency": "PLN"}
    return outside(company, owner, content, **(values | more))


def arrived(company: Any, number: str = "fv-12-2026", **columns: Any) -> ReceivedInvoice:
    """An invoice from KSeF of the same seller."""
    values = {"seller_nip": NIP, "issue_date": DAY, "gross": Decimal(200)}
    return bought(company, number=number, **(values | columns))


def pair(company: Any, owner: Any, **more: str) -> PossibleDouble:
    arrived(company)
    typed(company, owner, **more)
    return PossibleDouble.objects.select_related("outside__entry", "invoice__entry").get()


def pairs() -> set[tuple[str, str]]:
    rows = PossibleDouble.objects.filter(dismissed_at=None)
    return set(rows.values_list("outside__entry__number", "invoice__entry__number"))


@pytest.mark.pure
@given(st.text(max_size=40))
def test_a_number_is_its_letters_and_digits(text: str) -> None:
    key = number_key(text)
    assert number_key(key) == key
    assert number_key(text.upper()) == number_key(text.upper().lower())
    assert all(one.isalnum() for one in key)


@pytest.mark.pure
@given(
    st.from_regex(r"[a-z0-9]{1,12}", fullmatch=True),
    st.sampled_from([" ", "/", "-", ".", "_", "\u00a0", "–"]),
)
def test_marks_and_case_make_no_other_number(text: str, mark: str) -> None:
    assert number_key(mark.join(text.upper())) == text


@pytest.mark.parametrize(
    ("columns", "matched"),
    [
        ({}, True),
        ({"issue_date": DAY + dt.timedelta(days=366)}, True),
        ({"issue_date": DAY + dt.timedelta(days=367)}, False),
        ({"seller_nip": "8567346215"}, False),
        ({"number": "FV 12/2026/A"}, False),
        ({"number": "X", "gross": Decimal(107)}, True),
        ({"number": "X", "gross": Decimal(107), "issue_date": DAY - dt.timedelta(days=7)}, True),
        ({"number": "X", "gross": Decimal(107), "issue_date": DAY - dt.timedelta(days=8)}, False),
        ({"number": "X", "gross": Decimal(-107)}, False),
        ({"number": "X", "gross": Decimal(107), "currency": "EUR"}, False),
        ({"environment": "TEST"}, False),
    ],
)
@pytest.mark.parametrize("first", ["ksef", "typed"])
def test_what_may_be_the_same_is_noticed_whichever_comes_first(
    company: Any, owner: Any, columns: dict[str, Any], matched: bool, first: str
) -> None:
    if first == "ksef":
        arrived(company, **columns)
        typed(company, owner)
    else:
        typed(company, owner)
        arrived(company, **columns)
        registry.enqueue(company.pk, reading.READ_JOB)
        registry.run(Job.objects.get(company=company, name=reading.READ_JOB).pk)
        registry.run(Job.objects.get(company=company, name=matching.LOOK).pk)
    assert PossibleDouble.objects.exists() == matched
    if matched:
        assert PossibleDouble.objects.get().same_number == ("gross" not in columns)


def test_nothing_is_looked_for_where_nothing_was_typed(company: Any, owner: Any, stranger: Any) -> None:
    outside(company, owner)  # a seller without NIP cannot send through KSeF
    typed(stranger.companies.get(), stranger)
    Job.objects.all().delete()
    arrived(company)
    registry.enqueue(company.pk, reading.READ_JOB)
    registry.run(Job.objects.get(company=company, name=reading.READ_JOB).pk)
    assert not Job.objects.filter(name=matching.LOOK).exists()
    matching.look(stranger.companies.get())
    assert not PossibleDouble.objects.exists()


def test_both_pages_and_the_list_say_it(ala: Client, company: Any, owner: Any) -> None:
    one = pair(company, owner)
    bought(company, number="inna")
    for row, other in ((one.outside, one.invoice), (one.invoice, one.outside)):
        shown = text_of(ala.get(row.get_absolute_url()))
        assert "Może być podwójna" in shown and other.get_absolute_url() in shown
        assert address("join", company, one.pk) in shown and address("differ", company, one.pk) in shown
    shown = text_of(ala.get(address("list", company)))
    assert "Koszty, które przyszły też z KSeF: 1" in shown
    shown = text_of(ala.get(address("list", company), {"skad": "double"}))
    assert "FV 12/2026" in shown and "fv-12-2026" in shown and "inna" not in shown


def test_a_change_of_the_cost_changes_what_may_be_the_same(company: Any, owner: Any) -> None:
    one = pair(company, owner)

    def change(**values: str) -> None:
        filled = OutsideForm({**values_of(one.outside), "category": "", "concerns": "", "note": "", **values})
        assert filled.is_valid(), filled.errors
        seen = Event.objects.filter(step="edit").order_by("-pk").values_list("pk", flat=True).first() or 0
        services.edit(one.outside, filled.cleaned_data, by=owner, last_seen_event=seen)

    change(number="FV 13/2026")
    assert not pairs()
    change(number="FV 12 2026")
    assert pairs() == {("FV 12 2026", "fv-12-2026")}


def test_joined_they_are_one(ala: Client, company: Any, owner: Any) -> None:
    one = pair(company, owner)
    attached(one.invoice, owner, png(), "wz.png")
    attached(one.outside, owner, png(), "to samo.png")
    ReceivedInvoice.objects.filter(pk=one.outside_id).update(
        state="booked", payment="part", paid_amount=Decimal(7), paid_on=DAY
    )
    answer = ala.post(address("join", company, one.pk))
    assert answer["Location"] == one.invoice.get_absolute_url()
    row = ReceivedInvoice.objects.select_related("entry").get()  # one, so the month counts it once
    assert row.entry.number == "fv-12-2026" and IndexEntry.objects.count() == 1
    assert (row.state, row.payment, row.paid_amount, row.paid_on) == ("booked", "part", 7, DAY)
    assert (row.category, row.concerns, row.note) == ("Delegacje", "Jan", "Targi")
    assert sorted(row.attachments.values_list("name", flat=True)) == ["skan.pdf", "wz.png"]
    assert StoredFile.objects.count() == 2
    event = Event.objects.get(step="join")
    assert (event.invoice, event.by, event.details["name"]) == (row, owner, "FV 12/2026")
    assert event.details["cost"]["gross"] == "107.00" and event.details["cost"]["account"]
    shown = text_of(ala.get(row.get_absolute_url()))
    assert "Połączono z kosztem spoza KSeF" in shown and "Może być podwójna" not in shown
    assert "już nie ma" in text_of(ala.post(address("join", company, one.pk), follow=True))


def test_what_people_said_of_the_invoice_stays(company: Any, owner: Any) -> None:
    one = pair(company, owner)
    ReceivedInvoice.objects.filter(pk=one.invoice_id).update(
        category="Inna", note="Moja", payment="paid", paid_on=DAY, state="booked"
    )
    ReceivedInvoice.objects.filter(pk=one.outside_id).update(payment="part", paid_amount=1, state="checked")
    row = deciding.join(one, by=owner)
    row.refresh_from_db()
    assert (row.category, row.concerns, row.note) == ("Inna", "Jan", "Moja\nTargi")
    assert (row.payment, row.paid_amount, row.state) == ("paid", None, "booked")


@pytest.mark.parametrize(
    ("amount", "currency", "payment"), [(200, "PLN", "paid"), (199, "PLN", "part"), (7, "EUR", "due")]
)
def test_a_part_of_the_cost_may_be_the_whole_or_say_nothing(
    company: Any, owner: Any, amount: int, currency: str, payment: str
) -> None:
    one = pair(company, owner, currency=currency)
    ReceivedInvoice.objects.filter(pk=one.outside_id).update(payment="part", paid_amount=amount, paid_on=DAY)
    row = deciding.join(one, by=owner)
    row.refresh_from_db()
    assert row.payment == payment


def test_two_that_differ_are_not_asked_about_again(ala: Client, company: Any, owner: Any) -> None:
    one = pair(company, owner)
    answer = ala.post(address("differ", company, one.pk), {"invoice": "1"})
    assert answer["Location"] == one.invoice.get_absolute_url()
    matching.look(company)
    assert not pairs() and PossibleDouble.objects.get().dismissed_by == owner
    for row in (one.outside, one.invoice):
        assert "Może być podwójna" not in text_of(ala.get(row.get_absolute_url()))
    assert Event.objects.filter(step="differ").count() == 2
    assert "już nie ma" in text_of(ala.post(address("differ", company, one.pk), follow=True))
    ala.post(address("join", company, one.pk))
    assert ReceivedInvoice.objects.count() == 2


def test_others_decide_nothing(company: Any, owner: Any, stranger: Any, member: Any, browse: Any) -> None:
    one = pair(company, owner)
    theirs = stranger.companies.get()
    for name in ("join", "differ"):
        assert browse(stranger).post(address(name, company, one.pk)).status_code == 404
        assert browse(stranger).post(address(name, theirs, one.pk)).status_code == 302
    viewer = browse(member("viewer"))
    for name in ("join", "differ"):
        assert viewer.post(address(name, company, one.pk)).status_code == 403
    assert address("join", company, one.pk) not in text_of(viewer.get(one.invoice.get_absolute_url()))
    assert pairs() and ReceivedInvoice.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_at_once_one_decision_is_taken_and_nothing_is_lost(company: Any, owner: Any) -> None:
    """Joining, saying that they are two, deleting the cost and looking, all at the same moment."""
    request = RequestFactory().post("/")
    request.user = owner
    arrived(company)
    for _turn in range(4):

        def make() -> tuple[ReceivedInvoice, PossibleDouble]:
            row = typed(company, owner)
            return row, PossibleDouble.objects.select_related("outside__entry", "invoice__entry").get(
                outside=row
            )

        ((row, one),) = at_once(make)
        outcomes = at_once(
            partial(deciding.join, one, by=owner),
            partial(deciding.dismiss, one, by=owner),
            partial(services.delete, row, request),
            partial(matching.look, company),
        )
        joined, differ, deleted, looked = outcomes
        assert looked is None, looked
        gone = isinstance(joined, ReceivedInvoice) + (deleted is None)
        assert gone == 1, outcomes
        assert isinstance(joined, ReceivedInvoice | deciding.Decided), outcomes
        assert differ is None or isinstance(differ, deciding.Decided), outcomes
        assert deleted is None or isinstance(deleted, NotChanged), outcomes

        def state() -> tuple[int, int, int]:
            files = set(Attachment.objects.values_list("file", flat=True))
            assert files == set(StoredFile.objects.values_list("pk", flat=True))
            return ReceivedInvoice.objects.count(), PossibleDouble.objects.count(), len(files)

        ((purchases, doubles, _files),) = at_once(state)
        assert (purchases, doubles) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_of_two_looks_at_once_each_pair_is_made_once(company: Any, owner: Any) -> None:
    rows = [typed(company, owner, number=f"F/{at}") for at in range(5)]
    for at in range(5):
        arrived(company, number=f"f{at}")
    for _turn in range(3):
        at_once(partial(PossibleDouble.objects.all().delete))
        looks = (partial(matching.look, company), partial(matching.look, company, [row.pk for row in rows]))
        assert at_once(*looks) == [None, None]
        assert at_once(PossibleDouble.objects.count) == [5]


def test_a_file_of_a_joined_cost_goes_with_no_other(company: Any, owner: Any) -> None:
    one = pair(company, owner)
    other = bought(company, number="inna")
    attachments.attach(other, [(StoredFile.objects.get(), "też.pdf")], by=owner)
    deciding.join(one, by=owner)
    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["skan.pdf", "też.pdf"]
