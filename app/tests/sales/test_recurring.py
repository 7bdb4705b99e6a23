"""Recurring invoices that wait for approval: each day once, late ones too, rests, skips, refusals, who may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.audit.models import Entry
from liczydlo.companies.models import Membership, User
from liczydlo.contacts.models import Contractor
from liczydlo.fa3.codec import to_json
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.fa3.read import read
from liczydlo.jobs import failpoints, registry
from liczydlo.jobs.models import Job
from liczydlo.lookups import rates
from liczydlo.lookups.models import Choice, ExchangeRate, Pause
from liczydlo.sales import services
from liczydlo.sales.exchange import of_draft
from liczydlo.sales.models import Draft, Invoice, Notice
from liczydlo.sales.repeating import making, recurrences, retrying
from liczydlo.sales.repeating.tables import InvoiceTemplate, Occurrence, Recurrence
from liczydlo.web import times

from app.tests.connection.test_browser import faults, page
from app.tests.lookups.test_rates import switch_on
from app.tests.mail import MailServer, mail_server
from app.tests.sales.test_browser import look
from app.tests.sales.test_correction_pages import fields, text
from app.tests.sales.test_editor import LINE, form
from app.tests.sales.test_sending import Died
from app.tests.sales.test_templates import where
from app.tests.sessions import done

__all__ = ["mail_server", "page"]
pytestmark = pytest.mark.django_db

JANUARY = dt.date(2027, 1, 4)  # a Monday


@pytest.fixture
def ala(owner: Any, company: Any, browse: Any) -> Client:
    return browse(owner)  # type: ignore[no-any-return]


Turn = Callable[..., None]


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Turn:
    """Turn the program's clock to a day."""
    ahead = [dt.timedelta(0)]
    monkeypatch.setattr(times, "_ahead", lambda: ahead[0])

    def to(day: dt.date, hour: int = 7) -> None:
        moment = timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))
        ahead[0] = moment - timezone.now()

    to(JANUARY)
    return to


def template(ala: Client, company: Any, **typed: str) -> InvoiceTemplate:
    line = {**LINE, "name": "Abonament {okres}"}
    today = times.today()
    days = {"issue_date": today.isoformat(), "due_date": (today + dt.timedelta(days=7)).isoformat()}
    ala.post(reverse("sales:new", args=[company.pk]), form(line, template="1", **{**days, **typed}))
    return InvoiceTemplate.objects.latest("pk")


CHOSEN = {
    "every": "1",
    "unit": "month",
    "day": "10",
    "shift": "none",
    "first_day": JANUARY.isoformat(),
    "last_day": "",
    "count": "",
    "which": "this",
    "delivery": "issue",
    "automatic": "draft",
}


def recurring(ala: Client, company: Any, **chosen: str) -> Recurrence:
    made = template(ala, company)
    answer = ala.post(where("recurrence", made), {**CHOSEN, **chosen})
    assert answer.status_code == 302, text(answer)
    return Recurrence.objects.get(template=made)


def work(company: Any) -> Job:
    """What the workers do now, whatever is due."""
    registry.enqueue(company.pk, making.JOB)
    Job.objects.filter(company=company, name=making.JOB).update(due_at=times.now() - dt.timedelta(hours=1))
    registry.run(Job.objects.get(company=company, name=making.JOB).pk)
    return Job.objects.get(company=company, name=making.JOB)


def drafts() -> list[Any]:
    return [read(bytes(one.xml or b"")).fa for one in Draft.objects.order_by("pk")]


def test_a_draft_on_its_day_and_none_before(ala: Client, company: Any, turn: Turn) -> None:
    row = recurring(ala, company)
    assert work(company).due_at is not None and not Invoice.objects.exists()
    turn(dt.date(2027, 1, 10))
    work(company)
    work(company)
    (fa,) = drafts()
    assert (fa.p_1, fa.p_2, fa.p_6) == (dt.date(2027, 1, 10), "FV/2027/01/001", None)
    assert fa.fa_wiersz[0].p_7 == "Abonament styczeń 2027"
    assert fa.platnosc.termin_platnosci[0].termin == dt.date(2027, 1, 17)
    day = Occurrence.objects.get()
    assert (day.outcome, day.is_late, day.invoice.state) == ("drafted", False, "draft")
    assert "2027" in text(ala.get(row.template.get_absolute_url()))
    listed = text(ala.get(reverse("sales:recurring", args=[company.pk])))
    assert "Czekają na człowieka" in listed and "10.02.2027" in listed
    assert "czekają na człowieka: 1" in text(ala.get(reverse("sales:list", args=[company.pk])))
    ala.post(
        reverse("sales:issue", args=[company.pk, day.invoice.pk]),
        {"mode": "online", "seen": services.draft_of(day.invoice).digest},
    )
    assert not recurrences.waiting(company).exists()


def test_a_machine_that_was_off_makes_each_day_once(ala: Client, company: Any, turn: Turn) -> None:
    recurring(ala, company, delivery="period-end", which="previous")
    turn(dt.date(2027, 3, 15))
    work(company)
    made = drafts()
    assert [fa.p_1 for fa in made] == [dt.date(2027, 3, 15)] * 3
    assert [fa.p_6 for fa in made] == [dt.date(2026, 12, 31), dt.date(2027, 1, 31), dt.date(2027, 2, 28)]
    assert [fa.fa_wiersz[0].p_7[10:] for fa in made] == ["grudzień 2026", "styczeń 2027", "luty 2027"]
    assert [fa.p_2[-3:] for fa in made] == ["001", "002", "003"]
    assert all(day.is_late for day in Occurrence.objects.all())
    assert "powstała z opóźnieniem 15.03.2027" in text(ala.get(reverse("sales:recurring", args=[company.pk])))


def test_a_clock_turned_back_makes_nothing_twice(ala: Client, company: Any, turn: Turn) -> None:
    recurring(ala, company)
    for day in (dt.date(2027, 2, 10), JANUARY, dt.date(2027, 2, 10), dt.date(2027, 1, 10)):
        turn(day)
        work(company)
    assert Occurrence.objects.count() == len(drafts()) == 2


def test_the_next_look_is_in_the_morning(ala: Client, company: Any, turn: Turn) -> None:
    from liczydlo.sales.repeating import job

    recurring(ala, company, day="5", shift="before")
    assert job.next_moment(company) == timezone.make_aware(
        dt.datetime.combine(dt.date(2027, 1, 5), dt.time(6))
    )
    Recurrence.objects.update(is_active=False)
    assert job.next_moment(company) is None


def test_ends(ala: Client, company: Any, turn: Turn) -> None:
    one = recurring(ala, company, count="2")
    other = recurring(ala, company, last_day="2027-03-09")
    turn(dt.date(2028, 1, 1))
    work(company)
    for row in (one, other):
        assert row.occurrences.count() == 2
        row.refresh_from_db()
        assert row.next() is None
    assert "Nie będzie już żadnej faktury" in text(ala.get(one.template.get_absolute_url()))
    assert "zostało 0 z 2" in text(ala.get(one.template.get_absolute_url()))


def test_a_skipped_day_is_passed_over_once(ala: Client, company: Any, turn: Turn) -> None:
    row = recurring(ala, company, count="2")
    for _ in range(2):
        ala.post(where("skip_recurrence", row.template), {"nominal": "2027-01-10"})
    assert ala.post(where("skip_recurrence", row.template), {"nominal": "x"}).status_code == 404
    turn(dt.date(2027, 2, 10))
    work(company)
    (fa,) = drafts()
    assert fa.fa_wiersz[0].p_7 == "Abonament luty 2027"
    row.refresh_from_db()
    assert row.next() == dt.date(2027, 3, 10), "what was skipped does not use up the number"


@pytest.mark.parametrize(("make_up", "made"), [({}, 0), ({"make_up": "1"}, 2)])
def test_pause_and_resume(ala: Client, company: Any, turn: Turn, make_up: Any, made: int) -> None:
    row = recurring(ala, company)
    ala.post(where("pause_recurrence", row.template))
    turn(dt.date(2027, 2, 20))
    work(company)
    assert not Occurrence.objects.exists()
    assert "Dni, które minęły w tym czasie: 2" in text(ala.get(row.template.get_absolute_url()))
    ala.post(where("resume_recurrence", row.template), make_up)
    work(company)
    assert Occurrence.objects.count() == made
    row.refresh_from_db()
    assert row.next() == dt.date(2027, 3, 10)
    actions = [one.action for one in Entry.objects.of(company).order_by("number")]
    assert actions == ["recurrence-set", "recurrence-paused", "recurrence-resumed"]


def test_contents_changed_in_the_middle_count_from_the_next(ala: Client, company: Any, turn: Turn) -> None:
    row = recurring(ala, company)
    turn(dt.date(2027, 1, 10))
    work(company)
    address = where("template_contents", row.template)
    ala.post(address, {**fields(ala.get(address)), "lines-0-price": "200"})
    turn(dt.date(2027, 2, 10))
    work(company)
    assert [fa.p_15 for fa in drafts()] == [Decimal(123), Decimal(246)]


def test_days_changed_in_the_middle(ala: Client, company: Any, turn: Turn) -> None:
    row = recurring(ala, company)
    turn(dt.date(2027, 1, 12))
    address = where("recurrence", row.template)
    early = ala.post(address, {**CHOSEN, "day": "20", "version": "1"})
    assert early.status_code == 409 and "Zapisz jeszcze raz za chwilę" in text(early)
    work(company)
    assert ala.post(address, {**CHOSEN, "day": "11", "version": "1"}).status_code == 302
    late = ala.post(address, {**CHOSEN, "day": "20", "version": "1"})
    assert late.status_code == 409 and "ktoś zmienił te same dane" in text(late)
    work(company)
    row.refresh_from_db()
    assert (row.day, row.version, row.next()) == (11, 2, dt.date(2027, 2, 11)), "no day that has passed"
    assert Occurrence.objects.count() == 1


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"first_day": "2027-01-03"}, "first_day"),
        ({"first_day": "2100-01-03"}, "first_day"),
        ({"first_day": "9999-12-31"}, "first_day"),
        ({"first_day": "x"}, "first_day"),
        ({"last_day": "2026-01-03"}, "last_day"),
        ({"last_day": "2028-01-03", "count": "3"}, "count"),
        ({"count": "0"}, "count"),
        ({"every": "0"}, "every"),
        ({"every": "11", "unit": "year"}, "every"),
        ({"day": "32"}, "day"),
        ({"unit": "day"}, "unit"),
        ({"shift": ""}, "shift"),
    ],
)
def test_bad_input_is_told_at_its_field(
    ala: Client, company: Any, turn: Turn, chosen: dict[str, str], field: str
) -> None:
    made = template(ala, company)
    answer = ala.post(where("recurrence", made), {**CHOSEN, **chosen})
    assert answer.status_code == 422 and f'id="id_{field}_error"' in text(answer)
    assert ala.post(where("recurrence_days", made), {**CHOSEN, **chosen}).status_code == 200
    assert not Recurrence.objects.exists()


def test_days_and_texts_before_anything_is_saved(ala: Client, company: Any, turn: Turn) -> None:
    made = template(ala, company, remarks="Za {kwartał} {inne}")
    chosen = {**CHOSEN, "day": "31", "shift": "before", "unit": "quarter", "delivery": "period-end"}
    for address, extra in ((where("recurrence", made), {"look": "1"}), (where("recurrence_days", made), {})):
        shown = text(ala.post(address, {**chosen, **extra}))
        assert "29.01.2027" in shown and "zamiast 31.01.2027" in shown
        assert "Abonament I kwartał 2027" in shown and "Za I {inne}" in shown and "{inne}" in shown
        assert "dostawa 31.03.2027" in shown and "60 dni przed dostawą" in shown
    assert not Recurrence.objects.exists()


def test_texts_are_in_the_contractors_language(ala: Client, company: Any, turn: Turn) -> None:
    row = recurring(ala, company)
    contractor = Contractor.objects.create(
        company=company, kind="nip", number="8567346215", key="nip:8567346215", name="Świt", language="en"
    )
    turn(dt.date(2027, 1, 10))
    work(company)
    (fa,) = drafts()
    assert fa.fa_wiersz[0].p_7 == "Abonament January 2027"
    row.template.refresh_from_db()
    assert row.template.contractor == contractor


def test_what_breaks_a_rule_waits_for_the_form(ala: Client, company: Any, turn: Turn) -> None:
    row = recurring(ala, company)
    draft = row.template.draft
    wrong = replace(draft, lines=(replace(draft.lines[0], name="ż" * 500 + " {okres}"),))
    InvoiceTemplate.objects.update(draft_json=to_json(wrong))
    turn(dt.date(2027, 1, 10))
    work(company)
    day = Occurrence.objects.get()
    assert (day.outcome, day.invoice, day.waits_for_content) == ("held", None, True)
    address = reverse("sales:from_occurrence", args=[company.pk, day.pk])
    listed = text(ala.get(reverse("sales:recurring", args=[company.pk])))
    assert address in listed and str(day.reason) in listed.replace("&quot;", '"').replace("&#x27;", "'")
    typed = fields(ala.get(address))
    assert typed["number"] == "FV/2027/01/001" and typed["lines-0-name"].endswith("styczeń 2027")
    ala.post(address, {**typed, "lines-0-name": "Abonament"})
    day.refresh_from_db()
    assert day.invoice is not None and not day.waits_for_content
    assert ala.get(address)["Location"] == day.invoice.get_absolute_url()


def test_a_day_that_waits_may_be_given_up(ala: Client, company: Any, turn: Turn) -> None:
    row = recurring(ala, company)
    InvoiceTemplate.objects.update(draft_json=to_json(replace(row.template.draft, currency="EUR")))
    turn(dt.date(2027, 1, 10))
    work(company)
    day = Occurrence.objects.get()
    assert day.reason is not None and day.reason.code == "recurring-rate"
    ala.post(reverse("sales:dismiss_occurrence", args=[company.pk, day.pk]))
    day.refresh_from_db()
    assert (day.outcome, day.waits_for_content) == ("skipped", False)


@pytest.fixture
def nbp(company: Any, use_emulator: Any) -> Iterator[Callable[[str], None]]:
    """NBP is switched on; ``nbp("2027-01-10")`` is the day there."""

    def set_day(day: str) -> None:
        noon = dt.datetime.fromisoformat(f"{day}T12:00:00+00:00")
        use_emulator.clock.move(noon - use_emulator.clock.now())

    switch_on(company)
    yield set_day
    use_emulator.clock.reset()


def test_a_foreign_currency_has_the_rate_of_its_day(
    ala: Client, company: Any, turn: Turn, nbp: Callable[[str], None]
) -> None:
    row = recurring(ala, company)
    InvoiceTemplate.objects.update(draft_json=to_json(replace(row.template.draft, currency="EUR")))
    nbp("2027-01-10")
    turn(dt.date(2027, 1, 10))
    work(company)
    invoice = Occurrence.objects.get().invoice
    stated = of_draft(meant(invoice))
    assert stated is not None and stated.day == dt.date(2027, 1, 8), "the 10th is a Sunday"
    address = reverse("sales:redate", args=[company.pk, invoice.pk])
    turn(dt.date(2027, 1, 11))  # a Monday: the last working day before it is the same
    ala.post(address)
    assert (meant(invoice).issue_date, of_draft(meant(invoice))) == (dt.date(2027, 1, 11), stated)
    turn(dt.date(2027, 1, 13))
    Choice.objects.update(is_on=False)
    assert "wpisz kurs" in text(ala.post(address, follow=True))
    assert of_draft(meant(invoice)) == stated and meant(invoice).issue_date == dt.date(2027, 1, 11)
    Choice.objects.update(is_on=True)
    nbp("2027-01-13")
    ala.post(address)
    moved = of_draft(meant(invoice))
    assert moved is not None and moved.day == dt.date(2027, 1, 12) and moved.rate != stated.rate
    assert len(meant(invoice).remarks) == len(row.template.draft.remarks) + 1


def test_while_rows_are_locked_nbp_is_not_asked(
    ala: Client, company: Any, turn: Turn, nbp: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = recurring(ala, company)
    InvoiceTemplate.objects.update(draft_json=to_json(replace(row.template.draft, currency="EUR")))
    nbp("2027-01-10")
    turn(dt.date(2027, 1, 10))
    monkeypatch.setattr(making, "_ask_for_rate", lambda *_: None)
    work(company)
    assert not ExchangeRate.objects.exists()
    assert Occurrence.objects.get().reason.code == "recurring-rate-soon"


def meant(invoice: Invoice) -> InvoiceDraft:
    """What a stored draft means."""
    draft = services.draft_of(invoice).invoice_draft
    assert draft is not None
    return draft


def test_a_deleted_draft_does_not_come_again(ala: Client, company: Any, turn: Turn) -> None:
    row = recurring(ala, company)
    turn(dt.date(2027, 1, 10))
    work(company)
    services.delete_draft(Invoice.objects.get())
    work(company)
    assert not Invoice.objects.exists() and Occurrence.objects.get().invoice is None
    assert "szkic usunięto" in text(ala.get(row.template.get_absolute_url()))


def person_of(company: Any, member: Any, role: str = "issuer") -> tuple[User, Membership]:
    person = member(role)
    return person, Membership.objects.get(user=person, company=company)


@pytest.mark.parametrize("how", ["removed", "viewer", "inactive", "gone"])
def test_who_set_it_leaves_and_it_rests(
    ala: Client, company: Any, member: Any, browse: Any, turn: Turn, how: str
) -> None:
    person, membership = person_of(company, member)
    row = recurring(browse(person), company)
    assert row.set_by == person
    match how:
        case "removed" | "viewer":
            name = "remove_member" if how == "removed" else "set_role"
            _people(ala, company, membership, name)
            row.refresh_from_db()
            assert not row.is_active, "at once"
        case "inactive":
            User.objects.filter(pk=person.pk).update(is_active=False)
        case "gone":
            person.delete()
    turn(dt.date(2027, 1, 10))
    work(company)
    row.refresh_from_db()
    assert not row.is_active and row.reason is not None and row.reason.code == "recurring-person-left"
    assert not Invoice.objects.exists()
    ala.post(where("resume_recurrence", row.template), {"make_up": "1"})
    work(company)
    row.refresh_from_db()
    assert row.set_by is not None and row.set_by.email != person.email and len(drafts()) == 1


def _people(ala: Client, company: Any, membership: Membership, name: str) -> None:
    from django.test import RequestFactory
    from liczydlo.companies import people
    from liczydlo.companies.models import Role

    request = RequestFactory().post("/")
    request.user = Membership.objects.get(company=company, role=Role.OWNER).user
    if name == "remove_member":
        people.remove(membership, request)
    else:
        people.set_role(membership, Role.VIEWER, request)


def test_another_environment_lets_it_rest(ala: Client, company: Any, turn: Turn) -> None:
    from liczydlo.companies.models import Company
    from liczydlo.companies.signals import environment_changed

    row = recurring(ala, company)
    environment_changed.send(sender=Company, company=company)
    row.refresh_from_db()
    assert not row.is_active and row.reason is not None and row.reason.code == "recurring-environment"
    assert "innym środowisku KSeF" in text(ala.get(row.template.get_absolute_url()))


def test_people_are_written_to_once(
    ala: Client,
    company: Any,
    owner: Any,
    member: Any,
    browse: Any,
    turn: Turn,
    mail_server: MailServer,
    settings: Any,
) -> None:
    settings.LICZYDLO_URL = "https://faktury.example.com"
    person, membership = person_of(company, member)
    recurring(browse(person), company)
    turn(dt.date(2027, 1, 10))
    work(company)

    def write() -> None:
        registry.enqueue(company.pk, making.LETTERS)
        Job.objects.update(due_at=times.now() - dt.timedelta(hours=1))
        registry.run(Job.objects.get(company=company, name=making.LETTERS).pk)

    mail_server.refuses.add(person.email)
    write()
    mail_server.refuses.clear()
    write()
    write()
    taken = mail_server.take()
    assert {to for to, _subject, _text in taken} == {owner.email, person.email} and len(taken) == 2
    assert "FV/2027/01/001" in taken[0][2] and f"/firmy/{company.pk}/sprzedaz/cykliczne/" in taken[0][2]
    _people(ala, company, membership, "remove_member")
    write()
    ((to, _subject, said),) = mail_server.take()
    assert to == owner.email and "nie może już wystawiać" in said
    assert Notice.objects.filter(kind="recurring").count() == 3


@pytest.mark.parametrize(("step", "letters"), [("recurring.write", 1), ("recurring.written", 2)])
def test_a_worker_that_dies_while_it_writes_loses_no_letter(
    ala: Client,
    company: Any,
    turn: Turn,
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    letters: int,
) -> None:
    recurring(ala, company)
    turn(dt.date(2027, 1, 10))
    work(company)
    reach = failpoints.reach

    def die(name: str) -> None:
        if name == step:
            raise Died

    def write() -> None:
        registry.enqueue(company.pk, making.LETTERS)
        Job.objects.update(lease_until=None, due_at=times.now() - dt.timedelta(hours=1))
        registry.run(Job.objects.get(company=company, name=making.LETTERS).pk)

    monkeypatch.setattr(failpoints, "reach", die)
    with pytest.raises(Died):
        write()
    monkeypatch.setattr(failpoints, "reach", reach)
    write()
    write()
    assert len(mail_server.take()) == letters, "what the server had may come twice, never not at all"


def test_an_advance_does_not_recur(ala: Client, company: Any) -> None:
    paid = {"advance": "100", "sale_date": timezone.localdate().isoformat(), "paid": "on"}
    ala.post(reverse("sales:new_advance", args=[company.pk]), form(LINE, template="1", **paid))
    made = InvoiceTemplate.objects.get()
    assert ala.get(where("recurrence", made)).status_code == 404
    assert "Powtarzanie" not in text(ala.get(made.get_absolute_url()))


def test_who_may(ala: Client, company: Any, member: Any, browse: Any, stranger: Any, turn: Turn) -> None:
    row = recurring(ala, company)
    viewer, other, issuer = browse(member("viewer")), browse(stranger), browse(member("issuer"))
    listed = reverse("sales:recurring", args=[company.pk])
    assert [one.get(listed).status_code for one in (viewer, issuer, other)] == [200, 200, 404]
    assert "Pomiń" not in text(viewer.get(row.template.get_absolute_url()))
    assert [one.get(where("recurrence", row.template)).status_code for one in (viewer, issuer, other)] == [
        403,
        200,
        404,
    ]
    for name in ("recurrence_days", "pause_recurrence", "resume_recurrence", "skip_recurrence"):
        address = where(name, row.template)
        assert (viewer.post(address).status_code, other.post(address).status_code) == (403, 404)
        assert ala.get(address).status_code == 405
    assert viewer.post(where("remove_recurrence", row.template)).status_code == 403
    issuer.post(where("remove_recurrence", row.template))
    assert not Recurrence.objects.exists() and InvoiceTemplate.objects.exists()
    assert ala.post(where("remove_recurrence", row.template)).status_code == 404
    assert ala.post(where("pause_recurrence", row.template)).status_code == 404


def test_removing_a_template_ends_it_and_keeps_its_invoices(ala: Client, company: Any, turn: Turn) -> None:
    row = recurring(ala, company)
    turn(dt.date(2027, 1, 10))
    work(company)
    ala.post(where("remove_template", row.template))
    assert not Recurrence.objects.exists() and Invoice.objects.count() == 1
    assert Entry.objects.of(company).order_by("number").last().action == "recurrence-removed"
    work(company)


@pytest.mark.parametrize("step", failpoints.RECURRING[:5])
def test_a_worker_that_dies_at_any_step_leaves_all_or_nothing(
    ala: Client, company: Any, turn: Turn, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    recurring(ala, company)
    turn(dt.date(2027, 2, 10))
    reach = failpoints.reach

    def die(name: str) -> None:
        if name == step:
            raise Died

    monkeypatch.setattr(failpoints, "reach", die)
    with pytest.raises(Died):
        work(company)
    assert Occurrence.objects.count() == len(drafts()) == (1 if step == "recurring.made" else 0)
    monkeypatch.setattr(failpoints, "reach", reach)
    Job.objects.update(lease_until=None)
    work(company)
    assert Occurrence.objects.count() == len(drafts()) == 2


@pytest.mark.django_db(transaction=True)
def test_many_workers_and_people_at_once_make_each_day_once(
    owner: Any, company: Any, browse: Any, turn: Turn
) -> None:
    ala = browse(owner)
    rows = [recurring(ala, company) for _ in range(2)]
    turn(dt.date(2027, 2, 10))

    def work(row: Recurrence) -> int:
        while making.make(company, row.pk):
            pass
        return 302

    def click() -> int:
        return browse(owner).post(where("make_from_template", rows[0].template)).status_code  # type: ignore[no-any-return]

    assert done(click, click, *(partial(work, row) for row in rows * 2)) == [302] * 6
    assert Occurrence.objects.count() == 4
    numbers = set(Invoice.objects.values_list("entry__number", flat=True))
    assert len(numbers) == Invoice.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_it_at_once_one_is_shown_the_other(
    owner: Any, company: Any, browse: Any, turn: Turn
) -> None:
    for day in ("10", "11", "12"):
        made = template(browse(owner), company)

        chosen = {**CHOSEN, "day": day}
        answers = done(*(partial(browse(owner).post, where("recurrence", made), chosen) for _ in range(2)))
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        assert Recurrence.objects.filter(template=made).count() == 1


@pytest.mark.django_db(transaction=True)
def test_resting_skipping_and_making_at_once(owner: Any, company: Any, browse: Any, turn: Turn) -> None:
    ala = browse(owner)
    for _ in range(4):
        row = recurring(ala, company)
        turn(dt.date(2027, 1, 10))
        posts = [
            (where("skip_recurrence", row.template), {"nominal": "2027-01-10"}),
            (where("pause_recurrence", row.template), {}),
            (where("remove_template", row.template), {}),
        ]

        clicks = [partial(browse(owner).post, *post) for post in posts]
        *answers, _made = done(*clicks, partial(making.make, company, row.pk))
        assert {answer.status_code for answer in answers} <= {302, 404}
        assert not Recurrence.objects.filter(pk=row.pk).exists()
        turn(JANUARY)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser(page: Any, owner: Any, company: Any, browse: Any, turn: Turn) -> None:
    page.goto(reverse("sales:recurring", args=[company.pk]))
    look(page, "cykliczne-puste")
    look(page, "cykliczne-puste", phone=True)
    made = template(browse(owner), company, buyer_name="Bardzodługanazwabezspacji" * 8)
    page.goto(made.get_absolute_url())
    page.get_by_role("link", name="Powtarzaj").click()
    page.get_by_label("Dzień miesiąca").select_option("31")
    page.get_by_label("Gdy to dzień wolny").select_option("before")
    page.get_by_text("29.01.2027", exact=True).wait_for()
    page.get_by_text("Abonament styczeń 2027").wait_for()
    look(page, "cykliczna-formularz")
    look(page, "cykliczna-formularz", phone=True)
    page.get_by_role("button", name="Zapisz").click()
    page.get_by_text("Najbliższe dni są poniżej").wait_for()
    turn(dt.date(2027, 2, 27))
    work(company)
    page.goto(made.get_absolute_url())
    look(page, "cykliczna")
    look(page, "cykliczna", phone=True)
    page.goto(reverse("sales:templates", args=[company.pk]))
    look(page, "szablony-cykliczne")
    page.goto(reverse("sales:recurring", args=[company.pk]))
    page.get_by_role("heading", name="Czekają na człowieka").wait_for()
    look(page, "cykliczne")
    look(page, "cykliczne", phone=True)
    page.goto(made.get_absolute_url())
    page.get_by_role("button", name="Wstrzymaj").click()
    page.get_by_text("Wstrzymano. Nic nie powstanie").wait_for()
    look(page, "cykliczna-wstrzymana", phone=True)
    assert not faults(page)


# days that wait for a rate of exchange


@pytest.fixture
def held(ala: Client, company: Any, turn: Turn, nbp: Callable[[str], None]) -> Occurrence:
    """A Monday whose rate NBP did not give: it was away in the morning."""
    row = recurring(ala, company, day="11")
    InvoiceTemplate.objects.update(draft_json=to_json(replace(row.template.draft, currency="EUR")))
    turn(dt.date(2027, 1, 11))
    with pytest.MonkeyPatch.context() as away:
        away.setattr(rates, "base_of", lambda _company: "http://127.0.0.1:9")
        work(company)
    nbp("2027-01-11")
    Pause.objects.all().delete()
    day = Occurrence.objects.get()
    assert (day.outcome, day.invoice, day.waits_for_rate) == ("held", None, True)
    return day


def test_a_day_without_a_rate_is_tried_again_and_nobody_is_written_to(
    ala: Client, company: Any, held: Occurrence, turn: Turn, mail_server: MailServer
) -> None:
    assert not recurrences.waiting(company).exists()
    assert "Czeka na kurs NBP" in text(ala.get(reverse("sales:recurring", args=[company.pk])))
    assert "czekają na człowieka" not in text(ala.get(reverse("sales:list", args=[company.pk])))
    turn(dt.date(2027, 1, 11), 8)
    job = work(company)
    held.refresh_from_db()
    assert (held.outcome, held.reason, held.is_late) == ("drafted", None, False)
    stated = of_draft(meant(held.invoice))
    assert stated is not None and stated.day == dt.date(2027, 1, 8)
    assert Invoice.objects.count() == 1 and Occurrence.objects.count() == 1
    assert job.due_at is not None and job.due_at > times.now() + dt.timedelta(hours=2), "no more every hour"
    letters_of(company)
    (_to, _subject, body) = mail_server.take()[0]
    assert "szkic do zatwierdzenia" in body and "kurs" not in body


def test_until_the_rate_comes_it_is_tried_every_hour(
    company: Any, held: Occurrence, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "base_of", lambda _company: "http://127.0.0.1:9")
    job = work(company)
    assert job.due_at is not None and dt.timedelta(0) < job.due_at - times.now() <= dt.timedelta(hours=1)
    assert Occurrence.objects.get().waits_for_rate


def test_a_person_is_told_when_a_working_day_has_passed(
    ala: Client,
    company: Any,
    held: Occurrence,
    turn: Turn,
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rates, "base_of", lambda _company: "http://127.0.0.1:9")
    turn(dt.date(2027, 1, 11), 23)
    work(company)
    letters_of(company)
    assert mail_server.take() == []
    turn(dt.date(2027, 1, 12))
    work(company)
    letters_of(company)
    (letter,) = mail_server.take()
    assert "wpisz kurs" in letter[2]
    monkeypatch.undo()
    turn(dt.date(2027, 1, 12), 9)
    work(company)
    held.refresh_from_db()
    assert (held.outcome, held.invoice) == ("held", None), "it is the person's now"
    assert recurrences.waiting(company).count() == 1


def test_a_weekend_is_no_working_day(company: Any, held: Occurrence, turn: Turn) -> None:
    Occurrence.objects.update(made_on=dt.date(2027, 1, 16))  # a Saturday
    for day, told in ((17, False), (18, False), (19, True)):
        retrying.tell(company, dt.date(2027, 1, day))
        assert recurrences.waiting(company).exists() is told, day


def test_while_it_rests_nothing_is_made_of_a_held_day(company: Any, held: Occurrence) -> None:
    Recurrence.objects.update(is_active=False)
    work(company)
    assert Occurrence.objects.get().waits_for_rate and not Invoice.objects.exists()


def test_what_was_made_meanwhile_is_not_made_again_by_the_form(
    ala: Client, company: Any, held: Occurrence
) -> None:
    address = reverse("sales:from_occurrence", args=[company.pk, held.pk])
    typed = fields(ala.get(address))
    work(company)
    made = Invoice.objects.get()
    answer = ala.post(address, {**typed, "exchange_rate": "4,3"})
    assert answer.status_code == 422 and "powstała w międzyczasie" in text(answer)
    assert Invoice.objects.get() == made
    assert ala.get(address)["Location"] == made.get_absolute_url()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rival", ["form", "dismiss", "worker"])
def test_of_two_who_finish_a_held_day_one_does(
    ala: Client, company: Any, held: Occurrence, rival: str
) -> None:
    form_of = reverse("sales:from_occurrence", args=[company.pk, held.pk])
    typed = {**fields(ala.get(form_of)), "exchange_rate": "4,3"}
    skip = reverse("sales:dismiss_occurrence", args=[company.pk, held.pk])
    rivals: dict[str, Callable[[], Any]] = {
        "form": lambda: ala.post(form_of, typed),
        "dismiss": lambda: ala.post(skip),
        "worker": lambda: retrying.retry(company, held.pk),
    }
    done(lambda: retrying.retry(company, held.pk), rivals[rival])
    held.refresh_from_db()
    assert Invoice.objects.count() == (held.invoice is not None)
    assert held.outcome in (("skipped", "drafted") if rival == "dismiss" else ("drafted", "held"))
    assert (held.invoice is None) == (held.outcome == "skipped")


def letters_of(company: Any) -> None:
    registry.enqueue(company.pk, making.LETTERS)
    Job.objects.filter(company=company, name=making.LETTERS).update(
        due_at=times.now() - dt.timedelta(hours=1)
    )
    registry.run(Job.objects.get(company=company, name=making.LETTERS).pk)
