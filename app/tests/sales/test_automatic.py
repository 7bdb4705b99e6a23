"""Recurring invoices that need nobody's approval: accepted by KSeF, or a draft that waits with its reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.audit.models import Entry
from liczydlo.connection.models import RefusedLogin, StoredCertificate
from liczydlo.contacts.models import Contractor
from liczydlo.fa3.codec import to_json
from liczydlo.fa3.read import read
from liczydlo.jobs import failpoints
from liczydlo.jobs.models import Job
from liczydlo.lookups.models import ExchangeRate
from liczydlo.sales import services
from liczydlo.sales.models import Draft, Event, Invoice
from liczydlo.sales.repeating import making
from liczydlo.sales.repeating.tables import InvoiceTemplate, Occurrence, Recurrence
from liczydlo.web import times

from app.tests.lookups.test_rates import switch_on
from app.tests.sales.recurring import CHOSEN, JANUARY, Turn, recurring, template, turn, work
from app.tests.sales.test_correction_pages import fields, text
from app.tests.sales.test_editor import LINE, form
from app.tests.sales.test_sending import Died, settled
from app.tests.sales.test_templates import where
from app.tests.sales.world import Worker
from app.tests.sessions import done

__all__ = ["turn"]
pytestmark = pytest.mark.django_db


def automatic(ala: Client, company: Any, **chosen: str) -> Recurrence:
    return recurring(ala, company, **{"automatic": "issue", **chosen})


@pytest.fixture
def keyed(connected: Any) -> Any:
    """A connected firm whose certificate is valid for as long as the clock is turned."""
    StoredCertificate.objects.update(not_after=timezone.now() + dt.timedelta(days=700))
    return connected


def test_it_becomes_accepted_with_nobody_touching_it(
    owner: Any, connected: Any, browse: Any, sender: Worker
) -> None:
    today = times.today()
    row = automatic(browse(owner), connected, first_day=today.isoformat(), day=str(today.day))
    work(connected)
    day = Occurrence.objects.get()
    assert (day.outcome, day.is_late, day.invoice.state) == ("issued", False, "queued")
    sender.until(connected, lambda: settled(day.invoice))
    invoice = Invoice.objects.get()
    assert invoice.state == "accepted" and invoice.entry.ksef_number
    fa = read(invoice.entry.xml).fa
    assert (fa.p_1, fa.p_2) == (today, f"FV/{today:%Y/%m}/001")
    entry = Entry.objects.of(connected).get(action="recurrence-issued")
    assert (entry.by, entry.who) == (None, "")
    assert entry.details == {
        "number": invoice.entry.number,
        "name": row.template.name,
        "behalf": f"{owner.name} <{owner.email}>",
    }
    assert Event.objects.filter(invoice=invoice, step="issue").get().by is None
    shown = text(browse(owner).get(reverse("sales:recurring", args=[connected.pk])))
    assert "Przyjęta" in shown and "Czekają na człowieka" not in shown
    log = text(browse(owner).get(reverse("audit:list", args=[connected.pk])))
    assert "w imieniu" in log and "Program wystawił fakturę cykliczną" in log


def held(company: Any) -> tuple[Occurrence, str]:
    """The one day, which waits, and the code of its reason; nothing was issued."""
    work(company)
    day = Occurrence.objects.get()
    reason = day.reason or day.invoice.reason
    assert day.outcome == "held" and reason is not None
    assert not Invoice.objects.exclude(state="draft").exists()
    assert not Entry.objects.of(company).filter(action="recurrence-issued").exists()
    assert Job.objects.filter(company=company, name=making.LETTERS, due_at__isnull=False).exists()
    return day, reason.code


def test_without_a_certificate_the_draft_waits(ala: Client, company: Any, turn: Turn) -> None:
    automatic(ala, company)
    turn(dt.date(2027, 1, 10))
    day, code = held(company)
    assert code == "not-connected"
    assert str(day.invoice.reason) in text(ala.get(day.invoice.get_absolute_url()))


def test_with_one_that_has_expired_too(ala: Client, keyed: Any, turn: Turn) -> None:
    automatic(ala, keyed)
    StoredCertificate.objects.update(not_after=times.now())
    turn(dt.date(2027, 1, 10))
    assert held(keyed)[1] == "certificate-expired"


def test_and_where_ksef_does_not_let_the_firm_in(ala: Client, keyed: Any, turn: Turn) -> None:
    automatic(ala, keyed)
    stored = StoredCertificate.objects.get()
    RefusedLogin.objects.create(
        company=keyed,
        environment=keyed.environment,
        fingerprint=stored.fingerprint,
        answer={"status": 460, "code": "460"},
        since=timezone.now(),
        again_at=timezone.now(),
    )
    turn(dt.date(2027, 1, 10))
    assert held(keyed)[1]


def test_nothing_is_issued_for_a_contractor_who_was_erased(ala: Client, keyed: Any, turn: Turn) -> None:
    automatic(ala, keyed)
    turn(dt.date(2027, 1, 10))
    work(keyed)
    assert Occurrence.objects.get().outcome == "issued"
    ala.post(reverse("contacts:erase_contractor", args=[keyed.pk, Contractor.objects.get().pk]))
    turn(dt.date(2027, 2, 10))
    work(keyed)
    assert not Occurrence.objects.exists() and not Recurrence.objects.exists()
    assert Invoice.objects.count() == 1 and not Contractor.objects.exists()


def test_what_breaks_a_rule_is_not_issued(ala: Client, keyed: Any, turn: Turn) -> None:
    row = automatic(ala, keyed)
    draft = row.template.draft
    wrong = replace(draft, lines=(replace(draft.lines[0], name="ż" * 500 + " {okres}"),))
    InvoiceTemplate.objects.update(draft_json=to_json(wrong))
    turn(dt.date(2027, 1, 10))
    day, _code = held(keyed)
    assert day.invoice is None and day.waits_for_content


def test_a_foreign_currency_is_issued_with_the_rate_of_its_day(
    ala: Client, keyed: Any, turn: Turn, use_emulator: Any
) -> None:
    switch_on(keyed)
    made = template(ala, keyed, currency="EUR", exchange_rate="4,3")
    assert "program wpisze sam" in text(ala.get(where("recurrence", made)))
    assert ala.post(where("recurrence", made), {**CHOSEN, "automatic": "x"}).status_code == 422
    assert ala.post(where("recurrence", made), {**CHOSEN, "automatic": "issue"}).status_code == 302
    day = dt.date(2027, 1, 10)
    noon = dt.datetime(2027, 1, 10, 12, tzinfo=dt.UTC)
    use_emulator.clock.move(noon - use_emulator.clock.now())
    try:
        turn(day)
        work(keyed)
    finally:
        use_emulator.clock.reset()
    row = Occurrence.objects.get()
    assert row.outcome == "issued" and row.invoice.state == "queued"
    fa = read(row.invoice.entry.xml).fa
    rate = ExchangeRate.objects.get(currency="EUR", day=dt.date(2027, 1, 8))  # the 10th is a Sunday
    assert (fa.kod_waluty, fa.fa_wiersz[0].kurs_waluty) == ("EUR", rate.mid)


def test_without_a_rate_it_waits_for_a_person_and_says_so(ala: Client, keyed: Any, turn: Turn) -> None:
    made = template(ala, keyed, currency="EUR", exchange_rate="4,3")
    ala.post(where("recurrence", made), {**CHOSEN, "automatic": "issue"})
    turn(dt.date(2027, 1, 10))
    work(keyed)
    row = Occurrence.objects.get()
    assert (row.outcome, row.invoice, row.waits_for_content) == ("held", None, True)
    assert row.reason is not None and row.reason.code == "recurring-rate"
    assert "kursu NBP z jej dnia program nie ma" in text(ala.get(made.get_absolute_url()))


def test_the_choice_is_shown_and_changed_and_logged(ala: Client, company: Any, turn: Turn) -> None:
    row = automatic(ala, company)
    address = where("recurrence", row.template)
    assert 'value="issue" selected' in text(ala.get(address))
    assert "wystawia fakturę i wysyła ją" in text(ala.get(row.template.get_absolute_url()))
    ala.post(address, {**CHOSEN, "version": "1"})
    row.refresh_from_db()
    assert not row.automatic
    ways = [one.details["way"] for one in Entry.objects.of(company).order_by("number")]
    assert ways == ["automatic", "with-approval"]


def test_midnight_in_the_middle_gives_the_day_that_it_is(
    ala: Client, keyed: Any, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    automatic(ala, keyed)
    turn(dt.date(2027, 1, 10))
    reach = failpoints.reach

    def pass_midnight(name: str) -> None:
        if name == "recurring.stored":
            turn(dt.date(2027, 1, 11))
        reach(name)

    monkeypatch.setattr(failpoints, "reach", pass_midnight)
    work(keyed)
    invoice = Invoice.objects.get()
    assert invoice.entry.issue_date == dt.date(2027, 1, 11) and invoice.state == "queued"


STEPS = [*failpoints.RECURRING[:5], "issue.stored"]


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_that_dies_at_any_step_issues_once(
    ala: Client, keyed: Any, turn: Turn, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    automatic(ala, keyed)
    turn(dt.date(2027, 2, 10))
    reach = failpoints.reach

    def die(name: str) -> None:
        if name == step:
            raise Died

    monkeypatch.setattr(failpoints, "reach", die)
    with pytest.raises(Died):
        work(keyed)
    issued = Invoice.objects.filter(state="queued")
    assert Occurrence.objects.count() == issued.count() == (1 if step == "recurring.made" else 0)
    monkeypatch.setattr(failpoints, "reach", reach)
    Job.objects.update(lease_until=None)
    work(keyed)
    assert Occurrence.objects.count() == issued.count() == Invoice.objects.count() == 2
    assert Entry.objects.of(keyed).filter(action="recurrence-issued").count() == 2


@pytest.mark.django_db(transaction=True)
def test_many_at_once_issue_each_day_once(owner: Any, keyed: Any, browse: Any, turn: Turn) -> None:
    ala = browse(owner)
    rows = [automatic(ala, keyed) for _ in range(2)]
    by_hand = form(LINE, number="FV/2027/02/001", issue_date=JANUARY.isoformat(), due_date="")
    turn(dt.date(2027, 2, 10))

    def work(row: Recurrence) -> int:
        while making.make(keyed, row.pk):
            pass
        return 302

    def click() -> int:
        return browse(owner).post(reverse("sales:new", args=[keyed.pk]), by_hand).status_code  # type: ignore[no-any-return]

    assert set(done(click, *(partial(work, row) for row in rows * 2))) <= {302, 422}
    assert Occurrence.objects.filter(outcome="issued").count() == 4
    assert Invoice.objects.filter(state="queued").count() == 4
    numbers = list(Invoice.objects.values_list("entry__number", flat=True))
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize(
    ("later", "number", "delivery"),
    [
        ("2027-01-13", "FV/2027/01/001", "2027-01-31"),
        ("2027-02-01", "FV/2027/02/001", "2027-01-31"),
    ],
)
def test_a_draft_that_has_waited_gets_the_day_of_today(
    ala: Client, company: Any, turn: Turn, later: str, number: str, delivery: str
) -> None:
    recurring(ala, company, delivery="period-end")
    turn(dt.date(2027, 1, 10))
    work(company)
    invoice = Invoice.objects.get()
    address = reverse("sales:redate", args=[company.pk, invoice.pk])
    assert address not in text(ala.get(invoice.get_absolute_url()))
    edit = reverse("sales:edit", args=[company.pk, invoice.pk])
    ala.post(edit, {**fields(ala.get(edit)), "lines-0-price": "150"})
    turn(dt.date.fromisoformat(later))
    assert address in text(ala.get(invoice.get_absolute_url()))
    assert "Data wystawienia jest dzisiejsza" in text(ala.post(address, follow=True))
    fa = read(bytes(Draft.objects.get().xml or b"")).fa
    assert (fa.p_1.isoformat(), fa.p_2, fa.p_6.isoformat()) == (later, number, delivery)
    assert fa.p_15 == Decimal("184.50") and fa.fa_wiersz[0].p_7 == "Abonament styczeń 2027"
    assert fa.platnosc.termin_platnosci[0].termin == fa.p_1 + dt.timedelta(days=7)


def test_only_such_a_draft_is_given_todays_date(
    ala: Client, company: Any, member: Any, browse: Any, stranger: Any, turn: Turn
) -> None:
    ala.post(reverse("sales:new", args=[company.pk]), form(LINE))
    invoice = Invoice.objects.get()
    address = reverse("sales:redate", args=[company.pk, invoice.pk])
    before = services.draft_of(invoice).digest
    ala.post(address)
    assert services.draft_of(invoice).digest == before
    assert browse(member("viewer")).post(address).status_code == 403
    assert browse(stranger).post(address).status_code == 404
    services.issue(company, services.draft_of(invoice).content, draft=invoice)
    assert ala.post(address).status_code in (302, 409)
