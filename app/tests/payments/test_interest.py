"""Interest for late payment: published rates, days, part payments, notes that are numbered and ask once."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.audit.models import Entry
from liczydlo.contacts import privacy
from liczydlo.contacts.models import Contractor
from liczydlo.lookups.models import Choice, Service
from liczydlo.payments.interest import counting, notes, rates
from liczydlo.payments.interest.counting import Payment, UnknownRate
from liczydlo.payments.interest.rates import PUBLISHED, Kind
from liczydlo.payments.models import InterestNote, InterestNoteItem, InterestRate
from liczydlo.payments.statements import matching
from liczydlo.sales import services
from pypdf import PdfReader

from app.tests.connection.test_browser import page
from app.tests.payments.statements.world import sale
from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_browser import look
from app.tests.sales.test_buyer_browser import TERM
from app.tests.sales.test_buyer_letters import BUYER, buyer
from app.tests.sales.world import document
from app.tests.sessions import at_once

__all__ = ["buyer", "page"]
TRADE, CIVIL = PUBLISHED[Kind.TRADE], PUBLISHED[Kind.CIVIL]
DAY, ONE = dt.timedelta(days=1), Decimal(1)
NOTE_DAY = dt.date(2026, 11, 20)
DAYS = st.dates(dt.date(2016, 1, 1), dt.date(2026, 9, 30))
MONEY = st.decimals(Decimal("0.01"), Decimal(1_000_000), places=2)
pure = pytest.mark.pure
db = pytest.mark.django_db


def total(parts: Any) -> Decimal:
    return sum((part.interest for part in parts), Decimal(0))


@pure
def test_published_rates_have_no_gap() -> None:
    for known in PUBLISHED.values():
        assert known[0].since == dt.date(2016, 1, 1)
        for one, after in pairwise(known):
            assert one.until + DAY == after.since
    for trade, medical in zip(TRADE, PUBLISHED[Kind.MEDICAL], strict=True):
        assert (trade.since.month, trade.since.day) in ((1, 1), (7, 1)) and trade.source == medical.source
        assert trade.percent - medical.percent == (2 if trade.since.year >= 2020 else 0)


@pure
@pytest.mark.parametrize(
    ("day", "kind", "percent"),
    [
        ("2016-03-01", Kind.TRADE, "9.5"),  # M.P. 2016 poz. 43
        ("2021-02-01", Kind.TRADE, "10.1"),  # M.P. 2020 poz. 1212
        ("2021-02-01", Kind.MEDICAL, "8.1"),
        ("2024-06-30", Kind.TRADE, "15.75"),
        ("2026-06-30", Kind.TRADE, "14"),
        ("2026-07-01", Kind.TRADE, "13.75"),
        ("2020-05-28", Kind.CIVIL, "6"),  # ZUS, „Wysokość odsetek ustawowych”
        ("2020-05-29", Kind.CIVIL, "5.6"),
        ("2025-10-09", Kind.CIVIL, "10"),
        ("2015-12-31", Kind.TRADE, None),
        ("2027-01-01", Kind.TRADE, None),
        ("2026-10-09", Kind.CIVIL, None),
    ],
)
def test_the_rate_of_a_day(day: str, kind: Kind, percent: str | None) -> None:
    rate = rates.of_day(PUBLISHED[kind], dt.date.fromisoformat(day))
    assert (rate and rate.percent) == (percent and Decimal(percent))


@pure
def test_a_published_example() -> None:
    """12 400 zł, 44 days late at 14%: 209,27 zł (sprzedamfakture.pl, „Odsetki ustawowe… stawka 2026”)."""
    (part,) = counting.count(Decimal(12_400), dt.date(2026, 3, 6), [], dt.date(2026, 4, 19), TRADE)
    assert (part.days, part.rate.percent, part.interest) == (44, 14, Decimal("209.27"))


@pure
def test_a_rate_that_changes_splits_the_days() -> None:
    first, second = counting.count(Decimal(36_500), dt.date(2026, 6, 19), [], dt.date(2026, 7, 10), TRADE)
    assert (first.until, first.days, first.interest) == (dt.date(2026, 6, 30), 11, Decimal("154.00"))
    assert (second.since, second.days, second.interest) == (dt.date(2026, 7, 1), 10, Decimal("137.50"))


@pure
@pytest.mark.parametrize(
    ("due", "first"),
    [
        ("2026-03-06", "2026-03-07"),  # a Friday
        ("2026-03-07", "2026-03-10"),  # a Saturday: payment on Monday is in time
        ("2026-04-05", "2026-04-08"),  # Easter Sunday, Easter Monday
        ("2025-12-24", "2025-12-30"),  # Christmas Eve is free since 2025; then Saturday and Sunday
    ],
)
def test_a_free_day_moves_the_term(due: str, first: str) -> None:
    days = dt.date.fromisoformat(due), dt.date.fromisoformat(first)
    parts = counting.count(ONE * 1000, days[0], [], days[1] + 30 * DAY, TRADE)
    assert parts[0].since == days[1]
    assert not counting.count(ONE * 1000, days[0], [], days[1] - DAY, TRADE)


@pure
def test_part_payments_end_the_interest_of_their_part() -> None:
    payments = [Payment(on=dt.date(2026, 3, 1), amount=ONE * 100)]  # in time
    payments += [
        Payment(on=dt.date(2026, 3, 16), amount=ONE * 400),
        Payment(on=dt.date(2026, 3, 26), amount=ONE * 500),
    ]
    parts = counting.count(ONE * 1000, dt.date(2026, 3, 6), payments, dt.date(2026, 6, 1), TRADE)
    assert [(part.amount, part.days) for part in parts] == [(900, 10), (500, 10)]
    assert parts[-1].until == dt.date(2026, 3, 26), "the day of payment counts"


@pure
def test_an_unknown_rate_counts_nothing() -> None:
    with pytest.raises(UnknownRate) as error:
        counting.count(ONE * 1000, dt.date(2026, 12, 1), [], dt.date(2027, 1, 5), TRADE)
    assert error.value.day == dt.date(2027, 1, 1)


@pure
@given(owed=MONEY, due=DAYS, late=st.integers(1, 700), split=st.integers(0, 700))
def test_two_notes_ask_for_what_one_would(owed: Decimal, due: dt.date, late: int, split: int) -> None:
    until = min(due + late * DAY, dt.date(2026, 12, 31))
    middle = min(due + split * DAY, until)
    whole = counting.count(owed, due, [], until, TRADE)
    first = counting.count(owed, due, [], middle, TRADE)
    rest = counting.count(owed, due, [], until, TRADE, since=middle + DAY)
    assert sum(part.days for part in whole) == sum(part.days for part in (*first, *rest))
    assert abs(total(whole) - total(first) - total(rest)) <= Decimal("0.02"), "but for one more rounding"


@pure
@given(owed=MONEY, due=DAYS, late=st.integers(1, 700), cut=st.integers(0, 400), share=st.integers(0, 100))
def test_a_payment_never_adds(owed: Decimal, due: dt.date, late: int, cut: int, share: int) -> None:
    until = min(due + late * DAY, dt.date(2026, 12, 31))
    paid = Payment(on=due + cut * DAY, amount=(owed * share / 100).quantize(Decimal("0.01")))
    with_it = counting.count(owed, due, [paid], until, TRADE)
    without = counting.count(owed, due, [], until, TRADE)
    assert total(with_it) <= total(without) + Decimal("0.02")
    for one, after in pairwise(with_it):
        assert one.until < after.since and after.amount <= one.amount
    assert all(part.amount > 0 and part.days > 0 and part.since > due for part in with_it)


@pure
def test_compensation_by_the_act() -> None:
    values = [Decimal(text) for text in ("0.01", "5000", "5000.01", "49999.99", "50000")]
    assert [counting.compensation(value) for value in values] == [40, 40, 70, 70, 100]


@pytest.fixture
def debts(company: Any, owner: Any, buyer: Contractor, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """One not paid, one paid late in two parts, one in time, one in euro, and one of somebody else."""
    monkeypatch.setattr("liczydlo.web.times.today", lambda: NOTE_DAY)
    made = {}
    for number in ("A/1", "B/1", "C/1"):
        xml = document(
            company.nip,
            BUYER,
            number=number,
            issued=dt.date(2026, 6, 1),
            **{"</Fa>": TERM.format("2026-06-12")},
        )
        made[number] = services.issue(company, xml).entry
    sale(company, "20.00", number="EU/1", currency="EUR")
    for number, amount, day in (("B/1", 77, 22), ("B/1", 100, 25), ("C/1", 177, 12)):
        matching.say_paid(company, made[number], Decimal(amount), on=dt.date(2026, 6, day), by=owner)
    return made


def address(name: str, company: Any, *arguments: Any) -> str:
    return reverse(f"payments:{name}", args=[company.pk, *arguments])


def form_of(answer: Any, *entries: Any, **more: Any) -> dict[str, Any]:
    context = answer.context
    return {
        "kind": str(context["kind"]),
        "day": context["day"].isoformat(),
        "seen": context["seen"],
        "debt": [entry.pk for entry in entries],
        **more,
    }


@db
def test_a_note_is_numbered_and_asks_once(company: Any, buyer: Contractor, debts: Any, ala: Client) -> None:
    there = address("interest", company, buyer.pk)
    shown = ala.get(there)
    counted = {one.entry.number: one for one in shown.context["counted"].debts}
    assert set(counted) == {"A/1", "B/1"}, "C/1 was paid in time"
    assert [(part.amount, part.days) for part in counted["B/1"].parts] == [(177, 10), (100, 3)]
    assert counted["B/1"].interest == Decimal("0.68") + Decimal("0.12")
    assert "nie zna kursu NBP" in text_of(shown), "NBP is switched off"
    note_page = ala.post(there, form_of(shown, debts["A/1"]), follow=True)
    note = InterestNote.objects.get()
    assert (note.number, note.interest, note.compensation) == ("NO/1/2026", counted["A/1"].interest, 0)
    shown_note = text_of(note_page)
    assert "NO/1/2026" in shown_note and "M.P. 2025 poz. 1257, M.P. 2026 poz. 642" in shown_note
    assert "13,75%" in shown_note and "nie jest fakturą" in shown_note
    again = ala.get(there)
    assert [one.entry.number for one in again.context["counted"].debts] == ["B/1"]
    assert "NO/1/2026" in text_of(again)
    ala.post(there, form_of(again, debts["B/1"]))
    assert [one.number for one in InterestNote.objects.order_by("place")] == ["NO/1/2026", "NO/2/2026"]
    assert "Nie ma odsetek do naliczenia" in text_of(ala.get(there))
    assert [one["content"]["buyer"][0] for one in privacy.export(company, buyer)["interest_notes"]] == [
        buyer.name
    ] * 2
    entry = Entry.objects.filter(action="interest-note-made").earliest("pk")
    assert entry.details == {"number": "NO/1/2026", "amount": f"{note.total} PLN"}
    assert "Odsetki" in text_of(ala.get(reverse("sales:statement", args=[company.pk, buyer.pk])))


@db
def test_the_paper(company: Any, buyer: Contractor, debts: Any, ala: Client, browse: Any, owner: Any) -> None:
    there = address("interest", company, buyer.pk)
    ala.post(there, form_of(ala.get(there), debts["A/1"], debts["B/1"]))
    note = InterestNote.objects.get()
    answer = ala.get(address("interest_note_pdf", company, note.pk))
    assert answer["Content-Type"] == "application/pdf"
    printed = "".join(one.extract_text() for one in PdfReader(BytesIO(answer.content)).pages)
    printed = " ".join(printed.replace("\u202f", " ").replace("\u00a0", " ").split())
    for text in (
        "Nota odsetkowa NO/1/2026",
        "A/1",
        "B/1",
        "13,75%",
        "14%",
        "Dni",
        "M.P. 2026 poz. 642",
    ):
        assert text in printed, text
    english = browse(owner, language="en").get(address("interest_note_pdf", company, note.pk))
    assert "Interest note NO/1/2026" in PdfReader(BytesIO(english.content)).pages[0].extract_text()


@db
def test_compensation_at_nbps_rate(
    company: Any, buyer: Contractor, debts: Any, ala: Client, use_emulator: Any
) -> None:
    Choice.objects.create(company=company, service=Service.NBP, is_on=True, changed_at=timezone.now())
    there = address("interest", company, buyer.pk)
    shown = ala.get(there)
    extra = shown.context["counted"].debts[0].compensation
    assert extra.eur == 40 and extra.amount == (40 * extra.rate).quantize(Decimal("0.01"))
    assert extra.table.endswith("/A/NBP/2026")
    ala.post(there, form_of(shown, debts["A/1"], compensation=[debts["A/1"].pk, debts["B/1"].pk]))
    note = InterestNote.objects.get()
    assert note.compensation == extra.amount, "of what was not ticked none is asked for"
    assert extra.table in text_of(ala.get(note.get_absolute_url()))
    assert InterestNoteItem.objects.get().has_compensation
    civil = ala.get(there, {"kind": "civil", "day": "2026-09-01"})
    assert all(one.compensation is None for one in civil.context["counted"].debts)


@db
def test_a_later_note_goes_on_from_there(company: Any, buyer: Contractor, debts: Any, ala: Client) -> None:
    there = address("interest", company, buyer.pk)
    early = ala.get(there, {"kind": "trade", "day": "2026-07-31"})
    ala.post(there, form_of(early, debts["A/1"]))
    late = ala.get(there)
    (debt,) = [one for one in late.context["counted"].debts if one.entry.number == "A/1"]
    assert debt.parts[0].since == dt.date(2026, 8, 1)


@db
def test_what_changed_meanwhile_makes_no_note(
    company: Any, owner: Any, buyer: Contractor, debts: Any, ala: Client
) -> None:
    there = address("interest", company, buyer.pk)
    form = form_of(ala.get(there), debts["A/1"])
    matching.say_paid(company, debts["A/1"], Decimal(7), on=dt.date(2026, 7, 1), by=owner)
    answer = ala.post(there, form)
    assert answer.status_code == 409 and "zmieniły się w międzyczasie" in text_of(answer)
    for bad in (
        {**form, "debt": []},
        {**form, "day": "2026-12-31"},
        {**form, "kind": "x"},
        {**form, "seen": ""},
    ):
        assert ala.post(there, bad).status_code in (200, 400, 409)
    assert not InterestNote.objects.exists()
    assert ala.get(there, {"day": "wczoraj"}).status_code == 400


@db
def test_a_rate_that_is_not_known_is_typed_in(
    company: Any, buyer: Contractor, debts: Any, ala: Client, member: Any, browse: Any, stranger: Any
) -> None:
    there, typed = address("interest", company, buyer.pk), address("interest_rates", company)
    civil = {"kind": "civil", "day": NOTE_DAY.isoformat()}
    shown = text_of(ala.get(there, civil))
    assert "nie zna stawki odsetek na 09.10.2026" in shown and "Wystaw notę" not in shown
    rate = {
        "kind": "civil",
        "since": "2026-10-09",
        "until": "2026-12-31",
        "percent": "9,25",
        "source": "M.P. 2026 poz. 367",
    }
    for bad in (
        {"since": "2026-10-08"},
        {"until": "2026-01-01"},
        {"percent": "0"},
        {"percent": "101"},
        {"source": ""},
        {"kind": "trade", "since": "2027-01-01", "until": "2027-07-01"},
    ):
        assert ala.post(typed, rate | bad).status_code == 400, bad
    issuer = browse(member("issuer"))
    assert issuer.get(typed).status_code == 403 and issuer.post(typed, rate).status_code == 403
    assert browse(stranger).get(typed).status_code == 404
    assert ala.post(typed, rate).status_code == 302
    assert "9,25%" in text_of(ala.get(typed))
    assert ala.get(there, civil).context["counted"].debts
    assert ala.post(typed, rate).status_code == 400, "two rates of one day"
    row = InterestRate.objects.get()
    assert issuer.post(address("remove_interest_rate", company, row.pk)).status_code == 403
    ala.post(address("remove_interest_rate", company, row.pk))
    assert not InterestRate.objects.exists()
    added, removed = Entry.objects.filter(action__startswith="interest-rate").order_by("pk")
    assert (added.action, removed.action) == ("interest-rate-added", "interest-rate-removed")
    assert "9,25% 09.10.2026–31.12.2026, M.P. 2026 poz. 367" in added.details["name"].replace(".25%", ",25%")
    assert added.details == removed.details


@db
def test_who_may(
    company: Any, buyer: Contractor, debts: Any, ala: Client, stranger: Any, member: Any, browse: Any
) -> None:
    there = address("interest", company, buyer.pk)
    shown = ala.get(there)
    viewer, outsider = browse(member("viewer")), browse(stranger)
    assert "Wystaw notę odsetkową" not in text_of(viewer.get(there))
    viewer.post(there, form_of(shown, debts["A/1"]))
    assert not InterestNote.objects.exists()
    ala.post(there, form_of(shown, debts["A/1"]))
    note = InterestNote.objects.get()
    other = stranger.companies.get()
    for name, args in (
        ("interest", [buyer.pk]),
        ("interest_note", [note.pk]),
        ("interest_note_pdf", [note.pk]),
    ):
        assert outsider.get(address(name, company, *args)).status_code == 404
        assert outsider.get(address(name, other, *args)).status_code == 404
        assert viewer.get(address(name, company, *args)).status_code == 200
    buyer.delete()
    assert BUYER in text_of(ala.get(note.get_absolute_url())), "a note says what it said"


@pytest.mark.django_db(transaction=True)
def test_of_two_sessions_one_makes_the_note(company: Any, owner: Any, buyer: Contractor, debts: Any) -> None:
    seen = notes.digest(notes.count(company, buyer, Kind.TRADE, NOTE_DAY).debts, Kind.TRADE, NOTE_DAY)

    def make() -> None:
        with suppress(notes.ChangedMeanwhile):
            notes.make(
                company,
                buyer,
                Kind.TRADE,
                NOTE_DAY,
                chosen_debts={debts["A/1"].pk},
                compensated=set(),
                seen_digest=seen,
                by=owner,
            )

    at_once(make, make)
    (left,) = at_once(InterestNote.objects.count)
    assert left == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser(page: Any, company: Any, buyer: Contractor, debts: Any) -> None:
    page.goto(address("interest", company, buyer.pk))
    look(page, "interest")
    look(page, "interest", phone=True)
    page.get_by_role("button", name="Wystaw notę odsetkową").click()
    page.get_by_text("Wystawiono notę NO/1/2026").wait_for()
    look(page, "interest-note")
    look(page, "interest-note", phone=True)
    page.goto(address("interest_rates", company))
    look(page, "interest-rates")
    look(page, "interest-rates", phone=True)
